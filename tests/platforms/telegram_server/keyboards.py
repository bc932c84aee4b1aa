"""Keyboards below messages and below the input field: what they may hold beyond the schema.

The figures are Telegram's: 8 buttons a row, 100 a keyboard, 64 bytes of data (the schema checks those).
"""

from collections.abc import Iterable

from tests.platforms.telegram_server.links import deep_link, is_link
from tests.platforms.telegram_server.refusals import mistake
from tests.platforms.telegram_server.wire import Json

ROW = 8
TOTAL = 100
STYLES = frozenset({"danger", "success", "primary"})
ASIDE = frozenset({"text", "icon_custom_emoji_id", "style"})
"""Fields of a button that do not say what it does."""


def check_markup(markup: Json | None, *, private: bool) -> None:
    """Raises `RefusedError` for a keyboard that the real server, or its documentation, does not allow."""
    if markup is None:
        return
    if "inline_keyboard" in markup:
        _check_rows(markup["inline_keyboard"])
        for button in _buttons(markup["inline_keyboard"]):
            _check_inline(button)
    elif "keyboard" in markup:
        _check_rows(markup["keyboard"])
        for button in _buttons(markup["keyboard"]):
            _check_reply(button, private=private)


def _buttons(rows: list[list[Json]]) -> Iterable[Json]:
    return (button for row in rows for button in row)


def _check_rows(rows: list[list[Json]]) -> None:
    if any(len(row) > ROW for row in rows):
        raise mistake(f"a row of a keyboard holds at most {ROW} buttons")
    if sum(map(len, rows)) > TOTAL:
        raise mistake("reply markup is too long")


def _check_face(button: Json, kind: str) -> None:
    if not button["text"].strip():
        raise mistake(f'can\'t parse {kind} button: Field "text" must not be empty')
    if button.get("style", "primary") not in STYLES:
        raise mistake(f'can\'t parse {kind} button: Field "style" must be one of {sorted(STYLES)}')


def _check_inline(button: Json) -> None:
    _check_face(button, "inline keyboard")
    actions = set(button) - ASIDE
    if not actions:
        raise mistake("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise mistake(f"can't parse inline keyboard button: it has more than one of {sorted(actions)}")
    if "url" in button:
        _check_url(button["url"])


def _check_url(url: str) -> None:
    if not is_link(url):
        raise mistake(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    link = deep_link(url)
    if link is not None and not link.opens:
        raise mistake(f"a start parameter has 1-64 of A-Z, a-z, 0-9, _ and -: '{link.param}' is dropped")


def _check_reply(button: Json, *, private: bool) -> None:
    _check_face(button, "keyboard")
    actions = set(button) - ASIDE
    if len(actions) > 1:
        raise mistake(f"can't parse keyboard button: it has more than one of {sorted(actions)}")
    if not private and button.get("request_contact"):
        raise mistake("phone number can be requested in private chats only")
    if not private and button.get("request_location"):
        raise mistake("location can be requested in private chats only")
