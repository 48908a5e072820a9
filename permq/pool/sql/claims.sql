-- name: lock_dispatch
SELECT pg_advisory_xact_lock(%(key)s);

-- name: nodes_with_room
SELECT n.id, n.name, n.apple, n.speed, n.slots,
    (SELECT count(*) FROM jobs WHERE node_id = n.id AND state IN ('assigned', 'running')
        AND NOT brief),
    (SELECT count(*) FROM jobs WHERE node_id = n.id AND state IN ('assigned', 'running')
        AND brief),
    n.weight, n.classes, n.numeric_class,
    CASE WHEN n.state = 'live' AND n.heartbeat < clock_timestamp() - %(suspect)s * interval '1 s'
        THEN 'suspect' ELSE n.state END,
    n.gpu IS NOT NULL, n.incarnation
FROM nodes n
WHERE n.state <> 'gone' AND n.heartbeat > clock_timestamp() - %(dead)s * interval '1 s'
ORDER BY n.id;

-- name: heavy_held
-- Steps in the unit of the nodes' speeds: a step of a job that goes at half of its node's speed
-- counts two.
SELECT node_id,
    (steps_total - steps_done) * CASE WHEN rate > 0 THEN n.speed / rate ELSE 1 END,
    priority, requested_node IS NULL
FROM jobs JOIN nodes n ON n.id = node_id
WHERE jobs.state IN ('assigned', 'running') AND work_class = 'heavy' AND NOT brief;

-- name: backlog
SELECT id, work_class, priority,
    (steps_total - steps_done) * CASE WHEN rate > 0
        THEN coalesce((SELECT speed FROM nodes WHERE nodes.id = node_id) / rate, 1) ELSE 1 END,
    slice > 0 OR attempt > 0, numeric_class, requested_node, node_id, brief
FROM jobs
WHERE state = 'ready' AND NOT paused
ORDER BY priority, (slice = 0 AND attempt = 0), id
LIMIT %(limit)s;

-- name: assign
UPDATE jobs SET state = 'assigned', node_id = a.node_id, incarnation = a.incarnation,
    token = token + 1, assigned_at = clock_timestamp(), reason = NULL
FROM unnest(%(job)s::bigint[], %(node)s::integer[], %(incarnation)s::integer[])
    AS a (id, node_id, incarnation)
WHERE jobs.id = a.id AND jobs.state = 'ready'
RETURNING jobs.id, jobs.token, jobs.node_id, jobs.kind, jobs.work_class, jobs.priority,
    jobs.slice, (SELECT name FROM puzzles WHERE puzzles.id = jobs.puzzle_id);

-- name: brief_waiting
SELECT count(*) FROM (
    SELECT FROM jobs
    WHERE node_id = (SELECT id FROM nodes WHERE name = %(node)s)
        AND state = 'assigned' AND brief
    LIMIT %(limit)s) AS waiting;

-- name: unheard
-- A node with an idle slot whose assigned job has waited: its message was lost.
SELECT jobs.id, jobs.token, jobs.node_id, jobs.kind, jobs.work_class, jobs.priority,
    jobs.slice, (SELECT name FROM puzzles WHERE puzzles.id = jobs.puzzle_id)
FROM jobs JOIN nodes n ON n.id = jobs.node_id
WHERE n.name = %(node)s AND jobs.state = 'assigned'
    AND jobs.assigned_at < clock_timestamp() - %(patience)s * interval '1 s'
    AND n.slots > (SELECT count(*) FROM jobs r WHERE r.node_id = n.id AND r.state = 'running')
ORDER BY jobs.priority, jobs.id LIMIT %(limit)s;

-- name: claim
-- Steps are counted from what was written: a try that was lost may have told of more (`renew`).
UPDATE jobs SET state = 'running', pid = %(pid)s, attempt = attempt + 1,
    steps_done = coalesce((SELECT sum(s.steps) FROM slices s WHERE s.job_id = jobs.id), 0),
    started_at = coalesce(started_at, clock_timestamp()),
    numeric_class = coalesce(numeric_class, %(numeric_class)s),
    moved = moved OR (numeric_class IS NOT NULL AND numeric_class <> %(numeric_class)s),
    lease_until = clock_timestamp() + %(lease)s * interval '1 s'
WHERE id = %(job)s AND token = %(token)s AND state = 'assigned'
    AND node_id = (SELECT id FROM nodes WHERE name = %(node)s)
RETURNING id, puzzle_id, kind, params, seed, node_id, slice, steps_done, attempt, start,
    parent_solution_id, time_limit, worked, keep_going, clock_timestamp(),
    (SELECT fingerprint FROM puzzles WHERE puzzles.id = puzzle_id),
    (SELECT name FROM puzzles WHERE puzzles.id = puzzle_id);

-- name: exists
SELECT state FROM jobs WHERE id = %(job)s;

-- name: checkpoint
SELECT data FROM checkpoints WHERE job_id = %(job)s;

-- name: keep_start
UPDATE jobs SET start = %(start)s WHERE id = %(job)s;

-- name: lock_submission
SELECT id FROM submissions WHERE id = (SELECT submission_id FROM jobs WHERE id = %(job)s)
FOR UPDATE;

-- name: start_of_sibling
-- Parts of one whole share kind, seed and parent.
SELECT sibling.start FROM jobs mine JOIN jobs sibling
    ON sibling.submission_id = mine.submission_id AND sibling.kind = mine.kind
    AND sibling.seed = mine.seed
    AND sibling.parent_solution_id IS NOT DISTINCT FROM mine.parent_solution_id
WHERE mine.id = %(job)s AND sibling.id <> mine.id AND sibling.start IS NOT NULL
ORDER BY sibling.id LIMIT 1;

-- name: renew
UPDATE jobs SET lease_until = clock_timestamp() + %(lease)s * interval '1 s',
    steps_done = greatest(steps_done, coalesce(%(steps)s, steps_done)),
    current_cost = coalesce(%(current)s, current_cost),
    rate = coalesce(%(rate)s, rate)
WHERE id = %(job)s AND token = %(token)s AND state = 'running'
RETURNING cancelling, paused, NOT keep_going AND work_class = 'heavy' AND coalesce(
    (SELECT solved_at IS NOT NULL FROM puzzles WHERE puzzles.id = puzzle_id), false),
    (SELECT nodes.state = 'gone' OR nodes.incarnation <> jobs.incarnation
        FROM nodes WHERE nodes.id = node_id);

-- name: finish
-- An order to cancel that came too late for the slice to hear it still ends the job.
UPDATE jobs SET
    state = CASE WHEN cancelling AND %(state)s = 'ready' THEN 'cancelled' ELSE %(state)s END, slice = slice + 1, attempt = 0, pid = NULL, lease_until = NULL,
    steps_done = %(steps_done)s, worked = worked + %(seconds)s, rate = %(rate)s,
    current_cost = coalesce(%(current)s, current_cost),
    best_cost = CASE WHEN %(best)s IS NULL THEN best_cost
        WHEN best_solution_id IS NULL THEN %(best)s ELSE least(best_cost, %(best)s) END,
    best_solution_id = CASE
        WHEN %(best_solution)s IS NULL THEN best_solution_id
        WHEN best_solution_id IS NULL OR %(best)s <= best_cost THEN %(best_solution)s
        ELSE best_solution_id END,
    result = coalesce(%(result)s, result), reason = CASE WHEN cancelling AND %(state)s = 'ready' THEN 'cancelled' ELSE %(reason)s END,
    cancelling = false,
    ready_at = CASE WHEN %(state)s = 'ready' THEN clock_timestamp() ELSE ready_at END,
    ended_at = CASE WHEN cancelling OR %(state)s <> 'ready' THEN clock_timestamp() END
WHERE id = %(job)s AND token = %(token)s AND state = 'running'
RETURNING slice - 1, node_id, state;

-- name: insert_slice
INSERT INTO slices (job_id, slice, token, node_id, started_at, steps, best_cost, cpu_seconds,
    peak_memory, energy)
VALUES (%(job)s, %(slice)s, %(token)s, %(node)s, %(started_at)s, %(steps)s, %(best)s,
    %(cpu_seconds)s, %(peak_memory)s, %(energy)s);

-- name: save_checkpoint
INSERT INTO checkpoints (job_id, slice, data) VALUES (%(job)s, %(slice)s, %(data)s)
ON CONFLICT (job_id) DO UPDATE
    SET slice = excluded.slice, data = excluded.data, saved_at = clock_timestamp();

-- name: drop_checkpoint
DELETE FROM checkpoints WHERE job_id = %(job)s;

-- name: fail
UPDATE jobs SET
    state = CASE WHEN %(final)s OR attempt >= %(attempts)s THEN 'failed' ELSE 'ready' END,
    ended_at = CASE WHEN %(final)s OR attempt >= %(attempts)s THEN clock_timestamp() END,
    ready_at = clock_timestamp(), pid = NULL, lease_until = NULL,
    error = %(error)s, reason = %(reason)s
WHERE id = %(job)s AND token = %(token)s AND state = 'running'
RETURNING state;

-- name: lost
-- Leases that ran out, and whatever a node held that is gone, dead or started anew.
SELECT jobs.id FROM jobs LEFT JOIN nodes n ON n.id = jobs.node_id
WHERE jobs.state = 'running' AND jobs.lease_until < clock_timestamp()
   OR jobs.state = 'assigned' AND (
        n.state <> 'live' AND n.state <> 'draining'
        OR n.heartbeat < clock_timestamp() - %(dead)s * interval '1 s'
        OR n.incarnation <> jobs.incarnation)
FOR UPDATE OF jobs SKIP LOCKED;

-- name: held_elsewhere
-- What an earlier start of this node held.
SELECT id FROM jobs
WHERE node_id = %(node)s AND state IN ('assigned', 'running') AND incarnation < %(incarnation)s
FOR UPDATE SKIP LOCKED;

-- name: running_here
SELECT id, pid, token FROM jobs
WHERE node_id = (SELECT id FROM nodes WHERE name = %(node)s) AND state = 'running';

-- name: lost_by
SELECT id FROM jobs WHERE id = ANY(%(jobs)s) AND token = ANY(%(tokens)s) AND state = 'running'
FOR UPDATE SKIP LOCKED;

-- name: held_by
SELECT id FROM jobs
WHERE node_id = (SELECT id FROM nodes WHERE name = %(node)s) AND state = 'assigned'
FOR UPDATE SKIP LOCKED;

-- name: release
UPDATE jobs SET
    state = CASE WHEN cancelling THEN 'cancelled'
        WHEN state = 'running' AND attempt >= %(attempts)s THEN 'failed' ELSE 'ready' END,
    error = CASE WHEN state = 'running' AND attempt >= %(attempts)s THEN
        format('lost %%s times in slice %%s, the last time on node %%s: %%s', attempt, slice,
            (SELECT name FROM nodes WHERE nodes.id = node_id), %(why)s) ELSE error END,
    reason = CASE WHEN state = 'running' THEN %(why)s ELSE reason END,
    ended_at = CASE WHEN cancelling OR state = 'running' AND attempt >= %(attempts)s
        THEN clock_timestamp() END,
    token = token + 1, pid = NULL, lease_until = NULL, ready_at = clock_timestamp()
WHERE id = ANY(%(jobs)s) AND state IN ('assigned', 'running')
RETURNING id, state;
