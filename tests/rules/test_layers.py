"""Boxes in layers: arrows lead down unless they lead back, and nothing lies on anything else."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.layers import Arrow, Box, laid_out

KEYS = "abcdefgh"


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Box], list[Arrow]]:
    keys = KEYS[: draw(st.integers(min_value=1, max_value=len(KEYS)))]
    size = st.integers(min_value=1, max_value=300)
    boxes = [Box(key=key, width=draw(size), height=draw(size)) for key in keys]
    ends = st.sampled_from(keys)
    return boxes, draw(st.lists(st.tuples(ends, ends), unique=True, max_size=16))


@settings(max_examples=80, deadline=None)
@given(graph=graphs())
def test_arrows_lead_down_or_back_and_no_box_lies_on_another(graph: tuple[list[Box], list[Arrow]]) -> None:
    boxes, arrows = graph
    layout = laid_out(boxes, arrows)
    assert set(layout.crossed) | set(layout.back) == set(arrows)
    for start, end in layout.crossed:
        above, below = layout.spots[start], layout.spots[end]
        assert above.layer < below.layer
        assert above.y < below.y
        assert len(layout.crossed[start, end]) == below.layer - above.layer - 1
    for one, other in combinations(boxes, 2):
        here, there = layout.spots[one.key], layout.spots[other.key]
        aside = abs(here.x - there.x) >= (one.width + other.width) / 2
        assert aside or here.layer != there.layer
    for box in boxes:
        spot = layout.spots[box.key]
        assert box.width / 2 - 0.01 <= spot.x <= layout.width - box.width / 2 + 0.01
        assert spot.y + box.height <= layout.layers[spot.layer][1] <= layout.height


def test_what_leads_back_is_only_what_would_lead_round() -> None:
    boxes = [Box(key=key, width=10, height=10) for key in "abc"]
    layout = laid_out(boxes, [("a", "b"), ("b", "c"), ("c", "a"), ("a", "c"), ("b", "b")])
    assert layout.back == (("c", "a"), ("b", "b"))
    assert [layout.spots[key].layer for key in "abc"] == [0, 1, 2]
