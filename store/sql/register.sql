-- name: save_committee(key, name, language, timezone, joining, emergency, recheck, scale, demo)^
INSERT INTO committees (key, name, language, timezone, joining, emergency, recheck, scale, demo, revision)
VALUES (:key, :name, :language, :timezone, :joining, :emergency, :recheck, :scale, :demo, 0)
ON CONFLICT (key) DO UPDATE SET
    name = excluded.name, language = excluded.language, timezone = excluded.timezone,
    joining = excluded.joining, emergency = excluded.emergency, recheck = excluded.recheck,
    scale = excluded.scale, demo = excluded.demo
RETURNING id;

-- name: save_building(committee_id, key, name, lat, lon, outline, plan_x, plan_y)^
INSERT INTO buildings (committee_id, key, name, lat, lon, outline, plan_x, plan_y)
VALUES (:committee_id, :key, :name, :lat, :lon, :outline, :plan_x, :plan_y)
ON CONFLICT (committee_id, key) DO UPDATE SET
    name = excluded.name, lat = excluded.lat, lon = excluded.lon, outline = excluded.outline,
    plan_x = excluded.plan_x, plan_y = excluded.plan_y
RETURNING id, key;

-- name: save_person(committee_id, key, name, language, roles, trusted, building_id, skills, vehicle, phone, phone_index, speaks, hours, daily, gear, born)^
INSERT INTO people (
    committee_id, key, name, language, roles, trusted, building_id, skills, vehicle, phone, phone_index,
    speaks, hours, daily, gear, born, active, link_epoch)
VALUES (
    :committee_id, :key, :name, :language, :roles, :trusted, :building_id, :skills, :vehicle, :phone,
    :phone_index, :speaks, :hours, :daily, :gear, :born, 1, 0)
ON CONFLICT (committee_id, key) DO UPDATE SET
    name = excluded.name, language = excluded.language, roles = excluded.roles, trusted = excluded.trusted,
    building_id = excluded.building_id, skills = excluded.skills, vehicle = excluded.vehicle,
    phone = excluded.phone, phone_index = excluded.phone_index, speaks = excluded.speaks,
    hours = excluded.hours, daily = excluded.daily, gear = excluded.gear, born = excluded.born, active = 1
RETURNING id, key;

-- name: save_address(committee_id, person_id, platform, value, topic, audience, language)!
INSERT INTO addresses (committee_id, person_id, platform, value, topic, audience, language, active)
VALUES (:committee_id, :person_id, :platform, :value, :topic, :audience, :language, 1)
ON CONFLICT (committee_id, platform, value, topic) DO UPDATE SET
    person_id = excluded.person_id, audience = excluded.audience, language = excluded.language, active = 1,
    failed_reason = NULL, failed_at = NULL;

-- name: save_resident(committee_id, key_index, building_id, household_id, key, name, unit, phone, notes, contacts, alone, unit_index, phone_index, mark)!
INSERT INTO residents (
    committee_id, key_index, building_id, household_id, key, name, unit, phone, notes, contacts, alone, unit_index,
    phone_index, mark, active)
VALUES (
    :committee_id, :key_index, :building_id, :household_id, :key, :name, :unit, :phone, :notes, :contacts,
    :alone, :unit_index, :phone_index, :mark, 1)
ON CONFLICT (committee_id, key_index) DO UPDATE SET
    building_id = excluded.building_id, household_id = excluded.household_id, key = excluded.key,
    name = excluded.name, unit = excluded.unit, phone = excluded.phone, notes = excluded.notes,
    contacts = excluded.contacts, alone = excluded.alone, unit_index = excluded.unit_index, phone_index = excluded.phone_index,
    mark = excluded.mark, active = 1;

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

-- name: save_household(committee_id, key_index, building_id, key, unit, size, phone, notes, relay, unit_index, phone_index, mark)^
INSERT INTO households (
    committee_id, key_index, building_id, key, unit, size, phone, notes, relay, unit_index, phone_index, mark,
    active)
VALUES (
    :committee_id, :key_index, :building_id, :key, :unit, :size, :phone, :notes, :relay, :unit_index, :phone_index,
    :mark, 1)
ON CONFLICT (committee_id, key_index) DO UPDATE SET
    building_id = excluded.building_id, key = excluded.key, unit = excluded.unit, size = excluded.size,
    phone = excluded.phone, notes = excluded.notes, relay = excluded.relay, unit_index = excluded.unit_index,
    phone_index = excluded.phone_index, mark = excluded.mark, active = 1
RETURNING id, key_index;

-- name: households_of(committee_id)
SELECT * FROM households WHERE committee_id = :committee_id ORDER BY id;

-- name: household_by_unit(committee_id, unit_index)^
SELECT * FROM households
WHERE committee_id = :committee_id AND unit_index = :unit_index AND active = 1
ORDER BY id LIMIT 1;

-- name: deactivate_household(committee_id, id)!
UPDATE households SET active = 0 WHERE committee_id = :committee_id AND id = :id;

-- name: log_register(committee_id, at, by_id, act, about, entries, detail)!
INSERT INTO register_log (committee_id, at, by_id, act, about, entries, detail)
VALUES (:committee_id, :at, :by_id, :act, :about, :entries, :detail);

-- name: register_log_of(committee_id, limit)
SELECT * FROM register_log WHERE committee_id = :committee_id ORDER BY at DESC, id DESC LIMIT :limit;

-- name: keep_upload(person_id, committee_id, at, name, body)!
INSERT INTO register_uploads (person_id, committee_id, at, name, body)
VALUES (:person_id, :committee_id, :at, :name, :body)
ON CONFLICT (person_id) DO UPDATE SET
    committee_id = excluded.committee_id, at = excluded.at, name = excluded.name, body = excluded.body;

-- name: upload_of(committee_id, person_id)^
SELECT * FROM register_uploads WHERE committee_id = :committee_id AND person_id = :person_id;

-- name: drop_upload(person_id)!
DELETE FROM register_uploads WHERE person_id = :person_id;

-- name: drop_old_uploads(before)!
DELETE FROM register_uploads WHERE at < :before;
