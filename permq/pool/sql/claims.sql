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
    error = CASE WHEN %(state)s = 'failed' THEN %(reason)s ELSE error END,
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

-- name: lost_by
SELECT id FROM jobs WHERE id = ANY(%(jobs)s) AND token = ANY(%(tokens)s) AND state = 'running'
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
