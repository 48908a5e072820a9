-- name: add
INSERT INTO puzzles (fingerprint, name, activation, blocks, width, hidden, outputs, rows, pieces,
    answer_sha256, content)
VALUES (%(fingerprint)s, %(name)s, %(activation)s, %(blocks)s, %(width)s, %(hidden)s, %(outputs)s,
    %(rows)s, %(pieces)s, %(answer_sha256)s, %(content)s)
ON CONFLICT (fingerprint) DO NOTHING;

-- name: by_fingerprint
SELECT id, fingerprint, name, activation, blocks, width, hidden, outputs, rows, answer_sha256,
    added_at, solved_at
FROM puzzles WHERE fingerprint = %(fingerprint)s
FOR NO KEY UPDATE;

-- name: rename
UPDATE puzzles SET name = %(name)s WHERE id = %(id)s;

-- name: refresh
-- The same contents, told better: its activation corrected or the hash of its answer learned.
UPDATE puzzles SET activation = %(activation)s, answer_sha256 = %(answer_sha256)s,
    content = %(content)s
WHERE id = %(id)s;

-- name: is_used
SELECT EXISTS (SELECT FROM solutions WHERE puzzle_id = %(id)s)
    OR EXISTS (SELECT FROM jobs WHERE puzzle_id = %(id)s);

-- name: judge_again
-- Only the hash says solved once it is known.
UPDATE solutions SET match = hash = %(answer_sha256)s, solved = hash = %(answer_sha256)s
WHERE puzzle_id = %(id)s;

-- name: solved_again
UPDATE puzzles SET solved_at = (
    SELECT min(found_at) FROM solutions WHERE puzzle_id = %(id)s AND solved)
WHERE id = %(id)s;

-- name: newest
-- Puzzles of benchmarks come after a user's own.
SELECT id, fingerprint, name, activation, blocks, width, hidden, outputs, rows, answer_sha256,
    added_at, solved_at
FROM puzzles
ORDER BY EXISTS (SELECT FROM regimes WHERE puzzle_id = puzzles.id), id DESC LIMIT 1;

-- name: called
SELECT id, fingerprint, name, activation, blocks, width, hidden, outputs, rows, answer_sha256,
    added_at, solved_at
FROM puzzles
WHERE name = %(text)s OR (%(beginning)s IS NOT NULL AND starts_with(fingerprint, %(beginning)s))
ORDER BY id DESC;

-- name: listing
SELECT id, fingerprint, name, activation, blocks, width, hidden, outputs, rows, answer_sha256,
    added_at, solved_at
FROM puzzles ORDER BY id DESC;

-- name: content
SELECT content FROM puzzles WHERE id = %(id)s;

-- name: solved_now
SELECT solved_at >= transaction_timestamp() FROM puzzles WHERE id = %(puzzle)s;
