-- Two fragments stand for {shown} and {wanted} in the queries after them.

-- name: shown
CASE WHEN jobs.paused AND jobs.state IN ('waiting', 'ready', 'assigned') THEN 'paused'
    ELSE jobs.state END;

-- name: wanted
(%(jobs)s::bigint[] IS NULL OR jobs.id = ANY(%(jobs)s))
    AND (%(states)s::text[] IS NULL OR {shown} = ANY(%(states)s))
    AND (%(kind)s::text IS NULL OR jobs.kind = %(kind)s)
    AND (%(submission)s::bigint IS NULL OR jobs.submission_id = %(submission)s)
    AND (%(puzzle)s::bigint IS NULL OR jobs.puzzle_id = %(puzzle)s)
    AND (%(node)s::text IS NULL OR jobs.requested_node = %(node)s OR jobs.node_id = (
        SELECT nodes.id FROM nodes WHERE nodes.name = %(node)s));

-- name: jobs
-- What is not finished first, as it will be done; then what has ended, the newest first.
WITH picked AS (
    (SELECT first.id, CASE first.state WHEN 'running' THEN 0 WHEN 'assigned' THEN 1
            WHEN 'ready' THEN 2 ELSE 3 END AS rank, first.priority, first.id AS place
        FROM unnest(%(unfinished)s::text[]) AS of (state) CROSS JOIN LATERAL (
            SELECT id, jobs.state, priority FROM jobs
            WHERE jobs.state = of.state
                AND jobs.state IN ('waiting', 'ready', 'assigned', 'running') AND {wanted}
            ORDER BY priority, id LIMIT %(limit)s) AS first
        ORDER BY 2, 3, 4 LIMIT %(limit)s)
    UNION ALL
    (SELECT last.id, 4, 0, -last.id
        FROM unnest(%(ended)s::text[]) AS of (state) CROSS JOIN LATERAL (
            SELECT id FROM jobs
            WHERE jobs.state = of.state
                AND jobs.state IN ('done', 'failed', 'cancelled', 'blocked') AND {wanted}
            ORDER BY -id LIMIT %(limit)s) AS last
        ORDER BY last.id DESC LIMIT %(limit)s)
)
SELECT j.id, j.submission_id, j.kind, p.name, j.state, j.paused, j.cancelling, n.name,
    j.requested_node, j.work_class, j.priority, j.seed, j.slice, j.attempt, j.steps_done,
    j.steps_total, j.rate, j.worked, j.time_limit, j.current_cost, j.best_cost, j.reason, j.error,
    (SELECT array_agg(e.parent_id ORDER BY e.parent_id) FROM edges e JOIN jobs a
        ON a.id = e.parent_id WHERE j.state = 'waiting' AND e.child_id = j.id
        AND a.state IN ('waiting', 'ready', 'assigned', 'running')),
    extract(epoch FROM clock_timestamp() - j.assigned_at)::double precision,
    extract(epoch FROM clock_timestamp() - CASE WHEN j.state IN ('assigned', 'running')
        THEN coalesce(j.started_at, j.assigned_at) ELSE coalesce(j.ended_at, j.created_at) END
        )::double precision,
    j.created_at, j.started_at, j.ended_at
FROM picked JOIN jobs j USING (id)
LEFT JOIN puzzles p ON p.id = j.puzzle_id
LEFT JOIN nodes n ON n.id = j.node_id
ORDER BY picked.rank, picked.priority, picked.place
LIMIT %(limit)s;

-- name: count
SELECT count(*) FROM jobs WHERE {wanted};

-- name: ids
SELECT id, {shown} FROM jobs WHERE {wanted} ORDER BY id;

-- name: job
SELECT j.id, j.submission_id, s.command, s.base_seed, j.kind, j.work_class, j.params, j.seed,
    p.name, p.fingerprint, j.identity, j.priority, j.requested_node, j.keep_going, j.time_limit,
    j.join_mode, j.state, j.reason, j.paused, j.cancelling, n.name, j.pid, j.token,
    j.lease_until, j.attempt, j.slice, j.steps_done, j.steps_total, j.rate, j.worked,
    j.current_cost, j.best_cost, j.best_solution_id, b.hash, b.solved, j.parent_solution_id,
    j.start, j.result, j.error, j.numeric_class, j.moved, j.code_version, j.created_at,
    j.ready_at, j.assigned_at, j.started_at, j.ended_at,
    extract(epoch FROM clock_timestamp() - j.assigned_at)::double precision
FROM jobs j
JOIN submissions s ON s.id = j.submission_id
LEFT JOIN puzzles p ON p.id = j.puzzle_id
LEFT JOIN nodes n ON n.id = j.node_id
LEFT JOIN solutions b ON b.id = j.best_solution_id
WHERE j.id = %(job)s;

-- name: parents
SELECT j.id, j.kind, j.state, j.best_cost FROM edges e JOIN jobs j ON j.id = e.parent_id
WHERE e.child_id = %(job)s ORDER BY j.id;

-- name: children
SELECT j.id, j.kind, j.state, j.best_cost FROM edges e JOIN jobs j ON j.id = e.child_id
WHERE e.parent_id = %(job)s ORDER BY j.id;

-- name: slices
SELECT s.slice, n.name, s.started_at, s.ended_at, s.steps, s.best_cost
FROM slices s JOIN nodes n ON n.id = s.node_id WHERE s.job_id = %(job)s ORDER BY s.slice;

-- name: finds
-- What a job found, the best first.
SELECT s.id, s.hash, s.cost, s.solved, s.match, d.method, d.slice, d.node, d.found_at
FROM discoveries d JOIN solutions s ON s.id = d.solution_id
WHERE d.job_id = %(job)s ORDER BY s.solved DESC, s.cost, s.id, d.id;

-- name: lines
SELECT id, at, level, node, message FROM logs
WHERE job_id = %(job)s AND id > %(after)s ORDER BY id;

-- name: counts
SELECT {shown}, count(*) FROM jobs WHERE {wanted} GROUP BY 1;

-- name: progress
SELECT coalesce(sum(CASE state WHEN 'done' THEN coalesce(steps_total, steps_done)
        ELSE steps_done END), 0)::bigint,
    coalesce(sum(steps_total), 0)::bigint,
    count(*) FILTER (WHERE steps_total IS NULL),
    coalesce(sum(rate) FILTER (WHERE state = 'running'), 0)::double precision
FROM jobs WHERE {wanted};

-- name: best_of
-- The best solution among some jobs' own.
SELECT jobs.id, jobs.kind, s.id, s.hash, s.cost, s.solved
FROM jobs JOIN solutions s ON s.id = jobs.best_solution_id
WHERE {wanted} ORDER BY s.solved DESC, s.cost, jobs.id LIMIT 1;

-- name: troubles
SELECT id, kind, state, coalesce(error, reason) FROM jobs
WHERE {wanted} AND state IN ('failed', 'blocked', 'cancelled') ORDER BY id LIMIT %(limit)s;

-- name: bests
-- Puzzles that are worked on, or the newest, each with the best of its pool.
SELECT p.id, p.name, p.blocks, p.solved_at, s.id, s.hash, s.cost, s.solved, s.method, s.node,
    s.job_id, s.found_at,
    extract(epoch FROM clock_timestamp() - s.found_at)::double precision
FROM puzzles p LEFT JOIN LATERAL (
    SELECT * FROM solutions WHERE puzzle_id = p.id ORDER BY solved DESC, cost, id LIMIT 1
) AS s ON true
WHERE CASE WHEN %(puzzle)s::bigint IS NOT NULL THEN p.id = %(puzzle)s ELSE
    p.id = (SELECT max(id) FROM puzzles) OR EXISTS (SELECT FROM jobs WHERE jobs.puzzle_id = p.id
        AND state IN ('waiting', 'ready', 'assigned', 'running')) END
ORDER BY p.id DESC LIMIT %(limit)s;

-- name: newest
SELECT d.id, d.found_at, p.name, s.id, s.cost, s.solved, d.method, d.node, d.job_id
FROM discoveries d JOIN solutions s ON s.id = d.solution_id JOIN puzzles p ON p.id = d.puzzle_id
WHERE %(puzzle)s::bigint IS NULL OR d.puzzle_id = %(puzzle)s
ORDER BY d.id DESC LIMIT %(limit)s;
