"""Leaders in isolation, as advisers or out: they read the brief, write notes, and are called for nothing."""

import pytest

from tests.stories.acting import KNOCK
from tests.stories.committee import COMMITTEE, tables
from tests.stories.world import World


@pytest.mark.parametrize("key", ["old", "zhao"])
async def test_isolated_leaders_read_the_brief_and_write_notes_and_are_called_for_nothing(
    chats: World, key: str
) -> None:
    adviser = {"key": "old", "name": "老书记", "roles": ["adviser"], "language": "zh_CN"}
    await chats.founds({**COMMITTEE, "people": [*tables(COMMITTEE, "people"), adviser]})
    one = await chats.member(key)
    if key == "zhao":
        await one.writes("/out")
    await (await chats.member("lin")).writes(KNOCK)
    job = await chats.job()
    await chats.fast_forward(minutes=20)
    assert f"#{job}" in await one.writes("/brief")
    assert await one.writes(f"/brief {job} 她女儿有钥匙")
    await one.writes("/jobs")
    assert await one.writes("备注 先打给门卫", about=job)
    notes = [each.note for each in await chats.store.timeline(chats.committee.id, job) if each.note]
    assert notes[-2:] == ["她女儿有钥匙", "先打给门卫"]
    assert await one.sees("她女儿有钥匙", job)
    assert key not in await chats.called(job)


@pytest.mark.parametrize("key", ["old", "zhao"])
async def test_on_their_page_isolated_leaders_read_notes_and_write_them(pages: World, key: str) -> None:
    adviser = {"key": "old", "name": "老书记", "roles": ["adviser"], "language": "zh_CN"}
    await pages.founds({**COMMITTEE, "people": [*tables(COMMITTEE, "people"), adviser]})
    one, lin = await pages.visitor(key), await pages.visitor("lin")
    if key == "zhao":
        await one.is_out()
    await lin.writes(KNOCK)
    job = await pages.job()
    await lin.taps("note", job, text="她女儿有钥匙")
    assert await one.sees("她女儿有钥匙", job)
    await one.taps("note", job, text="先打给门卫")
    assert await one.sees("先打给门卫", job)
    assert await lin.sees("先打给门卫", job)
    (*_, last) = await pages.store.timeline(pages.committee.id, job)
    assert (last.note, last.actor_id) == ("先打给门卫", one.id)
    offered = (await one.looks()).buttons(job)
    assert "note" in offered
    if key == "old":  # an adviser does nothing else; who is out may do what they could before
        assert offered.isdisjoint({"claim", "acknowledge", "finish_for", "cancel"})
    status, brief = await one.fetches("/brief")
    assert status == 200
    assert f"#{job}" in brief
    await pages.fast_forward(minutes=60)
    assert key not in await pages.called(job)
