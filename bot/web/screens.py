"""Boards that are open now: one look at a committee for all its screens, and each language said once.

The store is the truth, so it is looked at rather than listened to: what another process did is seen as well.
Nobody looks while no board is open.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.web.render import Renderer
from bot.web.security import where
from bot.web.streams import MOST_PAGES, Stream
from dispatch.errors import DispatchError
from handlers import board
from handlers.outlook import Lookout, Lookouts, Outlook
from handlers.texts import Catalogs

log = logging.getLogger(__name__)

LOOK_S = 0.25
"""Between two looks: a change is on the screen well within a second, at one small query a look."""

ANEW_S = 15.0
"""After this long everything is said again although nothing happened: duty changes by the clock alone."""


class Screens:
    """Open boards by committee, each told the newest state and never a history."""

    def __init__(self, lookouts: Lookouts, catalogs: Catalogs, renderer: Renderer) -> None:
        self._lookouts = lookouts
        self._catalogs = catalogs
        self._renderer = renderer
        self._watches: dict[int, _Watch] = {}

    async def now(self, committee_id: int, language: str) -> board.Board:
        """The board of this moment, for a page that is being opened."""
        outlook = await self._lookouts.of(committee_id).look()
        return board.told(outlook, self._catalogs.texts(language))

    @contextmanager
    def open(
        self, committee_id: int, address_id: int, language: str, alive: Callable[[], bool]
    ) -> Iterator[Stream]:
        """A screen that is told everything as long as the block runs. Of one address the oldest gives way."""
        stream = Stream(language, alive)
        watch = self._watches.get(committee_id)
        if watch is None:
            lookout = self._lookouts.of(committee_id)
            watch = self._watches[committee_id] = _Watch(lookout, self._catalogs, self._renderer)
        watch.add(address_id, stream)
        try:
            yield stream
        finally:
            stream.close()
            if watch.remove(address_id, stream) and self._watches.get(committee_id) is watch:
                del self._watches[committee_id]

    def close(self) -> None:
        """End every screen's stream, so that the server can leave; browsers come back by themselves."""
        for watch in list(self._watches.values()):
            watch.close()


class _Watch:
    """One committee's screens, and the task that looks for all of them."""

    def __init__(self, lookout: Lookout, catalogs: Catalogs, renderer: Renderer) -> None:
        self._lookout = lookout
        self._catalogs = catalogs
        self._renderer = renderer
        self._screens: dict[int, list[Stream]] = {}
        self._outlook: Outlook | None = None
        self._said: dict[str, str] = {}
        self._task = asyncio.create_task(self._follow())

    def add(self, address_id: int, stream: Stream) -> None:
        """Tell this screen as well, beginning with what is known already."""
        screens = self._screens.setdefault(address_id, [])
        screens.append(stream)
        if len(screens) > MOST_PAGES:
            screens.pop(0).close()
        if self._outlook is not None:
            self._tell(stream, self._outlook)

    def remove(self, address_id: int, stream: Stream) -> bool:
        """Forget the screen; True when it was the last one, and nobody looks any more."""
        screens = self._screens.get(address_id, [])
        if stream in screens:
            screens.remove(stream)
        if not screens:
            self._screens.pop(address_id, None)
        if not self._screens:
            self._task.cancel()
        return not self._screens

    def close(self) -> None:
        """End the streams of all its screens."""
        for screens in self._screens.values():
            for stream in screens:
                stream.close()

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        anew_at = loop.time()
        while True:
            anew = loop.time() >= anew_at
            try:
                outlook = await (self._lookout.look() if anew else self._lookout.news())
                if outlook is not None:
                    anew_at = loop.time() + ANEW_S
                    self._tell_all(outlook)
            except DispatchError as error:
                log.warning("the board was not looked at: %s", error.key)
            except Exception as error:  # noqa: BLE001 - told without its text; the next look may do
                _tell(error)
            await asyncio.sleep(LOOK_S)

    def _tell_all(self, outlook: Outlook) -> None:
        self._outlook, self._said = outlook, {}
        for screens in list(self._screens.values()):
            for stream in screens:
                self._tell(stream, outlook)

    def _tell(self, stream: Stream, outlook: Outlook) -> None:
        language = stream.language
        if language not in self._said:
            told = board.told(outlook, self._catalogs.texts(language))
            self._said[language] = said(told, self._renderer)
        stream.push("board", self._said[language])


def _tell(error: Exception) -> None:
    log.error("the board: %s\n%s", type(error).__name__, where(error))


def said(told: board.Board, renderer: Renderer) -> str:
    """The board as it is pushed: its panels as HTML, and what the plan and the curve are drawn of."""
    marks: dict[str, list[dict[str, object]]] = {}
    for job in told.jobs:
        if job.place is not None:
            mark: dict[str, object] = {
                "id": job.id,
                "icon": job.icon,
                "tone": job.tone.value,
                "held": job.held,
            }
            marks.setdefault(job.place, []).append({**mark, "since": job.since // 1000})
    return json.dumps(
        {
            "now": told.now // 1000,
            "html": renderer.board_now(told),
            "marks": marks,
            "statuses": {each.key: {"status": each.status, "badge": each.badge} for each in told.buildings},
            "waits": [[moment for moment, _ in told.waits], [round(wait, 1) for _, wait in told.waits]],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
