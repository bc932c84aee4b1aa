"""What is said to many at once below a card: one message in its thread for all whom it concerns, which is
edited when it is no longer true, and not repeated.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.matrix import contents
from bot.matrix.answers import Answers, worded

SETTLES_S = 0.5
"""Those who tap in the same moment are answered together: as long as a sync takes to bring the rest of a
burst, and short enough that nobody taps again for want of an answer."""

REMEMBERED = 2_000
"""Answers below cards, the latest used. A forgotten one is found again as after a restart: as long as the
server remembers names (Synapse: a day)."""


@dataclass(slots=True, eq=False)
class _Thread:
    """One answer below one card. Whoever writes holds the `lock`."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: bool = False
    event_id: str = ""
    text: str = ""
    edits: int = 0


class Threads:
    """Answers below cards, one a card and `about`."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._known: OrderedDict[tuple[str, str], _Thread] = OrderedDict()

    def say(self, room_id: str, card: str, about: str, words: Callable[[], Awaitable[str]]) -> None:
        """Have the thread say what `words` gives when it is written; once for all who ask meanwhile."""
        thread = self._of(card, about)
        if not thread.wanted:
            thread.wanted = True
            self._answers.beside.begin(self._say(thread, room_id, card, about, words))

    async def _say(
        self, thread: _Thread, room_id: str, card: str, about: str, words: Callable[[], Awaitable[str]]
    ) -> None:
        await asyncio.sleep(SETTLES_S)
        async with thread.lock:
            thread.wanted = False
            text = worded(await words())
            if text and text != thread.text:
                await self._write(thread, room_id, card, about, text)

    async def _write(self, thread: _Thread, room_id: str, card: str, about: str, text: str) -> None:
        name = f"{about} below {card}"
        if not thread.event_id and not await self._found(thread, room_id, card, name, text):
            return
        if text != thread.text:
            content = _edit(thread.event_id, text)
            thread.edits += 1
            made = await self._answers.put(room_id, content, f"{name} {thread.edits}")
            thread.text = text if made else thread.text

    async def _found(self, thread: _Thread, room_id: str, card: str, name: str, text: str) -> bool:
        """Say it, or find it where an earlier life of this process has said it, and perhaps changed it since:
        a name that was used says nothing new. False where the server does not tell."""
        event_id = await self._answers.put(room_id, contents.aside(text, thread=card), name)
        stands = None if event_id is None else await self._answers.stands(room_id, event_id)
        if event_id is None or stands is None:
            return False
        thread.event_id, (thread.text, thread.edits) = event_id, stands
        return True

    def _of(self, card: str, about: str) -> _Thread:
        thread = self._known.setdefault((card, about), _Thread())
        self._known.move_to_end((card, about))
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return thread


def _edit(event_id: str, text: str) -> contents.Json:
    return {
        **contents.aside(f"* {text}"),
        "m.new_content": contents.aside(text),
        "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
    }
