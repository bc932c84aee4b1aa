-- name: source_by_token(token_mark)^
SELECT s.id, s.committee_id, s.key, s.token_mark, s.webhook FROM sources s
WHERE s.token_mark = :token_mark AND s.removed_at IS NULL;

-- name: save_source(committee_id, key, token_mark, webhook, secret, made_at)^
-- One that was removed comes back as the same one, with a new token; of one that is in use no row comes back.
INSERT INTO sources (committee_id, key, token_mark, webhook, secret, made_at, removed_at)
VALUES (:committee_id, :key, :token_mark, :webhook, :secret, :made_at, NULL)
ON CONFLICT (committee_id, key) DO UPDATE SET
    token_mark = excluded.token_mark, webhook = excluded.webhook, secret = excluded.secret,
    made_at = excluded.made_at, removed_at = NULL
WHERE sources.removed_at IS NOT NULL
RETURNING id;

-- name: remove_source(committee_id, key, removed_at)^
UPDATE sources SET removed_at = :removed_at, webhook = '', secret = ''
WHERE committee_id = :committee_id AND key = :key AND removed_at IS NULL
RETURNING id;

-- name: sources_of(committee_id)
SELECT s.id, s.committee_id, s.key, s.webhook, s.made_at,
       (SELECT COUNT(*) FROM reports r WHERE r.source_id = s.id AND r.status = 'owed') AS owed,
       (SELECT COUNT(*) FROM reports r WHERE r.source_id = s.id AND r.status = 'given_up') AS given_up
FROM sources s
WHERE s.committee_id = :committee_id AND s.removed_at IS NULL ORDER BY s.key;

-- name: insert_report(job_id, version, committee_id, source_id, event, at)!
-- Nothing is owed to a source that wants no reports, or is not there any more.
INSERT INTO reports (
    job_id, version, committee_id, source_id, event, status, tries, created_at, due_at)
SELECT :job_id, :version, s.committee_id, s.id, :event, 'owed', 0, :at, :at
FROM sources s
WHERE s.id = :source_id AND s.committee_id = :committee_id AND s.removed_at IS NULL AND s.webhook <> ''
ON CONFLICT (job_id, version) DO NOTHING;

-- name: sources_owed(now)
-- By their own back-off, so that one whose webhook is away keeps nothing from the others.
SELECT s.id, s.committee_id, s.key, s.webhook, s.secret FROM sources s
WHERE s.removed_at IS NULL AND s.webhook <> '' AND EXISTS (
    SELECT 1 FROM reports r WHERE r.source_id = s.id AND r.status = 'owed' AND r.due_at <= :now)
ORDER BY s.id;

-- name: due_reports(source_id, now, limit)
-- Of each job the oldest one only: the next waits until that one has arrived, or was given up.
SELECT r.job_id, r.version, r.committee_id, r.event, r.tries, r.created_at FROM reports r
WHERE r.source_id = :source_id AND r.status = 'owed' AND r.due_at <= :now
  AND NOT EXISTS (
      SELECT 1 FROM reports e WHERE e.job_id = r.job_id AND e.version < r.version AND e.status = 'owed')
ORDER BY r.due_at, r.job_id LIMIT :limit;

-- name: begin_report(job_id, version, committee_id, now, until)^
UPDATE reports SET due_at = :until
WHERE job_id = :job_id AND version = :version AND committee_id = :committee_id AND status = 'owed'
  AND due_at <= :now
RETURNING job_id;

-- name: postpone_report(job_id, version, committee_id, due_at)!
UPDATE reports SET due_at = :due_at, tries = tries + 1
WHERE job_id = :job_id AND version = :version AND committee_id = :committee_id AND status = 'owed';

-- name: finish_report(job_id, version, committee_id, status, done_at)!
UPDATE reports SET status = :status, done_at = :done_at, tries = tries + 1
WHERE job_id = :job_id AND version = :version AND committee_id = :committee_id AND status = 'owed';

-- name: drop_reports(committee_id, key, done_at)!
UPDATE reports SET status = 'dropped', done_at = :done_at
WHERE source_id = (SELECT s.id FROM sources s WHERE s.committee_id = :committee_id AND s.key = :key)
  AND status = 'owed';

-- name: forget_reports(before, limit)
DELETE FROM reports
WHERE (job_id, version) IN (
    SELECT job_id, version FROM reports WHERE done_at < :before
    ORDER BY done_at LIMIT :limit)
RETURNING job_id;
