-- name: walls_of(committee_id)
SELECT *, 1 AS active FROM walls WHERE committee_id = :committee_id ORDER BY id;

-- name: gates_of(committee_id)
SELECT *, 1 AS active FROM gates WHERE committee_id = :committee_id ORDER BY id;

-- name: paths_of(committee_id)
SELECT * FROM paths WHERE committee_id = :committee_id ORDER BY building_id;

-- name: save_wall(committee_id, key, name, line)^
INSERT INTO walls (committee_id, key, name, line) VALUES (:committee_id, :key, :name, :line)
ON CONFLICT (committee_id, key) DO UPDATE SET name = excluded.name, line = excluded.line
RETURNING id, key;

-- name: save_gate(committee_id, key, name, lat, lon, closed)^
INSERT INTO gates (committee_id, key, name, lat, lon, closed)
VALUES (:committee_id, :key, :name, :lat, :lon, :closed)
ON CONFLICT (committee_id, key) DO UPDATE SET
    name = excluded.name, lat = excluded.lat, lon = excluded.lon, closed = excluded.closed
RETURNING id, key;

-- name: drop_wall(committee_id, id)!
DELETE FROM walls WHERE committee_id = :committee_id AND id = :id;

-- name: drop_gate(committee_id, id)!
DELETE FROM gates WHERE committee_id = :committee_id AND id = :id;

-- name: clear_paths(committee_id)!
DELETE FROM paths WHERE committee_id = :committee_id;

-- name: insert_paths(building_id, committee_id, mark, metres)!
INSERT INTO paths (building_id, committee_id, mark, metres) VALUES (:building_id, :committee_id, :mark, :metres);
