"""A Bot API server on loopback, for tests: a strict stand-in for a service that cannot be had.

    async with TelegramServer() as server:
        bot = server.bot()
        wang = server.user(1001, first_name="Wang", language_code="zh-hans")
        await wang.starts(bot)
        ...point a bot at `server.url` with `bot.token`...
        assert wang.sees(bot)[-1].text == "..."
        assert server.violations == []

What it models and what it refuses to is told by its modules; what it refuses it calls a violation.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from typing import Self

import aiohttp
from aiohttp import web

from tests.platforms.telegram_server.accounts import Account, BotAccount, Held
from tests.platforms.telegram_server.calls import Past, Violation
from tests.platforms.telegram_server.chats import Group
from tests.platforms.telegram_server.clocks import Clock, RealClock
from tests.platforms.telegram_server.courier import Courier
from tests.platforms.telegram_server.desk import Desk, chat_of
from tests.platforms.telegram_server.faults import FaultKind, Faults
from tests.platforms.telegram_server.forms import Form, read_request
from tests.platforms.telegram_server.groups import TgGroup
from tests.platforms.telegram_server.limits import Limits, Meter
from tests.platforms.telegram_server.queries import Query
from tests.platforms.telegram_server.refusals import RefusedError
from tests.platforms.telegram_server.schema import Schema
from tests.platforms.telegram_server.town import Town
from tests.platforms.telegram_server.users import TgUser
from tests.platforms.telegram_server.wire import Json

BODY = 50 * 1024 * 1024
"""Bytes; the most that a bot may upload."""
FIRST_BOT = 7_000_000_001


class TelegramServer:
    """Starts and stops with `async with`; lives in the test's own event loop.

    `patience` is how many real seconds its people wait for an answer before they call it a failure."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        limits: Limits | None = None,
        latency: float = 0.0,
        patience: float = 2.0,
    ) -> None:
        self.clock = clock or RealClock()
        self.limits = limits or Limits()
        self.faults = Faults(latency=latency)
        self.town = Town(self.clock)
        self.patience = patience
        self.url = ""
        self._desk = Desk(self.town, Schema.load(), Meter(self.limits, self.clock), self.faults)
        self._under_way = 0
        self._couriers: dict[int, tuple[Courier, asyncio.Task[None]]] = {}
        self._session: aiohttp.ClientSession | None = None
        app = web.Application(client_max_size=BODY)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._request)
        # A poll that nobody reads any more must not hold up the end of a test.
        self._runner = web.AppRunner(app, shutdown_timeout=0.05)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for _courier, task in self._couriers.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in self._couriers.values()), return_exceptions=True)
        self._couriers.clear()
        await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    # Who there is

    def bot(
        self,
        token: str | None = None,
        *,
        username: str | None = None,
        first_name: str = "随到",
        reads_all: bool = False,
    ) -> BotAccount:
        """A bot; its id is the number before the colon of its token. `reads_all`: privacy mode is off."""
        token = token or f"{FIRST_BOT + len(self.town.bots)}:{secrets.token_urlsafe(24)}"
        number = int(token.partition(":")[0])
        name = username or f"suidao{len(self.town.bots) + 1}_bot"
        made = BotAccount(number, first_name, username=name, token=token, reads_all=reads_all)
        self.town.add(made)
        return made

    def user(
        self,
        user_id: int,
        *,
        first_name: str = "王",
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "zh-hans",
    ) -> TgUser:
        """A person with a phone."""
        account = Account(user_id, first_name, last_name, username, language_code)
        self.town.add(account)
        return TgUser(self.town, account, self)

    def group(
        self,
        chat_id: int,
        title: str,
        members: Iterable[Held] = (),
        *,
        forum: bool = False,
        username: str | None = None,
    ) -> TgGroup:
        """A group with its members; ids that begin with -100 are supergroups, and forums must be."""
        accounts = [each.account for each in members]
        group = Group(chat_id, title=title, username=username, forum=forum)
        if forum and not group.is_super:
            raise ValueError("a forum is a supergroup: its id begins with -100")
        group.members.update({each.id: each for each in accounts})
        self.town.groups[chat_id] = group
        return TgGroup(self.town, group)

    # What happened

    @property
    def violations(self) -> list[Violation]:
        """Requests that no bot should make. Tests assert that there are none."""
        return self._desk.violations

    @property
    def calls(self) -> list[Past]:
        """Every call that was carried out or refused, in order."""
        return self._desk.calls

    @property
    def refused_429(self) -> int:
        """How often a limit was hit. (Floods made by `faults` are not among them.)"""
        return self._desk.refused_429

    @property
    def queries(self) -> list[Query]:
        """Every tap, with its answers."""
        return list(self.town.queries.all.values())

    @property
    def unanswered(self) -> list[Query]:
        """Taps that still show a clock to somebody."""
        return [each for each in self.queries if not each.answers]

    def count(self, method: str, code: int = 200) -> int:
        """How many calls of a method ended with this code."""
        return sum(each.method == method and each.code == code for each in self.calls)

    def updates(self, bot: BotAccount) -> list[Json]:
        """Every update that was ever made for this bot, taken or not."""
        return [each.body for each in self.town.mailboxes[bot.id].log.values()]

    def inject(self, bot: BotAccount, body: Json, lane: int = 0) -> int:
        """Queues any update at all, `{"kind": …}`, kinds that nobody knows included; returns its id."""
        return self.town.mailboxes[bot.id].queue(body, lane).id

    def redeliver(self, bot: BotAccount, update_id: int) -> None:
        """Brings an old update back, unchanged, acknowledged or not."""
        self.town.mailboxes[bot.id].redeliver(update_id)

    async def until(self, true: Callable[[], bool], seconds: float | None = None) -> bool:
        """Whether it became true before patience (or so many real seconds) ran out.

        It may be about anything: it is looked at whenever the server changes, and every 20 ms."""
        patience = self.patience if seconds is None else seconds
        return await self.town.changes.until(true, patience, look_again=0.02)

    async def settled(self, seconds: float | None = None) -> None:
        """Waits until no update waits and no request is under way; raises TimeoutError with what is left."""
        if not await self.until(self._is_quiet, seconds):
            waiting = sum(len(each.waiting) for each in self.town.mailboxes.values())
            raise TimeoutError(f"{waiting} updates wait, {self._under_way} requests are under way")

    def _is_quiet(self) -> bool:
        waiting = any(each.waiting for each in self.town.mailboxes.values())
        pushed = any(courier.busy for courier, _ in self._couriers.values())
        return not (waiting or pushed or self._under_way)

    # How it is reached

    def _employ_courier(self, bot: BotAccount) -> None:
        """From the first webhook on somebody carries this bot's updates out."""
        mailbox = self.town.mailboxes[bot.id]
        if mailbox.webhook is None or bot.id in self._couriers or self._session is None:
            return

        async def carry_out(form: Form) -> None:
            given = dict(form.given)
            await self._desk.handle(bot, str(given.pop("method")), Form(given=given, files=form.files))

        courier = Courier(mailbox, self.faults, self._session, carry_out)
        self._couriers[bot.id] = courier, asyncio.create_task(courier.run())

    async def _request(self, request: web.Request) -> web.StreamResponse:
        bot = self.town.bots.get(request.match_info["token"])
        method = request.match_info["method"]
        if self.faults.down:
            return _dropped(request)
        if bot is None:
            return _answer(RefusedError(401, "Unauthorized").wire(), 401)
        try:
            form = await read_request(request)
        except RefusedError as refusal:
            self.violations.append(Violation(method=method, description=refusal.description, params={}))
            return _answer(refusal.wire(), refusal.code)
        return await self._act(request, bot, method, form)

    async def _act(
        self, request: web.Request, bot: BotAccount, method: str, form: Form
    ) -> web.StreamResponse:
        """Half a round trip, the deed, half a round trip; the wire may break on either side."""
        chat = chat_of(form)
        counted = method != "getUpdates"
        self._under_way += counted
        try:
            await asyncio.sleep(self.faults.latency / 2)
            if self.faults.strike(FaultKind.DROP_BEFORE, method, chat):
                return _dropped(request)
            code, body = await self._desk.handle(bot, method, form)
            self._employ_courier(bot)
            slow = self.faults.strike(FaultKind.SLOW, method, chat)
            await asyncio.sleep(self.faults.latency / 2 + (slow.seconds if slow else 0.0))
            if self.faults.strike(FaultKind.DROP_AFTER, method, chat) or self.faults.down:
                return _dropped(request)
            return _answer(body, code)
        finally:
            self._under_way -= counted
            self.town.changes.notify()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        bot = self.town.bots.get(request.match_info["token"])
        data = None if bot is None else self.town.storage.at(bot.id, request.match_info["path"])
        if data is None:
            return _answer(RefusedError(404, "Not Found").wire(), 404)
        return web.Response(body=data, content_type="application/octet-stream")


def _answer(body: Json, code: int) -> web.Response:
    return web.json_response(body, status=code)


def _dropped(request: web.Request) -> web.Response:
    """The connection breaks; what is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
