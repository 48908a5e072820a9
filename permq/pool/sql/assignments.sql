-- name: lock_dispatch
SELECT pg_advisory_xact_lock(%(key)s);

-- name: nodes_with_room
-- With the heavy work that they hold: what is left of each job, its steps/s, its priority, and
-- whether it may go on elsewhere, in one array each.
SELECT n.id, n.name, n.apple, n.speed, n.slots, coalesce(h.held, 0), coalesce(h.brief, 0),
    n.weight, n.classes, n.numeric_class,
    CASE WHEN n.state = 'live' AND n.heartbeat < clock_timestamp() - %(suspect)s * interval '1 s'
        THEN 'suspect' ELSE n.state END,
    n.gpu IS NOT NULL, n.incarnation, h.steps, h.rates, h.priorities, h.movable
FROM nodes n LEFT JOIN (
    SELECT node_id, count(*) FILTER (WHERE NOT brief) AS held,
        count(*) FILTER (WHERE brief) AS brief,
        array_agg(steps_total - steps_done) FILTER (WHERE heavy) AS steps,
        array_agg(rate) FILTER (WHERE heavy) AS rates,
        array_agg(priority) FILTER (WHERE heavy) AS priorities,
        array_agg(requested_node IS NULL) FILTER (WHERE heavy) AS movable
    FROM jobs CROSS JOIN LATERAL (SELECT work_class = 'heavy' AND NOT brief AS heavy) AS kept
    WHERE state IN ('assigned', 'running') GROUP BY node_id
) AS h ON h.node_id = n.id
WHERE n.state <> 'gone' AND n.heartbeat > clock_timestamp() - %(dead)s * interval '1 s'
ORDER BY n.id;

-- name: backlog
-- The first of every lane, by priority and age, from lane to lane along the index.
WITH RECURSIVE lanes AS (
    (SELECT lane FROM jobs WHERE lane IS NOT NULL ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (SELECT j.lane FROM jobs j WHERE j.lane > l.lane ORDER BY j.lane LIMIT 1)
    FROM lanes l WHERE l.lane IS NOT NULL
)
SELECT j.id, j.work_class, j.priority,
    (j.steps_total - j.steps_done) * CASE WHEN j.rate > 0
        THEN coalesce((SELECT speed FROM nodes WHERE nodes.id = j.node_id) / j.rate, 1) ELSE 1 END,
    j.slice > 0 OR j.attempt > 0, j.numeric_class, j.requested_node, j.node_id, j.brief, j.lane
FROM lanes CROSS JOIN LATERAL (
    SELECT * FROM jobs
    WHERE jobs.lane = lanes.lane
    ORDER BY priority, id
    LIMIT CASE WHEN lanes.lane = 'heavy' THEN %(heavy)s
        WHEN lanes.lane LIKE '%% on %%' THEN least(%(others)s, 32) ELSE %(others)s END
) AS j;

-- name: assign
UPDATE jobs SET state = 'assigned', node_id = a.node_id, incarnation = a.incarnation,
    token = token + 1, assigned_at = clock_timestamp(), reason = NULL
FROM unnest(%(job)s::bigint[], %(node)s::integer[], %(incarnation)s::integer[])
    AS a (id, node_id, incarnation)
WHERE jobs.id = a.id AND jobs.state = 'ready'
RETURNING jobs.id, jobs.token, jobs.node_id, jobs.kind, jobs.work_class, jobs.priority,
    jobs.slice, (SELECT name FROM puzzles WHERE puzzles.id = jobs.puzzle_id);
