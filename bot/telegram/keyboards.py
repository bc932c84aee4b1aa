"""The buttons below a card, and the menus that a button may open in their place.

What may be tapped is decided in the card; here it gets its row, its colour and its data. Symbols stand for
the few words that are Telegram's own, so that no keyboard needs a language.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence

from aiogram.types import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from bot.telegram.callbacks import Menu, Tap, pack
from dispatch.verbs import Verb
from handlers.messages import Action, Asks, Card, Choice, Reply, Style
from handlers.texts import Texts

log = logging.getLogger(__name__)

PAGE = 8
"""Choices shown at once: more rows than that push the card off a small phone."""

AT_MOST = 100
"""Buttons below one message, Telegram's own limit."""

LABEL = 60
"""Characters of a label; what is longer is cut by every client anyway."""

COPIED = 256
"""Characters that a button can copy, Telegram's own limit."""

COPY, BACK, YES, EARLIER, LATER = "📋", "↩️", "✔️", "◀️", "▶️"

_STYLES = {Style.PRIMARY: "primary", Style.SUCCESS: "success", Style.DANGER: "danger"}
_MENUS = {Asks.PERSON: Menu.CHOOSE, Asks.CONFIRM: Menu.CONFIRM}

Row = list[InlineKeyboardButton]


def of_card(card: Card) -> InlineKeyboardMarkup | None:
    """The card's own buttons: numbers to ring first, then what to do, then the rarer verbs in twos.

    None for one on which there is nothing to tap; nobody is rung because of a closed one."""
    if card.closed:
        return _markup([button] for button in _buttons(card.actions))
    calls = [_copying(call.label, call.number) for call in card.calls]
    phones = [_copying(fact.label, fact.phone) for fact in card.facts if fact.phone]
    rows = [*_in_twos(calls), *([button] for button in _buttons(card.actions))]
    rows += _in_twos(phones)
    rows += _in_twos(list(_buttons(card.more)))
    return _markup(rows)


def action(card: Card, verb: Verb | None) -> Action | None:
    """The card's action of this verb, if it offers one now."""
    return next((each for each in (*card.actions, *card.more) if each.verb is verb), None)


def choices(offered: Action, page: int = 0) -> InlineKeyboardMarkup:
    """Whom to choose from, `PAGE` at a time; a page that there is none of is the nearest one."""
    last = max(0, (len(offered.choices) - 1) // PAGE)
    page = min(max(page, 0), last)
    shown = offered.choices[page * PAGE : (page + 1) * PAGE]
    rows = [[button] for choice in shown if (button := _choice(offered, choice)) is not None]
    return InlineKeyboardMarkup(inline_keyboard=[*rows, _turning(offered, page, last)])


def confirm(offered: Action) -> InlineKeyboardMarkup:
    """Once more the same button, which does it now, and the way back."""
    label = f"{YES} {offered.label}"
    return InlineKeyboardMarkup(
        inline_keyboard=[[_data(label, _tap(offered, Menu.DO), offered.style)], [_back(offered)]]
    )


def of_reply(reply: Reply) -> InlineKeyboardMarkup | None:
    """What may be answered by a tap: its value comes back as the `choice` of a tap without a verb."""
    return _markup([button] for choice in reply.buttons if (button := _saying(choice)) is not None)


def of_offers(reply: Reply) -> InlineKeyboardMarkup | None:
    """The same of what may be answered besides: short words, of which two stand beside each other."""
    buttons = [button for choice in reply.offers if (button := _saying(choice)) is not None]
    return _markup(_in_twos(buttons))


def contact(texts: Texts) -> ReplyKeyboardMarkup:
    """Telegram's own way to share one's number: private chats only, gone after one use."""
    button = KeyboardButton(text=_label(texts.say("Share my number")), request_contact=True)
    return ReplyKeyboardMarkup(
        keyboard=[[button]], resize_keyboard=True, one_time_keyboard=True, is_persistent=False
    )


def _buttons(offered: Iterable[Action]) -> Iterator[InlineKeyboardButton]:
    for each in offered:
        try:
            yield _button(each)
        except ValueError:  # its page still offers it
            log.warning("a button of %s with %d characters does not fit", each.verb, len(each.choice))


def _button(offered: Action) -> InlineKeyboardButton:
    menu = _MENUS.get(offered.asks, Menu.DO)
    return _data(offered.label, _tap(offered, menu), offered.style)


def _tap(offered: Action, menu: Menu, choice: str = "") -> Tap:
    choice = choice or (offered.choice if menu is Menu.DO else "")
    return Tap(verb=offered.verb, job_id=offered.job_id, version=offered.version, choice=choice, menu=menu)


def _choice(offered: Action, choice: Choice) -> InlineKeyboardButton | None:
    return _fitting(choice.label, _tap(offered, Menu.DO, choice.value))


def _saying(choice: Choice) -> InlineKeyboardButton | None:
    return _fitting(choice.label, Tap(verb=None, choice=choice.value))


def _fitting(label: str, tap: Tap) -> InlineKeyboardButton | None:
    """A button that may be too long: then there is none, and the words can still be written."""
    try:
        return _data(label, tap, Style.PLAIN)
    except ValueError:
        log.warning("a choice of %d characters does not fit into a button", len(tap.choice))
        return None


def _turning(offered: Action, page: int, last: int) -> Row:
    """The way back, between the pages before and after."""
    row = [_back(offered)]
    if page > 0:
        row.insert(0, _data(EARLIER, _tap(offered, Menu.CHOOSE, str(page - 1)), Style.PLAIN))
    if page < last:
        row.append(_data(LATER, _tap(offered, Menu.CHOOSE, str(page + 1)), Style.PLAIN))
    return row


def _back(offered: Action) -> InlineKeyboardButton:
    return _data(BACK, _tap(offered, Menu.BACK), Style.PLAIN)


def _data(label: str, tap: Tap, style: Style) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=_label(label), callback_data=pack(tap), style=_STYLES.get(style))


def _copying(label: str, number: str) -> InlineKeyboardButton:
    """A number to copy: Telegram has no button that dials."""
    words = label if number in label else f"{label} {number}"
    return InlineKeyboardButton(
        text=_label(f"{COPY} {words}"), copy_text=CopyTextButton(text=number[:COPIED])
    )


def _label(words: str) -> str:
    """On one line and never empty, which Telegram would refuse with the whole card."""
    line = " ".join(words.split())
    return line if 0 < len(line) <= LABEL else f"{line[: LABEL - 1]}…"


def _in_twos(buttons: Sequence[InlineKeyboardButton]) -> Iterator[Row]:
    for start in range(0, len(buttons), 2):
        yield list(buttons[start : start + 2])


def _markup(rows: Iterable[Row]) -> InlineKeyboardMarkup | None:
    """The first `AT_MOST` buttons: the ones behind them can still be reached on the page."""
    kept: list[Row] = []
    for row in rows:
        if sum(map(len, kept)) + len(row) > AT_MOST:
            break
        kept.append(row)
    return InlineKeyboardMarkup(inline_keyboard=kept) if kept else None
