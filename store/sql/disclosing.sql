-- What is kept about one person or one resident, table by table: for whoever asks what that is.

-- name: person_of_key(committee_id, key)^
-- Also of those who have left.
SELECT * FROM people WHERE committee_id = :committee_id AND key = :key;

-- name: kept_of_people(committee_id, person_id)
SELECT * FROM people WHERE committee_id = :committee_id AND id = :person_id
UNION ALL
SELECT * FROM people WHERE acting_of = :person_id;

-- name: kept_of_addresses(committee_id, person_id)
SELECT * FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id ORDER BY id;

-- name: kept_of_devices(committee_id, person_id)
SELECT d.* FROM addresses a JOIN devices d ON d.address_id = a.id
WHERE a.person_id = :person_id AND a.committee_id = :committee_id ORDER BY d.kept_at, d.mark;

-- name: kept_of_ways(committee_id, person_id)
SELECT * FROM ways WHERE committee_id = :committee_id AND person_id = :person_id ORDER BY position;

-- name: kept_of_link_codes(committee_id, person_id)
SELECT * FROM link_codes WHERE person_id = :person_id AND committee_id = :committee_id;

-- name: kept_of_applications(committee_id, person_id)
SELECT p.* FROM applications p
WHERE p.committee_id = :committee_id AND (p.person_id = :person_id OR EXISTS (
    SELECT 1 FROM addresses a
    WHERE a.person_id = :person_id AND a.platform = p.platform AND a.value = p.value))
ORDER BY p.id;

-- name: kept_of_ladder(committee_id, person_id)
SELECT * FROM ladder WHERE committee_id = :committee_id AND person_id = :person_id ORDER BY rung, position;

-- name: kept_of_people_groups(committee_id, person_id)
SELECT * FROM people_groups WHERE committee_id = :committee_id AND leader_id = :person_id ORDER BY id;

-- name: kept_of_group_members(committee_id, person_id)
SELECT * FROM group_members WHERE committee_id = :committee_id AND person_id = :person_id ORDER BY group_id;

-- name: kept_of_records(committee_id, person_id)
SELECT * FROM records WHERE person_id = :person_id AND committee_id = :committee_id ORDER BY facet, bucket;

-- name: kept_of_rests(committee_id, person_id)
SELECT * FROM rests WHERE person_id = :person_id AND committee_id = :committee_id;

-- name: kept_of_jobs(committee_id, person_id)
SELECT * FROM jobs
WHERE committee_id = :committee_id
  AND (posted_by = :person_id OR closed_by = :person_id OR call_acknowledged_by = :person_id)
ORDER BY id;

-- name: kept_of_claims(committee_id, person_id)
SELECT * FROM claims WHERE person_id = :person_id AND committee_id = :committee_id ORDER BY job_id, number;

-- name: kept_of_waiting(committee_id, person_id)
SELECT w.* FROM jobs j JOIN waiting w ON w.job_id = j.id
WHERE j.committee_id = :committee_id AND w.person_id = :person_id ORDER BY w.id;

-- name: kept_of_asks(committee_id, person_id)
SELECT * FROM asks WHERE committee_id = :committee_id AND person_id = :person_id ORDER BY at, id;

-- name: kept_of_ledger(committee_id, person_id)
SELECT l.* FROM jobs j JOIN ledger l ON l.job_id = j.id
WHERE j.committee_id = :committee_id AND l.actor_id = :person_id ORDER BY l.job_id, l.version;

-- name: thanks_received(committee_id, person_id)
-- What others said of what they did.
SELECT l.job_id, l.at, l.note FROM claims c JOIN ledger l ON l.job_id = c.job_id
WHERE c.committee_id = :committee_id AND c.person_id = :person_id AND c.status = 'done'
  AND l.kind = 'thanked' AND l.note <> '' AND COALESCE(l.actor_id, 0) <> :person_id
ORDER BY l.at, l.job_id;

-- name: kept_of_reveals(committee_id, person_id)
SELECT * FROM reveals WHERE committee_id = :committee_id AND person_id = :person_id ORDER BY at, id;

-- name: kept_of_pictures(committee_id, person_id)
-- Without what is on them: that is somebody's home.
SELECT p.job_id, p.number, p.committee_id, p.added_by, p.added_at, p.width, p.height, '' AS data
FROM jobs j JOIN pictures p ON p.job_id = j.id
WHERE j.committee_id = :committee_id AND p.added_by = :person_id ORDER BY p.job_id, p.number;

-- name: kept_of_wanted_pictures(committee_id, person_id)
SELECT w.* FROM wanted_pictures w
WHERE w.committee_id = :committee_id
  AND w.address_id IN (SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id)
ORDER BY w.created_at, w.receipt;

-- name: kept_of_outbox(committee_id, person_id)
-- What was sent because of jobs. The causes of a job begin alike, so that their index finds them.
SELECT o.* FROM jobs j JOIN outbox o ON o.cause >= 'job ' || CAST(j.id AS TEXT) || ' v'
    AND o.cause < 'job ' || CAST(j.id AS TEXT) || ' w'
WHERE j.committee_id = :committee_id
  AND o.address_id IN (SELECT id FROM addresses WHERE person_id = :person_id AND committee_id = :committee_id)
ORDER BY o.id;

-- name: kept_of_families(committee_id, person_id)
SELECT f.* FROM addresses a JOIN families f ON f.address_id = a.id
WHERE a.person_id = :person_id AND a.committee_id = :committee_id ORDER BY f.id;

-- name: kept_of_cards(committee_id, person_id)
SELECT c.* FROM addresses a JOIN cards c ON c.address_id = a.id
WHERE a.person_id = :person_id AND a.committee_id = :committee_id ORDER BY c.job_id, c.address_id;

-- name: kept_of_matrix_rooms(committee_id, person_id)
SELECT m.* FROM addresses a JOIN matrix_rooms m ON m.user_id = a.value
WHERE a.person_id = :person_id AND a.committee_id = :committee_id AND a.platform = 'matrix' ORDER BY m.user_id;

-- name: kept_of_duty_overrides(committee_id, person_id)
SELECT * FROM duty_overrides
WHERE committee_id = :committee_id AND (person_id = :person_id OR by_id = :person_id) ORDER BY id;

-- name: kept_of_watches(committee_id, person_id)
SELECT * FROM watches WHERE committee_id = :committee_id AND holder_id = :person_id;

-- name: kept_of_relays(committee_id, person_id)
SELECT * FROM relays
WHERE committee_id = :committee_id
  AND (about_id = :person_id OR by_id = :person_id OR taken_by = :person_id) ORDER BY id;

-- name: kept_of_relay_asks(committee_id, person_id)
SELECT k.* FROM relays r JOIN relay_asks k ON k.relay_id = r.id
WHERE r.committee_id = :committee_id AND k.person_id = :person_id ORDER BY k.relay_id, k.position;

-- name: kept_of_actings(committee_id, person_id)
SELECT * FROM actings
WHERE person_id = :person_id AND (sender_id = :committee_id OR committee_id = :committee_id) ORDER BY relay_id;

-- name: kept_of_sealings(committee_id, person_id)
SELECT * FROM sealings WHERE committee_id = :committee_id AND by_id = :person_id ORDER BY id;

-- name: kept_of_register_uploads(committee_id, person_id)
-- Without the file: it is the register's.
SELECT person_id, committee_id, at, name, '' AS body FROM register_uploads
WHERE person_id = :person_id AND committee_id = :committee_id;

-- name: kept_of_register_log(committee_id, person_id)
SELECT * FROM register_log WHERE committee_id = :committee_id AND by_id = :person_id ORDER BY at, id;

-- name: resident_by_key(committee_id, key_index)^
-- Also of those who have left.
SELECT * FROM residents WHERE committee_id = :committee_id AND key_index = :key_index;

-- name: household_of_resident(committee_id, resident_id)
SELECT h.* FROM residents r JOIN households h ON h.id = r.household_id
WHERE r.id = :resident_id AND r.committee_id = :committee_id;

-- name: jobs_about(committee_id, resident_id)
SELECT j.* FROM job_private p JOIN jobs j ON j.id = p.job_id
WHERE p.resident_id = :resident_id AND p.committee_id = :committee_id ORDER BY j.id;

-- name: said_about(committee_id, resident_id)
SELECT * FROM job_private
WHERE resident_id = :resident_id AND committee_id = :committee_id ORDER BY job_id;

-- name: noted_about(committee_id, resident_id)
SELECT l.* FROM job_private p JOIN ledger l ON l.job_id = p.job_id
WHERE p.resident_id = :resident_id AND p.committee_id = :committee_id AND l.note <> ''
ORDER BY l.job_id, l.version;

-- name: reveals_about(committee_id, resident_id)
-- Of a medicine run whoever had it was shown every door of it.
SELECT r.* FROM reveals r
WHERE r.job_id IN (
    SELECT p.job_id FROM job_private p
    WHERE p.resident_id = :resident_id AND p.committee_id = :committee_id
    UNION
    SELECT s.job_id FROM medicine_stops s
    WHERE s.resident_id = :resident_id AND s.committee_id = :committee_id)
ORDER BY r.at, r.id;

-- name: pictures_about(committee_id, resident_id)
SELECT p.job_id, p.number, p.committee_id, p.added_by, p.added_at, p.width, p.height, '' AS data
FROM job_private s JOIN pictures p ON p.job_id = s.job_id
WHERE s.resident_id = :resident_id AND s.committee_id = :committee_id ORDER BY p.job_id, p.number;

-- name: kept_of_care_excuses(committee_id, person_id)
SELECT * FROM care_excuses
WHERE committee_id = :committee_id AND (person_id = :person_id OR by_id = :person_id) ORDER BY plan_id, at;

-- name: care_about(committee_id, resident_id)
SELECT * FROM care_plans WHERE committee_id = :committee_id AND resident_id = :resident_id ORDER BY id;

-- name: medicines_about(committee_id, resident_id)
SELECT * FROM medicine_supplies
WHERE committee_id = :committee_id AND resident_id = :resident_id ORDER BY id;
-- name: doors_about(committee_id, resident_id)
SELECT * FROM round_doors
WHERE resident_id = :resident_id AND committee_id = :committee_id ORDER BY job_id, number;

-- name: stops_about(committee_id, resident_id)
SELECT * FROM medicine_stops
WHERE resident_id = :resident_id AND committee_id = :committee_id ORDER BY job_id, number;
