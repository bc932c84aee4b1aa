"""Files of the register on the web: sent, looked at, confirmed; and the register as a file to take along.

Nothing is changed before it was shown, and what is confirmed is what was shown or nothing. Until then a
file lies sealed in the store, where every process of the pages finds it.
"""

import asyncio
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from bot import importing
from bot.importing import Wish
from bot.web import uploads
from bot.web.pages import Pages
from bot.web.registers import RegisterPages, allowed, complain, refused
from bot.web.render import Renderer
from bot.web.security import RefusedError
from bot.web.session import Rosters, Visitor
from bot.web.sheets import Sheets
from bot.workbook import LARGEST
from dispatch.buildings_file import COORDINATES
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError, NotAllowedError, RegisterChangedError
from dispatch.importing import Preview
from dispatch.people import Roster
from dispatch.ports import Store
from dispatch.register import TABLES
from dispatch.registering import Registering
from handlers import grounds, registers
from handlers.messages import Reply
from handlers.texts import Texts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

DRAINED = 64 * 2**20
"""Bytes of a file too large that are still read, and thrown away (`uploads`). The workbooks that somebody
tried had fifty megabytes."""

AT_ONCE = 2
"""Files that are understood at the same moment: each takes a second of a processor, and a hundred
megabytes."""

MOST_PARTS = 6
LONGEST_FIELD = 200
_MARK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A file as it came, with what was said beside it."""

    name: str
    data: bytes
    fields: Mapping[str, str]

    @property
    def wish(self) -> Wish:
        """Raises `RefusedError` for what no form of ours says."""
        coordinates = self.fields.get("coordinates") or None
        if coordinates not in {None, *COORDINATES}:
            raise RefusedError(400)
        table = self.fields.get("table") or None
        return Wish(table=table, coordinates=coordinates, prune=self.fields.get("prune") == "1")

    def mark(self, told: Preview) -> str:
        """The same for this file and these changes, and for no others."""
        return f"{hashlib.sha256(self.data).hexdigest()[:_MARK]}.{told.digest}"


class RegisterFiles:
    """Answers what is about files."""

    def __init__(
        self,
        *,
        registering: Registering,
        store: Store,
        pages: Pages,
        sheets: Sheets,
        registers: RegisterPages,
        rosters: Rosters,
        renderer: Renderer,
        kinds: Collection[str],
    ) -> None:
        self._registering = registering
        self._kinds = kinds
        self._store = store
        self._pages = pages
        self._registers = registers
        self._rosters = rosters
        self._sheets = sheets
        self._renderer = renderer
        self._held = 0

    def mount(self, app: web.Application) -> None:
        """Add it to an application."""
        app.router.add_post("/register/upload", self.upload)
        app.router.add_post("/register/confirm", self.confirm)
        app.router.add_post("/register/cancel", self.cancel)
        app.router.add_get("/register/template.xlsx", self.template)
        app.router.add_post("/register/export.xlsx", self.export)

    async def upload(self, request: web.Request) -> web.Response:
        """Answer POST /register/upload: what the file would change; nothing is changed."""
        visitor = await self._pages.sender(request)
        await allowed(self._registering.log(visitor.person))
        if self._held >= AT_ONCE:
            raise RefusedError(429)
        self._held += 1
        try:
            sent = await _read(request)
            file = await self._understood(visitor, sent)
            told = await self._registering.look(visitor.person, file, prune=sent.wish.prune)
            await self._registering.keep(visitor.person, sent.name, sent.data)
            return await self._look(visitor, sent, told)
        except BadFileError as error:
            complain(visitor, error)
            said = registers.mistake(error, self._renderer.texts(visitor.person.language))
            return await self._registers.start(request, said, 422)
        except NotAllowedError:
            said = refused(self._renderer.texts(visitor.person.language))
            return await self._registers.start(request, said, 403)
        finally:
            self._held -= 1

    async def confirm(self, request: web.Request) -> web.Response:
        """Answer POST /register/confirm: do what was shown. Sent twice it is done once."""
        visitor, fields = await self._pages.form(request)
        texts = self._renderer.texts(visitor.person.language)
        kept = await allowed(self._registering.kept(visitor.person))
        if kept is None:
            said = texts.say(
                "This file is no longer here: it was taken in, or it waited too long. Send it again."
            )
            return self._sheets.back(Reply(text=said, ok=False), "/register")
        sent = _Sent(name=kept.name, data=kept.body, fields=fields)
        try:
            done = await self._confirmed(visitor, sent)
        except BadFileError as error:
            complain(visitor, error)
            return await self._registers.start(request, registers.mistake(error, texts), 422)
        except NotAllowedError:
            return await self._registers.start(request, refused(texts), 403)
        if isinstance(done, web.Response):
            return done
        await self._registering.drop(visitor.person)
        self._rosters.forget(visitor.person.committee_id)
        roster = await self._rosters.get(visitor.person.committee_id)
        return self._sheets.back(Reply(text=_taken(done, roster, texts)), "/register")

    async def _confirmed(self, visitor: Visitor, sent: _Sent) -> Preview | web.Response:
        """What was changed; the page that shows it anew where it is not what was shown."""
        file, prune = await self._understood(visitor, sent), sent.wish.prune
        told = await self._registering.look(visitor.person, file, prune=prune)
        try:
            if sent.fields.get("shown") == sent.mark(told):
                await self._registering.load(visitor.person, file, told, prune=prune)
                return told
        except RegisterChangedError:
            told = await self._registering.look(visitor.person, file, prune=prune)
        texts = self._renderer.texts(visitor.person.language)
        said = texts.say(
            "Something changed meanwhile: this is what would change now. Nothing is changed yet."
        )
        return await self._look(visitor, sent, told, wrong=said, status=409)

    async def cancel(self, request: web.Request) -> web.Response:
        """Answer POST /register/cancel: let go of the file."""
        visitor, _ = await self._pages.form(request)
        await self._registering.drop(visitor.person)
        said = self._renderer.texts(visitor.person.language).say("Nothing was changed.")
        return self._sheets.back(Reply(text=said), "/register")

    async def template(self, request: web.Request) -> web.Response:
        """Answer GET /register/template.xlsx: headings only."""
        visitor = await self._pages.visitor(request)
        await allowed(self._registering.log(visitor.person))
        return _workbook(await _written({}), "template.xlsx")

    async def export(self, request: web.Request) -> web.Response:
        """Answer POST /register/export.xlsx: all of it, without the secrets of services that ring. It is
        logged."""
        visitor, _ = await self._pages.form(request)
        contents = dict(await allowed(self._registering.contents(visitor.person, TABLES)))
        people = contents.get("people")
        if isinstance(people, list):
            contents["people"] = [{name: each[name] for name in each if name != "ways"} for each in people]
        await self._registering.exported(visitor.person)
        return _workbook(await _written(contents), "register.xlsx")

    async def _understood(self, visitor: Visitor, sent: _Sent) -> RegisterFile:
        reading = await asyncio.to_thread(importing.read, sent.name, sent.data, sent.wish)
        committee = (await self._rosters.get(visitor.person.committee_id)).committee
        importing.check_committee(reading, committee.key)
        return await importing.understood(sent.name, reading, sent.wish, self._store, committee, self._kinds)

    async def _look(
        self, visitor: Visitor, sent: _Sent, told: Preview, wrong: str = "", status: int = 200
    ) -> web.Response:
        texts = self._renderer.texts(visitor.person.language)
        return await self._registers.sheet(
            "register_look",
            visitor,
            status=status,
            file=sent.name,
            look=registers.look(told, texts),
            shown=sent.mark(told),
            wish=sent.wish,
            wrong=wrong,
        )


def _taken(done: Preview, roster: Roster, texts: Texts) -> str:
    """How much a file changed, and what somebody should look at now."""
    n = len(done.changes)
    people = any(each.table == "people" for each in done.changes)
    return texts.sentences(
        texts.ngettext("{n} entry was changed.", "{n} entries were changed.", n).format(n=n),
        grounds.told(roster, texts),
        registers.twice(roster, texts) if people else "",
    )


async def _written(contents: Mapping[str, object]) -> bytes:
    from bot import workbook_writing  # noqa: PLC0415 - a tenth of a second, and only for who asks for a file

    return await asyncio.to_thread(workbook_writing.write, contents)


def _workbook(data: bytes, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=data, content_type=XLSX, headers=headers)


async def _read(request: web.Request) -> _Sent:
    """The file and the fields beside it. Raises `RefusedError` for what is no form of ours, and
    `BadFileError`."""
    if request.content_type != "multipart/form-data":
        raise RefusedError(400)
    name, data, fields = "", b"", {}
    try:
        form = await request.multipart()
        for _ in range(MOST_PARTS):
            part = await form.next()
            if part is None:
                break
            if not isinstance(part, BodyPartReader):
                raise RefusedError(400)
            if part.name == "file":
                name = part.filename or ""
                data = await _bytes(part, LARGEST)
            else:
                fields[part.name or ""] = (await _bytes(part, LONGEST_FIELD)).decode()
    except ValueError as error:  # a broken form; includes UnicodeDecodeError
        raise RefusedError(400) from error
    if not importing.is_spreadsheet(name):
        raise BadFileError(file=name[:100], table="", field="", expected="an .xlsx workbook or a .csv table")
    return _Sent(name=name[-100:], data=data, fields=fields)


async def _bytes(part: BodyPartReader, most: int) -> bytes:
    """The whole part. Raises `BadFileError` when it was read to its end and is larger than `most`."""
    found = await uploads.whole(part, most, DRAINED)
    if found is None:
        raise BadFileError(file="", table="", field="", expected=f"a file of at most {LARGEST // 2**20} MB")
    return found
