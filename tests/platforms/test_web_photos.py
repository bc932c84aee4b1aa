"""Photos sent from a page: the same checks and the same store as those from the chats."""

import io

import pytest
from aiohttp import FormData
from PIL import Image

from bot.web.photos import DRAINED
from dispatch.pictures import MOST
from dispatch.verbs import Verb
from tests.buckets.server import nowhere
from tests.papers import SCRIPT as SCRIPT_OF_A_PDF
from tests.papers import locked, paper
from tests.photos import opened, photo
from tests.platforms.house import SCRIPT, Browser, House, browser
from tests.platforms.scenery import does, posts

KNOCK = "3号楼502 敲门无应答"


async def send(
    client: Browser, job: int | str, data: bytes, name: str = "photo.jpg", mime: str = "image/jpeg"
) -> tuple[int, str]:
    """Send the form as htmx does; the status and what is said."""
    form = FormData()
    form.add_field("job", str(job))
    form.add_field("photo", io.BytesIO(data), filename=name, content_type=mime)
    answer = await client.post("/photo", form, SCRIPT | {"Origin": client.origin})
    return answer.status, await answer.text()


async def count(home: House, job: int) -> int:
    return (await home.store.situation(home.committee_id, job)).job.pictures


async def test_staff_add_one_to_a_job_and_the_claimer_sees_it(home: House) -> None:
    (job,) = await posts(home, KNOCK)
    async with browser(home, "zhao") as staff:
        status, said = await send(staff, job, photo(mark="1"))
        assert (status, 'class="said good"' in said) == (200, True)
        assert f"/thumbnail/{job}/1" in said
    await does(home, "wang", Verb.CLAIM, job)
    async with browser(home, "wang") as client:
        assert opened(await (await client.get(f"/picture/{job}/1")).read()).size == (640, 480)


async def test_the_claimer_adds_what_they_found(home: House) -> None:
    (job,) = await posts(home, KNOCK)
    async with browser(home, "wang") as client:
        assert 'action="/photo"' not in await (await client.get("/")).text()
        assert (await send(client, job, photo(mark="1")))[0] == 200
        assert await count(home, job) == 0  # not theirs yet
        await does(home, "wang", Verb.CLAIM, job)
        assert 'action="/photo"' in await (await client.get("/")).text()
        await send(client, job, photo(mark="1"))
        assert await count(home, job) == 1
        await does(home, "wang", Verb.RELEASE, job)
        await send(client, job, photo(mark="2"))
        assert await count(home, job) == 1  # not theirs any more


async def test_a_document_is_its_pages_for_the_claimer_and_opens_nothing_but_pictures(home: House) -> None:
    (job,) = await posts(home, KNOCK)
    sent = paper("Prescription", "Page two", catalog=SCRIPT_OF_A_PDF)
    async with browser(home, "zhao") as staff:
        status, said = await send(staff, job, sent, "prescription.pdf", "application/pdf")
        assert (status, "2张图片" in said) == (200, True)
        await send(staff, job, sent, "prescription.pdf", "application/pdf")
        assert await count(home, job) == 2
        status, said = await send(staff, job, paper(*"123456789"), "long.pdf", "application/pdf")
        assert (status, "9页" in said, "8张" in said) == (200, True, True)
        status, said = await send(staff, job, locked(), "locked.pdf", "application/pdf")
        assert (status, "密码" in said) == (200, True)
        assert await count(home, job) == 2
    await does(home, "wang", Verb.CLAIM, job)
    async with browser(home, "wang") as client:
        for number in (1, 2):
            answer = await client.get(f"/picture/{job}/{number}")
            assert answer.content_type == "image/jpeg"
            assert opened(await answer.read()).size == (1131, 1600)
        await does(home, "wang", Verb.RELEASE, job)
        assert (await client.get(f"/picture/{job}/1")).status == 404


async def test_while_the_bucket_is_away_the_page_says_so_and_the_job_goes_on(home: House) -> None:
    (job,) = await posts(home, KNOCK)
    home.store._bucket = nowhere()
    async with browser(home, "zhao") as staff:
        status, said = await send(staff, job, photo())
        assert (status, "存放图片的地方暂时没有回应" in said) == (200, True)
    assert await count(home, job) == 0
    await does(home, "wang", Verb.CLAIM, job)
    home.store._bucket = None
    async with browser(home, "wang") as client:
        assert (await send(client, job, photo()))[0] == 200
    assert await count(home, job) == 1


async def test_the_same_photo_sent_twice_is_one(home: House) -> None:
    (job,) = await posts(home, KNOCK)
    data = photo(mark="1")
    async with browser(home, "zhao") as staff:
        await send(staff, job, data)
        status, said = await send(staff, job, data)
    assert (status, "任务里已经有了" in said) == (200, True)
    assert await count(home, job) == 1


async def test_without_scripts_the_form_leads_back_to_the_page(home: House) -> None:
    (job,) = await posts(home, KNOCK)
    form = FormData()
    form.add_field("job", str(job))
    form.add_field("photo", photo(), filename="x.jpg", content_type="image/jpeg")
    async with browser(home, "zhao") as staff:
        answer = await staff.post("/photo", form)
        assert (answer.status, answer.url.path) == (200, "/")
        assert 'class="said good"' in await answer.text()


def _moving() -> bytes:
    made = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(made, "WEBP", save_all=True, append_images=frames[1:])
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"MZ\x90\x00" + b"\0" * 5000, "不是"),
        (b"", "不是"),
        (photo()[:900], "不是"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是"),
        (_moving(), "动图"),
        (b"\xff\xd8" + b"\0" * (20 * 2**20), "10"),
    ],
    ids=["a renamed executable", "nothing", "cut off", "a drawing with a script", "animated", "20 MB"],
)
async def test_what_is_no_photo_is_refused_in_the_readers_words(home: House, data: bytes, said: str) -> None:
    (job,) = await posts(home, KNOCK)
    async with browser(home, "zhao") as staff:
        status, answer = await send(staff, job, data)
    assert (status, 'class="said bad"' in answer, said in answer) == (200, True, True), answer
    assert await count(home, job) == 0


async def test_a_flood_of_bytes_is_cut_off(home: House) -> None:
    (job,) = await posts(home, KNOCK)
    async with browser(home, "zhao") as staff:
        status, _ = await send(staff, job, b"\0" * (DRAINED + 2**20))
    assert (status, await count(home, job)) == (413, 0)


@pytest.mark.parametrize("job", ["", "x", "-1", "9" * 40, "99999999"])
async def test_a_job_that_is_not_there_gets_none(home: House, job: str) -> None:
    async with browser(home, "zhao") as staff:
        status, said = await send(staff, job, photo())
    assert status == 400 or 'class="said bad"' in said


async def test_a_form_of_another_shape_or_from_another_site_adds_nothing(home: House) -> None:
    (job,) = await posts(home, KNOCK)
    async with browser(home, "zhao") as staff:
        assert (await staff.post("/photo", {"job": str(job), "photo": "x"})).status == 400
        other = {"Origin": "https://elsewhere.test", "Content-Type": "multipart/form-data; boundary=x"}
        assert (await staff.post("/photo", b"--x--", other)).status == 403
        broken = {"Origin": staff.origin, "Content-Type": "multipart/form-data; boundary=x"}
        assert (await staff.post("/photo", b"no form at all", broken)).status == 400
    assert await count(home, job) == 0


async def test_a_full_job_says_so_and_offers_no_more(home: House) -> None:
    (job,) = await posts(home, KNOCK)
    async with browser(home, "zhao") as staff:
        for number in range(MOST):
            await send(staff, job, photo(40, 30, mark=str(number)))
        assert await count(home, job) == MOST
        assert 'action="/photo"' not in await (await staff.get("/")).text()
        assert 'class="said bad"' in (await send(staff, job, photo(mark="more")))[1]
