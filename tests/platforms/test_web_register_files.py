"""Files of the register on the web with scripts off: shown before they change anything, refused with where
they are wrong, and downloaded."""

import re

import pytest

from bot import workbook
from dispatch.importing import Act
from dispatch.moments import HOUR, SECOND
from dispatch.register import TABLES
from tests.platforms.house import House, browser
from tests.platforms.register_pages import CSV, RING, confirming, made, sent


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
        log = await staff.read("/register")
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
