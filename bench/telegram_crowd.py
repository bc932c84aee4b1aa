"""The benches' committee on Telegram: everybody's account, the volunteers' group, and the people themselves.

The people live in the tests' own Bot API server; what they see and tap is real, they are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import crowd
from bench.crowd import Crowd
from dispatch import register
from dispatch.ports import Store
from tests.platforms.telegram_server import Seen, TelegramServer, TgBot, TgGroup, TgUser

ROUND_TRIP_S = 0.06
"""Of a request between a machine near its people and Telegram: 60 ms, as in the measurements that the program
was designed by."""

ROOM = -1001
"""The volunteers' group."""

VOLUNTEER, STAFF = 1_000_000, 2_000_000
"""Account numbers begin here."""

PATIENCE_S = 60.0
"""Seconds until something that should have happened counts as lost: a card to each of the largest committee
takes twelve."""

START_S = 180.0
"""Seconds until a program must have begun: it imports for four, and a busy machine makes that a minute."""


def with_accounts(table: dict[str, Any], *, first: int = VOLUNTEER, room: bool = True) -> dict[str, Any]:
    """The committee's file with a Telegram account for every volunteer, numbered from `first` on; with the
    `room` also one for the desk, and the group."""
    volunteers = table["people"][: -len(crowd.DESK)]
    desk = table["people"][-len(crowd.DESK) :]
    people = _numbered(volunteers, first) + (_numbered(desk, STAFF) if room else desk)
    rooms = [{"platform": "telegram", "chat": str(ROOM), "audience": "volunteers"}]
    return {**table, "people": people, "rooms": rooms if room else []}


def _numbered(people: Sequence[dict[str, Any]], first: int) -> list[dict[str, Any]]:
    return [{**one, "addresses": {"telegram": str(first + n)}} for n, one in enumerate(people)]


async def settle(store: Store, table: dict[str, Any]) -> Crowd:
    """Load the committee. Nobody is invited: their chat is the one way to them."""
    await store.load(register.parse("bench.toml", table), prune=False, demo=False)
    return await crowd.known(store)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One bot's group, in which everybody taps."""

    server: TelegramServer
    bot: TgBot
    staff: TgUser
    volunteers: Sequence[TgUser]
    room: TgGroup

    def card(self) -> Seen | None:
        """The newest message that can be tapped."""
        seen = self.volunteers[0].sees(self.room)
        return seen[-1] if seen and seen[-1].buttons else None

    async def asks(self, text: str) -> Seen:
        """Staff write to the bot; the card in the group that comes of it."""
        before = self.card()
        await self.staff.writes(self.bot, text)
        came = await self.server.until(lambda: self._newer(before), PATIENCE_S)
        card = self.card()
        if not came or card is None:
            raise TimeoutError("no card came into the group")
        return card

    def _newer(self, before: Seen | None) -> bool:
        card = self.card()
        return card is not None and (before is None or card.id > before.id)


async def arrive(server: TelegramServer, volunteers: int) -> tuple[Sequence[TgUser], TgUser]:
    """The volunteers and a member of staff come to town."""
    people = [server.user(VOLUNTEER + n, first_name=f"志愿者{n + 1}") for n in range(volunteers)]
    return people, server.user(STAFF, first_name=crowd.DESK[0][1])


def gather(server: TelegramServer, bot: TgBot, people: Sequence[TgUser], staff: TgUser, room: int) -> Group:
    """They all know the bot, and the volunteers are in a group with it."""
    for person in (*people, staff):
        server.town.private(bot, person.account).started = True
    members = [person.account for person in people]
    group = server.group(room, "志愿者")
    group.chat.members.update({each.id: each for each in (*members, bot)})
    return Group(server=server, bot=bot, staff=staff, volunteers=people, room=group)
