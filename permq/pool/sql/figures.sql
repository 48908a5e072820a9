-- name: timeline
-- Every solution in order of time with the best cost until then; of more than `most` of them those
-- that were the best so far, and an even choice of the others.
WITH told AS (
    SELECT cost, method, coalesce(node, '') AS node, found_at, solved,
        min(cost) OVER (ORDER BY found_at, id) AS best,
        row_number() OVER (ORDER BY found_at, id) AS place, count(*) OVER () AS whole
    FROM solutions WHERE puzzle_id = %(puzzle)s
)
SELECT extract(epoch FROM found_at)::double precision, cost, best, method, node, solved, whole
FROM told
WHERE cost = best OR place %% greatest(1, (whole + %(most)s - 1) / %(most)s) = 0 OR place = whole
ORDER BY place;

-- name: span
-- When the first slice of a puzzle's jobs began and the last one ended.
SELECT min(s.started_at), max(s.ended_at)
FROM slices s JOIN jobs j ON j.id = s.job_id WHERE j.puzzle_id = %(puzzle)s;

-- name: slices
-- What every node did within a span of time, for whatever puzzle; the newest where it is too much.
SELECT node, slots, kind, begun, ended, steps FROM (
    SELECT n.name AS node, n.slots, j.kind, s.steps,
        extract(epoch FROM s.started_at)::double precision AS begun,
        extract(epoch FROM s.ended_at)::double precision AS ended
    FROM slices s JOIN jobs j ON j.id = s.job_id JOIN nodes n ON n.id = s.node_id
    WHERE s.ended_at >= %(first)s AND s.started_at <= %(last)s
    ORDER BY s.ended_at DESC LIMIT %(most)s
) AS newest ORDER BY begun;
