"""What the bot takes away from a room with very much in it, or that refuses: all of it, or it says so.

The homeserver here only lists and takes away; a real one does so in `test_matrix_out_private`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from mautrix.client import Client
from mautrix.types import UserID

from bot.matrix import writing
from bot.matrix.account import Account
from bot.matrix.clearing import Clearing
from bot.matrix.pacing import Pace
from bot.matrix.people import People
from bot.matrix.wire import Wire
from bot.matrix.writing import Writer
from config.sections import Matrix
from tests.platforms.house import House
from tests.platforms.matrix_sending import SECRET

US, ROOM = "@suidao:suidao.test", "!once-own:suidao.test"
WORDS = "3号楼502"


@dataclass(kw_only=True)
class Timeline:
    """A room's messages, newest first, by the endpoints that clearing uses."""

    said: list[str]
    """Who wrote each."""
    refuses: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    """By event, how taking it away is refused, one time after the other: status, code, words."""
    gone: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Requests, as they came: where a page began, or what was to go."""

    async def page(self, request: web.Request) -> web.Response:
        begin, most = int(request.query.get("from", "0")), int(request.query["limit"])
        self.asked.append(f"page {begin}")
        end = begin + most
        chunk = [
            {
                "event_id": f"${number}",
                "type": "m.room.message",
                "sender": self.said[number],
                "content": {} if f"${number}" in self.gone else {"msgtype": "m.text", "body": WORDS},
            }
            for number in range(begin, min(end, len(self.said)))
        ]
        more = {"end": str(end)} if end < len(self.said) else {}
        return web.json_response({"start": str(begin), "chunk": chunk, **more})

    async def take(self, request: web.Request) -> web.Response:
        event = request.match_info["event"]
        self.asked.append(event)
        if left := self.refuses.get(event):
            status, code, words = left.pop(0)
            return web.json_response({"errcode": code, "error": words}, status=status)
        self.gone.append(event)
        return web.json_response({"event_id": f"{event}-gone"})

    @property
    def ours(self) -> list[str]:
        """What stands there of ours."""
        names = [f"${number}" for number, who in enumerate(self.said) if who == US]
        return [name for name in names if name not in self.gone]


@asynccontextmanager
async def clearing(home: House, folder: Path, room: Timeline) -> AsyncIterator[Clearing]:
    """What clears that room."""
    app = web.Application()
    here = "/_matrix/client/v3/rooms/{room}"
    app.router.add_get(f"{here}/messages", room.page)
    app.router.add_put(f"{here}/redact/{{event}}/{{act}}", room.take)
    async with TestServer(app) as server:
        url = str(server.make_url(""))
        named = {"homeserver": url, "user_id": US, "password": "of nobody"}
        account = Account(Matrix.model_validate(named), folder, SECRET)
        account.wire = Wire(url, patience=0.0)
        account.client = Client(mxid=UserID(US), api=account.wire)
        try:
            yield Clearing(Writer(account, Pace(home.clock)), People(home.store))
        finally:
            await account.wire.session.close()


async def cleared(made: Clearing) -> None:
    made.begin(ROOM)
    await made.beside.drain()


async def test_a_room_is_cleared_to_its_beginning_a_page_after_the_other(
    home: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """More than are looked at below a card; and what is read is taken away before the next is asked for."""
    monkeypatch.setattr(writing, "PAGE", 2)
    room = Timeline(said=[US, "@wang:suidao.test", US] * 20)
    async with clearing(home, tmp_path, room) as made:
        await cleared(made)
    assert room.ours == []
    assert room.asked[:5] == ["page 0", "$0", "page 2", "$2", "$3"]
    assert len(room.gone) == 40
    assert caplog.text == ""


async def test_what_a_server_did_not_manage_is_looked_for_again(home: House, tmp_path: Path) -> None:
    room = Timeline(said=[US] * 3, refuses={"$1": [(500, "M_UNKNOWN", "")] * 2})
    async with clearing(home, tmp_path, room) as made:
        await cleared(made)
    assert room.ours == []


@pytest.mark.parametrize("words", [f"not {WORDS}", f"no permission for {WORDS}"])
async def test_where_nothing_may_be_taken_away_it_is_said_once_and_no_more_is_tried(
    home: House, tmp_path: Path, caplog: pytest.LogCaptureFixture, words: str
) -> None:
    refuses = {f"${number}": [(403, "M_FORBIDDEN", words)] for number in range(1, 9)}
    room = Timeline(said=[US] * 9, refuses=refuses)
    async with clearing(home, tmp_path, room) as made:
        await cleared(made)
    assert room.asked == ["page 0", "$0", "$1"]
    (said,) = caplog.records
    assert ROOM in said.getMessage()
    assert WORDS not in caplog.text


async def test_a_room_with_more_than_is_looked_through_is_told_of(
    home: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(writing, "PAGE", 2)
    monkeypatch.setattr(writing, "MOST_OWN_PAGES", 3)
    room = Timeline(said=[US] * 7)
    async with clearing(home, tmp_path, room) as made:
        await cleared(made)
    assert room.ours == ["$6"]
    (said,) = caplog.records
    assert (said.levelname, ROOM in said.getMessage()) == ("ERROR", True)
