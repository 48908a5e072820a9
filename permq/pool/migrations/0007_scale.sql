-- A hundred thousand jobs and two hundred nodes: what is asked all day reads a bounded part of it.

-- Rows that change all day find room beside themselves, so that no index hears of it.
ALTER TABLE jobs SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE nodes SET (fillfactor = 50);

-- Where a ready job waits: all of a lane may go to the same nodes, and a long lane hides no other
-- from who hands out work. Null for what is not ready, so that no other index serves as well.
ALTER TABLE jobs ADD lane text GENERATED ALWAYS AS (CASE WHEN state = 'ready' AND NOT paused THEN
    work_class || CASE WHEN brief THEN ' brief' ELSE '' END
    || CASE WHEN requested_node IS NULL THEN '' ELSE ' on ' || requested_node END
    || CASE WHEN slice > 0 OR attempt > 0 THEN ' of ' || coalesce(numeric_class, '') ELSE '' END
END) STORED;
DROP INDEX jobs_backlog;
CREATE INDEX jobs_lanes ON jobs (lane, priority, id) WHERE lane IS NOT NULL;
CREATE INDEX jobs_oldest ON jobs (work_class, ready_at) WHERE state = 'ready' AND NOT paused;

-- The lease is renewed every two seconds: in an index, every renewal would be a new entry in all.
DROP INDEX jobs_leased;

DROP INDEX jobs_unfinished;
CREATE INDEX jobs_unfinished ON jobs (puzzle_id, kind)
    WHERE state IN ('waiting', 'ready', 'assigned', 'running');
-- Lists: what is not finished in the order it will be done; what has ended, the newest first, by
-- an expression, as Postgres would rather look for them among all jobs by their numbers.
CREATE INDEX jobs_queue ON jobs (state, priority, id)
    WHERE state IN ('waiting', 'ready', 'assigned', 'running');
CREATE INDEX jobs_ended ON jobs (state, (-id))
    WHERE state IN ('done', 'failed', 'cancelled', 'blocked');

-- How many jobs there are of each sort: the sum of all its rows. Every change of jobs adds rows, so
-- that two that change jobs at once never wait for each other; nodes add them up now and then.
CREATE TABLE job_tallies (
    shown      text NOT NULL,                     -- the state, or `paused`
    kind       text NOT NULL,
    work_class text NOT NULL,
    puzzle_id  bigint,
    jobs       bigint NOT NULL                    -- that came to be so, less those no longer so
) WITH (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

-- As the owner: who may change jobs need not be allowed to count them wrong.
CREATE FUNCTION tally_jobs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO job_tallies
        SELECT CASE WHEN paused AND state IN ('waiting', 'ready', 'assigned') THEN 'paused'
            ELSE state END, kind, work_class, puzzle_id, count(*)
        FROM after_it GROUP BY 1, 2, 3, 4;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO job_tallies
        SELECT CASE WHEN paused AND state IN ('waiting', 'ready', 'assigned') THEN 'paused'
            ELSE state END, kind, work_class, puzzle_id, -count(*)
        FROM before_it GROUP BY 1, 2, 3, 4;
    ELSE
        INSERT INTO job_tallies
        SELECT CASE WHEN paused AND state IN ('waiting', 'ready', 'assigned') THEN 'paused'
            ELSE state END, kind, work_class, puzzle_id, sum(change)
        FROM (
            SELECT state, paused, kind, work_class, puzzle_id, 1 AS change FROM after_it
            UNION ALL
            SELECT state, paused, kind, work_class, puzzle_id, -1 FROM before_it
        ) AS changes GROUP BY 1, 2, 3, 4 HAVING sum(change) <> 0;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER jobs_come AFTER INSERT ON jobs
    REFERENCING NEW TABLE AS after_it FOR EACH STATEMENT EXECUTE FUNCTION tally_jobs();
CREATE TRIGGER jobs_change AFTER UPDATE ON jobs
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION tally_jobs();
CREATE TRIGGER jobs_go AFTER DELETE ON jobs
    REFERENCING OLD TABLE AS before_it FOR EACH STATEMENT EXECUTE FUNCTION tally_jobs();
INSERT INTO job_tallies
    SELECT CASE WHEN paused AND state IN ('waiting', 'ready', 'assigned') THEN 'paused'
        ELSE state END, kind, work_class, puzzle_id, count(*)
    FROM jobs GROUP BY 1, 2, 3, 4;

-- Rows of one sort become one; what others add meanwhile stays beside it.
CREATE FUNCTION fold_tallies() RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
    WITH folded AS (DELETE FROM job_tallies RETURNING *)
    INSERT INTO job_tallies
    SELECT shown, kind, work_class, puzzle_id, sum(jobs) FROM folded
    GROUP BY shown, kind, work_class, puzzle_id HAVING sum(jobs) <> 0
$$;

-- When a node last looked after the whole fleet: one does for all.
CREATE TABLE care (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    done_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO care DEFAULT VALUES;

-- Whoever writes rubbish to Redis shall not fill the disk: the newest ten thousand are kept, and
-- their numbers go on counting. As the owner: workers may write these rows, and nothing else.
CREATE FUNCTION keep_newest_dead_letters() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM dead_letters WHERE id <= NEW.id - 10000;
    RETURN NULL;
END
$$;
CREATE TRIGGER dead_letters_come AFTER INSERT ON dead_letters
    FOR EACH ROW EXECUTE FUNCTION keep_newest_dead_letters();
