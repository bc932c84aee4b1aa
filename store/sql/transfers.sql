-- name: insert_transfer(relay_id, committee_id, sender_id, job_id, since_version, note)!
INSERT INTO transfers (relay_id, committee_id, sender_id, job_id, since_version, note)
VALUES (:relay_id, :committee_id, :sender_id, :job_id, :since_version, :note);

-- name: transfer_by_relay(relay_id, committee_id)^
SELECT * FROM transfers WHERE relay_id = :relay_id AND committee_id = :committee_id;

-- name: asked_transfers(committee_id)
SELECT id AS relay_id FROM relays
WHERE committee_id = :committee_id AND kind = 'transfer' AND state = 'open' ORDER BY id;

-- name: take_transfer(relay_id, committee_id, person_id, at)^
-- No row comes back when somebody else was first.
UPDATE relays SET state = 'taken', taken_by = :person_id, decided_at = :at, version = version + 1
WHERE id = :relay_id AND committee_id = :committee_id AND state = 'open'
RETURNING id;

-- name: end_transfer(committee_id, cause, state, person_id, at)!
-- Whoever of the office took it is named here; another committee's taker by `take_transfer`.
UPDATE relays SET state = :state, taken_by = :person_id, decided_at = :at, version = version + 1
WHERE committee_id = :committee_id AND cause = :cause AND state = 'open';

-- name: owe_asked(committee_id, cause, owed, at)!
-- Whoever was owed the first card of it keeps a true one.
INSERT INTO outbox (
    committee_id, relay_id, address_id, cause, kind, wakes, urgent, status, tries, created_at, due_at)
SELECT r.committee_id, r.id, a.id, :owed, 'update', 0, 0, 'owed', 0, :at, :at
FROM relays r JOIN relay_asks k ON k.relay_id = r.id
JOIN addresses a ON a.person_id = k.person_id AND a.committee_id = r.committee_id
WHERE r.committee_id = :committee_id AND r.cause = :cause AND a.active = 1
  AND EXISTS (SELECT 1 FROM outbox o WHERE o.cause = 'relay ' || r.id || ' v1 card' AND o.address_id = a.id)
ON CONFLICT (cause, address_id) DO NOTHING;

-- name: owe_sender(origin_id, owed, at)!
-- The sender's desk follows what becomes of a job that it handed over.
INSERT INTO outbox (
    committee_id, job_id, address_id, cause, kind, wakes, urgent, status, tries, created_at, due_at)
SELECT t.sender_id, t.job_id, a.id, :owed, 'update', 0, 0, 'owed', 0, :at, :at
FROM transfers t JOIN people p ON p.committee_id = t.sender_id AND p.active = 1
JOIN addresses a ON a.person_id = p.id AND a.committee_id = t.sender_id AND a.active = 1
WHERE t.relay_id = :origin_id AND (p.roles LIKE '%staff%' OR p.roles LIKE '%secretary%')
  AND (p.guest = 0 OR p.acting_until > :at)
  AND (a.platform = 'web' OR EXISTS (
      SELECT 1 FROM cards c WHERE c.address_id = a.id AND c.job_id = t.job_id AND c.committee_id = t.sender_id))
ON CONFLICT (cause, address_id) DO NOTHING;

-- name: fate_for_sender(committee_id, job_id)^
SELECT c.name AS committee, j.id AS job_id, j.status, j.outcome, p.name AS by_name,
       EXISTS (SELECT 1 FROM claims k WHERE k.job_id = j.id AND k.status <> 'released') AS taken
FROM transfers t JOIN jobs j ON j.origin_id = t.relay_id
JOIN relays r ON r.id = t.relay_id
JOIN committees c ON c.id = t.committee_id
LEFT JOIN people p ON p.id = r.taken_by
WHERE t.sender_id = :committee_id AND t.job_id = :job_id;

-- name: fate_for_taker(committee_id, job_id)^
SELECT c.name AS committee, s.id AS job_id, s.status, s.outcome, '' AS by_name, 0 AS taken
FROM jobs j JOIN transfers t ON t.relay_id = j.origin_id AND t.committee_id = j.committee_id
JOIN jobs s ON s.id = t.job_id
JOIN committees c ON c.id = t.sender_id
WHERE j.committee_id = :committee_id AND j.id = :job_id;
