-- name: late_jobs(before, since, behind, limit)
-- Here and below: a page of what is late, behind the last one's moment and number.
SELECT id, committee_id, look_at AS due_at, '' AS platform, 1 AS urgent FROM jobs
WHERE look_at < :before AND (look_at, id) > (:since, :behind) ORDER BY look_at, id LIMIT :limit;

-- name: late_duties(before, since, behind, limit)
SELECT committee_id AS id, committee_id, look_at AS due_at, '' AS platform, 1 AS urgent FROM watches
WHERE look_at < :before AND (look_at, committee_id) > (:since, :behind)
ORDER BY look_at, committee_id LIMIT :limit;

-- name: late_rows(before, since, behind, limit)
SELECT o.id, o.committee_id, o.due_at, a.platform, o.urgent FROM outbox o JOIN addresses a ON a.id = o.address_id
WHERE o.status = 'owed' AND o.due_at < :before AND (o.due_at, o.id) > (:since, :behind)
ORDER BY o.due_at, o.id LIMIT :limit;

-- name: begin_repair(receipt, committee_id, at)
INSERT INTO receipts (receipt, committee_id, at) VALUES (:receipt, :committee_id, :at)
ON CONFLICT (receipt) DO NOTHING
RETURNING receipt;

-- name: repair_begun(receipt)^
SELECT at FROM receipts WHERE receipt = :receipt;

-- name: repairs_of(committee_id, first, behind, since)
SELECT receipt, committee_id, at FROM receipts
WHERE receipt >= :first AND receipt < :behind AND committee_id = :committee_id AND at > :since
ORDER BY at DESC, receipt;
