"""A card as Telegram shows it: what must be known first, nothing written that is alive, never too long."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram import render
from bot.wording import CUT, SIGNS, WAY
from handlers.messages import Call, Card, Fact, Ticking
from tests.platforms.samples import ALARM, CLOSED, DESK, MINE, OFFERED
from tests.platforms.telegram_server.entities import parse_html

WORDS = st.text(max_size=5_000) | st.text(alphabet="<>&\"'@/#\n\t 号楼😀\u202e\u200b\x00a", max_size=300)


def shown(card: Card) -> str:
    """What a reader sees, by a parser as strict as Telegram's."""
    return parse_html(render.text(card)).text


def test_the_numbers_to_ring_lead_the_text() -> None:
    assert shown(DESK).split("\n")[:2] == ["☎ 救护车 120", "☎ 报警 110"]


def test_a_number_that_the_label_says_already_is_said_once() -> None:
    card = replace(DESK, calls=(Call(label="Ambulance 120", number="120"),))
    assert shown(card).startswith("☎ Ambulance 120\n")
    assert "<code>120</code>" in render.text(card)


def test_title_badge_state_facts_steps_and_notes_are_all_there() -> None:
    for words in (MINE.title, MINE.badge, MINE.state, "7号楼 502 室", "胰岛素用完", *MINE.steps):
        assert words in shown(MINE)
    assert OFFERED.notes[0] in shown(OFFERED)


def test_the_way_to_a_page_is_a_link_in_the_text_and_only_of_cards_that_have_one() -> None:
    ticking = Ticking(ticket=(1, 2, 3), job_id=4, claim=1, until=5, label="The doors, to tick <b>")
    url = 'https://suidao.test/runs/a.b-c?x="&y'
    read = parse_html(render.text(replace(MINE, ticking=ticking, page=url)))
    (link,) = [each for each in read.entities if each["type"] == "text_link"]
    assert link["url"] == url
    assert f"{WAY} The doors, to tick <b>" in read.text
    assert url not in read.text
    assert WAY not in shown(replace(MINE, ticking=ticking))
    assert WAY not in shown(MINE)


def test_the_title_is_bold_and_the_log_is_folded() -> None:
    entities = parse_html(render.text(DESK)).entities
    kinds = {entity["type"] for entity in entities}
    assert {"bold", "expandable_blockquote"} <= kinds


@pytest.mark.parametrize("card", [ALARM, CLOSED, DESK, MINE, OFFERED], ids=lambda card: card.tone)
def test_every_tone_has_its_sign(card: Card) -> None:
    assert SIGNS[card.tone] in shown(card)


@pytest.mark.parametrize(
    "name",
    [
        "<b>王</b>",
        "</blockquote><a href='tg://user?id=1'>王</a>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<script>alert(1)</script>",
        "王 & 李 <3",
    ],
)
def test_names_made_of_markup_are_words(name: str) -> None:
    card = replace(OFFERED, state=name, title=name, facts=(Fact(label=name, value=name),), log=(name,))
    parsed = parse_html(render.text(card))
    assert parsed.text.replace("\u2060", "").count(name) == 5
    assert {entity["type"] for entity in parsed.entities} <= {"bold", "expandable_blockquote"}


@pytest.mark.parametrize("words", ["@somebody 来一下", "请看（@somebody）", "/cancel 42", "先 /out 再来"])
def test_words_mention_nobody_and_command_nothing(words: str) -> None:
    text = shown(replace(OFFERED, state=words))
    assert words not in text
    assert words in text.replace("\u2060", "")


@pytest.mark.parametrize("words", ["wang@example.org", "9/12", "3号楼/502"])
def test_addresses_and_fractions_stay_as_they_are(words: str) -> None:
    assert words in shown(replace(OFFERED, state=words))


def test_a_line_break_in_a_name_forges_no_line_of_ours() -> None:
    text = shown(
        replace(OFFERED, title="王\n☎ 骗子 13900000000", facts=(Fact(label="原话", value="a\n☎ b"),))
    )
    assert not [line for line in text.split("\n") if line.startswith("☎")]


def test_characters_that_turn_the_direction_are_taken_out() -> None:
    assert "\u202e" not in render.text(replace(OFFERED, title="3号楼\u202e205"))


def test_a_long_log_loses_its_oldest_lines() -> None:
    log = tuple(f"{n:04} 有人说了一句话" for n in range(1_000))
    text = shown(replace(DESK, log=log))
    assert "0999" in text
    assert "0000 有人" not in text
    assert all(fact.value in text for fact in DESK.facts)
    assert DESK.notes[0] in text


def test_long_notes_go_before_the_facts_do() -> None:
    text = shown(replace(DESK, notes=("话" * 2_000, "话" * 3_000)))
    assert all(fact.value in text for fact in DESK.facts)
    assert "话" * 2_000 in text
    assert "话" * 2_001 not in text
    assert f"\n{CUT}\n" in text


def test_a_message_of_ten_thousand_characters_is_cut_and_the_door_is_not() -> None:
    raw = Fact(label="原话", value="😀" * 10_000, private=True)
    text = shown(replace(DESK, facts=(*DESK.facts[:2], raw)))
    assert "3号楼 502 室" in text
    assert "138 0000 0001" in text
    assert DESK.state in text
    assert "☎ 救护车 120" in text


@given(title=WORDS, state=WORDS, value=WORDS, note=WORDS, log=st.lists(WORDS, max_size=5))
def test_whatever_was_written_telegram_can_read_it_and_it_fits(
    title: str, state: str, value: str, note: str, log: list[str]
) -> None:
    facts = (Fact(label=title, value=value), Fact(label=state, value=value, phone=value), *DESK.facts)
    card = replace(DESK, title=title, state=state, facts=facts, notes=(note,), steps=(note,), log=tuple(log))
    parsed = parse_html(render.text(card))
    assert 0 < len(parsed.text.encode("utf-16-le")) // 2 <= render.LIMIT
    assert {entity["type"] for entity in parsed.entities} <= {"bold", "code", "expandable_blockquote"}


@given(count=st.integers(0, 200), size=st.integers(0, 400))
def test_a_card_with_any_number_of_facts_fits(count: int, size: int) -> None:
    card = replace(DESK, facts=tuple(Fact(label=f"{n}", value="值" * size) for n in range(count)))
    assert len(shown(card)) <= render.LIMIT
