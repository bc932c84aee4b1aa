-- name: matrix_token(user_id)^
SELECT token FROM matrix_syncs WHERE user_id = :user_id;

-- name: save_matrix_token(user_id, token)!
INSERT INTO matrix_syncs (user_id, token) VALUES (:user_id, :token)
ON CONFLICT (user_id) DO UPDATE SET token = excluded.token;

-- name: matrix_trace(event_id)^
SELECT event_id, sender, number, version, application, relay FROM matrix_traces WHERE event_id = :event_id;

-- name: save_matrix_trace(event_id, sender, number, version, application, relay, at)!
INSERT INTO matrix_traces (event_id, sender, number, version, application, relay, at)
VALUES (:event_id, :sender, :number, :version, :application, :relay, :at)
ON CONFLICT (event_id) DO UPDATE SET version = excluded.version, at = excluded.at;

-- name: forget_matrix_traces(before, limit)!
DELETE FROM matrix_traces
WHERE event_id IN (SELECT event_id FROM matrix_traces WHERE at < :before ORDER BY at LIMIT :limit);

-- name: matrix_room(user_id)^
SELECT room_id FROM matrix_rooms WHERE user_id = :user_id;

-- name: matrix_person(room_id)^
SELECT user_id FROM matrix_rooms WHERE room_id = :room_id;

-- name: save_matrix_room(user_id, room_id)!
INSERT INTO matrix_rooms (user_id, room_id) VALUES (:user_id, :room_id)
ON CONFLICT (user_id) DO UPDATE SET room_id = excluded.room_id;

-- name: drop_matrix_room(room_id)!
DELETE FROM matrix_rooms WHERE room_id = :room_id;
