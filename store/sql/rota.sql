-- name: rota_of(committee_id)
SELECT * FROM rota_slots WHERE committee_id = :committee_id ORDER BY position;

-- name: holidays_of(committee_id)
SELECT * FROM rota_holidays WHERE committee_id = :committee_id ORDER BY position;

-- name: overrides_of(committee_id)
SELECT id, starts_at, ends_at, person_id, by_id, made_at FROM duty_overrides
WHERE committee_id = :committee_id ORDER BY id;

-- name: clear_rota(committee_id)!
DELETE FROM rota_slots WHERE committee_id = :committee_id;

-- name: clear_holidays(committee_id)!
DELETE FROM rota_holidays WHERE committee_id = :committee_id;

-- name: insert_slot(committee_id, position, name, rule, anchor, hours, people)!
INSERT INTO rota_slots (committee_id, position, name, rule, anchor, hours, people)
VALUES (:committee_id, :position, :name, :rule, :anchor, :hours, :people);

-- name: insert_holiday(committee_id, position, first_day, last_day, people)!
INSERT INTO rota_holidays (committee_id, position, first_day, last_day, people)
VALUES (:committee_id, :position, :first_day, :last_day, :people);

-- name: override_of_cause(committee_id, cause)^
SELECT id, starts_at, ends_at, person_id FROM duty_overrides WHERE committee_id = :committee_id AND cause = :cause;

-- name: insert_override(committee_id, starts_at, ends_at, person_id, by_id, note, cause, made_at)!
INSERT INTO duty_overrides (committee_id, starts_at, ends_at, person_id, by_id, note, cause, made_at)
VALUES (:committee_id, :starts_at, :ends_at, :person_id, :by_id, :note, :cause, :made_at)
ON CONFLICT (committee_id, cause) DO NOTHING;

-- name: forget_overrides(committee_id, before)!
DELETE FROM duty_overrides WHERE committee_id = :committee_id AND ends_at < :before;
