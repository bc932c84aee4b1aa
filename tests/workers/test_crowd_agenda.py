"""The crowd's agenda: one entry a key, the newest, in order of time, and never too many."""

from bot.crowd.agenda import Agenda


async def test_what_is_due_first_comes_first() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.plan("b", "later", 0.02)
    agenda.plan("a", "sooner", 0.0)
    assert [(await agenda.next())[1], (await agenda.next())[1]] == ["sooner", "later"]


async def test_a_newer_thought_replaces_the_older_one() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.plan("a", "old", 0.0)
    agenda.plan("a", "new", 0.0)
    agenda.plan("b", "last", 0.01)
    assert [(await agenda.next())[1], (await agenda.next())[1]] == ["new", "last"]


async def test_what_was_dropped_is_not_done() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.plan("a", "dropped", 0.0)
    agenda.drop("a")
    agenda.plan("b", "done", 0.0)
    assert await agenda.next() == ("b", "done")
    assert len(agenda) == 0


async def test_it_never_grows_beyond_its_limit() -> None:
    agenda: Agenda[int] = Agenda(at_most=3)
    assert [agenda.plan(number, number, 9.0) for number in range(5)] == [True, True, True, False, False]
    for again in range(50):
        assert agenda.plan(1, again, 9.0)
    assert len(agenda) == 3
    assert len(agenda._heap) <= 6
