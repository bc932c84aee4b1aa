-- name: watches_due(now, limit)
SELECT committees.id FROM committees LEFT JOIN watches w ON w.committee_id = committees.id
WHERE (w.committee_id IS NULL OR w.look_at <= :now OR w.revision <> committees.revision)
  AND committees.key NOT LIKE '~%'  -- nobody belongs to the program's own (`dispatch.people.UNSEEN`)
ORDER BY committees.id LIMIT :limit;

-- name: watch_of(committee_id)^
SELECT revision, looked_at, holder_id FROM watches WHERE committee_id = :committee_id;

-- name: save_watch(committee_id, looked_at, look_at, holder_id)!
-- Looked at as the committee is after what this very work has changed.
INSERT INTO watches (committee_id, revision, looked_at, look_at, holder_id)
SELECT id, revision, :looked_at, :look_at, :holder_id FROM committees WHERE id = :committee_id
ON CONFLICT (committee_id) DO UPDATE SET
    revision = excluded.revision, looked_at = excluded.looked_at, look_at = excluded.look_at,
    holder_id = excluded.holder_id;

-- name: relays_alive(committee_id)
SELECT * FROM relays WHERE committee_id = :committee_id AND due_at IS NOT NULL ORDER BY id;

-- name: asks_alive(committee_id)
SELECT a.relay_id, a.person_id FROM relay_asks a JOIN relays r ON r.id = a.relay_id
WHERE r.committee_id = :committee_id AND r.due_at IS NOT NULL ORDER BY a.relay_id, a.position;

-- name: relay_by_id(id, committee_id)^
SELECT * FROM relays WHERE id = :id AND committee_id = :committee_id;

-- name: asks_of_relay(id, committee_id)
SELECT relay_id, person_id FROM relay_asks WHERE relay_id = :id AND committee_id = :committee_id ORDER BY position;

-- name: committee_of_relay(id)^
SELECT committee_id FROM relays WHERE id = :id;

-- name: entrusted(committee_id)
-- What people have in hand: calls that they acknowledged (or nobody, by now), and places.
SELECT id AS job_id, call_acknowledged_by AS person_id, COALESCE(call_acknowledged_at, 0) AS since, 0 AS claim FROM jobs
WHERE committee_id = :committee_id AND status <> 'closed'
  AND (call_due_at IS NOT NULL OR call_urge_at IS NOT NULL)
UNION ALL
SELECT job_id, person_id, claimed_at AS since, 1 AS claim FROM claims
WHERE committee_id = :committee_id AND status IN ('claimed', 'underway')
ORDER BY job_id, claim, person_id;

-- name: called_last(committee_id)
-- Who was called last, of calls that nobody has in hand. In the order of `j.id`, which `jobs_open` has: by that of
-- `a.job_id` SQLite would read every job that was ever closed.
SELECT a.job_id, a.person_id, a.at AS since FROM jobs j JOIN asks a ON a.job_id = j.id
WHERE j.committee_id = :committee_id AND j.status <> 'closed' AND j.call_due_at IS NOT NULL
  AND j.call_acknowledged_by IS NULL AND a.leader = 1 AND a.loop = j.call_loop
  AND a.step = (SELECT MAX(b.step) FROM asks b WHERE b.job_id = j.id AND b.leader = 1 AND b.loop = j.call_loop)
ORDER BY j.id, a.person_id;

-- name: insert_relay(committee_id, cause, kind, state, version, about_id, by_id, building_id, starts_at, ends_at, jobs, rounds, made_at, due_at, taken_by, decided_at)^
-- No row comes back where there was one of that cause before.
INSERT INTO relays (
    committee_id, cause, kind, state, version, about_id, by_id, building_id, starts_at, ends_at, jobs, rounds, made_at,
    due_at, taken_by, decided_at)
VALUES (
    :committee_id, :cause, :kind, :state, :version, :about_id, :by_id, :building_id, :starts_at, :ends_at, :jobs, :rounds,
    :made_at, :due_at, :taken_by, :decided_at)
ON CONFLICT (committee_id, cause) DO NOTHING
RETURNING id;

-- name: save_relay(id, committee_id, old_version, version, state, starts_at, ends_at, jobs, rounds, due_at, taken_by, decided_at)^
-- Compare and swap: no row comes back when somebody else was first.
UPDATE relays SET
    version = :version, state = :state, starts_at = :starts_at, ends_at = :ends_at, jobs = :jobs, rounds = :rounds,
    due_at = :due_at, taken_by = :taken_by, decided_at = :decided_at
WHERE id = :id AND committee_id = :committee_id AND version = :old_version
RETURNING id;

-- name: insert_relay_ask(relay_id, position, committee_id, person_id, asked_at)!
INSERT INTO relay_asks (relay_id, position, committee_id, person_id, asked_at)
VALUES (:relay_id, :position, :committee_id, :person_id, :asked_at);

-- name: set_out(committee_id, person_id, since, until)^
UPDATE people SET out_since = :since, out_until = :until
WHERE committee_id = :committee_id AND id = :person_id AND active = 1
RETURNING id;

-- name: owe_relay(committee_id, relay_id, address_id, cause, kind, wakes, urgent, created_at)!
INSERT INTO outbox (
    committee_id, relay_id, address_id, cause, kind, wakes, urgent, status, tries, created_at, due_at)
VALUES (
    :committee_id, :relay_id, :address_id, :cause, :kind, :wakes, :urgent, 'owed', 0, :created_at, :created_at)
ON CONFLICT (cause, address_id) DO NOTHING;

-- name: outdate_relay_rows(id, committee_id, address_id, relay_id, wakes, done_at)!
UPDATE outbox SET status = 'obsolete', done_at = :done_at
WHERE address_id = :address_id AND relay_id = :relay_id AND committee_id = :committee_id
  AND status = 'owed' AND id < :id AND wakes <= :wakes;

-- name: save_relay_card(address_id, relay_id, committee_id, ref, sent_at)!
INSERT INTO relay_cards (address_id, relay_id, committee_id, ref, sent_at)
VALUES (:address_id, :relay_id, :committee_id, :ref, :sent_at)
ON CONFLICT (address_id, relay_id) DO UPDATE SET ref = excluded.ref, sent_at = excluded.sent_at;
