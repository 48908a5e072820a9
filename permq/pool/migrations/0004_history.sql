-- How a search learns: what the pool looked like at moments, on rows that stay the same.

CREATE TABLE probes (
    puzzle_id bigint PRIMARY KEY REFERENCES puzzles,
    rows      integer[] NOT NULL,              -- of the puzzle's data
    strata    text[] NOT NULL,                 -- what each row was chosen for
    chosen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (cardinality(rows) = cardinality(strata))
);

CREATE TABLE snapshots (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    puzzle_id     bigint NOT NULL REFERENCES puzzles,
    job_id        bigint REFERENCES jobs,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    event         text NOT NULL CHECK (event IN ('improvement', 'timer', 'request')),
    solutions     bigint NOT NULL,
    best_id       bigint NOT NULL REFERENCES solutions,
    best_cost     double precision NOT NULL,
    median_cost   double precision NOT NULL,
    numbers       jsonb NOT NULL,              -- see permq.history.snapshot
    placement     jsonb NOT NULL,              -- blocks and their shares by position
    UNIQUE (job_id)                            -- a job that is done twice leaves one
);
CREATE INDEX snapshots_time ON snapshots (puzzle_id, id);
CREATE INDEX jobs_history ON jobs (puzzle_id, id) WHERE kind = 'history';

CREATE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is only ever added to';
END $$;
CREATE TRIGGER snapshots_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON snapshots
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();
CREATE TRIGGER probes_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON probes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

-- What a solution makes of the probe rows on their way through the network.
CREATE TABLE embeddings (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    puzzle_id   bigint NOT NULL REFERENCES puzzles,
    solution_id bigint NOT NULL REFERENCES solutions UNIQUE,
    job_id      bigint REFERENCES jobs,
    device      text NOT NULL,
    content     bytea NOT NULL,                -- see permq.history.embedding
    made_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX embeddings_puzzle ON embeddings (puzzle_id, id);

-- How the network of a made puzzle was trained, where that was recorded.
CREATE TABLE trainings (
    puzzle_id bigint PRIMARY KEY REFERENCES puzzles,
    content   bytea NOT NULL,                  -- see permq.history.training
    added_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
