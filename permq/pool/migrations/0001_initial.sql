-- Postgres is the truth: every job is a row before it is a message, every found arrangement a row
-- before its slice is acknowledged.

CREATE TABLE puzzles (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint   text NOT NULL UNIQUE CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    name          text NOT NULL,
    activation    text NOT NULL,
    blocks        integer NOT NULL,
    width         integer NOT NULL,
    hidden        integer NOT NULL,
    outputs       integer NOT NULL,
    rows          integer NOT NULL,
    pieces        integer[] NOT NULL,          -- inputs ascending, outputs ascending, the last layer
    answer_sha256 text,                        -- where the hash of the answer is known
    content       bytea NOT NULL,              -- the puzzle itself, see permq.pool.content
    added_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    solved_at     timestamptz
);
ALTER TABLE puzzles ALTER COLUMN content SET STORAGE EXTERNAL;  -- weights do not compress

CREATE TABLE nodes (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
    incarnation   integer NOT NULL DEFAULT 1,  -- counts the starts of its worker
    host          text NOT NULL,
    pid           integer NOT NULL,
    chipset       text NOT NULL,
    apple         boolean NOT NULL,
    arch          text NOT NULL,
    gpu           text,
    numeric_class text NOT NULL,               -- nodes of one class give bit-equal results
    slots         integer NOT NULL CHECK (slots >= 0),
    weight        double precision NOT NULL DEFAULT 1 CHECK (weight > 0),
    speed         double precision NOT NULL,   -- annealing steps/s of one slot, measured
    classes       text[] NOT NULL,
    version       text NOT NULL,
    state         text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'draining', 'gone')),
    started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    heartbeat     timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE submissions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    command       text NOT NULL,
    base_seed     bigint NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE jobs (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id   bigint NOT NULL REFERENCES submissions,
    puzzle_id       bigint REFERENCES puzzles,           -- null for kinds that need none
    kind            text NOT NULL,
    work_class      text NOT NULL CHECK (work_class IN ('heavy', 'light', 'render', 'gpu')),
    params          jsonb NOT NULL DEFAULT '{}',
    seed            bigint NOT NULL,
    identity        text,                                -- of repeatable jobs, to recognise them
    priority        smallint NOT NULL DEFAULT 5 CHECK (priority BETWEEN 0 AND 9),  -- 0 first
    requested_node  text,
    keep_going      boolean NOT NULL DEFAULT false,      -- also once the puzzle is solved
    brief           boolean NOT NULL DEFAULT false,      -- takes milliseconds
    time_limit      double precision CHECK (time_limit > 0),  -- seconds of work
    join_mode       text CHECK (join_mode IN ('best')),
    state           text NOT NULL CHECK (state IN (
                        'waiting', 'ready', 'assigned', 'running',
                        'done', 'failed', 'cancelled', 'blocked')),
    reason          text,                                -- why it waits, is blocked or failed
    paused          boolean NOT NULL DEFAULT false,
    cancelling      boolean NOT NULL DEFAULT false,
    node_id         integer REFERENCES nodes,            -- where it is or was last
    incarnation     integer,                             -- of that node
    pid             integer,                             -- of the process that works on it
    token           bigint NOT NULL DEFAULT 0,           -- fencing: grows with every assignment
    lease_until     timestamptz,
    attempt         smallint NOT NULL DEFAULT 0,         -- tries of the present slice
    slice           integer NOT NULL DEFAULT 0,          -- slices that are done
    steps_done      bigint NOT NULL DEFAULT 0,
    steps_total     bigint,
    rate            double precision,                    -- steps/s of the last slice
    worked          double precision NOT NULL DEFAULT 0, -- seconds of all slices
    current_cost    double precision,
    best_cost       double precision,
    best_solution_id bigint,
    parent_solution_id bigint,                           -- handed down by the parent job
    start           jsonb,                               -- drawn once, at the first claim
    result          jsonb,
    error           text,
    numeric_class   text,                                -- of the node that began it
    moved           boolean NOT NULL DEFAULT false,      -- went on in another numeric class
    code_version    text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    ready_at        timestamptz,
    assigned_at     timestamptz,
    started_at      timestamptz,
    ended_at        timestamptz
);
-- What was begun goes before what is new.
CREATE INDEX jobs_backlog ON jobs (priority, (slice = 0 AND attempt = 0), id)
    WHERE state = 'ready' AND NOT paused;
CREATE INDEX jobs_held ON jobs (node_id) WHERE state IN ('assigned', 'running');
CREATE INDEX jobs_unfinished ON jobs (puzzle_id)
    WHERE state IN ('waiting', 'ready', 'assigned', 'running');
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_submission ON jobs (submission_id);
CREATE INDEX jobs_identity ON jobs (identity) WHERE identity IS NOT NULL;

CREATE TABLE edges (
    parent_id bigint NOT NULL REFERENCES jobs,
    child_id  bigint NOT NULL REFERENCES jobs,
    PRIMARY KEY (parent_id, child_id)
);
CREATE INDEX edges_child ON edges (child_id);

CREATE TABLE slices (
    job_id      bigint NOT NULL REFERENCES jobs,
    slice       integer NOT NULL,
    token       bigint NOT NULL,
    node_id     integer NOT NULL REFERENCES nodes,
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    steps       bigint NOT NULL,
    best_cost   double precision,
    PRIMARY KEY (job_id, slice)
);
CREATE INDEX slices_time ON slices (ended_at);

CREATE TABLE checkpoints (
    job_id   bigint PRIMARY KEY REFERENCES jobs,
    slice    integer NOT NULL,
    data     bytea NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE solutions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    puzzle_id   bigint NOT NULL REFERENCES puzzles,
    hash        text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    permutation integer[] NOT NULL,            -- the answer: pieces from the first to the last
    cost        double precision NOT NULL      -- over all rows, recomputed by the writer
                CHECK (cost >= 0 AND cost < 'Infinity'),  -- NaN counts as above infinity
    exact       boolean NOT NULL,
    match       boolean,                       -- null where no hash is known
    solved      boolean NOT NULL,
    method      text NOT NULL,
    node        text,
    job_id      bigint REFERENCES jobs,
    parent_id   bigint REFERENCES solutions,
    found_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (puzzle_id, hash)
);
CREATE INDEX solutions_cost ON solutions (puzzle_id, cost, id);
CREATE INDEX solutions_best ON solutions (puzzle_id, solved DESC, cost, id);
CREATE INDEX solutions_time ON solutions (puzzle_id, found_at);

CREATE TABLE discoveries (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    solution_id bigint NOT NULL REFERENCES solutions,
    puzzle_id   bigint NOT NULL REFERENCES puzzles,
    job_id      bigint REFERENCES jobs,
    slice       integer,
    method      text NOT NULL,
    node        text,
    found_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (job_id, slice, solution_id)
);
CREATE INDEX discoveries_solution ON discoveries (solution_id);

CREATE TABLE settings (
    key        text PRIMARY KEY,
    value      text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE logs (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    level   text NOT NULL,
    node    text,
    job_id  bigint REFERENCES jobs,
    message text NOT NULL
);
CREATE INDEX logs_job ON logs (job_id, id);

-- Messages that no job stands behind: kept, never executed.
CREATE TABLE dead_letters (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    node        text,
    reason      text NOT NULL,
    body        text NOT NULL
);

-- Solutions that scripts insert through js_puzzle_pool; a worker verifies them into the pool.
CREATE TABLE incoming (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    puzzle_id   bigint NOT NULL REFERENCES puzzles,
    worker      text,
    permutation integer[] NOT NULL,
    claimed     double precision,
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'accepted', 'refused')),
    reason      text,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX incoming_pending ON incoming (id) WHERE state = 'pending';
