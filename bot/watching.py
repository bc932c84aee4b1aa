"""What watches the program, put together from its settings: auditor, heartbeat, synthetic job."""

import time
from collections.abc import Iterator, Mapping
from functools import partial

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.working import Part
from config.settings import Settings
from dispatch.ports import Distances
from dispatch.service import Service
from handlers.gateways import Gateway
from store import queue
from workers.deliver import Deliverer
from workers.figures import Figures
from workers.watch.auditor import Auditor, Pace
from workers.watch.health import Health
from workers.watch.heartbeat import Heartbeat, Outside
from workers.watch.mends import Mends
from workers.watch.outages import Outages
from workers.watch.synthetic import Schedule, Synthetic

_MINUTE_S = 60


class Watching:
    """The parts that watch; `where` is the queue, `health` the process's. `gateways` are to be among those of
    the deliverer that sends what no other process does; `mends` are how its auditor makes good what is
    neither a job nor a card. A demo is audited and nothing else: nobody relies on it."""

    def __init__(
        self,
        settings: Settings,
        service: Service,
        distances: Distances,
        figures: Figures,
        where: str,
        health: Health,
        *,
        mends: Mends,
        demo: bool = False,
    ) -> None:
        self._settings = settings.watch
        self._service = service
        self._figures = figures
        self._where = where
        self._mends = mends
        self._demo = demo
        self._pace = _pace(settings)
        self._health = health
        minutes = self._settings.synthetic_minutes
        schedule = Schedule(every_s=minutes * _MINUTE_S, steady=time.monotonic)
        self._synthetic = Synthetic(service, distances, self._health, figures, schedule)

    @property
    def gateways(self) -> Mapping[str, Gateway]:
        """Where the synthetic volunteer is asked."""
        volunteer = self._synthetic.volunteer
        return {volunteer.platform: volunteer}

    def cards(self, deliverer: Deliverer) -> Part:
        """What is to run beside a deliverer in a process that looks at no jobs: its cards are audited."""
        health = self._pace.health()  # nobody asks: heartbeats are sent where all is seen
        return self._auditor(deliverer, health, looks=False).forever

    def everything(self, deliverer: Deliverer) -> Iterator[Part]:
        """What is to run in a process that looks at jobs."""
        yield self._auditor(deliverer, self._health, looks=True).forever
        yield self._outages
        if self._demo:
            return
        if self._settings.synthetic_minutes:
            yield self._synthetic.forever
        if self._settings.heartbeat_url is not None:
            url = self._settings.heartbeat_url.get_secret_value()
            outside = Outside(url=url, every_s=self._settings.heartbeat_seconds)
            yield Heartbeat(outside, self._health, self._figures).forever

    def _auditor(self, deliverer: Deliverer, health: Health, *, looks: bool) -> Auditor:
        return Auditor(
            self._service, deliverer, health, self._figures, pace=self._pace, looks=looks, mends=self._mends
        )

    async def _outages(self) -> None:
        redis = queue.client(self._where)
        try:
            await Outages(partial(_answers, redis), self._service.clock, self._figures).forever()
        finally:
            await redis.aclose()


def health(settings: Settings) -> Health:
    """What all of a process's parts say of themselves, and its heartbeat asks."""
    return _pace(settings).health()


def _pace(settings: Settings) -> Pace:
    return Pace(late_s=settings.watch.late_seconds)


async def _answers(redis: Redis) -> bool:
    try:
        return bool(await redis.ping())
    except (RedisError, OSError):
        return False
