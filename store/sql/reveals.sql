-- name: shown_lately(committee_id, person_id, since)
-- Each job once, and when it was given back, if it was by themselves.
SELECT r.job_id, MAX(c.ended_at) AS given_back_at
FROM reveals r LEFT JOIN claims c
    ON c.person_id = r.person_id AND c.job_id = r.job_id AND c.status = 'released' AND c.reason = 'cannot'
WHERE r.committee_id = :committee_id AND r.person_id = :person_id AND r.at > :since
GROUP BY r.job_id ORDER BY r.job_id;

-- name: shown_enough(committee_id, since, limit)
SELECT person_id FROM reveals WHERE committee_id = :committee_id AND at > :since
GROUP BY person_id HAVING COUNT(DISTINCT job_id) >= :limit;

-- name: doubt_person(committee_id, person_id, at)!
UPDATE people SET doubted_at = COALESCE(doubted_at, :at) WHERE committee_id = :committee_id AND id = :person_id;

-- name: reveals_since(committee_id, since, until, person_id, job_id, limit)
-- Newest first; 0 stands for everybody, and for every job.
SELECT r.id, r.job_id, r.person_id, r.fields, r.at, r.reason, p.name, j.kind, j.building_id
FROM reveals r JOIN people p ON p.id = r.person_id JOIN jobs j ON j.id = r.job_id
WHERE r.committee_id = :committee_id AND r.at > :since AND r.at <= :until
  AND (:person_id = 0 OR r.person_id = :person_id) AND (:job_id = 0 OR r.job_id = :job_id)
ORDER BY r.at DESC, r.id DESC LIMIT :limit;
