-- name: insert_care_picture(name, plan_id, committee_id, added_by, added_at, width, height, data, object)!
INSERT INTO care_pictures (name, plan_id, committee_id, added_by, added_at, width, height, data, object)
VALUES (:name, :plan_id, :committee_id, :added_by, :added_at, :width, :height, :data, :object);

-- name: care_pictures_of(committee_id, plan_id)
SELECT name FROM care_pictures
WHERE committee_id = :committee_id AND plan_id = :plan_id ORDER BY added_at, name;

-- name: all_care_pictures(committee_id)
SELECT name, plan_id FROM care_pictures WHERE committee_id = :committee_id ORDER BY added_at, name;

-- name: care_picture(name, committee_id)^
SELECT name, plan_id, width, height, data, object FROM care_pictures
WHERE name = :name AND committee_id = :committee_id;

-- name: drop_care_picture(name, committee_id)!
DELETE FROM care_pictures WHERE name = :name AND committee_id = :committee_id;

-- name: drop_pictures_of_care(committee_id, id)!
-- The plan is over, or is somebody else's.
DELETE FROM care_pictures WHERE committee_id = :committee_id AND plan_id = :id;

-- name: drop_pictures_of_care_of(committee_id, resident_id)!
DELETE FROM care_pictures
WHERE committee_id = :committee_id AND plan_id IN (
    SELECT id FROM care_plans WHERE committee_id = :committee_id AND resident_id = :resident_id);

-- name: care_pictures_in_database(name, limit)
-- Behind that one, in the order of their key.
SELECT name, committee_id, width, height, data, object FROM care_pictures
WHERE name > :name AND object = '' ORDER BY name LIMIT :limit;

-- name: care_pictures_in_bucket(name, limit)
SELECT name, committee_id, width, height, data, object FROM care_pictures
WHERE name > :name AND object <> '' ORDER BY name LIMIT :limit;

-- name: care_to_bucket(name, committee_id, object, data)^
-- No row comes back where it was moved or let go of meanwhile.
UPDATE care_pictures SET object = :object, data = :data
WHERE name = :name AND committee_id = :committee_id AND object = ''
RETURNING name;

-- name: care_to_database(name, committee_id, object, data)^
UPDATE care_pictures SET object = '', data = :data
WHERE name = :name AND committee_id = :committee_id AND object = :object
RETURNING name;

-- name: care_pictures_about(committee_id, resident_id)
SELECT c.name, c.plan_id, c.committee_id, c.added_by, c.added_at, c.width, c.height, '' AS data
FROM care_plans p JOIN care_pictures c ON c.plan_id = p.id AND c.committee_id = p.committee_id
WHERE p.committee_id = :committee_id AND p.resident_id = :resident_id ORDER BY c.added_at, c.name;

-- name: kept_of_care_pictures(committee_id, person_id)
-- Without what is on them: that is somebody's home.
SELECT name, plan_id, committee_id, added_by, added_at, width, height, '' AS data FROM care_pictures
WHERE committee_id = :committee_id AND added_by = :person_id ORDER BY added_at, name;
