"""What the kinds of process do, put together from the same parts: all of it in one, or each in several.

Alone, one deliverer serves every platform. Where processes share a database and a queue, each platform is
served by those that can: pages by the web's, chats by whoever's turn it is, the rest by the workers.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import Flag, auto
from functools import partial

from bot import watching as watch
from bot.api.app import Api
from bot.api.calling import HttpCaller
from bot.gateways import MATRIX, TELEGRAM, Chats, chats, preload
from bot.ground import Ground, served
from bot.leading import Leading
from bot.plans import Plans
from bot.watching import Watching
from bot.web import app as pages
from bot.web import metrics
from bot.web.board import Office
from bot.web.entrances import Entrances
from bot.web.everywhere import Everywhere
from bot.web.gateway import WebGateway
from bot.web.hooks import Hook
from bot.web.links import Links
from bot.web.ringing import Ringing
from bot.web.serving import Application, serving, small_site, tell
from bot.working import Part as Running
from bot.working import working
from dispatch.gatekeeping import Gatekeeping
from dispatch.geography import Point
from dispatch.refilling import Refilling
from dispatch.tending import Tending
from handlers.gateways import Gateway
from handlers.outlook import Lookouts
from store import queue
from workers import ring, sms
from workers import settings as arq
from workers.buildings import StatusWatch
from workers.care import CareWatch
from workers.deliver import Deliverer
from workers.digests import Daily
from workers.drills import Weekly
from workers.duty import DutyWatch
from workers.learning import Learner
from workers.medicines import MedicineWatch
from workers.nightly import Nightly
from workers.reports import Reporter
from workers.share import Share
from workers.sweep import Sweep
from workers.watch.health import Health
from workers.watch.mends import NOTHING, mends

log = logging.getLogger(__name__)


class Part(Flag):
    """What a process does."""

    WORK = auto()
    """Alarms, deliveries that no other process serves, the night's work."""
    TALK = auto()
    """Chats, in and out."""
    PAGES = auto()
    """The web, in and out."""
    ALL = WORK | TALK | PAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """How people find the pages, and where this process listens."""

    links: Links
    plans: Plans
    base_url: str
    host: str
    port: int


@asynccontextmanager
async def alone(ground: Ground, front: Front, *, demo: bool, crowd: int | None) -> AsyncIterator[None]:
    """Everything in one process, with nobody beside it."""
    ringing = await _ringing(ground, front)
    page = WebGateway(ground.catalogs, front.links.root, ringing, demo=demo, guides=ground.guides.named)
    async with _reporting(ground, front) as reporter, chats(ground.surroundings(crowd)) as talk:
        # The demo rings nobody, whatever is listed.
        services = {} if demo else _services(ground, front)
        health = watch.health(ground.settings)
        watching = _watching(ground, health, reporter, demo=demo)
        gateways = {page.platform: page, **services, **talk.gateways, **watching.gateways}
        deliverer = Deliverer(ground.store, ground.router, gateways, ground.clock, ground.figures)
        site = _pages(ground, front, page, talk.webhooks)
        tell(site, health.wrong)
        metrics.mount(site, ground.settings, ground.figures)
        async with (
            working(
                *_clockwork(ground, reporter),
                partial(arq.deliveries, queue.redis_settings(ground.where), deliverer),
                Sweep(ground.service, deliverer, ground.clock).forever,
                *watching.everything(deliverer),
                *talk.parts,
                health=health,
            ),
            metrics.serving(ground.settings, ground.figures),
            serving(site, front.host, front.port),
        ):
            yield
        for leave in talk.leave:
            await leave()


@asynccontextmanager
async def together(ground: Ground, front: Front, parts: Part) -> AsyncIterator[None]:
    """Some parts, or all, beside other processes on the same database and queue."""
    async with AsyncExitStack() as stack:
        hooks: dict[str, Hook] = {}
        health = watch.health(ground.settings)
        for leading in _talk(ground, health) if Part.TALK in parts else ():
            await stack.enter_async_context(leading.up())
            hooks[leading.platform] = leading.hook
        work: list[Running] = []
        if Part.WORK in parts:
            others = Share(named=frozenset(served(ground.settings)), others=True)
            reporter = await stack.enter_async_context(_reporting(ground, front))
            services = _services(ground, front)
            delivering = _delivering(ground, health, services, others, queue.DELIVERY, looks=reporter)
            work += [*_clockwork(ground, reporter), *delivering]
        site = small_site(ground.ready, hooks)
        if Part.PAGES in parts:
            page = Everywhere(
                ground.catalogs, front.links.root, await _ringing(ground, front), ground.router, ground.where
            )
            stack.push_async_callback(page.close)
            work += [
                page.run,
                *_serving(ground, health, {page.platform: page}, Share(named=frozenset({page.platform}))),
            ]
            site = _pages(ground, front, page, hooks)
        if Part.WORK in parts:  # whoever does not look at jobs knows of nothing that is late
            tell(site, health.wrong)
        await stack.enter_async_context(working(*work, health=health))
        metrics.mount(site, ground.settings, ground.figures)
        await stack.enter_async_context(metrics.serving(ground.settings, ground.figures))
        await stack.enter_async_context(serving(site, front.host, front.port))
        yield


def _talk(ground: Ground, health: Health) -> Sequence[Leading]:
    """The chats that are switched on, each served while it is this process's turn."""
    from store.lease import Lease  # noqa: PLC0415 - PostgreSQL's driver: only where it is used

    settings = ground.settings
    platforms = [platform for platform in served(settings) if platform in (TELEGRAM, MATRIX)]
    if not platforms:
        log.warning("no chat is switched on: there is nothing to do here (docs/settings.md)")
    for platform in platforms:
        preload(platform)
    return [
        Leading(
            platform,
            Lease(settings.database or "", platform),
            partial(chats, ground.surroundings(), platform),
            partial(_chatting, ground, health, platform),
            health,
        )
        for platform in platforms
    ]


def _chatting(
    ground: Ground, health: Health, platform: str, talk: Chats, held: Callable[[], bool]
) -> Sequence[Running]:
    """What runs while a chat is this process's: what comes in, and what goes out."""
    share = Share(named=frozenset({platform}), held=held)
    return (*_serving(ground, health, talk.gateways, share), *talk.parts)


def _serving(
    ground: Ground, health: Health, gateways: Mapping[str, Gateway], share: Share
) -> Sequence[Running]:
    """Deliveries of the platforms that are served here."""
    (platform,) = share.named
    return _delivering(ground, health, gateways, share, queue.delivery_by(platform))


def _delivering(
    ground: Ground,
    health: Health,
    gateways: Mapping[str, Gateway],
    share: Share,
    name: str,
    *,
    looks: Reporter | None = None,
) -> Sequence[Running]:
    """Deliveries of a share; a process that `looks` at jobs as well tells other systems, too."""
    watching = _watching(ground, health, looks)
    gateways = {**gateways, **(watching.gateways if looks else {})}
    deliverer = Deliverer(
        ground.store, ground.router, gateways, ground.clock, ground.figures, share=share, bell=ground.bell
    )
    watched = watching.everything(deliverer) if looks else (watching.cards(deliverer),)
    return (
        partial(arq.deliveries, queue.redis_settings(ground.where), deliverer, name),
        Sweep(ground.service, deliverer, ground.clock, looks=looks is not None).forever,
        *watched,
    )


@asynccontextmanager
async def _reporting(ground: Ground, front: Front) -> AsyncIterator[Reporter]:
    """What tells other systems, for as long as the block runs."""
    async with HttpCaller.open() as caller:
        yield Reporter(ground.store, ground.service, caller, ground.clock, front.links.base_url)


def _watching(ground: Ground, health: Health, reporter: Reporter | None, *, demo: bool = False) -> Watching:
    return Watching(
        ground.settings,
        ground.service,
        ground.distances,
        ground.figures,
        ground.where,
        health,
        mends=mends(ground.service, ground.succession, reporter) if reporter else NOTHING,
        demo=demo,
    )


def _clockwork(ground: Ground, reporter: Reporter) -> Sequence[Running]:
    """What happens by itself."""
    redis = queue.redis_settings(ground.where)
    return (
        partial(arq.keep_running, partial(arq.escalation, redis, ground.service)),
        DutyWatch(ground.succession, ground.clock).forever,
        StatusWatch(Gatekeeping(ground.service), ground.clock).forever,
        CareWatch(Tending(ground.service), ground.clock).forever,
        MedicineWatch(Refilling(ground.service), ground.clock).forever,
        Learner(ground.store, ground.clock).forever,
        Nightly(ground.store, ground.clock, ground.settings.keep).forever,
        Weekly(ground.store, ground.bell, ground.clock).forever,
        Daily(ground.store, ground.bell, ground.clock).forever,
        reporter.forever,
        partial(_warm, ground),
        partial(ring.warm, ground.store),
    )


def _services(ground: Ground, front: Front) -> Mapping[str, Gateway]:
    """What rings phones that nothing else wakes, and what tells family who have no chat."""
    ringing = ring.RingGateway(ground.store, ground.catalogs, f"{front.links.base_url}/")
    url = ground.settings.sms.url
    if url is None:
        return {ringing.platform: ringing}
    texting = sms.SmsGateway(ground.store, ground.clock, url.get_secret_value())
    return {ringing.platform: ringing, texting.platform: texting}


async def _warm(ground: Ground) -> None:
    """Import geopy now, beside everything else, so that the first wave does not wait half a second."""
    await asyncio.to_thread(ground.distances.meters, Point(lat=0, lon=0), Point(lat=0, lon=1))


async def _ringing(ground: Ground, front: Front) -> Ringing:
    ringing = Ringing(ground.store, ground.vault.derive(b"push"), ground.clock, front.base_url)
    await ringing.load()
    return ringing


def _pages(ground: Ground, front: Front, page: WebGateway, webhooks: Mapping[str, Hook]) -> Application:
    site = pages.build(
        router=ground.router,
        store=ground.store,
        links=front.links,
        gateway=page,
        clock=ground.clock,
        ready=ground.ready,
        webhooks=webhooks,
        office=Office(lookouts=Lookouts(ground.service), catalogs=ground.catalogs, plans=front.plans),
        entrances=Entrances(ground.settings),
    )
    Api(
        service=ground.service,
        tokens=ground.store,
        catalogs=ground.catalogs,
        clock=ground.clock,
        secret=ground.vault.derive(b"api"),
        base_url=front.links.base_url,
    ).mount(site)
    return site
