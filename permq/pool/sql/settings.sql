-- name: all
SELECT key, value, changed_at FROM settings ORDER BY key;

-- name: put
INSERT INTO settings (key, value) VALUES (%(key)s, %(value)s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: reset
DELETE FROM settings WHERE key = %(key)s;
