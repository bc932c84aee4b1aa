-- What the night lets go of in several tables at once. Nothing that a person did is among it: relays are kept for
-- a quarter, and jobs go that the program made for itself (`dispatch.people.UNSEEN`). The newest one stays: where
-- numbers are given by what is there, its number must not be given again.

-- name: old_relays(before, limit)
-- A job that was handed to another committee tells for ever where it came from; and who acted for which one stays.
SELECT r.id, r.committee_id FROM relays r
WHERE r.due_at IS NULL AND COALESCE(r.decided_at, r.made_at) < :before AND r.state <> 'open'
  AND NOT EXISTS (SELECT 1 FROM transfers t WHERE t.relay_id = r.id)
  AND NOT EXISTS (SELECT 1 FROM actings a WHERE a.relay_id = r.id OR a.origin_id = r.id)
  AND r.id < (SELECT MAX(id) FROM relays)
ORDER BY r.id LIMIT :limit;

-- name: forget_relay_asks(id, committee_id)!
DELETE FROM relay_asks WHERE relay_id = :id AND committee_id = :committee_id;

-- name: forget_relay_cards(id, committee_id)!
DELETE FROM relay_cards
WHERE relay_id = :id AND committee_id = :committee_id
  AND address_id IN (SELECT id FROM addresses WHERE committee_id = :committee_id);

-- name: forget_relay(id, committee_id)!
DELETE FROM relays WHERE id = :id AND committee_id = :committee_id;

-- name: old_own_jobs(before, limit)
SELECT j.id, j.committee_id FROM jobs j JOIN committees c ON c.id = j.committee_id
WHERE c.key LIKE '~%' AND j.status = 'closed' AND j.closed_at < :before AND j.id < (SELECT MAX(id) FROM jobs)
ORDER BY j.id LIMIT :limit;

-- name: forget_own_job_private(id, committee_id)!
DELETE FROM job_private WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_reveals(id, committee_id)!
DELETE FROM reveals WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_claims(id, committee_id)!
DELETE FROM claims WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_waiting(id, committee_id)!
DELETE FROM waiting WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_asks(id, committee_id)!
DELETE FROM asks WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_ledger(id, committee_id)!
DELETE FROM ledger WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_outbox(id, committee_id)!
-- The causes of a job begin alike, so that their index finds them.
DELETE FROM outbox
WHERE cause >= 'job ' || CAST(CAST(:id AS BIGINT) AS TEXT) || ' v'
  AND cause < 'job ' || CAST(CAST(:id AS BIGINT) AS TEXT) || ' w'
  AND job_id = :id AND committee_id = :committee_id;

-- name: forget_own_cards(id, committee_id)!
DELETE FROM cards
WHERE job_id = :id AND committee_id = :committee_id
  AND address_id IN (SELECT id FROM addresses WHERE committee_id = :committee_id);

-- name: forget_own_pictures(id, committee_id)!
DELETE FROM pictures WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_picture_messages(id, committee_id)!
DELETE FROM picture_messages
WHERE job_id = :id AND committee_id = :committee_id
  AND address_id IN (SELECT id FROM addresses WHERE committee_id = :committee_id);

-- name: forget_own_wanted_pictures(id, committee_id)!
DELETE FROM wanted_pictures WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_stops(id, committee_id)!
DELETE FROM medicine_stops WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_doors(id, committee_id)!
DELETE FROM round_doors WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_own_job(id, committee_id)!
DELETE FROM jobs
WHERE id = :id AND committee_id = :committee_id AND committee_id IN (SELECT id FROM committees WHERE key LIKE '~%');

-- What is private goes by its age, and leaves its rows, so that what is counted stays right.

-- name: old_said(before, limit)
SELECT p.job_id AS id, p.committee_id FROM job_private p JOIN jobs j ON j.id = p.job_id
WHERE p.kept = 1 AND p.job_id > 0 AND j.status = 'closed' AND j.closed_at < :before ORDER BY p.job_id LIMIT :limit;

-- name: forget_said(id, committee_id)!
-- Whom it was about stays, by number, as long as they do.
UPDATE job_private SET text = '', unit = '', phone = '', place = '', kept = 0
WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_transfer_note(id, committee_id)!
UPDATE transfers SET note = '' WHERE job_id = :id AND sender_id = :committee_id;

-- name: forget_stops(id, committee_id)!
UPDATE medicine_stops SET
    hospital = '', tried = '', drug = '', doctor = '', unit = '', phone = '', words = '', handed = '', days = NULL
WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_doors(id, committee_id)!
-- How many there were and what was found stays; whose they were goes.
UPDATE round_doors SET resident_id = NULL, household_id = NULL WHERE job_id = :id AND committee_id = :committee_id;

-- name: forget_run(id, committee_id)!
UPDATE jobs SET run_hospital = '' WHERE id = :id AND committee_id = :committee_id AND run_hospital <> '';

-- name: forget_notes(before, limit)
UPDATE ledger SET note = ''
WHERE (job_id, version) IN (
    SELECT l.job_id, l.version FROM ledger l JOIN jobs j ON j.id = l.job_id
    WHERE l.note <> '' AND l.at < :before AND j.status = 'closed' AND j.closed_at < :before
    ORDER BY l.at LIMIT :limit)
RETURNING job_id;

-- name: forget_reveals(before, limit)
DELETE FROM reveals
WHERE id IN (
    SELECT id FROM reveals
    WHERE committee_id IN (SELECT id FROM committees) AND at < :before LIMIT :limit)
RETURNING id;

-- name: forget_register_log(before, limit)
DELETE FROM register_log
WHERE id IN (
    SELECT id FROM register_log
    WHERE committee_id IN (SELECT id FROM committees) AND at < :before LIMIT :limit)
RETURNING id;

-- name: old_applications(before, limit)
SELECT id, committee_id FROM applications
WHERE committee_id IN (SELECT id FROM committees) AND decided_at < :before AND name <> '' LIMIT :limit;

-- name: forget_turned_away(id, committee_id)!
-- The account of somebody who was not let in, if it is nobody's. Before the application.
UPDATE addresses SET value = 'left-' || id
WHERE committee_id = :committee_id AND person_id IS NULL AND audience IS NULL AND active = 0
  AND NOT EXISTS (SELECT 1 FROM families f WHERE f.address_id = addresses.id)
  AND EXISTS (
      SELECT 1 FROM applications p
      WHERE p.id = :id AND p.platform = addresses.platform AND p.value = addresses.value);

-- name: forget_application(id, committee_id)!
UPDATE applications SET
    value = 'left-' || id, name = '', phone = '', phone_index = NULL, born = '', building_id = NULL, skills = '[]',
    vehicle = NULL, speaks = '', hours = '', group_keys = ''
WHERE id = :id AND committee_id = :committee_id;
