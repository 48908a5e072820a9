-- name: pending
SELECT id, puzzle_id, worker, permutation FROM incoming WHERE state = 'pending'
ORDER BY id LIMIT %(limit)s;

-- name: take
-- Another verifier may have been faster.
SELECT id FROM incoming WHERE id = ANY(%(ids)s) AND state = 'pending'
ORDER BY id FOR UPDATE SKIP LOCKED;

-- name: settle
UPDATE incoming SET state = %(state)s, reason = %(reason)s WHERE id = %(id)s;
