-- name: claims_of_job(job_id)
SELECT * FROM claims WHERE job_id = :job_id ORDER BY number;

-- name: waiting_of_job(job_id)
SELECT * FROM waiting WHERE job_id = :job_id ORDER BY since, id;

-- name: asks_of_job(job_id)
SELECT * FROM asks WHERE job_id = :job_id ORDER BY id;

-- name: busy_elsewhere(committee_id, job_id)
SELECT DISTINCT person_id FROM claims
WHERE committee_id = :committee_id AND job_id <> :job_id AND status IN ('claimed', 'underway');

-- name: asks_since(committee_id, seen, since)
SELECT id, person_id, job_id, at FROM asks
WHERE committee_id = :committee_id AND id > :seen AND at > :since AND leader = 0 ORDER BY id;

-- name: last_asks(committee_id, since)
SELECT person_id, MAX(at) AS at FROM asks
WHERE committee_id = :committee_id AND at > :since AND leader = 0 GROUP BY person_id;

-- name: save_claim(job_id, number, committee_id, person_id, place, status, claimed_at, since_version, assigned_by, started_at, arrived_at, ended_at, reason, nudged_at, alarmed_at, deadline_at, handed)!
INSERT INTO claims (
    job_id, number, committee_id, person_id, place, status, claimed_at, since_version, assigned_by,
    started_at, arrived_at, ended_at, reason, nudged_at, alarmed_at, deadline_at, handed)
VALUES (
    :job_id, :number, :committee_id, :person_id, :place, :status, :claimed_at, :since_version,
    :assigned_by, :started_at, :arrived_at, :ended_at, :reason, :nudged_at, :alarmed_at, :deadline_at, :handed)
ON CONFLICT (job_id, number) DO UPDATE SET
    place = excluded.place, status = excluded.status, started_at = excluded.started_at,
    arrived_at = excluded.arrived_at, ended_at = excluded.ended_at, reason = excluded.reason,
    nudged_at = excluded.nudged_at, alarmed_at = excluded.alarmed_at, deadline_at = excluded.deadline_at,
    handed = excluded.handed;

-- name: save_waiting(committee_id, job_id, person_id, since, offered_until)!
INSERT INTO waiting (committee_id, job_id, person_id, since, offered_until)
VALUES (:committee_id, :job_id, :person_id, :since, :offered_until)
ON CONFLICT (job_id, person_id) DO UPDATE SET
    since = excluded.since, offered_until = excluded.offered_until;

-- name: delete_waiting(job_id, person_id)!
DELETE FROM waiting WHERE job_id = :job_id AND person_id = :person_id;

-- name: save_ask(committee_id, job_id, person_id, loop, step, leader, at, refused_at, because)!
INSERT INTO asks (committee_id, job_id, person_id, loop, step, leader, at, refused_at, because)
VALUES (:committee_id, :job_id, :person_id, :loop, :step, :leader, :at, :refused_at, :because)
ON CONFLICT (job_id, person_id, loop, step, leader) DO UPDATE SET refused_at = excluded.refused_at;

-- name: offers_in_turn(committee_id)
-- One writer: others have their turn anyway.
SELECT id AS held FROM committees WHERE id = :committee_id;

-- name: offered_too_often(job_id, at, since, daily)
-- Of those whom this job asked in that moment.
SELECT p.id AS person_id
FROM asks mine
JOIN people p ON p.id = mine.person_id
JOIN asks a ON a.committee_id = mine.committee_id AND a.person_id = mine.person_id AND a.leader = 0 AND a.at > :since
WHERE mine.job_id = :job_id AND mine.at = :at AND mine.leader = 0 AND mine.refused_at IS NULL
GROUP BY p.id HAVING COUNT(DISTINCT a.job_id) > COALESCE(p.daily, :daily);

-- name: served_by(committee_id, person_id)
SELECT c.job_id, c.claimed_at, c.ended_at, j.kind, j.building_id, j.thanked_by
FROM claims c JOIN jobs j ON j.id = c.job_id
WHERE c.committee_id = :committee_id AND c.person_id = :person_id AND c.status = 'done'
    AND c.ended_at IS NOT NULL
ORDER BY c.ended_at DESC, c.job_id DESC;

-- name: claims_since(committee_id, since)
-- A claim made since then is of a job that is open, or was closed since then: both have an index.
SELECT c.job_id, c.number, c.person_id, c.claimed_at, j.posted_at, j.kind, j.priority, j.building_id
FROM jobs j JOIN claims c ON c.job_id = j.id
WHERE j.committee_id = :committee_id AND j.status <> 'closed' AND c.claimed_at > :since
UNION ALL
SELECT c.job_id, c.number, c.person_id, c.claimed_at, j.posted_at, j.kind, j.priority, j.building_id
FROM jobs j JOIN claims c ON c.job_id = j.id
WHERE j.committee_id = :committee_id AND j.closed_at > :since AND c.claimed_at > :since
ORDER BY claimed_at, job_id, number;
