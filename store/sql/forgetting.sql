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

-- name: forget_own_job(id, committee_id)!
DELETE FROM jobs
WHERE id = :id AND committee_id = :committee_id AND committee_id IN (SELECT id FROM committees WHERE key LIKE '~%');
