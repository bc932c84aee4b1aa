-- name: groups_of(committee_id)
SELECT * FROM people_groups WHERE committee_id = :committee_id ORDER BY id;

-- name: group_members_of(committee_id)
SELECT group_id, person_id FROM group_members WHERE committee_id = :committee_id ORDER BY group_id, person_id;

-- name: save_group(committee_id, key, name, leader_id)^
INSERT INTO people_groups (committee_id, key, name, leader_id, active)
VALUES (:committee_id, :key, :name, :leader_id, 1)
ON CONFLICT (committee_id, key) DO UPDATE SET
    name = excluded.name, leader_id = excluded.leader_id, active = 1
RETURNING id, key;

-- name: set_group_parent(group_id, committee_id, parent_id)!
UPDATE people_groups SET parent_id = :parent_id WHERE id = :group_id AND committee_id = :committee_id;

-- name: clear_group_members(group_id, committee_id)!
DELETE FROM group_members WHERE group_id = :group_id AND committee_id = :committee_id;

-- name: insert_group_member(group_id, committee_id, person_id)!
INSERT INTO group_members (group_id, committee_id, person_id) VALUES (:group_id, :committee_id, :person_id);

-- name: deactivate_group(committee_id, id)!
UPDATE people_groups SET active = 0 WHERE committee_id = :committee_id AND id = :id;
