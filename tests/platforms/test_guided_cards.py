"""A card that asks what was found, on every platform: buttons, reactions with a legend, forms."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.matrix import keys, replies
from bot.matrix import render as matrix
from bot.matrix.render import Reader
from bot.playbooks import load_playbooks
from bot.telegram import keyboards
from bot.telegram import render as telegram
from bot.telegram.callbacks import LIMIT, Menu, Tap, pack, unpack
from bot.web.gateway import WebGateway
from dispatch.instructions_file import MOST_FINDINGS
from dispatch.verbs import Verb
from handlers.messages import Action, Asks, Card, Choice, Style
from handlers.texts import Catalogs
from tests.platforms import html
from tests.platforms.samples import DESK, MINE, action

CATALOGS = Catalogs.load()
EN = CATALOGS.texts("en")
STEP = "问邻居和有备用钥匙的人：最后一次见到人是什么时候？"
FOUND = ("✓ 敲门三次：没人应", "✓ 打住户电话：没人接")


def finding(label: str, choice: str, style: Style = Style.PLAIN, **more: object) -> Action:
    found = replace(action(Verb.FIND, label, style, version=4), choice=choice)
    return replace(found, **more)  # type: ignore[arg-type]  # fields of Action, by name


ASKED = (
    finding("门开了", "neighbours.opened", Style.SUCCESS),
    finding("人在别处，没事", "neighbours.elsewhere", asks=Asks.TEXT, hint="人在哪里？谁说的？"),
    finding("没人知道，门没开", "neighbours.none", Style.DANGER),
)
GUIDED = replace(MINE, steps=(), step=STEP, found=FOUND, actions=(*ASKED, *MINE.actions[3:]))
STAFFED = replace(GUIDED, more=DESK.actions)
"""The same of somebody of the desk who went themselves."""


# --- Telegram ----------------------------------------------------------------------------------------------


def test_each_finding_is_a_button_that_carries_its_keys() -> None:
    markup = keyboards.of_card(GUIDED)
    assert markup is not None
    carried = [(row[0].text, unpack(row[0].callback_data or "")) for row in markup.inline_keyboard[:3]]
    assert [(text, tap.choice, tap.menu) for text, tap in carried] == [
        (each.label, each.choice, Menu.DO) for each in ASKED
    ]
    assert [row[0].style for row in markup.inline_keyboard[:3]] == ["success", None, "danger"]


@pytest.mark.parametrize("kind", sorted(load_playbooks(None)))
def test_every_finding_of_ours_fits_into_a_button_of_any_job_there_will_be(kind: str) -> None:
    for step in load_playbooks(None)[kind].steps:
        for each in step.findings:
            tap = Tap(verb=Verb.FIND, job_id=10**10, version=10**6, choice=f"{step.key}.{each.key}")
            assert len(pack(tap).encode()) <= LIMIT


def test_the_longest_keys_that_a_committee_may_give_fit_as_well_and_what_does_not_loses_no_card() -> None:
    longest = finding("…", f"{'s' * 16}.{'f' * 16}")
    assert keyboards.of_card(replace(GUIDED, actions=(replace(longest, job_id=36**6, version=36**4),)))
    beyond = keyboards.of_card(
        replace(GUIDED, actions=(replace(longest, job_id=2**63 - 1, version=2**63 - 1), *ASKED))
    )
    assert beyond is not None
    assert beyond.inline_keyboard[0][0].text == ASKED[0].label


def test_the_step_stands_above_what_was_found_and_both_are_inert() -> None:
    shown = telegram.text(replace(GUIDED, step="<b>@somebody</b> /claim", found=("<i>x</i>",)))
    assert "👉 <b>&lt;b&gt;" in shown
    assert "\n&lt;i&gt;x" in shown
    plain = telegram.plain(telegram.text(GUIDED))
    assert plain.index(STEP) < plain.index(FOUND[0]) < plain.index(FOUND[1])


# --- Matrix ------------------------------------------------------------------------------------------------


def test_findings_are_numbers_below_the_card_and_the_legend_says_which() -> None:
    assert bare("".join(keys.offered(GUIDED))) == "1️⃣2️⃣3️⃣↩️🆘"
    body = bare(matrix.page(GUIDED, Reader(texts=CATALOGS.texts("zh_CN"))).body)
    assert "1️⃣ 门开了 · 2️⃣ 人在别处，没事 · 3️⃣ 没人知道，门没开 · ↩️" in body
    assert f"👉 {STEP}" in body
    below = keys.offered(GUIDED)[:3]
    assert [keys.meant(key, GUIDED) for key in below] == list(ASKED)
    # As clients send it that leave the colour out.
    assert keys.meant(below[1].replace("\ufe0f", ""), GUIDED) == ASKED[1]
    assert keys.meant(below[0], MINE) is None


def test_a_number_of_another_step_means_nothing_now_though_it_looks_alike() -> None:
    steps = [step for step in load_playbooks(None)["welfare_check"].steps if step.key]
    first = {
        keys.offered(replace(GUIDED, actions=(finding("…", f"{step.key}.{step.findings[0].key}"),)))[0]
        for step in steps
    }
    assert len(first) == len(steps)
    assert {bare(key) for key in first} == {"1️⃣"}
    assert all(keys.verbs(key) == {Verb.FIND} for key in first)
    assert [key for key in first if keys.meant(key, GUIDED) is not None] == [keys.offered(GUIDED)[0]]
    assert keys.meant("1️⃣", GUIDED) is None


def bare(words: str) -> str:
    """What is seen of it."""
    return re.sub("[\u200b\u200c\u2060]", "", words)


def test_there_is_a_reaction_for_as_many_findings_as_a_step_may_have() -> None:
    assert len(keys.FINDINGS) == len(set(keys.FINDINGS)) == MOST_FINDINGS
    assert all(keys.verbs(key) == {Verb.FIND} for key in keys.FINDINGS)


def test_what_rings_says_nothing_of_what_was_found() -> None:
    rung = matrix.public(GUIDED)
    assert (rung.step, rung.found) == ("", ())


@pytest.mark.parametrize("written", ["1", " 1. ", "3", "2："])
@pytest.mark.parametrize("card", [GUIDED, STAFFED])
def test_a_number_alone_is_asked_back_for_nobody_knows_which_step_it_was_written_to(
    written: str, card: Card
) -> None:
    meant = replies.read(written, card, EN)
    assert meant is not None
    assert ASKED[int(written.strip(" .：")) - 1].label in meant.asks


@pytest.mark.parametrize(
    "written", ["4", "0", "120", "3 nobody is there", "2 在女儿家", "3号楼", "1栋501", "12"]
)
def test_other_words_stay_words(written: str) -> None:
    assert replies.read(written, GUIDED, EN) is None


def test_a_number_with_a_name_behind_it_stays_the_desks() -> None:
    assigned = replies.read("1 李师傅", STAFFED, EN)
    assert assigned is not None
    assert (assigned.verb, assigned.choice) == (Verb.ASSIGN, "12")


def test_the_desk_answers_for_somebody_by_a_number_and_the_words_of_the_finding() -> None:
    choices = (Choice(value="knock.opened", label="有人开门"), Choice(value="knock.none", label="没人应"))
    listed = finding("登记情况", "", asks=Asks.PERSON, hint="敲门三次。", choices=choices)
    card = replace(DESK, more=(*DESK.more, listed))
    assert ("11", "登记情况") in keys.rarer(card)
    meant = replies.read("11 没人应", card, EN)
    assert meant is not None
    assert (meant.verb, meant.choice) == (Verb.FIND, "knock.none")


# --- Pages -------------------------------------------------------------------------------------------------


def page(card: Card) -> str:
    return WebGateway(CATALOGS).renderer.card(card, "zh_CN")


def fields(card: Card) -> list[Mapping[str, str]]:
    return [form.fields for form in html.forms(page(card)) if form.fields.get("verb") == "find"]


def test_a_page_has_a_form_for_each_finding_and_asks_for_words_where_they_are_wanted() -> None:
    sent = fields(GUIDED)
    assert [each["choice"] for each in sent] == [each.choice for each in ASKED]
    assert ["text" in each for each in sent] == [False, True, False]
    shown = html.words(page(GUIDED))
    assert shown.index(STEP) < shown.index("门开了") < shown.index("我来不了") < shown.index(FOUND[0])
    assert "人在哪里？谁说的？" in shown


def test_a_page_shows_the_step_before_its_buttons_come_and_one_button_stands_out() -> None:
    waiting = page(replace(GUIDED, actions=MINE.actions))
    assert STEP in html.words(waiting)
    assert waiting.count(" first") == page(GUIDED).count(" first") == 1
