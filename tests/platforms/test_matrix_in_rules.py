"""What is read from Matrix before anything is done: events, replies, choices, levels, and their order."""

import asyncio
import logging
from dataclasses import replace
from typing import Any

import pytest

from bot.matrix import batch, events, keys, replies
from bot.matrix.answers import worded
from bot.matrix.batch import Batch, Task
from bot.matrix.chats import may_write
from bot.matrix.choices import Choices
from bot.matrix.contents import ENCRYPTED, MESSAGE
from bot.matrix.events import Event
from bot.matrix.memory import Memory
from dispatch.errors import StoreUnavailableError
from dispatch.verbs import Verb
from handlers.messages import Action, Asks, Choice
from handlers.texts import Catalogs
from tests.platforms.samples import DESK, OFFERED, action
from workers.beside import Beside

TEXTS = Catalogs.load().texts("en")

WHOLE: dict[str, Any] = {
    "event_id": "$a",
    "sender": "@wang:example.org",
    "type": "m.room.message",
    "origin_server_ts": 1_700_000_000_000,
    "content": {"msgtype": "m.text", "body": "你好"},
}


def said(content: dict[str, Any]) -> Event:
    event = events.read("!r", WHOLE | {"content": content})
    assert event is not None
    return event


def test_an_event_is_read_with_its_time_in_microseconds() -> None:
    event = events.read("!r", WHOLE)
    assert event is not None
    assert (event.room_id, event.at, event.text) == ("!r", 1_700_000_000_000_000, "你好")
    assert event.receipt == "matrix:$a"


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "event",
        {},
        *[{key: value for key, value in WHOLE.items() if key != gone} for gone in WHOLE],
        WHOLE | {"event_id": 7},
        WHOLE | {"event_id": "$" + "x" * 300},
        WHOLE | {"sender": ["@wang:example.org"]},
        WHOLE | {"origin_server_ts": "1"},
        WHOLE | {"origin_server_ts": True},
        WHOLE | {"content": "text"},
    ],
)
def test_what_is_no_event_is_none(raw: object) -> None:
    assert events.read("!r", raw) is None


@pytest.mark.parametrize(
    ("relates", "expected"),
    [
        ({}, ("", "", "")),
        ("text", ("", "", "")),
        ({"rel_type": "m.annotation", "event_id": "$c", "key": "✅"}, ("m.annotation", "$c", "")),
        ({"m.in_reply_to": {"event_id": "$c"}}, ("", "", "$c")),
        ({"m.in_reply_to": "$c"}, ("", "", "")),
        (
            {"rel_type": "m.thread", "event_id": "$r", "m.in_reply_to": {"event_id": "$c"}},
            ("m.thread", "$r", "$c"),
        ),
        (
            {
                "rel_type": "m.thread",
                "event_id": "$r",
                "is_falling_back": True,
                "m.in_reply_to": {"event_id": "$c"},
            },
            ("m.thread", "$r", ""),
        ),
    ],
)
def test_what_an_event_belongs_to(relates: object, expected: tuple[str, str, str]) -> None:
    relation = said({"m.relates_to": relates}).relation
    assert (relation.kind, relation.event_id, relation.answers) == expected


@pytest.mark.parametrize(
    ("body", "replies_to", "text"),
    [
        ("> <@bot:x> 送药\n> 7号楼\n\n取消", True, "取消"),
        ("> <@bot:x> 送药\n\n> 我引用\n取消", True, "> 我引用\n取消"),
        ("取消", True, "取消"),
        ("> 3号楼漏水", False, "> 3号楼漏水"),
        ("> only a quote", True, ""),
        (7, True, ""),
    ],
)
def test_what_an_older_client_repeats_is_not_read(body: object, replies_to: bool, text: str) -> None:
    relation = {"m.relates_to": {"m.in_reply_to": {"event_id": "$c"}}} if replies_to else {}
    assert said({"body": body} | relation).text == text


def test_a_redaction_says_what_in_both_of_its_forms() -> None:
    old = events.read("!r", WHOLE | {"type": "m.room.redaction", "content": {}, "redacts": "$x"})
    new = events.read("!r", WHOLE | {"type": "m.room.redaction", "content": {"redacts": "$x"}})
    assert old is not None
    assert new is not None
    assert (old.redacts, new.redacts) == ("$x", "$x")


PEOPLE = (
    Choice(value="12", label="王阿姨 · 3号楼"),
    Choice(value="13", label="王小明"),
    Choice(value="14", label="李"),
)
GIVEN = replace(action(Verb.ASSIGN, "派给…"), asks=Asks.PERSON, choices=PEOPLE, hint="Who goes?")
NOTED: Action = replace(action(Verb.NOTE, "备注"), asks=Asks.TEXT, hint="What should they know?")
CARD = replace(
    DESK,
    actions=(GIVEN,),
    more=(NOTED, action(Verb.COMPLETE, "已办完"), action(Verb.RAISE, "提高"), action(Verb.CANCEL, "取消")),
)


@pytest.mark.parametrize(
    ("text", "verb", "choice", "rest"),
    [
        ("1 王阿姨", Verb.ASSIGN, "12", ""),
        ("1. 李", Verb.ASSIGN, "14", ""),
        ("assign 小明", Verb.ASSIGN, "13", ""),
        ("派给王阿姨", Verb.ASSIGN, "12", ""),
        ("2", Verb.COMPLETE, "", ""),
        (" 4 ", Verb.RAISE, "", ""),
        ("raise", Verb.RAISE, "", ""),
        ("6 钥匙在 502 邻居家", Verb.NOTE, "", "钥匙在 502 邻居家"),
        ("9", Verb.CANCEL, "", ""),
    ],
)
def test_a_reply_by_number_or_word_is_a_tap(text: str, verb: Verb, choice: str, rest: str) -> None:
    meant = replies.read(text, CARD, TEXTS)
    assert meant is not None
    assert (meant.verb, meant.choice, meant.text, meant.asks) == (verb, choice, rest, "")


@pytest.mark.parametrize("text", ["1", "1 王", "assign", "派给 天上的人", "6"])
def test_a_reply_that_lacks_something_is_asked_back(text: str) -> None:
    meant = replies.read(text, CARD, TEXTS)
    assert meant is not None
    assert meant.asks


@pytest.mark.parametrize(
    "text",
    ["", "2 楼没有人", "6 号楼", "3", "9 他们回来了", "12", "2号楼", "raised", "王阿姨", "加急处理一下"],
)
def test_other_replies_are_words(text: str) -> None:
    assert replies.read(text, CARD, TEXTS) is None


@pytest.mark.parametrize("text", ["1 王阿姨", "9", "raise"])
def test_nothing_is_done_that_the_card_does_not_offer(text: str) -> None:
    assert replies.read(text, OFFERED, TEXTS) is None


def test_choices_are_numbered_unless_a_number_could_be_a_building() -> None:
    choices = Choices()
    buildings = (Choice(value="join 12", label="12号楼"), Choice(value="join 1", label="1号楼"))
    lines = choices.offer("!a", buildings, TEXTS)
    assert lines.splitlines()[:2] == ["• 12号楼", "• 1号楼"]
    assert choices.chosen("!a", "1") == "1"  # not the first of them
    assert choices.chosen("!a", " 12号楼。") == "join 12"
    places = (Choice(value="join @1", label="梧桐里"), Choice(value="join @2", label="Lindenhof"))
    assert choices.offer("!b", places, TEXTS).splitlines()[0] == "1. 梧桐里"
    assert choices.chosen("!b", "2") == "join @2"
    assert choices.chosen("!b", "lindenhof") == "lindenhof"  # it is chosen already
    choices.offer("!b", places, TEXTS)
    assert choices.chosen("!b", "lindenhof") == "join @2"
    assert choices.chosen("!a", "2") == "2"
    assert choices.offer("!b", (), TEXTS) == ""
    assert choices.chosen("!b", "2") == "2"


@pytest.mark.parametrize(
    ("levels", "may"),
    [
        ({}, True),
        ({"events_default": 50}, False),
        ({"events_default": 50, "users": {"@bot:x": 50}}, True),
        ({"events_default": 50, "users_default": 50}, True),
        ({"users": {"@bot:x": -1}}, False),
        ({"events": {"m.room.message": 100}, "users": {"@bot:x": 50}}, False),
        ({"events_default": "50", "users": {"@bot:x": "100"}}, True),
        ({"events_default": "much", "users": []}, True),
        ({"users": {"@bot:x": None}}, True),
    ],
)
def test_who_may_write_by_the_rooms_levels(levels: dict[str, Any], may: bool) -> None:
    assert may_write(levels, "@bot:x", MESSAGE) is may


def test_in_an_encrypted_room_it_is_encrypted_messages_that_one_may_write() -> None:
    levels = {"events": {"m.room.message": 0, "m.room.encrypted": 50}}
    assert may_write(levels, "@bot:x", MESSAGE)
    assert not may_write(levels, "@bot:x", ENCRYPTED)


@pytest.mark.parametrize("tone", "🏻🏼🏽🏾🏿")
def test_a_sign_is_the_same_tap_in_every_skin_tone(tone: str) -> None:
    assert keys.verbs(f"👍{tone}") == keys.verbs("👍") == {Verb.ACKNOWLEDGE}
    assert keys.verbs(f"🙋{tone}") == keys.verbs("🙋") == {Verb.HERE}
    assert keys.verbs(tone) == frozenset()


def test_commands_are_shown_as_they_are_typed_here() -> None:
    told = "Write /jobs or /claim 42. Ask: /help. See https://example.org/jobs and a/me, or 3/job."
    assert worded(told) == (
        "Write !jobs or !claim 42. Ask: !help. See https://example.org/jobs and a/me, or 3/job."
    )
    assert len(worded("长" * 10_000)) < 5_000


def test_what_was_handled_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.matrix.memory.AT_MOST", 3)
    memory = Memory()
    memory.add(["$a", "$b", "$c"])
    memory.add(["$a", "$d"])
    assert [name in memory for name in ("$a", "$b", "$c", "$d")] == [True, False, True, True]


def _task(done: list[str], name: str, sender: str, at: int) -> Task:
    async def work() -> None:
        await asyncio.sleep(0)
        done.append(name)

    return Task(sender=sender, at=at, work=work)


async def test_one_persons_events_are_done_in_their_order_across_rooms() -> None:
    done: list[str] = []
    first = [_task(done, "a1", "a", 10), _task(done, "a3", "a", 30)]
    second = [_task(done, "a2", "a", 20), _task(done, "a4", "a", 15)]  # its clock went back; its order holds
    await Batch([first, second]).handled()
    assert done == ["a1", "a2", "a4", "a3"]


async def test_a_fault_with_one_event_keeps_nobody_elses_and_not_even_the_next() -> None:
    done: list[str] = []

    async def fault() -> None:
        raise RuntimeError

    tasks = [Task(sender="a", at=1, work=fault), _task(done, "a", "a", 2), _task(done, "b", "b", 1)]
    await Batch([tasks]).handled()
    assert sorted(done) == ["a", "b"]


async def test_a_fault_is_told_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    words = "".join(["3号楼", "502"])

    async def fault() -> None:
        raise RuntimeError(words)

    await Batch([[Task(sender="a", at=1, work=fault)]]).handled()
    assert "RuntimeError" in caplog.text
    assert words not in caplog.text


async def test_what_could_not_be_kept_stops_its_lane_and_is_raised() -> None:
    done: list[str] = []

    async def full() -> None:
        raise StoreUnavailableError

    tasks = [Task(sender="a", at=1, work=full), _task(done, "a", "a", 2), _task(done, "b", "b", 1)]
    with pytest.raises(StoreUnavailableError):
        await Batch([tasks]).handled()
    assert done == ["b"]


async def test_leaving_stops_what_takes_too_long(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    stopped = asyncio.Event()

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    running = Batch([[Task(sender="a", at=1, work=forever)]])
    assert await running.end(0.01) is False
    assert stopped.is_set()
    assert await Batch([]).end(batch.ABANDONED_S) is True


async def test_leaving_waits_a_moment_for_answers_and_then_ends_them() -> None:
    said, never = asyncio.Event(), asyncio.Event()
    beside = Beside("an answer was lost")

    async def soon() -> None:
        await asyncio.sleep(0)
        said.set()

    async def late() -> None:
        await never.wait()

    beside.begin(soon())
    beside.begin(late())
    await beside.leave(0.01)
    assert said.is_set()
    await beside.drain()  # there is nothing left
    await beside.leave(0.01)
