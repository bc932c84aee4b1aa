"""What stands in somebody's Matrix rooms: which message is which card, and what it offers.

Edits are applied and what was redacted is gone, as every good client shows it.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.matrix import contents, keys
from bot.matrix.contents import Mark
from bot.wording import SIGNS
from dispatch.verbs import Subject, Verb, subject
from handlers.messages import Tone
from handlers.texts import Catalogs
from tests.platforms.matrix_server.kept import Event
from tests.platforms.matrix_server.timeline import Message
from tests.stories.drivers.base import Sighting

_VERBS: Mapping[str, Verb] = {str(number): verb for verb, number in {**keys.NUMBERS, **keys.OTHERS}.items()}
"""The number in a card's last line, and the verb that it stands for."""

_BETWEEN = " · "
_LANGUAGES = ("zh_CN", "en")
_REST = "More, by an answer to this card or a reaction: {verbs}"
"""How that line begins; see `bot.matrix.sheet`."""


@dataclass(frozen=True, slots=True)
class Card:
    """A message that is a card."""

    room_id: str
    message: Message
    mark: Mark
    tapped: frozenset[Verb]
    """What its reactions do."""
    written: Mapping[Verb, str]
    """What is said as a reply to it, and the number that is written before the words."""

    def sign(self, label: str) -> str:
        """What is tapped for this, as the card says it."""
        return signs(self.message.body)[label]

    @property
    def verbs(self) -> set[str]:
        """All that it offers."""
        return {verb.value for verb in (*self.tapped, *self.written)}


class RoomSighting(Sighting):
    """The private rooms with the bot, and the committees' rooms that one is in."""

    def __init__(self, reader: str, messages: Sequence[Card | Message]) -> None:
        self._reader = reader
        self.all = messages
        """What many people read first, then what is private; each the oldest first."""

    @property
    def text(self) -> str:
        return "\n".join(_message(each).body for each in self.all)

    @property
    def markup(self) -> str:
        messages = (_message(each) for each in self.all)
        return "\n".join(each.html or html.escape(each.body) for each in messages)

    @property
    def red(self) -> bool:
        return any(
            self._reader in each.message.mentions and each.message.kind == contents.RINGS
            for each in self.cards
            if any(line.startswith(SIGNS[Tone.ALARM]) for line in each.message.body.splitlines())
        )

    @property
    def cards(self) -> list[Card]:
        """Every card, the private ones last."""
        return [each for each in self.all if isinstance(each, Card)]

    def card(self, job: int) -> str:
        found = self.newest(job)
        return "" if found is None else found.message.body

    def buttons(self, job: int) -> set[str]:
        found = self.newest(job)
        return set() if found is None else found.verbs

    def application(self, number: int) -> str:
        found = self.newest(number, Subject.APPLICATION)
        return "" if found is None else found.message.body

    def verdicts(self, number: int) -> set[str]:
        found = self.newest(number, Subject.APPLICATION)
        return set() if found is None else found.verbs

    def newest(self, number: int, about: Subject = Subject.JOB) -> Card | None:
        """The newest card of it: the own one, else the one that everybody reads."""
        wanted = number, about
        return next(
            (each for each in self.cards[::-1] if (each.mark.number, each.mark.subject) == wanted), None
        )

    def offering(self, verb: Verb, number: int) -> Card | None:
        """The newest card that offers this."""
        about = number, subject(verb)
        found = (each for each in self.cards[::-1] if (each.mark.number, each.mark.subject) == about)
        return next((each for each in found if verb in each.tapped or verb in each.written), None)


class Reader:
    """Tells the bot's cards from what else it says."""

    def __init__(self, bot: str, catalogs: Catalogs) -> None:
        self.bot = bot
        self._begins = [catalogs.texts(language).say(_REST, verbs="") for language in _LANGUAGES]

    def read(self, room_id: str, message: Message) -> Card | Message:
        """The card that a message is, as it stands; else the message."""
        mark = contents.marked(message.content)
        if mark is None or message.sender != self.bot:
            return message
        known = {
            verb
            for key, people in message.reactions.items()
            if self.bot in people
            for verb in keys.verbs(key)
        }
        written = dict(self._written(message.body))
        added = {verb for sign in written for verb in keys.verbs(sign)}
        tapped = {verb for verb in known | added if subject(verb) is mark.subject}
        numbers = {_VERBS[sign]: sign for sign in written if sign in _VERBS}
        return Card(room_id, message, mark, frozenset(tapped), numbers)

    def _written(self, body: str) -> Iterator[tuple[str, str]]:
        """Signs of what else can be done, and what each does."""
        for line in body.splitlines():
            for begins in self._begins:
                if line.startswith(begins):
                    for part in line.removeprefix(begins).split(_BETWEEN):
                        sign, _, label = part.strip().partition(" ")
                        yield sign, label


def signs(body: str) -> Mapping[str, str]:
    """What a card's lines say that is tapped, by what it does."""
    parts = (part.strip().partition(" ") for line in body.splitlines() for part in line.split(_BETWEEN))
    return {label: sign for sign, _, label in parts}


def choices(body: str) -> list[str]:
    """What a message lists to be answered with."""
    return _LISTED.findall(body)


def ever(event: Event) -> Iterator[str]:
    """Everything that a message says, as it went over the wire: its words, and what else its markup holds.

    Names of events are left out: they are made of chance, and hold any three digits some day."""
    for content in (event.content, event.content.get("m.new_content", {})):
        body, markup = str(content.get("body", "")), str(content.get("formatted_body", ""))
        if body:
            yield body
        said = set(_words(body))
        beyond = [word for word in _words(html.unescape(markup)) if word not in said and word not in _MARKUP]
        if beyond:
            yield " ".join(beyond)


_LISTED = re.compile(r"^(?:\d+\.|•) (.+)$", re.MULTILINE)
_MARKUP = frozenset(["p", "br", "strong", "em", "a", "href", "blockquote"])


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _message(each: Card | Message) -> Message:
    return each.message if isinstance(each, Card) else each
