"""How one card gets into one room: a message that rings, its edits, and the end of what may not stay.

Nothing private is in the message that rings, since it shows on a locked phone. It comes with an edit,
which is taken away when it is withdrawn: homeservers keep every edit. Each new message is named after the one
whose place it takes, so that whoever sends it, and however often, there is one.
"""

import logging
from dataclasses import dataclass

from bot.following import Wish
from bot.matrix import contents, render
from bot.matrix.contents import MESSAGE, Mark
from bot.matrix.dressing import Dressing
from bot.matrix.outcomes import Outcome, Verdict
from bot.matrix.pacing import Rank
from bot.matrix.refs import Ref
from bot.matrix.render import Reader
from bot.matrix.rooms import Presence, Rooms
from bot.matrix.standing import Standing
from bot.matrix.writing import Found, Writer
from dispatch.events import NoticeKind
from dispatch.people import Address
from dispatch.ports import Clock, Store
from handlers.gateways import Delivery, Sent
from handlers.messages import Card, Tone
from handlers.texts import Catalogs

log = logging.getLogger(__name__)

MOST_FOUND = 3
"""Messages sent by an earlier life of this process that a card may turn out to be, one after the other."""

_CALLING = (Tone.ALARM, Tone.LIFE)
"""Cards that call their reader by name: somebody must answer now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One card to be brought into one room."""

    address: Address
    room: str
    standing: Standing
    wish: Wish[Ref]

    @property
    def card(self) -> Card:
        """As it is wanted now; the newest of those who joined."""
        return self.wish.card

    @property
    def personal(self) -> bool:
        """It goes to one person alone, whether they are of the committee or not."""
        return self.address.audience is None

    @property
    def target(self) -> Ref | None:
        """The message that the card is already."""
        return self.standing.target(self.wish.ref, self.room)

    @property
    def pressing(self) -> bool:
        """It goes before others'."""
        return self.wish.kind.presses or (self.wish.kind.wakes and self.card.tone in _CALLING)

    @property
    def rank(self) -> Rank:
        """The same, as turns are given."""
        return Rank.URGENT if self.pressing else Rank.CARD

    @property
    def mark(self) -> Mark:
        """What its message says that it is."""
        card = self.card
        kind = self.wish.kind.value
        return Mark(number=card.job_id, version=card.version, kind=kind, subject=card.subject)


class RefusedError(Exception):
    """The errand ends here, with this outcome."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.verdict.value)
        self.outcome = outcome


class Carrier:
    """Runs errands. One errand a card and address at a time: the caller holds the standing's lock."""

    def __init__(
        self, writer: Writer, dressing: Dressing, rooms: Rooms, store: Store, catalogs: Catalogs, clock: Clock
    ) -> None:
        self._writer = writer
        self._dressing = dressing
        self._rooms = rooms
        self._store = store
        self._catalogs = catalogs
        self._clock = clock

    async def carry(self, errand: Errand) -> Sent:
        """Make the room show the card. Raises `RefusedError`."""
        standing = errand.standing
        if (target := errand.target) is not None:
            standing.found(target)
        await self._present(errand)
        reader = await self._reader(errand)
        for _ in range(MOST_FOUND):
            if errand.target is not None and not self._anew(errand):
                break
            if errand.card.version < standing.version:
                raise RefusedError(Outcome(verdict=Verdict.AGAIN, said="a newer one stands there"))
            await self._post(errand, reader)
        await self._show(errand, reader)
        await self._withdraw(errand)
        standing.instead = render.unreacted(errand.card, reader.texts)
        await self._dressing.dress(standing, errand.card, pressing=errand.pressing)
        delivery = Delivery.NOT_REACHED if standing.awaited else Delivery.DELIVERED
        return Sent(delivery=delivery, ref=None if standing.ref is None else standing.ref.known)

    def _anew(self, errand: Errand) -> bool:
        return errand.wish.anew or self._rings(errand)

    def _rings(self, errand: Errand) -> bool:
        return errand.standing.rings(errand.card, errand.wish.kind, self._clock.now())

    async def _present(self, errand: Errand) -> None:
        """Whether the reader is there, and alone with us: asked before anything new or private is said, and
        until whoever was asked in has come."""
        standing = errand.standing
        new = errand.target is None or self._anew(errand)
        if not errand.personal:
            standing.awaited = False
        elif new or errand.card.private or standing.awaited is not False:
            found = await self._rooms.presence(errand.address, errand.room)
            if isinstance(found, Outcome):
                raise RefusedError(found)
            standing.awaited = found is Presence.INVITED

    async def _post(self, errand: Errand, reader: Reader) -> None:
        """A new message at the end of the room, in place of the one that the card was. Where it turns out
        that this one was sent before, for an earlier state, the card is that message."""
        standing, old, mark = errand.standing, errand.target, errand.mark
        shown = render.page(render.public(errand.card), reader)
        standing.begin(errand.wish)  # who comes now wants the next one
        rings = self._rings(errand) and not errand.card.silent
        content = contents.message(
            shown,
            mark,
            rings=rings,
            people=[errand.address.value] if rings and reader.called is not None else [],
            everybody=rings and not errand.personal and errand.card.tone is Tone.LIFE,
        )
        after = "" if old is None else old.event
        turn = self._writer.transaction("card", errand.address.id, errand.card.name, after)
        event = _made(await self._writer.put(errand.room, MESSAGE, content, turn, errand.rank))
        found = await self._read(errand.room, event)
        said = contents.marked(found.content)
        ref = Ref(room=errand.room, event=event)
        if said == mark:
            standing.replaced(ref)
            standing.version, standing.digest = mark.version, shown.digest
            errand.wish.anew = False
        else:
            standing.found(ref)
            errand.wish.anew = errand.wish.anew or found.redacted  # it was replaced in its turn
        if said is not None and said.kind == mark.kind:
            standing.rang(errand.card, errand.wish.kind)  # for this reason they were woken, now or then

    async def _read(self, room: str, event: str) -> Found:
        """The message as the server has it. A repeated transaction gives the event of the first time, and the
        card may have moved on since."""
        found = await self._writer.read(room, event)
        if isinstance(found, Outcome):
            raise RefusedError(found)
        return found

    async def _show(self, errand: Errand, reader: Reader) -> None:
        """The message as the card is now, by an edit where it is not so yet."""
        standing, target, card = errand.standing, errand.standing.ref, errand.card
        standing.begin(errand.wish)
        shown = render.page(card, reader)
        if target is None or card.version < standing.version or standing.digest == shown.digest:
            return
        standing.digest = b""  # from now on nobody knows
        if card.private:
            standing.exposed = True
        people = [errand.address.value] if reader.called is not None else []
        content = contents.edit(target.event, shown, errand.mark, people)
        turn = self._writer.transaction("edit", target.event, card.version, shown.digest.hex())
        standing.latest = _made(await self._writer.put(errand.room, MESSAGE, content, turn, errand.rank))
        standing.version, standing.digest = card.version, shown.digest
        if errand.wish.kind.wakes:
            standing.rang(card, errand.wish.kind)

    async def _withdraw(self, errand: Errand) -> None:
        """Where private text was and may not be any more, the edits that held it are taken away, for a
        homeserver keeps them all. Not done is not sent: the outbox comes back until it is."""
        standing = errand.standing
        if not errand.personal:
            standing.left.update(dict.fromkeys(standing.left, False))
            return
        for old in [old for old, private in standing.left.items() if private]:
            await self._forget_edits(errand, old, keep="")
            standing.left[old] = False
        current = errand.card.version >= standing.version
        if standing.ref is not None and current and not errand.card.private and standing.exposed is not False:
            await self._forget_edits(errand, standing.ref, keep=standing.latest)
            standing.exposed = False

    async def _forget_edits(self, errand: Errand, ref: Ref, *, keep: str) -> None:
        edits = await self._writer.edits(ref.room, ref.event)
        if isinstance(edits, Outcome):
            raise RefusedError(edits)
        for edit in edits:
            if edit == keep:
                continue
            failed = await self._writer.redact(ref.room, edit, errand.rank)
            if failed is not None:
                raise RefusedError(failed)

    async def _reader(self, errand: Errand) -> Reader:
        """The language of whoever reads, and their name where the card calls them by it."""
        roster = await self._store.roster(errand.address.committee_id)
        person = roster.people.get(errand.address.person_id or 0)
        language = errand.address.language or roster.committee.language if person is None else person.language
        calls = errand.card.tone in _CALLING or errand.wish.kind in _BY_NAME
        called = (errand.address.value, person.name) if person is not None and calls else None
        return Reader(texts=self._catalogs.texts(language), called=called)


_BY_NAME = (
    NoticeKind.HELP,
    NoticeKind.ALERT,
    NoticeKind.URGE,
    NoticeKind.NUDGE,
    NoticeKind.ASK_AFTER,
    NoticeKind.RECHECK,
)
"""What somebody must answer, whatever the card's colour."""


def _made(answer: str | Outcome) -> str:
    if isinstance(answer, Outcome):
        raise RefusedError(answer)
    return answer
