"""The load on the board: figures of the week, and nobody's name."""

import re

from dispatch.moments import HOUR, SECOND
from dispatch.verbs import Verb
from tests.platforms.house import House, browser
from tests.platforms.test_web_board import post, tap


async def test_the_board_tells_the_weeks_figures_and_no_name(home: House) -> None:
    home.clock.forward(HOUR / SECOND)  # a quarter past eleven at night
    secretary = await home.address("qian")
    with home.gateway.streams.page(secretary.id, "zh_CN", lambda: True):  # a life is at stake: it rings
        await post(home)
    await tap(home, "li", Verb.CLAIM)
    async with browser(home, "zhao") as client:
        page = await (await client.get("/board?language=en")).text()
    (tile,) = re.findall(r'<section class="load".*?</section>', page, flags=re.DOTALL)
    figures = dict(re.findall(r"<span>(.*?)</span> <b>(.*?)</b>", tile))
    assert figures == {
        "never asked": "1/3",
        "offers a person": "0.7, at most 1",
        "jobs a person": "0.3, at most 1",
        "Gini of jobs": "0.67",  # one of three has the only one
        "alarms last night": "1",
        "longest watch": "7 days",
    }
    names = [person.name for person in (await home.service.roster(home.committee_id)).people.values()]
    assert not any(name in tile for name in names)
