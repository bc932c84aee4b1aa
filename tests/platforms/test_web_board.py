"""The board over HTTP: who may see it, what it shows, and that nothing private is anywhere in it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from bot import committee
from bot.plans import Plans
from dispatch import register
from dispatch.errors import BadFileError
from dispatch.verbs import Verb
from handlers.messages import Incoming
from tests.platforms.house import COMMITTEE, PRIVATE, Browser, House, browser
from tests.platforms.html import words

TEXT = "3号楼502 敲门无应答 13800138000 陈阿姨 80岁 独居"
SECRETS = (*PRIVATE, "502", "独居", TEXT)


async def post(home: House, text: str = TEXT, by: str = "zhao") -> None:
    reply = await home.router.handle(
        Incoming(address=await home.address(by), text=text, nonce=f"{home.clock.now()} {text}")
    )
    assert reply.ok, reply.text
    await home.settle()


async def tap(home: House, key: str, verb: Verb, job: int = 1, text: str = "") -> None:
    view = await home.store.situation(home.committee_id, job)
    await home.router.handle(
        Incoming(address=await home.address(key), verb=verb, job_id=job, version=view.job.version, text=text)
    )
    await home.settle()


async def heard(stream: ClientResponse, events: int = 1) -> list[str]:
    """What the stream says, until so many boards came."""
    pieces: list[str] = []
    while len(pieces) < events:
        line = (await stream.content.readline()).decode()
        assert line, "the stream ended"
        if line.startswith("data: {"):
            pieces.append(line.removeprefix("data: "))
    return pieces


@pytest.mark.parametrize(("key", "status"), [("zhao", 200), ("qian", 200), ("li", 404), (None, 401)])
@pytest.mark.parametrize("path", ["/board", "/board/plan", "/board/events"])
async def test_the_board_is_for_those_who_follow_every_job(
    home: House, key: str | None, status: int, path: str
) -> None:
    async with browser(home, key) as client:
        answer = await client.get(path)
        assert answer.status == status
        answer.close()


async def test_everybody_who_may_see_the_board_is_led_to_it_and_nobody_else(home: House) -> None:
    """The office sees the board and no desk: its own page has the one way."""
    people: list[object] = [*COMMITTEE["people"]]  # type: ignore[misc]  # a list of tables
    office = {"key": "desk", "name": "街道值班", "language": "zh_CN", "roles": ["office"]}
    file = {**COMMITTEE, "people": [*people, office]}
    await home.store.load(register.parse("committee.toml", file), prune=False, demo=True)
    await home.store.invite(home.committee_id, (await home.person("desk")).id, revoke=False)
    for key, ways in (("zhao", 1), ("qian", 1), ("desk", 1), ("li", 0)):
        async with browser(home, key) as client:
            assert (await (await client.get("/")).text()).count('href="/board"') == ways, key
            assert (await client.get("/board")).status == (200 if ways else 404)


async def test_nothing_private_is_on_the_page_the_stream_or_the_plan(home: House) -> None:
    async with browser(home, "zhao") as client:
        await post(home)
        await tap(home, "wang", Verb.CLAIM)
        await tap(home, "wang", Verb.HELP, text="陈阿姨 倒在门后 502")
        await tap(home, "zhao", Verb.NOTE, text="女儿电话 13800138000")
        stream = await client.get("/board/events")
        shown = [await (await client.get(path)).text() for path in ("/board", "/board/plan")]
        shown += await heard(stream)
        stream.close()
    assert "王阿姨" in shown[0]
    for piece in shown:
        assert [secret for secret in (*SECRETS, "倒在门后", "女儿") if secret in piece] == []


async def test_every_private_text_of_the_demo_stays_off_its_board(home: House) -> None:
    file = committee.read_committee(committee.DEMO)
    await home.store.load(file, prune=False, demo=True)
    residents = await home.store.residents(home.committee_id)
    await home.store.invite(home.committee_id, (await home.person("staff-a")).id, revoke=False)
    for number, resident in enumerate(residents):
        building = (await home.store.roster(home.committee_id)).buildings[resident.building_id or 0]
        await post(
            home, f"{building.name}{resident.unit} {resident.name} {resident.notes} {number}", "staff-a"
        )
    async with browser(home, "staff-a") as client:
        page = await (await client.get("/board")).text()
        stream = await client.get("/board/events")
        pushed = json.dumps(json.loads((await heard(stream))[0]), ensure_ascii=False)
        stream.close()
    for resident in residents:
        secrets = {resident.name, resident.notes, resident.phone, *(c.phone for c in resident.contacts)}
        assert [text for text in secrets if text and (text in page or text in pushed)] == []
        assert f"{resident.unit}<" not in page
    assert page.count('data-job="') == min(14, len(residents))


async def test_a_change_is_pushed_to_every_open_board(home: House) -> None:
    async with browser(home, "zhao") as client:
        stream = await client.get("/board/events")
        (empty,) = await heard(stream)
        await post(home)
        (posted,) = await heard(stream)
        await tap(home, "wang", Verb.CLAIM)
        (claimed,) = await heard(stream)
        stream.close()
    assert json.loads(empty)["marks"] == {}
    (mark,) = json.loads(posted)["marks"]["3"]
    assert (mark["tone"], mark["held"]) == ("life", False)
    (mark,) = json.loads(claimed)["marks"]["3"]
    assert mark["held"]
    assert len(json.loads(claimed)["waits"][0]) == 1


async def test_a_board_that_connects_again_is_told_everything(home: House) -> None:
    await post(home)
    async with browser(home, "zhao") as client:
        for _ in range(2):
            stream = await client.get("/board/events")
            assert "data-job" in (await heard(stream))[0]
            stream.close()


async def test_the_screens_language_is_its_own_choice(home: House) -> None:
    await post(home)
    async with browser(home, "zhao") as client:
        assert "还没有人接" in await (await client.get("/board")).text()
        assert "Nobody has it yet" in await (await client.get("/board?language=en")).text()
        assert "还没有人接" in await (await client.get("/board?language=xx")).text()


async def test_the_ladder_says_who_was_called_and_who_has_it_in_hand(home: House) -> None:
    await post(home)
    async with browser(home, "zhao") as client:
        page = await (await client.get("/board")).text()
        assert '<span class="past">值班</span>' in page
        assert '<span class="ahead">副书记</span>' in page
        await tap(home, "qian", Verb.ACKNOWLEDGE)
        assert "钱书记在处理" in await (await client.get("/board")).text()


async def test_the_head_says_who_is_on_duty_and_that_nobody_is(home: House) -> None:
    async with browser(home, "zhao") as client:
        assert "值班 钱书记" in words(await (await client.get("/board")).text())
        assert "On duty 钱书记" in words(await (await client.get("/board?language=en")).text())
        file = {**COMMITTEE, "ladder": {"duty": []}}
        await home.store.load(register.parse("committee.toml", file), prune=False, demo=True)
        home.clock.forward(2)  # what pages know of a committee is a second old at most
        for language, said in (("zh_CN", "没有人值班！"), ("en", "Nobody is on duty!")):
            page = await (await client.get(f"/board?language={language}")).text()
            assert f'<p class="duty nobody"><b>{said}</b></p>' in page
            stream = await client.get(f"/board/events?language={language}")
            assert said in json.loads((await heard(stream))[0])["html"]
            stream.close()


async def test_jobs_stand_by_priority_then_by_age_and_what_somebody_has_stands_below(home: House) -> None:
    rice, medicine, knock, tablets, lamp = 1, 2, 3, 4, 5
    for text in (
        "7号楼 搬米",
        "7-301 胰岛素用完 中山医院",
        TEXT,
        "3-101 降压药吃完了 中山医院",
        "3号楼 灯坏了",
    ):
        await post(home, text)
        home.clock.forward(20)
    async with browser(home, "zhao") as client:
        assert await order(client) == [knock, medicine, tablets, rice, lamp]
        await tap(home, "wang", Verb.CLAIM, knock)
        assert await order(client) == [medicine, tablets, rice, lamp, knock]


async def order(client: Browser) -> list[int]:
    """The jobs on the board, from its top."""
    page = await (await client.get("/board")).text()
    return [int(number) for number in re.findall(r'data-job="(\d+)"', page)]


async def test_without_a_plan_buildings_stand_where_they_are(home: House) -> None:
    async with browser(home, "zhao") as client:
        ground = await (await client.get("/board/plan")).json()
        assert (await client.get("/board/image")).status == 404
    three, seven = ground["buildings"]
    assert ground["image"] == ""
    assert (three["key"], seven["key"]) == ("3", "7")
    # Building 7 lies north-east of building 3: higher up and further to the right, as on a map.
    assert seven["middle"][0] > three["middle"][0]
    assert seven["middle"][1] > three["middle"][1]


async def test_the_plan_of_the_committees_file_is_shown(home: House) -> None:
    file = committee.read_committee(committee.DEMO)
    plan = committee.read_plan(committee.DEMO, file)
    assert plan is not None
    await home.store.load(file, prune=False, demo=True)
    home.plans.keep("wutongli", plan)
    async with browser(home, "qian") as client:
        ground = await (await client.get("/board/plan")).json()
        image = await client.get(f"/{ground['image']}")
        assert await image.read() == plan.image
    assert image.content_type == "image/svg+xml"
    assert "sandbox" in image.headers["Content-Security-Policy"]
    assert ground["size"] == [1000, 1600]
    assert {each["key"] for each in ground["buildings"]} >= {str(number) for number in range(1, 13)}


def test_a_building_that_is_drawn_on_the_plan_has_the_middle_of_it_as_its_spot() -> None:
    file = committee.read_committee(committee.DEMO)
    plan = committee.read_plan(committee.DEMO, file)
    assert plan is not None
    own = [{**each, "spot": (3.0, 4.0)} if each["key"] == "2" else each for each in file.buildings]
    placed = committee.spotted(replace(file, buildings=own), replace(plan, width=800))
    spots = {each["key"]: each["spot"] for each in placed.buildings}
    assert (spots["1"], spots["2"]) == ((245.0, 224.0), (3.0, 4.0))
    assert spots["3"] is None, "it would be beside the picture"
    assert committee.spotted(file, None) is file


def test_a_plan_is_kept_whole_and_found_again(tmp_path: Path) -> None:
    plan = committee.read_plan(committee.DEMO, committee.read_committee(committee.DEMO))
    assert plan is not None
    Plans(tmp_path).keep("wutongli", plan)
    assert Plans(tmp_path).find("wutongli") == plan
    assert Plans(tmp_path).find("elsewhere") is None


SQUARE = '{"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 0]]]}'


def feature(key: str, geometry: str) -> str:
    return (
        '{"type": "FeatureCollection", "features": '
        f'[{{"properties": {{"building": "{key}"}}, "geometry": {geometry}}}]}}'
    )


@pytest.mark.parametrize(
    ("outlines", "field"),
    [
        ("{", "buildings"),
        ('{"type": "Feature"}', "type"),
        (feature("99", SQUARE), "building"),
        (feature("3", '{"type": "Point"}'), "type"),
        (feature("3", SQUARE.replace("9", "null")), "coordinates"),
        (feature("3", '{"type": "Polygon", "coordinates": []}'), "coordinates"),
        (feature("3", '{"type": "Polygon", "coordinates": [[[0, 0], [9, 9]]]}'), "coordinates"),
    ],
)
def test_a_bad_outline_is_named(tmp_path: Path, outlines: str, field: str) -> None:
    file = demo_in(tmp_path)
    (tmp_path / "plan.svg").write_bytes(b"<svg/>")
    (tmp_path / "plan.geojson").write_text(outlines, encoding="utf-8")
    with pytest.raises(BadFileError) as caught:
        committee.read_plan(file, committee.read_committee(file))
    assert caught.value.params["field"] == field


def test_a_plan_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = demo_in(tmp_path)
    with pytest.raises(BadFileError) as caught:
        committee.read_plan(file, committee.read_committee(file))
    assert caught.value.params["table"] == "plan"


@pytest.mark.parametrize("name", ["../plan.svg", "plan.exe", "plans/plan.svg", ""])
def test_a_plan_stands_beside_its_file_and_is_a_picture(tmp_path: Path, name: str) -> None:
    file = demo_in(tmp_path, f'image = "{name}"')
    with pytest.raises(BadFileError) as caught:
        committee.read_committee(file)
    assert (caught.value.params["table"], caught.value.params["field"]) == ("plan", "image")


def demo_in(folder: Path, image: str = 'image = "plan.svg"') -> Path:
    file = folder / "committee.toml"
    text = committee.DEMO.read_text(encoding="utf-8")
    file.write_text(text.replace('image = "plan.svg"', image), encoding="utf-8")
    return file
