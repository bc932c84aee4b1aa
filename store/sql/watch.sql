-- name: late_jobs(before, since, behind, limit)
-- Here and below: a page of what is late, behind the last one's moment and number.
SELECT id, committee_id, look_at AS due_at, '' AS platform, NULL AS source_id, 1 AS urgent FROM jobs
WHERE look_at < :before AND (look_at, id) > (:since, :behind) ORDER BY look_at, id LIMIT :limit;

-- name: late_duties(before, since, behind, limit)
SELECT committee_id AS id, committee_id, look_at AS due_at, '' AS platform, NULL AS source_id, 1 AS urgent FROM watches
WHERE look_at < :before AND (look_at, committee_id) > (:since, :behind)
ORDER BY look_at, committee_id LIMIT :limit;

-- name: late_care(before, since, behind, limit)
SELECT id, committee_id, look_at AS due_at, '' AS platform, NULL AS source_id, 1 AS urgent FROM care_plans
WHERE active = 1 AND look_at < :before AND (look_at, id) > (:since, :behind) ORDER BY look_at, id LIMIT :limit;

-- name: late_medicines(before, since, behind, limit)
SELECT id, committee_id, look_at AS due_at, '' AS platform, NULL AS source_id, 1 AS urgent FROM medicine_supplies
WHERE active = 1 AND look_at < :before AND (look_at, id) > (:since, :behind) ORDER BY look_at, id LIMIT :limit;

-- name: late_statuses(before, since, behind, limit)
SELECT id, committee_id, look_at AS due_at, '' AS platform, NULL AS source_id, 1 AS urgent FROM sealings
WHERE look_at < :before AND (look_at, id) > (:since, :behind) ORDER BY look_at, id LIMIT :limit;

-- name: late_reports(before, since, behind, limit)
-- Of each job the oldest one only, as they are sent: the others wait for it.
SELECT r.job_id AS id, r.committee_id, r.due_at, '' AS platform, r.source_id, 0 AS urgent FROM reports r
WHERE r.status = 'owed' AND r.due_at < :before AND (r.due_at, r.job_id) > (:since, :behind)
  AND EXISTS (SELECT 1 FROM sources s WHERE s.id = r.source_id AND s.removed_at IS NULL AND s.webhook <> '')
  AND NOT EXISTS (
      SELECT 1 FROM reports e WHERE e.job_id = r.job_id AND e.version < r.version AND e.status = 'owed')
ORDER BY r.due_at, r.job_id LIMIT :limit;

-- name: behind_duties()
-- As `watches_due` finds them: changed since they were looked at as they were at `revision`, or never looked at; and
-- since when that has been noticed.
SELECT committees.id, COALESCE(w.revision, -1) AS revision, r.at AS noticed_at
FROM committees LEFT JOIN watches w ON w.committee_id = committees.id
LEFT JOIN receipts r ON r.receipt = 'behind ' || committees.id || ' ' || COALESCE(w.revision, -1)
WHERE (w.committee_id IS NULL OR w.revision <> committees.revision) AND committees.key NOT LIKE '~%'
ORDER BY committees.id;

-- name: late_rows(before, since, behind, limit)
SELECT o.id, o.committee_id, o.due_at, a.platform, NULL AS source_id, o.urgent
FROM outbox o JOIN addresses a ON a.id = o.address_id
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
