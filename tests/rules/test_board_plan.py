"""Buildings on the board: as the plan has them, as a spot on it, or by their own outline on the earth."""

import pytest

from bot.web.board_plan import drawn, projected
from dispatch.geography import Building, Point
from dispatch.plan import Plan

CORNERS = tuple(Point(lat=lat, lon=lon) for lat, lon in ((31.2, 121.4), (31.2009, 121.4), (31.2009, 121.401)))


def building(key: str, **more: object) -> Building:
    return Building(id=1, committee_id=1, key=key, name=key, **more)  # type: ignore[arg-type]  # fields by name


def test_a_spot_stands_for_a_building_that_nobody_drew_on_the_plan() -> None:
    plan = Plan(width=1000, height=500, outlines={"3": ((0, 0), (9, 0), (9, 9))}, image=b"", kind="image/png")
    houses = [building("3", spot=(500.0, 400.0)), building("7", spot=(500.0, 400.0)), building("8")]
    found = {each["key"]: each for each in drawn(plan, houses, "")["buildings"]}
    assert set(found) == {"3", "7"}
    assert len(found["3"]["corners"]) == 3
    assert found["7"]["middle"] == (100.0, 500.0)
    assert found["7"]["corners"][0] == (120.0, 480.0)


def test_without_a_plan_a_building_has_its_own_outline() -> None:
    ground = projected([building("3", point=CORNERS[0], outline=CORNERS), building("7", point=CORNERS[0])])
    shape, box = (each["corners"] for each in ground["buildings"])
    up, right = shape[1][0] - shape[0][0], shape[2][1] - shape[1][1]
    assert [up, right] == pytest.approx([100.1, 95.1], abs=0.2)
    assert len(box) == 4
