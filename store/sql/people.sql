-- name: committee_by_id(committee_id)^
SELECT * FROM committees WHERE id = :committee_id;

-- name: committee_by_key(key)^
SELECT * FROM committees WHERE key = :key;

-- name: all_committees()
-- Not the program's own (`dispatch.people.UNSEEN`): nobody belongs to that one, and nobody is to meet it.
SELECT * FROM committees WHERE key NOT LIKE '~%' ORDER BY key;

-- name: buildings_of(committee_id)
SELECT * FROM buildings WHERE committee_id = :committee_id ORDER BY id;

-- name: people_of(committee_id)
SELECT * FROM people WHERE committee_id = :committee_id ORDER BY id;

-- name: addresses_of(committee_id)
SELECT * FROM addresses WHERE committee_id = :committee_id ORDER BY id;

-- name: ladder_of(committee_id)
SELECT * FROM ladder WHERE committee_id = :committee_id ORDER BY rung, position;

-- name: open_pages(committee_id, now)
SELECT person_id FROM addresses
WHERE committee_id = :committee_id AND open_until > :now AND person_id IS NOT NULL
UNION
-- Or a device that rings although the page is closed.
SELECT a.person_id FROM devices d JOIN addresses a ON a.id = d.address_id
WHERE d.committee_id = :committee_id AND a.active = 1 AND a.person_id IS NOT NULL;

-- name: person_by_key(committee_id, key)^
SELECT * FROM people WHERE committee_id = :committee_id AND key = :key AND active = 1;

-- name: person_by_id(committee_id, person_id)^
SELECT * FROM people WHERE committee_id = :committee_id AND id = :person_id AND active = 1;

-- name: addresses_by_value(platform, value, now)
-- Not of guests who do not act now (`dispatch.acting`).
SELECT a.* FROM addresses a LEFT JOIN people p ON p.id = a.person_id
WHERE a.platform = :platform AND a.value = :value AND a.active = 1
  AND (a.person_id IS NULL
       OR (p.active = 1 AND (p.guest = 0 OR (p.acting_since <= :now AND p.acting_until > :now))))
ORDER BY a.id;

-- name: failed_addresses(platform, value)
SELECT id, committee_id FROM addresses
WHERE platform = :platform AND value = :value AND active = 0 AND failed_reason IS NOT NULL ORDER BY id;

-- name: revive_address(id, committee_id)!
UPDATE addresses SET active = 1, failed_reason = NULL, failed_at = NULL
WHERE id = :id AND committee_id = :committee_id AND failed_reason IS NOT NULL;

-- name: fail_address(id, committee_id, reason, at)!
-- It has failed since the first time. One that staff switched off has no reason, and stays so: it must not come
-- back when it is heard from.
UPDATE addresses SET active = 0, failed_reason = :reason, failed_at = COALESCE(failed_at, :at)
WHERE id = :id AND committee_id = :committee_id AND (active = 1 OR failed_reason IS NOT NULL);

-- name: rooms_by_value(platform, value)
SELECT id, committee_id FROM addresses
WHERE platform = :platform AND value = :value AND person_id IS NULL ORDER BY id;

-- name: move_room(id, committee_id, value)!
UPDATE addresses SET value = :value WHERE id = :id AND committee_id = :committee_id;

-- name: forget_cards(address_id, committee_id)!
DELETE FROM cards WHERE address_id = :address_id AND committee_id = :committee_id;

-- name: address_by_value(platform, value, now)^
SELECT a.* FROM addresses a LEFT JOIN people p ON p.id = a.person_id
WHERE a.platform = :platform AND a.value = :value AND a.active = 1
  AND (a.person_id IS NULL
       OR (p.active = 1 AND (p.guest = 0 OR (p.acting_since <= :now AND p.acting_until > :now))))
ORDER BY a.id LIMIT 1;

-- name: web_addresses_of(committee_id, person_id)
SELECT * FROM addresses
WHERE person_id = :person_id AND committee_id = :committee_id AND platform = 'web';

-- name: set_presence(address_id, until)!
UPDATE addresses SET open_until = :until WHERE id = :address_id AND active = 1;

-- name: set_language(committee_id, person_id, language)^
UPDATE people SET language = :language
WHERE committee_id = :committee_id AND id = :person_id AND active = 1
RETURNING id;

-- name: set_pause(committee_id, person_id, until)^
UPDATE people SET paused_until = :until
WHERE committee_id = :committee_id AND id = :person_id AND active = 1
RETURNING id;

-- name: raise_link_epoch(committee_id, person_id)^
UPDATE people SET link_epoch = link_epoch + 1
WHERE committee_id = :committee_id AND id = :person_id
RETURNING id;

-- name: raise_revision(committee_id)!
UPDATE committees SET revision = revision + 1 WHERE id = :committee_id;

-- name: playbook_by_digest(committee_id, digest)^
SELECT body FROM playbooks WHERE committee_id = :committee_id AND digest = :digest;

-- name: insert_playbook(committee_id, digest, kind, body)!
INSERT INTO playbooks (committee_id, digest, kind, body) VALUES (:committee_id, :digest, :kind, :body)
ON CONFLICT (committee_id, digest) DO NOTHING;
