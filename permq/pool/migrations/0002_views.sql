-- What scripts of the earlier pool read and write: js_puzzle_pool and js_puzzle_config.

-- Places, from 0, of an answer's input layers (first 1) or output layers (first 2) among the
-- ascending piece numbers of their kind: what those scripts call sigma.
CREATE FUNCTION sigma_of(permutation integer[], first integer) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(place ORDER BY position) FROM (
        SELECT i AS position, (rank() OVER (ORDER BY permutation[i]) - 1)::integer AS place
        FROM generate_series(first, cardinality(permutation) - 1, 2) AS i
    ) AS ranked
$$;

-- The puzzle of the views: the one that the setting names, else the newest.
CREATE FUNCTION viewed_puzzle() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.id FROM puzzles p
    LEFT JOIN settings s ON s.key = 'views.puzzle' AND s.value <> ''
    WHERE s.value IS NULL OR p.name = s.value OR starts_with(p.fingerprint, lower(s.value))
    ORDER BY p.id DESC LIMIT 1
$$;

CREATE VIEW js_puzzle_pool AS
SELECT
    s.id,
    s.node AS worker,
    s.node AS worker_id,
    s.cost AS full_mse,
    sigma_of(s.permutation, 1) AS inp_sigma,
    sigma_of(s.permutation, 2) AS out_sigma,
    s.permutation,
    s.hash,
    COALESCE(s.match, false) AS hash_match,
    s.found_at AS created_at
FROM solutions s
WHERE s.puzzle_id = (SELECT viewed_puzzle());

-- Pieces of one kind in running order, from places among them (as sigma_of gives) or from the
-- pieces themselves; null where it is neither.
CREATE FUNCTION pieces_of(sigma integer[], pieces integer[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN ascending = ARRAY(SELECT generate_series(0, cardinality(pieces) - 1))
            THEN ARRAY(SELECT pieces[place + 1] FROM unnest(sigma) WITH ORDINALITY AS u (place, i)
                ORDER BY i)
        WHEN ascending = pieces THEN sigma
    END
    FROM (SELECT ARRAY(SELECT u FROM unnest(sigma) AS u ORDER BY u) AS ascending) AS sorted
$$;

-- Shape only; what it is worth is computed by whoever verifies `incoming`.
CREATE FUNCTION receive_solution() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answer integer[] := NEW.permutation;
    size integer := cardinality(NEW.permutation);
    blocks integer;
    puzzle record;
    alternating integer[];
BEGIN
    IF answer IS NOT NULL THEN
        SELECT p.id, p.pieces, p.width = p.hidden AS square INTO puzzle FROM puzzles p
        WHERE cardinality(p.pieces) = size
            AND ARRAY(SELECT u FROM unnest(p.pieces) AS u ORDER BY u)
                = ARRAY(SELECT u FROM unnest(answer) AS u ORDER BY u)
        ORDER BY p.id DESC LIMIT 1;
        IF puzzle.id IS NULL THEN
            RAISE EXCEPTION 'js_puzzle_pool: permutation (% pieces) is no permutation of the pieces of a known puzzle', size
                USING ERRCODE = 'check_violation',
                HINT = 'Every piece stands once; permq puzzle add stores a puzzle.';
        END IF;
    ELSIF NEW.inp_sigma IS NULL OR NEW.out_sigma IS NULL THEN
        RAISE EXCEPTION 'js_puzzle_pool: needs permutation, or inp_sigma and out_sigma'
            USING ERRCODE = 'not_null_violation';
    ELSE
        SELECT p.id, p.pieces, p.width = p.hidden AS square INTO puzzle FROM puzzles p
        WHERE p.blocks = cardinality(NEW.inp_sigma) ORDER BY p.id DESC LIMIT 1;
        IF puzzle.id IS NULL OR puzzle.square THEN
            RAISE EXCEPTION 'js_puzzle_pool: inp_sigma and out_sigma (% and % places) tell no solution of a known puzzle', cardinality(NEW.inp_sigma), cardinality(NEW.out_sigma)
                USING ERRCODE = 'check_violation', HINT = 'Give permutation.';
        END IF;
        size := cardinality(puzzle.pieces);
        answer := pieces_of(NEW.inp_sigma, puzzle.pieces[:size / 2])
            || pieces_of(NEW.out_sigma, puzzle.pieces[size / 2 + 1:size - 1]) || puzzle.pieces[size];
        IF cardinality(answer) IS DISTINCT FROM size THEN
            RAISE EXCEPTION 'js_puzzle_pool: inp_sigma and out_sigma are no permutations of 0 to %', size / 2 - 1
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    blocks := size / 2;
    -- scripts also wrote all inputs, then all outputs, then the last layer
    alternating := answer;
    IF NOT puzzle.square AND answer[:blocks] <@ puzzle.pieces[:blocks] THEN
        alternating := ARRAY(
            SELECT answer[CASE WHEN i % 2 = 1 THEN (i + 1) / 2 ELSE blocks + i / 2 END]
            FROM generate_series(1, 2 * blocks) AS i ORDER BY i) || answer[size];
    END IF;
    IF alternating[size] <> puzzle.pieces[size] THEN
        RAISE EXCEPTION 'js_puzzle_pool: permutation ends with piece %, the last layer is piece %', alternating[size], puzzle.pieces[size]
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT puzzle.square AND EXISTS (
        SELECT FROM generate_series(1, 2 * blocks, 2) AS i
        WHERE NOT alternating[i] = ANY(puzzle.pieces[:blocks])
    ) THEN
        RAISE EXCEPTION 'js_puzzle_pool: permutation does not alternate input and output layers'
            USING ERRCODE = 'check_violation', HINT = 'inp, out, inp, out, ..., last';
    END IF;
    INSERT INTO incoming (puzzle_id, worker, permutation, claimed)
    VALUES (puzzle.id, COALESCE(NEW.worker, NEW.worker_id), alternating, NEW.full_mse);
    RETURN NEW;
END
$$;
CREATE TRIGGER js_puzzle_pool_insert INSTEAD OF INSERT ON js_puzzle_pool
    FOR EACH ROW EXECUTE FUNCTION receive_solution();

-- Without these Postgres would let a script write costs past the verification.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: solutions are read and inserted, never changed', TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;
CREATE TRIGGER js_puzzle_pool_change INSTEAD OF UPDATE OR DELETE ON js_puzzle_pool
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE VIEW js_puzzle_config AS SELECT key, value FROM settings;

CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
END
$$;
CREATE TRIGGER settings_changed BEFORE UPDATE ON settings
    FOR EACH ROW EXECUTE FUNCTION note_change();
