"""A committee to tell stories in: real store, real handlers, real pages over HTTP, a clock that is ours.

The queue's bell is lost on purpose: everything that happens by itself is done by the sweep, as it is in
the worst case. The bell, the alarms and real processes have tests of their own.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Self

from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer

import store
from bot.playbooks import load_playbooks
from bot.web.app import build
from bot.web.gateway import WebGateway
from bot.web.links import Links
from dispatch import register
from dispatch.jobs import Job
from dispatch.moments import MINUTE, SECOND, Micros
from dispatch.people import Committee, Person
from dispatch.service import Service
from dispatch.situation import Situation
from handlers.router import Router
from handlers.texts import Catalogs
from store.crypto import Vault
from store.maps import Geodesic
from store.schema import DATABASE, prepare
from workers.deliver import Deliverer
from workers.sweep import PATIENCE, Sweep

MONDAY_NIGHT: Micros = 1_779_649_800_000_000
"""A Monday in 2026, 03:10 in Shanghai: before duty passes at eight."""

BASE = "http://127.0.0.1"

WITHOUT_PHONE = "v9"
"""A volunteer whom no chat and no page reaches; everybody else has their personal link."""


class OurClock:
    """A clock that moves only when a story says so."""

    def __init__(self, now: Micros) -> None:
        self._now = now

    def now(self) -> Micros:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += round(seconds * SECOND)

    def set(self, now: Micros) -> None:
        self._now = max(self._now, now)


class LostBell:
    """A queue that loses everything it is told."""

    def look(self, committee_id: int, job_id: int, at: Micros) -> None:
        pass

    def deliver(self, rows: object, *, later: bool = False) -> None:
        pass


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What a person's page says right now."""

    html: str

    @property
    def text(self) -> str:
        """The words on the page, without markup."""
        body = re.sub(r"<(script|style|template|head)\b.*?</\1>", " ", self.html, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def red(self) -> bool:
        """The whole page is an alarm: somebody must answer now."""
        return '<body class="alarmed"' in self.html

    def card(self, job: int) -> str:
        """The words on the card of one job; empty where there is none."""
        found = re.search(rf'<article[^>]*id="job-{job}".*?</article>', self.html, flags=re.DOTALL)
        return Sighting(html=found.group(0)).text if found else ""

    def buttons(self, job: int) -> set[str]:
        """The verbs that the card of one job offers."""
        found = re.search(rf'<article[^>]*id="job-{job}".*?</article>', self.html, flags=re.DOTALL)
        return set(re.findall(r'name="verb" value="(\w+)"', found.group(0))) if found else set()


class Actor:
    """Somebody with a phone: opens the page, taps, writes. Every look is a real request."""

    def __init__(self, world: "World", person: Person, session: ClientSession) -> None:
        self.world = world
        self.person = person
        self._session = session
        self.said = ""
        """What the last tap or message was answered with."""

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    async def looks(self) -> Sighting:
        """Open the page."""
        async with self._session.get(self.world.url("/")) as response:
            assert response.status == 200, await response.text()
            return Sighting(html=await response.text())

    async def sees(self, text: str, job: int | None = None) -> bool:
        """Whether the page (or one card of it) says this."""
        sighting = await self.looks()
        return text in (sighting.text if job is None else sighting.card(job))

    async def taps(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> str:
        """Press a button of a card, of the newest one where no version is given; returns the answer."""
        seen = await self.world.version(job) if version is None else version
        fields = {"verb": verb, "job": str(job), "version": str(seen), "choice": choice, "text": text}
        return await self._posts("/act", fields)

    async def writes(self, text: str, **fields: str) -> str:
        """Write one message into the post box, or fill in the short form; returns the answer."""
        self.world.nonces += 1
        return await self._posts("/post", {"text": text, "nonce": f"n{self.world.nonces}", **fields})

    async def _posts(self, path: str, fields: Mapping[str, str]) -> str:
        headers = {"HX-Request": "true", "Origin": self.world.url("").rstrip("/")}
        async with self._session.post(self.world.url(path), data=fields, headers=headers) as response:
            assert response.status in (200, 422), await response.text()
            self.said = Sighting(html=await response.text()).text
        await self.world.settles()
        return self.said


class World:
    """One committee (and, where a story needs it, a second one)."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.clock = OurClock(MONDAY_NIGHT)
        self.nonces = 0
        self._actors: dict[str, Actor] = {}
        self._sessions: list[ClientSession] = []

    async def __aenter__(self) -> Self:
        self.vault = Vault.open(self.data, None)
        prepare(self.data / DATABASE)
        self.store = await store.open_store(self.data, self.vault, self.clock)
        self.playbooks = load_playbooks(None)
        self.service = Service(self.store, LostBell(), self.clock, Geodesic(), self.playbooks)
        self.catalogs = Catalogs.load()
        self.router = Router(self.service, self.catalogs)
        self.gateway = WebGateway(self.catalogs)
        self.deliverer = Deliverer(self.store, self.router, {"web": self.gateway}, self.clock)
        self.sweep = Sweep(self.service, self.deliverer, self.clock)
        self.links = Links(self.vault.derive(b"web"), BASE, self.clock)
        self._server = TestServer(
            build(
                router=self.router,
                store=self.store,
                links=self.links,
                gateway=self.gateway,
                clock=self.clock,
                ready=self._ready,
            )
        )
        await self._server.start_server()
        self.committee = await self.founds(COMMITTEE)
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in self._sessions:
            await session.close()
        await self._server.close()
        await self.store.close()

    async def founds(self, file: Mapping[str, object]) -> Committee:
        """Load a committee's file."""
        await self.store.load(register.parse("world.toml", file), prune=False, demo=False)
        committees = await self.store.committees()
        key = dict(file)["committee"]["key"]  # type: ignore[index]  # a committee's file
        committee = next(committee for committee in committees if committee.key == key)
        for person in (await self.store.roster(committee.id)).people.values():
            if person.key != WITHOUT_PHONE:
                await self.store.invite(committee.id, person.id, revoke=False)
        return committee

    def url(self, path: str) -> str:
        """An address of the server under test."""
        return str(self._server.make_url(path)) if path else str(self._server.make_url("/"))

    async def person(self, key: str, committee: Committee | None = None) -> Actor:
        """Somebody of the committee, signed in by their personal link."""
        where = committee or self.committee
        if (known := self._actors.get(f"{where.key}/{key}")) is not None:
            return known
        person = await self.store.person(where.id, key)
        person = await self.store.invite(where.id, person.id, revoke=False)
        session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self._sessions.append(session)
        token = self.links.link(person).rsplit("/", 1)[1]
        async with session.get(self.url(f"/join/{token}")) as response:
            assert response.status == 200, await response.text()
        actor = Actor(self, person, session)
        self._actors[f"{where.key}/{key}"] = actor
        return actor

    async def job(self) -> int:
        """The number of the newest open job."""
        return max(job.id for job in await self.jobs())

    async def jobs(self) -> tuple[Job, ...]:
        """All open jobs of the committee."""
        return await self.store.open_jobs(self.committee.id)

    async def state(self, job: int) -> Situation:
        """The job as it is kept."""
        return await self.store.situation(self.committee.id, job)

    async def version(self, job: int) -> int:
        """The version of the job's newest card."""
        return (await self.state(job)).job.version

    async def asked(self, job: int) -> set[str]:
        """Keys of the volunteers asked so far."""
        return await self._keys(job, leaders=False)

    async def called(self, job: int) -> set[str]:
        """Keys of the leaders called so far."""
        return await self._keys(job, leaders=True)

    async def events(self, job: int) -> list[str]:
        """Kinds of the ledger's entries, oldest first."""
        return [entry.kind.value for entry in await self.store.timeline(self.committee.id, job)]

    async def settles(self) -> None:
        """Deliver what is owed at this moment."""
        await self.sweep.once()

    async def fast_forward(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass with everything running: each due moment is looked at half a second late."""
        end = self.clock.now() + round(minutes * MINUTE + seconds * SECOND)
        while (due := await self._next_due()) is not None and due + PATIENCE <= end:
            self.clock.set(due + PATIENCE)
            await self.sweep.once()
        self.clock.set(end)
        await self.sweep.once()

    async def sleeps_through(self, *, minutes: float) -> None:
        """Everything is down for this long; then one sweep."""
        self.clock.set(self.clock.now() + round(minutes * MINUTE))
        await self.sweep.once()

    async def _next_due(self) -> Micros | None:
        due = await self.store.due(self.clock.now() + 10_000 * MINUTE, 1)
        return due[0].look_at if due else None

    async def _keys(self, job: int, *, leaders: bool) -> set[str]:
        situation = await self.state(job)
        people = situation.roster.people
        return {people[ask.person_id].key for ask in situation.asks if ask.leader is leaders}

    @staticmethod
    async def _ready() -> bool:
        return True


@asynccontextmanager
async def a_world(data: Path) -> AsyncIterator[World]:
    """A world with the standard committee; everything is closed afterwards."""
    async with World(data) as world:
        yield world


def _volunteer(number: int, **fields: object) -> dict[str, object]:
    return {
        "key": f"v{number}",
        "name": f"志愿者{number}",
        "roles": ["volunteer"],
        "trusted": True,
        "building": str(number),
        "language": "zh_CN",
        **fields,
    }


COMMITTEE: Mapping[str, object] = {
    "committee": {
        "key": "wutong",
        "name": "梧桐里居民区",
        "language": "zh_CN",
        "timezone": "Asia/Shanghai",
        "coordinates": "wgs84",
        "emergency": {"ambulance": "120", "police": "110"},
    },
    "buildings": [
        {"key": str(number), "name": f"{number}号楼", "lat": 31.2, "lon": 121.47 + number / 1000}
        for number in range(1, 13)
    ],
    "people": [
        *(_volunteer(number) for number in range(1, 13)),
        _volunteer(13, key="stranger", name="新来的", trusted=False, building="3"),
        {"key": "lin", "name": "林社工", "roles": ["staff"], "language": "zh_CN"},
        {"key": "zhao", "name": "赵书记", "roles": ["secretary"], "language": "zh_CN"},
        {"key": "qian", "name": "钱副书记", "roles": ["secretary"], "language": "en"},
        {"key": "sun", "name": "孙主任", "roles": ["secretary"], "language": "zh_CN"},
        {"key": "desk", "name": "街道值班", "roles": ["office"], "language": "zh_CN"},
    ],
    "residents": [
        {
            "key": "chen",
            "name": "陈阿婆",
            "building": "3",
            "unit": "502",
            "phone": "19900001234",
            "notes": "八十岁独居，听力差",
            "contacts": [{"name": "儿子", "phone": "19900005678"}],
        }
    ],
    "ladder": {
        "duty": ["zhao"],
        "deputy": ["qian"],
        "director": ["sun"],
        "office": ["desk"],
        "last_resort": ["sun", "desk"],
    },
}
