-- name: account_here(committee_id, platform, value)^
-- Whose the account is in this committee, and whether they are still there.
SELECT a.*, p.active AS owner_active, p.guest AS owner_guest FROM addresses a LEFT JOIN people p ON p.id = a.person_id
WHERE a.committee_id = :committee_id AND a.platform = :platform AND a.value = :value AND a.topic = '';

-- name: chats_of(committee_id, person_id)
SELECT * FROM addresses
WHERE person_id = :person_id AND committee_id = :committee_id AND platform NOT IN ('web', 'ring') ORDER BY id;

-- name: tie_address(committee_id, person_id, platform, value)^
INSERT INTO addresses (committee_id, person_id, platform, value, topic, audience, language, active)
VALUES (:committee_id, :person_id, :platform, :value, '', NULL, NULL, 1)
ON CONFLICT (committee_id, platform, value, topic) DO UPDATE SET
    person_id = excluded.person_id, audience = NULL, language = NULL, active = 1, failed_reason = NULL,
    failed_at = NULL
RETURNING id;

-- name: note_address(committee_id, platform, value)^
-- Nobody's, and off: only what is owed to this very row goes there.
INSERT INTO addresses (committee_id, person_id, platform, value, topic, audience, language, active)
VALUES (:committee_id, NULL, :platform, :value, '', NULL, NULL, 0)
RETURNING id;

-- name: retire_address(id, committee_id)!
-- Without a reason: it stays off even when it is heard from again.
UPDATE addresses SET active = 0, failed_reason = NULL, failed_at = NULL
WHERE id = :id AND committee_id = :committee_id;

-- name: forget_application_cards(address_id, committee_id)!
DELETE FROM application_cards WHERE address_id = :address_id AND committee_id = :committee_id;

-- name: insert_person(committee_id, key, name, language, roles, building_id, skills, vehicle, speaks, hours, phone, phone_index, born)^
INSERT INTO people (
    committee_id, key, name, language, roles, trusted, building_id, skills, vehicle, speaks, hours, phone,
    phone_index, born, active, link_epoch)
VALUES (
    :committee_id, :key, :name, :language, :roles, 0, :building_id, :skills, :vehicle, :speaks, :hours, :phone,
    :phone_index, :born, 1, 0)
RETURNING id;
