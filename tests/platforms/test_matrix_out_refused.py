"""A server, or what stands before it, that refuses in words of its own: a card is tried again, passed on and
given up in the end, an address never (CONFORMANCE.md 23)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from yarl import URL

from dispatch import register
from dispatch.moments import HOUR
from handlers.gateways import Delivery, Gateway
from tests.platforms.house import COMMITTEE
from tests.platforms.matrix_sending import Sending, sending
from tests.platforms.matrix_server import Synapse
from tests.workers.radio import Radio
from workers.deliver import Deliverer
from workers.patience import TRIES_BEFORE_NEXT

SECOND = "1001"
"""Wang's other chat."""

AT_MOST = 5
"""Tries until it is given up, in place of a hundred."""


@dataclass(kw_only=True)
class Door:
    """What stands before the server; it refuses that anything is sent into a room while it `says` so."""

    behind: str
    says: tuple[int, dict[str, str]] | None = None
    refused: list[str] = field(default_factory=list)

    async def passes(self, request: web.Request) -> web.Response:
        if self.says is not None and request.method == "PUT" and "/send/" in request.path:
            self.refused.append(request.path)
            status, body = self.says
            return web.json_response(body, status=status)
        url = URL(self.behind + request.rel_url.raw_path_qs, encoded=True)
        heads = {name: request.headers[name] for name in ("Authorization",) if name in request.headers}
        async with (
            ClientSession() as session,
            session.request(request.method, url, data=await request.read(), headers=heads) as answer,
        ):
            return web.Response(
                status=answer.status, body=await answer.read(), content_type="application/json"
            )


@asynccontextmanager
async def door(synapse: Synapse) -> AsyncIterator[tuple[Door, str]]:
    made, app = Door(behind=synapse.url), web.Application()
    app.router.add_route("*", "/{any:.*}", made.passes)
    async with TestServer(app) as server:
        yield made, str(server.make_url(""))


async def has_two_chats(out: Sending) -> None:
    """Wang can be reached on Telegram as well."""
    known = COMMITTEE["people"]
    assert isinstance(known, list)
    both = {"addresses": {"matrix": out.addresses["wang"].value, "telegram": SECOND}}
    people = [each | (both if each["key"] == "wang" else {}) for each in known]
    file = register.parse("two.toml", COMMITTEE | {"people": people})
    await out.home.store.load(file, prune=False, demo=True)


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (HTTPStatus.FORBIDDEN, "M_FORBIDDEN", "forbidden (M_FORBIDDEN)"),
        (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "M_TOO_LARGE", "too large (M_TOO_LARGE)"),
    ],
)
async def test_a_refusal_without_a_known_meaning_is_passed_on_and_not_for_ever(
    tmp_path: Path,
    synapse: Synapse,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    status: int,
    code: str,
    said: str,
) -> None:
    monkeypatch.setattr("workers.patience.TRIES_AT_MOST", AT_MOST)
    async with (
        door(synapse) as (stands, url),
        sending(tmp_path, synapse, people=("wang",), homeserver=url) as out,
    ):
        await has_two_chats(out)
        stands.says = status, {"errcode": code, "error": "the house says no"}
        home, other = out.home, Radio()
        gateways: dict[str, Gateway] = {"web": home.gateway, "matrix": out.gateway, "telegram": other}
        deliverer = Deliverer(home.store, home.router, gateways, home.clock)
        job = await out.posts()

        async def tries(times: int) -> int:
            """What is owed is due, and tried, so many times; how often that was refused."""
            before = len(stands.refused)
            for _ in range(times):
                home.clock.forward(61)
                await deliverer.deliver(await home.store.overdue_outbox(home.clock.now() + HOUR, 100))
            return len(stands.refused) - before

        await tries(TRIES_BEFORE_NEXT - 1)
        assert other.to(SECOND) == []
        assert said in caplog.text
        assert "the house says no" not in caplog.text
        await tries(1)
        assert [message.card.job_id for message in other.to(SECOND)] == [job]
        assert await tries(AT_MOST) > 0
        assert await tries(2) == 0  # nothing is tried for ever
        assert {way.failed for way in await home.store.ways(home.committee_id)} == {None}
        stands.says = None
        assert (await out.sends("room")).delivery is Delivery.DELIVERED
