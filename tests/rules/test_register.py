"""A committee's file: what is read and what is filled in; and the one of the demo."""

from bot.committee import DEMO, read_committee
from dispatch import register
from tests.rules.mistakes import Contents, drop, put
from tests.rules.registers import GOOD, loaded


def test_a_good_file_is_filled_in_everywhere() -> None:
    file = register.parse("committee.toml", GOOD)
    assert file.committee["language"] == "zh_CN"
    assert file.buildings[1] == {
        "key": "7",
        "name": "7",
        "lat": None,
        "lon": None,
        "coordinates": None,
        "outline": (),
        "spot": None,
    }
    assert file.people[1] == {
        "key": "lin",
        "name": "Lin",
        "language": "en",
        "roles": ("secretary",),
        "trusted": False,
        "building": None,
        "skills": (),
        "vehicle": None,
        "phone": "+86 199-0000-000",
        "addresses": {},
        "ways": [],
        "speaks": (),
        "hours": "",
        "daily": None,
        "gear": False,
        "born": None,
        "left": {"speaks", "hours", "daily", "gear", "born"},
    }
    assert file.people[0]["language"] == "zh_CN"
    assert file.rooms[0]["topic"] == "7"
    assert file.residents[0]["contacts"] == [{"name": "儿子", "phone": "199-0000-002", "kind": "family"}]
    assert file.ladder == {
        "duty": ("lin",),
        "deputy": (),
        "director": (),
        "office": (),
        "last_resort": ("lin",),
    }


def test_people_read_the_committees_language_unless_they_have_their_own() -> None:
    file = loaded(put("committee", "language", value="en"))
    assert [person["language"] for person in file.people] == ["en", "en"]


def test_a_file_without_a_ladder_says_nothing_about_it() -> None:
    assert loaded(drop("ladder")).ladder is None


def test_a_committee_without_positions_needs_no_coordinate_system() -> None:
    def plain(contents: Contents) -> None:
        del (
            contents["committee"]["coordinates"],
            contents["buildings"][0]["lat"],
            contents["buildings"][0]["lon"],
        )

    assert loaded(plain).committee["coordinates"] is None


def test_the_demo_committee_is_as_large_as_it_says() -> None:
    file = read_committee(DEMO)
    roles = [
        role
        for person in file.people
        for role in (person["roles"] if isinstance(person["roles"], tuple) else ())
    ]
    counted = {role: roles.count(role) for role in ("volunteer", "staff", "secretary", "office")}
    assert counted == {"volunteer": 40, "staff": 4, "secretary": 3, "office": 1}
    assert (len(file.buildings), len(file.residents)) == (12, 15)


def test_the_demo_committee_has_the_people_of_the_three_examples() -> None:
    doors = {(resident["building"], resident["unit"]) for resident in read_committee(DEMO).residents}
    assert {("3", "502"), ("12", "301"), ("7", "502")} <= doors


def test_no_number_of_the_demo_can_ring_anybody() -> None:
    file = read_committee(DEMO)
    phones = [str(entry["phone"]) for entry in (*file.people, *file.residents)]
    for resident in file.residents:
        assert isinstance(resident["contacts"], list)
        phones += [contact["phone"] for contact in resident["contacts"]]
    digits = [phone.replace("-", "") for phone in phones]
    assert len(digits) == len(set(digits))
    assert {len(phone) for phone in digits} == {10}  # a Chinese mobile number has eleven
