-- name: ways_of(committee_id)
-- Who wants to be woken how, in the file's order.
SELECT w.person_id, w.position, w.address_id, w.secret, w.since_minute, w.until_minute, a.value, a.active
FROM ways w LEFT JOIN addresses a ON a.id = w.address_id
WHERE w.committee_id = :committee_id ORDER BY w.person_id, w.position;

-- name: clear_ways(committee_id, person_id)!
DELETE FROM ways WHERE committee_id = :committee_id AND person_id = :person_id;

-- name: insert_way(committee_id, person_id, position, address_id, secret, since_minute, until_minute)!
INSERT INTO ways (committee_id, person_id, position, address_id, secret, since_minute, until_minute)
VALUES (:committee_id, :person_id, :position, :address_id, :secret, :since_minute, :until_minute);

-- name: save_service(committee_id, person_id, platform, value)^
INSERT INTO addresses (committee_id, person_id, platform, value, topic, active)
VALUES (:committee_id, :person_id, :platform, :value, '', 1)
ON CONFLICT (committee_id, platform, value, topic) DO UPDATE SET
    person_id = excluded.person_id, active = 1, failed_reason = NULL, failed_at = NULL
RETURNING id, value;

-- name: secret_of_address(committee_id, address_id)^
SELECT secret FROM ways WHERE committee_id = :committee_id AND address_id = :address_id ORDER BY position LIMIT 1;

-- name: doubt_address(id, committee_id, reason, at)!
-- The last try failed, and the next one is made all the same. It has failed since the first time.
UPDATE addresses SET failed_reason = :reason, failed_at = COALESCE(failed_at, :at)
WHERE id = :id AND committee_id = :committee_id AND active = 1;

-- name: clear_doubt(id, committee_id)!
UPDATE addresses SET failed_reason = NULL, failed_at = NULL
WHERE id = :id AND committee_id = :committee_id AND active = 1;

-- name: had_it(id)
-- Every address that was owed the same as this row.
SELECT p.address_id FROM outbox o JOIN outbox p ON p.cause = o.cause WHERE o.id = :id;

-- name: owe_address(id, address_id, created_at)^
-- The same notice, to another address.
INSERT INTO outbox (
    committee_id, job_id, application_id, relay_id, address_id, picture, claim, cause, kind, wakes, urgent, status,
    tries, created_at, due_at)
SELECT o.committee_id, o.job_id, o.application_id, o.relay_id, :address_id, o.picture, o.claim, o.cause, o.kind, o.wakes,
       o.urgent, 'owed', 0, :created_at, :created_at
FROM outbox o WHERE o.id = :id
ON CONFLICT (cause, address_id) DO NOTHING
RETURNING id;

-- name: begin_drill(committee_id, name, begun_at)^
INSERT INTO drills (committee_id, name, begun_at) VALUES (:committee_id, :name, :begun_at)
ON CONFLICT (committee_id, name) DO NOTHING
RETURNING committee_id;

-- name: drill_begun(committee_id, name)^
SELECT begun_at FROM drills WHERE committee_id = :committee_id AND name = :name;

-- name: results_of_drill(committee_id, cause)
SELECT o.id, o.address_id, o.status, o.tries, a.failed_reason FROM outbox o JOIN addresses a ON a.id = o.address_id
WHERE o.cause = :cause AND o.committee_id = :committee_id ORDER BY o.id;

-- name: end_drill(committee_id, cause, done_at)!
UPDATE outbox SET status = 'obsolete', done_at = :done_at
WHERE cause = :cause AND committee_id = :committee_id AND status || '' = 'owed';
