-- What the exporter asks, once for every reading; no query here walks over the solutions.

-- name: guard
-- A reading changes nothing, and gives up rather than pile up behind a lock.
SET TRANSACTION READ ONLY;
SET LOCAL statement_timeout = '10s';

-- name: now
SELECT clock_timestamp();

-- name: oldest
-- How long the oldest ready job of each class has been ready, one entry of an index each.
SELECT of.work_class, extract(epoch FROM clock_timestamp() - oldest.ready_at)::double precision
FROM unnest(%(classes)s::text[]) AS of (work_class) CROSS JOIN LATERAL (
    SELECT ready_at FROM jobs
    WHERE jobs.work_class = of.work_class AND state = 'ready' AND NOT paused
    ORDER BY ready_at LIMIT 1) AS oldest;

-- name: slices
SELECT n.name, count(*), sum(s.steps)::bigint
FROM slices s JOIN nodes n ON n.id = s.node_id
WHERE s.ended_at > %(after)s::timestamptz AND s.ended_at <= %(until)s::timestamptz
GROUP BY n.name;

-- name: puzzles
-- The newest, and those that are worked on; the best of each pool is one entry of an index.
SELECT p.id, p.name, left(p.fingerprint, 12),
    extract(epoch FROM clock_timestamp() - p.solved_at)::double precision,
    s.cost, extract(epoch FROM clock_timestamp() - s.found_at)::double precision
FROM puzzles p LEFT JOIN LATERAL (
    SELECT cost, found_at FROM solutions
    WHERE puzzle_id = p.id ORDER BY solved DESC, cost, id LIMIT 1
) AS s ON true
WHERE p.id IN (SELECT id FROM puzzles ORDER BY id DESC LIMIT %(limit)s)
    OR p.id = ANY(%(worked_on)s::bigint[])
ORDER BY p.id;

-- name: solutions
-- Exact as long as they are few; then the better of two estimates that Postgres keeps anyhow.
SELECT CASE WHEN few.count < %(exact)s THEN few.count
    ELSE greatest(few.count, c.reltuples::bigint, pg_stat_get_live_tuples(c.oid)) END
FROM pg_class c, (
    SELECT count(*) FROM (SELECT FROM solutions LIMIT %(exact)s) AS first) AS few
WHERE c.oid = 'solutions'::regclass;

-- name: dead_letters
-- Only the newest are kept; their numbers count all.
SELECT coalesce(max(id), 0) FROM dead_letters;

-- name: incoming
SELECT count(*) FROM incoming WHERE state = 'pending';
