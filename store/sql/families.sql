-- name: families_of(committee_id, resident_id)
SELECT f.*, a.person_id, a.platform, a.value, a.topic, a.audience
FROM families f LEFT JOIN addresses a ON a.id = f.address_id
WHERE f.resident_id = :resident_id AND f.committee_id = :committee_id ORDER BY f.id;

-- name: family_by_id(committee_id, id)^
-- As long as the resident is in the register.
SELECT f.*, r.contacts, a.person_id, a.platform, a.value, a.topic, a.audience
FROM families f JOIN residents r ON r.id = f.resident_id LEFT JOIN addresses a ON a.id = f.address_id
WHERE f.id = :id AND f.committee_id = :committee_id AND r.active = 1;

-- name: families_at(platform, value)
SELECT f.*, r.contacts, a.person_id, a.platform, a.value, a.topic, a.audience
FROM addresses a JOIN families f ON f.address_id = a.id JOIN residents r ON r.id = f.resident_id
WHERE a.platform = :platform AND a.value = :value AND r.active = 1 ORDER BY f.id;

-- name: family_at_address(committee_id, address_id)^
SELECT f.name, r.contacts FROM families f JOIN residents r ON r.id = f.resident_id
WHERE f.address_id = :address_id AND f.committee_id = :committee_id AND r.active = 1;

-- name: families_by_sms(committee_id)
-- Whoever is told by SMS, whosever family they are.
SELECT f.address_id, f.name, r.contacts
FROM addresses a JOIN families f ON f.address_id = a.id JOIN residents r ON r.id = f.resident_id
WHERE a.committee_id = :committee_id AND a.platform = 'sms' AND r.active = 1;

-- name: sms_of_family(committee_id, address_id, since)
-- By the causes of the resident's jobs (`dispatch.telling.cause`), which their index finds.
SELECT COUNT(*) AS sent
FROM families f JOIN job_private p ON p.resident_id = f.resident_id
JOIN outbox o ON o.cause = 'job ' || p.job_id || ' family' AND o.address_id = f.address_id
WHERE f.address_id = :address_id AND f.committee_id = :committee_id
  AND o.status IN ('delivered', 'unknown') AND o.done_at > :since;

-- name: families_of_job(committee_id, job_id, cause)
-- With what became of the message that each of them is owed for the job, and whether more may be; the resident,
-- whose link has no name (`dispatch.telling.OWN`), is told of none.
SELECT f.*, r.contacts, a.person_id, a.platform, a.value, a.topic, a.audience, o.status, j.status AS job_status
FROM job_private p JOIN families f ON f.resident_id = p.resident_id JOIN jobs j ON j.id = p.job_id
JOIN residents r ON r.id = f.resident_id JOIN addresses a ON a.id = f.address_id
LEFT JOIN outbox o ON o.cause = :cause AND o.address_id = f.address_id
WHERE p.job_id = :job_id AND p.committee_id = :committee_id AND f.name <> '' AND r.active = 1 ORDER BY f.id;

-- name: told_of_job(committee_id, cause)
-- Also those whose address is not theirs any more.
SELECT status FROM outbox WHERE cause = :cause AND committee_id = :committee_id;

-- name: move_told(committee_id, was, address_id, now)!
-- What an address that gives way is owed and nobody has begun to send; not what the other one is owed, or was
-- told, anyway.
UPDATE outbox SET address_id = :address_id, due_at = :now
WHERE address_id = :was AND committee_id = :committee_id AND status = 'owed' AND begun_at IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM outbox other WHERE other.cause = outbox.cause AND other.address_id = :address_id);

-- name: owe_families(committee_id, job_id, cause, kind, created_at)!
-- To whoever is linked as family at this moment; once a job.
INSERT INTO outbox (
    committee_id, job_id, address_id, cause, kind, wakes, urgent, status, tries, created_at, due_at)
SELECT f.committee_id, p.job_id, f.address_id, CAST(:cause AS TEXT), CAST(:kind AS TEXT), 1, 0, 'owed', 0,
       CAST(:created_at AS BIGINT), CAST(:created_at AS BIGINT)
FROM job_private p JOIN families f ON f.resident_id = p.resident_id JOIN residents r ON r.id = f.resident_id
WHERE p.job_id = :job_id AND p.committee_id = :committee_id AND f.address_id IS NOT NULL AND f.name <> ''
  AND r.active = 1
ON CONFLICT (cause, address_id) DO NOTHING;

-- name: insert_family(committee_id, resident_id, mark, name, language, made_at)^
INSERT INTO families (committee_id, resident_id, mark, name, language, made_at)
VALUES (:committee_id, :resident_id, :mark, :name, :language, :made_at)
RETURNING id;

-- name: tie_family(id, committee_id, address_id, linked_at, was)^
-- Whoever opens it first has it; `was` is an address that gives way.
UPDATE families SET address_id = :address_id, linked_at = :linked_at
WHERE id = :id AND committee_id = :committee_id AND (address_id IS NULL OR address_id = :was)
RETURNING id;

-- name: end_family(id, committee_id, mark)!
DELETE FROM families WHERE id = :id AND committee_id = :committee_id AND mark = :mark;

-- name: end_families_of(committee_id, resident_id)!
DELETE FROM families WHERE resident_id = :resident_id AND committee_id = :committee_id;

-- name: let_go_of_families(committee_id, resident_id)!
-- Before `end_families_of`: accounts that were tied to this resident alone, and are nobody's.
UPDATE addresses SET value = 'left-' || id
WHERE committee_id = :committee_id AND person_id IS NULL AND audience IS NULL AND active = 0
  AND id IN (SELECT f.address_id FROM families f WHERE f.resident_id = :resident_id)
  AND NOT EXISTS (
      SELECT 1 FROM families f WHERE f.address_id = addresses.id AND f.resident_id <> :resident_id)
  AND NOT EXISTS (
      SELECT 1 FROM applications p
      WHERE p.committee_id = addresses.committee_id AND p.platform = addresses.platform
        AND p.value = addresses.value);

-- name: end_families_at(committee_id, address_id)!
DELETE FROM families WHERE address_id = :address_id AND committee_id = :committee_id;

-- name: note_family(committee_id, platform, value, language)^
-- Nobody's, and off: only what is owed to this very row goes there.
INSERT INTO addresses (committee_id, person_id, platform, value, topic, audience, language, active)
VALUES (:committee_id, NULL, :platform, :value, '', NULL, :language, 0)
ON CONFLICT (committee_id, platform, value, topic) DO UPDATE SET language = excluded.language
RETURNING *;

-- name: forget_family_room(committee_id, address_id)!
-- Before the account; an account that is somebody's anywhere keeps its room.
DELETE FROM matrix_rooms
WHERE user_id IN (
    SELECT a.value FROM addresses a
    WHERE a.id = :address_id AND a.committee_id = :committee_id AND a.platform = 'matrix'
      AND NOT EXISTS (SELECT 1 FROM families f WHERE f.address_id = a.id)
      AND NOT EXISTS (SELECT 1 FROM addresses b WHERE b.platform = 'matrix' AND b.value = a.value AND b.active = 1));

-- name: forget_family_account(committee_id, address_id)!
-- After its links: an account that is nobody's, and waits for nothing.
UPDATE addresses SET value = 'left-' || id
WHERE id = :address_id AND committee_id = :committee_id AND person_id IS NULL AND audience IS NULL AND active = 0
  AND NOT EXISTS (SELECT 1 FROM families f WHERE f.address_id = addresses.id)
  AND NOT EXISTS (
      SELECT 1 FROM applications p
      WHERE p.committee_id = addresses.committee_id AND p.platform = addresses.platform
        AND p.value = addresses.value);

-- name: news_of_resident(committee_id, resident_id, since, limit)
SELECT j.* FROM job_private p JOIN jobs j ON j.id = p.job_id
WHERE p.resident_id = :resident_id AND p.committee_id = :committee_id AND j.status = 'closed'
  AND j.outcome = 'done' AND j.closed_at > :since
ORDER BY j.closed_at DESC, j.id DESC LIMIT :limit;
