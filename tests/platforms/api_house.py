"""The house with the interface for other systems, a system that uses it, and a webhook that listens.

All of it is real: the same server as the pages', requests over loopback, another server for the webhook.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, ClientSession, web

from bot.api.app import Api
from bot.sources import TOKEN
from dispatch.ports import Clock
from tests.platforms.house import House, visit

HOTLINE = f"{TOKEN}{'h' * 43}"
SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="
"""Base64 for "secret of the tests"."""

WORDS = "3号楼502 敲门无应答"


@dataclass(kw_only=True)
class System:
    """Another system with a token; `origin` is where the interface is."""

    session: ClientSession
    origin: str
    token: str = HOTLINE

    async def posts(
        self, body: object, key: str = "one", headers: Mapping[str, str] | None = None
    ) -> ClientResponse:
        """Ask for a job, by JSON unless the body is bytes already."""
        sent = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, **(headers or {})}
        kind = {} if isinstance(body, bytes) else {"json": body}
        data = {"data": body} if isinstance(body, bytes) else {}
        return await self.session.post("/api/jobs", headers=sent, **kind, **data)  # type: ignore[arg-type]  # one of the two

    async def asks(self, job: object, headers: Mapping[str, str] | None = None) -> ClientResponse:
        """How a job stands."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return await self.session.get(f"/api/jobs/{job}", headers=sent)


async def let_in(
    made: House, key: str = "hotline", token: str = HOTLINE, webhook: str = "", committee: int | None = None
) -> None:
    """Make a source, as the command does."""
    await made.store.add_source(
        made.committee_id if committee is None else committee,
        key,
        token=token,
        webhook=webhook,
        secret=SECRET if webhook else "",
        now=made.clock.now(),
    )


@asynccontextmanager
async def serving(made: House, clock: Clock | None = None) -> AsyncIterator[System]:
    """Pages and interface on one port."""
    app = made.app()
    Api(
        service=made.service,
        tokens=made.store,
        catalogs=made.catalogs,
        clock=clock or made.clock,
        secret=bytes(32),
        base_url=made.links.base_url,
    ).mount(app)
    async with visit(app) as browser, ClientSession(browser.origin) as session:
        yield System(session=session, origin=browser.origin)


@dataclass(kw_only=True)
class Letter:
    """A request that the webhook got."""

    headers: Mapping[str, str]
    body: bytes
    said: Any


@dataclass(kw_only=True)
class Webhook:
    """A small server that keeps what it is sent, and answers as it is told."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    """Statuses of the next answers; then 204."""
    letters: list[Letter] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event | None = None
    """Until this is set, nothing is answered."""

    @property
    def told(self) -> list[str]:
        """What it was told, in order."""
        return [letter.said["data"]["event"] for letter in self.letters]

    async def hears(self, request: web.Request) -> web.Response:
        said = await request.json()
        self.letters.append(Letter(headers=dict(request.headers), body=await request.read(), said=said))
        self.heard.set()
        if self.held is not None:
            await self.held.wait()
        status = self.answers.pop(0) if self.answers else 204
        return web.Response(status=status, headers={"Location": "/elsewhere"})


@asynccontextmanager
async def listening() -> AsyncIterator[Webhook]:
    """A webhook on a port of its own."""
    hook = Webhook()
    app = web.Application()
    app.router.add_post("/told", hook.hears)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/told"
    try:
        yield hook
    finally:
        await runner.cleanup()
