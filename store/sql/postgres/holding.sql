-- name: hold_job(job_id, committee_id)^
-- Here and below: NO KEY, so that others may write rows which refer to it. What is held is read afterwards, by a
-- statement of its own: one that had to wait would still see the rest of the database as it was before.
SELECT id FROM jobs WHERE id = :job_id AND committee_id = :committee_id FOR NO KEY UPDATE;

-- name: hold_committee(committee_id)^
SELECT id FROM committees WHERE id = :committee_id FOR NO KEY UPDATE;

-- name: hold_committee_of_key(key)^
SELECT id FROM committees WHERE key = :key FOR NO KEY UPDATE;

-- name: hold_shown(committee_id, person_id)
-- What somebody is shown has no row of its own, and that of the person is written by loads and rests, which nobody who
-- takes a job is to wait for. Migrations and leases have keys of one number.
SELECT pg_advisory_xact_lock(:committee_id, :person_id) AS held;

-- name: hold_shown_at_once(committee_id, person_id)
SELECT 1 AS held WHERE pg_try_advisory_xact_lock(:committee_id, :person_id);

-- name: offers_in_turn(committee_id)
-- No person has the number 0.
SELECT pg_advisory_xact_lock(:committee_id, 0) AS held;
