"""The people of a storm: systems that post jobs, and pages on which they are claimed, given back,
acknowledged and closed, over HTTP, as fast as thumbs.

Whoever gets no answer asks again with the same key, as a page does.
"""

import asyncio
import random
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.chaos.storm.scripts import SCRIPTS
from tests.chaos.storm.town import LADDER, STAFF, VOLUNTEERS, Town

WON = "接单成功"
"""How the one who has the job is answered."""

AGAIN_S = 0.3
"""Seconds until somebody without an answer asks again."""

ANSWER_S = 8.0
"""Seconds for which an answer is waited for."""

MOST = 60
"""Jobs that somebody is at, after which nobody posts another one until one is done: sixty rungs a second, and
some hundred messages. More would show how fast the machine is, which `bench` does."""

LATEST_VERSION = "999999"
"""Every card of a storm is as new as can be."""

_TROUBLES = (ClientError, OSError, TimeoutError)

_LATER = frozenset({429, 500, 502, 503})
"""Answers after which somebody asks again: too fast, not now, or (502) the word of a web server before the
pages, when the process that it had asked died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A tap that was answered, and how."""

    job: int
    verb: str
    person: int
    mark: str
    won: bool


@dataclass(slots=True)
class Journal:
    """Everything that somebody was told to be done."""

    jobs: dict[str, int] = field(default_factory=dict)
    """Jobs by the key that they were posted with."""
    taps: list[Tap] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    """Answers that no outage excuses, such as to be signed out."""
    disagreeing: int = 0
    """Keys that two different jobs were named for."""


class Crowd:
    """Everybody outside the program. `where` gives the address of some process that has pages."""

    def __init__(
        self,
        town: Town,
        where: Callable[[], str],
        chance: random.Random,
        volunteers: Sequence[str] = VOLUNTEERS,
    ) -> None:
        self.journal = Journal()
        self._volunteers = volunteers
        self._town = town
        self._where = where
        self._chance = chance
        self._cookies: dict[str, str] = {}
        self._posts = 0
        self._over = asyncio.Event()
        self._plots: set[asyncio.Task[None]] = set()
        self._http = ClientSession(timeout=ClientTimeout(total=ANSWER_S))

    async def close(self) -> None:
        """Everybody goes home."""
        for plot in self._plots:
            plot.cancel()
        await asyncio.gather(*self._plots, return_exceptions=True)
        await self._http.close()

    async def sign_in(self) -> None:
        """Open everybody's personal link."""
        for key, token in self._town.links.items():
            async with self._http.get(f"{self._where()}/join/{token}", allow_redirects=False) as answer:
                assert answer.status == 303, answer.status
                self._cookies[key] = SimpleCookie(answer.headers["Set-Cookie"])["suidao"].value

    async def post(self, a_second: float, plot: bool = True) -> None:
        """Post jobs until cancelled; about each of them something happens, or nothing."""
        sources = list(self._town.tokens.items())
        while True:
            await asyncio.sleep(self._chance.expovariate(a_second))
            if self.busy >= MOST:
                continue
            self._posts += 1
            name, token = sources[self._posts % len(sources)]
            kind = self._chance.choice(list(SCRIPTS))
            self._begin(self._posted(f"{name}-{self._posts}", token, kind, plot))

    async def stay(self, key: str) -> None:
        """Keep somebody's page open, with its stream of news, until cancelled."""
        while True:
            with suppress(*_TROUBLES):
                base = self._where()
                quiet = ClientTimeout(total=None, sock_connect=ANSWER_S, sock_read=None)
                headers = {"Cookie": f"suidao={self._cookies[key]}"}
                async with self._http.get(f"{base}/events", headers=headers, timeout=quiet) as answer:
                    async for _ in answer.content.iter_any():
                        pass
            await asyncio.sleep(AGAIN_S)

    async def meddle(self, job: int) -> None:
        """Somebody takes the job and gives it back, or a leader says that they have it in hand."""
        await self._chance.choice((self._race, self._acknowledged, self._given_back))(job)

    async def drain(self) -> None:
        """Wait until everybody has done what they were at; nobody thinks it over any more."""
        self._over.set()
        if self._plots:
            await asyncio.wait(self._plots)

    @property
    def busy(self) -> int:
        """How many have not done yet what they were at."""
        return len(self._plots)

    async def complete(self, job: int) -> None:
        """Staff close a job."""
        await self._tap(self._chance.choice(STAFF), "complete", job)

    def _begin(self, doing: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(doing)
        self._plots.add(task)
        task.add_done_callback(self._plots.discard)

    async def _posted(self, key: str, token: str, kind: str, plot: bool) -> None:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        body = {"text": f"3号楼502 {SCRIPTS[kind].word}", "kind": kind}
        job: int | None = None
        while job is None:
            with suppress(*_TROUBLES):
                async with self._http.post(f"{self._where()}/api/jobs", json=body, headers=headers) as answer:
                    if answer.status in (200, 201):
                        job = int((await answer.json())["id"])
                    elif answer.status not in _LATER:
                        self._wonder("post", answer.status)
            if job is None:
                await asyncio.sleep(AGAIN_S)
        if self.journal.jobs.setdefault(key, job) != job:
            self.journal.disagreeing += 1
        if plot:
            await self._live(job)

    async def _live(self, job: int) -> None:
        """What becomes of a job."""
        chance = self._chance
        plots = (self._nobody, self._done, self._race, self._acknowledged, self._given_back)
        (chosen,) = chance.choices(plots, weights=(45, 15, 15, 15, 10))
        await chosen(job)
        await self._pause(chance.uniform(8, 18))
        await self.complete(job)

    async def _nobody(self, _job: int) -> None:
        """It climbs its ladder."""
        await self._pause(8)

    async def _done(self, job: int) -> None:
        who = self._volunteer()
        await self._pause(self._chance.uniform(0, 8))
        if await self._tap(who, "claim", job):
            await self._tap(who, "finish", job)

    async def _race(self, job: int) -> None:
        await self._pause(self._chance.uniform(0, 6))
        racers = self._chance.sample(self._volunteers, 3)
        won = await asyncio.gather(*(self._tap(who, "claim", job) for who in racers))
        await self._pause(self._chance.uniform(0, 2))
        for who, first in zip(racers, won, strict=True):
            if first:
                await self._tap(who, "release", job)
        if self._chance.random() < 0.5:
            await self._pause(self._chance.uniform(0, 4))
            await self._tap(racers[0], "claim", job)

    async def _acknowledged(self, job: int) -> None:
        await self._pause(self._chance.uniform(1, 7))
        await self._tap(self._chance.choice(list(LADDER.values())), "acknowledge", job)

    async def _given_back(self, job: int) -> None:
        who = self._volunteer()
        await self._pause(self._chance.uniform(0, 4))
        if await self._tap(who, "claim", job):
            await self._pause(self._chance.uniform(0, 2))
            await self._tap(who, "release", job)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    def _volunteer(self) -> str:
        return self._chance.choice(self._volunteers)

    async def _tap(self, who: str, verb: str, job: int) -> bool:
        """Tap until somebody answers. Whether they have the job now."""
        mark = secrets.token_hex(8)
        fields = {"verb": verb, "job": str(job), "version": LATEST_VERSION, "receipt": mark}
        while True:
            with suppress(*_TROUBLES):
                base = self._where()
                async with self._http.post(
                    f"{base}/act", data=fields, headers=self._page(who, base)
                ) as answer:
                    if answer.status == 200:
                        return self._noted(who, verb, job, mark, answer.headers, await answer.text())
                    if answer.status not in _LATER:
                        self._wonder(verb, answer.status)
            await asyncio.sleep(AGAIN_S)

    def _wonder(self, verb: str, status: int) -> None:
        self.journal.odd.append(f"{verb} was answered with {status}")

    def _noted(self, who: str, verb: str, job: int, mark: str, headers: Mapping[str, str], text: str) -> bool:
        won = WON in text and headers.get("Suidao-Ok") == "1"
        if headers.get("Suidao-Ok") == "1":
            person = self._town.people[who]
            self.journal.taps.append(Tap(job=job, verb=verb, person=person, mark=mark, won=won))
        return won

    def _page(self, who: str, base: str) -> Mapping[str, str]:
        return {"Cookie": f"suidao={self._cookies[who]}", "Origin": base, "HX-Request": "true"}
