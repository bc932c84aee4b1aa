"""What every column of every table holds, in one list: whoever gives out, erases, seals anew or lets go of
what is kept about people goes by it.

A test compares it with the databases themselves, so no new column can be forgotten. What becomes of a column
is not said here.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The columns of one table, each in one class."""

    key: tuple[str, ...]
    """The primary key; its columns are in a class of their own as well."""
    sealed: tuple[str, ...]
    """Words that only the key opens."""
    files: tuple[str, ...]
    """The same, of many bytes."""
    hashes: tuple[str, ...]
    """Keyed hashes by which something is found again."""
    people: tuple[str, ...]
    """Ids of people, or lists of them."""
    residents: tuple[str, ...]
    """Ids of residents."""
    named: tuple[str, ...]
    """What stands open and says who somebody is: names, keys, accounts."""
    times: tuple[str, ...]
    """Moments, in microseconds."""
    plain: tuple[str, ...]
    """What says nothing of anybody by itself."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        groups = (self.sealed, self.files, self.hashes, self.people, self.residents, self.named, self.times)
        return (*(name for group in groups for name in group), *self.plain)

    @property
    def personal(self) -> bool:
        """Something here is about a person."""
        return bool(self.sealed or self.files or self.hashes or self.people or self.residents or self.named)


def _of(  # noqa: PLR0913 - one word a class of columns
    key: str,
    *,
    sealed: str = "",
    files: str = "",
    hashes: str = "",
    people: str = "",
    residents: str = "",
    named: str = "",
    times: str = "",
    plain: str = "",
) -> Holding:
    return Holding(
        key=tuple(key.split()),
        sealed=tuple(sealed.split()),
        files=tuple(files.split()),
        hashes=tuple(hashes.split()),
        people=tuple(people.split()),
        residents=tuple(residents.split()),
        named=tuple(named.split()),
        times=tuple(times.split()),
        plain=tuple(plain.split()),
    )


HOLDINGS: Mapping[str, Holding] = {
    # The place: nobody in particular.
    "meta": _of("name", plain="name value"),  # the marks by which a wrong key is noticed (`store.crypto`)
    "committees": _of(
        "id",
        plain="id key name language timezone emergency demo revision joining poster_epoch recheck scale",
    ),
    "buildings": _of("id", plain="id committee_id key name lat lon outline plan_x plan_y"),
    "walls": _of("id", plain="id committee_id key name line"),
    "gates": _of("id", plain="id committee_id key name lat lon closed"),
    "paths": _of("building_id", plain="building_id committee_id mark metres"),
    "playbooks": _of("committee_id digest", plain="committee_id digest kind body"),
    "counted": _of("committee_id", plain="committee_id jobs"),
    "drills": _of("committee_id name", times="begun_at", plain="committee_id name"),
    # Who there is, and how they are reached.
    "people": _of(
        "id",
        sealed="phone born",
        hashes="phone_index",
        people="id acting_of",
        named="key name",
        times="paused_until out_since out_until acting_since acting_until doubted_at",
        plain="committee_id language roles trusted building_id skills vehicle speaks hours daily gear active"
        " link_epoch guest",
    ),
    "addresses": _of(
        "id",
        people="person_id",
        named="value",
        times="open_until failed_at",
        plain="id committee_id platform topic audience language active failed_reason",
    ),
    "devices": _of(
        "mark", sealed="subscription", hashes="mark", times="kept_at", plain="committee_id address_id"
    ),
    "ways": _of(
        "committee_id person_id position",
        sealed="secret",
        people="person_id",
        plain="committee_id position address_id since_minute until_minute",
    ),
    "link_codes": _of(
        "person_id", hashes="code_index", people="person_id", times="until", plain="committee_id"
    ),
    "whereabouts": _of(
        "person_id", sealed="near", people="person_id", times="heard_at until", plain="committee_id"
    ),
    "link_tries": _of("id", hashes="who", times="at", plain="id"),
    "applications": _of(
        "id",
        sealed="phone born",
        hashes="phone_index",
        people="decided_by person_id",
        named="value name",
        times="created_at decided_at",
        plain="id committee_id platform version building_id language skills vehicle speaks hours group_keys",
    ),
    "ladder": _of("committee_id rung position", people="person_id", plain="committee_id rung position"),
    "people_groups": _of("id", people="leader_id", plain="id committee_id key name parent_id active"),
    "group_members": _of("group_id person_id", people="person_id", plain="group_id committee_id"),
    "records": _of(
        "person_id facet bucket",
        people="person_id",
        plain="facet bucket committee_id asked accepted refused",
    ),
    "rests": _of("person_id", people="person_id", plain="committee_id job"),
    # People at risk.
    "households": _of(
        "id",
        sealed="key unit size phone notes relay",
        hashes="key_index unit_index phone_index mark",
        plain="id committee_id building_id active",
    ),
    "residents": _of(
        "id",
        sealed="key name unit phone notes contacts alone",
        hashes="key_index unit_index phone_index mark",
        residents="id",
        plain="committee_id building_id household_id active",
    ),
    "families": _of(
        "id",
        sealed="name",
        residents="resident_id",
        times="made_at linked_at",
        plain="id committee_id mark language address_id",
    ),
    "care_plans": _of(
        "id",
        sealed="key device words scope",
        hashes="key_index mark",
        people="carers",
        residents="resident_id",
        times="since_at look_at",
        plain="id committee_id kind rule times anchor ahead within active",
    ),
    "care_excuses": _of(
        "plan_id at person_id",
        people="person_id by_id",
        times="at said_at",
        plain="plan_id committee_id",
    ),
    # Jobs.
    "jobs": _of(
        "id",
        sealed="run_hospital",
        people="posted_by closed_by call_acknowledged_by care_first care_usual thanked_by",
        times="posted_at closed_at call_due_at call_acknowledged_at call_urge_at call_urged_at"
        " call_exhausted_at call_again_at call_seek_at look_at pending_since pending_until walk_due_at"
        " care_at care_due_at care_leaders_at run_until",
        plain="id committee_id nonce version kind playbook priority status places building_id headline"
        " hides missing pictures outcome call_cause call_behind call_since_version call_loop call_step"
        " call_position call_repeats call_calls source_id request_mark pending_committee pending_claim"
        " pending_places origin_id counted walk_step walk_since walk_found care_id run_stops"
        " run_owed second kinds round_doors round_open round_unanswered",
    ),
    "job_private": _of(
        "job_id",
        sealed="text unit phone place",
        residents="resident_id",
        plain="job_id committee_id household_id kept",
    ),
    "medicine_stops": _of(
        "job_id number",
        sealed="hospital tried drug doctor unit phone words handed",
        residents="resident_id",
        plain="job_id number committee_id nonce building_id state days supply_id supply_until source_id"
        " request_mark",
    ),
    "medicine_supplies": _of(
        "id",
        sealed="key medicine hospital doctor brings",
        hashes="key_index mark",
        residents="resident_id",
        times="look_at",
        plain="id committee_id said_until until box ahead active",
    ),
    "round_doors": _of(
        "job_id number",
        residents="resident_id",
        plain="job_id number committee_id building_id household_id state check_id",
    ),
    "medicine_stock": _of(
        "id",
        sealed="drug",
        hashes="drug_index",
        times="at",
        plain="id committee_id hospital stocked",
    ),
    "claims": _of(
        "job_id number",
        people="person_id assigned_by",
        times="claimed_at started_at arrived_at ended_at nudged_at alarmed_at deadline_at",
        plain="job_id number committee_id place status since_version reason handed",
    ),
    "waiting": _of("id", people="person_id", times="since offered_until", plain="id committee_id job_id"),
    "asks": _of(
        "id",
        people="person_id",
        times="at refused_at",
        plain="id committee_id job_id loop step leader because",
    ),
    "ledger": _of(
        "job_id version",
        sealed="note",
        people="actor_id",
        times="at",
        plain="job_id version committee_id kind loop step data",  # data: ids, counts and keys
    ),
    "reveals": _of("id", people="person_id", times="at", plain="id committee_id job_id fields reason"),
    "pictures": _of(
        "job_id number",
        files="data",
        people="added_by",
        times="added_at",
        plain="job_id number committee_id width height object care_name",
    ),
    "care_pictures": _of(
        "name",
        files="data",
        people="added_by",
        times="added_at",
        plain="name plan_id committee_id width height object",  # a name is a keyed hash of what was sent
    ),
    "objects": _of("name", times="at", plain="name committee_id doomed"),  # in the bucket; names are chance
    "wanted_pictures": _of(
        "receipt",
        sealed="source",
        times="created_at due_at done_at",
        plain="receipt committee_id address_id album job_id tries",
    ),
    "transfers": _of("relay_id", sealed="note", plain="relay_id committee_id sender_id job_id since_version"),
    # What is owed and was sent: kinds and numbers, never words.
    "outbox": _of(
        "id",
        times="created_at due_at done_at begun_at",
        plain="id committee_id job_id application_id relay_id address_id picture claim cause kind wakes"
        " urgent status tries",
    ),
    "cards": _of("address_id job_id", times="sent_at", plain="address_id job_id committee_id ref"),
    "application_cards": _of(
        "address_id application_id", times="sent_at", plain="address_id application_id committee_id ref"
    ),
    "relay_cards": _of("address_id relay_id", times="sent_at", plain="address_id relay_id committee_id ref"),
    "picture_messages": _of(
        "address_id job_id number claim",
        times="sent_at",
        plain="address_id job_id number claim committee_id ref",
    ),
    "receipts": _of("receipt", times="at", plain="receipt committee_id"),
    "matrix_syncs": _of("user_id", plain="user_id token"),  # the bot's own account
    "matrix_traces": _of(
        "event_id", named="sender", times="at", plain="event_id number version application relay"
    ),
    "matrix_rooms": _of("user_id", named="user_id", plain="room_id"),
    # Duty, and what is passed on.
    "rota_slots": _of(
        "committee_id position", people="people", plain="committee_id position name rule anchor hours"
    ),
    "rota_holidays": _of(
        "committee_id position", people="people", plain="committee_id position first_day last_day"
    ),
    "duty_overrides": _of(
        "id",
        people="person_id by_id",
        times="starts_at ends_at made_at",
        plain="id committee_id note cause",
    ),
    "watches": _of(
        "committee_id", people="holder_id", times="looked_at look_at", plain="committee_id revision"
    ),
    "relays": _of(
        "id",
        people="about_id by_id taken_by",
        times="starts_at ends_at made_at due_at decided_at",
        plain="id committee_id cause kind state version jobs rounds building_id",
    ),
    "relay_asks": _of(
        "relay_id position", people="person_id", times="asked_at", plain="relay_id position committee_id"
    ),
    "actings": _of(
        "relay_id",
        people="person_id",
        times="until",
        plain="relay_id committee_id sender_id origin_id ending",
    ),
    "sealings": _of(
        "id",
        people="by_id",
        times="since set_at look_at",
        plain="id committee_id building_id scheme receipt over told",
    ),
    # The register's own traffic, and other systems.
    "register_uploads": _of(
        "person_id", files="body", people="person_id", times="at", plain="committee_id name"
    ),
    "register_log": _of(
        "id", sealed="detail", people="by_id", times="at", plain="id committee_id act about entries"
    ),
    "sources": _of(
        "id",
        sealed="webhook secret",
        hashes="token_mark",
        times="made_at removed_at",
        plain="id committee_id key",
    ),
    "reports": _of(
        "job_id version",
        times="created_at due_at done_at",
        plain="job_id version committee_id source_id event status tries",
    ),
}
"""Every table by its name, but Alembic's own."""
