-- name: lock_dispatch
SELECT pg_advisory_xact_lock(%(key)s);

-- name: nodes_with_room
-- Of the full ones of a kind the fastest and the slowest stand for themselves, the others are one
-- row together, whose id is negative: sums and extremes are what they were.
WITH seen AS (
    SELECT n.id, n.name, n.apple, n.speed, n.slots, coalesce(h.held, 0) AS held,
        coalesce(h.brief, 0) AS held_brief, n.weight, n.classes, n.numeric_class,
        CASE WHEN n.state = 'live'
            AND n.heartbeat < clock_timestamp() - %(suspect)s * interval '1 s'
            THEN 'suspect' ELSE n.state END AS state,
        n.gpu IS NOT NULL AS gpu, n.incarnation
    FROM nodes n LEFT JOIN (
        SELECT node_id, count(*) FILTER (WHERE NOT brief) AS held,
            count(*) FILTER (WHERE brief) AS brief
        FROM jobs WHERE state IN ('assigned', 'running') GROUP BY node_id
    ) AS h ON h.node_id = n.id
    WHERE n.state <> 'gone' AND n.heartbeat > clock_timestamp() - %(dead)s * interval '1 s'
), placed AS (
    SELECT *, row_number() OVER alike AS place, count(*) OVER (PARTITION BY busy, apple, classes,
        numeric_class, gpu) AS of
    FROM seen CROSS JOIN LATERAL (
        SELECT NOT %(each)s AND state = 'live' AND slots BETWEEN 1 AND held AS busy) AS is_busy
    WINDOW alike AS (PARTITION BY busy, apple, classes, numeric_class, gpu
        ORDER BY speed * weight, id)
)
SELECT id, name, apple, speed, slots, held, held_brief, weight, classes, numeric_class, state, gpu,
    incarnation
FROM placed WHERE NOT busy OR place IN (1, of)
UNION ALL
SELECT -min(id), '', apple, sum(speed * weight * slots) / sum(slots), sum(slots), sum(slots),
    sum(held_brief), 1, classes, numeric_class, 'live', gpu, 0
FROM placed WHERE busy AND place NOT IN (1, of)
GROUP BY apple, classes, numeric_class, gpu
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
