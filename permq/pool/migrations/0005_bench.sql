-- Benchmarks: networks of known answers, runs of solvers on them, and what runs cost.

ALTER TABLE nodes ADD memory bigint;                  -- bytes that its processes may take together

-- What a slice took, where the system tells.
ALTER TABLE slices
    ADD cpu_seconds double precision,
    ADD peak_memory bigint,                           -- bytes of its process
    ADD energy      double precision;                 -- joules, its share of the processor's

-- A network of a regime is trained once and kept, since other machines train it otherwise.
CREATE TABLE regimes (
    regime    text PRIMARY KEY CHECK (regime ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    puzzle_id bigint NOT NULL REFERENCES puzzles,
    recipe    jsonb NOT NULL,
    answer    integer[] NOT NULL,                     -- known to the judge, never to a solver
    made_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX regimes_puzzle ON regimes (puzzle_id);

CREATE TABLE benches (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    suite      text NOT NULL,
    spec       jsonb NOT NULL,                        -- the suite as it was read
    version    text NOT NULL,
    revision   text,                                  -- of the checkout, where it is one
    command    text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX benches_suite ON benches (suite, id);

-- One solver on one puzzle with one seed; its jobs are those of its submission.
CREATE TABLE runs (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bench_id        bigint NOT NULL REFERENCES benches,
    submission_id   bigint NOT NULL UNIQUE REFERENCES submissions,
    solver          text NOT NULL,
    settings        jsonb NOT NULL,
    puzzle_id       bigint NOT NULL REFERENCES puzzles,
    regime          text NOT NULL REFERENCES regimes,
    seed            bigint NOT NULL,
    version         text NOT NULL,
    state           text NOT NULL DEFAULT 'pending'
                    CHECK (state IN ('pending', 'done', 'failed', 'cancelled')),
    solved          boolean,
    verdict         text,                             -- how it is right or wrong
    pairs_right     integer,                          -- blocks with both their layers
    positions_right integer,                          -- such blocks in their places
    final_mse       double precision,                 -- over all rows
    seconds         double precision,                 -- of work, all jobs together
    evaluations     bigint,
    node            text,                             -- several, when it moved
    cpu_seconds     double precision,
    peak_memory     bigint,
    energy          double precision,
    confidence      double precision,                 -- chance that all its pairs are right
    error           text,
    ended_at        timestamptz
);
CREATE INDEX runs_bench ON runs (bench_id);
CREATE INDEX runs_pending ON runs (id) WHERE state = 'pending';

-- What a report said, for the next one to compare with.
CREATE TABLE reports (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    about    text NOT NULL,                           -- suite:NAME or puzzle:FINGERPRINT
    version  text NOT NULL,
    summary  jsonb NOT NULL,
    made_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX reports_about ON reports (about, id);

-- A user's own puzzles stay the default beside those of benchmarks.
CREATE OR REPLACE FUNCTION viewed_puzzle() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.id FROM puzzles p
    LEFT JOIN settings s ON s.key = 'views.puzzle' AND s.value <> ''
    WHERE s.value IS NULL OR p.name = s.value OR starts_with(p.fingerprint, lower(s.value))
    ORDER BY EXISTS (SELECT FROM regimes r WHERE r.puzzle_id = p.id), p.id DESC LIMIT 1
$$;
