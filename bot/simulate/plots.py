"""What was found, as pictures: what surer costs, and how the policies stand to each other."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Sheet
from matplotlib.ticker import NullFormatter

from bot.simulate.figures import Figure, Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # letters stay letters: small, and found by a search
    "svg.hashsalt": "suidao",  # the same figures give the same file
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}

_OURS, _OTHERS, _BOUNDS = "#b3261e", "#1f4e79", "#7a7a7a"
"""Colours that are told apart without colour vision too, since their marks differ."""

_ASKED = (3, 5, 10, 20, 30)
"""Marks on an axis that begins and ends between powers of ten."""

_LEAST = 2e-4
"""Shares below are drawn here: none of some thousand jobs."""


def draw(found: Mapping[str, Mapping[str, Figures]], path: Path) -> None:
    """Write one picture with a panel a plan; plans of one family (`frontier_…`, `robust_…`) share theirs."""
    panels = _panels(found)
    with mpl.rc_context(_STYLE):
        columns = min(2, len(panels))
        rows = -(-len(panels) // columns)
        sheet = Sheet(figsize=(5.2 * columns, 4.0 * rows), layout="constrained")
        FigureCanvasSVG(sheet)
        for place, (title, plans) in enumerate(panels, start=1):
            axes = sheet.add_subplot(rows, columns, place)
            axes.set_title(title, loc="left")
            _panel(axes, title, plans)
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        sheet.savefig(path, metadata=metadata, dpi=110)


Plans = Sequence[tuple[str, Mapping[str, Figures]]]


def _panels(found: Mapping[str, Mapping[str, Figures]]) -> list[tuple[str, Plans]]:
    panels: dict[str, list[tuple[str, Mapping[str, Figures]]]] = {}
    for key, contestants in found.items():
        family, _, rest = key.partition("_")
        title = key if family == "recipe" else f"{family} {rest.partition('_')[0]}"
        panels.setdefault(title, []).append((key, contestants))
    return list(panels.items())


def _panel(axes: "Axes", title: str, plans: Plans) -> None:
    if title == "frontier b":
        _budgets(axes, plans)
    elif title.startswith("frontier"):
        _frontier(axes, plans)
    elif title.startswith("robust"):
        _robust(axes, plans)
    else:
        _standing(axes, title, plans[0][1])


def _standing(axes: "Axes", title: str, contestants: Mapping[str, Figures]) -> None:
    """Each policy by what it costs and how often it fails."""
    figure = "coverage" if title == "recipe_b" else "claimed_5min"
    for name, figures in contestants.items():
        if "/" not in name:
            _point(axes, name, figures["pings"], figures[figure])
    _scales(axes, "not covered" if figure == "coverage" else "not claimed within 5 minutes")


def _frontier(axes: "Axes", plans: Plans) -> None:
    """What more certainty costs: a line for each that has a dial, points for those that have none."""
    for name, colour, mark in (("adaptive", _OURS, "o-"), ("adaptive_told", _BOUNDS, "s--")):
        own = [contestants[name] for _, contestants in plans]
        axes.plot(
            [figures["pings"].value or 0 for figures in own],
            [_missed(figures["claimed_5min"].value) for figures in own],
            mark,
            color=colour,
            label=name,
            markersize=4,
        )
    for name in ("all", "fixed", "one_at_a_time", "waves", "refusals"):
        _point(axes, name, plans[0][1][name]["pings"], plans[0][1][name]["claimed_5min"])
    axes.legend(frameon=False, loc="lower left")
    _scales(axes, "not claimed within 5 minutes")


def _budgets(axes: "Axes", plans: Plans) -> None:
    """What it costs to ask no more than so many for any job (figures): by what is known, a line each."""
    lines = (
        ("likely", _OTHERS, "^-"),
        ("belief", _BOUNDS, "v:"),
        ("oracle", _BOUNDS, "x:"),
        ("adaptive_capped", _OURS, "o-"),
        ("adaptive_told", _BOUNDS, "s--"),
    )
    for name, colour, mark in lines:
        own = [(key.rpartition("_")[2], contestants[name]) for key, contestants in plans]
        pings = [figures["pings"].value or 0 for _, figures in own]
        missed = [_missed(figures["coverage"].value) for _, figures in own]
        axes.plot(pings, missed, mark, color=colour, label=name, markersize=4)
        for (most, _), asked, share in zip(own, pings, missed, strict=True):
            axes.annotate(most, (asked, share), (4, 3), textcoords="offset points", fontsize=6, color=colour)
    _point(axes, "adaptive", plans[0][1]["adaptive"]["pings"], plans[0][1]["adaptive"]["coverage"])
    axes.legend(frameon=False, loc="lower right")
    _scales(axes, "not covered")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks(_ASKED, [str(asked) for asked in _ASKED])


def _robust(axes: "Axes", plans: Plans) -> None:
    """Waves and ours side by side, a step a size of the pool."""
    names = ["/".join(key.split("_")[2:]) for key, _ in plans]
    for name, colour, mark in (("waves", _OTHERS, "^"), ("adaptive", _OURS, "o")):
        shares = [_missed(contestants[name]["claimed_5min"].value) for _, contestants in plans]
        pings = [contestants[name]["pings"].value or 0 for _, contestants in plans]
        axes.plot(names, shares, mark, color=colour, label=name, markersize=5)
        for place, (share, count) in enumerate(zip(shares, pings, strict=True)):
            side = 6 if name == "adaptive" else -6
            axes.annotate(
                f"{count:.0f}",
                (place, share),
                (0, side),
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=7,
                color=colour,
            )
    axes.set_yscale("log")
    axes.set_ylabel("not claimed within 5 minutes (figures: pings)")
    axes.set_xlabel("volunteers / radius in metres")
    axes.tick_params(axis="x", rotation=60)
    axes.legend(frameon=False)


def _point(axes: "Axes", name: str, pings: Figure, share: Figure) -> None:
    if pings.value is None or share.value is None or share.low is None or share.high is None:
        return
    ours = name in {"adaptive", "likely"}
    told = name.endswith(("_told", "oracle")) or name == "belief"
    colour, mark = (_OURS, "o") if ours else (_BOUNDS, "s") if told else (_OTHERS, "^")
    missed = _missed(share.value)
    low, high = missed - _missed(share.high), _missed(share.low) - missed
    axes.errorbar(
        [pings.value],
        [missed],
        yerr=[[max(0.0, low)], [max(0.0, high)]],
        fmt=mark,
        color=colour,
        markersize=5,
    )
    axes.annotate(name, (pings.value, missed), (5, 4), textcoords="offset points", fontsize=7, color=colour)


def _missed(share: float | None) -> float:
    return max(_LEAST, 1.0 - (share or 0.0))


def _scales(axes: "Axes", missed: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("people asked a job")
    axes.set_ylabel(f"share {missed}")
    axes.margins(x=0.18)
    axes.grid(visible=True, which="major", alpha=0.2)
