"""Compounds' plans in the data folder: a picture and a small file of outlines, where a committee has them.

A plan holds nothing private. It is kept beside the database because it is shown, and never decided upon.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

from dispatch.plan import Plan

FOLDER = "plans"
"""In the data folder."""

SUFFIXES = frozenset({".json", ".image"})
"""How the names of a plan's two files end."""


class Plans:
    """The plans of one data folder. Looking twice reads once, until the plan is loaded anew."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER
        self._known: dict[str, tuple[int, Plan]] = {}

    def keep(self, committee: str, plan: Plan) -> None:
        """Keep the plan of the committee of that key; the same plan again changes nothing that is seen."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {name: value for name, value in asdict(plan).items() if name != "image"}
        _write(self._image(committee), plan.image)
        _write(self._told(committee), json.dumps(told, ensure_ascii=False).encode())

    def find(self, committee: str) -> Plan | None:
        """The committee's plan; None where it has none."""
        try:
            stamp = self._told(committee).stat().st_mtime_ns
            known = self._known.get(committee)
            if known is None or known[0] != stamp:
                known = self._known[committee] = (stamp, self._read(committee))
        except FileNotFoundError:
            return None
        return known[1]

    def _read(self, committee: str) -> Plan:
        told = json.loads(self._told(committee).read_bytes())
        return Plan(
            width=told["width"],
            height=told["height"],
            kind=told["kind"],
            outlines={key: tuple((x, y) for x, y in ring) for key, ring in told["outlines"].items()},
            image=self._image(committee).read_bytes(),
        )

    def _told(self, committee: str) -> Path:
        return self._folder / f"{committee}.json"

    def _image(self, committee: str) -> Path:
        return self._folder / f"{committee}.image"


def _write(path: Path, data: bytes) -> None:
    """Whoever reads meanwhile finds the old one or the new one, whole."""
    fresh = path.with_suffix(f"{path.suffix}.{os.getpid()}")
    fresh.write_bytes(data)
    fresh.replace(path)
