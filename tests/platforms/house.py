"""A small committee behind the real pages: real store, real rules, real words; only the clock is held.

The bell does what the workers do, at once and in order, so that a test sees the outcome of a tap without
waiting for anything.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import ClientResponse, ClientSession, CookieJar, FormData, web

from bot import step_pictures
from bot.plans import Plans
from bot.web.app import build
from bot.web.board import Office
from bot.web.gateway import WebGateway
from bot.web.links import Links
from bot.web.ringing import Ringing
from bot.web.serving import runner
from dispatch import register
from dispatch.moments import Micros
from dispatch.people import Address, Person
from dispatch.service import Service
from handlers.gateways import Gateway
from handlers.messages import MessageRef
from handlers.outlook import Lookouts
from handlers.router import Router
from handlers.texts import Catalogs
from store import SqlStore, open_store
from store.crypto import Vault
from store.maps import Geodesic
from store.schema import DATABASE, prepare
from tests import counted
from tests.platforms.clocks import SetClock

COMMITTEE: dict[str, object] = {
    "committee": {
        "key": "wutongli",
        "name": "梧桐里居民区",
        "language": "zh_CN",
        "timezone": "Asia/Shanghai",
        "coordinates": "wgs84",
        "emergency": {"ambulance": "120", "police": "110"},
    },
    "buildings": [
        {"key": "3", "name": "3号楼", "lat": 31.2031, "lon": 121.4789},
        {"key": "7", "name": "7号楼", "lat": 31.2034, "lon": 121.4795},
    ],
    "people": [
        {
            "key": key,
            "name": name,
            "language": language,
            "roles": [role],
            "trusted": trusted,
            "building": "3",
            "skills": ["medicine", "oxygen"],
            "vehicle": "ebike",
        }
        for key, name, language, role, trusted in (
            ("wang", "王阿姨", "zh_CN", "volunteer", True),
            ("li", "Mr Li", "en", "volunteer", True),
            ("new", "新来的", "zh_CN", "volunteer", False),
            ("zhao", "赵社工", "zh_CN", "staff", True),
            ("qian", "钱书记", "zh_CN", "secretary", True),
        )
    ],
    "residents": [
        {
            "key": "chen",
            "name": "陈阿姨",
            "building": "3",
            "unit": "502",
            "phone": "13800138000",
            "notes": "80岁，独居",
        }
    ],
    "ladder": {"duty": ["qian"]},
}
PRIVATE = ("13800138000", "陈阿姨", "80岁", "敲门无应答")
"""What must never reach a log, a room, or somebody who was not vouched for."""
KNOCK = "3号楼502 敲门无应答 80岁独居"
"""A message, and what it says that is private."""
SCRIPT = {"HX-Request": "true"}
"""The header that htmx adds."""


class PromptBell:
    """`dispatch.ports.Bell` that remembers what it was rung for; the house then delivers it."""

    def __init__(self) -> None:
        self.rows: list[int] = []

    def look(self, committee_id: int, job_id: int, at: Micros) -> None:
        """The tests look by themselves (`House.look`)."""

    def deliver(self, rows: Sequence[int], *, later: bool = False) -> None:
        self.rows.extend(rows)


class House:
    """One committee and its web pages."""

    def __init__(self, store: SqlStore, clock: SetClock, links: Links, plans: Plans) -> None:
        self.store = store
        self.clock = clock
        self.links = links
        self.plans = plans
        self.bell = PromptBell()
        self.catalogs = _catalogs()
        self.service = Service(store, self.bell, clock, Geodesic(), counted.playbooks())
        guides = step_pictures.load(None, self.service.playbooks.values())
        self.router = Router(self.service, self.catalogs, guides=guides)
        # The push service of the tests stands on this machine, where a real one must never be.
        self.ringing = Ringing(
            store, bytes(range(32)), clock, links.base_url, lambda url: url.startswith("http")
        )
        self.gateway = WebGateway(self.catalogs, ringing=self.ringing, guides=guides.named)
        self.fit = True
        self.committee_id = 0

    def app(self, beat_s: float = 0.05) -> web.Application:
        """The pages; streams beat fast, so that nobody waits for a closed page to be noticed."""
        return build(
            router=self.router,
            store=self.store,
            links=self.links,
            gateway=self.gateway,
            clock=self.clock,
            ready=self._ready,
            beat_s=beat_s,
            office=Office(lookouts=Lookouts(self.service), catalogs=self.catalogs, plans=self.plans),
        )

    async def _ready(self) -> bool:
        return self.fit

    async def settle(self) -> None:
        """Deliver everything owed, as the worker would."""
        gateway: Gateway = self.gateway
        while self.bell.rows:
            ids, self.bell.rows = self.bell.rows, []
            for row in await self.store.outbox(ids):
                relay = row.relay_id
                card = (
                    await self.router.card(row.address, row.job_id)
                    if relay is None
                    else await self.router.relay_card(row.address, relay)
                )
                ref = None if row.ref is None else MessageRef(value=row.ref)
                sent = await gateway.send(row.address, card, row.kind, ref)
                await self.store.delivered(
                    row,
                    now=self.clock.now(),
                    result=sent.delivery.value,
                    ref=None if sent.ref is None else sent.ref.value,
                    retry_at=None,
                )

    async def look(self) -> None:
        """Let the clock act on every job that is due, as the alarms would."""
        for due in await self.store.due(self.clock.now(), 100):
            await self.service.look(due.committee_id, due.job_id)
        await self.settle()

    async def person(self, key: str) -> Person:
        return await self.store.person(self.committee_id, key)

    async def address(self, key: str) -> Address:
        address = await self.store.address("web", f"wutongli/{key}")
        assert address is not None
        return address

    async def link(self, key: str) -> str:
        """A path that opens the person's page."""
        return self.links.link(await self.person(key)).removeprefix(self.links.base_url)


@cache
def _catalogs() -> Catalogs:
    """Read once: nothing changes them."""
    return Catalogs.load()


@cache
def _empty() -> bytes:
    """A database of today's shape with nothing in it: migrating takes longer than most tests."""
    with TemporaryDirectory() as folder:
        prepare(Path(folder) / DATABASE)
        return (Path(folder) / DATABASE).read_bytes()


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """A house whose people have all been invited."""
    clock = SetClock()
    vault = Vault.open(folder, None)
    (folder / DATABASE).write_bytes(_empty())
    store = await open_store(folder, vault, clock)
    try:
        made = House(store, clock, Links(vault.derive(b"web"), "http://suidao.test", clock), Plans(folder))
        await store.load(register.parse("committee.toml", COMMITTEE), prune=False, demo=True)
        (committee,) = await store.committees()
        made.committee_id = committee.id
        for person in (await store.roster(committee.id)).people.values():
            await store.invite(committee.id, person.id, revoke=False)
        yield made
    finally:
        await store.close()


class Browser:
    """A browser without scripts: it keeps cookies and follows redirects, and that is all."""

    def __init__(self, session: ClientSession, origin: str, serving: web.AppRunner) -> None:
        self.origin = origin
        self._session = session
        self._serving = serving

    async def get(
        self, path: str, headers: dict[str, str] | None = None, *, follow: bool = True
    ) -> ClientResponse:
        return await self._session.get(path, headers=headers, allow_redirects=follow)

    async def post(
        self,
        path: str,
        data: dict[str, str] | bytes | FormData,
        headers: dict[str, str] | None = None,
        *,
        follow: bool = True,
    ) -> ClientResponse:
        """Send a form of our own page, unless `headers` say otherwise."""
        sent = {"Origin": self.origin} if headers is None else headers
        return await self._session.post(path, data=data, headers=sent, allow_redirects=follow)

    async def by_script(self, path: str, data: dict[str, str]) -> ClientResponse:
        """The same form, sent by htmx."""
        return await self.post(path, data, SCRIPT | {"Origin": self.origin})

    async def read(self, path: str = "/") -> str:
        """The page there, for somebody who may see it."""
        answer = await self.get(path)
        assert answer.status == 200, answer.status
        return await answer.text()

    async def send(self, path: str, form: dict[str, str]) -> str:
        """Send a form that is taken, and read the page it leads to."""
        answer = await self.post(path, form)
        assert answer.status == 200, answer.status
        return await answer.text()

    async def enter(self, link: str) -> None:
        """Open a personal link."""
        answer = await self.get(link, follow=False)
        assert answer.status == 303, answer.status

    async def leave(self) -> None:
        """Stop the server, as Ctrl-C does."""
        await self._serving.cleanup()


@asynccontextmanager
async def visit(app: web.Application) -> AsyncIterator[Browser]:
    """Serve the application as the program does, on a port of its own, to one browser."""
    serving = runner(app)
    await serving.setup()
    site = web.TCPSite(serving, "127.0.0.1", 0)
    await site.start()
    origin = f"http://127.0.0.1:{serving.addresses[0][1]}"
    async with ClientSession(origin, cookie_jar=CookieJar(unsafe=True)) as session:
        try:
            yield Browser(session, origin, serving)
        finally:
            await serving.cleanup()


@asynccontextmanager
async def browser(made: House, key: str | None = None) -> AsyncIterator[Browser]:
    """A browser; with a `key` it has opened that person's link."""
    async with visit(made.app()) as client:
        if key is not None:
            await client.enter(await made.link(key))
        yield client
