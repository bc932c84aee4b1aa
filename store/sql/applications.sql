-- name: application_by_id(id, committee_id)^
-- Also somebody else of the committee whose phone is the same: a hint for staff.
SELECT a.*, (SELECT MIN(p.id) FROM people p WHERE p.committee_id = a.committee_id
             AND p.phone_index = a.phone_index AND p.active = 1 AND p.id <> COALESCE(a.person_id, 0)) AS same_phone
FROM applications a WHERE a.id = :id AND a.committee_id = :committee_id;

-- name: last_application(committee_id, platform, value)^
SELECT a.*, (SELECT MIN(p.id) FROM people p WHERE p.committee_id = a.committee_id
             AND p.phone_index = a.phone_index AND p.active = 1 AND p.id <> COALESCE(a.person_id, 0)) AS same_phone
FROM applications a
WHERE a.committee_id = :committee_id AND a.platform = :platform AND a.value = :value
ORDER BY a.id DESC LIMIT 1;

-- name: open_applications(committee_id)
SELECT a.*, (SELECT MIN(p.id) FROM people p WHERE p.committee_id = a.committee_id
             AND p.phone_index = a.phone_index AND p.active = 1 AND p.id <> COALESCE(a.person_id, 0)) AS same_phone
FROM applications a WHERE a.committee_id = :committee_id AND a.decided_at IS NULL ORDER BY a.id;

-- name: applications_of_account(platform, value)
SELECT a.*, NULL AS same_phone FROM applications a
WHERE a.platform = :platform AND a.value = :value AND a.decided_at IS NULL ORDER BY a.id;

-- name: waiting_applications(committee_id, platform, since)^
-- Those that are open, and those of late: where everybody is let in none stays open.
SELECT COUNT(*) AS waiting FROM applications
WHERE committee_id = :committee_id AND platform = :platform AND (decided_at IS NULL OR created_at > :since);

-- name: committee_of_application(id)^
SELECT committee_id FROM applications WHERE id = :id;

-- name: insert_application(committee_id, platform, value, name, building_id, phone, phone_index, born, skills, vehicle, speaks, hours, group_keys, language, created_at)^
INSERT INTO applications (
    committee_id, platform, value, version, name, building_id, phone, phone_index, born, skills, vehicle, speaks,
    hours, group_keys, language, created_at)
VALUES (:committee_id, :platform, :value, 1, :name, :building_id, :phone, :phone_index, :born, :skills, :vehicle,
    :speaks, :hours, :group_keys, :language, :created_at)
RETURNING id;

-- name: save_application(id, committee_id, old_version, version, name, building_id, phone, phone_index, born, skills, vehicle, speaks, hours, group_keys, language, decided_at, decided_by, person_id)^
-- Compare and swap: no row comes back when somebody else was first.
UPDATE applications SET
    version = :version, name = :name, building_id = :building_id, phone = :phone, phone_index = :phone_index,
    born = :born, skills = :skills, vehicle = :vehicle, speaks = :speaks, hours = :hours, group_keys = :group_keys,
    language = :language, decided_at = :decided_at, decided_by = :decided_by, person_id = :person_id
WHERE id = :id AND committee_id = :committee_id AND version = :old_version AND decided_at IS NULL
RETURNING id;

-- name: owe_application(committee_id, application_id, address_id, cause, kind, wakes, urgent, created_at)!
INSERT INTO outbox (
    committee_id, application_id, address_id, cause, kind, wakes, urgent, status, tries, created_at, due_at)
VALUES (
    :committee_id, :application_id, :address_id, :cause, :kind, :wakes, :urgent, 'owed', 0, :created_at,
    :created_at)
ON CONFLICT (cause, address_id) DO NOTHING;

-- name: outdate_application_rows(id, committee_id, address_id, application_id, wakes, done_at)!
UPDATE outbox SET status = 'obsolete', done_at = :done_at
WHERE address_id = :address_id AND application_id = :application_id AND committee_id = :committee_id
  AND status = 'owed' AND id < :id AND wakes <= :wakes;

-- name: save_application_card(address_id, application_id, committee_id, ref, sent_at)!
INSERT INTO application_cards (address_id, application_id, committee_id, ref, sent_at)
VALUES (:address_id, :application_id, :committee_id, :ref, :sent_at)
ON CONFLICT (address_id, application_id) DO UPDATE SET ref = excluded.ref, sent_at = excluded.sent_at;
