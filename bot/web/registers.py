"""The desk's pages of the register: its tables, and one entry of them as a form.

Every form works without scripts. Keys and names of residents stand in no address: whatever is about one
entry is posted. What may be said in a form is checked as a file of one row would be.
"""

import logging
from collections.abc import Awaitable, Collection, Mapping
from typing import TypeVar

from aiohttp import web

from bot import importing
from bot.importing import Wish
from bot.web import forms
from bot.web.gateway import WebGateway
from bot.web.pages import Pages
from bot.web.security import RefusedError
from bot.web.session import Rosters, Visitor
from bot.web.sheets import Sheets
from dispatch import spreadsheet
from dispatch.entries import RegisterFile
from dispatch.errors import (
    BadFileError,
    NotAllowedError,
    NotTrustedError,
    RegisterChangedError,
    StoreUnavailableError,
)
from dispatch.headings import Sheet
from dispatch.people import Roster
from dispatch.ports import Store
from dispatch.registering import Registering
from dispatch.sheets import SHEETS
from dispatch.spreadsheet import Raw
from handlers import grounds, register_forms, registers
from handlers.messages import Reply
from handlers.texts import Texts

EDITED = ("people", "residents", "care", "medicines", "households", "buildings", "walls", "gates", "groups")
"""Tables of which single entries are changed on a page; the others come by file."""

GROUND = frozenset({"buildings", "walls", "gates"})
"""Tables that say which way leads where."""

PRIVATE = frozenset({"residents", "households"})
"""Tables that are told one building at a time: each entry is opened for it."""

MOST_FIELDS = 600
"""Of a form: a group of five hundred has as many."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


class RegisterPages:
    """Answers the pages of the register but those about files."""

    def __init__(
        self,
        *,
        registering: Registering,
        store: Store,
        pages: Pages,
        sheets: Sheets,
        rosters: Rosters,
        gateway: WebGateway,
        kinds: Collection[str],
    ) -> None:
        self._registering = registering
        self._kinds = kinds
        self._store = store
        self._pages = pages
        self._rosters = rosters
        self._sheets = sheets
        self._renderer = gateway.renderer

    def mount(self, app: web.Application) -> None:
        """Add the pages to an application."""
        app.router.add_get("/register", self.start)
        app.router.add_get("/register/list", self.listed)
        app.router.add_post("/register/entry", self.entry)
        app.router.add_post("/register/save", self.save)
        app.router.add_post("/register/drop", self.drop)

    async def start(self, request: web.Request, wrong: str = "", status: int = 200) -> web.Response:
        """Answer GET /register: its tables, files in and out, and who changed what."""
        visitor = await self._pages.visitor(request)
        told = await allowed(self._registering.log(visitor.person))
        texts, roster = self._texts(visitor), await self._rosters.get(visitor.person.committee_id)
        tables = [(table, registers.label(table, texts)) for table in EDITED]
        every = [(each.table, registers.label(each.table, texts)) for each in SHEETS]
        return await self.sheet(
            "register",
            visitor,
            answering=request,
            status=status,
            tables=tables,
            every=every,
            log=registers.logged(told, roster, texts),
            wrong=wrong,
        )

    async def listed(self, request: web.Request) -> web.Response:
        """Answer GET /register/list?table=…&building=…: the entries of a table."""
        visitor = await self._pages.visitor(request)
        known, building = _table(request.query), request.query.get("building", "")
        roster, texts = await self._rosters.get(visitor.person.committee_id), self._texts(visitor)
        private = known.table in PRIVATE
        shown: Mapping[str, object] = {}
        if building or not private:
            asked = self._registering.contents(
                visitor.person, {known.table}, building=building if private else None
            )
            shown = await allowed(asked)
        else:
            await allowed(self._registering.log(visitor.person))
        return await self.sheet(
            "register_list",
            visitor,
            answering=request,
            table=known.table,
            title=registers.label(known.table, texts),
            entries=register_forms.entries(shown, known.table, roster, texts),
            buildings=list(roster.buildings.values()) if private else [],
            building=building,
        )

    async def entry(self, request: web.Request) -> web.Response:
        """Answer POST /register/entry: one entry as a form, or an empty one."""
        visitor, fields = await self._form(request)
        known, key = _table(_first(fields)), _first(fields).get("key", "")
        found = await self._entry(visitor, known, key) if key else {}
        return await self._form_page(visitor, known, found, key=key)

    async def save(self, request: web.Request) -> web.Response:
        """Answer POST /register/save: an entry as it is to be. What is wrong is said beside its field, with
        everything as it was typed."""
        visitor, fields = await self._form(request)
        single = _first(fields)
        known, key, texts = _table(single), single.get("key", "").strip(), self._texts(visitor)
        fresh = "seen" not in single
        kept = await self._entry(visitor, known, key, missing_ok=True)
        if not fresh and register_forms.seen(kept) != single["seen"]:
            said = texts.say("Somebody has changed this entry meanwhile. This is how it stands now.")
            return await self._form_page(visitor, known, kept, key=key, wrong=said, status=409)
        raw = _raw(known, fields, key)
        try:
            if fresh and kept:
                raise _taken()
            file = await self._understood(visitor, raw)
            done = await self._load(visitor, file)
        except BadFileError as error:
            complain(visitor, error)
            return await self._form_page(
                visitor, known, register_forms.typed(known, raw), key=key, bad=error, fresh=fresh
            )
        except NotAllowedError:
            said = refused(texts)
            return await self._form_page(visitor, known, kept, key=key, wrong=said, status=403)
        said = texts.say("Saved.") if done else texts.say("Nothing was changed.")
        said = texts.sentences(said, await self._noticed(visitor, known))
        return self._sheets.back(Reply(text=said), f"/register/list?table={known.table}")

    async def drop(self, request: web.Request) -> web.Response:
        """Answer POST /register/drop: an entry is to be used no more. Repeating is safe."""
        visitor, fields = await self._form(request)
        single, texts = _first(fields), self._texts(visitor)
        known, key = _table(single), single.get("key", "")
        if known.table == "buildings" or not key:
            raise RefusedError(400)
        try:
            done = await self._load(visitor, await self._without(visitor, known, key))
            said = texts.say("Removed.") if done else texts.say("Nothing was changed.")
            reply = Reply(text=texts.sentences(said, await self._noticed(visitor, known)))
        except NotAllowedError:
            reply = Reply(text=refused(texts), ok=False)
        except BadFileError as error:
            complain(visitor, error)
            reply = Reply(text=registers.mistake(error, texts), ok=False)
        return self._sheets.back(reply, "/register")

    async def _without(self, visitor: Visitor, known: Sheet, key: str) -> RegisterFile:
        """The register without the entry, checked as a whole where others point to it."""
        tables = ({known.table, "people", "groups", "ladder", "rota", "holidays"} - PRIVATE) | GROUND
        held = await allowed(self._registering.contents(visitor.person, tables))
        entries = held.get(known.table, [])
        left = [each for each in entries if each["key"] != key] if isinstance(entries, list) else []
        contents = {**held, **({known.table: left} if known.table not in PRIVATE else {})}
        file = importing.checked("form", contents)
        return importing.only_dropped(file, {known.table: frozenset({key})})

    async def _noticed(self, visitor: Visitor, known: Sheet) -> str:
        """To which buildings nobody knows the way, or who may stand there twice, where that may just have
        changed."""
        texts, roster = self._texts(visitor), await self._rosters.get(visitor.person.committee_id)
        if known.table == "people":
            return registers.twice(roster, texts)
        return grounds.told(roster, texts) if known.table in GROUND else ""

    async def _understood(self, visitor: Visitor, raw: Raw) -> RegisterFile:
        reading = spreadsheet.read("form", [raw])
        committee = (await self._rosters.get(visitor.person.committee_id)).committee
        return await importing.understood("form", reading, Wish(), self._store, committee, self._kinds)

    async def _load(self, visitor: Visitor, file: RegisterFile) -> int:
        """How many entries were changed. Raises `NotAllowedError` and `BadFileError`."""
        told = await self._registering.look(visitor.person, file, prune=False)
        if told.changes:
            try:
                await self._registering.load(visitor.person, file, told, prune=False)
            except RegisterChangedError:  # between the two, by somebody else: once more
                told = await self._registering.look(visitor.person, file, prune=False)
                await self._registering.load(visitor.person, file, told, prune=False)
            self._rosters.forget(visitor.person.committee_id)
        return len(told.changes)

    async def _entry(
        self, visitor: Visitor, known: Sheet, key: str, *, missing_ok: bool = False
    ) -> Mapping[str, object]:
        asked = self._registering.contents(visitor.person, {known.table}, {known.table: {key}})
        found = (await allowed(asked)).get(known.table, [])
        entries = [each for each in found if each["key"] == key] if isinstance(found, list) else []
        if not entries and not missing_ok:
            raise RefusedError(404)
        return entries[0] if entries else {}

    async def _form_page(
        self,
        visitor: Visitor,
        known: Sheet,
        entry: Mapping[str, object],
        *,
        key: str,
        bad: BadFileError | None = None,
        wrong: str = "",
        fresh: bool = False,
        status: int = 200,
    ) -> web.Response:
        texts, roster = self._texts(visitor), await self._rosters.get(visitor.person.committee_id)
        offered = await self._offered(visitor, known, roster, texts)
        shown = register_forms.form(known, entry, roster, texts, bad, offered)
        key_wrong = registers.expected(bad, texts) if bad and bad.params.get("heading") == "key" else ""
        placed = bool(key_wrong) or any(each.wrong for each in shown)
        new = fresh or not entry
        return await self.sheet(
            "register_entry",
            visitor,
            status=422 if bad else status,
            table=known.table,
            title=registers.label(known.table, texts),
            fields=shown,
            key=key,
            key_wrong=key_wrong,
            seen="" if new else register_forms.seen(await self._entry(visitor, known, key, missing_ok=True)),
            wrong=wrong or (registers.mistake(bad, texts) if bad and not placed else ""),
            called=str(entry.get("name") or key),
        )

    async def _offered(
        self, visitor: Visitor, known: Sheet, roster: Roster, texts: Texts
    ) -> register_forms.Offered:
        """What may be chosen that neither the column nor the roster knows."""
        if known.table not in {"care", "medicines"}:
            return {}
        held = await allowed(self._registering.contents(visitor.person, {"residents"}))
        return register_forms.of_care(held, self._kinds, roster, texts)

    async def _form(self, request: web.Request) -> tuple[Visitor, forms.Several]:
        visitor = await self._pages.sender(request)
        try:
            return visitor, await forms.read_several(request, MOST_FIELDS)
        except forms.UnreadableError as error:
            raise RefusedError(400) from error

    async def sheet(
        self,
        name: str,
        visitor: Visitor,
        *,
        answering: web.Request | None = None,
        status: int = 200,
        **shown: object,
    ) -> web.Response:
        """A page of the register; it is kept by no browser."""
        response = await self._sheets.show(name, visitor, answering=answering, status=status, **shown)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _texts(self, visitor: Visitor) -> Texts:
        return self._renderer.texts(visitor.person.language)


def complain(visitor: Visitor, error: BadFileError) -> None:
    """Log whose file or form was refused, and by which field: trying leaves no other trace."""
    table, field = registers.spot(error)
    _log.warning("refused (%s): person %d, table %s, field %s", error.key, visitor.person.id, table, field)


def refused(texts: Texts) -> str:
    """Why a change is not for this reader to make."""
    return texts.say(
        "Nothing was changed: roles, accounts, rooms and the ladder are for a secretary to change, and never "
        "one's own."
    )


async def allowed(asked: Awaitable[T]) -> T:
    """What was asked for; for whoever may not have it there is no such page."""
    try:
        return await asked
    except StoreUnavailableError:
        raise
    except (NotAllowedError, NotTrustedError) as error:
        raise RefusedError(404) from error


def _table(fields: Mapping[str, str]) -> Sheet:
    table = fields.get("table", "")
    if table not in EDITED:
        raise RefusedError(404)
    return next(each for each in SHEETS if each.table == table)


def _first(fields: forms.Several) -> Mapping[str, str]:
    return {name: values[0] for name, values in fields.items()}


def _raw(known: Sheet, fields: forms.Several, key: str) -> Raw:
    """The form as a sheet of one row, of those fields that it has."""
    columns = [each for each in known.columns if each.field == "key" or each.field in fields]
    cells = [key if each.field == "key" else ", ".join(filter(None, fields[each.field])) for each in columns]
    return Raw(name=known.table, rows=[[each.field for each in columns], cells])


def _taken() -> BadFileError:
    return BadFileError(
        file="form",
        table="",
        field="key",
        expected="a key of its own; an entry has the same",
        heading="key",
    )
