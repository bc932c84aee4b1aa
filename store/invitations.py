"""What a person is given or chooses besides the committee's file: a web address, a language."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from dispatch.errors import UnknownPersonError
from dispatch.people import Person
from store import accounts, guests, losses, people
from store.engine import Params, Plan, Query, Row, Rows, Save


def invite(
    committee_id: int, person_id: int, *, revoke: bool
) -> Generator[Sequence[Query], Rows, Plan[Person]]:
    """Make sure that the person has a web address; `revoke` makes every link given out so far useless, and
    lets go of their chat accounts and of the devices that ring."""
    where = {"committee_id": committee_id, "person_id": person_id}
    rows = yield (
        Query("person_by_id", where),
        Query("committee_by_id", {"committee_id": committee_id}),
        Query("web_addresses_of", where),
        accounts.chats_of(committee_id, person_id),
        Query("guests_elsewhere", {"person_id": person_id}),
    )
    if not rows["person_by_id"]:
        raise UnknownPersonError
    person = people.person(rows["person_by_id"][0])
    value = f"{rows['committee_by_id'][0]['key']}/{person.key}"
    saves = list(_address(where, value, rows["web_addresses_of"]))
    if revoke:
        saves.append(Save("raise_link_epoch", where, expect=1))
        saves += accounts.released(rows["chats_of"])
        saves += guests.dismissed(rows["guests_elsewhere"])  # by the same accounts
        saves.append(Save("drop_devices_of_person", where))
        person = replace(person, link_epoch=person.link_epoch + 1)
    if saves:
        saves.append(Save("raise_revision", {"committee_id": committee_id}))
    return losses.told(Plan(saves, lambda _rows: person))


def _address(where: Params, value: str, rows: Sequence[Row]) -> Iterator[Save]:
    if not any(row["value"] == value and row["active"] for row in rows):
        yield Save(
            "save_address",
            {
                **where,
                "platform": people.WEB,
                "value": value,
                "topic": "",
                "audience": None,
                "language": None,
            },
        )


def speak(committee_id: int, person_id: int, language: str) -> Generator[Sequence[Query], Rows, Plan[None]]:
    """What the person reads from now on."""
    where = {"committee_id": committee_id, "person_id": person_id}
    rows = yield (Query("person_by_id", where),)
    if not rows["person_by_id"]:
        raise UnknownPersonError
    if rows["person_by_id"][0]["language"] == language:
        return Plan((), lambda _rows: None)
    saves = (
        Save("set_language", {**where, "language": language}, expect=1),
        Save("raise_revision", {"committee_id": committee_id}),
    )
    return Plan(saves, lambda _rows: None)
