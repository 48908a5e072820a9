-- name: insert_submission
INSERT INTO submissions (command, base_seed) VALUES (%(command)s, %(base_seed)s) RETURNING id;

-- name: allocate
SELECT nextval(pg_get_serial_sequence('jobs', 'id')) FROM generate_series(1, %(count)s);

-- name: insert
INSERT INTO jobs (
    id, submission_id, puzzle_id, kind, work_class, params, seed, identity, priority,
    requested_node, keep_going, brief, time_limit, join_mode, state, steps_total, code_version,
    ready_at)
OVERRIDING SYSTEM VALUE
SELECT
    j.id, %(submission)s, j.puzzle_id, j.kind, j.work_class, j.params::jsonb, j.seed, j.identity,
    j.priority, j.requested_node, j.keep_going, j.brief, j.time_limit, j.join_mode, j.state,
    j.steps_total, %(code_version)s, CASE WHEN j.state = 'ready' THEN clock_timestamp() END
FROM unnest(
    %(id)s::bigint[], %(puzzle_id)s::bigint[], %(kind)s::text[], %(work_class)s::text[],
    %(params)s::text[], %(seed)s::bigint[], %(identity)s::text[], %(priority)s::smallint[],
    %(requested_node)s::text[], %(keep_going)s::boolean[], %(brief)s::boolean[],
    %(time_limit)s::double precision[], %(join_mode)s::text[], %(state)s::text[],
    %(steps_total)s::bigint[]
) AS j (id, puzzle_id, kind, work_class, params, seed, identity, priority, requested_node,
        keep_going, brief, time_limit, join_mode, state, steps_total);

-- name: insert_edges
INSERT INTO edges (parent_id, child_id)
SELECT * FROM unnest(%(parent)s::bigint[], %(child)s::bigint[]);

-- name: same
SELECT DISTINCT ON (identity) identity, id, state FROM jobs
WHERE identity = ANY(%(identity)s) AND state NOT IN ('failed', 'cancelled', 'blocked')
ORDER BY identity, id;

-- name: lock_children
-- Two parents that end at once do not see each other's end: the second waits for the first here,
-- and looks again with `ready_children`, or nobody would ready their child.
SELECT id FROM jobs
WHERE state = 'waiting' AND id IN (SELECT child_id FROM edges WHERE parent_id = ANY(%(parents)s))
ORDER BY id FOR NO KEY UPDATE;

-- name: ready_children
-- Parents all ended: ready with the best of their solutions, or blocked with the reason.
-- A parent hands down its answer. The best that it ever wrote may be another one: what is written
-- at the end of a slice depends on where slices were cut, and the child's result must not.
WITH children AS (
    SELECT c.id, c.kind, c.join_mode, c.work_class,
        count(*) AS parents,
        count(*) FILTER (WHERE p.state = 'done') AS done,
        count(*) FILTER (WHERE p.state IN ('done', 'failed', 'cancelled', 'blocked')) AS ended,
        bool_or(z.solved_at IS NOT NULL) AS solved,
        (array_agg(coalesce(a.id, p.best_solution_id)
            ORDER BY coalesce(a.cost, p.best_cost) NULLS LAST, p.id))[1] AS solution,
        min(p.id) FILTER (WHERE p.state IN ('failed', 'cancelled', 'blocked')) AS culprit,
        (array_agg(p.kind || ' ' || p.state ORDER BY p.id)
            FILTER (WHERE p.state IN ('failed', 'cancelled', 'blocked')))[1] AS fate
    FROM jobs c
    JOIN edges e ON e.child_id = c.id
    JOIN jobs p ON p.id = e.parent_id
    LEFT JOIN solutions a ON a.puzzle_id = p.puzzle_id
        AND a.hash = encode(sha256(convert_to(p.result ->> 'answer', 'UTF8')), 'hex')
    LEFT JOIN puzzles z ON z.id = c.puzzle_id
    WHERE c.state = 'waiting'
        AND c.id IN (SELECT child_id FROM edges WHERE parent_id = ANY(%(parents)s))
    GROUP BY c.id
), judged AS (
    SELECT *, CASE
        WHEN done = parents OR (join_mode = 'best' AND done > 0)
            OR (solved AND work_class <> 'heavy') THEN 'ready'
        ELSE 'blocked' END AS fitting
    FROM children WHERE ended = parents
)
UPDATE jobs SET
    state = fitting,
    ready_at = CASE WHEN fitting = 'ready' THEN clock_timestamp() END,
    ended_at = CASE WHEN fitting = 'blocked' THEN clock_timestamp() END,
    parent_solution_id = solution,
    reason = CASE WHEN fitting = 'blocked' THEN
        format('its parent, job %%s (%%s), brought no result', culprit, fate) END
FROM judged WHERE jobs.id = judged.id
RETURNING jobs.id, jobs.state;

-- name: end_searches
-- The hash matched: what has not begun will not begin, what runs stops at its slice's end.
UPDATE jobs SET state = 'cancelled', ended_at = clock_timestamp(), token = token + 1,
    reason = %(reason)s
WHERE puzzle_id = %(puzzle)s AND state IN ('waiting', 'ready', 'assigned')
    AND work_class = 'heavy' AND NOT keep_going AND id <> %(job)s
RETURNING id;

-- name: cancel
UPDATE jobs SET
    cancelling = state = 'running',
    ended_at = CASE WHEN state <> 'running' THEN clock_timestamp() END,
    token = CASE WHEN state <> 'running' THEN token + 1 ELSE token END,
    reason = CASE WHEN state <> 'running' THEN %(reason)s ELSE reason END,
    state = CASE WHEN state <> 'running' THEN 'cancelled' ELSE state END
WHERE id = ANY(%(jobs)s) AND state IN ('waiting', 'ready', 'assigned', 'running', 'blocked')
RETURNING id, state;

-- name: pause
UPDATE jobs SET
    paused = true,
    token = CASE WHEN state = 'assigned' THEN token + 1 ELSE token END,
    state = CASE WHEN state = 'assigned' THEN 'ready' ELSE state END
WHERE id = ANY(%(jobs)s) AND NOT paused AND state IN ('waiting', 'ready', 'assigned', 'running')
RETURNING id, state;

-- name: resume
UPDATE jobs SET paused = false WHERE id = ANY(%(jobs)s) AND paused RETURNING id, state;

-- name: retry
UPDATE jobs SET
    state = CASE WHEN unfinished.parent_id IS NULL THEN 'ready' ELSE 'waiting' END,
    ready_at = clock_timestamp(), ended_at = NULL, attempt = 0, token = token + 1,
    cancelling = false, reason = NULL, error = NULL
FROM (
    SELECT j.id, min(p.id) AS parent_id FROM jobs j
    LEFT JOIN edges e ON e.child_id = j.id
    LEFT JOIN jobs p ON p.id = e.parent_id
        AND p.state NOT IN ('done') AND NOT (p.id = ANY(%(jobs)s) AND p.state = 'done')
        AND j.join_mode IS NULL
    WHERE j.id = ANY(%(jobs)s) GROUP BY j.id
) AS unfinished
WHERE jobs.id = unfinished.id AND jobs.state IN ('failed', 'cancelled', 'blocked')
RETURNING jobs.id, jobs.state;

-- name: descendants
WITH RECURSIVE below (id) AS (
    SELECT child_id FROM edges WHERE parent_id = ANY(%(jobs)s)
    UNION
    SELECT e.child_id FROM edges e JOIN below b ON e.parent_id = b.id
)
SELECT id FROM below;

-- name: unblock
UPDATE jobs SET state = 'waiting', ended_at = NULL, reason = NULL
WHERE id = ANY(%(jobs)s) AND state = 'blocked' RETURNING id, state;

-- name: explain
UPDATE jobs SET reason = told.reason
FROM unnest(%(id)s::bigint[], %(reason)s::text[]) AS told (id, reason)
WHERE jobs.id = told.id AND jobs.state = 'ready' AND jobs.reason IS DISTINCT FROM told.reason;

-- name: log
INSERT INTO logs (level, node, job_id, message)
VALUES (%(level)s, %(node)s, %(job)s, %(message)s);

-- name: bury
INSERT INTO dead_letters (node, reason, body) VALUES (%(node)s, %(reason)s, %(body)s);
