-- What becomes of the rows of one person, or of one resident, who is to be forgotten: words and addresses go,
-- and numbers stay, so that what was counted stays right.

-- name: people_erased(committee_id, person_id)
-- Themselves, and as whom they act elsewhere.
SELECT id, committee_id, key, acting_of, acting_since, acting_until FROM people
WHERE committee_id = :committee_id AND id = :person_id
UNION ALL
SELECT id, committee_id, key, acting_of, acting_since, acting_until FROM people WHERE acting_of = :person_id;

-- name: work_in_hand(committee_id, person_id)
SELECT job_id, 1 AS claim FROM claims
WHERE committee_id = :committee_id AND person_id = :person_id AND status IN ('claimed', 'underway')
UNION ALL
SELECT id AS job_id, 0 AS claim FROM jobs
WHERE committee_id = :committee_id AND status <> 'closed' AND call_acknowledged_by = :person_id
  AND (call_due_at IS NOT NULL OR call_urge_at IS NOT NULL)
ORDER BY job_id;

-- name: erase_matrix_rooms(committee_id, person_id)!
-- Before their addresses. An account that is somebody else's in another committee keeps its room.
DELETE FROM matrix_rooms
WHERE user_id IN (
    SELECT a.value FROM addresses a
    WHERE a.person_id = :person_id AND a.committee_id = :committee_id AND a.platform = 'matrix'
      AND NOT EXISTS (
          SELECT 1 FROM addresses b
          WHERE b.platform = 'matrix' AND b.value = a.value AND b.id <> a.id AND b.active = 1));

-- name: erase_applications(committee_id, person_id, at)!
-- Before their addresses.
UPDATE applications SET
    value = 'left-' || id, name = '', phone = '', phone_index = NULL, born = '', building_id = NULL, skills = '[]',
    vehicle = NULL, speaks = '', hours = '', group_keys = '', decided_at = COALESCE(decided_at, :at),
    version = version + 1
WHERE committee_id = :committee_id AND (person_id = :person_id OR EXISTS (
    SELECT 1 FROM addresses a
    WHERE a.person_id = :person_id AND a.platform = applications.platform AND a.value = applications.value));

-- name: erase_devices(committee_id, person_id)!
DELETE FROM devices
WHERE committee_id = :committee_id AND address_id IN (
    SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id);

-- name: erase_owed(committee_id, person_id, at)!
UPDATE outbox SET status = 'obsolete', done_at = :at
WHERE status = 'owed' AND committee_id = :committee_id AND address_id IN (
    SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id);

-- name: erase_families(committee_id, person_id)!
-- As whose family they were told. Before their addresses.
DELETE FROM families
WHERE committee_id = :committee_id AND address_id IN (
    SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id);

-- name: erase_cards(committee_id, person_id)!
DELETE FROM cards
WHERE committee_id = :committee_id AND address_id IN (
    SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id);

-- name: erase_application_cards(committee_id, person_id)!
DELETE FROM application_cards
WHERE committee_id = :committee_id AND address_id IN (
    SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id);

-- name: erase_relay_cards(committee_id, person_id)!
DELETE FROM relay_cards
WHERE committee_id = :committee_id AND address_id IN (
    SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id);

-- name: erase_picture_messages(committee_id, person_id)!
DELETE FROM picture_messages
WHERE committee_id = :committee_id AND address_id IN (
    SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id);

-- name: erase_wanted_pictures(committee_id, person_id, at)!
UPDATE wanted_pictures SET source = '', done_at = COALESCE(done_at, :at)
WHERE committee_id = :committee_id AND address_id IN (
    SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id);

-- name: erase_addresses(committee_id, person_id)!
UPDATE addresses SET
    value = 'left-' || id, topic = '', language = NULL, active = 0, open_until = NULL, failed_reason = NULL,
    failed_at = NULL
WHERE person_id = :person_id AND committee_id = :committee_id;

-- name: erase_link_codes(committee_id, person_id)!
DELETE FROM link_codes WHERE person_id = :person_id AND committee_id = :committee_id;

-- name: erase_ladder(committee_id, person_id)!
DELETE FROM ladder WHERE committee_id = :committee_id AND person_id = :person_id;

-- name: erase_people_groups(committee_id, person_id)!
UPDATE people_groups SET leader_id = NULL WHERE committee_id = :committee_id AND leader_id = :person_id;

-- name: erase_group_members(committee_id, person_id)!
DELETE FROM group_members WHERE committee_id = :committee_id AND person_id = :person_id;

-- name: erase_waiting(committee_id, person_id)!
DELETE FROM waiting
WHERE job_id IN (SELECT id FROM jobs WHERE committee_id = :committee_id) AND person_id = :person_id;

-- name: erase_ledger(committee_id, person_id)!
-- Words in jobs that are over; those of open jobs may still be needed, and go with the others of their job.
UPDATE ledger SET note = ''
WHERE job_id IN (SELECT id FROM jobs WHERE committee_id = :committee_id AND status = 'closed')
  AND actor_id = :person_id AND note <> '';

-- name: erase_people(committee_id, person_id, language)^
UPDATE people SET
    key = 'left-' || id, name = '', phone = '', phone_index = NULL, language = :language, trusted = 0,
    building_id = NULL, skills = '[]', vehicle = NULL, speaks = '', hours = '', daily = NULL, gear = 0, born = '', active = 0,
    paused_until = NULL, out_since = NULL, out_until = NULL, acting_since = NULL, acting_until = NULL,
    doubted_at = NULL, link_epoch = link_epoch + 1
WHERE committee_id = :committee_id AND id = :person_id
RETURNING id;

-- name: register_log_about(committee_id, about)
SELECT id, committee_id, detail FROM register_log WHERE committee_id = :committee_id AND about = :about ORDER BY id;

-- name: save_log_detail(id, committee_id, detail)!
UPDATE register_log SET detail = :detail WHERE id = :id AND committee_id = :committee_id;

-- name: open_jobs_about(committee_id, resident_id)
SELECT p.job_id FROM job_private p JOIN jobs j ON j.id = p.job_id
WHERE p.resident_id = :resident_id AND p.committee_id = :committee_id AND j.status <> 'closed'
UNION
SELECT s.job_id FROM medicine_stops s JOIN jobs j ON j.id = s.job_id
WHERE s.resident_id = :resident_id AND s.committee_id = :committee_id AND j.status <> 'closed'
UNION
SELECT d.job_id FROM round_doors d JOIN jobs j ON j.id = d.job_id
WHERE d.resident_id = :resident_id AND d.committee_id = :committee_id AND j.status <> 'closed' ORDER BY job_id;

-- name: erase_pictures_about(committee_id, resident_id)!
DELETE FROM pictures
WHERE committee_id = :committee_id AND job_id IN (
    SELECT job_id FROM job_private WHERE resident_id = :resident_id AND committee_id = :committee_id);

-- name: erase_notes_about(committee_id, resident_id)!
UPDATE ledger SET note = ''
WHERE note <> '' AND committee_id = :committee_id AND job_id IN (
    SELECT job_id FROM job_private WHERE resident_id = :resident_id AND committee_id = :committee_id);

-- name: erase_transfers_about(committee_id, resident_id)!
UPDATE transfers SET note = ''
WHERE job_id IN (
    SELECT job_id FROM job_private WHERE resident_id = :resident_id AND committee_id = :committee_id);

-- name: erase_said_about(committee_id, resident_id)!
-- Last of their jobs: the others are found by it.
UPDATE job_private SET
    text = '', unit = '', phone = '', place = '', resident_id = NULL, household_id = NULL, kept = 0
WHERE resident_id = :resident_id AND committee_id = :committee_id;

-- name: erase_care_about(committee_id, resident_id)!
UPDATE care_plans SET key_index = 'left-' || id, key = '', device = '', words = '', mark = NULL, active = 0
WHERE committee_id = :committee_id AND resident_id = :resident_id;

-- name: erase_medicines_about(committee_id, resident_id)!
UPDATE medicine_supplies SET
    key_index = 'left-' || id, key = '', medicine = '', hospital = '', doctor = '', brings = '', mark = NULL,
    active = 0
WHERE committee_id = :committee_id AND resident_id = :resident_id;

-- name: erase_stops_about(committee_id, resident_id)!
UPDATE medicine_stops SET
    hospital = '', tried = '', drug = '', doctor = '', unit = '', phone = '', words = '', handed = '',
    resident_id = NULL, days = NULL
WHERE resident_id = :resident_id AND committee_id = :committee_id;

-- name: erase_doors_about(committee_id, resident_id)!
UPDATE round_doors SET resident_id = NULL, household_id = NULL
WHERE resident_id = :resident_id AND committee_id = :committee_id;

-- name: save_scope(id, committee_id, scope)!
UPDATE care_plans SET scope = :scope WHERE id = :id AND committee_id = :committee_id;

-- name: erase_residents(committee_id, resident_id)^
UPDATE residents SET
    key_index = 'left-' || id, key = '', name = '', unit = '', phone = '', notes = '', contacts = '', alone = '',
    unit_index = NULL, phone_index = NULL, mark = NULL, building_id = NULL, household_id = NULL, active = 0
WHERE committee_id = :committee_id AND id = :resident_id
RETURNING id;
