"""Invitations for chats: what is made is opened, and nothing else is."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes import LONGEST, Codes
from dispatch.errors import LinkExpiredError, LinkForgedError
from dispatch.moments import SECOND, Micros
from tests.platforms.clocks import SetClock

NOW = SetClock().now()
LATER = NOW + 3600 * SECOND
CODES = Codes(b"one secret of many bytes, for tests", SetClock())
OTHER = Codes(b"another secret of many bytes, too", SetClock())
CODE = CODES.make(3, 1001, 2, LATER)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
IDS = st.integers(min_value=0, max_value=2**63 - 1)


@given(IDS, IDS, st.integers(min_value=0, max_value=2**31), st.integers(min_value=0, max_value=2**32 - 1))
def test_a_code_opens_to_what_it_was_made_of(committee: int, person: int, epoch: int, second: int) -> None:
    expires: Micros = second * SECOND
    code = CODES.make(committee, person, epoch, expires)
    assert re.fullmatch(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}", code)
    if expires < NOW - NOW % SECOND:
        with pytest.raises(LinkExpiredError):
            CODES.open(code)
    else:
        assert CODES.open(code) == (committee, person, epoch)


def test_a_code_is_good_as_often_as_it_is_opened_and_until_its_second_is_over() -> None:
    clock = SetClock()
    codes = Codes(b"secret", clock)
    code = codes.make(1, 2, 3, clock.now() + 60 * SECOND)
    clock.forward(60)
    assert codes.open(code) == codes.open(code) == (1, 2, 3)
    clock.forward(1)
    with pytest.raises(LinkExpiredError):
        codes.open(code)


@given(st.integers(min_value=0, max_value=len(CODE) - 1), st.sampled_from(ALPHABET))
def test_a_code_with_another_letter_anywhere_is_forged(place: int, letter: str) -> None:
    if CODE[place] != letter:
        with pytest.raises(LinkForgedError):
            CODES.open(CODE[:place] + letter + CODE[place + 1 :])


@given(st.integers(min_value=0, max_value=len(CODE) - 1))
def test_a_code_that_was_cut_off_is_forged(length: int) -> None:
    for part in (CODE[:length], CODE[length + 1 :], CODE[:length] + CODE[length + 1 :]):
        with pytest.raises(LinkForgedError):
            CODES.open(part)


@given(st.text(max_size=80) | st.text(alphabet=ALPHABET, max_size=80))
def test_what_was_not_made_here_is_forged(text: str) -> None:
    with pytest.raises(LinkForgedError):
        CODES.open(text)


@given(st.binary(min_size=1, max_size=48))
def test_bytes_with_a_seal_of_their_own_are_forged(raw: bytes) -> None:
    with pytest.raises(LinkForgedError):
        CODES.open(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())


@pytest.mark.parametrize("around", ["{}=", "{}\n", " {}", "{}A", "/{}", "{}", "é{}"])
def test_a_code_of_another_secret_or_with_anything_around_it_is_forged(around: str) -> None:
    code = OTHER.make(3, 1001, 2, LATER) if around == "{}" else CODE
    with pytest.raises(LinkForgedError):
        CODES.open(around.format(code))
