"""Somebody with a Matrix client: a tap is a reaction below a card that really stands there, and what is no
reaction is said as a reply to it.

Whoever taps sees it in the card; only what the card does not show is put into words. So the answer to a tap
is those words, else the card.
"""

import re
from typing import TYPE_CHECKING

from bot.matrix import contents, keys
from bot.matrix.contents import Mark
from dispatch import walking
from dispatch.people import Person
from dispatch.verbs import Subject, Verb, subject
from handlers.actions import OFFICE
from handlers.posting import TEXT_LIMIT
from tests import counted
from tests.platforms.matrix_server import Member
from tests.platforms.matrix_server.kept import Event
from tests.platforms.matrix_server.timeline import Message
from tests.stories.drivers.base import ChatActor, Finger
from tests.stories.drivers.matrix_screen import Screen, event
from tests.stories.drivers.matrix_sights import Card, RoomSighting, choices, ever, signs

if TYPE_CHECKING:
    from tests.stories.drivers.matrix import MatrixDriver

SHUT_OUT, DELETED = "shut out", "account deleted"
"""How somebody can be out of reach."""

THEN = "  and write there: "
"""Between a link to the bot and what is to be written to it (`bot.invite.matrix_words`)."""

_SLASHED = re.compile(r"^/(?P<word>[A-Za-z]+)(@\w+)?")
"""A command as a story writes it, for the bot by its name or without one. Clients of Matrix keep the sign for
themselves, so people write another, and there is one bot in their chat with it."""

_EXAMPLE = "13800000000"
"""The number that the bot shows where it asks for somebody's."""

_NOWHERE = "$no-such-card"
"""An event that nobody ever sent."""

_BY_NUMBER = frozenset({Verb.CLAIM, Verb.CANCEL, Verb.NOTE, Verb.APPROVE, Verb.DECLINE})
"""Verbs that can be written with the job's or the application's number, whatever card one has."""

_NUMBERS = {**keys.NUMBERS, **keys.OTHERS}


class MatrixActor(ChatActor):
    """Somebody with Matrix on their phone; a stranger has an account once they do something with it."""

    longest = TEXT_LIMIT

    def __init__(
        self, driver: "MatrixDriver", shown: str, person: Person | None, member: Member | None
    ) -> None:
        super().__init__(driver.parts, person)
        self._driver = driver
        self._shown_as = shown
        self._member = member
        self._screen: Screen | None = None
        self._last: tuple[str, str, str | None] | None = None
        self._fresh: list[Card | Message] = []

    @property
    def account(self) -> str:
        assert self._member is not None, f"{self._shown_as} has no account yet"
        return self._member.user_id

    async def looks(self) -> RoomSighting:
        screen = await self._fresh_screen()
        if self._person is not None and await self._driver.enters(screen.phone, self._person):
            await screen.phone.sync()
        return screen.sighting()

    async def aims(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> Finger:
        wanted = Verb(verb)
        if version is not None:
            assert not choice or wanted is Verb.FIND, "an old card is tapped, not answered"
            return await self._aims_at_old(wanted, job, version, choice)
        sighting = (await self._fresh_screen()).sighting()
        if sighting.offering(wanted, job) is None:
            sighting = await self.looks()  # it may stand where many read
        card = sighting.offering(wanted, job)
        assert card is not None, (
            f"{self._shown_as} is not offered {verb}, but {sighting.buttons(job)}: {sighting.card(job)}"
        )
        room, below = card.room_id, card.message.event_id
        if wanted is Verb.FIND and wanted in card.tapped:
            sign = card.sign(await self._called(wanted, choice))
            return lambda: self._taps(room, below, sign, card.mark)
        if wanted in card.tapped and not (choice or text):
            sign = keys.KEYS.get(wanted) or keys.WORDLESS[wanted]
            return lambda: self._taps(room, below, sign, card.mark)
        assert wanted in card.written, f"{verb} is a reaction, and says nothing more"
        words = f"{card.written[wanted]} {text or await self._called(wanted, choice)}".strip()
        return lambda: self._says(room, words, below)

    async def forges(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> str:
        """What has a number can be written to anybody's job. All else needs a card: somebody else's will do,
        whose event they have from somewhere. Our own server takes no reaction below what stands in another
        room; the servers of others may send what they like."""
        wanted, room = Verb(verb), await self._own_room()
        if wanted in _BY_NUMBER:
            return await self.writes(f"!{verb} {job} {text if wanted is Verb.NOTE else ''}".strip())
        cards = self._driver.cards(Mark(number=job, version=0, subject=subject(wanted)))
        below = cards[0].event_id if cards else _NOWHERE
        sign = keys.FINDINGS[-1] if wanted is Verb.FIND else keys.KEYS.get(wanted)
        if sign is not None and (wanted is Verb.FIND or not (choice and wanted in _NUMBERS)):
            screen = await self._fresh_screen()
            known = screen.known()
            await self._driver.comes(room, self.account, contents.reaction(below, sign))
            self.said = await self._answered(screen, known)
            await self.parts.settle()
            return self.said
        return await self._says(
            room, f"{_NUMBERS[wanted]} {await self._called(wanted, choice)} {text}", below
        )

    async def writes(self, text: str, *, about: int | None = None) -> str:
        room, text = await self._own_room(), _SLASHED.sub(r"!\g<word>", text)
        if about is None:
            return await self._says(room, text)
        card = (await self.looks()).newest(about)
        assert card is not None, f"there is no card of job {about} to reply to"
        return await self._says(card.room_id, text, card.message.event_id)

    async def again(self) -> str:
        assert self._last is not None, f"{self._shown_as} has done nothing yet"
        sent, said, since = self._last
        before = [each.body for each in (await self._fresh_screen()).words()]
        self._driver.sent(sent)
        await self._driver.reads_again(since)
        await self.parts.settle()
        after = [each.body for each in (await self._fresh_screen()).words()]
        # An answer that is given again is the same event: it stands where it stood.
        assert not set(after[len(before) :]) & set(before), "it was answered twice"
        return said

    def received(self) -> list[str]:
        if self._member is None:
            return []
        kept = self._driver.server.kept
        events = kept.events(kept.rooms(self.account) - self._driver.rooms)
        return [said for each in events if each.sender != self.account for said in ever(each)]

    def shown(self) -> list[int]:
        cards = [each.mark for each in self._fresh if isinstance(each, Card)]
        return [mark.number for mark in cards if mark.subject is Subject.JOB]

    def choices(self) -> list[str]:
        listed = [choices(each.body) for each in self._words()]
        return next((each for each in listed[::-1] if each), [])

    async def presses(self, label: str) -> str:
        assert label in self.choices(), f"{label} is not among {self.choices()}"
        return await self.writes(label)

    def asked_for_number(self) -> bool:
        """In words: clients of Matrix have no button for it."""
        words = self._words()
        return bool(words) and _EXAMPLE in words[-1].body

    async def shares(self, phone: str) -> str:
        return await self.writes(f"!join {phone}")

    async def follows(self, link: str) -> str:
        """The link opens the chat; what stands behind it is written there."""
        where, _, words = link.partition(THEN)
        assert where == f"https://matrix.to/#/{self._driver.bot}"
        return await self.writes(words.strip())

    async def shuts(self, how: str = "") -> None:
        how = how or SHUT_OUT
        assert how in self._driver.ways_out
        screen = await self._fresh_screen()
        if how == DELETED:
            await self._driver.deletes(screen.phone)
            return
        screen.phone.accepts = False
        for room in screen.private:
            await screen.phone.leave(room)

    async def comes_back(self) -> None:
        screen = await self._fresh_screen()
        screen.phone.accepts = True
        await self.writes("!me")

    async def owners(self) -> list[str]:
        if self._member is None:
            return []
        found = await self.parts.store.addresses(self._driver.platform, self.account)
        people = [(await self.parts.store.roster(each.committee_id)).people for each in found]
        return [
            each[address.person_id].key
            for address, each in zip(found, people, strict=True)
            if address.person_id is not None
        ]

    async def _taps(self, room: str, below: str, key: str, mark: Mark) -> str:
        """A reaction; one that stands there already is taken back first, as clients do."""
        screen, since = await self._on(), await self._driver.token()
        known = screen.known()
        if screen.reacted(room, below, key):
            self._driver.sent(await screen.phone.unreact(room, below, key))
            await self._driver.heard()
        sent = await screen.phone.react(room, below, key)
        return await self._tapped(sent, since, known, below, mark)

    async def _takes_back(self, room: str, reaction: str, below: str, mark: Mark) -> str:
        """The reaction goes, or would if it had not gone long ago."""
        screen, since = await self._on(), await self._driver.token()
        known = screen.known()
        sent = await screen.phone.redact(room, reaction)
        return await self._tapped(sent, since, known, below, mark)

    async def _tapped(self, sent: str, since: str | None, known: set[str], below: str, mark: Mark) -> str:
        self._driver.sent(sent)
        await self._driver.heard()
        said = await self._answered(await self._on(), known, below)
        if not said:
            await self.parts.settle()
            sighting = await self.looks()
            card = sighting.newest(mark.number, mark.subject)
            said = "" if card is None else card.message.body
        self.said, self._last = said, (sent, said, since)
        return said

    async def _says(self, room: str, text: str, about: str = "") -> str:
        screen, since = await self._fresh_screen(), await self._driver.token()
        known = screen.known()
        sent = await screen.phone.send(room, contents.MESSAGE, _message(text, about))
        self._driver.sent(sent)
        await self.parts.settle()
        self.said = await self._answered(screen, known)
        self._last = sent, self.said, since
        return self.said

    async def _answered(self, screen: Screen, known: set[str], below: str = "") -> str:
        """What was said in private since, and what stands in the thread below a card of many."""
        await screen.phone.sync()
        self._fresh = [each for each in screen.sighting().all if event(each) not in known]
        private = [each.body for each in screen.words() if each.event_id not in known]
        return "\n".join([*private, *(screen.thread(below) if below else ())])

    async def _own_room(self) -> str:
        """The private room with the bot; a new direct chat where there is none."""
        screen, bot = await self._fresh_screen(), self._driver.bot
        if screen.private:
            return screen.private[0]
        phone = screen.phone
        room = await phone.create_room(invite=[bot], direct=True)
        await phone.wait_for(lambda: bot in phone.room(room).members, "the bot has come in")
        await self.parts.settle()
        return room

    async def _aims_at_old(self, verb: Verb, job: int, version: int, choice: str) -> Finger:
        """Below the message that the card was then. What was tapped there since is below it still; what is
        given back is the very tap that took the job."""
        screen = await self._fresh_screen()
        mark = Mark(number=job, version=version, subject=subject(verb))
        shown = [each for each in self._driver.cards(mark, version=version) if each.room_id in screen.rooms]
        assert shown, f"{self._shown_as} was never shown {job} in version {version}"
        card = shown[-1]
        below = str(card.content.get("m.relates_to", {}).get("event_id", card.event_id))
        if verb is Verb.RELEASE:
            took = self._took(card, below)
            return lambda: self._takes_back(card.room_id, took, below, mark)
        sign = keys.KEYS.get(verb, "")
        if verb is Verb.FIND:
            shown_then = card.content.get("m.new_content", card.content)
            sign = signs(str(shown_then["body"]))[await self._called(verb, choice)]
        return lambda: self._taps(card.room_id, below, sign, mark)

    def _took(self, card: Event, below: str) -> str:
        """The reaction by which this person had the job when the card looked like that."""
        events = self._driver.server.kept.events([card.room_id])
        until = next(number for number, each in enumerate(events) if each.event_id == card.event_id)
        claim = contents.reaction(below, keys.KEYS[Verb.CLAIM])
        taken = [each for each in events[:until] if each.sender == self.account and each.content == claim]
        assert taken, f"{self._shown_as} had not taken it"
        return taken[-1].event_id

    async def _on(self) -> Screen:
        """What the phone showed when it was looked at last."""
        if self._screen is None:
            phone = await self._driver.phone(self._member, self._shown_as)
            self._member = phone.member
            self._screen = Screen(phone, self._driver.reader, self._driver.rooms)
        return self._screen

    async def _fresh_screen(self) -> Screen:
        """What it shows now."""
        screen = await self._on()
        await screen.phone.sync()
        return screen

    def _words(self) -> list[Message]:
        return [] if self._screen is None else self._screen.words()

    async def _called(self, verb: Verb, choice: str) -> str:
        """Somebody's name, or a committee's, for the number that a choice is; of what was found its words."""
        if not choice:
            return ""
        if verb is Verb.FIND:
            return finding(choice, self.person.language)
        committees = await self.parts.store.committees()
        if verb is Verb.HAND_OVER and choice == str(OFFICE):
            return "街道"
        if verb is Verb.HAND_OVER:
            return next((each.name for each in committees if str(each.id) == choice), choice)
        rosters = [await self.parts.store.roster(each.id) for each in committees]
        return next(each.people[int(choice)].name for each in rosters if int(choice) in each.people)


def finding(choice: str, language: str) -> str:
    """How a finding of some playbook is said: `knock.none`."""
    step, _, name = choice.partition(walking.BETWEEN)
    books = [book for book in counted.playbooks().values() if step in book.step_of]
    return next(
        each.words[language] for book in books for each in book.step_of[step].findings if each.key == name
    )


def _message(text: str, about: str) -> contents.Json:
    """Words, or a place where there are none: what somebody sends who sends no words."""
    content: contents.Json = {"msgtype": "m.text", "body": text}
    if not text.strip():
        content = {"msgtype": "m.location", "body": "", "geo_uri": "geo:31.2,121.47"}
    if about:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": about}}
    return content
