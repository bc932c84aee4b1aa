"""Somebody with Telegram on their phone: what they press was really shown, what they read really came.

Menus that a button unfolds are followed to the button that does it; words that a button asks for are a reply
to its card.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.telegram.callbacks import Menu, Tap, pack
from bot.telegram.keyboards import LATER
from dispatch.people import Person
from dispatch.verbs import Verb
from tests.platforms.telegram_server import Query, Seen, TgGroup, TgUser
from tests.platforms.telegram_server.links import deep_link
from tests.platforms.telegram_server.sights import look
from tests.stories.drivers.base import ChatActor, Finger
from tests.stories.drivers.telegram_sights import ChatSighting, about, ever, former, taps, words

if TYPE_CHECKING:
    from tests.stories.drivers.telegram import TelegramDriver

LONGEST = 4096
"""Characters of a message; a client sends what is longer as several."""

WORDLESS = (31.2, 121.47)
"""A place: what somebody sends who sends no words."""

BLOCKED, DELETED, NEVER_STARTED = "blocked", "account deleted", "never started"
"""How somebody can be out of reach."""

_IN_WORDS = {Verb.CORRECT: "", Verb.NOTE: "备注 ", Verb.SAY: "捎话 "}
"""Verbs whose button asks for a reply to the card, and how the reply begins."""


class TelegramActor(ChatActor):
    """Somebody with Telegram on their phone."""

    longest = LONGEST

    def __init__(self, driver: "TelegramDriver", user: TgUser, person: Person | None) -> None:
        super().__init__(driver.parts, person)
        self.user = user
        self._driver = driver
        self._bot = driver.bot
        self._last: Seen | Query | None = None
        self._fresh: list[Seen] = []

    @property
    def account(self) -> str:
        return str(self.user.id)

    async def looks(self) -> ChatSighting:
        posted = [seen for room in self._rooms() for seen in self.user.sees(room)]
        return ChatSighting(private=self._seen(), rooms=posted)

    async def aims(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> Finger:
        assert not text or verb in _IN_WORDS, f"{verb} asks for no words"
        if version is not None:
            message, tap = self._was_offered(verb, job, version)
            return lambda: self._presses(message, replace(tap, menu=Menu.DO, choice=choice))
        sighting = await self.looks()
        found = sighting.offering(verb, job, choice)
        assert found is not None, (
            f"{self.user.account.first_name} is not offered {verb}, but {sighting.buttons(job)}: "
            f"{sighting.card(job)}"
        )
        seen, tap = await self._unfolded(*found, choice)
        if text:
            return lambda: self._says_below(seen, tap, text)
        return lambda: self._presses(seen, tap)

    async def forges(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> str:
        if not self.user.sees(self._bot):
            await self.writes("/help")
        forged = await self.parts.version(job) if version is None else version
        tap = Tap(verb=Verb(verb), job_id=job, version=forged, choice=choice)
        said = await self._presses(self.user.sees(self._bot)[-1], tap)
        await self.parts.settle()
        if text and verb == Verb.NOTE:  # the one verb of words that can also be written without a card
            said = f"{said}\n{await self.writes(f'/note {job} {text}')}"
        return said

    async def writes(self, text: str, *, about: int | None = None) -> str:
        assert len(text) <= LONGEST, "a client would send this as several messages"
        card = None if about is None else (await self.looks()).newest(about)
        assert about is None or card is not None, f"there is no card of job {about} to reply to"
        known = self._known()
        if text.strip():
            self._last = await self.user.writes(self._bot, text, card)
        else:
            self._last = await self.user.sends_location(self._bot, *WORDLESS, card)
        return await self._answered(known)

    async def again(self) -> str:
        assert self._last is not None, f"{self.user.account.first_name} has done nothing yet"
        known, last = self._known(), self._last
        update = last.update_id if isinstance(last, Query) else last.raw.update_id
        assert update is not None
        answers = len(last.answers) if isinstance(last, Query) else 0
        self._driver.server.redeliver(self._bot, update)
        said = await self._answered(known)
        if isinstance(last, Query):
            assert len(last.answers) > answers, "the tap that came again was not answered again"
            self.said = said = last.answers[-1].text
        return said

    def received(self) -> list[str]:
        chat = self.user.town.private(self._bot, self.user.account)
        mine = [each for each in chat.messages if each.sender is not self.user.account]
        for room in self._driver.groups:
            mine += room.chat.asides.get(self.user.id, [])
        popups = [
            f"{each.text} {each.url}"
            for query in self._driver.server.queries
            if query.person is self.user.account
            for each in query.answers
        ]
        return [*(said for each in mine for said in ever(each)), *popups]

    def shown(self) -> list[int]:
        cards = [about(each) for each in self._fresh]
        return [card[1] for card in cards if card is not None and card[0] == "job"]

    def choices(self) -> list[str]:
        offered = [[button.text for button, tap in taps(each) if tap.verb is None] for each in self._seen()]
        return next((each for each in offered[::-1] if each), [])

    async def presses(self, label: str) -> str:
        known = self._known()
        for seen in self._seen()[::-1]:
            for button, tap in taps(seen):
                if tap.verb is None and button.text == label:
                    await self._presses(seen, tap)
                    return await self._answered(known)
        raise AssertionError(f"{label} is not among {self.choices()}")

    def asked_for_number(self) -> bool:
        keys = (self._seen()[-1].raw.markup or {}).get("keyboard", [])
        return any(key.get("request_contact") for row in keys for key in row)

    async def shares(self, phone: str) -> str:
        known, keys = self._known(), self.user.keys(self._bot)
        if keys:
            self._last = await self.user.presses(self._bot, keys[0][0], phone)
        else:
            self._last = await self.user.shares_contact(self._bot, phone)
        return await self._answered(known)

    async def follows(self, link: str) -> str:
        known, found = self._known(), deep_link(link)
        assert found is not None
        assert found.bot == self._bot.username
        self._last = await self.user.starts(self._bot, found.param)
        return await self._answered(known)

    async def shuts(self, how: str = "") -> None:
        how = how or BLOCKED
        assert how in self._driver.ways_out
        chat = self.user.town.private(self._bot, self.user.account)
        chat.blocked = how == BLOCKED
        chat.started = how != NEVER_STARTED
        self.user.account.deactivated = how == DELETED

    async def comes_back(self) -> None:
        await self.user.unblocks(self._bot)
        await self.writes("/me")

    async def owners(self) -> list[str]:
        found = await self.parts.store.addresses(self._driver.platform, str(self.user.id))
        people = [(await self.parts.store.roster(each.committee_id)).people for each in found]
        return [
            each[address.person_id].key
            for address, each in zip(found, people, strict=True)
            if address.person_id is not None
        ]

    async def _presses(self, seen: Seen, tap: Tap) -> str:
        self._last = self.user.forges(seen, pack(tap))
        answer = await self.user.is_answered(self._last)
        self.said = answer.text
        return self.said

    async def _says_below(self, seen: Seen, tap: Tap, text: str) -> str:
        """The button says how; the words are a reply to its card."""
        known = self._known()
        await self._presses(seen, tap)
        beginning = _IN_WORDS[Verb(tap.verb or "")]
        self._last = await self.user.writes(self._bot, f"{beginning}{text}", seen)
        return await self._answered(known)

    async def _unfolded(self, seen: Seen, tap: Tap, choice: str) -> tuple[Seen, Tap]:
        """The button that does it, below the menu that asks whom or whether it is meant."""
        assert choice in ("", tap.choice) or tap.menu is Menu.CHOOSE, f"{tap.verb} asks for nobody"
        while tap.menu is not Menu.DO:
            await self._presses(seen, tap)
            await self._driver.settled()
            seen = look(seen.raw)
            tap = _unfolded(seen, tap, choice)
        return seen, tap

    def _was_offered(self, verb: str, job: int, version: int) -> tuple[Seen, Tap]:
        chats = [self.user.town.private(self._bot, self.user.account), *(each.chat for each in self._rooms())]
        for chat in chats:
            for message in chat.messages[::-1]:
                for tap in former(message):
                    if (tap.verb, tap.job_id, tap.version) == (verb, job, version):
                        return look(message), tap
        raise AssertionError(f"{verb} of job {job} was never offered in version {version}")

    async def _answered(self, known: set[int]) -> str:
        """Let it be handled; what was said in words since."""
        await self.parts.settle()
        self._fresh = [each for each in self._seen() if each.id not in known]
        said = [each for each in self._fresh if each.kind == "text" and about(each) is None]
        self.said = "\n".join(words(each) for each in said)
        return self.said

    def _rooms(self) -> list[TgGroup]:
        """The groups that this person is in."""
        return [each for each in self._driver.groups if self.user.id in each.chat.members]

    def _known(self) -> set[int]:
        return {each.id for each in self._seen()}

    def _seen(self) -> list[Seen]:
        return self.user.sees(self._bot)


def _unfolded(seen: Seen, asked: Tap, choice: str) -> Tap:
    """The next button to press: the one that was looked for, else the one that shows more."""
    every = [(button, tap) for button, tap in taps(seen) if tap.verb is asked.verb]
    for _, tap in every:
        if tap.menu is Menu.DO and choice in {tap.choice, tap.choice.partition(":")[0]}:
            return tap
    more = next((tap for button, tap in every if button.text == LATER), None)
    assert more is not None, f"{choice or asked.verb} is not among {list(seen.labels)}"
    return more
