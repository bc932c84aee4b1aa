-- name: insert_door(job_id, number, committee_id, resident_id, building_id, household_id, state)!
INSERT INTO round_doors (job_id, number, committee_id, resident_id, building_id, household_id, state)
VALUES (:job_id, :number, :committee_id, :resident_id, :building_id, :household_id, :state);

-- name: save_door(job_id, number, committee_id, state, check_id)!
UPDATE round_doors SET state = :state, check_id = :check_id
WHERE job_id = :job_id AND number = :number AND committee_id = :committee_id;

-- name: doors_of_job(committee_id, job_id)
SELECT d.*, r.name AS resident_name, r.unit, r.phone, h.unit AS relay_unit, h.phone AS relay_phone
FROM round_doors d LEFT JOIN residents r ON r.id = d.resident_id LEFT JOIN households h ON h.id = d.household_id
WHERE d.job_id = :job_id AND d.committee_id = :committee_id ORDER BY d.number;
