-- name: lock_dispatch
SELECT pg_advisory_xact_lock(%(key)s);

-- name: nodes_with_room
-- Where not each full node has a row, those of a sort are three: a slot of the slowest, a slot of
-- the fastest, and all others together, so that sums and extremes are what they were.
WITH seen AS MATERIALIZED (
    SELECT n.id, n.name, n.apple, n.speed, n.slots, coalesce(h.held, 0) AS held,
        coalesce(h.brief, 0) AS held_brief, n.weight, n.classes, n.numeric_class,
        CASE WHEN n.state = 'live'
            AND n.heartbeat < clock_timestamp() - %(suspect)s * interval '1 s'
            THEN 'suspect' ELSE n.state END AS state,
        n.gpu IS NOT NULL AS gpu, n.incarnation,
        NOT %(each)s AND n.slots BETWEEN 1 AND h.held AS busy
    FROM nodes n LEFT JOIN (
        SELECT node_id, count(*) FILTER (WHERE NOT brief) AS held,
            count(*) FILTER (WHERE brief) AS brief
        FROM jobs WHERE state IN ('assigned', 'running') GROUP BY node_id
    ) AS h ON h.node_id = n.id
    WHERE n.state <> 'gone' AND n.heartbeat > clock_timestamp() - %(dead)s * interval '1 s'
)
SELECT id, name, apple, speed, slots, held, held_brief, weight, classes, numeric_class, state, gpu,
    incarnation
FROM seen WHERE busy IS NOT TRUE OR state <> 'live'
UNION ALL
SELECT -3 * min(id) - part, '*', apple,
    CASE part WHEN 1 THEN min(speed * weight) WHEN 2 THEN max(speed * weight)
        ELSE (sum(slots * speed * weight) - min(speed * weight) - max(speed * weight))
            / (sum(slots) - 2) END,
    CASE WHEN part < 3 THEN 1 ELSE sum(slots) - 2 END,
    CASE WHEN part < 3 THEN 1 ELSE sum(slots) - 2 END,
    0, 1, classes, numeric_class, state, gpu, 0
FROM seen CROSS JOIN generate_series(1, 3) AS part WHERE busy AND state = 'live'
GROUP BY part, apple, classes, numeric_class, state, gpu HAVING sum(slots) >= part
ORDER BY id;

-- name: heavy_held
-- Steps in the unit of the nodes' speeds: a step of a job that goes at half of its node's speed
-- counts two.
SELECT node_id,
    (steps_total - steps_done) * CASE WHEN rate > 0 THEN n.speed / rate ELSE 1 END,
    priority, requested_node IS NULL
FROM jobs JOIN nodes n ON n.id = node_id
WHERE jobs.state IN ('assigned', 'running') AND work_class = 'heavy' AND NOT brief;

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
