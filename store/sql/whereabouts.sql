-- name: whereabouts_of(committee_id, now)
SELECT person_id, near FROM whereabouts WHERE committee_id = :committee_id AND until > :now;

-- name: whereabouts_of_person(committee_id, person_id)^
SELECT near, heard_at FROM whereabouts WHERE person_id = :person_id AND committee_id = :committee_id;

-- name: keep_whereabouts(committee_id, person_id, near, heard_at, until)!
-- Of two processes that hear of somebody at once the later news holds.
INSERT INTO whereabouts (person_id, committee_id, near, heard_at, until)
VALUES (:person_id, :committee_id, :near, :heard_at, :until)
ON CONFLICT (person_id) DO UPDATE SET
    committee_id = excluded.committee_id, near = excluded.near, heard_at = excluded.heard_at,
    until = excluded.until
WHERE whereabouts.heard_at <= excluded.heard_at;

-- name: drop_whereabouts(before)!
DELETE FROM whereabouts WHERE until < :before;

-- name: erase_whereabouts(committee_id, person_id)!
DELETE FROM whereabouts WHERE person_id = :person_id AND committee_id = :committee_id;

-- name: kept_of_whereabouts(committee_id, person_id)
SELECT * FROM whereabouts WHERE person_id = :person_id AND committee_id = :committee_id;
