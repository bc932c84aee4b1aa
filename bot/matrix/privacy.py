"""Whether a room is one person's and ours alone: what is private is said in no other.

That two are in it is not enough, for a group begins with two. A room is private where it was meant to be: we
made it, or whom it is for asked us in as into a direct chat, and no committee's file names it. Who is asked
in and has not come counts as there: they will read what was said before.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from mautrix.api import HTTPAPI, Method, Path

from bot.matrix import events
from bot.matrix.events import Event, rows, table, word
from bot.matrix.people import People
from dispatch.moments import Micros

JOIN_RULES, VISIBILITY = "m.room.join_rules", "m.room.history_visibility"

TURNING = frozenset({"m.room.member", JOIN_RULES, VISIBILITY})
"""Kinds of events that may change whose a room is. Who syncs asks for them."""

MOST_STEPS = 20
"""Back from our entry in a room to the invitation: each is a change of our name or picture there. Beyond it
the room counts as a group, and another one is opened."""

REMEMBERED = 5_000
"""Rooms of which we know how we came into them."""

_THERE = frozenset({"join", "invite"})
_ASKED = frozenset({"", "invite", "private", "knock"})
"""Rules by which nobody comes in unasked; a room without a rule has the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What a room says of somebody, and the events that say it now and said it before."""

    now: str
    age: Micros = 0
    event_id: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A room as its state says."""

    members: Mapping[str, Member] = field(default_factory=dict)
    """By account; those who left and were put out too."""
    maker: str = ""
    shut: bool = False
    """Nobody comes in unasked, or reads from outside."""

    @property
    def there(self) -> frozenset[str]:
        """Who has come, or is asked in."""
        return frozenset(each for each, member in self.members.items() if member.now in _THERE)

    def joined(self, user_id: str) -> bool:
        """They have come."""
        return user_id in self.members and self.members[user_id].now == "join"


class Privacy:
    """Looks into rooms. Each method asks by the `api` that it is given, and raises what a request raises."""

    def __init__(self, people: People, us: str) -> None:
        self._people = people
        self._us = us
        self._came: OrderedDict[str, str] = OrderedDict()
        """Who asked us into a direct chat, by the event that let us in; empty for a room of another kind."""

    async def look(self, api: HTTPAPI, room_id: str) -> Inside:
        """The room as it is now."""
        found = await api.request(Method.GET, Path.v3.rooms[room_id].state)
        members: dict[str, Member] = {}
        said: dict[str, Event] = {}
        for raw in rows(table(found).get("chunk")):
            event = events.read(room_id, raw)
            if event is None or event.state_key is None:
                continue
            if event.kind == "m.room.member":
                members[event.state_key] = _member(event, raw)
            elif event.state_key == "":
                said[event.kind] = event
        rule = _word(said, JOIN_RULES, "join_rule")
        seen = _word(said, VISIBILITY, "history_visibility")
        made = said.get("m.room.create")
        return Inside(
            members=members,
            maker="" if made is None else made.sender,
            shut=rule in _ASKED and seen != "world_readable",
        )

    async def holds(self, api: HTTPAPI, room_id: str, inside: Inside, user_id: str) -> bool:
        """It is this person's and ours alone, whether they have come or not."""
        if not inside.joined(self._us) or not inside.shut or inside.there - {self._us, user_id}:
            return False
        if await self._people.rooms(room_id):
            return False
        return inside.maker == self._us or await self._asked_by(api, room_id, inside) == user_id

    async def shared(self, api: HTTPAPI, room_id: str, inside: Inside) -> bool:
        """It was meant for one person and us alone, whoever they are, and others are in it or may come."""
        if not inside.joined(self._us) or (inside.shut and len(inside.there - {self._us}) < 2):
            return False
        return inside.maker == self._us or await self._asked_by(api, room_id, inside) != ""

    async def _asked_by(self, api: HTTPAPI, room_id: str, inside: Inside) -> str:
        """Who asked us into this direct chat; empty where we came in another way."""
        own = inside.members[self._us]
        if own.event_id not in self._came:
            self._came[own.event_id] = await self._invited(api, room_id, own.replaces)
            if len(self._came) > REMEMBERED:
                self._came.popitem(last=False)
        return self._came[own.event_id]

    async def _invited(self, api: HTTPAPI, room_id: str, event_id: str) -> str:
        for _ in range(MOST_STEPS):
            if not event_id:
                return ""
            raw = await api.request(Method.GET, Path.v3.rooms[room_id].event[event_id])
            event = events.read(room_id, raw)
            if event is None or event.kind != "m.room.member" or event.state_key != self._us:
                return ""
            if event.membership != "join":
                meant = event.membership == "invite" and event.content.get("is_direct") is True
                return event.sender if meant else ""
            event_id = _member(event, raw).replaces
        return ""


def _member(event: Event, raw: object) -> Member:
    unsigned = table(table(raw).get("unsigned"))
    age = unsigned.get("age")
    return Member(
        now=event.membership,
        age=age * 1000 if isinstance(age, int) else 0,
        event_id=event.event_id,
        replaces=word(unsigned.get("replaces_state")),
    )


def _word(said: Mapping[str, Event], kind: str, name: str) -> str:
    """What the room says of something, empty where it says nothing; a `?` for what is no word."""
    event = said.get(kind)
    if event is None or name not in event.content:
        return ""
    return word(event.content[name]) or "?"
