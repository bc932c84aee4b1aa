-- name: insert_picture(job_id, number, committee_id, added_by, added_at, width, height, data, object, care_name)!
INSERT INTO pictures (job_id, number, committee_id, added_by, added_at, width, height, data, object, care_name)
VALUES (:job_id, :number, :committee_id, :added_by, :added_at, :width, :height, :data, :object, :care_name);

-- name: picture(job_id, number, committee_id)^
-- One of a care plan's is there as long as the plan has it.
SELECT COALESCE(c.width, p.width) AS width, COALESCE(c.height, p.height) AS height,
       COALESCE(c.data, p.data) AS data, COALESCE(c.object, p.object) AS object
FROM pictures p LEFT JOIN care_pictures c ON c.name = p.care_name AND c.committee_id = p.committee_id
WHERE p.job_id = :job_id AND p.number = :number AND p.committee_id = :committee_id
  AND (p.care_name = '' OR c.name IS NOT NULL);

-- name: forget_pictures(before, limit)
-- Of jobs that are over: nobody may see them any more.
DELETE FROM pictures
WHERE (job_id, number) IN (
    SELECT p.job_id, p.number FROM pictures p JOIN jobs j ON j.id = p.job_id
    WHERE p.added_at < :before AND j.status = 'closed' AND j.closed_at < :before
    ORDER BY p.added_at LIMIT :limit)
RETURNING number;

-- name: pictures_in_database(job_id, number, limit)
-- Behind that one, in the order of their key.
SELECT job_id, number, committee_id, width, height, data, object FROM pictures
WHERE (job_id, number) > (:job_id, :number) AND object = '' AND care_name = '' ORDER BY job_id, number LIMIT :limit;

-- name: pictures_in_bucket(job_id, number, limit)
SELECT job_id, number, committee_id, width, height, data, object FROM pictures
WHERE (job_id, number) > (:job_id, :number) AND object <> '' ORDER BY job_id, number LIMIT :limit;

-- name: move_to_bucket(job_id, number, committee_id, object, data)^
-- No row comes back where it was moved or let go of meanwhile.
UPDATE pictures SET object = :object, data = :data
WHERE job_id = :job_id AND number = :number AND committee_id = :committee_id AND object = ''
RETURNING number;

-- name: move_to_database(job_id, number, committee_id, object, data)^
UPDATE pictures SET object = '', data = :data
WHERE job_id = :job_id AND number = :number AND committee_id = :committee_id AND object = :object
RETURNING number;

-- name: begin_row(id, committee_id, begun_at, due_at, ours)^
-- No row comes back when somebody else was first; whoever begins again says when it may have been them.
UPDATE outbox SET begun_at = :begun_at, due_at = :due_at
WHERE id = :id AND committee_id = :committee_id AND status || '' = 'owed' AND (begun_at IS NULL OR begun_at = :ours)
RETURNING id;

-- name: picture_under_way(address_id, job_id, number, claim, committee_id)
SELECT id FROM outbox
WHERE address_id = :address_id AND job_id = :job_id AND picture = :number AND claim = :claim
  AND committee_id = :committee_id AND status = 'owed' AND begun_at IS NOT NULL;

-- name: save_picture_message(address_id, job_id, number, claim, committee_id, ref, sent_at)!
INSERT INTO picture_messages (address_id, job_id, number, claim, committee_id, ref, sent_at)
VALUES (:address_id, :job_id, :number, :claim, :committee_id, :ref, :sent_at)
ON CONFLICT (address_id, job_id, number, claim) DO UPDATE SET ref = excluded.ref, sent_at = excluded.sent_at;

-- name: drop_picture_message(address_id, job_id, number, claim, committee_id)!
DELETE FROM picture_messages
WHERE address_id = :address_id AND job_id = :job_id AND number = :number AND claim = :claim
  AND committee_id = :committee_id;

-- name: want_picture(receipt, committee_id, address_id, album, job_id, source, created_at, due_at)!
INSERT INTO wanted_pictures (
    receipt, committee_id, address_id, album, job_id, source, tries, created_at, due_at)
VALUES (:receipt, :committee_id, :address_id, :album, :job_id, :source, 0, :created_at, :due_at)
ON CONFLICT (receipt) DO NOTHING;

-- name: wanted_pictures(platform, now, limit)
SELECT w.receipt, w.committee_id, w.album, w.job_id, w.source, w.tries, w.created_at,
       a.id AS address_id, a.person_id, a.platform, a.value, a.topic, a.audience, a.language
FROM wanted_pictures w JOIN addresses a ON a.id = w.address_id
WHERE w.done_at IS NULL AND w.due_at <= :now AND a.platform = :platform ORDER BY w.due_at LIMIT :limit;

-- name: postpone_picture(receipt, committee_id, due_at)!
UPDATE wanted_pictures SET due_at = :due_at, tries = tries + 1
WHERE receipt = :receipt AND committee_id = :committee_id AND done_at IS NULL;

-- name: settle_picture(receipt, committee_id, done_at)!
-- The way to the file is forgotten; that the album belongs to the job is kept for its other parts.
UPDATE wanted_pictures SET source = '', done_at = :done_at
WHERE receipt = :receipt AND committee_id = :committee_id;

-- name: album_job(committee_id, album)
SELECT job_id FROM wanted_pictures
WHERE committee_id = :committee_id AND album = :album AND job_id IS NOT NULL ORDER BY created_at LIMIT 1;

-- name: forget_wanted_pictures(before, limit)
DELETE FROM wanted_pictures
WHERE receipt IN (
    SELECT receipt FROM wanted_pictures WHERE created_at < :before ORDER BY created_at LIMIT :limit)
RETURNING receipt;

-- name: announce_object(name, committee_id, at)!
INSERT INTO objects (name, committee_id, at) VALUES (:name, :committee_id, :at);

-- name: take_object(name, committee_id, at)^
-- No row comes back once it was doomed.
UPDATE objects SET at = :at
WHERE name = :name AND committee_id = :committee_id AND doomed = 0
RETURNING name;

-- name: doom_objects(before, limit)!
-- The age stands here twice: one that is being taken at this moment has another afterwards, and is left alone.
UPDATE objects SET doomed = 1
WHERE at < :before AND name IN (
    SELECT o.name FROM objects o
    WHERE o.doomed = 0 AND o.at < :before AND NOT EXISTS (
        SELECT 1 FROM pictures p WHERE p.object = o.name AND p.object <> '')
      AND NOT EXISTS (
        SELECT 1 FROM care_pictures c WHERE c.object = o.name AND c.object <> '')
    ORDER BY o.at LIMIT :limit);

-- name: doom_object(name, committee_id)^
UPDATE objects SET doomed = 1 WHERE name = :name AND committee_id = :committee_id RETURNING name;

-- name: count_objects()
SELECT COUNT(*) AS objects FROM objects WHERE doomed >= 0;

-- name: doomed_objects(limit)
SELECT name, committee_id FROM objects WHERE doomed = 1 ORDER BY at LIMIT :limit;

-- name: forget_object(name, committee_id)!
DELETE FROM objects WHERE name = :name AND committee_id = :committee_id;
