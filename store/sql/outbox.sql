-- name: insert_owed(committee_id, job_id, address_id, picture, claim, cause, kind, wakes, urgent, created_at)!
INSERT INTO outbox (
    committee_id, job_id, address_id, picture, claim, cause, kind, wakes, urgent, status, tries, created_at, due_at)
VALUES (
    :committee_id, :job_id, :address_id, :picture, :claim, :cause, :kind, :wakes, :urgent, 'owed', 0, :created_at,
    :created_at)
ON CONFLICT (cause, address_id) DO NOTHING;

-- name: owed_by_cause(cause)
SELECT id, wakes FROM outbox WHERE cause = :cause ORDER BY id;

-- name: owed_row(id)^
-- Here and below: `status || ''`, so that what has an id is looked up by it. PostgreSQL once counted no row as owed,
-- and from then on read the whole index of those that are, at each row of a burst.
SELECT o.id, o.committee_id, o.job_id, o.application_id, o.relay_id, o.picture, o.claim, o.begun_at, o.kind,
       o.urgent, o.tries, o.created_at, m.ref AS shown,
       COALESCE(c.ref, p.ref, r.ref) AS ref, a.id AS address_id, a.person_id, a.platform, a.value, a.topic, a.audience, a.language,
       a.failed_reason
FROM outbox o
JOIN addresses a ON a.id = o.address_id
LEFT JOIN cards c ON c.address_id = o.address_id AND c.job_id = o.job_id
LEFT JOIN application_cards p ON p.address_id = o.address_id AND p.application_id = o.application_id
LEFT JOIN relay_cards r ON r.address_id = o.address_id AND r.relay_id = o.relay_id
LEFT JOIN picture_messages m
    ON m.address_id = o.address_id AND m.job_id = o.job_id AND m.number = o.picture AND m.claim = o.claim
WHERE o.id = :id AND o.status || '' = 'owed';

-- name: overdue_rows(before, limit, platforms, among)
-- Of the platforms listed between commas, or (`among` 0) of all others: so many of each, and of what is urgent there
-- as many again, since these wait for places of their own. One that hangs keeps nothing from any other.
-- It goes through all that is owed: 39 ms for 20,000 rows on SQLite, 0.4 s for 100,000.
SELECT id FROM (
    SELECT o.id, o.urgent, o.due_at,
           ROW_NUMBER() OVER (PARTITION BY a.platform, o.urgent ORDER BY o.due_at, o.id) AS place
    FROM outbox o JOIN addresses a ON a.id = o.address_id
    WHERE o.status = 'owed' AND o.due_at < :before
      AND CASE WHEN :platforms LIKE '%,' || a.platform || ',%' THEN 1 ELSE 0 END = :among) waiting
WHERE place <= :limit ORDER BY urgent DESC, due_at, id;

-- name: finish_row(id, committee_id, address_id, status, done_at)!
-- One that is owed to another address by now is over only where it may have been sent.
UPDATE outbox SET status = :status, done_at = :done_at, tries = tries + 1
WHERE id = :id AND committee_id = :committee_id AND status || '' = 'owed'
  AND (address_id = :address_id OR CAST(:status AS TEXT) IN ('delivered', 'unknown'));

-- name: postpone_row(id, committee_id, address_id, due_at)!
UPDATE outbox SET due_at = :due_at, tries = tries + 1, begun_at = NULL
WHERE id = :id AND committee_id = :committee_id AND address_id = :address_id AND status || '' = 'owed';

-- name: take_row(id, committee_id, now, due_at)^
-- No row comes back where another process keeps it, or it is owed no more.
UPDATE outbox SET due_at = :due_at
WHERE id = :id AND committee_id = :committee_id AND status || '' = 'owed' AND due_at <= :now
RETURNING id;

-- name: outdate_rows(id, committee_id, address_id, job_id, wakes, done_at)!
UPDATE outbox SET status = 'obsolete', done_at = :done_at
WHERE address_id = :address_id AND job_id = :job_id AND committee_id = :committee_id
  AND status = 'owed' AND id < :id AND wakes <= :wakes AND picture IS NULL;

-- name: unreach_address(address_id, committee_id)
UPDATE outbox SET status = 'unreachable'
WHERE address_id = :address_id AND committee_id = :committee_id AND status = 'owed'
RETURNING id, address_id;

-- name: sends_of_job(committee_id, job_id, first, behind)
-- What was to ring people because of one job. The causes of a job begin alike, so that their index finds them.
SELECT a.person_id, a.open_until, o.status, o.tries, o.created_at
FROM outbox o JOIN addresses a ON a.id = o.address_id
WHERE o.cause >= :first AND o.cause < :behind AND o.job_id = :job_id AND o.committee_id = :committee_id
  AND o.wakes = 1 AND a.person_id IS NOT NULL
ORDER BY o.id;

-- name: unknown_sends(address_id, committee_id, job_id, first, behind)
SELECT id FROM outbox
WHERE cause >= :first AND cause < :behind AND address_id = :address_id AND job_id = :job_id
  AND committee_id = :committee_id AND status = 'unknown' LIMIT 1;

-- name: jobs_of_card(platform, ref, longer)
SELECT c.job_id FROM cards c JOIN addresses a ON a.id = c.address_id
WHERE a.platform = :platform AND (c.ref = :ref OR c.ref LIKE :longer) ORDER BY c.job_id DESC LIMIT 1;

-- name: card_of(address_id, job_id, committee_id)
SELECT ref FROM cards WHERE address_id = :address_id AND job_id = :job_id AND committee_id = :committee_id;

-- name: any_card_of(address_id, committee_id)
SELECT job_id FROM cards WHERE address_id = :address_id AND committee_id = :committee_id LIMIT 1;

-- name: save_card(address_id, job_id, committee_id, ref, sent_at)!
INSERT INTO cards (address_id, job_id, committee_id, ref, sent_at)
VALUES (:address_id, :job_id, :committee_id, :ref, :sent_at)
ON CONFLICT (address_id, job_id) DO UPDATE SET ref = excluded.ref, sent_at = excluded.sent_at;
