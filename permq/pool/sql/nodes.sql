-- name: register
INSERT INTO nodes (name, host, pid, chipset, apple, arch, gpu, numeric_class, slots, weight, speed,
    classes, version, memory)
VALUES (%(name)s, %(host)s, %(pid)s, %(chipset)s, %(apple)s, %(arch)s, %(gpu)s,
    %(numeric_class)s, %(slots)s, %(weight)s, %(speed)s, %(classes)s, %(version)s, %(memory)s)
ON CONFLICT (name) DO UPDATE SET
    incarnation = nodes.incarnation + 1, host = excluded.host, pid = excluded.pid,
    chipset = excluded.chipset, apple = excluded.apple, arch = excluded.arch, gpu = excluded.gpu,
    numeric_class = excluded.numeric_class, slots = excluded.slots, weight = excluded.weight,
    speed = excluded.speed, classes = excluded.classes, version = excluded.version,
    memory = excluded.memory,
    state = 'live', started_at = clock_timestamp(), heartbeat = clock_timestamp()
RETURNING id, incarnation;

-- name: others
SELECT count(*) FROM (
    SELECT FROM nodes WHERE name <> %(name)s AND state <> 'gone'
        AND heartbeat > clock_timestamp() - %(dead)s * interval '1 s' LIMIT %(limit)s) AS living;

-- name: holder
-- Who has a name and was heard of lately.
SELECT host, pid FROM nodes
WHERE name = %(name)s AND state <> 'gone'
    AND heartbeat > clock_timestamp() - %(suspect)s * interval '1 s';

-- name: beat
UPDATE nodes SET heartbeat = clock_timestamp()
WHERE name = %(name)s AND incarnation = %(incarnation)s AND state <> 'gone' RETURNING state;

-- name: leave
UPDATE nodes SET state = 'gone'
WHERE name = %(name)s AND incarnation = %(incarnation)s RETURNING id;

-- name: drain
UPDATE nodes SET state = %(state)s WHERE name = %(name)s AND state <> 'gone' RETURNING id;

-- name: listing
SELECT n.name, n.chipset, n.apple, n.arch, n.gpu, n.numeric_class, n.slots, n.weight, n.speed,
    n.classes, n.version, n.host, n.pid, n.incarnation, n.started_at, n.heartbeat,
    extract(epoch FROM clock_timestamp() - n.heartbeat)::double precision,
    CASE WHEN n.state = 'gone' THEN 'gone'
        WHEN n.heartbeat < clock_timestamp() - %(dead)s * interval '1 s' THEN 'dead'
        WHEN n.heartbeat < clock_timestamp() - %(suspect)s * interval '1 s' THEN 'suspect'
        ELSE n.state END,
    coalesce(h.running, 0), coalesce(h.assigned, 0), coalesce(h.rate, 0), h.works_on
FROM nodes n LEFT JOIN (
    SELECT node_id, count(*) FILTER (WHERE state = 'running') AS running,
        count(*) FILTER (WHERE state = 'assigned') AS assigned,
        sum(rate) FILTER (WHERE state = 'running') AS rate,
        string_agg(kind || ' ' || id, ', ' ORDER BY id) FILTER (WHERE state = 'running') AS works_on
    FROM jobs WHERE state IN ('assigned', 'running') GROUP BY node_id
) AS h ON h.node_id = n.id
ORDER BY n.name;

-- name: take_turn
-- The lock is the transaction's, not the session's: a leader that is frozen would lead for ever.
UPDATE care SET done_at = clock_timestamp()
WHERE NOT done_at BETWEEN clock_timestamp() - %(seconds)s * interval '1 s' AND clock_timestamp()
    AND pg_try_advisory_xact_lock(%(key)s)
RETURNING one;
