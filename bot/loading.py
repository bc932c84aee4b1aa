"""What `suidao load` and `suidao export` do: the register in from a file, looked at first, and out into one.

What is printed names tables, fields and people's keys; entries of residents and households are told by their
place in the file, and nothing private is.
"""

import gc
import logging
import sys
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from bot import committee, detours, holes, importing, overlaps, slips, workbook
from bot.commands import opened
from bot.complaints import ComplaintError
from bot.importing import WORKBOOK, Wish
from bot.invite import choose_committee
from bot.plans import Plans
from bot.playbooks import load_playbooks
from bot.progress import Bar
from config.settings import Settings
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError
from dispatch.importing import PRIVATE, Act, Change, Preview, by_table
from dispatch.namesakes import namesakes
from dispatch.people import Committee
from dispatch.plan import Plan
from dispatch.register import TABLES
from handlers import registers
from store import SqlStore
from store.clock import WallClock

_log = logging.getLogger(__name__)

LISTED = 40
"""Changes of a table that are told one by one: a screen full; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for beside the file. `preview` only says what would change."""

    wish: Wish = field(default_factory=Wish)
    committee: str | None = None
    preview: bool = False


PLAIN = Order()
"""Nothing more than the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A checked file. `demo` None leaves the committee what it is."""

    file: RegisterFile
    plan: Plan | None = None
    demo: bool | None = None

    @property
    def key(self) -> str:
        return str(self.file.committee["key"])


async def load(settings: Settings, file: Path, out: TextIO, order: Order = PLAIN) -> None:
    """Load a file of the register, all or nothing; twice changes nothing. Raises `BadFileError` for the first
    mistake, which is logged by table and field, `ComplaintError` for a committee that is not there."""
    with _uncollected():
        async with opened(settings) as (store, _):
            try:
                await _load(store, settings, file, out, order)
            except BadFileError as error:
                table, cell = registers.spot(error)
                _log.warning(
                    "refused (%s): a file at the console, table %s, field %s", error.key, table, cell
                )
                raise


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage is looked for meanwhile: of thousands of rows there is none yet, and looking through them
    again and again took a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _load(store: SqlStore, settings: Settings, file: Path, out: TextIO, order: Order) -> None:
    kinds = load_playbooks(settings.playbooks_dir)
    found, prune = await _read(store, file, order, kinds), order.wish.prune
    if order.preview:
        told = await store.preview(found.file, prune=prune, demo=found.demo)
        out.writelines(_lines(found.key, told))
        return
    now, bar = WallClock().now(), Bar(sys.stderr, file.name)
    try:
        done = await store.load_shown(found.file, prune=prune, now=now, demo=found.demo, progress=bar)
    finally:
        bar.end()
    if found.plan is not None:
        Plans(settings.data_dir).keep(found.key, found.plan)
    out.write(f"{found.key}: {_counted(done)}\n")
    async for line in _warnings(store, found.key):
        out.write(line)


async def _read(store: SqlStore, file: Path, order: Order, kinds: Collection[str]) -> _Read:
    if not importing.is_spreadsheet(file.name):
        register = committee.read_committee(file, kinds)
        plan = committee.read_plan(file, register)
        return _Read(file=committee.spotted(register, plan), plan=plan, demo=False)
    reading = importing.read(file.name, _bytes(file), order.wish)
    chosen = await _chosen(store, importing.committee_of(reading), order.committee)
    understood = await importing.understood(file.name, reading, order.wish, store, chosen, kinds)
    return _Read(file=understood)


def _bytes(file: Path) -> bytes:
    workbook.check_size(file.name, file.stat().st_size)
    return file.read_bytes()


async def _chosen(store: SqlStore, named: str | None, asked: str | None) -> Committee | None:
    """Whose register the file is about; None for a new committee that it names itself."""
    if named is None:
        return await choose_committee(store, asked)
    if asked is not None and asked != named:
        raise ComplaintError(f"the file is about the committee {named}, and not about {asked}")
    return next((each for each in await store.committees() if each.key == named), None)


async def _warnings(store: SqlStore, key: str) -> AsyncIterator[str]:
    """What is allowed in a register, and should not pass unnoticed."""
    named = next(each for each in await store.committees() if each.key == key)
    roster, now = await store.roster(named.id), WallClock().now()
    for gap in holes.told(roster, now):
        yield f"  Nobody is on duty {gap}.\n"
    for line in overlaps.told(roster, now):
        yield f"  Planned twice, and the first counts: {line}.\n"
    for line in detours.told(roster):
        yield f"  The straight line counts instead of the way on foot: {line}\n"
    if why := detours.unplaced(roster):
        yield f"  How far it is to buildings that are on the plan alone is not known: {why}\n"
    for group in namesakes(roster):
        keys = ", ".join(each.key for each in group)
        yield f"  One name at one building, perhaps one person: {keys}\n"
    for line in slips.told(roster, await store.secrets(named.id)):
        yield f"  Cannot be read: {line}\n"


def _counted(told: Preview) -> str:
    return ", ".join(f"{count} {name}" for name, count in told.counts.items())


def _lines(key: str, told: Preview) -> Iterator[str]:
    """What would change, table by table."""
    yield f"{key}: {_counted(told)} (nothing was changed)\n"
    for (table, act), found in by_table(told.changes).items():
        yield f"  {table}: {len(found)} {act.value}\n"
        listed = [_line(each) for each in found[:LISTED]]
        yield from (f"    {line}\n" for line in listed if line)
        if len(found) > LISTED and any(listed):
            yield f"    and {len(found) - LISTED} more\n"


def _line(change: Change) -> str:
    """One entry, by its key; where that is private, by its place in the file."""
    private = change.table in PRIVATE
    if private and (change.number is None or change.act is Act.ADDED):
        return ""
    name = f"#{change.number}" if private else change.key
    fields = ", ".join(change.fields)
    return f"{name}: {fields}" if name and fields else name


async def export(settings: Settings, file: Path, out: TextIO, key: str | None, *, empty: bool) -> None:
    """Write the register as a workbook, readable by this user alone; with `empty` one with headings only.
    Raises `ComplaintError` for a file that is there already, or is to be something else."""
    from bot import workbook_writing  # noqa: PLC0415 - loading does without its library

    _check_name(file)
    if empty:
        _keep(file, workbook_writing.write({}))
        out.write(f"{file.name}: headings only; fill it in, then: suidao load {file.name} --preview\n")
        return
    async with opened(settings) as (store, _):
        chosen = await choose_committee(store, key)
        contents = await store.contents(chosen.id, TABLES)
    _keep(file, workbook_writing.write(contents))
    out.write(f"{file.name}: the register of {chosen.key}, private fields too; keep it as one keeps a key\n")


def _check_name(file: Path) -> None:
    if file.suffix.lower() != WORKBOOK:
        raise ComplaintError(f"a register is exported as {WORKBOOK}: give a file name that ends so")
    if file.exists():
        raise ComplaintError(f"{file.name} is there already; give another name, or move it away")


def _keep(file: Path, data: bytes) -> None:
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(data)


__all__: Sequence[str] = ("Order", "export", "load")
