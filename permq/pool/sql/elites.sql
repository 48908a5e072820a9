-- name: candidates
-- The cheapest, and some of every level of cost above them: a pool whose cheapest hundreds are
-- near copies of each other still shows what else it has. Every part reads an index from a point.
WITH bounds AS (
    SELECT
        (SELECT cost FROM solutions WHERE puzzle_id = %(puzzle)s
            ORDER BY cost, id OFFSET %(cheapest)s LIMIT 1) AS low,
        (SELECT cost FROM solutions WHERE puzzle_id = %(puzzle)s
            ORDER BY cost DESC, id DESC LIMIT 1) AS high
), levels AS (
    SELECT low + (high - low) * power(i / %(levels)s::double precision, 3) AS cost
    FROM bounds, generate_series(0, %(levels)s - 1) AS i WHERE low IS NOT NULL
)
(SELECT id, cost, permutation FROM solutions WHERE puzzle_id = %(puzzle)s
    ORDER BY cost, id LIMIT %(cheapest)s)
UNION
SELECT s.id, s.cost, s.permutation FROM levels CROSS JOIN LATERAL (
    SELECT id, cost, permutation FROM solutions
    WHERE puzzle_id = %(puzzle)s AND cost >= levels.cost ORDER BY cost, id LIMIT %(each)s
) AS s
ORDER BY cost, id;
