-- Files that jobs made: pictures, to be fetched from wherever the pool can be reached.

CREATE TABLE artifacts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    puzzle_id  bigint REFERENCES puzzles,
    job_id     bigint NOT NULL REFERENCES jobs,
    name       text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,99}$'),  -- of a file, no suffix
    kind       text NOT NULL,                  -- what made it, a kind of job
    media_type text NOT NULL,
    content    bytea NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (job_id, name, media_type)
);
ALTER TABLE artifacts ALTER COLUMN content SET STORAGE EXTERNAL;  -- pictures are compressed already
CREATE INDEX artifacts_newest ON artifacts (puzzle_id, name, media_type, id);
