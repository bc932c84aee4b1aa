-- name: offers_since(committee_id, since, day)
-- For how many jobs each person was asked: a job for which somebody was asked again is one offer.
SELECT person_id, COUNT(DISTINCT job_id) AS in_span,
       COUNT(DISTINCT CASE WHEN at > :day THEN job_id END) AS in_day
FROM asks WHERE committee_id = :committee_id AND at > :since AND leader = 0
GROUP BY person_id ORDER BY person_id;

-- name: own_offers(committee_id, person_id, since)
SELECT COUNT(DISTINCT job_id) AS jobs FROM asks
WHERE committee_id = :committee_id AND at > :since AND person_id = :person_id AND leader = 0;

-- name: own_jobs(committee_id, person_id, since)
SELECT COUNT(DISTINCT job_id) AS jobs FROM claims
WHERE committee_id = :committee_id AND person_id = :person_id AND claimed_at > :since;

-- name: posted_since(committee_id, since)
-- A job posted since then is open, or was closed since then: both have an index.
SELECT j.id, j.posted_at, j.closed_at, c.claimed_at
FROM jobs j LEFT JOIN claims c ON c.job_id = j.id AND c.number = 1
WHERE j.committee_id = :committee_id AND j.status <> 'closed' AND j.posted_at > :since
UNION ALL
SELECT j.id, j.posted_at, j.closed_at, c.claimed_at
FROM jobs j LEFT JOIN claims c ON c.job_id = j.id AND c.number = 1
WHERE j.committee_id = :committee_id AND j.closed_at > :since AND j.posted_at > :since
ORDER BY posted_at, id;

-- name: thanked_since(committee_id, since)
SELECT closed_at, thanked_by FROM jobs
WHERE committee_id = :committee_id AND closed_at > :since AND thanked_by <> '' ORDER BY closed_at, id;

-- name: called_for(committee_id, since, limit)
-- Jobs for which a leader was called since then, the newest ones.
SELECT DISTINCT job_id FROM asks WHERE committee_id = :committee_id AND at > :since AND leader = 1
ORDER BY job_id DESC LIMIT :limit;

-- name: alarms_of_job(committee_id, job_id, since, first, behind)
-- What rang a leader because of one job, once a person, however many addresses it went to. The causes of a job
-- begin alike, so that their index finds them.
SELECT a.person_id, MIN(COALESCE(o.done_at, o.created_at)) AS at
FROM outbox o JOIN addresses a ON a.id = o.address_id
WHERE o.cause >= :first AND o.cause < :behind AND o.job_id = :job_id AND o.committee_id = :committee_id
  AND o.created_at > :since AND o.kind IN ('help', 'alert', 'urge') AND o.status IN ('delivered', 'unknown')
  AND a.person_id IS NOT NULL
GROUP BY a.person_id, o.cause ORDER BY at, a.person_id;

-- name: signs_since(committee_id, since)
-- When those who are more than volunteers did something in a job. An entry made since then is of a job that is
-- open, or was closed since then.
SELECT DISTINCT l.actor_id AS person_id, l.at
FROM jobs j JOIN ledger l ON l.job_id = j.id JOIN people p ON p.id = l.actor_id
WHERE j.committee_id = :committee_id AND j.status <> 'closed' AND l.at > :since AND p.roles <> 'volunteer'
UNION
SELECT DISTINCT l.actor_id AS person_id, l.at
FROM jobs j JOIN ledger l ON l.job_id = j.id JOIN people p ON p.id = l.actor_id
WHERE j.committee_id = :committee_id AND j.closed_at > :since AND l.at > :since AND p.roles <> 'volunteer'
ORDER BY at, person_id;
