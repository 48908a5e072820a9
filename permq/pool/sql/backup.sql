-- name: columns
SELECT attname FROM pg_attribute
WHERE attrelid = to_regclass(%(table)s) AND attnum > 0 AND NOT attisdropped
    AND attgenerated = ''
ORDER BY attnum;

-- name: references
SELECT DISTINCT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND conrelid <> confrelid
    AND conrelid = ANY(%(tables)s::regclass[]) AND confrelid = ANY(%(tables)s::regclass[]);

-- name: ready_again
-- Nobody works on them any more.
UPDATE jobs SET
    state = CASE WHEN cancelling THEN 'cancelled' ELSE 'ready' END,
    ended_at = CASE WHEN cancelling THEN clock_timestamp() END,
    reason = CASE WHEN cancelling THEN 'cancelled' END,
    ready_at = clock_timestamp(), lease_until = NULL, pid = NULL, attempt = 0
WHERE state IN ('assigned', 'running');

-- name: void_tokens
-- Tokens that were given after the backup was made are not given again: whoever still holds one and
-- comes here would write into a job that is another's by now.
UPDATE jobs SET token = token + %(stride)s WHERE state <> 'done';

-- name: nodes_gone
UPDATE nodes SET state = 'gone';
