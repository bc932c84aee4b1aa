-- name: set_trusted(committee_id, person_id)^
UPDATE people SET trusted = 1, doubted_at = NULL WHERE committee_id = :committee_id AND id = :person_id AND active = 1 RETURNING id;

-- name: set_offering(committee_id, person_id, skills, vehicle, speaks, hours)^
UPDATE people SET skills = :skills, vehicle = :vehicle, speaks = :speaks, hours = :hours
WHERE committee_id = :committee_id AND id = :person_id AND active = 1 RETURNING id;

-- name: add_group_member(group_id, committee_id, person_id)!
INSERT INTO group_members (group_id, committee_id, person_id) VALUES (:group_id, :committee_id, :person_id)
ON CONFLICT (group_id, person_id) DO NOTHING;

-- name: raise_poster_epoch(committee_id)^
UPDATE committees SET poster_epoch = poster_epoch + 1, revision = revision + 1 WHERE id = :committee_id
RETURNING id;

-- name: keep_link_code(person_id, committee_id, code_index, until)!
-- One a person: an earlier one counts no more.
INSERT INTO link_codes (person_id, committee_id, code_index, until)
VALUES (:person_id, :committee_id, :code_index, :until)
ON CONFLICT (person_id) DO UPDATE SET
    committee_id = excluded.committee_id, code_index = excluded.code_index, until = excluded.until;

-- name: link_code(code_index, now)^
SELECT person_id, committee_id FROM link_codes WHERE code_index = :code_index AND until > :now;

-- name: spend_link_code(code_index, now)^
DELETE FROM link_codes WHERE code_index = :code_index AND until > :now RETURNING person_id;

-- name: forget_link_codes(now)!
DELETE FROM link_codes WHERE until <= :now;

-- name: link_tries(who, since)^
SELECT COUNT(*) AS tries FROM link_tries WHERE who = :who AND at > :since;

-- name: keep_link_try(who, at)!
INSERT INTO link_tries (who, at) VALUES (:who, :at);

-- name: forget_link_tries(since)!
DELETE FROM link_tries WHERE at <= :since;
