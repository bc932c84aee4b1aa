-- name: all_meta()
SELECT name, value FROM meta;

-- name: insert_meta(name, value)!
INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING;
