"""Many taps on one card (CONFORMANCE.md 12 for two people on one platform, and 28)."""

import asyncio

from tests.stories.committee import COMMITTEE, tables
from tests.stories.world import World

TAPS = {"web": 280, "telegram": 280, "matrix": 40}
"""Taps, each of somebody else. On Matrix a tap costs the tests' homeserver some 40 ms, and each account as
much again: there 56 people tap 280 times (`tests/platforms/test_matrix_in_burst.py`), and the bench has all
280 (`bench.matrix_burst`)."""


async def test_two_volunteers_tap_in_the_same_second_and_the_loser_learns_who_won(world: World) -> None:
    lin = await world.person("lin")
    await lin.writes("3号楼502 敲门无应答")
    job = await world.job()
    ana, ben = await world.person("v3"), await world.person("v4")
    fingers = [await one.aims("claim", job) for one in (ana, ben)]
    await asyncio.gather(*(press() for press in fingers))
    await world.settles()
    claims = (await world.state(job)).claims
    assert len(claims) == 1
    winner, loser = (ana, ben) if claims[0].person_id == ana.id else (ben, ana)
    assert winner.name in loser.said
    assert winner.name in (await loser.looks()).card(job)
    assert not await loser.sees("502", job)
    assert await winner.sees("502", job)


async def test_conformance_28_a_crowds_taps_on_one_card_have_one_winner_and_as_many_answers(
    world: World,
) -> None:
    taps = TAPS[world.platform]
    extra = [
        {"key": f"x{number}", "name": f"群众{number}", "roles": ["volunteer"], "trusted": True}
        for number in range(taps)
    ]
    await world.founds({**COMMITTEE, "people": [*tables(COMMITTEE, "people"), *extra]})
    crowd = [await world.person(str(one["key"])) for one in extra]
    await (await world.person("lin")).writes("7-502 胰岛素用完 中山医院")
    job = await world.job()
    await world.fast_forward(minutes=6.5)  # by then the whole group was asked
    ((before,),) = await world.rows("SELECT max(id) FROM outbox")
    fingers = [await one.aims("claim", job) for one in crowd]
    answers = await asyncio.gather(*(press() for press in fingers))
    await world.settles()
    assert len(answers) == taps
    assert all(answers)
    situation = await world.state(job)
    winners = [claim for claim in situation.claims if claim.holds_place]
    assert len(winners) == 1
    winner = situation.roster.people[winners[0].person_id]
    # Everybody learns who won: from the answer, or, where a slow machine only let them be told that the card
    # will show it, from the card.
    for one, answer in zip(crowd, answers, strict=True):
        if one.id != winner.id:
            assert winner.name in answer or winner.name in (await one.looks()).card(job)
    assert len(situation.waiting) == taps - 1
    # How often the card of somebody who was only asked was sent, on average.
    ((sent,),) = await world.rows(
        "SELECT count(*) * 1.0 / count(DISTINCT address_id) FROM outbox JOIN addresses ON"
        " addresses.id = address_id JOIN people ON people.id = person_id"
        " WHERE outbox.id > ? AND people.key LIKE 'x%'",
        before,
    )
    assert float(str(sent)) <= 5
