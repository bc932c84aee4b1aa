-- name: save_device(mark, committee_id, address_id, subscription, kept_at)!
-- A browser belongs to whoever opened their page on it last.
INSERT INTO devices (mark, committee_id, address_id, subscription, kept_at)
VALUES (:mark, :committee_id, :address_id, :subscription, :kept_at)
ON CONFLICT (mark) DO UPDATE SET
    committee_id = excluded.committee_id, address_id = excluded.address_id, subscription = excluded.subscription,
    kept_at = excluded.kept_at;

-- name: drop_oldest_devices(committee_id, address_id, most)!
DELETE FROM devices
WHERE committee_id = :committee_id AND address_id = :address_id AND mark NOT IN (
    SELECT mark FROM devices WHERE address_id = :address_id ORDER BY kept_at DESC, mark LIMIT :most);

-- name: drop_device(committee_id, address_id, mark)!
DELETE FROM devices WHERE committee_id = :committee_id AND address_id = :address_id AND mark = :mark;

-- name: drop_devices_of_person(committee_id, person_id)!
DELETE FROM devices
WHERE committee_id = :committee_id AND address_id IN (
    SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id);

-- name: devices_of(committee_id, address_id)
SELECT d.subscription FROM devices d JOIN addresses a ON a.id = d.address_id
WHERE d.address_id = :address_id AND d.committee_id = :committee_id AND a.active = 1 ORDER BY d.kept_at, d.mark;

-- name: ringing_addresses(committee_id)
SELECT DISTINCT d.address_id FROM devices d JOIN addresses a ON a.id = d.address_id
WHERE d.committee_id = :committee_id AND a.active = 1;
