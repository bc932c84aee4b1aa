-- name: insert_entry(job_id, version, committee_id, kind, at, actor_id, loop, step, data, note)!
INSERT INTO ledger (job_id, version, committee_id, kind, at, actor_id, loop, step, data, note)
VALUES (:job_id, :version, :committee_id, :kind, :at, :actor_id, :loop, :step, :data, :note);

-- name: entries_of_job(job_id, committee_id)
SELECT * FROM ledger WHERE job_id = :job_id AND committee_id = :committee_id ORDER BY version;

-- name: words_of_job(job_id, committee_id, since)
SELECT * FROM ledger
WHERE job_id = :job_id AND committee_id = :committee_id AND version > :since AND kind = 'said' ORDER BY version;

-- name: thanks_of_job(job_id, committee_id)
SELECT job_id, at, actor_id, note FROM ledger
WHERE job_id = :job_id AND committee_id = :committee_id AND kind = 'thanked' ORDER BY version;
