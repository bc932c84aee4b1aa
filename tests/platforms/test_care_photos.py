"""Pictures of somebody's own device: added to the care plan on its page, with whoever has its next job."""

import io
import re

from aiohttp import FormData

from dispatch import register
from dispatch.care import NOBODY
from dispatch.tending import Tending
from dispatch.verbs import Verb
from tests.photos import looks_left_and_right, moving, opened, photo
from tests.platforms.house import COMMITTEE, Browser, House, browser
from tests.platforms.scenery import CARE, does


async def planned(home: House) -> int:
    """The committee with a care plan; its number."""
    file = register.parse("care.toml", {**COMMITTEE, "care": [CARE]})
    await home.store.load(file, prune=False, demo=False)
    (plan,) = await home.store.care_plans(home.committee_id)
    return plan.id


async def send(client: Browser, plan: int | str, data: bytes) -> tuple[int, str]:
    form = FormData()
    form.add_field("plan", str(plan))
    form.add_field("photo", io.BytesIO(data), filename="device.jpg", content_type="image/jpeg")
    answer = await client.post("/care/photo", form)
    return answer.status, await answer.text()


async def opens(home: House, plan: int) -> int:
    """Nobody who usually does it can come, so the plan's next job is open."""
    said = await Tending(home.service).cannot_come(await home.person("zhao"), plan, NOBODY)
    assert said.job_id is not None
    return said.job_id


async def test_staff_add_a_picture_of_the_device_and_whoever_has_the_job_sees_it_as_long_as_they_do(
    home: House,
) -> None:
    plan = await planned(home)
    async with browser(home, "zhao") as staff:
        assert "/care/picture/" not in await (await staff.get("/care")).text()
        status, page = await send(staff, plan, photo(mark="1"))
        assert (status, 'class="said good"' in page) == (200, True)
        (path,) = re.findall(r'href="(/care/picture/[^"]+)"', page)
        assert looks_left_and_right(await (await staff.get(path)).read()) == ("red", "green")
        small = opened(await (await staff.get(path.replace("picture", "thumbnail"))).read())
        assert max(small.size) < 640
        _, page = await send(staff, plan, photo(mark="1"))
        assert 'class="said bad"' in page
        assert page.count('href="/care/picture/') == 1, "the same photo is one"

        job = await opens(home, plan)
        async with browser(home, "wang") as client:
            assert "/thumbnail/" not in await (await client.get("/")).text()
            assert (await client.get(f"/picture/{job}/1")).status == 404
            assert (await client.get(path)).status == 404, "a plan's pictures are the desk's"
            await does(home, "wang", Verb.CLAIM, job)
            assert f"/thumbnail/{job}/1" in await (await client.get("/")).text()
            seen = await (await client.get(f"/picture/{job}/1")).read()
            assert looks_left_and_right(seen) == ("red", "green")
            await does(home, "wang", Verb.RELEASE, job)
            assert (await client.get(f"/picture/{job}/1")).status == 404

        name = path.removeprefix("/care/picture/")
        page = await (await staff.post("/care/photo/remove", {"name": name})).text()
        assert 'class="said good"' in page
        assert "/care/picture/" not in page
        assert (await staff.get(path)).status == 404
        assert (await staff.get(f"/picture/{job}/1")).status == 404


async def test_what_is_no_picture_and_whoever_may_not_change_the_register_is_refused(home: House) -> None:
    plan = await planned(home)
    async with browser(home, "zhao") as staff:
        for data in (b"MZ no picture", moving("GIF"), photo()[:60]):
            status, page = await send(staff, plan, data)
            assert (status, 'class="said bad"' in page) == (200, True)
        assert (await send(staff, "x", photo()))[0] == 400
        status, page = await send(staff, plan + 1, photo())
        assert (status, 'class="said bad"' in page) == (200, True)
    async with browser(home, "li") as carer:
        assert (await carer.get("/care")).status == 200, "whoever usually does it reads the page"
        assert 'action="/care/photo"' not in await (await carer.get("/care")).text()
        assert (await send(carer, plan, photo()))[0] == 404
        assert (await carer.post("/care/photo/remove", {"name": "a-1"})).status == 404
    assert await home.store.care_pictures(home.committee_id) == {}
