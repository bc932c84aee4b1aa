"""Draws a playbook's steps as an SVG: a box for each, a rounded one for what may be found, arrows between.

What leads on leads down; what leads back goes round on the left. Nobody needs to see colours: what calls
leaders has a thick edge and says so. It knows no job, and what stands in the boxes is said elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from bot.layers import BETWEEN, Arrow, Box, Layout, Spot, laid_out
from dispatch.instructions import CLOSE, Instruction
from dispatch.playbook import Playbook
from dispatch.widths import width, wrapped
from handlers import playbooks
from handlers.texts import Texts

LETTER, LINE, COLUMN = 15, 21, 8
"""Pixels: a letter's size, a line's height, and half of what a Chinese character takes."""

EDGE, INSIDE = 28, 12
"""Pixels: around everything, and around the words of a box."""

STEP_COLUMNS, FINDING_COLUMNS = 36, 24
"""Columns of a line: four such boxes side by side can still be read on a sheet of A4."""

LANE = 16
"""Pixels between two ways back."""

RECHECK, OTHERWISE = "@recheck", "@otherwise"
"""Ways on that are no finding; no key of one has such a letter."""

SIGN = 18
"""Pixels of the side of a picture's sign, which sits on the edge of its box."""

INK, SOFT, PAPER, BLUE, RED, PALE = "#16191d", "#4a525c", "#ffffff", "#0b57d0", "#b3261e", "#eef3fd"
FONTS = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A box with its words. `small` lines come below the others."""

    key: str
    words: tuple[str, ...]
    small: tuple[str, ...] = ()
    round: bool = False
    loud: bool = False
    dashed: bool = False
    pictured: bool = False

    @property
    def box(self) -> Box:
        """With room for its words."""
        longest = max(width(line) for line in (*self.words, *self.small))
        lines = len(self.words) + len(self.small)
        return Box(key=self.key, width=longest * COLUMN + 2 * INSIDE, height=lines * LINE + 2 * INSIDE - 4)


def draw(book: Playbook, texts: Texts) -> str:
    """The picture of what whoever goes there does, as a whole SVG document."""
    shapes = tuple(_guided(book, texts) if book.guided else _listed(book, texts))
    arrows = _arrows(book) if book.guided else list(pairwise(shape.key for shape in shapes))
    layout = laid_out([shape.box for shape in shapes], arrows)
    return "".join(_document(book, texts, shapes, arrows, layout))


def _listed(book: Playbook, texts: Texts) -> Iterator[Shape]:
    if not book.steps:
        yield Shape(key="1", words=wrapped(f"1. {texts.pick(book.title)}", STEP_COLUMNS))
    for number, step in enumerate(book.steps, 1):
        yield Shape(
            key=str(number),
            words=wrapped(f"{number}. {texts.pick(step.words)}", STEP_COLUMNS),
            small=_small(playbooks.conditions(step, texts), STEP_COLUMNS),
            pictured=bool(step.picture),
        )


def _guided(book: Playbook, texts: Texts) -> Iterator[Shape]:
    for key, step in book.step_of.items():
        said = f"{playbooks.number(key, book, texts)}. {texts.pick(step.words)}"
        yield Shape(
            key=key,
            words=wrapped(said, STEP_COLUMNS),
            small=_small(playbooks.conditions(step, texts), STEP_COLUMNS),
            pictured=bool(step.picture),
        )
        yield from _ways(key, step, texts)
    if any(end == CLOSE for _, end in _arrows(book)):
        yield Shape(key=CLOSE, words=(texts.say("closed"),), round=True)


def _ways(key: str, step: Instruction, texts: Texts) -> Iterator[Shape]:
    """What leads on from a step: its findings, its time, and that nobody is known whom it is about."""
    for finding in step.findings:
        yield Shape(
            key=_way(key, finding.key),
            words=wrapped(texts.pick(finding.words), FINDING_COLUMNS),
            small=_small(playbooks.effects(finding, texts), FINDING_COLUMNS),
            round=True,
            loud=finding.calls,
        )
    if step.recheck is not None:
        said = wrapped(playbooks.timer(step.recheck, texts), FINDING_COLUMNS)
        yield Shape(key=_way(key, RECHECK), words=said, round=True, loud=step.recheck.calls, dashed=True)
    if step.wants:
        said = wrapped(playbooks.left_out(step, texts), FINDING_COLUMNS)
        yield Shape(key=_way(key, OTHERWISE), words=said, round=True, dashed=True)


def _arrows(book: Playbook) -> list[Arrow]:
    found: list[Arrow] = []
    for key, step in book.step_of.items():
        ends = [(_way(key, finding.key), finding.to) for finding in step.findings]
        ends += [(_way(key, RECHECK), step.recheck.to)] if step.recheck is not None else []
        ends += [(_way(key, OTHERWISE), step.otherwise)] if step.wants else []
        found += [arrow for way, to in ends for arrow in ((key, way), (way, to))]
    return found


def _way(key: str, name: str) -> str:
    return f"{key} {name}"


def _small(lines: Iterator[str], columns: int) -> tuple[str, ...]:
    return tuple(line for said in lines for line in wrapped(said, columns))


def _document(
    book: Playbook, texts: Texts, shapes: Sequence[Shape], arrows: Sequence[Arrow], layout: Layout
) -> Iterator[str]:
    left, top = EDGE + LANE * len(layout.back), EDGE + 2 * LINE
    title = playbooks.heading(book, texts)
    wide = max(left + layout.width, EDGE + width(title) * COLUMN * 1.2) + EDGE
    high = top + layout.height + EDGE + (BETWEEN if layout.back else 0)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" '
        f'height="{high:.0f}" role="img" lang="{texts.language.replace("_", "-")}" font-family="{FONTS}" '
        f'font-size="{LETTER}" fill="{INK}">\n<title>{escape(title)}</title>\n'
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        f'orient="auto"><path d="M0 0 10 5 0 10z" fill="{SOFT}"/></marker></defs>\n'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>\n'
        f'<text x="{EDGE}" y="{EDGE + LETTER}" font-size="{LETTER + 3}" font-weight="600">'
        f"{escape(title)}</text>\n"
        f'<g transform="translate({left} {top})">\n<g fill="none" stroke="{SOFT}" stroke-width="1.5">\n'
    )
    boxes = {shape.key: shape.box for shape in shapes}
    for arrow in arrows:
        if arrow not in layout.back:
            yield _path(_down(arrow, layout, boxes))
    for lane, arrow in enumerate(layout.back):
        yield _path(_round(arrow, lane, layout, boxes))
    yield "</g>\n"
    for shape in shapes:
        yield from _shape(shape, layout.spots[shape.key])
    yield "</g>\n</svg>\n"


def _path(way: str) -> str:
    return f'<path d="{way}" marker-end="url(#tip)"/>\n'


def _down(arrow: Arrow, layout: Layout, boxes: Mapping[str, Box]) -> str:
    """From the lower edge of the one to the upper edge of the other, straight through the layers between."""
    start, end = (layout.spots[key] for key in arrow)
    x, y = start.x, start.y + boxes[arrow[0]].height
    way = f"M{x:.1f} {y:.1f}"
    if y < (edge := layout.layers[start.layer][1]):
        way += f" V{edge:.1f}"
        y = edge
    for spot in layout.crossed[arrow]:
        way += _bend(x, y, spot.x, spot.y) + f" V{layout.layers[spot.layer][1]:.1f}"
        x, y = spot.x, layout.layers[spot.layer][1]
    return way + _bend(x, y, end.x, end.y)


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (y + to_y) / 2
    return f" C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}"


def _round(arrow: Arrow, lane: int, layout: Layout, boxes: Mapping[str, Box]) -> str:
    """Down into the room below the one's layer, along it to the left, up, and back above the other's."""
    start, end = (layout.spots[key] for key in arrow)
    aside = -LANE * (lane + 1) + LANE / 2
    shift = 6 * (lane % 3)  # several ways back of one layer are not drawn over each other
    below = layout.layers[start.layer][1] + 10 + shift
    above = end.y - 12 - shift
    x, y, to = start.x, start.y + boxes[arrow[0]].height, end.x - 14 - shift
    return f"M{x:.1f} {y:.1f} V{below:.1f} H{aside:.1f} V{above:.1f} H{to:.1f} V{end.y:.1f}"


def _shape(shape: Shape, spot: Spot) -> Iterator[str]:
    box = shape.box
    colour = RED if shape.loud else BLUE
    edge = 2.5 if shape.loud else 1.5
    dashes = ' stroke-dasharray="5 4"' if shape.dashed else ""
    curve = 16 if shape.round else 4
    yield (
        f'<rect x="{spot.x - box.width / 2:.1f}" y="{spot.y:.1f}" width="{box.width}" height="{box.height}" '
        f'rx="{curve}" fill="{PAPER if shape.round else PALE}" stroke="{colour}" '
        f'stroke-width="{edge}"{dashes}/>\n'
    )
    if shape.pictured:
        yield _sign(spot.x + box.width / 2 - SIGN - INSIDE, spot.y - SIGN / 2)
    lines = [(line, INK) for line in shape.words] + [(line, SOFT) for line in shape.small]
    for number, (line, ink) in enumerate(lines):
        y = spot.y + INSIDE + LETTER - 3 + number * LINE
        size = f' font-size="{LETTER - 2}"' if ink == SOFT else ""
        place = f'x="{spot.x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{ink}"{size}'
        yield f"<text {place}>{escape(line)}</text>\n"


def _sign(x: float, y: float) -> str:
    """A small picture of hills below a sun: the step has one. Its name stands among the words."""
    return (
        f'<g transform="translate({x:.1f} {y:.1f})" aria-hidden="true">'
        f'<path d="M0 0H{SIGN}V{SIGN}H0z" fill="{PAPER}" stroke="{BLUE}" stroke-width="1.5"/>'
        f'<circle cx="5.5" cy="5.5" r="2" fill="{BLUE}"/>'
        f'<path d="M2.5 15 7.5 8.5 10.5 12 12.5 10 15.5 15z" fill="{BLUE}"/></g>\n'
    )
