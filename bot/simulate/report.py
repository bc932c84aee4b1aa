"""What was found: a table for people, JSON for machines."""

import dataclasses
import json
from collections.abc import Mapping, Sequence

from bot.simulate.figures import NAMES, Figure, Figures, measured
from bot.simulate.recipes import sources
from bot.simulate.runs import Played

Results = Mapping[str, Mapping[str, Figures]]
"""Figures by plan, then by contestant; groups of jobs as `contestant/group`."""

_HEADINGS = ("claimed in 5 min", "pings", "late taps", "arrival", "coverage")


def results(all_played: Sequence[Played]) -> Results:
    """The figures of everything that was played."""
    return {each.plan.key: _of(each) for each in all_played}


def _of(each: Played) -> Mapping[str, Figures]:
    found: dict[str, Figures] = {}
    for name in each.runs[0]:
        runs = [run[name] for run in each.runs]
        found[name] = measured(runs)
        groups = sorted({outcome.group for run in runs for outcome in run if outcome.group})
        for group in groups:
            some = [[outcome for outcome in run if outcome.group == group] for run in runs]
            found[f"{name}/{group}"] = measured([run for run in some if run])
    return found


def document(found: Results, all_played: Sequence[Played], seed: int) -> str:
    """The JSON: by plan and contestant each figure, and beside them `intervals` (95 %); the parameters, and
    where each of them comes from. The same input gives the same bytes."""
    about = {
        each.plan.key: {"runs": each.plan.runs, **dataclasses.asdict(each.plan.recipe)} for each in all_played
    }
    where = {each.plan.key: sources(each.plan) for each in all_played}
    plans = {
        key: {
            name: {
                **{figure: _round(figures[figure].value) for figure in NAMES},
                "intervals": {
                    figure: [_round(figures[figure].low), _round(figures[figure].high)] for figure in NAMES
                },
            }
            for name, figures in contestants.items()
        }
        for key, contestants in found.items()
    }
    return (
        json.dumps({**plans, "about": {"seed": seed, "parameters": about, "sources": where}}, indent=2) + "\n"
    )


def table(found: Results) -> str:
    """All figures side by side."""
    lines: list[str] = []
    for key, contestants in found.items():
        rows = [(name, *map(written, NAMES, figures.values())) for name, figures in contestants.items()]
        heading = (key, *_HEADINGS)
        widths = [max(len(row[column]) for row in (heading, *rows)) for column in range(len(heading))]
        for row in (heading, *rows):
            cells = [row[0].ljust(widths[0])]
            cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
            lines.append("  ".join(cells).rstrip())
        lines.append("")
    return "\n".join(lines)


def written(name: str, figure: Figure) -> str:
    """A figure of that name with its interval, for people."""
    if figure.value is None or figure.low is None or figure.high is None:
        return "-"
    if name in {"claimed_5min", "coverage"}:
        return f"{figure.value:.2%} ({figure.low * 100:.2f}-{figure.high * 100:.2f})"
    if name == "arrival_s":
        return f"{figure.value:.0f} s ({figure.low:.0f}-{figure.high:.0f})"
    return f"{figure.value:.2f} ({figure.low:.2f}-{figure.high:.2f})"


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
