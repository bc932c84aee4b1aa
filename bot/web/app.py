"""The web gateway's wiring: which address is answered by what, and what guards it all.

It makes nothing that others could share: router, store, links and gateway come from `bot.app`.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from aiohttp import web

from bot.pictures import Darkroom
from bot.web import hooks, personal, photos, sharing, sights
from bot.web import reporting as report
from bot.web.board import Boards, Office
from bot.web.buildings import BuildingPages, Buildings
from bot.web.care import Care, CarePages
from bot.web.deputies import DeputyForms
from bot.web.desk import Briefs, Desk, DeskPages, Loads
from bot.web.device_photos import Depictions, DevicePhotos
from bot.web.devices import Devices
from bot.web.duty import DutyPages, Rota
from bot.web.entrances import Entrances
from bot.web.families import Families, FamilyPages
from bot.web.family_links import DeskFamilies, FamilyLinks
from bot.web.gateway import WebGateway
from bot.web.installing import Installing
from bot.web.limits import TokenBuckets
from bot.web.linking import Linking, LinkPages
from bot.web.links import Links
from bot.web.news import BEAT_S, News
from bot.web.notices import NoticePages
from bot.web.pages import Acting, Pages
from bot.web.pages import Router as PagesRouter
from bot.web.register_files import RegisterFiles
from bot.web.registers import RegisterPages
from bot.web.reporting import Reporting
from bot.web.runs import RunPages, Runs
from bot.web.security import middlewares
from bot.web.serving import Ready, mount_health
from bot.web.session import Rosters, Sessions
from bot.web.sheets import Sheets
from dispatch.ports import Clock, Store
from dispatch.registering import Registering

BODY_BYTES = 128 * 1024
"""A message one character too long must still arrive, to be answered and kept in the box: 10,000 characters
of twelve bytes each, as forms encode the longest ones, and some room."""
JOINS = (300, 5.0)
"""Burst and refill a second, an address of the network: a whole compound behind one router may scan its
links within a minute. Links cannot be guessed; this only spares the server."""
POSTS = (30, 3.0)
"""Burst and refill a second, a person: more than any thumb, less than a script in a loop."""


class Newcomers(Protocol):
    """What is asked about coming in."""

    @property
    def linking(self) -> Linking:
        """What the page about another account asks."""


class Album(sights.Album, photos.Album, Protocol):
    """What they ask about pictures."""


class Router(PagesRouter, sharing.Router, personal.Router, Protocol):
    """What the pages ask of the handlers."""

    @property
    def desk(self) -> Desk:
        """What only the desk's pages ask."""

    @property
    def album(self) -> Album:
        """What is asked about pictures."""

    @property
    def briefs(self) -> Briefs:
        """What the page to take over with asks."""

    @property
    def loads(self) -> Loads:
        """What the page about load asks."""

    @property
    def rota(self) -> Rota:
        """What the page about duty asks."""

    @property
    def acting(self) -> Acting:
        """What it asks about acting as a secretary."""

    @property
    def buildings(self) -> Buildings:
        """What the page about buildings asks."""

    @property
    def care(self) -> Care:
        """What the page about care plans asks."""

    @property
    def depictions(self) -> Depictions:
        """What is asked about pictures of care plans."""

    @property
    def runs(self) -> Runs:
        """What the page about medicine runs asks."""

    @property
    def families(self) -> Families:
        """What the page of a resident's family asks."""

    @property
    def family_links(self) -> FamilyLinks:
        """What the desk's page about family asks."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of job that a care plan may be of."""

    @property
    def joining(self) -> Newcomers:
        """What the page about another account asks."""

    @property
    def reporting(self) -> Reporting:
        """What the pages behind a poster ask."""


PREVIEWS = (20, 2.0)
"""Burst and refill a second, a person: a page asks at most twice a second while somebody types, and must
not use up their taps."""

NONE: Mapping[str, hooks.Hook] = MappingProxyType({})
"""No other program calls."""


def build(  # noqa: PLR0913 - where the pages are put together, each part by its name
    *,
    router: Router,
    store: Store,
    links: Links,
    gateway: WebGateway,
    clock: Clock,
    ready: Ready,
    beat_s: float = BEAT_S,
    webhooks: Mapping[str, hooks.Hook] = NONE,
    office: Office | None = None,
    entrances: Entrances | None = None,
) -> web.Application:
    """The application; the caller runs it (see `serving`). `webhooks` are mounted by platform. Without an
    `office` there is no board, without `entrances` no poster's page leads into a chat."""
    rosters = Rosters(store, clock)
    sessions = Sessions(links, rosters)
    pages = Pages(
        router=router,
        links=links,
        sessions=sessions,
        rosters=rosters,
        gateway=gateway,
        joins=TokenBuckets(clock, burst=JOINS[0], per_second=JOINS[1]),
        posts=TokenBuckets(clock, burst=POSTS[0], per_second=POSTS[1]),
    )
    sheets = Sheets(pages=pages, rosters=rosters, links=links, renderer=gateway.renderer)
    news = News(pages=pages, sessions=sessions, gateway=gateway, store=store, clock=clock, beat_s=beat_s)
    darkroom = Darkroom()
    snaps = photos.Photos(album=router.album, pages=pages, links=links, gateway=gateway, darkroom=darkroom)
    desk = DeskPages(
        desk=router.desk,
        briefs=router.briefs,
        loads=router.loads,
        pages=pages,
        sheets=sheets,
        rosters=rosters,
        links=links,
        gateway=gateway,
        previews=TokenBuckets(clock, burst=PREVIEWS[0], per_second=PREVIEWS[1]),
    )
    app = web.Application(client_max_size=BODY_BYTES, middlewares=middlewares(pages.problem, links.base_url))
    app.router.add_get("/", pages.home)
    app.router.add_get("/join/{token}", pages.join)
    app.router.add_get("/events", news.events)
    app.router.add_get("/near", pages.near)
    app.router.add_get("/unreached", pages.unreached)
    seen = sights.Sights(router.album, sessions, darkroom)
    app.router.add_get(sights.PATH, seen.picture)
    app.router.add_get(sights.SMALL_PATH, seen.thumbnail)
    app.router.add_post("/photo", snaps.add)
    desk.mount(app)
    DutyPages(
        rota=router.rota,
        pages=pages,
        sheets=sheets,
        sessions=sessions,
        links=links,
        deputies=DeputyForms(
            deputies=router.acting, pages=pages, sheets=sheets, rosters=rosters, renderer=gateway.renderer
        ),
    ).mount(app)
    BuildingPages(buildings=router.buildings, pages=pages, sheets=sheets, links=links).mount(app)
    CarePages(care=router.care, pages=pages, sheets=sheets).mount(app)
    DevicePhotos(
        depictions=router.depictions,
        pages=pages,
        sheets=sheets,
        links=links,
        darkroom=darkroom,
        hands=snaps.hands,
    ).mount(app)
    RunPages(runs=router.runs, pages=pages, sheets=sheets, sessions=sessions, links=links).mount(app)
    app.router.add_post("/act", pages.act)
    app.router.add_post("/post", pages.post)
    app.router.add_post("/language", pages.language)
    looks = TokenBuckets(clock, burst=JOINS[0], per_second=JOINS[1])
    sharing.Sharing(
        router=router,
        pages=pages,
        sheets=sheets,
        sessions=sessions,
        links=links,
        gateway=gateway,
        looks=looks,
    ).mount(app)
    NoticePages(
        buildings=router.buildings, pages=pages, links=links, renderer=gateway.renderer, looks=looks
    ).mount(app)
    report.ReportPages(
        reporting=router.reporting,
        pages=pages,
        sessions=sessions,
        rosters=rosters,
        links=links,
        renderer=gateway.renderer,
        looks=TokenBuckets(clock, burst=report.LOOKS[0], per_second=report.LOOKS[1]),
        sends=TokenBuckets(clock, burst=report.FORMS[0], per_second=report.FORMS[1]),
        entrances=entrances,
    ).mount(app)
    LinkPages(
        linking=router.joining.linking,
        pages=pages,
        sessions=sessions,
        rosters=rosters,
        links=links,
        renderer=gateway.renderer,
        tries=TokenBuckets(clock, burst=report.FORMS[0], per_second=report.FORMS[1]),
    ).mount(app)
    registering = Registering(store, clock)
    registers = RegisterPages(
        registering=registering,
        store=store,
        pages=pages,
        sheets=sheets,
        rosters=rosters,
        gateway=gateway,
        kinds=router.kinds,
    )
    registers.mount(app)
    RegisterFiles(
        registering=registering,
        store=store,
        pages=pages,
        sheets=sheets,
        registers=registers,
        rosters=rosters,
        renderer=gateway.renderer,
        kinds=router.kinds,
    ).mount(app)
    DeskFamilies(families=router.family_links, pages=pages, sheets=sheets, links=links).mount(app)
    FamilyPages(
        families=router.families,
        pages=pages,
        rosters=rosters,
        links=links,
        renderer=gateway.renderer,
        looks=TokenBuckets(clock, burst=report.LOOKS[0], per_second=report.LOOKS[1]),
        entrances=entrances,
    ).mount(app)
    personal.Personal(router=router, pages=pages, sheets=sheets, rosters=rosters, gateway=gateway).mount(app)
    Installing(gateway.assets, links.root).mount(app)
    if gateway.ringing is not None:
        Devices(pages, gateway.ringing).mount(app)
    mount_health(app, ready)
    if office is not None:
        boards = Boards(office, sessions=sessions, rosters=rosters, renderer=gateway.renderer, beat_s=beat_s)
        boards.mount(app)
    hooks.mount(app, webhooks)
    app.router.add_get("/static/{name:.+}", gateway.assets.serve)
    app.on_shutdown.append(_leave(gateway))
    return app


def _leave(gateway: WebGateway) -> Callable[[web.Application], Awaitable[None]]:
    async def leave(_app: web.Application) -> None:
        gateway.streams.close()

    return leave
