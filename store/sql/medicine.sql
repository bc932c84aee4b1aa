-- name: stop_of_nonce(committee_id, nonce)^
SELECT job_id, request_mark FROM medicine_stops WHERE committee_id = :committee_id AND nonce = :nonce;

-- name: stop_of_source(committee_id, job_id, source_id)^
SELECT number FROM medicine_stops
WHERE job_id = :job_id AND committee_id = :committee_id AND source_id = :source_id ORDER BY number LIMIT 1;

-- name: insert_stop(job_id, number, committee_id, nonce, building_id, resident_id, hospital, tried, state, days, drug, doctor, unit, phone, words, handed, supply_id, supply_until, source_id, request_mark)!
-- A job that was of another kind meanwhile has its first one already.
INSERT INTO medicine_stops (
    job_id, number, committee_id, nonce, building_id, resident_id, hospital, tried, state, days, drug, doctor, unit,
    phone, words, handed, supply_id, supply_until, source_id, request_mark)
VALUES (
    :job_id, :number, :committee_id, :nonce, :building_id, :resident_id, :hospital, :tried, :state, :days, :drug,
    :doctor, :unit, :phone, :words, :handed, :supply_id, :supply_until, :source_id, :request_mark)
ON CONFLICT (job_id, number) DO UPDATE SET
    hospital = excluded.hospital, tried = excluded.tried, state = excluded.state, days = excluded.days,
    drug = excluded.drug, doctor = excluded.doctor, handed = excluded.handed;

-- name: save_stop(job_id, number, committee_id, hospital, tried, state, handed)!
UPDATE medicine_stops SET hospital = :hospital, tried = :tried, state = :state, handed = :handed
WHERE job_id = :job_id AND number = :number AND committee_id = :committee_id;

-- name: stops_of_job(committee_id, job_id)
SELECT s.*, r.name AS resident_name, r.phone AS resident_phone
FROM medicine_stops s LEFT JOIN residents r ON r.id = s.resident_id
WHERE s.job_id = :job_id AND s.committee_id = :committee_id ORDER BY s.number;

-- name: stocks_of(committee_id, drug_index)
SELECT hospital, stocked, at FROM medicine_stock
WHERE committee_id = :committee_id AND drug_index = :drug_index ORDER BY at DESC, id;

-- name: save_stock(committee_id, hospital, drug_index, drug, stocked, at)!
INSERT INTO medicine_stock (committee_id, hospital, drug_index, drug, stocked, at)
VALUES (:committee_id, :hospital, :drug_index, :drug, :stocked, :at)
ON CONFLICT (committee_id, drug_index, hospital) DO UPDATE SET stocked = excluded.stocked, at = excluded.at;

-- name: stock_counts(committee_id)
SELECT hospital, SUM(stocked) AS had, COUNT(*) AS known FROM medicine_stock
WHERE committee_id = :committee_id GROUP BY hospital ORDER BY hospital;
