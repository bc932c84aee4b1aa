"""What a card looks like on Matrix: plain words that read well alone, and HTML in which nothing is alive."""

import json
from dataclasses import replace

import pytest

from bot.matrix import contents, keys, refs, render
from bot.matrix.contents import Mark
from bot.matrix.refs import Ref
from bot.matrix.render import LIMIT, Page, Reader
from dispatch.errors import MalformedError
from dispatch.geography import Point
from dispatch.verbs import Subject, Verb
from handlers.messages import Card, Fact, MessageRef, Ticking
from handlers.texts import Catalogs
from tests.platforms.samples import ALARM, CLOSED, DESK, MINE, OFFERED, TAKEN, action

CATALOGS = Catalogs.load()
HOSTILE = '<script>alert(1)</script><img src=x onerror=y>"><a href="javascript:z">@room</a>'


def page(card: Card, language: str = "zh_CN", called: tuple[str, str] | None = None) -> Page:
    return render.page(card, Reader(texts=CATALOGS.texts(language), called=called))


def test_the_plain_text_reads_well_by_itself() -> None:
    assert page(OFFERED).body == (
        "🟠 送药 · 7号楼 · 急\n"
        "需要 1 人，还没有人认领。\n\n"
        "地点: 7号楼（离你约 120 米）\n"
        "内容: 去中山医院取药\n\n"
        "认领以后才会看到门牌和电话。\n\n"
        "✅ 我来 · ❌ 这次不行"
    )


@pytest.mark.parametrize("card", [DESK, ALARM])
def test_emergency_numbers_come_first_and_can_be_dialled(card: Card) -> None:
    shown = page(card)
    assert shown.body.startswith("☎ 救护车 120\n☎ 报警 110\n")
    assert shown.html.startswith('<p>☎ <strong>救护车</strong> <a href="tel:120">120</a>')


def test_phones_can_be_dialled_and_the_place_be_opened() -> None:
    shown = page(replace(MINE, place=Point(lat=31.2, lon=121.4)))
    assert '<a href="tel:13800000000">138 0000 0000</a>' in shown.html
    assert '<a href="tel:13900000000">139 0000 0000</a>' in shown.html, "the son's"
    assert '<a href="geo:31.200000,121.400000">geo:31.200000,121.400000</a>' in shown.html
    assert "地图: geo:31.200000,121.400000" in shown.body


def test_the_way_to_a_page_is_in_what_the_reader_sees_and_never_in_what_rings() -> None:
    ticking = Ticking(ticket=(1, 2, 3), job_id=4, claim=1, until=5, label="逐户清点")
    card = replace(MINE, ticking=ticking, page="https://suidao.test/runs/a.b-c")
    assert "🔗 逐户清点: https://suidao.test/runs/a.b-c\n" in page(card).body
    assert '🔗 <a href="https://suidao.test/runs/a.b-c">逐户清点</a>' in page(card).html
    assert "suidao.test" not in page(render.public(card)).body + page(render.public(card)).html
    assert replace(OFFERED, page="https://suidao.test/runs/a").private, "no room is ever sent it"


def test_the_rarer_verbs_stand_in_one_quiet_line() -> None:
    lines = page(DESK, "en").body.split("\n")
    (quiet,) = [line for line in lines if line.startswith("More, by an answer")]
    assert quiet.endswith("1 派给…… · 2 已经办好 · 5 更正 · 6 记一笔 · 9 取消")
    assert "更多" in page(DESK).body


def test_nothing_can_be_done_on_a_closed_card() -> None:
    assert page(CLOSED).body == "⚪ 送水 · 12号楼 · 已完成\n09:40 李师傅办好了。"
    assert keys.offered(CLOSED) == ()


@pytest.mark.parametrize("field", ["title", "badge", "state"])
def test_what_people_wrote_is_inert(field: str) -> None:
    words = {"title": "t", "badge": "b", "state": "s"} | {field: HOSTILE}
    card = replace(OFFERED, title=words["title"], badge=words["badge"], state=words["state"])
    card = replace(card, facts=(Fact(label=HOSTILE, value=HOSTILE, phone=HOSTILE),))
    shown = page(replace(card, steps=(HOSTILE,), notes=(HOSTILE,), log=(HOSTILE,)), called=(HOSTILE, HOSTILE))
    assert not any(alive in shown.html for alive in ("<script", "<img", 'javascript:z"', '"><a href="java'))
    assert shown.html.count("<a ") == shown.html.count("</a>") == 2
    content = contents.message(shown, Mark(number=1, version=1), rings=True)
    assert content["m.mentions"] == {}


def test_nobody_can_write_a_line_that_looks_like_ours() -> None:
    shown = page(replace(OFFERED, state="来\n☎ 救护车 999\u202e"))
    assert "\n   ☎ 救护车 999\n" in shown.body
    assert "\u202e" not in shown.body


@pytest.mark.parametrize("sign", ["楼", "x", "🏚", "&", '"'])
def test_whatever_its_length_a_card_fits_into_an_event(sign: str) -> None:
    long = sign * 20_000
    card = replace(
        DESK,
        title=long,
        badge=long,
        state=long,
        calls=DESK.calls * 20,
        facts=tuple(replace(fact, value=long, label=long) for fact in DESK.facts * 10),
        steps=(long,) * 100,
        notes=(long,) * 100,
        log=(long,) * 500,
        actions=tuple(replace(each, label=long) for each in (*MINE.actions, *DESK.actions)),
        more=tuple(replace(each, label=long) for each in DESK.more),
    )
    shown = page(card, called=("@wang:suidao.test", long))
    content = contents.edit("$" + "e" * 250, shown, Mark(number=1, version=1), ["@wang:suidao.test"])
    assert len(json.dumps(content, ensure_ascii=False).encode()) * 4 / 3 < 65_536
    assert "…" in shown.body


def test_of_a_long_log_the_newest_lines_stay() -> None:
    shown = page(replace(DESK, log=tuple(f"09:{number:02} {'…' * 40}" for number in range(60))))
    assert "09:59" in shown.body
    assert "09:00" not in shown.body
    assert len(shown.html.encode()) <= LIMIT


def test_what_rings_holds_nothing_private() -> None:
    for card in (MINE, DESK, ALARM, replace(OFFERED, place=Point(lat=1, lon=2)), replace(TAKEN, pictures=2)):
        public = render.public(card)
        assert not public.private
        assert (public.place, public.log, public.title) == (None, (), card.title)
        assert public.actions == card.actions
    assert render.public(OFFERED) is OFFERED


def test_what_a_card_tells_to_write_can_be_sent_from_a_client_that_keeps_slashes_to_itself() -> None:
    card = replace(MINE, steps=("Tick every door: /tick 5 1-3 ok", "每家都要记：/清点 5 1-3 好"))
    for text in (page(card).body, page(card).html):
        assert "!tick 5 1-3 ok" in text
        assert "!清点 5 1-3 好" in text


def test_an_edit_falls_back_to_words_and_rings_nowhere() -> None:
    shown = page(OFFERED)
    made = contents.edit("$e", shown, Mark(number=42, version=3, kind="update"))
    assert made["body"] == f"* {shown.body}"
    assert (made["msgtype"], made["m.mentions"]) == ("m.notice", {})
    assert made["m.new_content"]["formatted_body"] == shown.html
    assert made["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$e"}


@pytest.mark.parametrize(
    "mark", [Mark(number=42, version=3, kind="ask"), Mark(number=7, version=1, subject=Subject.APPLICATION)]
)
def test_a_message_says_which_card_it_is(mark: Mark) -> None:
    assert contents.marked(contents.message(page(OFFERED), mark, rings=True)) == mark


@pytest.mark.parametrize(
    "field",
    [None, 7, [], {}, {"job": True, "version": 1, "kind": ""}, {"job": 1, "version": "1", "kind": ""}],
)
def test_a_made_up_mark_is_none(field: object) -> None:
    assert contents.marked({contents.MARK: field}) is None


def test_an_aside_never_rings_and_may_stand_in_a_thread() -> None:
    made = contents.aside("王阿姨已经认领。", thread="$card")
    assert made["msgtype"] == "m.notice"
    assert made["m.relates_to"]["rel_type"] == "m.thread"
    assert made["m.relates_to"]["is_falling_back"]
    assert contents.aside("好", reply_to="$m")["m.relates_to"] == {"m.in_reply_to": {"event_id": "$m"}}
    assert "m.relates_to" not in contents.aside("好", "<b>好</b>")


def test_reactions_mean_what_the_card_offers() -> None:
    assert keys.meant("✅", OFFERED) == OFFERED.actions[0]
    assert keys.meant("↩\ufe0f", MINE) == keys.meant("↩", MINE) == MINE.actions[3]
    assert keys.meant("✅", MINE) is None
    assert keys.meant("🎉", OFFERED) is None
    approve = replace(OFFERED, actions=(action(Verb.APPROVE, "让他加入"), action(Verb.DECLINE, "不")))
    assert [keys.meant(key, approve) for key in keys.offered(approve)] == list(approve.actions)


def test_about_somebody_else_a_reaction_says_too_little() -> None:
    assert keys.meant("✅", DESK) is None
    person = replace(DESK.actions[0], verb=Verb.ARRIVE)
    card = replace(DESK, actions=(person,))
    assert keys.meant("📍", card) is None
    assert keys.offered(card) == ()
    assert keys.numbered(7, card) == person
    assert ("7", person.label) in keys.rarer(card)
    assert keys.numbered(7, MINE) is None


def test_a_number_means_the_same_on_every_card() -> None:
    assert keys.numbered(9, DESK) == DESK.more[2]
    assert keys.numbered(9, ALARM) == ALARM.more[2]
    assert keys.numbered(9, OFFERED) is None
    numbers = [*keys.NUMBERS.values(), *keys.OTHERS.values()]
    assert len(set(numbers)) == len(numbers)
    assert not keys.NUMBERS.keys() & keys.KEYS.keys()


@pytest.mark.parametrize("room", ["!abc:suidao.test", "!YeyDXtTXr97h-nwFqbHkCAbjOaEQwRzUhu-fuMR3i4w"])
def test_a_messages_name_is_read_as_it_was_written(room: str) -> None:
    ref = Ref(room=room, event="$ymA5EEF5-61bQkNEmbYkonJqWfmh2n81jgS1a_cS938")
    assert refs.read(ref.known) == ref


@pytest.mark.parametrize(
    "value", ["", "!a", "$e", "!a $e $f", "123:45", "!a  $e", "!a\n$e", "!a $" + "e" * 300]
)
def test_a_name_of_something_else_is_refused(value: str) -> None:
    with pytest.raises(MalformedError):
        refs.read(MessageRef(value=value))
