-- name: save_supply(committee_id, key_index, resident_index, said_until, until, box, ahead, key, medicine, hospital, doctor, brings, mark, look_at)!
-- The resident may have been written a moment ago.
INSERT INTO medicine_supplies (
    committee_id, key_index, resident_id, said_until, until, box, ahead, key, medicine, hospital, doctor, brings,
    mark, active, look_at)
VALUES (
    :committee_id, :key_index,
    (SELECT id FROM residents WHERE committee_id = :committee_id AND key_index = :resident_index AND active = 1),
    :said_until, :until, :box, :ahead, :key, :medicine, :hospital, :doctor, :brings, :mark, 1, :look_at)
ON CONFLICT (committee_id, key_index) DO UPDATE SET
    resident_id = excluded.resident_id, said_until = excluded.said_until, until = excluded.until,
    box = excluded.box, ahead = excluded.ahead, key = excluded.key, medicine = excluded.medicine,
    hospital = excluded.hospital, doctor = excluded.doctor, brings = excluded.brings, mark = excluded.mark,
    active = 1, look_at = excluded.look_at;

-- name: medicines_of(committee_id)
SELECT * FROM medicine_supplies WHERE committee_id = :committee_id ORDER BY id;

-- name: deactivate_medicine(committee_id, id)!
UPDATE medicine_supplies SET active = 0 WHERE committee_id = :committee_id AND id = :id;

-- name: stop_medicines_of(committee_id, resident_id)!
-- Whoever comes back takes what they take then.
UPDATE medicine_supplies SET active = 0 WHERE committee_id = :committee_id AND resident_id = :resident_id;

-- name: look_at_all_supplies(committee_id, now)!
-- The committee may be in another time zone than before.
UPDATE medicine_supplies SET look_at = :now WHERE committee_id = :committee_id AND active = 1;

-- name: supplies(committee_id)
-- Medicines of residents who left count no more.
SELECT p.*, r.key AS resident_key, r.name AS resident_name, r.building_id, r.unit, r.phone, r.notes, r.contacts
FROM medicine_supplies p JOIN residents r ON r.id = p.resident_id
WHERE p.committee_id = :committee_id AND p.active = 1 AND r.active = 1 ORDER BY p.id;

-- name: supply(committee_id, id)^
SELECT p.*, r.key AS resident_key, r.name AS resident_name, r.building_id, r.unit, r.phone, r.notes, r.contacts
FROM medicine_supplies p JOIN residents r ON r.id = p.resident_id
WHERE p.id = :id AND p.committee_id = :committee_id AND p.active = 1 AND r.active = 1;

-- name: supplies_due(now, limit)
SELECT committee_id, id, look_at FROM medicine_supplies
WHERE active = 1 AND look_at <= :now ORDER BY look_at, id LIMIT :limit;

-- name: look_at_supply(id, committee_id, seen, look_at)!
UPDATE medicine_supplies SET look_at = :look_at
WHERE id = :id AND committee_id = :committee_id AND look_at = :seen;

-- name: refill_supply(id, committee_id, seen, until, look_at)!
UPDATE medicine_supplies SET until = :until, look_at = :look_at
WHERE id = :id AND committee_id = :committee_id AND until = :seen;

-- name: stops_of_supplies(committee_id, since)
SELECT s.*, r.name AS resident_name, r.phone AS resident_phone
FROM medicine_stops s LEFT JOIN residents r ON r.id = s.resident_id
WHERE s.committee_id = :committee_id AND s.supply_id IS NOT NULL AND s.supply_until >= :since
ORDER BY s.supply_until, s.job_id, s.number;

-- name: jobs_of_supplies(committee_id, since)
SELECT j.* FROM jobs j
WHERE j.id IN (
    SELECT s.job_id FROM medicine_stops s
    WHERE s.committee_id = :committee_id AND s.supply_id IS NOT NULL AND s.supply_until >= :since)
ORDER BY j.id;
