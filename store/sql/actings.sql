-- name: insert_acting(relay_id, committee_id, sender_id, person_id, origin_id, until)!
INSERT INTO actings (relay_id, committee_id, sender_id, person_id, origin_id, until, ending)
VALUES (:relay_id, :committee_id, :sender_id, :person_id, :origin_id, :until, '');

-- name: acting_of_relay(relay_id, committee_id)^
-- Seen from either committee.
SELECT a.*, c.name AS committee, s.name AS sender, s.key AS sender_key, p.name AS who, r.state
FROM actings a JOIN committees c ON c.id = a.committee_id JOIN committees s ON s.id = a.sender_id
JOIN people p ON p.id = a.person_id JOIN relays r ON r.id = a.relay_id
WHERE (a.relay_id = :relay_id AND a.committee_id = :committee_id)
   OR (a.origin_id = :relay_id AND a.sender_id = :committee_id);

-- name: actings_of_person(person_id, committee_id)
-- Where somebody asked to act and is not refused, or acts, from the committee that they are of.
SELECT a.*, c.name AS committee, s.name AS sender, s.key AS sender_key, p.name AS who, r.state
FROM actings a JOIN committees c ON c.id = a.committee_id JOIN committees s ON s.id = a.sender_id
JOIN people p ON p.id = a.person_id JOIN relays r ON r.id = a.relay_id
WHERE a.person_id = :person_id AND a.sender_id = :committee_id AND r.state <> 'over' ORDER BY a.relay_id;

-- name: asked_to_act(committee_id, person_id, now)
-- The same question again is the one that is open.
SELECT a.relay_id FROM actings a JOIN relays r ON r.id = a.relay_id
WHERE a.committee_id = :committee_id AND a.person_id = :person_id AND r.state = 'open' AND a.until > :now;

-- name: actings_shown(committee_id, person_id, now)
SELECT r.id FROM relays r
WHERE r.committee_id = :committee_id AND r.kind = 'acting' AND r.state <> 'over' AND r.ends_at > :now
  AND (r.about_id = :person_id OR (r.state = 'open' AND EXISTS (
      SELECT 1 FROM relay_asks k WHERE k.relay_id = r.id AND k.person_id = :person_id)))
ORDER BY r.id;

-- name: acting_relays_of(committee_id, person_id, home)
-- What says that somebody acts under this number, and under their number at home.
SELECT r.id FROM relays r LEFT JOIN actings a ON a.relay_id = r.id
WHERE r.committee_id = :committee_id AND r.kind = 'acting' AND r.state = 'taken'
  AND (r.about_id = :person_id OR a.person_id = :home)
ORDER BY r.id;

-- name: person_here(committee_id, person_id)^
SELECT * FROM people WHERE committee_id = :committee_id AND id = :person_id;

-- name: selves_of(person_id, home, now)
-- As whom somebody acts now, and who somebody is at home who acts now.
SELECT p.* FROM people p
WHERE p.active = 1 AND p.acting_of = :person_id AND p.acting_since <= :now AND p.acting_until > :now
UNION ALL
SELECT o.* FROM people o WHERE o.active = 1 AND o.id = :home
ORDER BY id;

-- name: save_guest(committee_id, key, name, language, roles, phone, phone_index, acting_since, acting_until, acting_of)^
INSERT INTO people (
    committee_id, key, name, language, roles, trusted, building_id, skills, vehicle, phone, phone_index, active,
    link_epoch, guest, acting_since, acting_until, acting_of)
VALUES (
    :committee_id, :key, :name, :language, :roles, 1, NULL, '[]', NULL, :phone, :phone_index, 1, 0, 1,
    :acting_since, :acting_until, :acting_of)
ON CONFLICT (committee_id, key) DO UPDATE SET
    name = excluded.name, language = excluded.language, roles = excluded.roles, active = 1, guest = 1,
    link_epoch = people.link_epoch + CASE WHEN people.active = 1 THEN 0 ELSE 1 END, out_since = NULL, out_until = NULL, paused_until = NULL,
    acting_since = excluded.acting_since, acting_until = excluded.acting_until, acting_of = excluded.acting_of
RETURNING id;

-- name: set_acting(committee_id, person_id, acting_since, acting_until, acting_of)^
UPDATE people SET acting_since = :acting_since, acting_until = :acting_until, acting_of = :acting_of
WHERE committee_id = :committee_id AND id = :person_id AND active = 1
RETURNING id;

-- name: stop_acting(committee_id, person_id, now)^
UPDATE people SET acting_until = :now
WHERE committee_id = :committee_id AND id = :person_id AND acting_until > :now
RETURNING id;

-- name: rule_acting(relay_id, committee_id, state, person_id, at)^
-- No row comes back when somebody else was first.
UPDATE relays SET state = :state, taken_by = :person_id, decided_at = :at, version = version + 1
WHERE id = :relay_id AND committee_id = :committee_id AND state = 'open'
RETURNING id;

-- name: close_acting(relay_id, committee_id, at)!
UPDATE relays SET state = 'over', decided_at = :at, version = version + 1
WHERE id = :relay_id AND committee_id = :committee_id AND state <> 'over';

-- name: end_acting_because(relay_id, committee_id, ending)!
UPDATE actings SET ending = :ending WHERE relay_id = :relay_id AND committee_id = :committee_id;

-- name: owe_acting(relay_id, committee_id, kind, wakes, owed, at)!
-- Whoever was asked keeps a true card, and so does whoever it is about.
INSERT INTO outbox (
    committee_id, relay_id, address_id, cause, kind, wakes, urgent, status, tries, created_at, due_at)
SELECT r.committee_id, r.id, a.id, :owed, :kind, :wakes, 0, 'owed', 0, :at, :at
FROM relays r JOIN addresses a ON a.committee_id = r.committee_id
WHERE r.id = :relay_id AND r.committee_id = :committee_id AND a.active = 1 AND a.platform <> 'ring'
  AND (a.person_id = r.about_id
       OR a.person_id IN (SELECT k.person_id FROM relay_asks k WHERE k.relay_id = r.id))
  AND (a.platform = 'web'
       OR EXISTS (SELECT 1 FROM outbox o WHERE o.cause = 'relay ' || r.id || ' v1 card' AND o.address_id = a.id))
ON CONFLICT (cause, address_id) DO NOTHING;

-- name: retire_guests(committee_id, now)!
UPDATE people SET active = 0
WHERE committee_id = :committee_id AND guest = 1 AND active = 1 AND acting_until <= :now;

-- name: retire_guest_addresses(committee_id, now)!
-- Before their people: whoever was a guest may come in by the same account again.
UPDATE addresses SET active = 0, failed_reason = NULL, failed_at = NULL, open_until = NULL
WHERE committee_id = :committee_id AND person_id IN (
    SELECT id FROM people
    WHERE committee_id = :committee_id AND guest = 1 AND acting_until <= :now);

-- name: guests_elsewhere(person_id)
-- As whom somebody acts for other committees.
SELECT id, committee_id FROM people WHERE acting_of = :person_id AND active = 1 ORDER BY id;

-- name: dismiss(id, committee_id)!
-- Whoever is nobody at home any more acts nowhere.
UPDATE people SET acting_until = 0 WHERE id = :id AND committee_id = :committee_id AND acting_of IS NOT NULL;
