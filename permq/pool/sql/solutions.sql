-- name: insert
-- Sorted by hash, so that two writers of the same solutions wait for each other in one order.
INSERT INTO solutions (
    puzzle_id, hash, permutation, cost, exact, match, solved, method, node, job_id, parent_id)
SELECT p.id, f.hash, f.permutation::integer[], f.cost, f.exact, f.hash = p.answer_sha256,
    COALESCE(f.hash = p.answer_sha256, f.exact), f.method, %(node)s, %(job)s, %(parent)s
FROM puzzles p, unnest(
    %(hash)s::text[], %(permutation)s::text[], %(cost)s::double precision[], %(exact)s::boolean[],
    %(method)s::text[]
) AS f (hash, permutation, cost, exact, method)
WHERE p.id = %(puzzle)s
ORDER BY f.hash
ON CONFLICT (puzzle_id, hash) DO NOTHING;

-- name: known
SELECT hash, id, solved FROM solutions WHERE puzzle_id = %(puzzle)s AND hash = ANY(%(hash)s::text[]);

-- name: discover
INSERT INTO discoveries (solution_id, puzzle_id, job_id, slice, method, node)
SELECT f.solution, %(puzzle)s, %(job)s, %(slice)s, f.method, %(node)s
FROM unnest(%(solution)s::bigint[], %(method)s::text[]) WITH ORDINALITY
    AS f (solution, method, place)
ORDER BY f.place
ON CONFLICT (job_id, slice, solution_id) DO NOTHING;

-- name: mark_solved
UPDATE puzzles SET solved_at = clock_timestamp() WHERE id = %(puzzle)s AND solved_at IS NULL;

-- name: top
SELECT id, puzzle_id, hash, permutation, cost, exact, match, solved, method, node, job_id,
    parent_id, found_at
FROM solutions WHERE puzzle_id = %(puzzle)s
ORDER BY solved DESC, cost, id LIMIT %(count)s;

-- name: by_id
SELECT id, puzzle_id, hash, permutation, cost, exact, match, solved, method, node, job_id,
    parent_id, found_at
FROM solutions WHERE id = %(id)s;

-- name: by_hash
SELECT id, puzzle_id, hash, permutation, cost, exact, match, solved, method, node, job_id,
    parent_id, found_at
FROM solutions
WHERE puzzle_id = %(puzzle)s AND hash BETWEEN %(beginning)s AND %(beginning)s || 'g'
ORDER BY hash LIMIT 2;

-- name: lineage
-- From a solution back to the one it all began with.
WITH RECURSIVE back (id, parent_id, generation) AS (
    SELECT id, parent_id, 0 FROM solutions WHERE id = %(id)s
    UNION ALL
    SELECT s.id, s.parent_id, b.generation + 1 FROM solutions s JOIN back b ON s.id = b.parent_id
)
SELECT s.id, s.puzzle_id, s.hash, s.permutation, s.cost, s.exact, s.match, s.solved, s.method,
    s.node, s.job_id, s.parent_id, s.found_at
FROM back JOIN solutions s USING (id) ORDER BY generation;

-- name: finds
SELECT solution_id, node, method, job_id, slice, found_at FROM discoveries
WHERE solution_id = ANY(%(solutions)s) ORDER BY found_at, id;

-- name: count
SELECT count(*) FROM solutions WHERE puzzle_id = %(puzzle)s;

-- name: export
SELECT s.id, p.fingerprint, s.hash, array_to_string(s.permutation, ','), s.cost, s.exact, s.match,
    s.solved, s.method, s.node, s.job_id, s.parent_id, s.found_at
FROM solutions s JOIN puzzles p ON p.id = s.puzzle_id WHERE s.puzzle_id = %(puzzle)s
ORDER BY s.solved DESC, s.cost, s.id LIMIT %(count)s;
