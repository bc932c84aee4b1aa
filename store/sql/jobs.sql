-- name: job_by_id(job_id, committee_id)^
-- Also the revision of the committee's people, so that a remembered roster is known to be true.
SELECT j.*, c.revision AS roster_revision
FROM jobs j JOIN committees c ON c.id = j.committee_id
WHERE j.id = :job_id AND j.committee_id = :committee_id;

-- name: job_by_nonce(committee_id, nonce)^
SELECT id, request_mark FROM jobs WHERE committee_id = :committee_id AND nonce = :nonce;

-- name: insert_job(committee_id, nonce, version, kind, playbook, priority, status, posted_by, posted_at, places, building_id, headline, hides, missing, pictures, outcome, closed_at, closed_by, call_cause, call_behind, call_since_version, call_loop, call_step, call_position, call_repeats, call_due_at, call_acknowledged_by, call_acknowledged_at, call_urge_at, call_urged_at, call_exhausted_at, call_again_at, call_calls, call_seek_at, look_at, source_id, request_mark, pending_committee, pending_since, pending_until, pending_claim, pending_places, origin_id, walk_step, walk_since, walk_found, walk_due_at, care_id, care_at, care_due_at, care_leaders_at, care_first, care_usual, run_hospital, run_until, run_stops, run_owed, round_doors, round_open, round_unanswered, second, thanked_by, kinds)^
INSERT INTO jobs (
    committee_id, nonce, version, kind, playbook, priority, status, posted_by, posted_at, places, building_id,
    headline, hides, missing, pictures, outcome, closed_at, closed_by, call_cause, call_behind, call_since_version,
    call_loop, call_step, call_position, call_repeats, call_due_at, call_acknowledged_by, call_acknowledged_at, call_urge_at,
    call_urged_at, call_exhausted_at, call_again_at, call_calls, call_seek_at, look_at, source_id, request_mark,
    pending_committee, pending_since, pending_until, pending_claim, pending_places, origin_id, walk_step, walk_since,
    walk_found, walk_due_at, care_id, care_at, care_due_at, care_leaders_at, care_first, care_usual, run_hospital,
    run_until, run_stops, run_owed, round_doors, round_open, round_unanswered, second, thanked_by, kinds)
VALUES (
    :committee_id, :nonce, :version, :kind, :playbook, :priority, :status, :posted_by, :posted_at, :places,
    :building_id, :headline, :hides, :missing, :pictures, :outcome, :closed_at, :closed_by, :call_cause,
    :call_behind, :call_since_version, :call_loop, :call_step, :call_position, :call_repeats, :call_due_at,
    :call_acknowledged_by, :call_acknowledged_at, :call_urge_at, :call_urged_at, :call_exhausted_at,
    :call_again_at, :call_calls, :call_seek_at, :look_at, :source_id, :request_mark, :pending_committee, :pending_since,
    :pending_until, :pending_claim, :pending_places, :origin_id, :walk_step, :walk_since, :walk_found, :walk_due_at,
    :care_id, :care_at, :care_due_at, :care_leaders_at, :care_first, :care_usual, :run_hospital, :run_until,
    :run_stops, :run_owed, :round_doors, :round_open, :round_unanswered, :second, :thanked_by, :kinds)
ON CONFLICT (committee_id, nonce) DO NOTHING
RETURNING id;

-- name: save_job(id, committee_id, old_version, version, kind, playbook, priority, status, places, building_id, headline, hides, missing, pictures, outcome, closed_at, closed_by, call_cause, call_behind, call_since_version, call_loop, call_step, call_position, call_repeats, call_due_at, call_acknowledged_by, call_acknowledged_at, call_urge_at, call_urged_at, call_exhausted_at, call_again_at, call_calls, call_seek_at, look_at, pending_committee, pending_since, pending_until, pending_claim, pending_places, walk_step, walk_since, walk_found, walk_due_at, run_hospital, run_until, run_stops, run_owed, round_doors, round_open, round_unanswered, second, thanked_by, kinds)^
-- Compare and swap: no row comes back when somebody else was first.
UPDATE jobs SET
    version = :version, kind = :kind, playbook = :playbook, priority = :priority, status = :status,
    places = :places, building_id = :building_id, headline = :headline, hides = :hides, missing = :missing,
    pictures = :pictures, outcome = :outcome, closed_at = :closed_at, closed_by = :closed_by, call_cause = :call_cause,
    call_behind = :call_behind, call_since_version = :call_since_version, call_loop = :call_loop,
    call_step = :call_step, call_position = :call_position,
    call_repeats = :call_repeats, call_due_at = :call_due_at, call_acknowledged_by = :call_acknowledged_by,
    call_acknowledged_at = :call_acknowledged_at, call_urge_at = :call_urge_at,
    call_urged_at = :call_urged_at, call_exhausted_at = :call_exhausted_at, call_again_at = :call_again_at,
    call_calls = :call_calls, call_seek_at = :call_seek_at, look_at = :look_at, pending_committee = :pending_committee,
    pending_since = :pending_since, pending_until = :pending_until, pending_claim = :pending_claim,
    pending_places = :pending_places, walk_step = :walk_step, walk_since = :walk_since, walk_found = :walk_found,
    walk_due_at = :walk_due_at, run_hospital = :run_hospital, run_until = :run_until, run_stops = :run_stops,
    run_owed = :run_owed, round_doors = :round_doors, round_open = :round_open,
    round_unanswered = :round_unanswered, second = :second, thanked_by = :thanked_by,
    kinds = :kinds
WHERE id = :id AND committee_id = :committee_id AND version = :old_version
RETURNING id;

-- name: save_job_moved(id, committee_id, old_version, version, call_cause, call_behind, call_since_version, call_loop, call_step, call_position, call_repeats, call_due_at, call_acknowledged_by, call_acknowledged_at, call_urge_at, call_urged_at, call_exhausted_at, call_again_at, call_calls, call_seek_at, look_at)^
-- As save_job, where the clock moved it and nothing else is new.
UPDATE jobs SET
    version = :version, call_cause = :call_cause, call_behind = :call_behind,
    call_since_version = :call_since_version, call_loop = :call_loop, call_step = :call_step, call_position = :call_position, call_repeats = :call_repeats,
    call_due_at = :call_due_at, call_acknowledged_by = :call_acknowledged_by, call_acknowledged_at =
    :call_acknowledged_at, call_urge_at = :call_urge_at, call_urged_at = :call_urged_at, call_exhausted_at =
    :call_exhausted_at, call_again_at = :call_again_at, call_calls = :call_calls, call_seek_at =
    :call_seek_at, look_at = :look_at
WHERE id = :id AND committee_id = :committee_id AND version = :old_version
RETURNING id;

-- name: committee_of_job(job_id)^
SELECT committee_id FROM jobs WHERE id = :job_id;

-- name: receipt_known(receipt)^
SELECT receipt FROM receipts WHERE receipt = :receipt;

-- name: insert_receipt(receipt, committee_id, at)!
INSERT INTO receipts (receipt, committee_id, at) VALUES (:receipt, :committee_id, :at);

-- name: forget_receipts(before, limit)
DELETE FROM receipts
WHERE receipt IN (SELECT receipt FROM receipts WHERE at < :before ORDER BY at LIMIT :limit)
RETURNING receipt;

-- name: due_jobs(now, limit, shard, shards)
SELECT committee_id, id, look_at FROM jobs
WHERE look_at <= :now AND id % :shards = :shard ORDER BY look_at, id LIMIT :limit;

-- name: open_jobs(committee_id)
SELECT * FROM jobs WHERE committee_id = :committee_id AND status <> 'closed' ORDER BY id;

-- name: closed_jobs(committee_id, since)
SELECT * FROM jobs WHERE committee_id = :committee_id AND closed_at > :since ORDER BY closed_at DESC, id DESC;

-- name: jobs_of_person(committee_id, person_id, since)
SELECT j.* FROM jobs j
WHERE j.committee_id = :committee_id AND j.status <> 'closed' AND (
    EXISTS (SELECT 1 FROM asks a WHERE a.job_id = j.id AND a.person_id = :person_id)
    OR EXISTS (SELECT 1 FROM claims c WHERE c.job_id = j.id AND c.person_id = :person_id)
    OR EXISTS (SELECT 1 FROM waiting w WHERE w.job_id = j.id AND w.person_id = :person_id))
UNION ALL
SELECT j.* FROM jobs j
WHERE j.committee_id = :committee_id AND j.closed_at > :since AND (
    EXISTS (SELECT 1 FROM asks a WHERE a.job_id = j.id AND a.person_id = :person_id)
    OR EXISTS (SELECT 1 FROM claims c WHERE c.job_id = j.id AND c.person_id = :person_id)
    OR EXISTS (SELECT 1 FROM waiting w WHERE w.job_id = j.id AND w.person_id = :person_id));

-- name: insert_private(job_id, committee_id, text, unit, place, phone, resident_id, household_id)!
INSERT INTO job_private (job_id, committee_id, text, unit, place, phone, resident_id, household_id)
VALUES (:job_id, :committee_id, :text, :unit, :place, :phone, :resident_id, :household_id);

-- name: save_private(job_id, committee_id, text, unit, place, phone, resident_id, household_id)!
UPDATE job_private SET
    text = :text, unit = :unit, place = :place, phone = :phone, resident_id = :resident_id,
    household_id = :household_id
WHERE job_id = :job_id AND committee_id = :committee_id;

-- name: job_private(job_id, committee_id)^
SELECT p.text, p.unit, p.place, p.phone, p.resident_id, r.name AS resident_name, r.phone AS resident_phone,
       r.notes AS resident_notes, r.contacts AS resident_contacts, h.phone AS household_phone
FROM job_private p LEFT JOIN residents r ON r.id = p.resident_id LEFT JOIN households h ON h.id = p.household_id
WHERE p.job_id = :job_id AND p.committee_id = :committee_id;

-- name: insert_reveal(committee_id, job_id, person_id, fields, at, reason)!
INSERT INTO reveals (committee_id, job_id, person_id, fields, at, reason)
VALUES (:committee_id, :job_id, :person_id, :fields, :at, :reason);
