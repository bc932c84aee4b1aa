-- name: sealings_of(committee_id)
-- What counts, or will.
SELECT * FROM sealings WHERE committee_id = :committee_id AND over = 0 ORDER BY id;

-- name: sealings_said(committee_id, limit)
SELECT * FROM sealings WHERE committee_id = :committee_id ORDER BY id DESC LIMIT :limit;

-- name: sealings_due(now, limit)
-- Each of several in one committee has a row.
SELECT committee_id FROM sealings WHERE look_at <= :now ORDER BY look_at, id LIMIT :limit;

-- name: insert_sealing(committee_id, building_id, since, scheme, by_id, set_at, receipt, told, look_at)^
-- No row comes back where the same message came before.
INSERT INTO sealings (committee_id, building_id, since, scheme, by_id, set_at, receipt, over, told, look_at)
VALUES (:committee_id, :building_id, :since, :scheme, :by_id, :set_at, :receipt, 0, :told, :look_at)
ON CONFLICT (committee_id, receipt) DO NOTHING
RETURNING id;

-- name: mark_sealing(id, committee_id, told, look_at)!
UPDATE sealings SET told = :told, look_at = :look_at WHERE id = :id AND committee_id = :committee_id;

-- name: end_sealing(id, committee_id)!
UPDATE sealings SET over = 1, look_at = NULL WHERE id = :id AND committee_id = :committee_id;

-- name: status_relays(committee_id)
-- The newest of each building.
SELECT * FROM relays
WHERE committee_id = :committee_id AND kind = 'status' AND id IN (
    SELECT MAX(id) FROM relays WHERE committee_id = :committee_id AND kind = 'status' GROUP BY building_id)
ORDER BY id;
