"""The requests that put something into a room, change it and take it away, each in its turn and repeatable.

Every method says how it went as a value; nothing a homeserver can answer raises. What follows from it is for
the caller. A transaction id is a name for one act: the same again is the same act, whatever happened between.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from mautrix.api import ClientPath, Method, Path, PathBuilder

from bot.matrix import events
from bot.matrix.account import Account
from bot.matrix.contents import ENCRYPTED, MARK, REACTION, Json, reaction
from bot.matrix.events import Event, rows, table
from bot.matrix.keyring import Keyring
from bot.matrix.outcomes import TROUBLE, Outcome, Verdict, judge
from bot.matrix.pacing import PATIENCE_S, Pace, Rank

T = TypeVar("T")

REQUEST_S = 15.0
"""Seconds until a request counts as unanswered. A server of one's own takes 0.05 s; a deliverer waits a
minute for everything."""

PAGE = 100
"""Relations, or messages, that are asked for at once; a card has a dozen."""

MOST_PAGES = 20
"""Where a card was made to have more than two thousand relations, the rest is left: they are not our own."""

MOST_OWN_PAGES = 500
"""Of what we said in a room: thirty messages a day for four years and a half. A server may list the same for
ever."""

_OWN = '{"types": ["m.room.message", "m.room.encrypted"], "senders": [%s]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message as it stands on the server. `content` is opened where it was encrypted and could be."""

    content: Mapping[str, Any]
    redacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Events of ours that the server lists, as they came; `more` of them may follow."""

    events: Sequence[Json]
    more: bool


class Writer:
    """One account's hand. Safe to use from many tasks at once."""

    def __init__(self, account: Account, pace: Pace) -> None:
        self._account = account
        self._pace = pace
        self._secret = account.secret[:64]
        self._keyring = Keyring(account.client)

    def transaction(self, *parts: object) -> str:
        """The name of the act that these parts describe. Kept apart from those of another data folder, whose
        jobs have the same numbers."""
        told = "\0".join(str(part) for part in parts).encode()
        return f"suidao-{hashlib.blake2b(told, digest_size=15, key=self._secret).hexdigest()}"

    async def put(
        self,
        room: str,
        kind: str,
        content: Json,
        transaction: str,
        rank: Rank,
        *,
        patience: float = PATIENCE_S,
    ) -> str | Outcome:
        """Send an event, encrypted where the room is; its id. Repeating with the same transaction gives the
        event of the first time, whatever its content was."""

        async def ask() -> str:
            sealed_kind, sealed = await self._sealed(room, kind, content)
            where = Path.v3.rooms[room].send[sealed_kind][transaction]
            answer = await self._account.wire.request(Method.PUT, where, sealed)
            return str(answer["event_id"])

        return await self._in_turn(room, rank, ask, patience)

    async def react(
        self, room: str, event: str, key: str, transaction: str, rank: Rank, *, patience: float = PATIENCE_S
    ) -> str | Outcome:
        """A reaction of the bot's own below a message. One that stands there already is `Verdict.SAME`."""
        content = reaction(event, key)
        return await self.put(room, REACTION, content, transaction, rank, patience=patience)

    async def redact(
        self, room: str, event: str, rank: Rank, *, patience: float = PATIENCE_S
    ) -> Outcome | None:
        """Take an event of our own away, with all it said; another's where the room lets us. Repeating is
        safe; None when it is gone."""
        where = Path.v3.rooms[room].redact[event][self.transaction("redact", room, event)]

        async def ask() -> None:
            await self._account.wire.request(Method.PUT, where, {})

        done = await self._in_turn(room, rank, ask, patience)
        return None if done is None or done.verdict in (Verdict.GONE, Verdict.NOT_IN) else done

    async def read(self, room: str, event: str) -> Found | Outcome:
        """A message as it was sent, without its edits."""
        answer = await self._ask(
            lambda: self._account.wire.request(Method.GET, Path.v3.rooms[room].event[event])
        )
        if isinstance(answer, Outcome):
            return answer
        if "redacted_because" in answer.get("unsigned", {}):
            return Found(content={}, redacted=True)
        return Found(content=await self._opened(room, answer))

    async def edits(self, room: str, event: str) -> list[str] | Outcome:
        """Our own edits of a message that still stand, newest first. None are known of one that is gone."""
        found = await self._related(room, event, "m.replace")
        return found if isinstance(found, Outcome) else [str(each["event_id"]) for each in found]

    async def reactions(self, room: str, event: str) -> dict[str, str] | Outcome:
        """Our own reactions below a message: key to event."""
        found = await self._related(room, event, "m.annotation")
        if isinstance(found, Outcome):
            return found
        return {str(each["content"]["m.relates_to"]["key"]): str(each["event_id"]) for each in found}

    async def own(self, room: str) -> AsyncIterator[Page | Outcome]:
        """Our messages that stand in a room, edits too, newest first; a page is asked for when the one before
        is done with. A refusal is the last. Where the last page has `more`, that is left out."""
        query = {"dir": "b", "filter": _OWN % json.dumps(self._account.user_id)}
        async for page in self._pages(Path.v3.rooms[room].messages, MOST_OWN_PAGES, query):
            if isinstance(page, Outcome):
                yield page
            else:
                yield replace(page, events=[each for each in page.events if each.get("content")])

    async def _related(self, room: str, event: str, relation: str) -> list[Json] | Outcome:
        found: list[Json] = []
        async for page in self._pages(ClientPath.v1.rooms[room].relations[event][relation], MOST_PAGES, {}):
            if isinstance(page, Outcome):
                return [] if page.verdict is Verdict.GONE else page
            found += page.events
        return found

    async def _pages(
        self, where: PathBuilder, most: int, query: Mapping[str, str]
    ) -> AsyncIterator[Page | Outcome]:
        """What of ours the server lists there, in `most` pages at most; a refusal is the last."""
        asked = {"limit": str(PAGE), **query}
        for _ in range(most):
            request = partial(self._account.wire.request, Method.GET, where, query_params=dict(asked))
            answer = await self._ask(request)
            if isinstance(answer, Outcome):
                yield answer
                return
            listed = map(table, rows(answer.get("chunk")))
            ours = [each for each in listed if each.get("sender") == self._account.user_id]
            following = answer.get("next_batch") or answer.get("end")  # of relations, of messages
            yield Page(events=ours, more=bool(following))
            if not following:
                return
            asked["from"] = following

    async def _opened(self, room: str, raw: Json) -> Mapping[str, Any]:
        found = events.read(room, raw)
        if found is not None and found.kind == ENCRYPTED:
            opened = await self._keyring.open(raw, found)
            found = opened if isinstance(opened, Event) else found
        return {} if found is None else found.content

    async def _sealed(self, room: str, kind: str, content: Json) -> tuple[str, Json]:
        if kind == REACTION or not await self._account.is_encrypted(room):
            return kind, content
        sealed = await self._account.encrypted(room, kind, content)
        return ENCRYPTED, sealed | ({MARK: content[MARK]} if MARK in content else {})

    async def _in_turn(
        self, room: str, rank: Rank, ask: Callable[[], Awaitable[T]], patience: float
    ) -> T | Outcome:
        """Ask when it is time; again, and the same, after a pause that the server asked for."""
        while True:
            if wait := await self._pace.turn(room, rank, patience=patience):
                return Outcome(verdict=Verdict.FLOOD, after=wait, said="waits for its turn")
            done: T | Outcome | None = None
            try:
                done = await self._ask(ask)
            finally:
                flooded = isinstance(done, Outcome) and done.verdict is Verdict.FLOOD
                if isinstance(done, Outcome) and flooded:
                    self._pace.flooded(done.after)
                self._pace.done(room, fine=not flooded)
            if not (isinstance(done, Outcome) and flooded):
                return done
            if done.after > patience:
                return done
            patience -= done.after

    async def _ask(self, ask: Callable[[], Awaitable[T]]) -> T | Outcome:
        try:
            async with asyncio.timeout(REQUEST_S):
                return await ask()
        except TROUBLE as error:
            return judge(error)
        except (KeyError, TypeError):
            return Outcome(verdict=Verdict.AGAIN, said="an answer without what it should hold")
