"""What stands in somebody's chats on Telegram: which message is which card, and what it offers."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.telegram.callbacks import Menu, Tap, unpack
from bot.wording import SIGNS
from dispatch.errors import MalformedError
from dispatch.verbs import Verb, subject
from handlers.messages import Tone
from tests.platforms.telegram_server import Button, Seen
from tests.platforms.telegram_server.messages import Message
from tests.stories.drivers.base import Sighting

_NUMBER = re.compile(r"(\S+) #(\d+)$", re.MULTILINE)
"""The line by which a person tells what a card is about: `任务 #42`."""

_JOB = frozenset({"任务", "Job"})


class ChatSighting(Sighting):
    """The private chat with the bot, and the groups that one is in."""

    def __init__(self, private: Sequence[Seen], rooms: Sequence[Seen]) -> None:
        self.private = private
        self._all = (*rooms, *private)

    @property
    def text(self) -> str:
        return "\n".join(words(each) for each in self._all)

    @property
    def markup(self) -> str:
        return "\n".join(each.html for each in self._all)

    @property
    def red(self) -> bool:
        return any(_alarms(each) and not each.silent for each in self.private)

    def card(self, job: int) -> str:
        found = self.newest(job)
        return "" if found is None else words(found)

    def buttons(self, job: int) -> set[str]:
        return _offered(self.newest(job))

    def application(self, number: int) -> str:
        found = self.newest(number, "application")
        return "" if found is None else words(found)

    def verdicts(self, number: int) -> set[str]:
        return _offered(self.newest(number, "application"))

    def newest(self, number: int, subject: str = "job") -> Seen | None:
        """The newest card of it: the own one, else the one that everybody reads."""
        return next((each for each in self._all[::-1] if about(each) == (subject, number)), None)

    def offering(self, verb: str, number: int, choice: str = "") -> tuple[Seen, Tap] | None:
        """The newest message with a button that does this, and what it carries. Of several buttons of one
        verb the one that carries the `choice`."""
        for seen in self._all[::-1]:
            for _, tap in taps(seen):
                other = tap.verb is Verb.FIND and tap.menu is Menu.DO and tap.choice != choice
                if (tap.verb, tap.job_id) == (verb, number) and tap.menu is not Menu.BACK and not other:
                    return seen, tap
        return None


def words(seen: Seen) -> str:
    """A message as it is read: its text, what is on its buttons, and where a pin stands."""
    copied = [each.copy_text for row in seen.buttons for each in row if each.copy_text is not None]
    venue = seen.content.get("venue", {})
    return " ".join([seen.text, *seen.labels, *copied, *map(str, venue.values())])


def taps(seen: Seen) -> Iterator[tuple[Button, Tap]]:
    """The buttons of ours below a message."""
    for row in seen.buttons:
        for button in row:
            tap = carried(button.data)
            if tap is not None:
                yield button, tap


def carried(data: str | None) -> Tap | None:
    """What a button carries, if it is one of ours."""
    try:
        return unpack(data or "")
    except MalformedError:
        return None


def about(seen: Seen) -> tuple[str, int] | None:
    """What a message is the card of: a job or an application, and its number. None for mere words."""
    if seen.kind != "text":
        return None
    for _, tap in taps(seen):
        if tap.verb is not None:
            return subject(tap.verb).value, tap.job_id
    found = _NUMBER.findall(seen.text)
    return None if not found else ("job" if found[-1][0] in _JOB else "application", int(found[-1][1]))


def former(message: Message) -> Iterator[Tap]:
    """What the buttons below a message carry now, and carried once, newest first."""
    for markup in (message.markup, *(each["markup"] for each in message.history[::-1])):
        rows: Sequence[Sequence[Mapping[str, str]]] = (markup or {}).get("inline_keyboard", [])
        for row in rows:
            for button in row:
                tap = carried(button.get("callback_data"))
                if tap is not None:
                    yield tap


def ever(message: Message) -> Iterator[str]:
    """Everything that a message holds or ever held, as it came over the wire."""
    yield str(message.body)
    yield str(message.markup)
    for earlier in message.history:
        yield str(earlier)


def _offered(card: Seen | None) -> set[str]:
    every = () if card is None else taps(card)
    return {tap.verb.value for _, tap in every if tap.verb is not None and tap.menu is not Menu.BACK}


def _alarms(seen: Seen) -> bool:
    return any(line.startswith(SIGNS[Tone.ALARM]) for line in seen.text.splitlines())
