"""Whatever stands in an event, reading it raises nothing, and what stands after it is read.

No homeserver: what is read is made here, and a key that is asked for is asked of nobody.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bot.codes import Codes
from bot.matrix import states
from bot.matrix.account import Account
from bot.matrix.batch import Task
from bot.matrix.events import Json
from bot.matrix.gaps import Gaps
from bot.matrix.memory import Memory
from bot.matrix.papers import PaperFile, Papers
from bot.matrix.reading import Reading
from bot.matrix.sealed import Sealed
from bot.matrix.updates import Updates
from config.sections import Matrix
from handlers.router import Router
from tests.platforms.house import house
from tests.platforms.matrix_hearing import halves
from tests.platforms.matrix_sending import SECRET

BOT, LI, WANG = "@suidao:example.org", "@li:example.org", "@wang:example.org"
PLAIN, SECRET_ROOM = "!plain:example.org", "!secret:example.org"
NOBODY = "http://127.0.0.1:9"
"""The port that discards: nobody answers there."""

signs = st.text(st.characters(exclude_categories=()), max_size=12)
words = st.one_of(
    signs,
    st.sampled_from(
        (BOT, LI, PLAIN, "$a", "✅", "join", "invite", "leave", "ban", "", "m.text", "m.location")
    ),
    st.sampled_from(
        ("m.annotation", "m.replace", "m.thread", "m.megolm.v1.aes-sha2", "geo:91,181", "长" * 300)
    ),
)
anything: SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), words),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)

FIELDS = (
    *("membership", "displayname", "avatar_url", "is_direct", "reason", "third_party_invite"),
    *("algorithm", "ciphertext", "session_id", "sender_key", "device_id"),
    *("rotation_period_ms", "rotation_period_msgs", "users", "events", "users_default", "replacement_room"),
    *("msgtype", "body", "format", "formatted_body", "geo_uri", "m.new_content", "m.mentions", "url", "info"),
    *("m.relates_to", "rel_type", "event_id", "key", "m.in_reply_to", "redacts", "suidao.card"),
)
tables = st.dictionaries(st.sampled_from(FIELDS), anything, max_size=8)
related = st.builds(lambda table, inner: {**table, "m.relates_to": inner}, tables, tables)
encrypted = st.builds(lambda table: {"algorithm": "m.megolm.v1.aes-sha2", **table}, tables)
members = st.builds(lambda table, found: {**table, "membership": found}, tables, words)
contents = st.one_of(tables, related, encrypted, members, anything)

KINDS = (
    *("m.room.message", "m.room.encrypted", "m.reaction", "m.room.redaction", "m.room.member"),
    *("m.room.encryption", "m.room.power_levels", "m.room.tombstone"),
)
whole = st.fixed_dictionaries(
    {
        "type": st.sampled_from(KINDS),
        "event_id": st.sampled_from(("$a", "$b")),
        "sender": st.sampled_from((BOT, LI)),
        "origin_server_ts": st.integers(0, 2**53 - 1),
        "content": contents,
    },
    optional={
        "state_key": words | anything,
        "redacts": anything,
        "unsigned": anything | st.fixed_dictionaries({"prev_content": contents}),
        "prev_content": contents,
    },
)
broken = st.builds(
    lambda event, other: {**event, **other},
    whole,
    st.dictionaries(
        st.sampled_from(("type", "event_id", "sender", "origin_server_ts", "state_key")), anything, max_size=2
    ),
)
events = st.one_of(whole, broken, anything)

GOOD: Json = {
    "type": "m.room.message",
    "event_id": "$good",
    "sender": WANG,
    "origin_server_ts": 1_700_000_000_000,
    "content": {"msgtype": "m.text", "body": "7号楼 送药"},
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What reads: real parts on a real store."""

    account: Account
    updates: Updates

    async def reads(self, found: list[Any], state: list[Any], invite: Any, left: Any) -> list[Task]:
        """One answer of a server."""
        part = {"timeline": {"events": [*found, GOOD]}, "state": {"events": state}}
        news = {
            "rooms": {
                "join": {PLAIN: part, SECRET_ROOM: part},
                "invite": {"!i:example.org": {"invite_state": {"events": [invite]}}},
                "leave": {"!l:example.org": {"timeline": {"events": [left]}}},
            }
        }
        client = self.account.client
        sealed = Sealed(client, self.updates)
        reading = Reading(client, self.updates, sealed, Gaps(client.api), Memory(), "s1")
        tasks = await reading.all(news)
        await sealed.opened()
        return [task for room in tasks for task in room]


async def _open(stack: AsyncExitStack, folder: Path) -> Desk:
    home = await stack.enter_async_context(house(folder))
    given_settings = {"homeserver": NOBODY, "user_id": BOT, "password": "no matter"}
    PaperFile(folder, SECRET).write(Papers(user_id=BOT, device="DEVICE", token="syt_nobody"))
    account = Account(Matrix.model_validate(given_settings), folder, SECRET)
    await stack.enter_async_context(account)
    router = Router(home.service, home.catalogs, Codes(SECRET, home.clock))
    _, updates = halves(home, account, router)
    stack.push_async_callback(updates.drain)
    room = {
        **GOOD,
        "type": "m.room.encryption",
        "state_key": "",
        "content": {"algorithm": "m.megolm.v1.aes-sha2"},
    }
    await Sealed(account.client, updates).keys.state(SECRET_ROOM, room)
    return Desk(account, updates)


def test_whatever_stands_in_an_event_what_comes_after_it_is_read(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        desk = runner.run(_open(stack, tmp_path))

        @settings(max_examples=150, suppress_health_check=list(HealthCheck))
        @given(st.lists(events, min_size=1, max_size=4), st.lists(events, max_size=2), events, events)
        def holds(found: list[Any], state: list[Any], invite: Any, left: Any) -> None:
            tasks = runner.run(desk.reads(found, state, invite, left))
            assert WANG in [task.sender for task in tasks]

        try:
            holds()
        finally:
            runner.run(stack.aclose())


def test_whatever_a_list_of_members_holds_it_can_be_kept(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        desk = runner.run(_open(stack, tmp_path))
        member = {**GOOD, "type": "m.room.member", "state_key": WANG, "content": {"membership": "join"}}

        @settings(max_examples=100, suppress_health_check=list(HealthCheck))
        @given(st.lists(events, max_size=3), contents)
        def holds(chunk: list[Any], encryption: Any) -> None:
            found = states.members(SECRET_ROOM, {"chunk": [*chunk, member]})
            kept = desk.account.client.state_store
            assert kept is not None
            runner.run(kept.set_members(SECRET_ROOM, found))  # type: ignore[arg-type]  # a plain name
            assert WANG in runner.run(kept.get_members(SECRET_ROOM))  # type: ignore[arg-type]  # the same
            if isinstance(encryption, dict):
                assert states.info(encryption).rotation_period_ms > 0

        try:
            holds()
        finally:
            runner.run(stack.aclose())
