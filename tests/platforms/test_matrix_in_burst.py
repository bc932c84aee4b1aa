"""Many people tap the same card in the same moment."""

import asyncio
from pathlib import Path

from dispatch import register
from tests.platforms.house import COMMITTEE
from tests.platforms.matrix_hearing import committee, followed, hearing
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.thumb import Thumb
from tests.platforms.matrix_server.wire import Json, path

CROWD = 56
"""People of one room. The bench has all 280 (`bench.matrix_burst`); here it is to take seconds."""

SEVERAL = 5
"""Taps of each: another spelling of the sign, another tap. Together they are 280."""


def _volunteers(thumbs: list[Thumb]) -> list[Json]:
    known = COMMITTEE["people"]
    assert isinstance(known, list)
    like = next(person for person in known if person["key"] == "wang")
    return [
        like | {"key": f"v{number}", "name": f"邻居{number}", "addresses": {"matrix": thumb.user_id}}
        for number, thumb in enumerate(thumbs)
    ]


async def test_280_taps_on_one_card_have_one_winner_one_answer_and_a_few_edits(
    tmp_path: Path, synapse: Synapse
) -> None:
    """CONFORMANCE 28: 280 taps by 56 people on one card in one room."""
    async with hearing(tmp_path, synapse) as town:
        members = synapse.populate([("crowd", "crowd")] * CROWD)
        thumbs = [Thumb(synapse.url, member) for member in members]
        await asyncio.gather(*(thumb.wire.call("POST", path("join", town.room_id)) for thumb in thumbs))
        accounts = {key: phone.member for key, phone in town.phones.items()}
        file = committee(accounts, town.room_id, town.desk_id)
        people = file["people"]
        assert isinstance(people, list)
        whole = file | {"people": [*people, *_volunteers(thumbs)]}
        job, card = await town.announced("7号楼 送药")
        await town.home.store.load(register.parse("whole.toml", whole), prune=False, demo=False)
        async with followed(town):
            await asyncio.gather(
                *(
                    thumb.react(town.room_id, card.event_id, "✅" + "\ufe0f" * number)
                    for number in range(SEVERAL)
                    for thumb in thumbs
                )
            )
            await town.settles()
            situation = await town.state(job)
            li = town.phone("li")
            await li.wait_for(lambda: li.room(town.room_id).thread(card.event_id), "the answer")
            await li.sync()
        room = li.room(town.room_id)
        (answer,) = room.thread(card.event_id)
        (claim,) = situation.claims
        assert situation.roster.people[claim.person_id].name in answer.body
        assert len(situation.waiting) == CROWD - 1
        assert answer.edits == 0
        assert room.message(card.event_id).edits <= 5
        own = [each for each in room.events if each["sender"] == town.bot.user_id]
        assert len(own) <= 12  # the card and its edits, reactions put and taken away, one answer
        for thumb in thumbs:
            await thumb.wire.close()
