-- name: sorts
-- Jobs of every sort there is.
SELECT shown, kind, work_class, puzzle_id, sum(jobs)::bigint FROM job_tallies
GROUP BY shown, kind, work_class, puzzle_id HAVING sum(jobs) <> 0
ORDER BY shown, kind, work_class, puzzle_id;

-- name: counts
SELECT shown, sum(jobs)::bigint FROM job_tallies
WHERE (%(states)s::text[] IS NULL OR shown = ANY(%(states)s))
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(puzzle)s::bigint IS NULL OR puzzle_id = %(puzzle)s)
GROUP BY shown HAVING sum(jobs) <> 0;

-- name: fold
SELECT fold_tallies();
