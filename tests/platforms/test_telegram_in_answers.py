"""How much fits into a pop-up, and where it is cut."""

import pytest

from bot.telegram.answers import POPUP_LIMIT, cut, popup


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("It is yours.", 20, "It is yours."),
        ("It is yours. Tap when you go.", 20, "It is yours."),
        ("接单成功。出发时请点我去。", 8, "接单成功。"),
        ("一二三四五六七八九十", 5, "一二三四…"),
        ("🦊🦊🦊", 4, "🦊…"),
        ("", 5, ""),
    ],
)
def test_whole_sentences_are_kept_and_no_character_is_halved(text: str, limit: int, kept: str) -> None:
    assert cut(text, limit) == kept
    assert len(kept.encode("utf-16-le", "surrogatepass")) // 2 <= limit


def test_a_pop_up_without_words_only_stops_the_clock() -> None:
    answer = popup("7")
    assert answer.text is None
    assert answer.show_alert is None


def test_a_pop_up_never_holds_more_than_telegram_takes() -> None:
    assert len(popup("7", "长" * 1_000).text or "") == POPUP_LIMIT
