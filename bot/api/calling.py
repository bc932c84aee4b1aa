"""Requests to other systems' webhooks: short, without redirects, and their answers are not read.

It knows addresses, which are secrets: nothing that is said here holds one.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Self

import aiohttp

WITHIN_S = 10.0
"""Seconds for a request and the head of its answer: what a slow system on a slow line needs."""


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
