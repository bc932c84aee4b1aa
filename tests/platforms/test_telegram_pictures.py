"""Photos that come in on Telegram: whose are taken, as what, and what is said to everybody else."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch.moments import HOUR
from dispatch.pictures import LARGEST, MOST
from tests.papers import locked, paper
from tests.photos import bomb, looks_left_and_right, moving, opened, photo
from tests.platforms.photographing import (
    JOB,
    claims,
    contents,
    gives_back,
    kept,
    ours,
    photos,
    posts,
    said,
    sends,
)
from tests.platforms.telegram_house import TelegramHouse, unhurried
from tests.platforms.telegram_server import TgUser

HTML = b"<!doctype html><script>alert(1)</script>" * 10
PROGRAM = b"MZ\x90\x00" + bytes(5_000)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramHouse]:
    async with unhurried(tmp_path) as made:
        made.updates.fetching._patience_s = 0.2  # nobody of the tests waits five seconds for words
        yield made


@pytest.fixture
def passer(town: TelegramHouse) -> TgUser:
    """Somebody with a phone whom the committee does not know."""
    return town.server.user(7007, first_name="路人", language_code="zh-hans")


@pytest.mark.parametrize("caption", [JOB, f"/job {JOB}"])
async def test_a_photo_with_words_is_a_job_and_goes_to_whoever_takes_it(
    town: TelegramHouse, caption: str
) -> None:
    job = await posts(town, caption=caption)
    assert await kept(town, job) == 1
    assert f"图片已加到任务 {job}" in said(town, "zhao")[-1]
    assert photos(town, "wang") == []
    await claims(town)
    (seen,) = photos(town, "wang")
    assert looks_left_and_right(contents(town, seen)) == ("red", "green")
    assert seen.protected
    assert seen.silent, "their card has just rung"
    assert seen.raw.reply_to is not None
    assert seen.raw.reply_to.id == town.card("wang").id
    assert f"#{job}" in seen.text
    assert "图片 1" in town.card("wang").text


async def test_what_arrives_tells_nothing_of_where_and_by_whom_it_was_taken(town: TelegramHouse) -> None:
    """Telegram strips photos itself; files it does not."""
    await town.phone("zhao").sends_file(town.account, photo(), "IMG_1.jpg", "image/jpeg", JOB)
    await town.settles()
    await claims(town)
    (seen,) = photos(town, "wang")
    data = contents(town, seen)
    assert dict(opened(data).getexif()) == {}
    assert b"Invented Name" not in data


async def test_a_photo_that_replies_to_the_card_is_added_to_that_job(town: TelegramHouse) -> None:
    first = await town.posts(JOB)
    second = await town.posts("7号楼 搬米")
    await sends(town, "zhao", photo(), reply_to=town.card("zhao", f"#{first}"))
    assert (await kept(town, first), await kept(town, second)) == (1, 0)


async def test_a_photo_that_replies_to_ones_own_words_is_added_to_what_they_posted(
    town: TelegramHouse,
) -> None:
    words = await town.phone("zhao").writes(town.account, JOB)
    await town.settles()
    (job,) = await town.jobs()
    await town.posts("7号楼 搬米")
    await sends(town, "zhao", photo(), reply_to=words)
    assert await kept(town, job.id) == 1


async def test_words_below_a_photo_that_replies_to_a_card_are_taken_as_always(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    await sends(town, "zhao", photo(), "门牌是503", reply_to=town.card("zhao"))
    assert await kept(town, job) == 1
    assert "503" in (await town.home.store.private(town.home.committee_id, job)).text
    assert len(await town.jobs()) == 1


async def test_an_album_is_one_job_with_all_its_pictures(town: TelegramHouse) -> None:
    for on in (0, 2):
        await town.phone("zhao").sends_album(town.account, [photo(mark=str(n)) for n in range(3)], JOB, on=on)
        await town.settles()
        job = max(job.id for job in await town.jobs())
        assert await kept(town, job) == 3
        answers = [text for text in said(town, "zhao") if f"任务 {job}" in text and "图片" in text]
        assert len(answers) == 1, "three pictures are answered once"
    assert len(await town.jobs()) == 2
    await claims(town)
    assert len(photos(town, "wang")) == 3


async def test_an_album_that_replies_to_a_card_is_added_to_that_job(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    await town.phone("zhao").sends_album(town.account, [photo(), photo()], reply_to=town.card("zhao"))
    await town.settles()
    assert await kept(town, job) == 2


async def test_an_album_without_words_belongs_to_nothing_and_that_is_said_once(town: TelegramHouse) -> None:
    await town.posts(JOB)
    before = len(said(town, "zhao"))
    await town.phone("zhao").sends_album(town.account, [photo(), photo(), photo()])
    await town.settles()
    (told,) = said(town, "zhao")[before:]
    assert "哪个任务" in told
    assert sum([await kept(town, job.id) for job in await town.jobs()]) == 0


async def test_a_photo_without_words_belongs_to_nothing_and_that_is_said(town: TelegramHouse) -> None:
    """Not to the last job either: another resident's picture must not go to whoever took that one."""
    job = await town.posts(JOB)
    await sends(town, "zhao", photo())
    assert "哪个任务" in said(town, "zhao")[-1]
    assert await kept(town, job) == 0


async def test_a_photo_with_a_command_in_the_staff_group_is_kept_and_never_shown_there(
    town: TelegramHouse,
) -> None:
    zhao = town.phone("zhao")
    await zhao.sends_photo(town.desk_room, photo(), f"/job {JOB}")
    await town.settles()
    (job,) = await town.jobs()
    assert await kept(town, job.id) == 1
    card = next(each for each in zhao.sees(town.desk_room) if f"#{job.id}" in each.text)
    await zhao.sends_photo(town.desk_room, photo(), reply_to=card)
    await town.settles()
    assert await kept(town, job.id) == 2
    await claims(town)
    assert len(photos(town, "wang")) == 2
    for group in (town.room, town.desk_room):
        by_us = [each for each in town.phone("wang").sees(group) if each.raw.sender is town.account]
        assert {each.kind for each in by_us} <= {"text"}
        assert not any("图片" in each.text for each in by_us)


async def test_other_peoples_pictures_in_a_group_are_none_of_ours(town: TelegramHouse) -> None:
    town.account.reads_all = True
    job = await town.posts(JOB)
    before = said(town, "zhao")
    await town.phone("zhao").sends_photo(town.desk_room, photo(), "晚饭")
    await town.phone("zhao").sends_photo(town.desk_room, photo())
    await town.phone("zhao").sends_album(town.desk_room, [photo(), photo()])
    await town.settles()
    assert said(town, "zhao") == before
    assert await kept(town, job) == 0
    assert await town.home.store.wanted_pictures("telegram", town.home.clock.now() + HOUR, 10) == ()


@pytest.mark.parametrize("caption", ["", JOB])
async def test_a_strangers_photo_is_answered_and_not_even_fetched(
    town: TelegramHouse, passer: TgUser, caption: str
) -> None:
    await passer.sends_photo(town.account, photo(), caption)
    await town.settles()
    told = [each.text for each in passer.sees(town.account)]
    assert any("图片没有保存" in text for text in told)
    assert any("/join" in text or "加入" in text for text in told)
    assert await town.jobs() == ()
    assert town.server.count("getFile") == 0


@pytest.mark.parametrize("caption", ["", "看这里"])
async def test_a_photo_of_somebody_who_has_no_job_is_refused_clearly_and_not_fetched(
    town: TelegramHouse, caption: str
) -> None:
    job = await town.posts(JOB)
    await sends(town, "wang", photo(), caption, reply_to=town.card("wang"))
    assert "只收居委工作人员和手上有任务的人发的图片" in said(town, "wang")[-1]
    assert await kept(town, job) == 0
    assert town.server.count("getFile") == 0


@pytest.mark.parametrize("below", [True, False], ids=["below the card", "alone"])
async def test_what_a_claimer_found_goes_to_whoever_posted_the_job_and_away_with_the_claim(
    town: TelegramHouse, *, below: bool
) -> None:
    job = await town.posts(JOB)
    await claims(town)
    await sends(town, "wang", photo(), reply_to=town.card("wang") if below else None)
    assert await kept(town, job) == 1
    assert "只有工作人员能看到" in said(town, "wang")[-1]
    (seen,) = photos(town, "zhao")
    assert looks_left_and_right(contents(town, seen)) == ("red", "green")
    assert photos(town, "wang") == [], "they have it already"
    await gives_back(town)
    assert photos(town, "zhao") == []


async def test_a_document_reaches_the_claimer_as_pages_and_is_taken_back(town: TelegramHouse) -> None:
    await town.phone("zhao").sends_file(
        town.account, paper("Prescription", "Page two"), "rx.pdf", "application/pdf", JOB
    )
    await town.settles()
    assert "2张图片" in said(town, "zhao")[-1]
    await claims(town)
    pages = [opened(contents(town, seen)) for seen in photos(town, "wang")]
    assert [(page.format, page.size) for page in pages] == [("JPEG", (1131, 1600))] * 2
    await gives_back(town)
    assert photos(town, "wang") == []


@pytest.mark.parametrize(
    ("data", "name", "mime", "told", "fetched"),
    [
        (HTML, "page.html", "text/html", "不是能读取的图片", 0),
        (HTML, "photo.jpg", "image/jpeg", "不是能读取的图片", 1),
        (PROGRAM, "photo.png", "image/png", "不是能读取的图片", 1),
        (PROGRAM, "photo", None, "不是能读取的图片", 1),
        (photo()[:3000], "photo.jpg", "image/jpeg", "不是能读取的图片", 1),
        (b"%PDF-1.7 nothing", "rx.pdf", "application/pdf", "打不开", 1),
        (locked(), "rx.pdf", "application/pdf", "密码", 1),
        (bomb(), "photo.png", "image/png", "百万像素", 1),
        (moving("WEBP"), "photo.webp", "image/webp", "动图", 1),
        (photo(2100, 100), "long.jpg", "image/jpeg", "20 倍", 1),
        (photo() + bytes(LARGEST), "large.jpg", "image/jpeg", "超过 10 MB", 0),
        (photo() + bytes(21 * 2**20), "huge.jpg", "image/jpeg", "超过 10 MB", 0),
    ],
    ids=range(12),
)
async def test_a_file_that_is_no_picture_to_be_kept_is_refused_and_the_job_is_posted(
    town: TelegramHouse,
    caplog: pytest.LogCaptureFixture,
    data: bytes,
    name: str,
    mime: str | None,
    told: str,
    fetched: int,
) -> None:
    with caplog.at_level(logging.INFO):
        await town.phone("zhao").sends_file(town.account, data, name, mime, JOB)
        await town.settles()
    (job,) = await town.jobs()
    assert await kept(town, job.id) == 0
    assert told in said(town, "zhao")[-1]
    assert town.server.count("getFile") == fetched
    assert name not in ours(caplog)
    assert town.account.token not in ours(caplog)


async def test_the_size_that_telegram_tells_is_not_believed(
    town: TelegramHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tests.platforms.telegram_server.storage.Stored.document",
        lambda stored: {
            "file_id": stored.id,
            "file_unique_id": stored.unique,
            "file_size": 10,
            "mime_type": "image/jpeg",
        },
    )
    await town.phone("zhao").sends_file(town.account, photo() + bytes(LARGEST), "x.jpg", "image/jpeg", JOB)
    await town.settles()
    assert "超过 10 MB" in said(town, "zhao")[-1]


async def test_as_many_pictures_as_a_job_can_have_and_no_more(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    for _ in range(2):
        await town.phone("zhao").sends_album(town.account, [photo(40, 30)] * 6, reply_to=town.card("zhao"))
        await town.settles()
    assert await kept(town, job) == MOST
    assert f"已有 {MOST} 张图片" in said(town, "zhao")[-1]


async def test_a_photo_for_a_job_that_is_over_is_not_kept(town: TelegramHouse) -> None:
    job = await town.posts(JOB)
    card = town.card("zhao")
    await town.writes("zhao", f"/cancel {job}")
    await sends(town, "zhao", photo(), reply_to=card)
    assert await kept(town, job) == 0
    assert "结束" in said(town, "zhao")[-1]


async def test_no_log_line_tells_what_a_picture_shows_or_where_it_lies(
    town: TelegramHouse, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await posts(town)
        await claims(town)
        town.server.faults.fail(500, "Internal Server Error", "getFile", times=1)
        await sends(town, "zhao", photo(), reply_to=town.card("zhao"))
    assert town.account.token not in ours(caplog)
    for size in (
        each["message"]["photo"]
        for each in town.server.updates(town.account)
        if "photo" in each.get("message", {})
    ):
        assert size[-1]["file_id"] not in ours(caplog)
    assert "\\xff\\xd8" not in ours(caplog)


async def test_what_is_neither_a_picture_nor_a_place_is_said_not_to_be_kept(town: TelegramHouse) -> None:
    message = {
        "message_id": 77,
        "date": 1,
        "chat": {"id": 2001, "type": "private", "first_name": "赵"},
        "from": {"id": 2001, "is_bot": False, "first_name": "赵", "language_code": "zh-hans"},
        "voice": {"file_id": "x", "file_unique_id": "y", "duration": 3},
    }
    town.server.inject(town.account, {"message": message | {"caption": JOB}})
    town.server.inject(town.account, {"message": message})
    await town.settles()
    assert len(await town.jobs()) == 1
    assert any("只读取了文字" in text for text in said(town, "zhao"))
    assert "照片和位置" in said(town, "zhao")[-1]
