"""Requests to other systems' webhooks: short, without redirects, and their answers are not read.

It knows addresses, which are secrets: nothing that is said here holds one.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Self

import aiohttp

from dispatch.ports import Clock
from dispatch.service import Service
from dispatch.sources import Sources
from workers.reports import Reporter

WITHIN_S = 10.0
"""Seconds for a request and the head of its answer: what a slow system on a slow line needs."""


class Reporting:
    """Implements `workers.watch.mends.Reporting`: a reporter, for as long as it runs."""

    def __init__(self, store: Sources, service: Service, clock: Clock, base_url: str) -> None:
        self._made_of = (store, service, clock, base_url)
        self._reporter: Reporter | None = None

    async def forever(self) -> None:
        """Tell other systems what happens to their jobs, until cancelled."""
        store, service, clock, base_url = self._made_of
        async with HttpCaller.open() as caller:
            self._reporter = Reporter(store, service, caller, clock, base_url)
            try:
                await self._reporter.forever()
            finally:
                self._reporter = None

    async def begin(self) -> None:
        """See `mends.Reporting.begin`. While it does not run nothing is begun, and stays late."""
        if self._reporter is not None:
            await self._reporter.begin()

    def busy(self, source_id: int) -> bool:
        """See `mends.Reporting.busy`."""
        return self._reporter is not None and self._reporter.busy(source_id)


class HttpCaller:
    """`workers.reports.Caller` over HTTP."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        """Ready to call, for as long as the block runs."""
        # No cookies: what one answer sets is nobody's business at the next.
        timeout = aiohttp.ClientTimeout(total=WITHIN_S)
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield cls(session)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """See `Caller.post`."""
        try:
            # A redirect would take a signed letter to an address that nobody has given.
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return 0
