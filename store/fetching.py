"""How a named statement is run on a session of PostgreSQL: for one, or for many in one round trip."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from store.engine import Params, Row
from store.sessions import Session
from store.statements import Numbered

NTH: Final = "nth_"
"""The column that says for whom a row was found; no column of ours ends so."""

AT_ONCE: Final = "_at_once"
"""How the name of a hold ends that does not wait, where `SKIP LOCKED` cannot say so."""

Statements = Mapping[str, Numbered]


def writes(statement: Numbered) -> bool:
    """It may change something."""
    return not _selects(statement)


async def fetched(
    statements: Statements, session: Session, name: str, many: Sequence[Params]
) -> Sequence[Sequence[Row]]:
    """The rows of a statement for each of the parameters, apart; one round trip for all of them."""
    statement = statements[name]
    text, names = statement
    asked = [tuple(_arguments(params, names)) for params in many]
    if not gives_rows(statement):
        await session.executemany(text, asked)
        return [()] * len(many)
    if writes(statement):
        return await _numbered(text, session, asked)
    # What several want to see alike is looked up once.
    alike = {arguments: number for number, arguments in enumerate(dict.fromkeys(asked))}
    found = await _numbered(text, session, list(alike))
    return [found[alike[arguments]] for arguments in asked]


async def _numbered(
    text: str, session: Session, asked: Sequence[tuple[object, ...]]
) -> Sequence[Sequence[Row]]:
    if len(asked) == 1:
        return [await session.fetch(text, *asked[0])]
    apart: list[list[Row]] = [[] for _ in asked]
    arguments = [(*each, number) for number, each in enumerate(asked)]
    for row in await session.fetchmany(numbering(text, len(asked[0]) + 1), arguments):
        apart[row[NTH]].append(row)
    return apart


async def held(
    statements: Statements, session: Session, name: str, many: Sequence[Params], *, wait: bool
) -> Sequence[bool]:
    """Hold for each what a `Work.holds` names, and say for which there was something to hold. Unless it may
    `wait`, what another process holds counts as not there: it may take its time, and the others have no part
    in it."""
    text, names = statements[name]
    asked = [tuple(_arguments(params, names)) for params in many]
    if not wait:
        at_once = statements.get(f"{name}{AT_ONCE}")
        text = f"{_bare(text)} SKIP LOCKED" if at_once is None else at_once.text
    return [bool(rows) for rows in await _numbered(text, session, asked)]


async def executed(statements: Statements, session: Session, name: str, many: Sequence[Params]) -> None:
    """Run a statement whose rows nobody needs, once for each of the parameters."""
    text, names = statements[name]
    await session.executemany(text, [_arguments(params, names) for params in many])


def gives_rows(statement: Numbered) -> bool:
    """It has rows to give, where it finds any."""
    return _selects(statement) or "RETURNING" in statement.text


@cache
def _selects(statement: Numbered) -> bool:
    lines = (line.strip() for line in statement.text.splitlines())
    first = next(line for line in lines if line and not line.startswith("--"))
    return first.startswith("SELECT")


@cache
def numbering(text: str, place: int) -> str:
    """The statement with one parameter more, which comes back with every row."""
    # Only statements of `sql/` ever come here.
    return f"WITH found_ AS (\n{_bare(text)}\n) SELECT found_.*, ${place}::bigint AS {NTH} FROM found_"  # noqa: S608


def _bare(text: str) -> str:
    return text.rstrip().rstrip(";")


def _arguments(params: Params, names: Sequence[str]) -> list[object]:
    return [params[each] for each in names]
