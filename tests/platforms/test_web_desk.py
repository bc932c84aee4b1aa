"""The desk's own pages with scripts off: people, links to hand out, the night, and a look before posting."""

import re

import pytest

from tests.platforms.house import PRIVATE, Browser, House, browser
from tests.platforms.html import forms, message_form, tells, words
from tests.platforms.scenery import evening

PATHS = ("/people", "/night", "/reveals")
CLOSED = (*PATHS, "/brief")


async def link_form(client: Browser, person: int, *, revoke: bool) -> dict[str, str]:
    """What the button beside a person's name would send."""
    asked = [each.fields for each in forms(await client.read("/people")) if "person" in each.fields]
    return next(each for each in asked if each["person"] == str(person) and ("epoch" in each) is revoke)


async def handed(client: Browser, form: dict[str, str]) -> str:
    """The path of the link that the page then shows."""
    answer = await client.post("/people/link", form)
    assert answer.status == 200
    shown = re.search(r">http://suidao\.test(/join/[^<]+)<", await answer.text())
    assert shown is not None
    return shown[1]


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("who", ["wang", "li", "new"])
async def test_to_whoever_is_not_of_the_desk_there_is_no_such_page(home: House, who: str, path: str) -> None:
    async with browser(home, who) as client:
        answer = await client.get(path)
        assert (answer.status, 'data-problem="not_found"' in await answer.text()) == (404, True)
        assert 'class="ways"' not in await client.read("/")


async def test_a_volunteer_gets_nobodys_link_and_no_preview(home: House) -> None:
    li = await home.person("li")
    async with browser(home, "wang") as client:
        for form in ({"person": str(li.id)}, {"person": str(li.id), "epoch": str(li.link_epoch)}):
            assert (await client.post("/people/link", form)).status == 404
        assert (await client.post("/preview", {"text": "3号楼 502", "nonce": "x"})).status == 404
    assert (await home.person("li")).link_epoch == li.link_epoch


async def test_people_are_found_by_name_building_skill_and_role(home: House) -> None:
    async with browser(home, "zhao") as staff:
        everybody = await staff.read("/people")
        assert all(name in everybody for name in ("王阿姨", "Mr Li", "新来的", "钱书记"))
        for wanted, found in (
            ("王", "王阿姨"),
            ("mr li", "Mr Li"),
            ("书记", "钱书记"),
            ("3号楼 新", "新来的"),
        ):
            rows = re.findall(
                r'<li class="row.*?<b>([^<]+)</b>', await staff.read(f"/people?q={wanted}"), re.DOTALL
            )
            assert found in rows
            assert len(rows) < 5
        assert "没有找到人" in await staff.read("/people?q=nobody-of-that-name")


async def test_what_was_searched_for_stands_on_the_page_as_text_only(home: House) -> None:
    async with browser(home, "zhao") as staff:
        shown = await staff.read('/people?q="><script>alert(1)</script>')
    assert "<script>alert" not in shown


async def test_the_lists_and_the_night_hold_nothing_private(home: House) -> None:
    await evening(home)
    async with browser(home, "qian") as secretary:
        for path in PATHS:
            assert not tells(await secretary.read(path), PRIVATE), path


async def test_a_link_that_staff_hand_out_opens_that_persons_page(home: House) -> None:
    li = await home.person("li")
    async with browser(home, "zhao") as staff:
        path = await handed(staff, await link_form(staff, li.id, revoke=False))
    async with browser(home) as phone:
        await phone.enter(path)
        assert "Mr Li" in await phone.read("/")


async def test_a_revoked_link_is_replaced_once_however_often_the_form_is_sent(home: House) -> None:
    li = await home.person("li")
    old = await home.link("li")
    async with browser(home, "zhao") as staff:
        form = await link_form(staff, li.id, revoke=True)
        first = await handed(staff, form)
        again = await handed(staff, form)  # the page was loaded anew
    home.clock.forward(1)
    assert (await home.person("li")).link_epoch == li.link_epoch + 1
    async with browser(home) as phone:
        assert (await phone.get(old)).status == 410
        await phone.enter(first)
        await phone.enter(again)


@pytest.mark.parametrize(
    "form", [{}, {"person": "x"}, {"person": "-1"}, {"person": "1", "epoch": "new"}, {"person": "9" * 30}]
)
async def test_a_form_that_is_none_of_ours_hands_out_no_link(home: House, form: dict[str, str]) -> None:
    async with browser(home, "zhao") as staff:
        answer = await staff.post("/people/link", form)
        assert (answer.status, "/join/" in await answer.text()) == (400, False)


async def test_nobody_of_another_committee_is_found_by_a_number(home: House) -> None:
    async with browser(home, "zhao") as staff:
        assert (await staff.post("/people/link", {"person": "99999"})).status == 404


async def test_the_night_says_who_is_on_duty_and_what_happened(home: House) -> None:
    await evening(home)
    async with browser(home, "qian") as secretary:
        said = words(await secretary.read("/night"))
    for told in ("现在 钱书记", "发布4件", "赵社工发布", "王阿姨接", "王阿姨出发", "Mr Li"):
        assert told in said, told
    home.clock.forward(13 * 3600)
    async with browser(home, "qian") as secretary:
        assert "王阿姨出发" not in words(await secretary.read("/night"))


async def test_a_look_before_posting_posts_nothing_and_keeps_the_words(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = message_form(await staff.read("/"))
        answer = await staff.post("/preview", form | {"text": "3号楼502 敲门无应答 13800000000"})
        shown = await answer.text()
        assert message_form(shown)["text"] == "3号楼502 敲门无应答 13800000000"
        said = words(shown)
    for understood in ("上门查看", "危急", "3号楼", "502", "13800000000"):
        assert understood in said
    assert await home.store.open_jobs(home.committee_id) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [("", None), ("99号楼 送药", "这栋楼"), ("敲门无应答", "还缺"), ("药" * 10_001, "太长")],
)
async def test_a_look_says_what_is_missing_or_would_be_refused(
    home: House, text: str, said: str | None
) -> None:
    async with browser(home, "zhao") as staff:
        answer = await staff.by_script("/preview", {"text": text, "nonce": "x"})
        shown = await answer.text()
    assert answer.status == 200
    assert shown.strip() == "" if said is None else said in shown


async def test_looking_does_not_use_up_the_taps(home: House) -> None:
    async with browser(home, "zhao") as staff:
        form = message_form(await staff.read("/"))
        looks = [(await staff.by_script("/preview", {"text": "x", "nonce": "x"})).status for _ in range(25)]
        assert looks[-1] == 429
        assert (await staff.post("/post", form | {"text": "3号楼502 敲门无应答"})).status == 200


async def test_a_name_made_of_markup_is_text_on_every_page(home: House) -> None:
    made = '<img src=x onerror="alert(1)">'
    head = await home.store.roster(home.committee_id)
    person = next(each for each in head.people.values() if each.key == "new")
    from dispatch import register  # noqa: PLC0415 - one test changes the committee
    from tests.platforms.house import COMMITTEE  # noqa: PLC0415

    people = [
        {**each, "name": made} if each["key"] == person.key else each
        for each in COMMITTEE["people"]  # type: ignore[attr-defined]  # a list of tables
    ]
    await home.store.load(register.parse("c.toml", COMMITTEE | {"people": people}), prune=False, demo=True)
    home.clock.forward(2)
    async with browser(home, "zhao") as staff:
        for path in ("/", *PATHS):
            assert "<img src=x" not in await staff.read(path)
        shown = await staff.post("/people/link", {"person": str(person.id)})
        assert "<img src=x" not in await shown.text()


async def test_staff_read_who_was_shown_what_by_person_by_job_and_by_day(home: House) -> None:
    knock, _, rice, _ = await evening(home)
    wang = await home.person("wang")
    async with browser(home, "zhao") as staff:
        every = await staff.read("/reveals")
        assert "王阿姨" in every
        assert f"#{knock}" in every
        assert "门牌" in every
        assert not any(private in words(every) for private in PRIVATE)
        lines = '<li class="row">'
        assert lines in await staff.read(f"/reveals?person={wang.id}&job={knock}")
        for query in (f"job={rice + 100}", "day=2001-01-01", f"person={wang.id + 100}"):
            assert lines not in await staff.read(f"/reveals?{query}")
        assert lines in await staff.read("/reveals?job=x&day=soon&person=%3Cb%3E")
        assert "看到了：" in await staff.read("/")
    for who in ("wang", "new"):
        async with browser(home, who) as other:
            assert (await other.get("/reveals")).status == 404
