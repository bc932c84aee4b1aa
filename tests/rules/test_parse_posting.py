"""What a message or the short form becomes: a draft that is posted with what is known, or a clear refusal.
And what a correcting message puts right."""

from dataclasses import replace

import pytest

from dispatch.errors import (
    DispatchError,
    EmptyTextError,
    MalformedError,
    TextTooLongError,
    UnknownBuildingError,
    UnknownKindError,
)
from dispatch.jobs import Correction, Draft, Priority
from dispatch.people import Address
from dispatch.verbs import Verb
from dispatch.views import Relation
from handlers import staff
from handlers.messages import Incoming
from handlers.posting import FIELD_LIMIT, TEXT_LIMIT, Posting, correction, posted, posting
from handlers.sentences import refusal
from handlers.taps import job_of, person_of
from handlers.texts import Catalogs
from tests.rules.builders import STAFF, Play, playbook, roster, situation
from tests.rules.card_scenes import view

ADDRESS = Address(id=STAFF, committee_id=1, platform="web", value="test/staff", person_id=STAFF)
ROSTER = roster()
PLAYBOOKS = {
    each.kind: each
    for each in (
        playbook(
            kind="welfare",
            priority=Priority.LIFE,
            recognise=("敲门", "no answer"),
            title={"en": "Welfare check"},
        ),
        playbook(
            kind="medicine",
            priority=Priority.URGENT,
            recognise=("药", "胰岛素"),
            title={"en": "Medicine run"},
        ),
        playbook(kind="general", priority=Priority.NORMAL),
    )
}
CATALOGS = Catalogs.load()


def post(text: str = "", nonce: str = "n1", **fields: str) -> Posting:
    incoming = Incoming(address=ADDRESS, text=text, nonce=nonce, fields=fields)
    return posting(incoming, ROSTER.people[STAFF], ROSTER, PLAYBOOKS)


def draft(text: str = "", **fields: str) -> Draft:
    return post(text, **fields).draft


def test_one_message_becomes_a_whole_draft() -> None:
    assert draft("3号楼502 敲门无应答 80岁独居 13800138000") == Draft(
        committee_id=1,
        kind="welfare",
        priority=Priority.LIFE,
        text="3号楼502 敲门无应答 80岁独居 13800138000",
        nonce=f"{STAFF} n1",
        posted_by=STAFF,
        building_id=3,
        unit="502",
        phone="13800138000",
    )


def test_a_message_alone_gives_no_public_words() -> None:
    assert draft("搬米 10袋").headline == ""


def test_the_form_says_the_same_as_a_message() -> None:
    made = draft(kind="welfare", building="3", unit="502室", phone="138 0013 8000", headline="看看老人")
    assert (made.kind, made.building_id, made.unit, made.phone) == ("welfare", 3, "502", "13800138000")
    assert (made.headline, made.priority) == ("看看老人", Priority.LIFE)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"building": "3", "unit": "2单元502室"}, (3, "2-502")),
        ({"building": "3号楼", "unit": "五零二"}, (3, "502")),
        ({"unit": "7-502"}, (7, "502")),
        ({"building": "3", "unit": "阁楼"}, (3, "阁楼")),
        ({"headline": "5号楼门口"}, (5, "")),
    ],
)
def test_the_forms_place_is_read_as_a_messages_is(fields: dict[str, str], place: tuple[int, str]) -> None:
    made = draft(kind="general", **fields)
    assert (made.building_id, made.unit) == place


def test_the_forms_own_fields_win_over_what_the_words_say() -> None:
    made = draft("3号楼502 药", kind="general", building="5", unit="301", phone="13900139000", places="2")
    assert (made.kind, made.building_id, made.unit) == ("general", 5, "301")
    assert (made.phone, made.places) == ("13900139000", 2)


def test_urgent_words_raise_what_the_form_calls_ordinary() -> None:
    assert draft("急", kind="general", building="3").priority is Priority.URGENT


def test_public_words_lose_door_and_phone_which_go_to_the_private_text() -> None:
    made = post("", kind="general", headline="送米到3号楼502 电话13800138000")
    assert made.removed
    assert made.draft.headline == "送米到 电话"
    assert made.draft.text == "送米到3号楼502 电话13800138000"
    assert (made.draft.building_id, made.draft.unit, made.draft.phone) == (3, "502", "13800138000")


def test_the_same_nonce_of_another_address_is_another_post() -> None:
    incoming = Incoming(address=replace(ADDRESS, id=2), text="搬米", nonce="n1")
    other = posting(incoming, ROSTER.people[STAFF], ROSTER, PLAYBOOKS)
    assert other.draft.nonce != post("搬米").draft.nonce
    assert post("搬米").draft.nonce == post("搬米").draft.nonce


def test_a_message_without_a_nonce_is_never_taken_for_another() -> None:
    assert post("搬米", nonce="").draft.nonce != post("搬米", nonce="").draft.nonce


@pytest.mark.parametrize(("text", "places"), [("搬米 10人", 10), ("3号楼 药 10人", 1), ("搬米", 1)])
def test_a_head_count_makes_places_for_general_jobs_only(text: str, places: int) -> None:
    assert draft(text).places == places


@pytest.mark.parametrize(
    ("text", "fields", "error"),
    [
        ("", {}, EmptyTextError),
        ("  \n ", {}, EmptyTextError),
        ("/job", {}, EmptyTextError),
        ("\u200b\u200e", {}, EmptyTextError),
        ("", {"kind": "welfare"}, EmptyTextError),
        ("", {"kind": "welfare", "places": "3", "building": " "}, EmptyTextError),
        ("x" * (TEXT_LIMIT + 1), {}, TextTooLongError),
        ("药", {"headline": "x" * (FIELD_LIMIT + 1)}, TextTooLongError),
        ("药", {"kind": "volcano"}, UnknownKindError),
        ("药", {"building": "99"}, UnknownBuildingError),
        ("药", {"building": "3; DROP TABLE jobs"}, UnknownBuildingError),
        ("药", {"places": "0"}, MalformedError),
        ("药", {"places": "-1"}, MalformedError),
        ("药", {"places": "99999"}, MalformedError),
        ("药", {"places": "many"}, MalformedError),
    ],
)
def test_what_cannot_be_posted_is_refused_with_its_reason(
    text: str, fields: dict[str, str], error: type[DispatchError]
) -> None:
    with pytest.raises(error):
        post(text, **fields)


def test_the_longest_message_is_posted_whole() -> None:
    text = "3号楼502 敲门 " + "啊" * (TEXT_LIMIT - 10)
    assert len(text) == TEXT_LIMIT
    assert draft(text).text == text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\u202eabc", "😀" * 50, "שלום", "'; DROP TABLE jobs; --"]
)
def test_odd_text_is_posted_as_it_is(text: str) -> None:
    assert (draft(text).text, draft(text).kind) == (text, "general")


def test_an_unknown_building_is_refused_with_real_ones_named() -> None:
    with pytest.raises(UnknownBuildingError) as caught:
        post("药", building="99")
    assert "1号楼, 2号楼" in refusal(caught.value, CATALOGS.texts("en"))


def test_the_limit_is_named_in_the_refusal() -> None:
    with pytest.raises(TextTooLongError) as caught:
        post("x" * (TEXT_LIMIT + 1))
    assert str(TEXT_LIMIT) in refusal(caught.value, CATALOGS.texts("zh_CN"))


def reply(made: Posting, play: Play, language: str = "en") -> str:
    return posted(view(play, STAFF, Relation.DESK), made, CATALOGS.texts(language), play.now)


def test_the_answer_to_a_post_says_how_it_was_understood() -> None:
    said = reply(post("搬米"), Play())
    assert said == "Posted as job 42: Help, 1号楼, normal. The first volunteers are being asked."


def test_the_answer_names_what_is_missing_moved_and_unknown() -> None:
    play = Play(situation(missing=frozenset({"building"}), building_id=None))
    said = reply(post("99号楼502 搬米", headline="找13800138000"), play)
    assert "There is no building 99 here" in said
    assert "A door or phone number was taken out" in said
    assert "Still missing: building. Add it like this: 1号楼 502" in said


def test_the_answer_is_honest_when_nobody_can_be_asked() -> None:
    people = replace(ROSTER, people={STAFF: ROSTER.people[STAFF]})
    said = reply(post("搬米"), Play(situation(people=people)))
    assert "No volunteer can be asked right now" in said


def right(text: str) -> Correction:
    return correction(text, ROSTER, PLAYBOOKS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3号楼502 13800000000", Correction(building_id=3, unit="502", phone="13800000000")),
        ("502", Correction(unit="502")),
        ("502室", Correction(unit="502")),
        ("3号楼", Correction(building_id=3)),
        ("13800000000", Correction(phone="13800000000")),
        ("10人", Correction(places=10)),
        ("Welfare check", Correction(kind="welfare")),
        ("胰岛素", Correction(kind="medicine")),
        ("他儿子去买药了", Correction()),
        ("门口有狗", Correction()),
    ],
)
def test_a_correction_changes_what_it_names_and_adds_its_words(text: str, expected: Correction) -> None:
    assert right(text) == replace(expected, text=text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", EmptyTextError),
        (" \u200b", EmptyTextError),
        ("99号楼502", UnknownBuildingError),
        ("x" * 10_001, TextTooLongError),
    ],
)
def test_a_correction_that_would_say_nothing_true_is_refused(text: str, error: type[DispatchError]) -> None:
    with pytest.raises(error):
        right(text)


@pytest.mark.parametrize(("choice", "person"), [("", None), ("7", 7), ("007", 7)])
def test_a_button_may_name_a_person(choice: str, person: int | None) -> None:
    assert person_of(choice) == person


@pytest.mark.parametrize("choice", ["x", "-1", "7 ", "７", "²", "1" * 10, "7:8", "7;8"])
def test_a_forged_choice_is_refused(choice: str) -> None:
    with pytest.raises(MalformedError):
        person_of(choice)


def test_a_tap_without_a_job_is_refused() -> None:
    with pytest.raises(MalformedError):
        job_of(Incoming(address=ADDRESS, verb=Verb.CLAIM))


def test_a_second_tap_on_raise_raises_nothing_further() -> None:
    play = Play()
    shown = play.job.version
    assert staff.raised(view(play, STAFF, Relation.DESK), shown) is Priority.URGENT
    play.does(STAFF, Verb.RAISE)
    assert staff.raised(view(play, STAFF, Relation.DESK), shown) is Priority.URGENT
    assert staff.raised(view(play, STAFF, Relation.DESK), play.job.version) is Priority.LIFE
