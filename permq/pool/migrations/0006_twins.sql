-- Twins: networks of a puzzle's own shape trained on its own data, since how the puzzle's own
-- network was trained is known of made puzzles alone; snapshots at the stages of a pipeline; views
-- and reports as jobs.

CREATE TABLE twins (
    puzzle_id bigint PRIMARY KEY REFERENCES puzzles,
    job_id    bigint REFERENCES jobs,
    recipe    jsonb NOT NULL,                  -- sizes and settings of the training
    content   bytea NOT NULL,                  -- see permq.history.training
    made_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX jobs_embed ON jobs (puzzle_id, id) WHERE kind = 'embed';
CREATE INDEX jobs_pair ON jobs (puzzle_id, id) WHERE kind = 'pair';

-- Files of views and reports keep the names that they have in a folder.
ALTER TABLE artifacts DROP CONSTRAINT artifacts_name_check;
ALTER TABLE artifacts ADD CONSTRAINT artifacts_name_check
    CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_.+-]{0,249}$');
ALTER TABLE reports ADD job_id bigint REFERENCES jobs UNIQUE;  -- a job that is done twice makes one

ALTER TABLE snapshots DROP CONSTRAINT snapshots_event_check;
ALTER TABLE snapshots ADD CONSTRAINT snapshots_event_check
    CHECK (event IN ('improvement', 'timer', 'stage', 'request'));
