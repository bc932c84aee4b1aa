"""The options of `suidao simulate`: its own, and one for every parameter of a recipe."""

import argparse
from collections.abc import Mapping
from dataclasses import Field, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from bot.simulate.recipes import PLANS, USUAL, Compound, Fatigue, OneJob, Plan

SEED = 20220401
"""A day of the spring that the field notes are about; any number is as good."""

_SHORT: Mapping[type, Mapping[str, int]] = {
    OneJob: {"jobs": 15},
    Fatigue: {"jobs": 20},
    Compound: {"days": 1, "jobs": 10},
}
"""What `--short` makes of the recipes."""

_SHORT_RUNS = 1


def add(command: argparse.ArgumentParser) -> None:
    """Let the command have them."""
    names = ", ".join(PLANS)
    command.add_argument(
        "--recipe",
        action="append",
        choices=sorted(PLANS),
        help=f"{names}; may be repeated, usually {', '.join(USUAL)} (模拟哪一种)",
    )
    command.add_argument(
        "--policy",
        action="append",
        default=[],
        metavar="MODULE:OBJECT",
        help="somebody else's policy, beside ours (另外的策略)",
    )
    command.add_argument("--seed", type=_whole, default=SEED, metavar="N", help=f"usually {SEED} (随机种子)")
    command.add_argument("--runs", type=_whole, metavar="N", help="how often each recipe is run (次数)")
    command.add_argument("--short", action="store_true", help="a few seconds, rough figures (粗略)")
    command.add_argument("--cores", type=_whole, metavar="N", help="processes, usually one a core (进程数)")
    command.add_argument("--json", type=Path, metavar="FILE", help="write the figures (结果文件)")
    command.add_argument("--plot", type=Path, metavar="FILE", help="draw them, .svg or .png (画图)")
    command.add_argument(
        "--ground",
        type=Path,
        metavar="FILE",
        help="a committee's file: recipe c on its buildings, walls and gates (小区的楼栋、围墙和大门)",
    )
    parameters = command.add_argument_group("parameters of the recipes (模型参数)")
    for name, (kind, about) in _parameters().items():
        parameters.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="N", help=about)


def plans(arguments: argparse.Namespace) -> list[Plan]:
    """The plans that are asked for, with the parameters that are given. Raises `ValueError` for a parameter
    that none of them has."""
    found = [plan for name in arguments.recipe or USUAL for plan in PLANS[name]]
    given = {name: value for name in _parameters() if (value := getattr(arguments, name)) is not None}
    known = {field.name for plan in found for field in fields(plan.recipe)}
    for name in given:
        if name not in known:
            raise ValueError(f"--{name.replace('_', '-')} is no parameter of what is simulated")
    return [_changed(plan, given, arguments) for plan in found]


def _changed(plan: Plan, given: Mapping[str, Any], arguments: argparse.Namespace) -> Plan:
    own = {field.name for field in fields(plan.recipe)}
    values: dict[str, Any] = dict(_SHORT[type(plan.recipe)]) if arguments.short else {}
    values |= {name: value for name, value in given.items() if name in own}
    runs = arguments.runs or (min(plan.runs, _SHORT_RUNS) if arguments.short else plan.runs)
    return replace(plan, recipe=replace(plan.recipe, **values), runs=runs)


def _parameters() -> dict[str, tuple[Any, str]]:
    """Every parameter once, with what reads it and what it means, by recipe where it differs."""
    found: dict[str, tuple[Any, str]] = {}
    for recipe in (OneJob, Fatigue, Compound):
        hints = get_type_hints(recipe)
        for field in fields(recipe):
            if not field.metadata:
                continue  # the ground comes from a file
            about = f"{recipe.__name__}: {_about(field)}"
            kind = {int: _whole, float: _number}.get(hints[field.name], _numbers)
            kind = _share if field.metadata.get("share") else kind
            before = found.get(field.name)
            found[field.name] = (kind, about if before is None else f"{before[1]}; {about}")
    return found


def _about(field: "Field[Any]") -> str:
    default = field.default
    shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
    about, source = field.metadata["about"], field.metadata["source"]
    return f"{about} ({source}) [{shown}]".replace("%", "%%")


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return number


def _number(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("a number above 0")
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError("a share from 0 to 1")
    return number


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(_number(part) for part in text.split(","))
