"""The log of a job that everybody on the ladder reads and adds to: who was called, who was silent, what was
done (FIELD_NOTES.md, R13)."""

from collections.abc import Mapping

from tests.stories.committee import COMMITTEE, table, tables
from tests.stories.world import World

KNOCK = "3号楼502 敲门无应答"
REFUSED = "打过电话，三院拒收"
ON_LADDER: Mapping[str, object] = {
    **COMMITTEE,
    "people": [
        *tables(COMMITTEE, "people"),
        {"key": "he", "name": "何组长", "roles": ["leader"], "language": "zh_CN", "trusted": True},
    ],
    "ladder": {**table(COMMITTEE, "ladder"), "deputy": ["he"]},
}
"""A group leader stands on the second rung."""


async def test_whoever_was_called_notes_and_everybody_called_reads_it(world: World) -> None:
    await world.founds(ON_LADDER)
    lin, he, desk = [await world.person(key) for key in ("lin", "he", "desk")]
    await lin.writes(KNOCK)
    job = await world.job()
    assert "note" not in (await he.looks()).buttons(job)
    await world.fast_forward(minutes=12)
    assert {"zhao", "he", "desk"} <= await world.called(job)
    await he.taps("note", job, text=REFUSED)
    for reader in (lin, he, desk, await world.person("zhao")):
        assert await reader.sees(REFUSED, job), reader.name
    assert await desk.sees("没有应答：", job)
    assert await desk.sees("赵书记", job)
    await desk.taps("note", job, text="已催办120")
    assert await he.sees("已催办120", job)


async def test_a_note_is_sealed_where_it_is_kept_and_stays_out_of_every_room(world: World) -> None:
    await world.founds(ON_LADDER)
    lin, he = await world.person("lin"), await world.person("he")
    await lin.writes(KNOCK)
    job = await world.job()
    await world.fast_forward(minutes=12)
    await he.taps("note", job, text=REFUSED)
    assert not any(
        REFUSED in str(row) for row in await world.rows("SELECT * FROM ledger WHERE job_id = ?", job)
    )
    assert not any(REFUSED in said for said in world.posted())
    ana = await world.person("v3")
    assert not any(REFUSED in said for said in ana.received())


async def test_a_leader_who_was_not_called_notes_nothing(world: World) -> None:
    await world.founds(ON_LADDER)
    lin, he = await world.person("lin"), await world.person("he")
    await lin.writes(KNOCK)
    before = await world.state(await world.job())
    await he.forges("note", before.job.id, text=REFUSED)
    assert await world.state(before.job.id) == before


async def test_in_a_chat_a_note_is_a_reply_to_the_card_or_a_command(chats: World) -> None:
    await chats.founds(ON_LADDER)
    lin, he = await chats.member("lin"), await chats.member("he")
    await lin.writes(KNOCK)
    job = await chats.job()
    await chats.fast_forward(minutes=4)
    assert await he.writes(REFUSED, about=job)
    assert await he.writes(f"/note {job} 已联系女儿")
    assert await he.writes(f"备注 {job} 女儿在路上")
    notes = [entry.note for entry in await chats.store.timeline(chats.committee.id, job) if entry.note]
    assert notes == [REFUSED, "已联系女儿", "女儿在路上"]
    assert all([await lin.sees(note, job) for note in notes])
