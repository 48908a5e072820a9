-- name: held
-- What a node holds, and for how long it was assigned: a node reads no more than its own.
SELECT j.id, j.token, j.node_id, j.kind, j.work_class, j.priority, j.slice,
    (SELECT name FROM puzzles WHERE puzzles.id = j.puzzle_id),
    CASE WHEN j.state = 'running' THEN j.pid END,
    extract(epoch FROM clock_timestamp() - j.assigned_at)::double precision
FROM jobs j
WHERE j.node_id = (SELECT id FROM nodes WHERE name = %(node)s)
    AND j.state IN ('assigned', 'running')
ORDER BY j.priority, j.id;

-- name: brief_waiting
SELECT count(*) FROM (
    SELECT FROM jobs
    WHERE node_id = (SELECT id FROM nodes WHERE name = %(node)s)
        AND state = 'assigned' AND brief
    LIMIT %(limit)s) AS waiting;

-- name: held_elsewhere
-- What an earlier start of this node held.
SELECT id FROM jobs
WHERE node_id = %(node)s AND state IN ('assigned', 'running') AND incarnation < %(incarnation)s
FOR UPDATE SKIP LOCKED;

-- name: held_by
SELECT id FROM jobs
WHERE node_id = (SELECT id FROM nodes WHERE name = %(node)s) AND state = 'assigned'
FOR UPDATE SKIP LOCKED;
