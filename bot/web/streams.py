"""The pages that are open right now, and what each of them is still to be told.

A page is told the newest state of a card, never a history: what was not yet sent is replaced. It knows
neither HTTP nor cards, only keys and pieces of HTML.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST_PAGES = 8
"""Open pages of one address: a phone, a desk and a few forgotten tabs. The oldest gives way."""


class Stream:
    """One open page. `alive` says whether its connection still stands."""

    def __init__(self, language: str, alive: Callable[[], bool]) -> None:
        self.language = language
        self.closed = False
        self._alive = alive
        self._owed: dict[str, str] = {}
        self._something = asyncio.Event()

    @property
    def open(self) -> bool:
        """Somebody can be reached through it."""
        return not self.closed and self._alive()

    def push(self, key: str, html: str) -> None:
        """Owe the page this piece; an older one of the same key that was not sent yet is dropped."""
        self._owed.pop(key, None)
        self._owed[key] = html
        self._something.set()

    def close(self) -> None:
        """End the page's stream; its reader notices at once."""
        self.closed = True
        self._something.set()

    async def next(self, patience_s: float) -> tuple[str, ...]:
        """What is owed, oldest first, as soon as there is something; nothing after `patience_s` seconds."""
        try:
            async with asyncio.timeout(patience_s):
                await self._something.wait()
        except TimeoutError:
            return ()
        self._something.clear()
        owed = tuple(self._owed.values())
        self._owed.clear()
        return owed


class Streams:
    """Open pages by address id."""

    def __init__(self) -> None:
        self._open: dict[int, list[Stream]] = {}

    @contextmanager
    def page(self, address_id: int, language: str, alive: Callable[[], bool]) -> Iterator[Stream]:
        """A page that is open as long as the block runs."""
        stream = Stream(language, alive)
        pages = self._open.setdefault(address_id, [])
        pages.append(stream)
        if len(pages) > MOST_PAGES:
            pages.pop(0).close()
        try:
            yield stream
        finally:
            stream.close()
            if stream in pages:
                pages.remove(stream)
            if not pages and self._open.get(address_id) is pages:
                del self._open[address_id]

    def of(self, address_id: int) -> tuple[Stream, ...]:
        """The address's pages that can be reached now."""
        return tuple(stream for stream in self._open.get(address_id, ()) if stream.open)

    def close(self) -> None:
        """End every stream, so that the server can leave; browsers come back by themselves."""
        for pages in list(self._open.values()):
            for stream in tuple(pages):
                stream.close()
