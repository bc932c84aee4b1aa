"""Those who ask the same in the same moment are given one look, and never one from before they asked."""

import asyncio

import pytest

from store.together import Together


class Looks:
    """Counts looks at something that changes; each takes until it is let go on."""

    def __init__(self) -> None:
        self.truth = 0
        self.begun = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def look(self, key: str) -> tuple[str, int]:
        """What was true when it began."""
        self.begun += 1
        found = self.truth
        await self.go_on.wait()
        if key == "nobody":
            raise LookupError(key)
        return key, found


@pytest.fixture
async def looks() -> Looks:
    return Looks()


async def test_all_who_ask_at_once_are_answered_by_one_look(looks: Looks) -> None:
    shared = Together(looks.look)
    found = await asyncio.gather(*(shared.ask(key) for key in ("a", "b", "a", "a")))
    assert found == [("a", 0), ("b", 0), ("a", 0), ("a", 0)]
    assert looks.begun == 2


async def test_whoever_asks_once_it_has_begun_is_not_given_what_was_read_before(looks: Looks) -> None:
    shared = Together(looks.look)
    looks.go_on.clear()
    early = asyncio.create_task(shared.ask("a"))
    while not looks.begun:  # noqa: ASYNC110 - nobody says that it has begun
        await asyncio.sleep(0)
    looks.truth = 1
    late = asyncio.create_task(shared.ask("a"))
    await asyncio.sleep(0)
    looks.go_on.set()
    assert (await early, await late) == (("a", 0), ("a", 1))


async def test_a_failure_is_told_to_all_and_the_next_look_is_another(looks: Looks) -> None:
    shared = Together(looks.look)
    told = await asyncio.gather(*(shared.ask("nobody") for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in told] == [LookupError] * 3
    with pytest.raises(LookupError):
        await shared.ask("nobody")
    assert looks.begun == 2


async def test_whoever_stops_waiting_stops_no_other(looks: Looks) -> None:
    shared = Together(looks.look)
    looks.go_on.clear()
    first, second = (asyncio.create_task(shared.ask("a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    looks.go_on.set()
    assert await second == ("a", 0)
    assert first.cancelled()
