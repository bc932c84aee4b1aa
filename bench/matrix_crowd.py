"""The benches' committee on Matrix: a real homeserver, everybody's account, and two rooms of all volunteers.

In one room is the program's bot, in the other the bare one. The volunteers have accounts of the server from
the beginning, and the committee knows them when the cards stand in the room: so that nobody is asked in
private as well, which would open a private room for each of them.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench import crowd
from bench.matrix_watcher import PATIENCE_S, Sight, Watcher
from bench.tally import Tally
from bot.matrix import contents
from bot.matrix.contents import MARK
from dispatch import register
from store import open_store
from store.crypto import Vault
from store.schema import DATABASE
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.thumb import Thumb
from tests.platforms.matrix_server.wire import path

LOOK_S = 0.01
"""Seconds between two looks at what cannot tell by itself."""

LOT = 10
"""Jobs posted at a time: the cards of more would wait for each other in their room, and come back later."""

REST_S = 0.3
"""Seconds without anything new on the server until everything counts as done: more than a request takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The server, the rooms, and who is in them."""

    server: Synapse
    watcher: Watcher
    staff: Thumb
    volunteers: Sequence[Thumb]
    data: Path
    room: str
    bot: str
    """The program's account."""
    chat: str
    """Staff and the program's bot, in private."""
    bare_room: str
    bare_bot: str

    @property
    def tally(self) -> Tally:
        """What the program's database says."""
        return Tally(self.data / DATABASE)

    async def post(self, count: int) -> dict[int, str]:
        """So many jobs, whose cards stand in the room; job to event. Comes back when all is at rest."""
        before = len(self.watcher.sights)
        for first in range(0, count, LOT):
            there = min(first + LOT, count)
            await asyncio.gather(*(self.staff.say(self.chat, crowd.TEXT) for _ in range(first, there)))
            await until(partial(self._shows, there, before), "the cards")
        await self.rest()
        return self._cards(before)

    async def post_bare(self, count: int) -> list[str]:
        """The same of the bare bot."""
        before = len(self.watcher.sights)
        for _ in range(count):
            await self.watcher.thumb.say(self.bare_room, crowd.TEXT)
        await until(lambda: len(self._bare_cards(before)) == count, "the bare bot's cards")
        await self.rest()
        return self._bare_cards(before)

    async def introduce(self) -> None:
        """From now on the committee knows the volunteers' accounts."""
        accounts = [each.user_id for each in self.volunteers]
        await load(self.data, table(len(accounts), accounts, self.staff.user_id, self.room))

    async def rest(self) -> None:
        """Wait until nothing is owed, and nothing new comes to the server."""
        last = -1
        while (now := self.server.kept.newest()) != last or self.tally.owed():
            last = now
            await asyncio.sleep(REST_S)
            await self._come_in()

    async def _come_in(self) -> None:
        """Volunteers who were asked into a private room come in."""
        thumbs = {each.user_id: each for each in self.volunteers}
        asked = self.server.kept.invitations()
        await asyncio.gather(*(join(thumbs[user], room) for user, room in asked if user in thumbs))

    def _shows(self, count: int, after: int) -> bool:
        return len(self._cards(after)) >= count

    def _cards(self, after: int) -> dict[int, str]:
        found = (each for each in self.watcher.sights[after:] if self._is_card(each))
        return {each.content[MARK]["job"]: each.event_id for each in found}

    def _is_card(self, sight: Sight) -> bool:
        ours = sight.sender == self.bot and sight.room_id == self.room
        return ours and not sight.edits and contents.marked(sight.content) is not None

    def _bare_cards(self, after: int) -> list[str]:
        bare = self.bare_bot
        found = (each for each in self.watcher.sights[after:] if each.sender == bare and not each.edits)
        return [each.event_id for each in found]


def table(volunteers: int, accounts: Sequence[str], staff: str, room: str) -> dict[str, Any]:
    """The committee's file with a room for the volunteers, an account for staff, and one for as many of the
    volunteers as there are `accounts`."""
    file = crowd.table(volunteers)
    found = [*accounts, *[""] * (volunteers - len(accounts)), staff, ""]
    people = [
        {**person, "addresses": {"matrix": account}} if account else person
        for person, account in zip(file["people"], found, strict=True)
    ]
    return {
        **file,
        "people": people,
        "rooms": [{"platform": "matrix", "chat": room, "audience": "volunteers"}],
    }


async def load(data: Path, file: dict[str, Any]) -> None:
    """Bring the committee in a data folder up to date; whoever runs on it sees that."""
    store = await open_store(data, Vault.open(data, None))
    await store.load(register.parse("bench.toml", file), prune=False, demo=False)
    await store.close()


async def join(thumb: Thumb, room: str) -> None:
    """Come into a room that one was asked into, or that is open to all."""
    await thumb.wire.call("POST", path("join", room))


async def until(holds: Callable[[], bool], what: str) -> None:
    """Look until it holds. Raises `TimeoutError`, which says `what`."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110 - another program's doing
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        message = f"not within {PATIENCE_S:.0f} s: {what}"
        raise TimeoutError(message) from None
