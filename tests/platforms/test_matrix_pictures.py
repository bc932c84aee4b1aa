"""Photos that come in on Matrix: whose are taken, as what, and what is said to everybody else."""

import logging

import pytest

from bot.matrix import enclosures
from bot.matrix.events import Event
from dispatch.errors import NotAPictureError
from dispatch.moments import HOUR, MINUTE
from dispatch.pictures import LARGEST
from tests.papers import paper
from tests.photos import bomb, looks_left_and_right, moving, opened, photo
from tests.platforms.matrix_hearing import Hearing, halves
from tests.platforms.matrix_photographing import (
    JOB,
    claims,
    contents,
    gives_back,
    image,
    kept,
    photos,
    posts,
    said,
    sends,
    shown,
)
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.wire import Json

HTML = b"<!doctype html><script>alert(1)</script>" * 10
PROGRAM = b"MZ\x90\x00" + bytes(5_000)
REFUSED = (
    (HTML, "m.file", "text/html", "不是能读取的图片"),
    (HTML, "m.image", "image/jpeg", "不是能读取的图片"),
    (PROGRAM, "m.image", "image/png", "不是能读取的图片"),
    (photo()[:3000], "m.image", "image/jpeg", "不是能读取的图片"),
    (b"%PDF-1.7 nothing", "m.file", "application/pdf", "打不开"),
    (bomb(), "m.image", "image/png", "百万像素"),
    (moving("WEBP"), "m.image", "image/webp", "动图"),
    (moving("GIF"), "m.image", "image/gif", "动图"),
    (photo() + bytes(LARGEST), "m.image", "image/jpeg", "超过 10 MB"),
)
"""What it is, as what it is sent, and what is answered."""


@pytest.fixture
async def office(town: Hearing) -> str:
    """The staff member's private room with the bot."""
    return await town.direct("zhao")


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "encrypted"])
async def test_a_photo_with_words_is_a_job_and_goes_to_whoever_takes_it(
    town: Hearing, office: str, sealed: bool
) -> None:
    job = await posts(town, office, photo(), sealed=sealed)
    assert await kept(town, job) == 1
    assert f"图片已加到任务 {job}" in (await said(town, "zhao", office))[-1]
    assert await photos(town, "wang") == []
    await claims(town, job)
    (seen,) = await photos(town, "wang")
    data = await contents(town.phone("wang"), seen)
    assert looks_left_and_right(data) == ("red", "green")
    assert dict(opened(data).getexif()) == {}
    assert b"Invented Name" not in data
    assert f"#{job}" in seen.body
    _, card = await town.own_card("wang")
    assert seen.reply_to == card.event_id
    assert "图片: 1" in card.body


async def test_a_photo_that_replies_to_the_card_is_added_to_that_job(town: Hearing, office: str) -> None:
    first = await town.posts(JOB)
    second = await town.posts("7号楼 搬米")
    card = await _card(town, first)
    await sends(town, "zhao", office, photo(), reply_to=card)
    assert (await kept(town, first), await kept(town, second)) == (1, 0)


async def test_a_photo_that_follows_a_job_at_once_is_that_jobs(town: Hearing, office: str) -> None:
    """Not every client can write words below a picture."""
    words = await town.phone("zhao").say(office, JOB)
    await town.settles()
    (job,) = await town.jobs()
    await sends(town, "zhao", office, photo())
    assert await kept(town, job.id) == 1
    town.home.clock.forward(3 * MINUTE / 10**6)
    before = await said(town, "zhao", office)
    await sends(town, "zhao", office, photo())
    assert await kept(town, job.id) == 1
    assert "哪个任务" in (await said(town, "zhao", office))[len(before)]
    await sends(town, "zhao", office, photo(), reply_to=words)
    assert await kept(town, job.id) == 2


async def test_a_photo_after_two_jobs_belongs_to_none_and_that_is_said(town: Hearing, office: str) -> None:
    """Another resident's picture must not go to whoever took the last one."""
    jobs = [await town.posts(JOB), await town.posts("7号楼 搬米")]
    await sends(town, "zhao", office, photo())
    assert "哪个任务" in (await said(town, "zhao", office))[-1]
    assert [await kept(town, job) for job in jobs] == [0, 0]


async def test_in_the_staff_room_a_photo_with_a_command_or_below_a_card_is_kept_and_never_shown_there(
    town: Hearing, office: str
) -> None:
    await sends(town, "zhao", town.desk_id, photo(), caption=f"!job {JOB}")
    (job,) = await town.jobs()
    assert await kept(town, job.id) == 1
    (desk,) = await town.home.store.addresses("matrix", town.desk_id)
    ref = await town.home.store.card_ref(desk, job.id)
    below = ref.split()[1] if ref else await _card_in(town, town.desk_id)
    await sends(town, "zhao", town.desk_id, photo(), reply_to=below)
    assert await kept(town, job.id) == 2
    assert any("图片已加到" in each for each in await said(town, "zhao", office))
    await sends(town, "zhao", town.desk_id, photo(), caption="晚饭")
    assert await kept(town, job.id) == 2
    await claims(town, job.id)
    assert len(await photos(town, "wang")) == 2
    phone = town.phone("zhao")
    await phone.sync()
    for room in (town.room_id, town.desk_id):
        by_us = [each for each in phone.room(room).standing if each.sender == town.bot.user_id]
        assert not any(each.kind == "m.image" or "图片" in each.body for each in by_us)


async def test_the_same_photo_brought_twice_is_one_picture(town: Hearing, office: str) -> None:
    content = await image(town.phone("zhao"), photo(), caption=JOB)
    event = await town.phone("zhao").send(office, "m.room.message", content)
    await town.settles()
    (job,) = await town.jobs()
    town.reborn()
    raw = {"event_id": event, "sender": town.phone("zhao").user_id, "type": "m.room.message"}
    await town.updates.take(office, raw | {"origin_server_ts": 1, "content": content})
    await town.updates.drain()
    assert await kept(town, job.id) == 1


async def test_a_picture_noted_by_a_process_that_died_is_fetched_by_the_next(
    town: Hearing, office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr("bot.matrix.media.DOWNLOAD_S", 0.0)
        job = await posts(town, office, photo(), sealed=True)
    assert await kept(town, job) == 0
    town.home.clock.forward(6)
    (left,) = await town.home.store.wanted_pictures("matrix", town.home.clock.now(), 10)
    _, updates = halves(town.home, town.account, town.router)
    await updates.fetching._fetch(left)
    await updates.drain()
    assert await kept(town, job) == 1
    assert await town.home.store.wanted_pictures("matrix", town.home.clock.now() + HOUR, 10) == ()


async def test_a_picture_that_never_comes_is_given_up_and_that_is_said(town: Hearing, office: str) -> None:
    content = await image(town.phone("zhao"), photo(), caption=JOB)
    await town.phone("zhao").send(office, "m.room.message", content | {"url": "mxc://suidao.test/nowhere"})
    await town.settles()
    (job,) = await town.jobs()
    for _ in range(6):
        town.home.clock.forward(700)
        for left in await town.home.store.wanted_pictures("matrix", town.home.clock.now(), 10):
            await town.updates.fetching._fetch(left)
    await town.settles()
    assert await kept(town, job.id) == 0
    assert "取不到" in (await said(town, "zhao", office))[-1]


@pytest.mark.parametrize("caption", ["", JOB])
async def test_a_strangers_photo_is_answered_and_not_kept(
    town: Hearing, synapse: Synapse, caption: str
) -> None:
    async with Phone(synapse.url, await synapse.register("passer")) as passer:
        room = await passer.create_room(invite=[town.bot.user_id], direct=True)
        await passer.wait_for(lambda: town.bot.user_id in passer.room(room).members, "the bot has come")
        await passer.send(room, "m.room.message", await image(passer, photo(), caption=caption))
        await passer.wait_for(
            lambda: any("图片没有保存" in each.body for each in passer.room(room).standing), "the answer"
        )
    assert await town.jobs() == ()
    assert await town.home.store.wanted_pictures("matrix", town.home.clock.now() + HOUR, 10) == ()


async def test_what_a_claimer_found_is_kept_and_the_photo_of_anybody_else_is_refused_clearly(
    town: Hearing, office: str
) -> None:
    await town.settles()  # the room into which the bot was asked is known as the secretary's
    job = await town.posts(JOB)
    room, card = await town.own_card("wang")
    await sends(town, "wang", room.room_id, photo(), reply_to=card.event_id)
    assert "只收居委工作人员和手上有任务的人发的图片" in (await said(town, "wang", room.room_id))[-1]
    assert await kept(town, job) == 0
    await claims(town, job)
    await sends(town, "wang", room.room_id, photo())
    assert "只有工作人员能看到" in (await said(town, "wang", room.room_id))[-1]
    assert await kept(town, job) == 1
    (seen,) = await shown(town, "zhao")
    assert looks_left_and_right(await contents(town.phone("zhao"), seen)) == ("red", "green")
    await gives_back(town, job)
    assert await photos(town, "zhao") == []


async def test_a_document_reaches_the_claimer_as_pages_and_is_taken_back(town: Hearing, office: str) -> None:
    sent = paper("Prescription", "Page two")
    job = await posts(town, office, sent, kind="m.file", mime="application/pdf", sealed=True)
    assert "2张图片" in (await said(town, "zhao", office))[-1]
    await claims(town, job)
    pages = [opened(await contents(town.phone("wang"), seen)) for seen in await photos(town, "wang")]
    assert [(page.format, page.size) for page in pages] == [("JPEG", (1131, 1600))] * 2
    await gives_back(town, job)
    assert await photos(town, "wang") == []


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "encrypted"])
async def test_a_file_that_is_no_picture_to_be_kept_is_refused_and_the_job_is_posted(
    town: Hearing, office: str, sealed: bool
) -> None:
    for number, (data, kind, mime, told) in enumerate(REFUSED, 1):
        job = await posts(town, office, data, kind=kind, mime=mime, sealed=sealed)
        assert len(await town.jobs()) == number
        assert await kept(town, job) == 0, mime
        assert told in (await said(town, "zhao", office))[-1], mime
    assert await town.home.store.wanted_pictures("matrix", town.home.clock.now() + HOUR, 10) == ()


async def test_the_size_that_a_message_tells_is_not_believed(town: Hearing, office: str) -> None:
    job = await posts(town, office, photo() + bytes(LARGEST), size=10)
    assert await kept(town, job) == 0
    assert "超过 10 MB" in (await said(town, "zhao", office))[-1]


async def test_a_file_that_its_key_does_not_open_is_refused(town: Hearing, office: str) -> None:
    phone = town.phone("zhao")
    content = await image(phone, photo(), caption=JOB, sealed=True)
    spoiling: list[Json] = [
        {"hashes": {"sha256": "AAAA"}},
        {"iv": "short"},
        {"key": {"k": 7}},
        {"hashes": []},
    ]
    for spoilt in spoiling:
        bad = content | {"file": content["file"] | spoilt}
        await phone.send(office, "m.room.message", bad)
        await town.settles()
        assert "不是能读取的图片" in (await said(town, "zhao", office))[-1]
    assert sum([await kept(town, job.id) for job in await town.jobs()]) == 0


@pytest.mark.parametrize(
    "url",
    ["", "https://example.org/a.jpg", "mxc://a/../../sync", "mxc://a/..", "mxc://a b/c", "mxc://a/b?c=d"],
)
def test_an_address_of_no_file_is_not_even_asked_for(url: str) -> None:
    content = {"msgtype": "m.image", "body": "x", "url": url, "info": {"mimetype": "image/jpeg", "size": 9}}
    event = Event(room_id="!r", event_id="$e", sender="@a:b", kind="m.room.message", at=0, content=content)
    found = enclosures.picture(event)
    assert found is not None
    with pytest.raises(NotAPictureError):
        found.check()


async def test_no_log_line_tells_where_a_picture_lies_or_what_opens_it(
    town: Hearing, office: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        phone = town.phone("zhao")
        content = await image(phone, photo(), caption=JOB, sealed=True)
        await phone.send(office, "m.room.message", content)
        await town.settles()
        (job,) = await town.jobs()
        await claims(town, job.id)
        (seen,) = await photos(town, "wang")
    ours = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("aio"))
    for file in (content["file"], seen.content["file"]):
        assert file["url"] not in ours
        assert file["key"]["k"] not in ours


async def test_a_film_is_said_not_to_be_kept_and_its_words_are_read(town: Hearing, office: str) -> None:
    content = await image(town.phone("zhao"), b"a film", caption=JOB, kind="m.video", mime="video/mp4")
    await town.phone("zhao").send(office, "m.room.message", content)
    await town.settles()
    assert len(await town.jobs()) == 1
    assert any("只读取了文字" in text for text in await said(town, "zhao", office))
    await sends(town, "zhao", office, b"a voice", kind="m.audio", mime="audio/ogg")
    assert "照片和位置" in (await said(town, "zhao", office))[-1]


async def _card(town: Hearing, job: int) -> str:
    """The event that the staff member's own card of the job is."""
    ref = await town.home.store.card_ref(await town.address("zhao"), job)
    assert ref is not None
    return ref.split()[1]


async def _card_in(town: Hearing, room_id: str) -> str:
    phone = town.phone("zhao")
    card = await phone.wait_for(
        lambda: next(each for each in phone.room(room_id).standing if "suidao.card" in each.content),
        "a card",
    )
    return card.event_id
