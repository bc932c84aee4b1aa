"""Pictures on the pages: on the card of whoever may see them, and asked for anew at every look."""

import logging
import re

import pytest

from bot.pictures import developed
from dispatch import register
from dispatch.geography import Point
from dispatch.jobs import Correction
from dispatch.verbs import Command, Verb
from tests.photos import opened, photo
from tests.platforms.house import COMMITTEE, Browser, House, browser
from tests.platforms.html import words

KNOCK = "3号楼502 敲门无应答"


async def posted(home: House, *, pictures: int = 1, said: str = KNOCK) -> int:
    """A job with so many pictures; its number."""
    async with browser(home, "zhao") as staff:
        read = await (await staff.get("/")).text()
        nonce = re.search(r'name="nonce" value="([^"]+)"', read)
        assert nonce is not None
        await staff.post("/post", {"text": said, "nonce": nonce[1]})
    await home.settle()
    job = max(job.id for job in await home.store.open_jobs(home.committee_id))
    for number in range(pictures):
        reply = await home.router.album.add(
            await home.address("zhao"), job, (developed(photo(mark=str(number))),), f"r{job}-{number}"
        )
        assert reply.ok, reply.text
    return job


async def does(home: House, who: str, verb: Verb, job: int, **fields: object) -> None:
    person = await home.person(who)
    command = Command(verb=verb, actor=person.id, **fields)  # type: ignore[arg-type]  # by name
    await home.service.act(person, job, command)
    await home.settle()


async def looks(client: Browser, job: int, number: int = 1) -> int:
    """The status with which a picture is answered; its thumbnail is answered alike."""
    small, whole = [(await client.get(f"/{path}/{job}/{number}")).status for path in ("thumbnail", "picture")]
    assert small == whole
    return whole


async def card(client: Browser, job: int) -> str:
    """The markup of one job's card."""
    read = await (await client.get("/")).text()
    found = re.search(rf'<article id="job-{job}".*?</article>', read, flags=re.DOTALL)
    return "" if found is None else found[0]


async def test_the_desk_and_the_claimer_see_it_on_the_card(home: House) -> None:
    job = await posted(home, pictures=2)
    await does(home, "wang", Verb.CLAIM, job)
    for who in ("zhao", "qian", "wang"):
        async with browser(home, who) as client:
            shown = re.findall(r'<img src="([^"]+)"', await card(client, job))
            assert shown == [f"/thumbnail/{job}/1", f"/thumbnail/{job}/2"]
            for address, size in ((shown[0], (480, 360)), (f"/picture/{job}/1", (640, 480))):
                answer = await client.get(address)
                assert (answer.status, answer.content_type) == (200, "image/jpeg")
                assert opened(await answer.read()).size == size


async def test_nothing_on_the_way_may_keep_it_and_no_other_site_may_show_it(home: House) -> None:
    job = await posted(home)
    async with browser(home, "zhao") as client:
        headers = (await client.get(f"/picture/{job}/1")).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "img-src 'self'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("who", ["li", "new"])
async def test_whoever_did_not_take_the_job_sees_no_picture(home: House, who: str) -> None:
    job = await posted(home)
    await does(home, "wang", Verb.CLAIM, job)
    async with browser(home, who) as client:
        assert await looks(client, job) == 404
        assert "/picture/" not in await (await client.get("/")).text()


async def test_somebody_whom_nobody_vouched_for_sees_none_even_with_the_job_in_hand(home: House) -> None:
    """CONFORMANCE 35."""
    job = await posted(home)
    await does(home, "zhao", Verb.ASSIGN, job, person=(await home.person("new")).id)
    async with browser(home, "new") as client:
        seen = await card(client, job)
        assert seen
        assert "/picture/" not in seen
        assert "图片" not in words(seen)
        assert await looks(client, job) == 404


async def test_nobody_of_another_committee_sees_any(home: House) -> None:
    """CONFORMANCE 34: not even its desk, and the answer is that of a picture that never was."""
    job = await posted(home)
    head = COMMITTEE["committee"]
    assert isinstance(head, dict)
    other = COMMITTEE | {"committee": head | {"key": "other"}}
    await home.store.load(register.parse("other.toml", other), prune=False, demo=True)
    committee = next(each for each in await home.store.committees() if each.key == "other")
    for key in ("zhao", "wang"):
        person = await home.store.person(committee.id, key)
        person = await home.store.invite(committee.id, person.id, revoke=False)
        async with browser(home) as client:
            await client.enter(home.links.link(person).removeprefix(home.links.base_url))
            assert await looks(client, job) == 404
            assert await looks(client, 999) == 404


async def test_access_is_asked_for_again_at_every_look(home: House) -> None:
    job = await posted(home)
    await does(home, "wang", Verb.CLAIM, job)
    async with browser(home, "wang") as client:
        assert await looks(client, job) == 200
        await does(home, "wang", Verb.RELEASE, job)
        assert await looks(client, job) == 404
        await does(home, "wang", Verb.CLAIM, job)
        assert await looks(client, job) == 200
        await does(home, "zhao", Verb.CANCEL, job)
        assert await looks(client, job) == 404
    async with browser(home, "zhao") as client:
        assert await looks(client, job) == 404


async def test_without_a_link_there_is_no_picture(home: House) -> None:
    job = await posted(home)
    async with browser(home) as client:
        assert await looks(client, job) == 401


@pytest.mark.parametrize(
    "path", ["/picture/{job}/0", "/picture/{job}/2", "/picture/{job}/999", "/picture/99999999/1"]
)
async def test_a_picture_that_is_not_there_is_a_page_that_says_so(home: House, path: str) -> None:
    job = await posted(home)
    async with browser(home, "zhao") as client:
        answer = await client.get(path.format(job=job))
        assert (answer.status, 'data-problem="not_found"' in await answer.text()) == (404, True)


@pytest.mark.parametrize(
    "path", ["/picture/x/1", "/picture/1/x", "/picture/-1/1", "/picture/9999999999999999999/1"]
)
async def test_an_address_of_no_picture_is_no_address(home: House, path: str) -> None:
    async with browser(home, "zhao") as client:
        assert (await client.get(path)).status == 404


async def test_no_form_can_add_one_in_place_of_a_picture(home: House) -> None:
    job = await posted(home)
    async with browser(home, "zhao") as client:
        answer = await client.by_script("/act", {"verb": "picture", "job": str(job), "version": "9"})
        assert answer.status == 400
    assert (await home.store.situation(home.committee_id, job)).job.pictures == 1


async def test_a_look_leaves_nothing_of_the_picture_in_the_log(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    job = await posted(home)
    with caplog.at_level(logging.DEBUG):
        async with browser(home, "zhao") as client:
            await looks(client, job)
    lines = [each.getMessage() for each in caplog.records if each.name.startswith("bot.web")]
    assert any("/picture/{job}/{number}" in line for line in lines)
    assert not any(f"/picture/{job}" in line for line in lines)


async def test_the_claimers_card_leads_to_the_place_on_the_map(home: House) -> None:
    job = await posted(home)
    pin = Correction(place=Point(lat=31.2077, lon=121.4788))
    await does(home, "zhao", Verb.CORRECT, job, correction=pin)
    await does(home, "wang", Verb.CLAIM, job)
    async with browser(home, "wang") as client:
        seen = await card(client, job)
        assert 'href="geo:31.2077,121.4788' in seen
        assert "31.20770, 121.47880" in words(seen)
    async with browser(home, "zhao") as client:
        assert "31.20770, 121.47880" in words(await card(client, job))
    async with browser(home, "li") as client:
        assert "31.2077" not in await (await client.get("/")).text()


async def test_each_step_shows_how_it_is_done_to_whoever_has_the_job_and_to_nobody_else(home: House) -> None:
    job = await posted(home, pictures=0, said="7号楼301 制氧机要加水")
    await does(home, "wang", Verb.CLAIM, job)
    async with browser(home, "wang") as wang:
        read = await card(wang, job)
        sources = re.findall(r'<img class="guide" src="([^"]+)" width="(\d+)" height="(\d+)"', read)
        assert len(sources) == 5
        for source, width, height in sources:
            answer = await wang.get(source)
            assert (answer.status, answer.content_type) == (200, "image/jpeg")
            assert "immutable" in answer.headers["Cache-Control"]
            assert opened(await answer.read()).size == (int(width), int(height))
    async with browser(home, "li") as li:
        assert "guide/" not in await card(li, job)
