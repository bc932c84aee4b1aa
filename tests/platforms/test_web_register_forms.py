"""Entries of the register by their forms with scripts off: what is saved, what is said at its field, and who
may what."""

import logging
import re
from typing import cast

import pytest
from aiohttp import FormData

from dispatch.geography import Point
from tests.platforms.house import PRIVATE, Browser, House, browser
from tests.platforms.register_pages import CSV, RING, confirming, entry, made, sent

PAGES = (
    "/register",
    "/register/list?table=people",
    "/register/list?table=residents",
    "/register/template.xlsx",
)


async def test_to_whoever_is_not_of_the_desk_there_is_no_register(home: House) -> None:
    async with browser(home, "wang") as client:
        for path in PAGES:
            assert (await client.get(path)).status == 404, path
        for path, form in (
            ("/register/entry", {"table": "people", "key": "wang"}),
            ("/register/save", {"table": "residents", "key": "x", "name": "x"}),
            ("/register/drop", {"table": "people", "key": "li"}),
            ("/register/confirm", {"shown": "x"}),
            ("/register/export.xlsx", {}),
        ):
            assert (await client.post(path, form)).status == 404, path
        await sent(client, CSV.encode(), status=404)


async def test_a_gate_is_closed_and_opened_on_its_page_and_the_way_is_another_one(home: House) -> None:
    wall = {"table": "walls", "key": "ring", "name": "围墙", "line": RING, "coordinates": "wgs84"}
    gate = {"table": "gates", "key": "east", "name": "东门", "lat": "31.2034", "lon": "121.4796"}

    async def gates(staff: Browser, closed: str) -> str:
        page = await (await staff.post("/register/entry", {"table": "gates", "key": "east"})).text()
        return await (await staff.post("/register/save", entry(page) | {"closed": closed})).text()

    async with browser(home, "zhao") as staff:
        assert "步行到不了7号楼" in await (await staff.post("/register/save", wall)).text()
        away = await staff.post("/register/save", gate | {"lat": "31.3", "coordinates": "wgs84"})
        assert (away.status, 'id="bad-lat"' in await away.text()) == (422, True)
        saved = await (await staff.post("/register/save", gate | {"coordinates": "wgs84"})).text()
        assert "步行到不了" not in saved
        said = await gates(staff, "yes")
        assert "步行到不了7号楼" in said
        assert re.search(r"东门</b> <span>关闭", said)
        assert "步行到不了" not in await gates(staff, "no")
        kept = await (await staff.post("/register/drop", {"table": "walls", "key": "ring"})).text()
        assert "大门要在围墙上" in kept
        for table, key in (("gates", "east"), ("walls", "ring")):
            assert "已移除" in await (await staff.post("/register/drop", {"table": table, "key": key})).text()
    assert (await home.store.roster(home.committee_id)).paths == {}


async def saving(staff: Browser, table: str, key: str, fields: dict[str, str], *, status: int = 200) -> str:
    """What the page says once the form of an entry, an empty one for a new key, was filled in and sent."""
    there = f'value="{key}"' in await staff.read(f"/register/list?table={table}")
    asked = {"table": table, **({"key": key} if there else {})}
    page = await (await staff.post("/register/entry", asked)).text()
    answer = await staff.post("/register/save", entry(page) | {"key": key} | fields)
    assert answer.status == status, answer.status
    return await answer.text()


async def test_a_building_is_saved_by_its_form_and_why_its_plan_does_not_fit_is_said(home: House) -> None:
    place = {"lat": "31.2035", "lon": "121.4790", "coordinates": "wgs84"}
    async with browser(home, "zhao") as staff:
        said = await saving(staff, "buildings", "b9", {"name": "九号楼", "spot": "110 144", **place})
        assert "已保存" in said
        assert "还不知道要走多远" not in said  # it has a position of its own
        nine = (await home.store.roster(home.committee_id)).building_by_key["b9"]
        assert (nine.name, nine.point) == ("九号楼", Point(lat=31.2035, lon=121.479))
        said = await saving(staff, "buildings", "b11", {"name": "十一号楼", "spot": "130 80"})
        assert "相距 50 米以上的两栋楼填上经纬度" in said
        await saving(staff, "buildings", "3", {"spot": "100 100"})
        said = await saving(staff, "buildings", "7", {"spot": "157 133"})
        assert "平面图左右或上下反了" in said
        assert "还不知道要走多远" in await saving(staff, "buildings", "7", {"spot": "157 67"})
        said = await saving(staff, "buildings", "b9", {"spot": "110 56"})
        assert "已保存" in said
        assert "还不知道" not in said
    roster = await home.store.roster(home.committee_id)
    here, there = (roster.building_by_key[key].id for key in ("3", "b11"))
    assert 42 < roster.homes.metres(here, there) < 52  # 36 m straight, times 1.3


async def test_who_may_be_there_twice_is_said_and_nothing_is_put_together(home: House) -> None:
    async with browser(home, "zhao") as staff:
        wang = await home.person("wang")
        same = {"name": wang.name, "roles": "volunteer", "building": "3"}
        assert "可能是同一个人" not in await saving(staff, "people", "w1", same | {"building": "7"})
        said = await saving(staff, "people", "w2", same)
        assert f"同名同楼，可能是同一个人：{wang.name} (wang、w2)" in said
        page = await sent(staff, f"key,name,roles,building\nw3,{wang.name},志愿者,7\n".encode(), "people.csv")
        said = await (await staff.post("/register/confirm", confirming(page))).text()
        assert f"{wang.name} (w1、w3)" in said
        page = await sent(staff, "key,notes\nchen,新\n".encode())
        said = await (await staff.post("/register/confirm", confirming(page))).text()
        assert "可能是同一个人" not in said, "it is no news there"
    assert len({(await home.person(key)).id for key in ("wang", "w1", "w2", "w3")}) == 4


SLIPS = [
    ({"lat": "121.4790", "lon": "31.2035", "coordinates": "wgs84"}, "lat", "纬度和经度好像填反了"),
    ({"lat": "31.2035", "lon": "121.4790"}, "coordinates", "坐标系"),
    ({"lat": "31.2035", "coordinates": "wgs84"}, "lon", ""),
    ({"spot": "100"}, "spot", ""),
]
"""Where no building can be, the field at which that is said, and what."""


async def test_where_no_building_can_be_is_said_at_its_field_and_nothing_is_changed(home: House) -> None:
    before = await home.store.roster(home.committee_id)
    async with browser(home, "zhao") as staff:
        for typed, field, expected in SLIPS:
            page = await saving(staff, "buildings", "b9", {"name": "九号楼", **typed}, status=422)
            assert re.search(rf'id="bad-{field}"[^>]*>[^<]*{expected}', page), field
            assert typed.items() <= entry(page).items()
        swapped = {"lat": "121.4789", "lon": "31.2031"}
        page = await saving(staff, "buildings", "3", swapped, status=422)
        assert 'id="bad-lat"' in page
    assert await home.store.roster(home.committee_id) == before


async def test_a_household_is_saved_by_its_form(home: House) -> None:
    async with browser(home, "zhao") as staff:
        typed = {"building": "3", "unit": "101", "people": "3", "phone": "13800138055", "relay": "yes"}
        for wrong, field in (({"people": "three"}, "people"), ({"building": ""}, "relay")):
            page = await saving(staff, "households", "h101", typed | wrong, status=422)
            assert f'id="bad-{field}"' in page
        assert (await home.store.contents(home.committee_id, {"households"}))["households"] == []
        assert "已保存" in await saving(staff, "households", "h101", typed)
        page = await (await staff.post("/register/entry", {"table": "households", "key": "h101"})).text()
        assert typed.items() <= entry(page).items()
        assert "13800138055" in await staff.read("/register/list?table=households&building=3")
    kept = await home.store.contents(home.committee_id, {"households"})
    (one,) = cast("list[dict[str, object]]", kept["households"])
    assert (one["key"], one["unit"], one["people"], one["relay"]) == ("h101", "101", 3, True)


async def test_an_entry_is_changed_by_a_form_and_only_as_it_was_seen(home: House) -> None:
    async with browser(home, "zhao") as staff:
        page = await (await staff.post("/register/entry", {"table": "residents", "key": "chen"})).text()
        form = entry(page)
        assert (form["name"], form["phone"], form["building"]) == ("陈阿姨", "13800138000", "3")
        answer = await staff.post("/register/save", form | {"phone": "x"})
        assert answer.status == 422
        wrong = await answer.text()
        assert 'id="bad-phone"' in wrong
        assert entry(wrong)["phone"] == "x"
        answer = await staff.post("/register/save", entry(wrong) | {"phone": "13800138009", "notes": ""})
        assert "已保存" in await answer.text()
        (chen,) = await home.store.residents(home.committee_id)
        assert (chen.phone, chen.notes, chen.unit) == ("13800138009", "", "502")
        answer = await staff.post("/register/save", form | {"phone": "13800138007"})
        assert (answer.status, entry(await answer.text())["phone"]) == (409, "13800138009")
    (newest,) = await home.store.register_log(home.committee_id, 1)
    assert newest.detail == (("chen", ("phone", "notes")),)


async def test_a_volunteers_own_number_is_refused_as_that_of_family_and_what_was_typed_stays(
    home: House,
) -> None:
    async with browser(home, "zhao") as staff:
        page = await (await staff.post("/register/entry", {"table": "people", "key": "wang"})).text()
        await staff.post("/register/save", entry(page) | {"phone": "139-0013-9000"})
        page = await (await staff.post("/register/entry", {"table": "residents", "key": "chen"})).text()
        typed = {"contacts": "女儿: +86 13900139000", "notes": "新情况"}
        answer = await staff.post("/register/save", entry(page) | typed)
        assert answer.status == 422
        wrong = await answer.text()
        assert 'id="bad-contacts"' in wrong
        assert "这是志愿者本人的号码" in wrong
        assert typed.items() <= entry(wrong).items()
        rows = (("编号", "姓名", "联系人"), ("li", "李", ""), ("sun", "孙", "女儿: 13900139000"))
        page = re.sub(r"<[^>]+>", "", await sent(staff, made("居民", *rows), "r.xlsx", 422))
        assert "第 3 行 C 列（联系人）" in page
        assert "这是志愿者本人的号码" in page
        answer = await staff.post("/register/save", entry(wrong) | {"contacts": "女儿:"})
        assert "已保存" in await answer.text()
    (chen,) = await home.store.residents(home.committee_id)
    assert [(each.name, each.phone) for each in chen.contacts] == [("女儿", "")]


async def test_a_new_entry_needs_a_key_of_its_own(home: House) -> None:
    async with browser(home, "zhao") as staff:
        page = await (await staff.post("/register/entry", {"table": "residents"})).text()
        answer = await staff.post("/register/save", entry(page) | {"key": "chen", "name": "另一位"})
        assert answer.status == 422
        assert 'id="bad-key"' in await answer.text()
        answer = await staff.post(
            "/register/save", entry(page) | {"key": "sun", "name": "孙叔", "building": "3"}
        )
        assert answer.status == 200
        page = await staff.read("/register/list?table=residents&building=3")
        assert "孙叔" in page
        assert "陈阿姨" in page
        assert "陈阿姨" not in await staff.read("/register/list?table=residents")
        await staff.post("/register/drop", {"table": "residents", "key": "chen"})
        await staff.post("/register/drop", {"table": "residents", "key": "chen"})
    assert [each.key for each in await home.store.residents(home.committee_id)] == ["sun"]


async def test_groups_have_leaders_and_people_to_choose_from(home: House) -> None:
    async with browser(home, "zhao") as staff:
        page = await (await staff.post("/register/entry", {"table": "groups"})).text()
        form = FormData(entry(page) | {"key": "east", "name": "东组", "leader": "li"})
        form.add_field("members", "wang")
        form.add_field("members", "new")
        assert (await staff.post("/register/save", form)).status == 200
        (group,) = (await home.store.roster(home.committee_id)).groups.values()
        assert len(group.members) == 2
        west = {"key": "west", "name": "西组", "table": "groups", "leader": "wang", "members": "li"}
        answer = await staff.post("/register/save", west)
        assert (answer.status, 'id="bad-leader"' in await answer.text()) == (422, True)


async def test_staff_give_nobody_a_role_and_nobody_gives_one_to_themselves(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    people = "key,name,roles\n{who},{name},{roles}\n"
    async with browser(home, "zhao") as staff, browser(home, "qian") as secretary:
        raised = people.format(who="wang", name="王阿姨", roles="secretary")
        await sent(staff, raised.encode(), "people.csv", 403)
        stranger = people.format(who="x", name="X", roles="staff")
        await sent(staff, stranger.encode(), "people.csv", 403)
        await sent(staff, people.format(who="x", name="X", roles="volunteer").encode(), "people.csv")
        own = people.format(who="qian", name="钱书记", roles="volunteer、secretary")
        await sent(secretary, own.encode(), "people.csv", 403)
        page = await (await staff.post("/register/entry", {"table": "people", "key": "zhao"})).text()
        assert (await staff.post("/register/save", entry(page) | {"telegram": "77"})).status == 403
        answer = await staff.post("/register/drop", {"table": "people", "key": "wang"})
        assert "书记" in await answer.text()
        page = await sent(secretary, raised.encode(), "people.csv")
        assert (await secretary.post("/register/confirm", confirming(page))).status == 200
    assert "secretary" in (await home.person("wang")).roles
    zhao = await home.person("zhao")
    assert f"person {zhao.id} may not change" in caplog.text
    assert not any(word in caplog.text for word in PRIVATE)
