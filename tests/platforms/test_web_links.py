"""Personal links and cookies: what they open, and everything that they must not."""

from dataclasses import replace

import pytest

from bot.web.links import (
    COOKIE_MAX_AGE_S,
    FLASH_CHARACTERS,
    LINK_MAX_AGE_S,
    Links,
)
from dispatch.errors import LinkExpiredError, LinkForgedError
from dispatch.moments import SECOND
from dispatch.people import Person, Role
from handlers.messages import Ticking
from tests.platforms.clocks import SetClock

WANG = Person(
    id=11,
    committee_id=1,
    key="wang",
    name="王阿姨",
    language="zh_CN",
    roles=frozenset({Role.VOLUNTEER}),
    link_epoch=2,
)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def links(clock: SetClock) -> Links:
    return Links(b"a secret of the test", "http://suidao.test/", clock)


def token(links: Links, person: Person = WANG) -> str:
    return links.link(person).removeprefix("http://suidao.test/join/")


def test_a_link_opens_as_often_as_it_is_tapped(links: Links) -> None:
    made = token(links)
    assert [links.open(made), links.open(made)] == [(1, 11, 2), (1, 11, 2)]


def test_a_link_says_nothing_about_the_person(links: Links) -> None:
    assert "wang" not in links.link(WANG)
    assert token(links).isascii()


def test_a_link_is_good_for_a_month_and_not_a_second_longer(links: Links, clock: SetClock) -> None:
    made = token(links)
    clock.forward(LINK_MAX_AGE_S)
    assert links.open(made) == (1, 11, 2)
    clock.forward(1)
    with pytest.raises(LinkExpiredError):
        links.open(made)


def test_a_wall_clock_that_steps_back_signs_nobody_out(links: Links, clock: SetClock) -> None:
    made = links.cookie(WANG)
    clock.forward(-3600)
    assert links.read_cookie(made) == (1, 11, 2)


def test_a_cookie_lasts_longer_than_a_link(links: Links, clock: SetClock) -> None:
    made = links.cookie(WANG)
    clock.forward(COOKIE_MAX_AGE_S)
    assert links.read_cookie(made) == (1, 11, 2)
    clock.forward(1)
    with pytest.raises(LinkExpiredError):
        links.read_cookie(made)


@pytest.mark.parametrize(
    "forged",
    ["", "x", "..", "a.b.c", "WzEsMTEsMl0", "é" * 40, "\x00", "A" * 10_000, "WzEsMTEsMl0.aaaa.bbbbbbbbbbbb"],
)
def test_whatever_was_not_made_here_is_refused(links: Links, forged: str) -> None:
    with pytest.raises(LinkForgedError):
        links.open(forged)
    with pytest.raises(LinkForgedError):
        links.read_cookie(forged)


def test_a_link_that_lost_or_changed_a_letter_is_refused(links: Links) -> None:
    made = token(links)
    for broken in (made[:-1], made[1:], made + "A", made.replace(".", "", 1)):
        with pytest.raises(LinkForgedError):
            links.open(broken)


def test_a_link_cannot_be_used_as_a_cookie_nor_a_cookie_as_a_link(links: Links) -> None:
    with pytest.raises(LinkForgedError):
        links.read_cookie(token(links))
    with pytest.raises(LinkForgedError):
        links.open(links.cookie(WANG))


def test_another_secret_opens_nothing(links: Links, clock: SetClock) -> None:
    other = Links(b"another secret", "http://suidao.test", clock)
    with pytest.raises(LinkForgedError):
        other.open(token(links))


def test_a_new_epoch_makes_a_different_link(links: Links) -> None:
    assert links.open(token(links, replace(WANG, link_epoch=3))) == (1, 11, 3)


def test_a_flash_is_shown_for_a_minute(links: Links, clock: SetClock) -> None:
    made = links.flash("李师傅已经认领。", ok=False)
    assert links.read_flash(made) == (False, "李师傅已经认领。")
    clock.forward(61)
    assert links.read_flash(made) is None


def test_a_flash_that_was_not_made_here_is_not_shown(links: Links) -> None:
    assert links.read_flash("W3RydWUsImhpIl0.x.y") is None
    assert links.read_flash(links.cookie(WANG)) is None


def test_the_longest_flash_fits_a_cookie(links: Links) -> None:
    made = links.flash("".join(chr(0x4E00 + n) for n in range(5000)), ok=True)
    assert len(made) < 4000
    assert len((links.read_flash(made) or (True, ""))[1]) == FLASH_CHARACTERS


def test_fingerprints_are_equal_for_equal_words_only(links: Links) -> None:
    assert links.fingerprint("a", "b") == links.fingerprint("a", "b")
    assert len({links.fingerprint("a", "b"), links.fingerprint("ab"), links.fingerprint("a", "c")}) == 3


def test_cookies_are_kept_to_https_where_the_outside_is_https() -> None:
    assert Links(b"s", "https://suidao.test").secure
    assert not Links(b"s", "http://192.0.2.7:8080").secure


def ticking(clock: SetClock) -> Ticking:
    return Ticking(ticket=(1, 11, 2), job_id=42, claim=3, until=clock.now() + 60 * SECOND)


def test_a_link_to_tick_by_says_whose_claim_it_is_and_is_the_same_each_time(
    links: Links, clock: SetClock
) -> None:
    made = links.tick(ticking(clock))
    opened = links.open_tick(made.removeprefix("http://suidao.test/runs/"))
    assert (opened.ticket, opened.job_id, opened.claim) == ((1, 11, 2), 42, 3)
    until = ticking(clock)
    clock.forward(30)
    assert links.tick(until) == made
    clock.forward(31)
    with pytest.raises(LinkExpiredError):
        links.open_tick(made.removeprefix("http://suidao.test/runs/"))


@pytest.mark.parametrize("forged", ["", "x", "tick", "WzEsMTEsMl0.aaaa", "é" * 40, "A" * 10_000])
def test_nothing_else_is_a_link_to_tick_by(links: Links, clock: SetClock, forged: str) -> None:
    made = links.tick(ticking(clock)).removeprefix("http://suidao.test/runs/")
    for each in (forged, made[:-1], made[1:], token(links), links.cookie(WANG)):
        with pytest.raises(LinkForgedError):
            links.open_tick(each)
    with pytest.raises(LinkForgedError):
        links.open(made)
    with pytest.raises(LinkForgedError):
        links.read_cookie(made)
