"""The buttons below a card, their menus, and the 64 bytes that each of them carries."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.telegram import keyboards
from bot.telegram.callbacks import LARGEST, LIMIT, Menu, Tap, pack, unpack
from dispatch.errors import MalformedError
from dispatch.verbs import IN_WORDS, SEEING, Verb
from handlers.messages import Action, Asks, Choice, Reply, Style
from handlers.texts import Catalogs
from tests.platforms.samples import CLOSED, DESK, MINE, OFFERED, action

ON_BUTTONS = sorted(set(Verb) - SEEING - IN_WORDS)
NUMBERS = st.integers(0, LARGEST)
TAPS = st.builds(
    Tap,
    verb=st.none() | st.sampled_from(ON_BUTTONS),
    job_id=NUMBERS,
    version=NUMBERS,
    choice=st.text(max_size=16),
    menu=st.sampled_from(Menu),
)


def buttons(markup: InlineKeyboardMarkup | None) -> Iterator[InlineKeyboardButton]:
    assert markup is not None
    return (button for row in markup.inline_keyboard for button in row)


def tap(button: InlineKeyboardButton) -> Tap:
    assert button.callback_data is not None
    return unpack(button.callback_data)


# --- What a button carries --------------------------------------------------------------------------------


@given(TAPS)
def test_what_is_packed_is_unpacked(packed: Tap) -> None:
    assume(_fits(packed))
    data = pack(packed)
    assert len(data.encode()) <= LIMIT
    assert unpack(data) == packed


def _fits(packed: Tap) -> bool:
    try:
        pack(packed)
    except ValueError:
        return False
    return True


@given(st.text(max_size=80))
def test_whatever_comes_in_is_one_of_ours_or_malformed(data: str) -> None:
    try:
        found = unpack(data)
    except MalformedError:
        return
    assert pack(found) == data


@pytest.mark.parametrize(
    "data",
    [
        "",
        "1",
        "1dclaim",
        "1dclaim.16.3",
        "2dclaim.16.3.",
        "1xclaim.16.3.",
        "1dCLAIM.16.3.",
        "1dfly.16.3.",
        "1dpost.16.3.",
        "1dsee_private.16.3.",
        "1dclaim.-1.3.",
        "1dclaim.016.3.",
        "1dclaim.1 6.3.",
        "1dclaim.zzzzzzzzzzzzzzz.3.",
        "1dclaim.٣.3.",
        "1dclaim.16.3." + "x" * LIMIT,
        "1dclaim.16.3." + "楼" * 20,
        "1dclaim.16.3.\ud800",
        "claim:42:3",
        '{"verb":"claim"}',
    ],
)
def test_forged_truncated_oversized_and_older_data_is_malformed(data: str) -> None:
    with pytest.raises(MalformedError):
        unpack(data)


def test_the_largest_numbers_leave_room_for_two_people() -> None:
    packed = Tap(verb=Verb.ASSIGN, job_id=LARGEST, version=10**6, choice="1234567890:1234567890")
    assert unpack(pack(packed)) == packed


@pytest.mark.parametrize("verb", [Verb.POST, Verb.SEE_PRIVATE])
def test_verbs_that_are_on_no_button_are_not_packed(verb: Verb) -> None:
    with pytest.raises(ValueError, match="no button"):
        pack(Tap(verb=verb, job_id=1, version=1))


# --- Below a card -----------------------------------------------------------------------------------------


def test_the_main_verbs_have_a_row_each_and_the_rarer_ones_come_in_twos() -> None:
    markup = keyboards.of_card(DESK)
    assert markup is not None
    rows = [[button.text for button in row] for row in markup.inline_keyboard]
    assert rows == [
        ["📋 救护车 120", "📋 报警 110"],
        ["派给……"],
        ["已经办好"],
        ["📋 电话 13800000001"],
        ["更正", "记一笔"],
        ["取消"],
    ]


def test_colours_are_the_cards_own() -> None:
    styles = {button.text: button.style for button in buttons(keyboards.of_card(DESK))}
    assert (styles["派给……"], styles["已经办好"], styles["取消"]) == ("primary", "success", "danger")
    assert styles["记一笔"] is None


def test_numbers_can_be_copied() -> None:
    copied = [button.copy_text.text for button in buttons(keyboards.of_card(MINE)) if button.copy_text]
    assert copied == ["13800000000", "13900000000"]


def test_a_button_names_its_verb_its_job_and_the_version_that_was_seen() -> None:
    claim, refuse = buttons(keyboards.of_card(OFFERED))
    assert tap(claim) == Tap(verb=Verb.CLAIM, job_id=42, version=3)
    assert tap(refuse) == Tap(verb=Verb.REFUSE, job_id=42, version=3)


def test_buttons_that_need_somebody_or_a_second_thought_open_a_menu() -> None:
    menus = {tap(button).menu for button in buttons(keyboards.of_card(DESK)) if button.text == "派给……"}
    assert menus == {Menu.CHOOSE}
    release = next(button for button in buttons(keyboards.of_card(MINE)) if button.text == "我来不了")
    assert tap(release).menu is Menu.CONFIRM


def test_a_closed_card_has_no_buttons_but_to_give_thanks_and_nobody_is_rung_from_it() -> None:
    assert keyboards.of_card(CLOSED) is None
    assert keyboards.of_card(replace(OFFERED, closed=True, actions=())) is None
    thanks = action(Verb.THANK, "谢谢")
    keyboard = keyboards.of_card(replace(OFFERED, closed=True, actions=(thanks,)))
    assert keyboard is not None
    assert [[button.text for button in row] for row in keyboard.inline_keyboard] == [["谢谢"]]


def test_a_card_without_anything_to_tap_has_no_keyboard() -> None:
    assert keyboards.of_card(replace(OFFERED, actions=())) is None


@pytest.mark.parametrize("label", ["", "   ", "\n"])
def test_a_label_is_never_empty(label: str) -> None:
    card = replace(OFFERED, actions=(action(Verb.CLAIM, label),))
    (button,) = buttons(keyboards.of_card(card))
    assert button.text.strip()


def test_more_buttons_than_telegram_takes_are_left_out_from_the_end() -> None:
    card = replace(OFFERED, more=tuple(action(Verb.NOTE, f"{n}") for n in range(300)))
    assert len(list(buttons(keyboards.of_card(card)))) == keyboards.AT_MOST


# --- Menus ------------------------------------------------------------------------------------------------


def giving(people: int) -> Action:
    choices = tuple(Choice(value=f"{n}", label=f"志愿者{n}") for n in range(people))
    return replace(action(Verb.ASSIGN, "派给……"), asks=Asks.PERSON, choices=choices)


def test_a_short_list_has_one_page_and_a_way_back() -> None:
    *people, back = buttons(keyboards.choices(giving(3)))
    assert [tap(button) for button in people] == [
        Tap(verb=Verb.ASSIGN, job_id=42, version=3, choice=f"{n}") for n in range(3)
    ]
    assert tap(back).menu is Menu.BACK


@pytest.mark.parametrize(
    ("page", "first", "turns"),
    [
        (0, "志愿者0", ["1"]),
        (1, "志愿者8", ["0", "2"]),
        (2, "志愿者16", ["1"]),
        (99, "志愿者16", ["1"]),
        (-1, "志愿者0", ["1"]),
    ],
)
def test_a_long_list_is_turned_page_by_page(page: int, first: str, turns: list[str]) -> None:
    shown = list(buttons(keyboards.choices(giving(20), page)))
    assert shown[0].text == first
    assert [tap(button).choice for button in shown if tap(button).menu is Menu.CHOOSE] == turns


def test_every_choice_is_on_exactly_one_page() -> None:
    seen = [
        tap(button).choice
        for page in range(3)
        for button in buttons(keyboards.choices(giving(20), page))
        if tap(button).menu is Menu.DO
    ]
    assert seen == [f"{n}" for n in range(20)]


def test_asking_once_more_offers_to_do_it_and_the_way_back() -> None:
    cancel = replace(action(Verb.CANCEL, "取消", Style.DANGER), asks=Asks.CONFIRM)
    yes, back = buttons(keyboards.confirm(cancel))
    assert tap(yes) == Tap(verb=Verb.CANCEL, job_id=42, version=3)
    assert yes.style == "danger"
    assert tap(back).menu is Menu.BACK


def test_the_action_behind_a_tap_is_found_among_all_buttons() -> None:
    assert keyboards.action(DESK, Verb.CANCEL) == DESK.more[2]
    assert keyboards.action(DESK, Verb.ASSIGN) == DESK.actions[0]
    assert keyboards.action(DESK, Verb.CLAIM) is None


# --- Answers that may be tapped ---------------------------------------------------------------------------


def test_a_replys_choice_comes_back_as_its_words() -> None:
    reply = Reply(text="?", buttons=(Choice(value="join 3号楼", label="3号楼"),))
    (button,) = buttons(keyboards.of_reply(reply))
    assert tap(button) == Tap(verb=None, choice="join 3号楼")


def test_a_choice_too_long_for_a_button_is_left_to_be_written(caplog: pytest.LogCaptureFixture) -> None:
    reply = Reply(text="?", buttons=(Choice(value="楼" * 30, label="?"), Choice(value="join 3", label="3")))
    (button,) = buttons(keyboards.of_reply(reply))
    assert button.text == "3"
    assert "does not fit" in caplog.text


def test_a_reply_without_choices_has_no_keyboard() -> None:
    assert keyboards.of_reply(Reply(text="好")) is None


@pytest.mark.parametrize(("language", "label"), [("zh_CN", "分享我的手机号"), ("en", "Share my number")])
def test_the_number_is_asked_for_in_the_readers_language(language: str, label: str) -> None:
    ((button,),) = keyboards.contact(Catalogs.load().texts(language)).keyboard
    assert (button.text, button.request_contact) == (label, True)
