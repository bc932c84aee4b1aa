"""Playbook files: what is read, what is refused and how the mistake is named."""

import json

import pytest

from bot.playbooks import load_playbooks
from dispatch import playbook_file
from dispatch.errors import BadFileError
from dispatch.jobs import Priority
from dispatch.moments import HOUR, MINUTE, SECOND
from dispatch.people import Rung
from dispatch.playbook import Aim, Deadlines, Needs, WaveTo
from tests.rules.mistakes import Change, Contents, changed, drop, put

GOOD: Contents = {
    "kind": "rice_round",
    "title": {"zh_CN": "送米", "en": "Rice round"},
    "icon": "🍚",
    "priority": "urgent",
    "recognise": ["送米", "Rice"],
    "require": ["building"],
    "reveal": ["unit", "phone"],
    "places": 4,
    "loops": 2,
    "needs": {"skills": ["lifting"], "vehicle": True, "trusted": True, "two_people": True},
    "waves": [
        {"after": "0s", "to": "nearest", "count": 5},
        {"after": "90s", "to": "nearest", "count": 10},
        {"after": "2m", "to": "able"},
        {"after": "2m", "to": "group"},
    ],
    "rungs": [{"after": "5m", "to": "duty"}, {"after": "1h", "to": "office"}],
    "deadlines": {
        "claimed_to_started": "10m",
        "started_to_done": "2h",
        "nudge_grace": "5m",
        "waitlist_offer": "90s",
        "urge_every": "10m",
        "exhausted_every": "30m",
    },
    "steps": [{"zh_CN": "先打电话", "en": "Ring first"}],
    "example": {"zh_CN": "3号楼 送米", "en": "Building 3: rice"},
}


def test_a_good_file_becomes_a_playbook_with_every_delay_in_microseconds() -> None:
    book = playbook_file.parse("rice.toml", GOOD)
    assert (book.kind, book.priority, book.places, book.loops) == ("rice_round", Priority.URGENT, 4, 2)
    assert [(wave.after, wave.to, wave.count) for wave in book.waves] == [
        (0, WaveTo.NEAREST, 5),
        (90 * SECOND, WaveTo.NEAREST, 10),
        (2 * MINUTE, WaveTo.ABLE, None),
        (2 * MINUTE, WaveTo.GROUP, None),
    ]
    assert [(rung.after, rung.to) for rung in book.rungs] == [(5 * MINUTE, Rung.DUTY), (HOUR, Rung.OFFICE)]
    assert book.deadlines.started_to_done == 2 * HOUR
    assert book.needs.two_people
    assert book.needs.skills == {"lifting"}


def test_words_are_recognised_whatever_their_capitals() -> None:
    assert playbook_file.parse("rice.toml", GOOD).recognise == ("送米", "rice")


def test_what_is_not_said_is_the_plainest_thing() -> None:
    contents = changed(
        GOOD, lambda c: [c.pop(field) for field in ("needs", "places", "steps", "waves", "require")]
    )
    book = playbook_file.parse("rice.toml", contents)
    assert (book.places, book.steps, book.waves, book.require) == (1, (), (), frozenset())
    assert book.needs == Needs()


SEEKING = {"policy": "adaptive", "within": "5m", "chance": 0.99, "answers": "60s"}


def sought(**by_priority: object) -> Change:
    return put("seeking", value={**SEEKING, **by_priority})


BAD: list[tuple[str, Change, str, str, str]] = [
    ("an unknown field", put("wave", value=[]), "", "wave", "did you mean waves?"),
    ("no kind", drop("kind"), "", "kind", "missing"),
    ("a kind that cannot be a name", put("kind", value="Rice Round"), "", "kind", "small letters"),
    ("a number for a kind", put("kind", value=3), "", "kind", "in quotes"),
    ("no title", drop("title"), "", "title", "missing"),
    ("a title that is plain text", put("title", value="Rice"), "title", "", "a table"),
    ("a title without Chinese", drop("title", "zh_CN"), "title", "zh_CN", "en and zh_CN are always there"),
    (
        "a title with a misspelt language",
        put("title", "zh-CN", value="送米"),
        "title",
        "zh-CN",
        "did you mean zh_CN",
    ),
    ("an empty title", put("title", "en", value="  "), "title", "en", "not empty"),
    ("an unknown priority", put("priority", value="urgnt"), "", "priority", "did you mean urgent?"),
    ("no words", put("recognise", value=[]), "", "recognise", "at least one word"),
    ("words that are one text", put("recognise", value="送米"), "", "recognise", "a list"),
    ("a word twice", put("recognise", value=["Rice", "rice"]), "", "recognise", "only once"),
    ("an unknown requirement", put("require", value=["bulding"]), "", "require", "did you mean building?"),
    (
        "an unknown private field",
        put("reveal", value=["health"]),
        "",
        "reveal",
        "unit, phone, text, resident",
    ),
    ("no place", put("places", value=0), "", "places", "from 1 to 500"),
    ("places as text", put("places", value="4"), "", "places", "without quotes"),
    ("places as truth", put("places", value=True), "", "places", "a whole number"),
    ("endless loops", put("loops", value=1000), "", "loops", "from 1 to 50"),
    ("two people in one place", put("places", value=1), "needs", "two_people", "places = 2"),
    ("an unknown need", put("needs", "skill", value=[]), "needs", "skill", "did you mean skills?"),
    ("trust as text", put("needs", "trusted", value="yes"), "needs", "trusted", "true or false"),
    (
        "a delay without unit",
        put("waves", 1, "after", value="90"),
        "waves #2",
        "after",
        '"90s", "2m" or "1h"',
    ),
    ("a delay as a number", put("waves", 1, "after", value=90), "waves #2", "after", "in quotes"),
    (
        "a delay of mixed units",
        put("waves", 1, "after", value="1m30s"),
        "waves #2",
        "after",
        "a delay such as",
    ),
    ("a negative delay", put("waves", 1, "after", value="-2m"), "waves #2", "after", "a delay such as"),
    (
        "a later wave at once",
        put("waves", 1, "after", value="0s"),
        "waves #2",
        "after",
        "longer than nothing",
    ),
    ("a delay of months", put("rungs", 0, "after", value="999h"), "rungs #1", "after", "at most a week"),
    (
        "no such policy",
        put("seeking", value={**SEEKING, "policy": "adaptiv"}),
        "seeking",
        "policy",
        "adaptive?",
    ),
    ("a sure thing", put("seeking", value={**SEEKING, "chance": 1}), "seeking", "chance", "0.9999"),
    ("less than a coin", put("seeking", value={**SEEKING, "chance": 0.4}), "seeking", "chance", "0.5"),
    ("no time to find", put("seeking", value={**SEEKING, "within": "0s"}), "seeking", "within", "longer"),
    ("a policy where life is at stake", sought(life={"within": "1m"}), "seeking", "life", "urgent, normal"),
    ("a time as a priority", sought(urgent="5m"), "seeking.urgent", "", "a table"),
    ("urgent and no time", sought(urgent={"chance": 0.9}), "seeking.urgent", "within", "missing"),
    ("urgent at once", sought(urgent={"within": "0s"}), "seeking.urgent", "within", "longer than nothing"),
    ("a sure urgent thing", sought(urgent={"within": "5m", "chance": 1}), "seeking.urgent", "chance", "0.5"),
    (
        "a policy of its own for urgent",
        sought(urgent={"within": "5m", "policy": "all"}),
        "seeking.urgent",
        "policy",
        "within, chance",
    ),
    (
        "urgent later than normal",
        sought(urgent={"within": "6m"}, normal={"within": "5m"}),
        "seeking.urgent",
        "within",
        "no longer than what a normal job has",
    ),
    ("normal sooner than urgent", sought(normal={"within": "4m"}), "seeking.normal", "within", "no shorter"),
    ("an age without a side", put("needs", value={"age": {}}), "needs.age", "from", "from, to, or both"),
    ("an age as a number", put("needs", value={"age": 18}), "needs.age", "", "a table"),
    ("infants", put("needs", value={"age": {"from": 3}}), "needs.age", "from", "from 10 to 100"),
    ("nobody's age", put("needs", value={"age": {"from": 65, "to": 18}}), "needs.age", "to", "no less"),
    ("an age by a word of its own", put("needs", value={"age": {"min": 18}}), "needs.age", "min", "from, to"),
    ("a language unnamed", put("needs", value={"speaks": "wu"}), "needs", "speaks", "a list"),
    ("a wave to nobody", put("waves", 0, "to", value="neerest"), "waves #1", "to", "did you mean nearest?"),
    ("a wave without count", drop("waves", 0, "count"), "waves #1", "count", "missing"),
    (
        "a group with a count",
        put("waves", 3, "count", value=5),
        "waves #4",
        "count",
        "only beside to = nearest",
    ),
    ("waves that shrink", put("waves", 1, "count", value=3), "waves #2", "count", "no fewer people"),
    (
        "waves out of order",
        put("waves", 0, value={"after": "0s", "to": "able"}),
        "waves #2",
        "to",
        "waves that widen",
    ),
    (
        "a wave after the group",
        put("waves", 2, "to", value="group"),
        "waves #4",
        "to",
        "no wave after the group",
    ),
    ("no rung", put("rungs", value=[]), "", "rungs", "at least one rung"),
    (
        "rungs out of order",
        put("rungs", 1, "to", value="duty"),
        "rungs #2",
        "to",
        "in the order duty, deputy",
    ),
    (
        "a rung at once after waves",
        put("rungs", 0, "after", value="0m"),
        "rungs #1",
        "after",
        "longer than nothing",
    ),
    (
        "a clock of no time",
        put("rungs", 1, "every", value="0s"),
        "rungs #2",
        "every",
        "longer than nothing",
    ),
    (
        "a clock as a number",
        put("rungs", 1, "every", value=10),
        "rungs #2",
        "every",
        "in quotes",
    ),
    (
        "two rungs with a clock",
        put(
            "rungs",
            value=[
                {"after": "5m", "to": "duty", "every": "5m"},
                {"after": "1h", "to": "office", "every": "5m"},
            ],
        ),
        "rungs #2",
        "every",
        "only one rung with a clock of its own: duty has one",
    ),
    ("a deadline missing", drop("deadlines", "urge_every"), "deadlines", "urge_every", "missing"),
    (
        "a deadline of nothing",
        put("deadlines", "urge_every", value="0s"),
        "deadlines",
        "urge_every",
        "longer than",
    ),
    (
        "an unknown deadline",
        put("deadlines", "urge_evry", value="1m"),
        "deadlines",
        "urge_evry",
        "did you mean urge_every?",
    ),
    ("a step in one language", drop("steps", 0, "en"), "steps #1", "en", "the text in this language"),
    ("steps that are texts", put("steps", value=["Ring first"]), "steps #1", "", "a table"),
    ("no example", drop("example"), "", "example", "missing"),
]


@pytest.mark.parametrize(
    ("change", "table", "field", "expected"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_mistake_is_named_by_file_table_field_and_what_was_expected(
    change: Change, table: str, field: str, expected: str
) -> None:
    with pytest.raises(BadFileError) as refused:
        playbook_file.parse("rice.toml", changed(GOOD, change))
    params = refused.value.params
    assert (params["file"], params["table"], params["field"]) == ("rice.toml", table, field)
    assert expected in str(params["expected"])


def test_a_rung_may_have_a_clock_of_its_own_and_is_kept_and_paced_with_it() -> None:
    book = playbook_file.parse("rice.toml", changed(GOOD, put("rungs", 1, "every", value="10m")))
    assert [rung.every for rung in book.rungs] == [None, 10 * MINUTE]
    assert playbook_file.from_json(playbook_file.to_json(book)) == book
    assert [rung.every for rung in playbook_file.paced(book, 10).rungs] == [None, MINUTE]
    plain = playbook_file.parse("rice.toml", GOOD)
    assert "every" not in json.loads(playbook_file.to_json(plain))["rungs"][0]


def test_how_soon_somebody_is_wanted_is_said_by_priority() -> None:
    said = sought(urgent={"within": "4m", "chance": 0.995}, normal={"within": "1h"})
    book = playbook_file.parse("rice.toml", changed(GOOD, said))
    assert book.seeking is not None
    assert book.seeking.by_priority == {
        Priority.URGENT: Aim(within=4 * MINUTE, chance=0.995),
        Priority.NORMAL: Aim(within=HOUR, chance=0.99),  # as surely as [seeking] says
    }
    assert playbook_file.from_json(playbook_file.to_json(book)) == book


def test_only_the_fallback_kind_has_no_words() -> None:
    contents = changed(GOOD, put("recognise", value=[])) | {"kind": playbook_file.FALLBACK}
    assert playbook_file.parse("general.toml", contents).recognise == ()


def test_without_waves_the_first_rung_may_be_called_at_once() -> None:
    contents = changed(GOOD, put("waves", value=[])) | {"rungs": [{"after": "0s", "to": "duty"}]}
    assert playbook_file.parse("night.toml", contents).rungs[0].after == 0


def test_what_is_kept_with_a_job_gives_the_same_playbook_back() -> None:
    book = playbook_file.parse("rice.toml", GOOD)
    assert playbook_file.from_json(playbook_file.to_json(book)) == book


def test_the_digest_follows_the_contents_and_nothing_else() -> None:
    book = playbook_file.parse("rice.toml", GOOD)
    reordered = dict(reversed(list(GOOD.items())))
    assert playbook_file.parse("elsewhere.toml", reordered).digest == book.digest
    assert playbook_file.parse("rice.toml", changed(GOOD, put("loops", value=3))).digest != book.digest


def test_a_pace_of_ten_makes_every_delay_a_tenth_and_another_playbook() -> None:
    book = playbook_file.parse("rice.toml", GOOD)
    quick = playbook_file.paced(book, 10)
    assert [wave.after for wave in quick.waves] == [0, 9 * SECOND, 12 * SECOND, 12 * SECOND]
    assert [rung.after for rung in quick.rungs] == [30 * SECOND, 6 * MINUTE]
    assert quick.deadlines.started_to_done == 12 * MINUTE
    assert quick.digest != book.digest
    assert (quick.title, quick.places, quick.loops) == (book.title, book.places, book.loops)


def tenth(part: object) -> object:
    """All that a playbook holds, with every delay a tenth: no other number in it reaches a second's µs."""
    if isinstance(part, dict):
        return {name: tenth(each) for name, each in part.items()}
    if isinstance(part, list):
        return [tenth(each) for each in part]
    return part // 10 if isinstance(part, int) and part >= SECOND else part


@pytest.mark.parametrize("kind", ["general", "medicine_run", "oxygen_refill", "welfare_check"])
def test_a_pace_of_ten_makes_every_delay_there_is_a_tenth_and_changes_nothing_else(kind: str) -> None:
    book = load_playbooks(None)[kind]
    before = json.loads(playbook_file.to_json(book))
    assert all(wait >= 10 * playbook_file.SHORTEST_PACED for wait in before["deadlines"].values())
    assert set(before["deadlines"]) == set(Deadlines.__slots__)
    after = json.loads(playbook_file.to_json(playbook_file.paced(book, 10)))
    assert after == tenth(before)
    assert after["deadlines"] != before["deadlines"]


def test_a_pace_of_one_is_the_playbook_itself() -> None:
    book = playbook_file.parse("rice.toml", GOOD)
    assert playbook_file.paced(book, 1) is book


def test_no_pace_makes_two_steps_fall_together() -> None:
    quick = playbook_file.paced(playbook_file.parse("rice.toml", GOOD), 1_000_000)
    assert quick.waves[0].after == 0
    assert all(wave.after > 0 for wave in quick.waves[1:])
    assert all(rung.after > 0 for rung in quick.rungs)
