-- name: save_care_plan(committee_id, key_index, resident_index, kind, rule, times, anchor, ahead, within, carers, key, device, words, scope, mark, since_at, look_at)!
-- The resident may have been written a moment ago.
INSERT INTO care_plans (
    committee_id, key_index, resident_id, kind, rule, times, anchor, ahead, within, carers, key, device, words,
    scope, mark, active, since_at, look_at)
VALUES (
    :committee_id, :key_index,
    (SELECT id FROM residents WHERE committee_id = :committee_id AND key_index = :resident_index AND active = 1),
    :kind, :rule, :times, :anchor, :ahead, :within, :carers, :key, :device, :words, :scope, :mark,
    1, :since_at, :look_at)
ON CONFLICT (committee_id, key_index) DO UPDATE SET
    resident_id = excluded.resident_id, kind = excluded.kind, rule = excluded.rule, times = excluded.times,
    anchor = excluded.anchor, ahead = excluded.ahead, within = excluded.within, carers = excluded.carers,
    key = excluded.key, device = excluded.device, words = excluded.words, scope = excluded.scope, mark = excluded.mark, active = 1,
    since_at = excluded.since_at, look_at = excluded.look_at;

-- name: care_of(committee_id)
SELECT * FROM care_plans WHERE committee_id = :committee_id ORDER BY id;

-- name: deactivate_care(committee_id, id)!
UPDATE care_plans SET active = 0 WHERE committee_id = :committee_id AND id = :id;

-- name: stop_care_of(committee_id, resident_id)!
-- Whoever comes back needs what they need then.
UPDATE care_plans SET active = 0 WHERE committee_id = :committee_id AND resident_id = :resident_id;

-- name: look_at_all_care(committee_id, now)!
-- The committee may be in another time zone than before.
UPDATE care_plans SET look_at = :now WHERE committee_id = :committee_id AND active = 1;

-- name: care_plans(committee_id)
-- Plans of residents who left count no more; a round is of several and names none.
SELECT p.*, r.key AS resident_key, r.name AS resident_name, r.building_id, r.unit, r.phone, r.notes, r.contacts
FROM care_plans p LEFT JOIN residents r ON r.id = p.resident_id
WHERE p.committee_id = :committee_id AND p.active = 1 AND (p.resident_id IS NULL OR r.active = 1) ORDER BY p.id;

-- name: care_plan(committee_id, id)^
SELECT p.*, r.key AS resident_key, r.name AS resident_name, r.building_id, r.unit, r.phone, r.notes, r.contacts
FROM care_plans p LEFT JOIN residents r ON r.id = p.resident_id
WHERE p.id = :id AND p.committee_id = :committee_id AND p.active = 1 AND (p.resident_id IS NULL OR r.active = 1);

-- name: carers_of(committee_id)
SELECT p.carers FROM care_plans p LEFT JOIN residents r ON r.id = p.resident_id
WHERE p.committee_id = :committee_id AND p.active = 1 AND (p.resident_id IS NULL OR r.active = 1);

-- name: care_due(now, limit)
SELECT committee_id, id, look_at FROM care_plans
WHERE active = 1 AND look_at <= :now ORDER BY look_at, id LIMIT :limit;

-- name: look_at_care(id, committee_id, seen, look_at)!
UPDATE care_plans SET look_at = :look_at WHERE id = :id AND committee_id = :committee_id AND look_at = :seen;

-- name: look_at_care_now(id, committee_id, look_at)!
UPDATE care_plans SET look_at = :look_at WHERE id = :id AND committee_id = :committee_id;

-- name: care_turns(committee_id, since)
SELECT * FROM jobs
WHERE committee_id = :committee_id AND care_id IS NOT NULL AND care_at >= :since ORDER BY care_at, id;

-- name: care_doers(committee_id, care_id, limit)
-- Whoever did a turn last first; somebody who did several stands there several times.
SELECT c.person_id FROM jobs j JOIN claims c ON c.job_id = j.id
WHERE j.committee_id = :committee_id AND j.care_id = :care_id AND c.status = 'done'
ORDER BY j.care_at DESC, c.number LIMIT :limit;

-- name: insert_excuse(plan_id, at, person_id, committee_id, by_id, said_at)^
INSERT INTO care_excuses (plan_id, at, person_id, committee_id, by_id, said_at)
VALUES (:plan_id, :at, :person_id, :committee_id, :by_id, :said_at)
ON CONFLICT (plan_id, at, person_id) DO NOTHING
RETURNING plan_id;

-- name: care_excuses(committee_id, since)
SELECT * FROM care_excuses WHERE committee_id = :committee_id AND at >= :since ORDER BY said_at, person_id;

-- name: resident_by_id(committee_id, id)^
SELECT * FROM residents WHERE id = :id AND committee_id = :committee_id AND active = 1;
