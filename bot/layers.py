"""Lays boxes out in layers, so that arrows lead downwards: which layer, in which order, how far to the right.

The way of Sugiyama, Tagawa and Toda (1981): what leads back is left out, each box goes as far down as the
longest way to it, every long arrow gets a place in the layers that it crosses, boxes are ordered by where
their neighbours are, and then moved towards them as far as the others let them. Knows no playbook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

SWEEPS = 12
"""Times up and down; the order of a dozen layers has long settled by then."""

APART = 22
"""Between two boxes of a layer."""

BETWEEN = 46
"""Between two layers: room for arrows, and for two ways back side by side."""

THIN = 14
"""What a long arrow takes in the layers that it crosses."""

STIFF = 8
"""How many times as much a long arrow's place counts as a box's: arrows are straight, and boxes give way."""

Arrow = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Something to be placed, with its size."""

    key: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a box is: the middle of its upper edge."""

    x: float
    y: float
    layer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything is. `crossed` has the places of a long arrow between its ends, from top to bottom;
    `back` are the arrows that lead upwards, or to the box that they begin at, and have no way of their own
    here. `layers` are the upper and lower edge of each layer."""

    spots: Mapping[str, Spot]
    crossed: Mapping[Arrow, tuple[Spot, ...]]
    back: tuple[Arrow, ...]
    layers: tuple[tuple[float, float], ...]
    width: float

    @property
    def height(self) -> float:
        """To the lower edge of the last layer."""
        return self.layers[-1][1]


def laid_out(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Layout:
    """The first box is on top. Every end of an arrow is a box."""
    forward, back = _directed(boxes, arrows)
    layer = _layered(boxes, forward)
    chains = {arrow: _chain(arrow, layer) for arrow in forward}
    links = [link for chain in chains.values() for link in pairwise(chain)]
    rows = _ordered(_rows(boxes, chains, layer), links)
    sizes = {box.key: (box.width, box.height) for box in boxes}
    across = _across(rows, links, {box.key: box.width for box in boxes})
    edges = _edges(rows, sizes)
    spots = {key: Spot(x=across[key], y=edges[n][0], layer=n) for n, row in enumerate(rows) for key in row}
    crossed = {arrow: tuple(spots[key] for key in chain[1:-1]) for arrow, chain in chains.items()}
    return Layout(
        spots={box.key: spots[box.key] for box in boxes},
        crossed=crossed,
        back=back,
        layers=edges,
        width=max(across[box.key] + box.width / 2 for box in boxes),
    )


def _directed(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> tuple[tuple[Arrow, ...], tuple[Arrow, ...]]:
    """Arrows that lead on, and those that lead back to a box on the way to where they begin."""
    to: dict[str, list[str]] = {box.key: [] for box in boxes}
    for start, end in arrows:
        to[start].append(end)
    back: list[Arrow] = []
    seen: set[str] = set()

    def visit(key: str, way: frozenset[str]) -> None:
        seen.add(key)
        for end in to[key]:
            if end in way:
                back.append((key, end))
            elif end not in seen:
                visit(end, way | {end})

    for box in boxes:
        if box.key not in seen:
            visit(box.key, frozenset({box.key}))
    return tuple(arrow for arrow in arrows if arrow not in back), tuple(dict.fromkeys(back))


def _layered(boxes: Sequence[Box], forward: Sequence[Arrow]) -> dict[str, int]:
    """As far down as the longest way leads; there is no way round."""
    layer = dict.fromkeys((box.key for box in boxes), 0)
    for _ in boxes:
        moved = False
        for start, end in forward:
            if layer[end] <= layer[start]:
                layer[end], moved = layer[start] + 1, True
        if not moved:
            break
    return layer


def _chain(arrow: Arrow, layer: Mapping[str, int]) -> tuple[str, ...]:
    """The arrow's ends, and between them one name for every layer that it crosses."""
    start, end = arrow
    between = range(layer[start] + 1, layer[end])
    return (start, *(f"{start}\n{end}\n{number}" for number in between), end)


def _rows(
    boxes: Sequence[Box], chains: Mapping[Arrow, tuple[str, ...]], layer: Mapping[str, int]
) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for box in boxes:
        rows[layer[box.key]].append(box.key)
    for (start, _), chain in chains.items():
        for down, key in enumerate(chain[1:-1], layer[start] + 1):
            rows[down].append(key)
    return rows


def _ordered(rows: list[list[str]], links: Sequence[Arrow]) -> list[list[str]]:
    """The order with the fewest crossings that a few sweeps come to."""
    above, below = _neighbours(links)
    best, fewest = [list(row) for row in rows], _crossings(rows, links)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for row in rows[1:] if down else reversed(rows[:-1]):
            place = {key: n for other in rows for n, key in enumerate(other)}
            beside = above if down else below

            def middle(key: str, place: Mapping[str, int] = place, beside: Neighbours = beside) -> float:
                return fmean(place[each] for each in beside[key]) if beside.get(key) else place[key]

            row.sort(key=middle)
        if (crossings := _crossings(rows, links)) < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


Neighbours = Mapping[str, Sequence[str]]


def _neighbours(links: Sequence[Arrow]) -> tuple[Neighbours, Neighbours]:
    """Those above each and those below each."""
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for start, end in links:
        above.setdefault(end, []).append(start)
        below.setdefault(start, []).append(end)
    return above, below


def _crossings(rows: Sequence[Sequence[str]], links: Sequence[Arrow]) -> int:
    place = {key: (down, n) for down, row in enumerate(rows) for n, key in enumerate(row)}
    found = 0
    for down in range(len(rows) - 1):
        here = [(place[start][1], place[end][1]) for start, end in links if place[start][0] == down]
        found += sum(
            (a < c) != (b < d) for n, (a, b) in enumerate(here) for c, d in here[n + 1 :] if a != c and b != d
        )
    return found


def _across(
    rows: Sequence[Sequence[str]], links: Sequence[Arrow], wide: Mapping[str, int]
) -> dict[str, float]:
    """How far to the right the middle of each is, from 0. What has no width is a long arrow's place."""
    above, below = _neighbours(links)
    x: dict[str, float] = {}
    for row in rows:
        x |= zip(row, _offsets(row, wide), strict=True)
    for sweep in range(2 * SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = [_wanted(key, above, below, x, wide) for key in row]
            stiff = [1 if key in wide else STIFF for key in row]
            x |= zip(row, _pushed(wanted, stiff, _offsets(row, wide)), strict=True)
    left = min(x[key] - wide.get(key, THIN) / 2 for key in x)
    return {key: far - left for key, far in x.items()}


def _wanted(
    key: str, above: Neighbours, below: Neighbours, x: Mapping[str, float], wide: Mapping[str, int]
) -> float:
    """In the middle of its neighbours; a long arrow's place on the line of the arrow."""
    beside = [*above.get(key, (key,)), *below.get(key, ())]
    line = [] if key in wide else [each for each in beside if each not in wide]
    return fmean(x[each] for each in line or beside)


def _offsets(row: Sequence[str], wide: Mapping[str, int]) -> list[float]:
    """Where the middles are if they stand as near as they may."""
    found = [0.0]
    for one, other in pairwise(row):
        found.append(found[-1] + (wide.get(one, THIN) + wide.get(other, THIN)) / 2 + APART)
    return found


def _pushed(wanted: Sequence[float], stiff: Sequence[int], offsets: Sequence[float]) -> list[float]:
    """The places nearest to those wanted that keep order and distance: neighbours that would overlap move
    together (pool adjacent violators), as far as each of them weighs."""
    pools: list[tuple[float, int, int]] = []
    for place, weight, offset in zip(wanted, stiff, offsets, strict=True):
        pools.append((place - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, light, many), (other, heavy, more) = pools[-2:]
            middle = (one * light + other * heavy) / (light + heavy)
            pools[-2:] = [(middle, light + heavy, many + more)]
    levels = [level for level, _, many in pools for _ in range(many)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _edges(
    rows: Sequence[Sequence[str]], sizes: Mapping[str, tuple[int, int]]
) -> tuple[tuple[float, float], ...]:
    found: list[tuple[float, float]] = []
    top = 0.0
    for row in rows:
        high = max(sizes.get(key, (0, 0))[1] for key in row)
        found.append((top, top + high))
        top += high + BETWEEN
    return tuple(found)
