"""Log lines: one each, and nothing in them that looks like a phone number, a token or a key."""

import logging
import re

import pytest

from config import logs


@pytest.mark.parametrize(
    "secret",
    [
        "13800138000",
        "138 0013 8000",
        "+86 138-0013-8000",
        "021-12345678",
        "+44 20 7946 0018",
        "/join/WzEsMiwzXQ.aR3xQw.Zl0yqk3m1Xn3eZ0y0eQ2mWJY5d3",
        "WzEsMiwzXQ.aR3xQw.Zl0yqk3m1Xn3eZ0y0eQ2mWJY5d3",
        "/runs/WzEsMiwwLDMsMSwxNzk1NjUxMjAwXQ.YxgYgojTxIFduvy2ShSo1ZoJoVs",
        "gAAAAABm1Xn3eZ0y0eQ2mWJY5d3r0r8w0EkBVb7lCkzjDd3vQjM==",
        "redis://user:hunter2@localhost:6379/0",
        "password=hunter2",
        "'secret_key': 'hunter2'",
    ],
)
def test_what_looks_private_is_masked(secret: str) -> None:
    text = logs.masked(f"could not send {secret}, trying again")
    assert "***" in text
    assert secret not in text
    assert "hunter2" not in text
    assert text.startswith("could not send ")
    assert text.endswith(", trying again")
    assert logs.masked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "job 42 v7: rung 3 at 1795651200000000, 12 ms late",
        "listening on http://127.0.0.1:8080",
        "2026-11-21T09:00:00Z bot.web.pages: 280 taps",
        "POST /runs/tick took 2 s",
        "digest 5db362ab8e30fd3b5db362ab8e30fd3b",
        "rows 100001, 100002 delivered",
    ],
)
def test_what_is_needed_to_find_a_fault_stays(text: str) -> None:
    assert logs.masked(text) == text


def int_of(number: str) -> int:
    raise ValueError(f"no such number: {number}")


def line(message: str, *, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    return logs.Line().format(
        logging.LogRecord("store.broker", logging.WARNING, __file__, 1, message, (), info)
    )


def test_a_line_says_when_how_bad_and_where() -> None:
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ WARNING store\.broker: restarted", line("restarted")
    )


def test_a_message_cannot_forge_a_second_line() -> None:
    text = line("name\n2026-11-21T09:00:00Z ERROR forged\r\x1b[31m\u202e")
    assert text.count("\n") == 0
    assert text.isprintable()


def test_a_traceback_is_one_line_and_masked() -> None:
    with pytest.raises(ValueError, match="no such number") as raised:
        int_of("13800138000")
    text = line("failed", error=raised.value)
    assert "\n" not in text
    assert "ValueError" in text
    assert "13800138000" not in text


def test_setting_up_twice_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    logs.setup()
    logs.setup()
    assert len(root.handlers) == 1
