-- name: store
-- A slice that is done again replaces what it made before.
INSERT INTO artifacts (puzzle_id, job_id, name, kind, media_type, content)
SELECT j.puzzle_id, j.id, %(name)s, j.kind, %(media_type)s, %(content)s
FROM jobs j WHERE j.id = %(job)s
ON CONFLICT (job_id, name, media_type) DO UPDATE SET
    content = excluded.content, made_at = excluded.made_at;

-- name: of_job
SELECT id, puzzle_id, job_id, name, kind, media_type, octet_length(content), made_at
FROM artifacts WHERE job_id = %(job)s ORDER BY id;

-- name: newest
-- The newest file of every name and type of a puzzle.
SELECT DISTINCT ON (name, media_type) id, puzzle_id, job_id, name, kind, media_type,
    octet_length(content), made_at
FROM artifacts WHERE puzzle_id = %(puzzle)s ORDER BY name, media_type, id DESC;

-- name: content
SELECT content FROM artifacts WHERE id = %(id)s;
