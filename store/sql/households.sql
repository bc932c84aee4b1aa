-- name: kin_by_chat(committee_id)
-- Whoever is family of somebody with a known building, and reads of them in a chat: those of all buildings at
-- once, since all may change at one midnight.
SELECT f.*, r.contacts, r.building_id, a.person_id, a.platform, a.value, a.topic, a.audience
FROM addresses a JOIN families f ON f.address_id = a.id JOIN residents r ON r.id = f.resident_id
WHERE a.committee_id = :committee_id AND f.committee_id = :committee_id AND a.platform <> 'sms'
  AND r.building_id IS NOT NULL AND r.active = 1
ORDER BY f.id;

-- name: kin_at_address(committee_id, building_id, address_id)
SELECT f.*, r.contacts, a.person_id, a.platform, a.value, a.topic, a.audience
FROM families f JOIN residents r ON r.id = f.resident_id JOIN addresses a ON a.id = f.address_id
WHERE f.address_id = :address_id AND f.committee_id = :committee_id AND r.building_id = :building_id
  AND r.active = 1
ORDER BY f.id;

-- name: residents_in(committee_id, building_id)
SELECT id, household_id, unit_index FROM residents
WHERE committee_id = :committee_id AND building_id = :building_id AND active = 1 ORDER BY id;

-- name: households_in(committee_id, building_id)
SELECT id, unit_index FROM households
WHERE committee_id = :committee_id AND building_id = :building_id AND active = 1 ORDER BY id;

-- name: home_of_resident(committee_id, id)^
SELECT building_id FROM residents WHERE id = :id AND committee_id = :committee_id AND active = 1;
