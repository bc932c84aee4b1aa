"""The load on the board: figures of the week, and nobody's name."""

import re

from dispatch.verbs import Verb
from tests.platforms.house import House, browser
from tests.platforms.test_web_board import post, tap


async def test_the_board_tells_the_weeks_figures_and_no_name(home: House) -> None:
    await post(home)
    await tap(home, "li", Verb.CLAIM)
    async with browser(home, "zhao") as client:
        page = await (await client.get("/board?language=en")).text()
    (tile,) = re.findall(r'<section class="load".*?</section>', page, flags=re.DOTALL)
    assert re.search(r"never asked</span> <b>\d+/\d+</b>", tile)
    assert "Gini of jobs" in tile
    names = [person.name for person in (await home.service.roster(home.committee_id)).people.values()]
    assert not any(name in tile for name in names)
