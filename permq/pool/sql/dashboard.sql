-- What the dashboard asks beside the lists of listing.sql; every query reads a bounded part of an
-- index, however many solutions there are.

-- name: guard
-- A reading changes nothing, sees one moment, and gives up rather than pile up behind a lock.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL statement_timeout = '5s';

-- name: puzzles
-- The newest first, those of benchmarks behind a user's own.
SELECT p.id, p.name, left(p.fingerprint, 12), p.blocks, p.solved_at IS NOT NULL
FROM puzzles p
ORDER BY EXISTS (SELECT FROM regimes r WHERE r.puzzle_id = p.id), p.id DESC LIMIT %(limit)s;

-- name: solutions
-- Exact as long as they are few.
SELECT count(*) FROM (
    SELECT FROM solutions WHERE puzzle_id = %(puzzle)s LIMIT %(limit)s) AS first;

-- name: course
-- The cheapest, the first, the last, and some of every stretch of time in between. From the time
-- of the last of the cheapest that came first, the least cost so far is exact.
WITH span AS (
    SELECT (SELECT found_at FROM solutions WHERE puzzle_id = %(puzzle)s
            ORDER BY found_at LIMIT 1) AS first,
        (SELECT found_at FROM solutions WHERE puzzle_id = %(puzzle)s
            ORDER BY found_at DESC LIMIT 1) AS last
)
(SELECT id, found_at, cost, method, node FROM solutions WHERE puzzle_id = %(puzzle)s
    ORDER BY cost, id LIMIT %(limit)s)
UNION
(SELECT id, found_at, cost, method, node FROM solutions WHERE puzzle_id = %(puzzle)s
    ORDER BY found_at LIMIT %(limit)s)
UNION
(SELECT id, found_at, cost, method, node FROM solutions WHERE puzzle_id = %(puzzle)s
    ORDER BY found_at DESC LIMIT %(limit)s)
UNION
SELECT s.id, s.found_at, s.cost, s.method, s.node
FROM span, generate_series(0, %(stretches)s - 1) AS stretch, LATERAL (
    SELECT id, found_at, cost, method, node FROM solutions
    WHERE puzzle_id = %(puzzle)s
        AND found_at >= span.first + (span.last - span.first) * stretch / %(stretches)s
    ORDER BY found_at LIMIT %(each)s) AS s
ORDER BY 2, 1;

-- name: figures
-- The newest picture of every name, from name to name along the index; of a picture's forms the
-- first of those wanted.
WITH RECURSIVE names AS (
    (SELECT name FROM artifacts WHERE puzzle_id = %(puzzle)s ORDER BY name LIMIT 1)
    UNION ALL
    SELECT (SELECT a.name FROM artifacts a WHERE a.puzzle_id = %(puzzle)s AND a.name > n.name
        ORDER BY a.name LIMIT 1)
    FROM names n WHERE n.name IS NOT NULL
)
SELECT a.id, n.name, a.kind, a.media_type, a.job_id, a.made_at, octet_length(a.content)
FROM names n CROSS JOIN LATERAL (
    SELECT newest.* FROM unnest(%(forms)s::text[]) WITH ORDINALITY AS form (media_type, place)
    CROSS JOIN LATERAL (
        SELECT * FROM artifacts WHERE puzzle_id = %(puzzle)s AND name = n.name
            AND media_type = form.media_type
        ORDER BY id DESC LIMIT 1) AS newest
    ORDER BY form.place LIMIT 1) AS a
ORDER BY n.name;

-- name: figure
SELECT name, media_type, content FROM artifacts WHERE id = %(id)s;

-- name: pairing
-- Probabilities of pairs, as the newest pairing tells them.
SELECT result -> 'probable' FROM jobs
WHERE puzzle_id = %(puzzle)s AND kind = 'pair' AND state = 'done' AND result ? 'probable'
ORDER BY id DESC LIMIT 1;

-- name: board
-- Runs of the newest benches, the newest run of a solver, version and seed on a regime.
SELECT DISTINCT ON (r.regime, r.solver, r.version, r.seed)
    r.regime, r.solver, r.version, r.seed, r.state, r.solved, r.verdict, r.pairs_right,
    r.positions_right, r.final_mse, r.seconds, b.suite, r.id
FROM runs r JOIN benches b ON b.id = r.bench_id
WHERE r.id > (SELECT max(id) FROM runs) - %(limit)s
ORDER BY r.regime, r.solver, r.version, r.seed, r.id DESC;
