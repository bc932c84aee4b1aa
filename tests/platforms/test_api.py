"""Other systems post jobs and ask how they stand: by token, once a key, and told nothing private."""

import asyncio
import logging
from dataclasses import replace

import pytest

from dispatch.verbs import Command, Verb
from tests.platforms.api_house import HOTLINE, WORDS, let_in, serving
from tests.platforms.house import PRIVATE, House


async def test_a_message_is_enough(home: House) -> None:
    await let_in(home)
    async with serving(home) as hotline:
        answer = await hotline.posts({"text": WORDS})
        told = await answer.json()
        assert answer.status == 201
        assert answer.headers["Location"] == told["url"] == f"http://suidao.test/api/jobs/{told['id']}"
        assert (told["kind"], told["building"], told["status"]) == ("welfare_check", "3", "open")
        asked = await hotline.asks(told["id"])
        assert (asked.status, await asked.json()) == (200, told)
        said = await asked.text()
        assert not any(words in said for words in (*PRIVATE, "502"))
    private = await home.store.private(home.committee_id, told["id"])
    assert (private.unit, private.resident_name) == ("502", "陈阿姨")


async def test_fields_serve_as_well_as_words(home: House) -> None:
    await let_in(home)
    wanted = {
        "kind": "oxygen_refill",
        "building": "7",
        "unit": "601",
        "phone": "13900139000",
        "note": "门铃坏了",
    }
    async with serving(home) as sensor:
        told = await (await sensor.posts({**wanted, "priority": "life", "places": 2})).json()
    assert (told["kind"], told["building"], told["priority"], told["places"]) == (
        "oxygen_refill",
        "7",
        "life",
        2,
    )
    private = await home.store.private(home.committee_id, told["id"])
    assert (private.unit, private.phone, private.text) == ("601", "13900139000", "门铃坏了")


async def test_a_building_that_is_not_there_holds_no_job_back(home: House) -> None:
    await let_in(home)
    async with serving(home) as hotline:
        told = await (await hotline.posts({"text": "敲门无应答", "building": "蓝色小楼"})).json()
    assert told["building"] is None
    assert "building" in told["missing"]
    assert "蓝色小楼" in (await home.store.private(home.committee_id, told["id"])).text


async def test_the_desk_reads_which_system_posted_it(home: House) -> None:
    await let_in(home)
    async with serving(home) as hotline:
        told = await (await hotline.posts({"text": "敲门无应答"})).json()
    card = await home.router.card(await home.address("qian"), told["id"])
    assert "hotline" in card.log[0]
    li = await home.person("li")
    await home.service.act(li, told["id"], Command(verb=Verb.CLAIM, actor=li.id))
    card = await home.router.card(await home.address("li"), told["id"])
    assert any("Another system posted it" in note for note in card.notes)


async def test_the_same_key_again_is_the_same_job(home: House) -> None:
    await let_in(home)
    async with serving(home) as hotline:
        first, again = await hotline.posts({"text": WORDS}), await hotline.posts({"text": WORDS})
        assert [first.status, again.status] == [201, 200]
        assert await first.json() == await again.json()
        other = await hotline.posts({"text": WORDS}, key="two")
        assert (await other.json())["id"] != (await first.json())["id"]


async def test_a_key_that_was_another_jobs_is_refused_and_posts_nothing(home: House) -> None:
    await let_in(home)
    async with serving(home) as sensor:
        await sensor.posts({"text": WORDS})
        answer = await sensor.posts({"text": "7号楼 送药"})
        assert (answer.status, (await answer.json())["type"]) == (409, "urn:suidao:problem:nonce_used")
    assert len(await home.store.open_jobs(home.committee_id)) == 1


async def test_twenty_at_once_with_one_key_are_one_job(home: House) -> None:
    await let_in(home)
    async with serving(home) as hotline:
        answers = await asyncio.gather(*(hotline.posts({"text": WORDS}) for _ in range(20)))
        jobs = {(await answer.json())["id"] for answer in answers}
    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len(jobs) == len(await home.store.open_jobs(home.committee_id)) == 1


async def test_without_its_token_nobody_comes_in(home: House, caplog: pytest.LogCaptureFixture) -> None:
    await let_in(home)
    with caplog.at_level(logging.DEBUG):
        async with serving(home) as stranger:
            job = (await (await stranger.posts({"text": WORDS})).json())["id"]
            for header in ("", "Bearer", f"Bearer {HOTLINE[:-1]}x", f"Basic {HOTLINE}", "Bearer 令牌"):
                for answer in (
                    await stranger.posts({"text": WORDS}, "two", {"Authorization": header}),
                    await stranger.asks(job, {"Authorization": header}),
                ):
                    assert answer.status == 401
                    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert len(await home.store.open_jobs(home.committee_id)) == 1
    for secret in (HOTLINE[5:20], "号楼502", "敲门"):  # three digits alone are found in any hash
        assert secret not in caplog.text


async def test_a_source_that_was_removed_is_nobody(home: House) -> None:
    await let_in(home)
    async with serving(home) as hotline:
        job = (await (await hotline.posts({"text": WORDS})).json())["id"]
        await home.store.remove_source(home.committee_id, "hotline", home.clock.now())
        assert (await hotline.asks(job)).status == 401
        # Let in again it is the same one, by a new token, and finds its jobs.
        await let_in(home, token=f"sds_{'n' * 43}")
        hotline.token = f"sds_{'n' * 43}"
        assert (await hotline.asks(job)).status == 200


async def test_whoever_asks_too_often_is_told_when_to_come_back(home: House) -> None:
    await let_in(home)
    await let_in(home, "sensor", f"sds_{'s' * 43}")
    async with serving(home) as hotline:
        answers = [await hotline.asks(1) for _ in range(61)]
        assert (answers[-1].status, answers[-1].headers["Retry-After"]) == (429, "1")
        hotline.token = f"sds_{'s' * 43}"
        assert (await hotline.asks(1)).status == 404
        hotline.token = HOTLINE
        home.clock.forward(1)
        assert (await hotline.asks(1)).status == 404


MEDICINE = "降压药 还剩5天 中山医院"


async def test_requests_for_one_hospital_go_together_and_each_is_one_however_often_it_is_sent(
    home: House,
) -> None:
    await let_in(home)
    await let_in(home, "sensor", token=f"{HOTLINE[:-1]}s", webhook="http://127.0.0.1:9/told")
    async with serving(home) as hotline:
        first = await (await hotline.posts({"text": f"3号楼502 {MEDICINE}"})).json()
        answer = await hotline.posts({"text": f"7号楼601 {MEDICINE}"}, key="two")
        again = await hotline.posts({"text": f"7号楼601 {MEDICINE}"}, key="two")
        assert (answer.status, again.status) == (201, 200)
        assert (await answer.json())["id"] == (await again.json())["id"] == first["id"]
        other = await hotline.posts({"text": f"7号楼602 {MEDICINE}"}, key="two")
        assert other.status == 409
        sensor = replace(hotline, token=f"{HOTLINE[:-1]}s")
        assert (await sensor.asks(first["id"])).status == 404
        # It hears of its jobs by its webhook, and what happens to a run is told to the one who began it.
        told = await (await sensor.posts({"text": f"3号楼503 {MEDICINE}"})).json()
        assert told["id"] != first["id"]
    stops = await home.store.stops(home.committee_id, first["id"])
    assert len(stops) == 2


async def test_a_system_that_asks_for_itself_goes_with_what_staff_have_posted(home: House) -> None:
    await let_in(home)
    async with serving(home) as hotline:
        await let_in(home, "sensor", token=f"{HOTLINE[:-1]}s")
        sensor = replace(hotline, token=f"{HOTLINE[:-1]}s")
        first = await (await sensor.posts({"text": f"3号楼502 {MEDICINE}"})).json()
        joined = await (await hotline.posts({"text": f"7号楼601 {MEDICINE}"})).json()
        assert joined["id"] == first["id"]
        assert (await hotline.asks(first["id"])).status == 200
        assert (await sensor.asks(first["id"])).status == 200
