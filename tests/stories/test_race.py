"""Many taps on one card (CONFORMANCE.md 12 for two pages, and 28)."""

import asyncio
import sqlite3
from contextlib import closing

from store.schema import DATABASE
from tests.stories.world import COMMITTEE, World


async def test_two_volunteers_tap_in_the_same_second_and_the_loser_learns_who_won(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("3号楼502 敲门无应答")
    job = await world.job()
    ana, ben = await world.person("v3"), await world.person("v4")
    await asyncio.gather(ana.taps("claim", job), ben.taps("claim", job))
    claims = (await world.state(job)).claims
    assert len(claims) == 1
    winner, loser = (ana, ben) if claims[0].person_id == ana.id else (ben, ana)
    assert winner.name in loser.said
    assert winner.name in (await loser.looks()).card(job)
    assert not await loser.sees("502", job)


async def test_280_taps_on_one_card_have_one_winner_and_280_answers(world: World) -> None:
    extra = [
        {"key": f"x{number}", "name": f"群众{number}", "roles": ["volunteer"], "trusted": True}
        for number in range(280)
    ]
    people = [*list(COMMITTEE["people"]), *extra]  # type: ignore[call-overload]  # a file's table
    await world.founds({**COMMITTEE, "people": people})
    crowd = [await world.person(str(one["key"])) for one in extra]
    await (await world.person("lin")).writes("3号楼502 敲门无应答")
    job = await world.job()
    rows_before = await _rows(world)
    answers = await asyncio.gather(*(one.taps("claim", job) for one in crowd))
    assert len(answers) == 280
    assert all(answers)
    situation = await world.state(job)
    winners = [claim for claim in situation.claims if claim.holds_place]
    assert len(winners) == 1
    name = situation.roster.people[winners[0].person_id].name
    assert sum(name in answer for answer in answers) >= 279
    assert len(situation.waiting) == 279
    assert await _edits_a_card(world, rows_before) <= 5


async def _rows(world: World) -> int:
    with closing(sqlite3.connect(world.data / DATABASE)) as connection:
        return int(connection.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0])


async def _edits_a_card(world: World, since: int) -> float:
    """How often the card of somebody who was only asked was sent, on average."""
    with closing(sqlite3.connect(world.data / DATABASE)) as connection:
        query = (
            "SELECT count(*) * 1.0 / count(DISTINCT address_id) FROM outbox JOIN addresses ON"
            " addresses.id = address_id JOIN people ON people.id = person_id"
            " WHERE outbox.id > ? AND people.key LIKE 'x%'"
        )
        return float(connection.execute(query, (since,)).fetchone()[0])
