-- name: forget_receipts(before, limit)
-- Here and below: several processes tidy up at the same hour, each its own rows, and none waits for another.
DELETE FROM receipts
WHERE receipt IN (
    SELECT receipt FROM receipts WHERE at < :before ORDER BY at LIMIT :limit FOR UPDATE SKIP LOCKED)
RETURNING receipt;

-- name: forget_matrix_traces(before, limit)!
DELETE FROM matrix_traces
WHERE event_id IN (
    SELECT event_id FROM matrix_traces WHERE at < :before ORDER BY at LIMIT :limit FOR UPDATE SKIP LOCKED);

-- name: forget_pictures(before, limit)
DELETE FROM pictures
WHERE (job_id, number) IN (
    SELECT p.job_id, p.number FROM pictures p JOIN jobs j ON j.id = p.job_id
    WHERE p.added_at < :before AND j.status = 'closed' AND j.closed_at < :before
    ORDER BY p.added_at LIMIT :limit FOR UPDATE OF p SKIP LOCKED)
RETURNING number;

-- name: forget_reports(before, limit)
DELETE FROM reports
WHERE (job_id, version) IN (
    SELECT job_id, version FROM reports WHERE done_at < :before
    ORDER BY done_at LIMIT :limit FOR UPDATE SKIP LOCKED)
RETURNING job_id;

-- name: forget_wanted_pictures(before, limit)
DELETE FROM wanted_pictures
WHERE receipt IN (
    SELECT receipt FROM wanted_pictures
    WHERE created_at < :before ORDER BY created_at LIMIT :limit FOR UPDATE SKIP LOCKED)
RETURNING receipt;

-- name: forget_notes(before, limit)
UPDATE ledger SET note = ''
WHERE (job_id, version) IN (
    SELECT l.job_id, l.version FROM ledger l JOIN jobs j ON j.id = l.job_id
    WHERE l.note <> '' AND l.at < :before AND j.status = 'closed' AND j.closed_at < :before
    ORDER BY l.at LIMIT :limit FOR UPDATE OF l SKIP LOCKED)
RETURNING job_id;

-- name: forget_reveals(before, limit)
DELETE FROM reveals
WHERE id IN (
    SELECT id FROM reveals
    WHERE committee_id IN (SELECT id FROM committees) AND at < :before LIMIT :limit FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: forget_register_log(before, limit)
DELETE FROM register_log
WHERE id IN (
    SELECT id FROM register_log
    WHERE committee_id IN (SELECT id FROM committees) AND at < :before LIMIT :limit FOR UPDATE SKIP LOCKED)
RETURNING id;
