-- name: save_committee(key, name, language, timezone, emergency, demo)^
INSERT INTO committees (key, name, language, timezone, emergency, demo, revision)
VALUES (:key, :name, :language, :timezone, :emergency, :demo, 0)
ON CONFLICT (key) DO UPDATE SET
    name = excluded.name, language = excluded.language, timezone = excluded.timezone,
    emergency = excluded.emergency, demo = excluded.demo
RETURNING id;

-- name: save_building(committee_id, key, name, lat, lon)^
INSERT INTO buildings (committee_id, key, name, lat, lon) VALUES (:committee_id, :key, :name, :lat, :lon)
ON CONFLICT (committee_id, key) DO UPDATE SET name = excluded.name, lat = excluded.lat, lon = excluded.lon
RETURNING id, key;

-- name: save_person(committee_id, key, name, language, roles, trusted, building_id, skills, vehicle, phone, phone_index)^
INSERT INTO people (
    committee_id, key, name, language, roles, trusted, building_id, skills, vehicle, phone, phone_index,
    active, link_epoch)
VALUES (
    :committee_id, :key, :name, :language, :roles, :trusted, :building_id, :skills, :vehicle, :phone,
    :phone_index, 1, 0)
ON CONFLICT (committee_id, key) DO UPDATE SET
    name = excluded.name, language = excluded.language, roles = excluded.roles, trusted = excluded.trusted,
    building_id = excluded.building_id, skills = excluded.skills, vehicle = excluded.vehicle,
    phone = excluded.phone, phone_index = excluded.phone_index, active = 1
RETURNING id, key;

-- name: save_address(committee_id, person_id, platform, value, topic, audience, language)!
INSERT INTO addresses (committee_id, person_id, platform, value, topic, audience, language, active)
VALUES (:committee_id, :person_id, :platform, :value, :topic, :audience, :language, 1)
ON CONFLICT (committee_id, platform, value, topic) DO UPDATE SET
    person_id = excluded.person_id, audience = excluded.audience, language = excluded.language, active = 1,
    failed_reason = NULL, failed_at = NULL;

-- name: save_resident(committee_id, key_index, building_id, key, name, unit, phone, notes, contacts, unit_index, phone_index)!
INSERT INTO residents (
    committee_id, key_index, building_id, key, name, unit, phone, notes, contacts, unit_index, phone_index, active)
VALUES (
    :committee_id, :key_index, :building_id, :key, :name, :unit, :phone, :notes, :contacts, :unit_index,
    :phone_index, 1)
ON CONFLICT (committee_id, key_index) DO UPDATE SET
    building_id = excluded.building_id, key = excluded.key, name = excluded.name, unit = excluded.unit,
    phone = excluded.phone, notes = excluded.notes, contacts = excluded.contacts,
    unit_index = excluded.unit_index, phone_index = excluded.phone_index, active = 1;

-- name: residents_of(committee_id)
SELECT * FROM residents WHERE committee_id = :committee_id ORDER BY id;

-- name: resident_by_unit(committee_id, unit_index)^
SELECT * FROM residents
WHERE committee_id = :committee_id AND unit_index = :unit_index AND active = 1
ORDER BY id LIMIT 1;

-- name: deactivate_person(committee_id, id)!
UPDATE people SET active = 0 WHERE committee_id = :committee_id AND id = :id;

-- name: deactivate_address(committee_id, id)!
UPDATE addresses SET active = 0, open_until = NULL WHERE committee_id = :committee_id AND id = :id;

-- name: deactivate_resident(committee_id, id)!
UPDATE residents SET active = 0 WHERE committee_id = :committee_id AND id = :id;

-- name: clear_ladder(committee_id)!
DELETE FROM ladder WHERE committee_id = :committee_id;

-- name: insert_rung(committee_id, rung, position, person_id)!
INSERT INTO ladder (committee_id, rung, position, person_id)
VALUES (:committee_id, :rung, :position, :person_id);
