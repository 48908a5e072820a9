-- name: probe
SELECT rows, strata FROM probes WHERE puzzle_id = %(puzzle)s;

-- name: keep_probe
INSERT INTO probes (puzzle_id, rows, strata) VALUES (%(puzzle)s, %(rows)s, %(strata)s)
ON CONFLICT (puzzle_id) DO NOTHING;

-- name: costs
-- Number of solutions, and the lower median of their costs, both from the index alone.
WITH counted AS (SELECT count(*) AS solutions FROM solutions WHERE puzzle_id = %(puzzle)s)
SELECT solutions, (
    SELECT cost FROM solutions WHERE puzzle_id = %(puzzle)s
    ORDER BY cost, id OFFSET (SELECT greatest(solutions - 1, 0) / 2 FROM counted) LIMIT 1)
FROM counted;

-- name: shares
SELECT method, node, count(*) FROM solutions WHERE puzzle_id = %(puzzle)s GROUP BY method, node;

-- name: acceptance
-- By move, of the last annealings that ended and of those at work.
SELECT move, avg(share) FROM (
    (SELECT result -> 'acceptance' AS shares FROM jobs
     WHERE puzzle_id = %(puzzle)s AND result ? 'acceptance' ORDER BY id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT (SELECT jsonb_object_agg(p.key, (found -> 'accepted' ->> p.key)::double precision
                / p.value::double precision)
             FROM jsonb_each_text(found -> 'proposed') p WHERE p.value <> '0')
     FROM (SELECT convert_from(c.data, 'UTF8')::jsonb #> '{body,search}' AS found
           FROM jobs j JOIN checkpoints c ON c.job_id = j.id
           WHERE j.puzzle_id = %(puzzle)s AND j.kind IN ('anneal', 'constrained')
               AND j.state IN ('waiting', 'ready', 'assigned', 'running')
           ORDER BY j.id LIMIT %(limit)s) AS unfinished)
) AS annealings, jsonb_each_text(shares) AS of (move, text), CAST(text AS double precision) AS share
GROUP BY move ORDER BY move;

-- name: speed
-- Steps/s of all slices of the last minutes together.
SELECT coalesce(sum(s.steps) / greatest(
    extract(epoch FROM clock_timestamp() - min(s.started_at)), 0.001), 0)::double precision
FROM slices s JOIN jobs j ON j.id = s.job_id
WHERE j.puzzle_id = %(puzzle)s AND s.ended_at > clock_timestamp() - %(seconds)s * interval '1 s';

-- name: speeds
SELECT kind, sum(steps_done) / sum(worked) FROM jobs
WHERE puzzle_id = %(puzzle)s AND steps_done > 0 AND worked > 0 GROUP BY kind;

-- name: append
INSERT INTO snapshots (puzzle_id, job_id, event, solutions, best_id, best_cost, median_cost,
    numbers, placement)
VALUES (%(puzzle)s, %(job)s, %(event)s, %(solutions)s, %(best)s, %(best_cost)s, %(median_cost)s,
    %(numbers)s, %(placement)s)
ON CONFLICT (job_id) DO NOTHING RETURNING id;

-- name: of_job
SELECT id FROM snapshots WHERE job_id = %(job)s;

-- name: last
SELECT numbers FROM snapshots WHERE puzzle_id = %(puzzle)s ORDER BY id DESC LIMIT 1;

-- name: changed
-- Whether there are other solutions than at the last snapshot.
SELECT EXISTS (SELECT FROM solutions WHERE puzzle_id = %(puzzle)s) AND NOT EXISTS (
    SELECT FROM (
        SELECT solutions FROM snapshots WHERE puzzle_id = %(puzzle)s ORDER BY id DESC LIMIT 1
    ) AS last
    WHERE solutions = (SELECT count(*) FROM solutions WHERE puzzle_id = %(puzzle)s));

-- name: listing
-- Not more than so many, evenly chosen, the first and the last among them.
WITH numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total
    FROM snapshots WHERE puzzle_id = %(puzzle)s)
SELECT t.id, t.job_id, t.at, t.event, t.solutions, t.best_id, s.permutation, s.solved, s.method,
    s.node, s.parent_id, t.best_cost, t.median_cost, t.numbers,
    CASE WHEN %(placement)s THEN t.placement END
FROM numbered n JOIN snapshots t USING (id) JOIN solutions s ON s.id = t.best_id
WHERE %(most)s::bigint IS NULL OR total <= %(most)s
    OR place * (%(most)s - 1) / greatest(total - 1, 1)
        > (place - 1) * (%(most)s - 1) / greatest(total - 1, 1)
    OR place = 0
ORDER BY t.id;

-- name: improvements
-- Solutions that were the best of the pool when they were found.
SELECT id, puzzle_id, hash, permutation, cost, exact, match, solved, method, node, job_id,
    parent_id, found_at
FROM (
    SELECT *, min(cost) OVER (ORDER BY found_at, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM solutions WHERE puzzle_id = %(puzzle)s) AS found
WHERE before IS NULL OR cost < before OR solved
ORDER BY found_at, id;

-- name: due
-- Puzzles whose best is another than at the last snapshot, or whose jobs have run for a while
-- since, or whose best is not embedded; none whose snapshot, or embedding, is under way or failed
-- lately. What waits for the stage of a pipeline is not under way.
SELECT id, event, embed FROM (
    SELECT p.id,
        CASE WHEN NOT snapshot.free THEN NULL
            WHEN best.id IS DISTINCT FROM last.best_id THEN 'improvement'
            WHEN last.at < clock_timestamp() - %(seconds)s * interval '1 s' AND EXISTS (
                SELECT FROM jobs WHERE jobs.puzzle_id = p.id AND state = 'running'
                    AND work_class = 'heavy') THEN 'timer' END AS event,
        embedding.free
            AND NOT EXISTS (SELECT FROM embeddings WHERE solution_id = best.id) AS embed
    FROM puzzles p
    CROSS JOIN LATERAL (
        SELECT id FROM solutions WHERE puzzle_id = p.id ORDER BY solved DESC, cost, id LIMIT 1
    ) AS best
    LEFT JOIN LATERAL (
        SELECT at, best_id FROM snapshots WHERE puzzle_id = p.id ORDER BY id DESC LIMIT 1
    ) AS last ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_and(state NOT IN ('ready', 'assigned', 'running')), true)
            AND coalesce((array_agg(
                state = 'done' OR ended_at < clock_timestamp() - %(patience)s * interval '1 s'
                ORDER BY id DESC) FILTER (WHERE state IN ('done', 'failed', 'cancelled')))[1], true)
            AS free
        FROM (SELECT id, state, ended_at FROM jobs WHERE jobs.puzzle_id = p.id AND kind = 'history'
            ORDER BY id DESC LIMIT %(recent)s) AS recent
    ) AS snapshot
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_and(state NOT IN ('ready', 'assigned', 'running')), true)
            AND coalesce((array_agg(
                state = 'done' OR ended_at < clock_timestamp() - %(patience)s * interval '1 s'
                ORDER BY id DESC) FILTER (WHERE state IN ('done', 'failed', 'cancelled')))[1], true)
            AS free
        FROM (SELECT id, state, ended_at FROM jobs WHERE jobs.puzzle_id = p.id AND kind = 'embed'
            ORDER BY id DESC LIMIT %(recent)s) AS recent
    ) AS embedding
) AS found
WHERE event IS NOT NULL OR embed
ORDER BY id;

-- name: gpu_lives
SELECT EXISTS (SELECT FROM nodes WHERE state = 'live' AND gpu IS NOT NULL AND 'gpu' = ANY(classes));

-- name: keep_embedding
INSERT INTO embeddings (puzzle_id, solution_id, job_id, device, content)
VALUES (%(puzzle)s, %(solution)s, %(job)s, %(device)s, %(content)s)
ON CONFLICT (solution_id) DO NOTHING;

-- name: embedded
SELECT EXISTS (SELECT FROM embeddings WHERE solution_id = %(solution)s);

-- name: embeddings
-- The last ones, the first of them first.
SELECT solution_id, cost, content, made_at FROM (
    SELECT e.id, e.solution_id, s.cost, e.content, e.made_at
    FROM embeddings e JOIN solutions s ON s.id = e.solution_id
    WHERE e.puzzle_id = %(puzzle)s ORDER BY e.id DESC LIMIT %(most)s) AS found
ORDER BY id;

-- name: keep_training
INSERT INTO trainings (puzzle_id, content) VALUES (%(puzzle)s, %(content)s)
ON CONFLICT (puzzle_id) DO UPDATE SET content = excluded.content;

-- name: training
SELECT content FROM trainings WHERE puzzle_id = %(puzzle)s;

-- name: keep_twin
INSERT INTO twins (puzzle_id, job_id, recipe, content)
VALUES (%(puzzle)s, %(job)s, %(recipe)s, %(content)s)
ON CONFLICT (puzzle_id) DO UPDATE SET job_id = excluded.job_id, recipe = excluded.recipe,
    content = excluded.content, made_at = excluded.made_at;

-- name: twin
SELECT recipe, content FROM twins WHERE puzzle_id = %(puzzle)s;
