"""Guided steps in a playbook's file: what is read, what is refused, and what is kept of them."""

import json

import pytest

from bot.playbooks import load_playbooks
from dispatch import playbook_file
from dispatch.errors import BadFileError
from dispatch.instructions import CLOSE
from dispatch.jobs import Priority
from dispatch.moments import MINUTE
from dispatch.playbook import Playbook
from tests.rules.mistakes import Change, Contents, changed, drop, put
from tests.rules.test_playbook_file import GOOD as RICE

WORDS = {"zh_CN": "……", "en": "…"}


def finding(key: str, to: str, **more: object) -> Contents:
    return {"key": key, **WORDS, "to": to, **more}


STEPS: list[Contents] = [
    {"key": "knock", **WORDS, "findings": [finding("opened", "see"), finding("none", "ring")]},
    {
        "key": "ring",
        **WORDS,
        "wants": "keyholder",
        "otherwise": "wait",
        "reveal": ["keyholder"],
        "findings": [
            finding("none", "wait", raises="life", calls=True, says=WORDS),
            finding("opened", "see", asks=WORDS),
        ],
    },
    {
        "key": "wait",
        **WORDS,
        "holds": True,
        "recheck": {"after": "15m", "to": "again", "calls": True},
        "findings": [finding("opened", "see")],
    },
    {"key": "again", **WORDS, "findings": [finding("none", "wait", calls=True), finding("opened", "see")]},
    {"key": "see", **WORDS, "findings": [finding("well", CLOSE)]},
]
GOOD: Contents = {**RICE, "steps": STEPS}
KNOCK, RING, WAIT, AGAIN, SEE = range(5)


def read(contents: Contents) -> Playbook:
    return playbook_file.parse("door.toml", contents)


def test_steps_that_ask_something_are_read_with_all_that_they_do() -> None:
    book = read(GOOD)
    ring, wait = book.step_of["ring"], book.step_of["wait"]
    assert book.guided
    assert (ring.wants, ring.otherwise, ring.reveal) == ("keyholder", "wait", frozenset({"keyholder"}))
    none, opened = ring.findings
    assert (none.to, none.raises, none.calls, none.says) == ("wait", Priority.LIFE, True, WORDS)
    assert (opened.to, opened.calls, opened.asks) == ("see", False, WORDS)
    assert wait.recheck is not None
    assert (wait.recheck.after, wait.recheck.to, wait.recheck.calls) == (15 * MINUTE, "again", True)
    assert (wait.holds, book.step_of["see"].holds) == (True, False)
    assert book.reveals == {"unit", "phone", "keyholder"}


CIRCLE = [finding("none", "knock"), finding("well", CLOSE)]
LONE: Contents = {"key": "lone", **WORDS, "findings": [finding("well", CLOSE)]}
CLOCK = {"after": "15m", "to": "see"}

BAD: list[tuple[str, Change, str, str, str]] = [
    ("a key missing", drop("steps", SEE, "key"), "steps #5", "key", "it is missing"),
    (
        "a key with capitals",
        put("steps", SEE, "key", value="See"),
        "steps #5 (See)",
        "key",
        "at most 16 small",
    ),
    (
        "a key too long",
        put("steps", SEE, "key", value="s" * 17),
        f"steps #5 ({'s' * 17})",
        "key",
        "at most 16",
    ),
    ("a key that ends", put("steps", SEE, "key", value="close"), "steps #5 (close)", "key", "and not close"),
    (
        "a key twice",
        put("steps", SEE, "key", value="again"),
        "steps #5 (again)",
        "key",
        "#4 (again) has the same",
    ),
    ("only one asks", put("steps", value=[STEPS[SEE], WORDS]), "steps #2", "key", "it is missing"),
    ("asks without keys", put("steps", value=[{**WORDS, "holds": True}]), "steps #1", "key", "it is missing"),
    ("no findings", drop("steps", SEE, "findings"), "steps #5 (see)", "findings", "one to 8"),
    (
        "too many findings",
        put("steps", SEE, "findings", value=[finding(f"f{n}", CLOSE) for n in range(9)]),
        "steps #5 (see)",
        "findings",
        "one to 8",
    ),
    ("too many steps", lambda c: c["steps"].extend([LONE] * 36), "", "steps", "at most 40"),
    (
        "a finding twice",
        put("steps", KNOCK, "findings", 1, "key", value="opened"),
        "steps #1 (knock).findings #2 (opened)",
        "key",
        "#1 (opened) has the same",
    ),
    (
        "a finding to nowhere",
        put("steps", KNOCK, "findings", 0, "to", value="sea"),
        "steps #1 (knock).findings #1 (opened)",
        "to",
        "or close (did you mean see?)",
    ),
    (
        "a finding without a way",
        drop("steps", KNOCK, "findings", 0, "to"),
        "steps #1 (knock).findings #1 (opened)",
        "to",
        "it is missing",
    ),
    (
        "a time to nowhere",
        put("steps", WAIT, "recheck", "to", value="agian"),
        "steps #3 (wait).recheck",
        "to",
        "again?",
    ),
    (
        "a time that closes",
        put("steps", WAIT, "recheck", "to", value="close"),
        "steps #3 (wait).recheck",
        "to",
        "a step",
    ),
    (
        "otherwise nowhere",
        put("steps", RING, "otherwise", value="wiat"),
        "steps #2 (ring)",
        "otherwise",
        "wait?",
    ),
    ("otherwise alone", drop("steps", RING, "wants"), "steps #2 (ring)", "otherwise", "beside wants"),
    ("wants alone", drop("steps", RING, "otherwise"), "steps #2 (ring)", "otherwise", "beside wants"),
    (
        "an unknown want",
        put("steps", RING, "wants", value="keyholdr"),
        "steps #2 (ring)",
        "wants",
        "keyholder?",
    ),
    ("a want unseen", drop("steps", RING, "reveal"), "steps #2 (ring)", "reveal", "keyholder in it"),
    (
        "family unseen",
        put("steps", RING, "wants", value="family"),
        "steps #2 (ring)",
        "reveal",
        "resident in it",
    ),
    (
        "an unknown field",
        put("steps", RING, "reveal", value=["key"]),
        "steps #2 (ring)",
        "reveal",
        "any of: unit",
    ),
    (
        "too short a time",
        put("steps", WAIT, "recheck", "after", value="59s"),
        "steps #3 (wait).recheck",
        "after",
        '"1m"',
    ),
    (
        "too long a time",
        put("steps", WAIT, "recheck", "after", value="25h"),
        "steps #3 (wait).recheck",
        "after",
        '"24h"',
    ),
    (
        "no unit",
        put("steps", WAIT, "recheck", "after", value="15"),
        "steps #3 (wait).recheck",
        "after",
        "such as",
    ),
    (
        "a time misspelt",
        put("steps", WAIT, "recheck", "afer", value="1m"),
        "steps #3 (wait).recheck",
        "afer",
        "after?",
    ),
    (
        "a time that is text",
        put("steps", WAIT, "recheck", value="15m"),
        "steps #3 (wait).recheck",
        "",
        "a table",
    ),
    (
        "raised to normal",
        put("steps", RING, "findings", 0, "raises", value="normal"),
        "steps #2 (ring).findings #1 (none)",
        "raises",
        "life, urgent",
    ),
    (
        "said to nobody",
        put("steps", RING, "findings", 0, "calls", value=False),
        "steps #2 (ring).findings #1 (none)",
        "says",
        "calls = true",
    ),
    (
        "told where nothing is told of such a job",
        put("steps", RING, "findings", 0, "tells", value=WORDS),
        "steps #2 (ring).findings #1 (none)",
        "tells",
        "[told]",
    ),
    (
        "called and settled at once",
        put("steps", RING, "findings", 0, "settles", value=True),
        "steps #2 (ring).findings #1 (none)",
        "settles",
        "neither calls nor raises",
    ),
    ("one language", drop("steps", SEE, "zh_CN"), "steps #5 (see)", "zh_CN", "the text in this language"),
    (
        "a language misspelt",
        put("steps", SEE, "zh-CN", value="看"),
        "steps #5 (see)",
        "zh-CN",
        "did you mean zh_CN",
    ),
    ("another language", put("steps", SEE, "fr", value="Voir"), "steps #5 (see)", "fr", "zh_CN, en"),
    (
        "a field taken for one",
        put("steps", KNOCK, "findings", 0, "say", value="…"),
        "steps #1 (knock).findings #1 (opened)",
        "say",
        "did you mean says?",
    ),
    (
        "words too long for a button",
        put("steps", SEE, "findings", 0, "zh_CN", value="门" * 19),
        "steps #5 (see).findings #1 (well)",
        "zh_CN",
        "at most 18 Chinese characters, or 36 letters",
    ),
    (
        "a step too long to read",
        put("steps", SEE, "en", value="x" * 241),
        "steps #5 (see)",
        "en",
        "240 letters",
    ),
    (
        "a question too long",
        put("steps", RING, "findings", 1, "asks", "en", value="x" * 73),
        "steps #2 (ring).findings #2 (opened).asks",
        "en",
        "72 letters",
    ),
    ("nothing leads here", lambda c: c["steps"].append(LONE), "steps #6 (lone)", "key", "nothing leads here"),
    (
        "a way that never ends",
        lambda c: (
            put("steps", SEE, "findings", value=[finding("well", "see")])(c),
            put("steps", SEE, "recheck", value=CLOCK)(c),
        ),
        "steps #5 (see)",
        "findings",
        "to = close, or in a call",
    ),
    (
        "round and round",
        put("steps", SEE, "findings", value=CIRCLE),
        "steps #1 (knock)",
        "recheck",
        "leads back to itself",
    ),
    (
        "round and round where nobody has a key",
        lambda c: (
            put("steps", RING, "otherwise", value="knock")(c),
            put("steps", RING, "recheck", value={"after": "15m", "to": "wait"})(c),
        ),
        "steps #1 (knock)",
        "recheck",
        "leads back to itself",
    ),
    (
        "otherwise itself",
        put("steps", RING, "otherwise", value="ring"),
        "steps #2 (ring)",
        "otherwise",
        "not lead back",
    ),
    (
        "a clock before anything",
        put("steps", KNOCK, "recheck", value=CLOCK),
        "steps #1 (knock)",
        "recheck",
        "no time",
    ),
    (
        "held before anything",
        put("steps", KNOCK, "holds", value=True),
        "steps #1 (knock)",
        "holds",
        "nothing was found",
    ),
]


@pytest.mark.parametrize(
    ("change", "table", "field", "expected"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_mistake_is_named_by_file_table_field_and_what_was_expected(
    change: Change, table: str, field: str, expected: str
) -> None:
    with pytest.raises(BadFileError) as refused:
        read(changed(GOOD, change))
    params = refused.value.params
    assert (params["file"], params["table"], params["field"]) == ("door.toml", table, field)
    assert expected in str(params["expected"])


def test_a_way_that_ends_only_where_somebody_is_known_is_refused_and_says_so() -> None:
    steps = [
        {"key": "one", **WORDS, "findings": [finding("on", "two")]},
        {"key": "two", **WORDS, "wants": "phone", "otherwise": "three", "findings": [finding("end", CLOSE)]},
        {
            "key": "three",
            **WORDS,
            "recheck": {"after": "5m", "to": "two"},
            "findings": [finding("on", "two")],
        },
    ]
    with pytest.raises(BadFileError) as refused:
        read({**RICE, "steps": steps})
    assert "also where nobody knows: phone" in str(refused.value.params["expected"])


def test_the_first_step_may_have_a_time_where_something_leads_back_to_it() -> None:
    steps = [
        {
            "key": "look",
            **WORDS,
            "holds": True,
            "recheck": {"after": "1h", "to": "look", "calls": True},
            "findings": CIRCLE[1:],
        }
    ]
    assert read({**RICE, "steps": steps}).step_of["look"].recheck is not None


def test_what_is_kept_gives_the_same_steps_back_and_is_paced() -> None:
    book = read(GOOD)
    assert playbook_file.from_json(playbook_file.to_json(book)) == book
    quick = playbook_file.paced(book, 15).step_of["wait"].recheck
    assert quick is not None
    assert quick.after == MINUTE


def test_steps_that_are_only_read_are_kept_as_they_always_were() -> None:
    book = playbook_file.parse("rice.toml", RICE)
    assert json.loads(playbook_file.to_json(book))["steps"] == RICE["steps"]
    assert book.digest == "d38f26d32dfe134bd2597a4b76182dcdd06e720cbc998e9eaa9c366e829b0640"
    old = playbook_file.to_json(book).replace('"en":"Ring first"', '"en":"Ring first","key":"Kupia"')
    (step,) = playbook_file.from_json(old).steps
    assert (step.key, step.words["key"]) == ("", "Kupia")


@pytest.mark.parametrize("kind", ["general", "medicine_run", "oxygen_refill", "welfare_check"])
def test_what_we_ship_reads_back_as_it_was(kind: str) -> None:
    book = load_playbooks(None)[kind]
    assert playbook_file.from_json(playbook_file.to_json(book)) == book
