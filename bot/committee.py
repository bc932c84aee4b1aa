"""A committee's file from disk, with the plan that it names, and the one that comes with the demo."""

import json
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from config import toml_files
from dispatch import plan, register
from dispatch.entries import RegisterFile
from dispatch.errors import BadFileError
from dispatch.plan import Plan
from store.calendar import RuleCalendar

DEMO = Path(toml_files.__file__).parent / "demo" / "committee.toml"
"""The demo committee: invented people in an invented compound."""

LARGEST_PLAN = 5_000_000
"""Bytes of a plan's picture: a scan in good quality. A screen loads it once."""

KINDS = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
"""What a plan may be drawn as, by the end of its name; browsers show all of these."""


def read_committee(path: Path, kinds: Collection[str] | None = None) -> RegisterFile:
    """The checked contents of a committee's file; without `kinds` of jobs care plans may be of any.

    Raises `BadFileError` for the first mistake."""
    try:
        contents = toml_files.read(path)
    except toml_files.FileUnreadableError as error:
        raise BadFileError(file=error.file, table="", field="", expected=error.problem) from None
    return register.parse(path.name, contents, RuleCalendar(), kinds)


def read_plan(path: Path, committee: RegisterFile) -> Plan | None:
    """The plan that the committee's file at `path` names; None where it names none. Raises `BadFileError`."""
    named = committee.plan
    if named is None:
        return None
    image, outlines = path.parent / str(named["image"]), path.parent / str(named["buildings"])
    keys = frozenset(str(building["key"]) for building in committee.buildings)
    return Plan(
        width=int(str(named["width"])),
        height=int(str(named["height"])),
        outlines=plan.outlines(outlines.name, _json(path, outlines), keys),
        image=_bytes(path, image, "image"),
        kind=KINDS[image.suffix.lower()],
    )


def spotted(committee: RegisterFile, plan: Plan | None) -> RegisterFile:
    """The file with a spot for each building that is drawn on its plan, too: where it says none, the middle
    of what is drawn, as a position is the middle of an outline."""
    if plan is None:
        return committee
    buildings = [
        {**each, "spot": each["spot"] or plan.spot(str(each["key"]))} for each in committee.buildings
    ]
    return replace(committee, buildings=buildings)


def _json(committee: Path, path: Path) -> object:
    try:
        return json.loads(_bytes(committee, path, "buildings"))
    except ValueError:  # a wrong encoding too
        _fail(committee, "buildings", f"{path.name} as GeoJSON in UTF-8")


def _bytes(committee: Path, path: Path, field: str) -> bytes:
    try:
        if path.stat().st_size > LARGEST_PLAN:
            _fail(committee, field, f"a file of at most {LARGEST_PLAN // 10**6} MB")
        return path.read_bytes()
    except OSError as error:
        _fail(committee, field, f"a file beside this one; {path.name} cannot be read ({error.strerror})")


def _fail(committee: Path, field: str, expected: str) -> NoReturn:
    raise BadFileError(file=committee.name, table="plan", field=field, expected=expected)
