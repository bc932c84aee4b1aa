"""Reduces aiogram's copy of the Bot API documentation to what a request can be checked against.

Run it from the root of the project when aiogram is raised to a newer Bot API, with the schema that lies
in aiogram's source distribution (`pip download --no-deps --no-binary :all: aiogram==3.31.0`, unpack it):

    python -m tests.platforms.telegram_server.reduce_schema aiogram-3.31.0/.butcher/schema/schema.json

It writes `schema.json` beside itself: one line a method or type, no prose. It refuses to guess: what it
cannot read out of the documentation's own words (a length, a constant, the members of a union) is left out.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("schema.json")
LENGTH = re.compile(r"\b(\d+)-(\d+) (characters|bytes)(?! after entit)")
"""Lengths after the parsing of entities are counted by the server itself: see `entities`."""
RANGE = re.compile(r"[Vv]alues between (\d+)-(\d+) are accepted")
CONSTANT = re.compile(r"(?:, must be|, always) [“\"*']?(\w+)[”\"*']?$")
MEMBER = re.compile(r'<li><a href="#[a-z0-9]+">(\w+)</a>')


def reduce_field(annotation: dict[str, Any]) -> dict[str, object]:
    """Type, whether required, and the bounds that the description states."""
    prose: str = annotation["description"]
    field: dict[str, object] = {"type": annotation["type"]}
    if annotation["required"]:
        field["required"] = True
    if length := LENGTH.search(prose):
        field["length"] = [int(length[1]), int(length[2]), length[3]]
    if bounds := RANGE.search(prose):
        field["range"] = [int(bounds[1]), int(bounds[2])]
    if annotation["name"] in {"type", "source"} and (constant := CONSTANT.search(prose)):
        field["is"] = constant[1]
    return field


def reduce_all(source: dict[str, Any]) -> dict[str, dict[str, object]]:
    """The three tables: methods and types by name with their fields, unions with their members."""
    tables: dict[str, dict[str, object]] = {"api": source["api"], "methods": {}, "types": {}, "unions": {}}
    for entry in (child for group in source["items"] for child in group["children"]):
        fields = {each["name"]: reduce_field(each) for each in entry["annotations"]}
        members = [] if fields else MEMBER.findall(entry["html_description"])
        if entry["category"] == "methods":
            tables["methods"][entry["name"]] = fields
        elif members:
            tables["unions"][entry["name"]] = members
        else:
            tables["types"][entry["name"]] = fields
    return tables


def written(tables: dict[str, dict[str, object]]) -> str:
    """One line a method or type, so that a newer Bot API shows as a readable difference."""
    parts = []
    for name, table in tables.items():
        lines = (
            f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()
        )
        parts.append(f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(written(reduce_all(json.loads(Path(sys.argv[1]).read_text("utf-8")))), "utf-8")
