"""Menus that a tap unfolds below a card in place of its buttons: whom to choose, whether it is meant.

What a card offers decides; what a tap claims does not. The job is never touched here.
"""

from aiogram.types import InaccessibleMessage, InlineKeyboardMarkup, Message

from bot.telegram import keyboards
from bot.telegram.callbacks import Menu, Tap, unpack
from dispatch.errors import MalformedError
from dispatch.verbs import Verb
from handlers.messages import Action, Asks, Card

_WANTED = {Menu.CHOOSE: Asks.PERSON, Menu.CONFIRM: Asks.CONFIRM}
"""What a button must want for its menu to unfold."""

_PAGES = 3
"""Digits of a page: more than any list has."""


def menu(card: Card, tap: Tap) -> tuple[InlineKeyboardMarkup | None, str]:
    """The keyboard that a tap asks for, and the question that goes with it. Raises `MalformedError`."""
    if tap.menu is Menu.BACK:
        return keyboards.of_card(card), ""
    action = offered(card, tap.verb)
    if action.asks is not _WANTED.get(tap.menu):
        raise MalformedError
    if tap.menu is Menu.CONFIRM:
        return keyboards.confirm(action), action.hint
    page = tap.choice or "0"
    if not (page.isascii() and page.isdigit() and len(page) <= _PAGES):
        raise MalformedError
    return keyboards.choices(action, int(page)), action.hint


def offered(card: Card, verb: Verb | None) -> Action:
    """The card's own button for the verb. Raises `MalformedError` where its reader has none."""
    found = keyboards.action(card, verb)
    if found is None:
        raise MalformedError
    return found


def stands_below(message: Message | InaccessibleMessage) -> bool:
    """Whether a menu is unfolded below the message."""
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = [] if markup is None else markup.inline_keyboard
    return any(_leads_back(button.callback_data or "") for row in rows for button in row)


def _leads_back(data: str) -> bool:
    try:
        return unpack(data).menu is Menu.BACK
    except MalformedError:
        return False
