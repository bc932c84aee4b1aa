-- name: counted_jobs(committee_id)
SELECT jobs FROM counted WHERE committee_id = :committee_id;

-- name: records_of(committee_id)
SELECT person_id, facet, bucket, asked, accepted, refused FROM records
WHERE committee_id = :committee_id ORDER BY person_id, facet, bucket;

-- name: rests_of(committee_id)
-- The committee's how manieth counted job it was for which somebody was asked last, or which they had.
SELECT person_id, job FROM rests WHERE committee_id = :committee_id;

-- name: uncounted_job()
SELECT j.id, j.committee_id, j.kind, j.closed_at, c.timezone
FROM jobs j JOIN committees c ON c.id = j.committee_id
WHERE j.counted = 0 AND j.status = 'closed' AND j.id > 0 ORDER BY j.id LIMIT 1;

-- name: mark_counted(id, committee_id)^
UPDATE jobs SET counted = 1 WHERE id = :id AND committee_id = :committee_id AND counted = 0 RETURNING id;

-- name: count_job(committee_id)!
INSERT INTO counted (committee_id, jobs) VALUES (:committee_id, 1)
ON CONFLICT (committee_id) DO UPDATE SET jobs = counted.jobs + 1;

-- name: add_record(committee_id, person_id, facet, bucket, asked, accepted, refused)!
INSERT INTO records (committee_id, person_id, facet, bucket, asked, accepted, refused)
VALUES (:committee_id, :person_id, :facet, :bucket, :asked, :accepted, :refused)
ON CONFLICT (person_id, facet, bucket) DO UPDATE SET
    asked = records.asked + excluded.asked, accepted = records.accepted + excluded.accepted,
    refused = records.refused + excluded.refused;

-- name: save_rest(committee_id, person_id, job)!
INSERT INTO rests (committee_id, person_id, job) VALUES (:committee_id, :person_id, :job)
ON CONFLICT (person_id) DO UPDATE SET job = excluded.job;
