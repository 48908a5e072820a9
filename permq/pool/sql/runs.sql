-- name: is_run
SELECT EXISTS (SELECT FROM runs
    WHERE submission_id = (SELECT submission_id FROM jobs WHERE id = %(job)s));

-- name: own_solutions
-- What the jobs of a run have found, the best first.
SELECT s.permutation FROM solutions s WHERE s.id IN (
    SELECT d.solution_id FROM discoveries d JOIN jobs j ON j.id = d.job_id
    WHERE j.submission_id = (SELECT submission_id FROM jobs WHERE id = %(job)s))
ORDER BY s.solved DESC, s.cost, s.id LIMIT %(count)s;

-- name: regimes
SELECT r.regime, r.puzzle_id, r.recipe, r.answer, p.name, p.fingerprint, p.blocks
FROM regimes r JOIN puzzles p ON p.id = r.puzzle_id
WHERE %(ids)s::text[] IS NULL OR r.regime = ANY(%(ids)s) ORDER BY r.regime;

-- name: keep_regime
INSERT INTO regimes (regime, puzzle_id, recipe, answer)
VALUES (%(id)s, %(puzzle)s, %(recipe)s, %(answer)s) ON CONFLICT (regime) DO NOTHING;

-- name: open_bench
INSERT INTO benches (suite, spec, version, revision, command)
VALUES (%(suite)s, %(spec)s, %(version)s, %(revision)s, %(command)s) RETURNING id;

-- name: open_run
INSERT INTO runs (bench_id, submission_id, solver, settings, puzzle_id, regime, seed, version)
VALUES (%(bench)s, %(submission)s, %(solver)s, %(settings)s, %(puzzle)s, %(regime)s, %(seed)s,
    %(version)s) RETURNING id;

-- name: ended
-- Runs whose jobs have all ended, with all that they are judged by.
SELECT r.id, r.regime, r.puzzle_id, g.answer,
    (SELECT array_agg(DISTINCT j.state) FROM jobs j WHERE j.submission_id = r.submission_id),
    b.permutation, b.cost, b.solved, b.exact,
    (SELECT j.result -> 'pairs' FROM jobs j
        WHERE j.submission_id = r.submission_id AND j.kind = 'pair' AND j.state = 'done'
        ORDER BY j.id LIMIT 1),
    (SELECT coalesce(j.error, j.reason) FROM jobs j
        WHERE j.submission_id = r.submission_id AND j.state IN ('failed', 'blocked', 'cancelled')
        ORDER BY j.id LIMIT 1)
FROM runs r JOIN regimes g USING (regime)
LEFT JOIN LATERAL (
    SELECT s.permutation, s.cost, s.solved, s.exact
    FROM jobs j JOIN discoveries d ON d.job_id = j.id JOIN solutions s ON s.id = d.solution_id
    WHERE j.submission_id = r.submission_id
    ORDER BY s.solved DESC, s.cost, s.id LIMIT 1) AS b ON true
WHERE r.state = 'pending' AND NOT EXISTS (
    SELECT FROM jobs j WHERE j.submission_id = r.submission_id
        AND j.state IN ('waiting', 'ready', 'assigned', 'running'))
ORDER BY r.id;

-- name: close_run
UPDATE runs SET state = %(state)s, solved = %(solved)s, verdict = %(verdict)s,
    pairs_right = %(pairs_right)s, positions_right = %(positions_right)s,
    final_mse = %(final_mse)s, confidence = %(confidence)s, error = %(error)s,
    seconds = j.worked, evaluations = j.evaluations, ended_at = j.ended_at,
    node = s.node, cpu_seconds = s.cpu_seconds, peak_memory = s.peak_memory, energy = s.energy
FROM (SELECT sum(worked) AS worked, sum((result ->> 'evaluations')::bigint) AS evaluations,
        max(ended_at) AS ended_at
    FROM jobs WHERE submission_id = (SELECT submission_id FROM runs WHERE id = %(run)s)) AS j,
    (SELECT string_agg(DISTINCT n.name, ', ') AS node, sum(cpu_seconds) AS cpu_seconds,
        max(peak_memory) AS peak_memory, sum(energy) AS energy
    FROM slices JOIN nodes n ON n.id = slices.node_id JOIN jobs ON jobs.id = slices.job_id
    WHERE jobs.submission_id = (SELECT submission_id FROM runs WHERE id = %(run)s)) AS s
WHERE runs.id = %(run)s AND runs.state = 'pending';

-- name: listing
SELECT r.id, b.suite, r.bench_id, r.solver, r.settings, p.name, r.regime, p.blocks, r.seed,
    r.version, r.state, r.solved, r.verdict, r.pairs_right, r.positions_right, r.final_mse,
    r.seconds, r.evaluations, r.node, r.cpu_seconds, r.peak_memory, r.energy, r.confidence,
    r.error, r.puzzle_id, r.submission_id, r.ended_at
FROM runs r JOIN benches b ON b.id = r.bench_id JOIN puzzles p ON p.id = r.puzzle_id
WHERE (%(suites)s::text[] IS NULL OR b.suite = ANY(%(suites)s))
    AND (%(bench)s::bigint IS NULL OR r.bench_id = %(bench)s)
    AND (%(puzzle)s::bigint IS NULL OR r.puzzle_id = %(puzzle)s)
ORDER BY r.id;

-- name: listing_of_jobs
-- The ended searches of a puzzle, as if each were a run.
SELECT j.id, NULL, NULL, j.kind, j.params, p.name, NULL, p.blocks, j.seed, j.code_version, j.state,
    coalesce(s.solved, false), NULL, NULL, NULL, s.cost,
    j.worked, (j.result ->> 'evaluations')::bigint, u.node, u.cpu_seconds, u.peak_memory, u.energy,
    NULL, coalesce(j.error, j.reason), j.puzzle_id, j.submission_id, j.ended_at, s.permutation
FROM jobs j JOIN puzzles p ON p.id = j.puzzle_id
LEFT JOIN LATERAL (
    SELECT s.permutation, s.cost, s.solved
    FROM discoveries d JOIN solutions s ON s.id = d.solution_id
    WHERE d.job_id = j.id ORDER BY s.solved DESC, s.cost, s.id LIMIT 1) AS s ON true
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT n.name, ', ') AS node, sum(cpu_seconds) AS cpu_seconds,
        max(peak_memory) AS peak_memory, sum(energy) AS energy
    FROM slices JOIN nodes n ON n.id = slices.node_id WHERE slices.job_id = j.id) AS u ON true
WHERE j.puzzle_id = %(puzzle)s AND j.work_class = 'heavy'
    AND j.state IN ('done', 'failed', 'cancelled') AND j.worked > 0
    AND NOT EXISTS (SELECT FROM runs WHERE runs.submission_id = j.submission_id)
ORDER BY j.id;

-- name: benches
SELECT b.id, b.suite, b.version, b.revision, b.command, b.created_at, count(r.id),
    count(r.id) FILTER (WHERE r.state = 'pending'), count(r.id) FILTER (WHERE r.solved)
FROM benches b LEFT JOIN runs r ON r.bench_id = b.id
GROUP BY b.id ORDER BY b.id DESC;

-- name: bench_spec
SELECT spec FROM benches WHERE id = %(bench)s;

-- name: node_use
-- What some submissions took, by node.
SELECT n.name, n.chipset, n.slots, n.memory, n.version, n.numeric_class, count(*),
    count(DISTINCT s.job_id),
    sum(extract(epoch FROM s.ended_at - s.started_at))::double precision,
    extract(epoch FROM max(s.ended_at) - min(s.started_at))::double precision,
    sum(s.cpu_seconds), max(s.peak_memory), sum(s.steps)::bigint, sum(s.energy)
FROM slices s JOIN jobs j ON j.id = s.job_id JOIN nodes n ON n.id = s.node_id
WHERE j.submission_id = ANY(%(submissions)s)
GROUP BY n.id ORDER BY n.name;

-- name: last_report
-- The newest report; about the same bench it would compare runs with themselves.
SELECT id, version, summary, made_at FROM reports
WHERE about = %(about)s AND job_id IS DISTINCT FROM coalesce(%(job)s::bigint, -1)
    AND (%(bench)s::bigint IS NULL
    OR (summary ->> 'bench')::bigint IS DISTINCT FROM %(bench)s)
ORDER BY id DESC LIMIT 1;

-- name: keep_report
INSERT INTO reports (about, version, summary, job_id)
VALUES (%(about)s, %(version)s, %(summary)s, %(job)s)
ON CONFLICT (job_id) DO NOTHING RETURNING id;

-- name: report_of_job
SELECT id FROM reports WHERE job_id = %(job)s;

-- name: may_judge
SELECT has_column_privilege('regimes', 'answer', 'SELECT');
