"""The register on the web with scripts off: files are shown before they change anything, and who may what."""

import io
import logging
import re
from typing import cast

import pytest
from aiohttp import FormData
from xlsxwriter import Workbook

from bot import workbook
from dispatch.geography import Point
from dispatch.importing import Act
from dispatch.moments import HOUR, SECOND
from dispatch.register import TABLES
from tests.platforms.house import PRIVATE, Browser, House, browser
from tests.platforms.html import forms

PAGES = (
    "/register",
    "/register/list?table=people",
    "/register/list?table=residents",
    "/register/template.xlsx",
)
CSV = "key,name,building,unit,phone,notes\nchen,陈阿姨,3,502,13800138001,新情况\nsun,孙叔,3,101,,\n"
RING = "31.2033 121.4794; 31.2033 121.4796; 31.2035 121.4796; 31.2035 121.4794; 31.2033 121.4794"
"""A wall all around building 7."""


async def read(client: Browser, path: str) -> str:
    answer = await client.get(path)
    assert answer.status == 200, answer.status
    return await answer.text()


async def sent(
    client: Browser, data: bytes, name: str = "residents.csv", status: int = 200, **fields: str
) -> str:
    form = FormData()
    for field, value in fields.items():
        form.add_field(field, value)
    form.add_field("file", io.BytesIO(data), filename=name)
    answer = await client.post("/register/upload", form)
    assert answer.status == status, answer.status
    return await answer.text()


def confirming(page: str) -> dict[str, str]:
    return next(each.fields for each in forms(page) if each.action == "/register/confirm")


def entry(page: str) -> dict[str, str]:
    return next(each.fields for each in forms(page) if each.action == "/register/save")


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


async def test_a_file_is_shown_first_and_done_as_it_was_shown(home: House) -> None:
    async with browser(home, "zhao") as staff:
        page = await sent(staff, CSV.encode("gb18030"))
        assert "陈阿姨: 电话、备注" in page
        assert "孙叔" in page
        assert "13800138001" not in page
        assert (await home.store.residents(home.committee_id))[0].phone == "13800138000"
        answer = await staff.post("/register/confirm", confirming(page))
        assert "改动了 2 条" in await answer.text()
        chen, sun = await home.store.residents(home.committee_id)
        assert (chen.phone, chen.notes, sun.name) == ("13800138001", "新情况", "孙叔")
        again = await staff.post("/register/confirm", confirming(page))
        assert "请重新上传" in await again.text()
        log = await read(staff, "/register")
        assert re.search(r"赵社工 · 居民 新增 1", log)
    lines = await home.store.register_log(home.committee_id, 2)
    zhao = (await home.person("zhao")).id
    assert {(each.by, each.table, each.entries) for each in lines} == {(zhao, "residents", 1)}


async def test_what_changed_meanwhile_is_shown_anew_and_nothing_is_done(home: House) -> None:
    async with browser(home, "zhao") as staff, browser(home, "qian") as secretary:
        page = await sent(staff, CSV.encode())
        theirs = await sent(secretary, CSV.replace("新情况", "别的").encode())
        await secretary.post("/register/confirm", confirming(theirs))
        answer = await staff.post("/register/confirm", confirming(page))
        assert answer.status == 409
        shown = await answer.text()
        assert "期间" in shown
        assert "陈阿姨: 备注" in shown
        assert (await home.store.residents(home.committee_id))[0].notes == "别的"
        assert (await staff.post("/register/confirm", confirming(shown))).status == 200
    assert (await home.store.residents(home.committee_id))[0].notes == "新情况"


async def test_a_building_that_a_wall_cuts_off_is_named(home: House) -> None:
    async with browser(home, "zhao") as staff:
        slip = f'key,line,coordinates\nring,"{RING}",gcj02\n'.encode()
        assert "围墙离最近的楼栋不能超过 300 米" in await sent(staff, slip, "walls.csv", 422)
        page = await sent(staff, slip.replace(b"gcj02", b"wgs84"), "walls.csv")
        answer = await staff.post("/register/confirm", confirming(page))
        assert "步行到不了7号楼" in await answer.text()
        door = "key,lat,lon,coordinates\neast,31.2034,121.4796,wgs84\n"
        page = await sent(staff, door.encode(), "gates.csv")
        assert "步行到不了" not in await (await staff.post("/register/confirm", confirming(page))).text()
    roster = await home.store.roster(home.committee_id)
    here, there = (roster.building_by_key[key].id for key in ("3", "7"))
    assert 100 < roster.homes.metres(here, there) < 130  # in by the eastern side


async def test_why_a_plan_says_no_distances_is_told_until_it_does(home: House) -> None:
    async with browser(home, "qian") as staff:

        async def loads(*rows: str) -> str:
            page = await sent(staff, "\n".join(("key,spot", *rows)).encode(), "buildings.csv")
            return await (await staff.post("/register/confirm", confirming(page))).text()

        assert "相距 50 米以上的两栋楼填上经纬度" in await loads("9,100 60", "3,100 100")
        assert "还不知道要走多远" not in await loads("7,157 67")
        page = await sent(staff, "编号,平面图比例\nwutongli,3\n".encode(), "committee.csv")
        said = await (await staff.post("/register/confirm", confirming(page))).text()
        assert "平面图比例填的是 3 米，按楼栋的位置算是 1 米" in said
        page = await sent(staff, "编号,平面图比例\nwutongli,\n".encode(), "committee.csv")
        assert "还不知道" not in await (await staff.post("/register/confirm", confirming(page))).text()
        slip = "编号,平面图比例\nwutongli,90\n".encode()
        assert "会比任何小区都大" in await sent(staff, slip, "committee.csv", 422)
    roster = await home.store.roster(home.committee_id)
    here, there = (roster.building_by_key[key].id for key in ("3", "9"))
    assert 45 < roster.homes.metres(here, there) < 60  # 40 m straight


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
    there = f'value="{key}"' in await read(staff, f"/register/list?table={table}")
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
        assert "13800138055" in await read(staff, "/register/list?table=households&building=3")
    kept = await home.store.contents(home.committee_id, {"households"})
    (one,) = cast("list[dict[str, object]]", kept["households"])
    assert (one["key"], one["unit"], one["people"], one["relay"]) == ("h101", "101", 3, True)


async def test_another_file_in_another_tab_is_not_what_was_shown(home: House) -> None:
    async with browser(home, "zhao") as staff:
        page = await sent(staff, CSV.encode())
        await sent(staff, CSV.replace("13800138001", "13900139009").encode())
        assert (await staff.post("/register/confirm", confirming(page))).status == 409
    assert (await home.store.residents(home.committee_id))[0].phone == "13800138000"


async def test_a_file_waits_an_hour_and_can_be_let_go_of(home: House) -> None:
    async with browser(home, "zhao") as staff:
        page = await sent(staff, CSV.encode())
        home.clock.forward(HOUR / SECOND)
        assert "请重新上传" in await (await staff.post("/register/confirm", confirming(page))).text()
        page = await sent(staff, CSV.encode())
        await staff.post("/register/cancel", {})
        assert "请重新上传" in await (await staff.post("/register/confirm", confirming(page))).text()
    zhao = await home.person("zhao")
    assert await home.store.upload(home.committee_id, zhao.id) is None


def made(sheet: str, *rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        written = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            written.write_row(number, 0, row)
    return out.getvalue()


MISTAKES = [
    (
        made("居民", ("编号", "姓名", "电话"), ("sun", "孙", 1.38e17)),
        "r.xlsx",
        "第 2 行 C 列（电话）",
        "residents phone",
    ),
    (
        made("居民", ("编号", "姓名", "楼栋"), ("sun", "孙", "99")),
        "r.xlsx",
        "没有这样的楼栋",
        "residents building",
    ),
    (made("居民", ("编号", "姓名"), ("sun", "")), "r.xlsx", "必须填写", "residents name"),
    (made("居民", ("姓名", "13800138000"), ("孙", "1")), "r.xlsx", "表头", "residents -"),
    (b"PK nothing", "r.xlsx", "XLSX 工作簿", "- -"),
    (b"x", "r.xls", "XLSX 工作簿", "- -"),
    (b"\0" * (workbook.LARGEST + 1), "r.xlsx", "最多 10 MB", "- -"),
    (b"\0" * (50 * 2**20), "r.xlsx", "最多 10 MB", "- -"),
    (
        made(
            "楼栋",
            ("编号", "名称", "纬度", "经度", "坐标系"),
            ("8", "8号楼", 31.2032, 121.479, "wgs84"),
            ("9", "9号楼", 121.479, 31.2033, "wgs84"),
        ),
        "r.xlsx",
        "工作表“楼栋”第 3 行 C 列（纬度）：纬度和经度好像填反了",
        "buildings lat",
    ),
    (
        made("居民", ("编号", "姓名", "门牌"), ("sun", "孙", "=500+2")),
        "r.xlsx",
        "第 2 行 C 列（门牌）：这里是公式",
        "residents unit",
    ),
    (
        made(
            "居委会",
            ("key", "name", "timezone", "ambulance", "police"),
            ("other", "x", "Asia/Shanghai", "120", "110"),
        ),
        "r.xlsx",
        "别的居委会",
        "committee key",
    ),
]
"""Files, what is said of each, and the table and field that the log names."""


async def test_what_is_wrong_with_a_file_is_said_in_the_readers_language_and_logged_without_a_value(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    who = (await home.person("qian")).id
    before = await home.store.contents(home.committee_id, TABLES)
    async with browser(home, "qian") as secretary:
        for data, name, said, spot in MISTAKES:
            caplog.clear()
            page = await sent(secretary, data, name, 422)
            assert said in re.sub(r"<[^>]+>", "", page), said
            assert "Expected" not in page
            assert complaints(caplog) == [refusal(who, *spot.split())]
        caplog.clear()
        await secretary.post(
            "/register/save", {"table": "residents", "key": "sun", "name": "孙", "phone": "x"}
        )
        assert complaints(caplog) == [refusal(who, "residents", "phone")]
    assert await home.store.contents(home.committee_id, TABLES) == before


ACCOUNT = "710001"


def people_with(account: str, *keys: str) -> bytes:
    rows = [(key, f"某{key}", "志愿者", account) for key in keys]
    return made("人员", ("编号", "姓名", "身份", "telegram"), *rows)


@pytest.mark.parametrize(("account", "keys", "row"), [("710002", ("a", "b"), 3), (ACCOUNT, ("a",), 2)])
async def test_two_people_with_one_telegram_account_are_refused_and_it_stays_whose_it_was(
    home: House, account: str, keys: tuple[str, ...], row: int, caplog: pytest.LogCaptureFixture
) -> None:
    who, wang = (await home.person("qian")).id, await home.person("wang")
    async with browser(home, "qian") as secretary:
        page = await sent(secretary, people_with(ACCOUNT, "wang"), "people.xlsx")
        assert "改动了 1 条" in await (await secretary.post("/register/confirm", confirming(page))).text()
        before = await home.store.contents(home.committee_id, TABLES)
        caplog.clear()
        page = await sent(secretary, people_with(account, *keys), "people.xlsx", 422)
        assert f"第 {row} 行 D 列（telegram编号）：另一条已经用了同样的内容" in re.sub(r"<[^>]+>", "", page)
    assert complaints(caplog) == [refusal(who, "people", "telegram")]
    assert await home.store.contents(home.committee_id, TABLES) == before
    kept = [each for value in {ACCOUNT, account} for each in await home.store.addresses("telegram", value)]
    assert [each.person_id for each in kept] == [wang.id]


async def test_a_flood_of_bytes_is_cut_off_and_changes_nothing(home: House) -> None:
    before = await home.store.roster(home.committee_id)
    async with browser(home, "zhao") as staff:
        page = await sent(staff, b"\0" * (65 * 2**20), "people.xlsx", 413)
    assert 'data-problem="too_large"' in page
    assert "请返回，把内容写短一些，或换一个小一些的文件。" in page
    assert await home.store.roster(home.committee_id) == before


def refusal(person: int, table: str, field: str) -> str:
    return f"refused (bad_file): person {person}, table {table}, field {field}"


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the register's pages logged."""
    return [each.getMessage() for each in caplog.records if each.name == "bot.web.registers"]


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
        page = await read(staff, "/register/list?table=residents&building=3")
        assert "孙叔" in page
        assert "陈阿姨" in page
        assert "陈阿姨" not in await read(staff, "/register/list?table=residents")
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


async def test_the_register_is_downloaded_without_the_secrets_of_services_and_it_is_logged(
    home: House,
) -> None:
    async with browser(home, "qian") as secretary:
        answer = await secretary.post("/register/export.xlsx", {})
        assert answer.headers["Cache-Control"] == "no-store"
        sheets = {each.name: each.rows for each in workbook.read("r.xlsx", await answer.read())}
        assert any("陈阿姨" in row for row in sheets["居民 residents"])
        empty = workbook.read("t.xlsx", await (await secretary.get("/register/template.xlsx")).read())
        assert {len(each.rows) for each in empty} == {1}
    (newest,) = await home.store.register_log(home.committee_id, 1)
    assert (newest.act, newest.by) == (Act.EXPORTED, (await home.person("qian")).id)
