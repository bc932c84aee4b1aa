"""What a message means: places, kinds, urgency, phones and head counts, a row a case, and what must not
become a place. The raw text is always whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.geography import Building
from dispatch.jobs import Priority
from dispatch.people import Committee, Ladder, Roster
from dispatch.playbook import Playbook
from handlers import parse
from handlers.numerals import HAN, number
from tests.rules.builders import playbook

KEYS = {ident: str(ident) for ident in range(1, 13)}
NAMED = {20: ("dong", "东苑"), 21: ("A", "A栋"), 22: ("55", "125弄55号")}


def committee() -> Roster:
    buildings = {
        ident: Building(id=ident, committee_id=1, key=key, name=f"{key}号楼") for ident, key in KEYS.items()
    }
    buildings |= {
        ident: Building(id=ident, committee_id=1, key=key, name=name) for ident, (key, name) in NAMED.items()
    }
    return Roster(
        committee=Committee(
            id=1, key="test", name="Test", language="zh_CN", timezone="Asia/Shanghai", emergency={}
        ),
        people={},
        buildings=buildings,
        addresses=(),
        ladder=Ladder(),
    )


def book(kind: str, priority: Priority, *words: str) -> Playbook:
    return playbook(kind=kind, priority=priority, recognise=words, title={"en": kind, "zh_CN": kind})


PLAYBOOKS = {
    each.kind: each
    for each in (
        book("welfare", Priority.LIFE, "敲门", "无应答", "no answer"),
        book("oxygen", Priority.LIFE, "氧气机", "氧气", "缺水", "oxygen"),
        book("medicine", Priority.URGENT, "胰岛素", "药", "insulin", "medicine", "mask"),
        book("general", Priority.NORMAL),
    )
}
ROSTER = committee()


def understand(text: str) -> parse.Understood:
    return parse.understand(text, ROSTER, PLAYBOOKS)


@pytest.mark.parametrize(
    ("text", "building", "unit"),
    [
        ("3号楼502", 3, "502"),
        ("12号楼301 氧气机缺水", 12, "301"),
        ("7-502 胰岛素用完 中山医院", 7, "502"),
        ("125弄7号302室", 7, "302"),
        ("125弄55号302室", 22, "302"),
        ("125弄7号", 7, ""),
        ("十二号楼三单元六零一", 12, "3-601"),
        ("十二号楼六百零一室", 12, "601"),
        ("3号楼2单元502室", 3, "2-502"),
        ("3号楼2单元", 3, "2单元"),
        ("3号楼5楼502", 3, "502"),
        ("3号楼12室", 3, "12"),
        ("3栋502", 3, "502"),
        ("三幢五零二", 3, "502"),
        ("A栋502", 21, "502"),
        ("7号302", 7, "302"),
        ("Building 3 Apt 502", 3, "502"),
        ("bldg 3 unit 502", 3, "502"),
        ("building 3, flat 5b no answer", 3, "5B"),
        ("Building 3 Unit 2 Apt 502", 3, "2-502"),
        ("Building 3-502", 3, "502"),
        ("Block A, 502", 21, "502"),
        ("Apt 502, Building 3", 3, "502"),
        ("3-2-502", 3, "2-502"),
        ("三-502", 3, "502"),
        ("#7 502", 7, "502"),
        ("7#502", 7, "502"),
        ("3\uff03楼502", 3, "502"),
        ("\uff13号楼\uff15\uff10\uff12", 3, "502"),
        ("３—５０２", 3, "502"),
        ("  3 号 楼   502 ", 3, "502"),
        ("3\u200b号楼\u200e502", 3, "502"),
        ("东苑 502 换煤气", 20, "502"),
        ("东苑有人摔倒", 20, ""),
        ("送到3号楼", 3, ""),
        ("502室 敲门 3号楼", 3, "502"),
        ("3号楼502室10人", 3, "502"),
        ("王二小 三号楼五零二", 3, "502"),
        ("中山医院15号楼取药送3号楼502", 3, "502"),
        ("3号楼502 到 12号楼301", 3, "502"),
        ("敲门无应答 room 502", None, "502"),
    ],
)
def test_a_place_is_read_in_the_forms_that_people_type(text: str, building: int | None, unit: str) -> None:
    understood = understand(text)
    assert (understood.building_id, understood.unit) == (building, unit)


@pytest.mark.parametrize(
    "text",
    [
        "胰岛素 3-4 支",
        "胰岛素 3-400 支",
        "2022-04-05",
        "22-04-05",
        "2022年4月5号",
        "10-20 people",
        "7-200 people",
        "血压 7-140",
        "血压120/80",
        "8:00-1000",
        "7.5-100",
        "4月7号1000人",
        "3号 下午",
        "3-100人",
        "第3-4天",
        "120",
        "80岁独居",
        "13800138000",
        "138-0013-8000",
        "021-62501234",
        "400-820-8820",
        "99-502",
        "二楼三个人",
        "5楼",
        "500袋米",
        "3 502",
        "block the door",
        "王二小 三点来",
        "1380013800012345",
    ],
)
def test_a_number_that_is_no_address_becomes_no_place(text: str) -> None:
    understood = understand(text)
    assert (understood.building_id, understood.building, understood.unit) == (None, "", "")


def test_a_building_that_the_committee_lacks_is_named_but_not_believed() -> None:
    understood = understand("99号楼502 敲门")
    assert (understood.building_id, understood.building, understood.unit) == (None, "99", "502")


@pytest.mark.parametrize(
    ("text", "kind", "recognised"),
    [
        ("3号楼502 敲门无应答 80岁独居", "welfare", True),
        ("12号楼301 氧气机缺水", "oxygen", True),
        ("7-502 胰岛素用完 中山医院", "medicine", True),
        ("Building 3 apt 502: No Answer since morning", "welfare", True),
        ("out of INSULIN", "medicine", True),
        ("unmasked visitors", "general", False),
        ("mask, please", "medicine", True),
        ("搬米", "general", False),
        ("", "general", False),
        ("敲门 氧气机", "oxygen", True),  # the longer word is the more exact one
        ("氧气 胰岛素", "medicine", True),
        ("缺水 敲门", "oxygen", True),  # equally long, equally grave: by name, always the same
        ("welfare: 3号楼", "welfare", True),
    ],
)
def test_the_kind_is_the_one_whose_longest_word_stands_there(text: str, kind: str, recognised: bool) -> None:
    understood = understand(text)
    assert (understood.kind, understood.recognised) == (kind, recognised)


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("搬米", Priority.NORMAL),
        ("急 搬米", Priority.URGENT),
        ("紧急！搬米", Priority.URGENT),
        ("搬米 URGENT", Priority.URGENT),
        ("need help asap", Priority.URGENT),
        ("不急 搬米", Priority.NORMAL),
        ("不太急", Priority.NORMAL),
        ("not urgent", Priority.NORMAL),
        ("resurgent", Priority.NORMAL),
        ("配药", Priority.URGENT),
        ("配药 不急", Priority.NORMAL),
        ("配药 不着急", Priority.NORMAL),
        ("medicine, no rush", Priority.NORMAL),
        ("配药 不急 但是今天要，急", Priority.URGENT),
        ("敲门 不急", Priority.LIFE),
        ("oxygen, not urgent", Priority.LIFE),
        ("救命", Priority.LIFE),
        ("老人昏迷", Priority.LIFE),
        ("没有呼吸", Priority.LIFE),
        ("not breathing", Priority.LIFE),
        ("he can't breathe", Priority.LIFE),
        ("she is unconscious", Priority.LIFE),
        ("life-threatening", Priority.LIFE),
        ("没有生命危险", Priority.NORMAL),
        ("没有昏迷，急", Priority.URGENT),
        ("not life-threatening", Priority.NORMAL),
        ("no chest pain", Priority.NORMAL),
    ],
)
def test_urgency_follows_the_words_and_never_lowers_what_is_about_life(text: str, priority: Priority) -> None:
    assert understand(text).priority is priority


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("3号楼502 13800138000", "13800138000"),
        ("3号楼502 138 0013 8000 家属", "13800138000"),
        ("3号楼502 138-0013-8000", "13800138000"),
        ("打13800138000找他", "13800138000"),
        ("3号楼50213800138000", "13800138000"),
        ("\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff10", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("7-502 021-62501234", "02162501234"),
        ("call +44 20 7946 0958", "+44 20 7946 0958"),
        ("座机 62501234", "62501234"),
        ("13800138000 13900139000", "13800138000"),
        ("20220405", ""),
        ("120", ""),
        ("1380013800012345", ""),
        ("3号楼502", ""),
    ],
)
def test_a_phone_number_is_found_and_a_date_is_none(text: str, phone: str) -> None:
    assert understand(text).phone == phone


@pytest.mark.parametrize(
    ("text", "building", "unit"), [("3号楼50213800138000", 3, "502"), ("7-502 021-62501234", 7, "502")]
)
def test_a_phone_number_does_not_hide_the_door_beside_it(text: str, building: int, unit: str) -> None:
    assert (understand(text).building_id, understand(text).unit) == (building, unit)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("10人搬米", 10),
        ("10个人", 10),
        ("需要10名志愿者", 10),
        ("三号楼需要十个人", 10),
        ("东门 搬米 500袋 10人", 10),
        ("10-20 people", 10),
        ("10~20人", 10),
        ("3 volunteers", 3),
        ("2 more people", 2),
        ("5000人", None),
        ("0人", None),
        ("2.5人", None),
        ("80岁老人", None),
        ("人民路", None),
        ("搬米", None),
    ],
)
def test_a_number_of_people_is_a_number_of_places(text: str, places: int | None) -> None:
    assert understand(text).places == places


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("/job 3号楼502 敲门", "3号楼502 敲门"),
        ("!job 3号楼", "3号楼"),
        ("/任务 3号楼", "3号楼"),
        ("任务：3号楼", "3号楼"),
        ("/job@suidao_bot 3号楼", "3号楼"),
        ("/JOB", ""),
        ("任务很多", "任务很多"),
        ("/jobs", "/jobs"),
        ("job 3号楼", "job 3号楼"),
    ],
)
def test_a_leading_command_is_not_part_of_the_message(text: str, rest: str) -> None:
    assert parse.strip_command(text) == rest


@pytest.mark.parametrize(
    ("text", "kept", "removed"),
    [
        ("搬米 10袋", "搬米 10袋", ()),
        ("3号楼搬米", "3号楼搬米", ()),
        ("送到3号楼502，联系13800138000", "送到 ，联系", ("3号楼502", "13800138000")),
        ("送米 7-502", "送米", ("7-502",)),
        ("送米 502室", "送米", ("502室",)),
        ("3号楼 13800138000 502 送米", "送米", ("13800138000", "3号楼 502")),
        ("call 138 0013 8000", "call", ("138 0013 8000",)),
        ("\uff17\uff0d\uff15\uff10\uff12 送米", "送米", ("\uff17\uff0d\uff15\uff10\uff12",)),
    ],
)
def test_public_words_lose_doors_and_phones_and_nothing_else(
    text: str, kept: str, removed: tuple[str, ...]
) -> None:
    assert parse.scrub(text, ROSTER) == parse.Scrubbed(text=kept, removed=removed)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("12", 12),
        ("六零一", 601),
        ("六百零一", 601),
        ("廿三", 23),
        ("两", 2),
        ("幺二", 12),
        ("十二三", None),
        ("廿零", None),
        ("百", None),
        ("", None),
        ("3a", None),
        ("²", None),
    ],
)
def test_a_captured_numeral_has_a_value_or_none(numeral: str, value: int | None) -> None:
    assert number(numeral) == value


_CHARACTERS = HAN + "-室弄+#人急不药１²Ⅷ㈦😀ﷺא \n\x00\u202e\u0301"
_WORDS = (
    "3号楼",
    "502",
    "13800138000",
    "021-62501234",
    "building ",
    "unit ",
    "十二",
    "三单元",
    "not ",
    "<b>",
    "{x}",
)
_PIECES = st.sampled_from([*_CHARACTERS, *_WORDS])
_TEXTS = st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=80).map("".join))


@given(_TEXTS)
def test_reading_never_raises_and_never_drops_a_word(text: str) -> None:
    understood = understand(text)
    assert understood.raw == text
    assert understood.kind in PLAYBOOKS
    assert understood.building_id is None or understood.building_id in ROSTER.buildings
    assert understood.places is None or 1 <= understood.places <= parse.MOST_PLACES


@given(_TEXTS)
def test_scrubbed_words_hold_no_door_and_no_phone(text: str) -> None:
    once = parse.scrub(text, ROSTER)
    assert parse.scrub(once.text, ROSTER) == parse.Scrubbed(text=once.text, removed=())
    assert not understand(once.text).unit
    assert not understand(once.text).phone


@settings(max_examples=20)
@given(_PIECES, st.integers(min_value=8_000, max_value=20_000))
def test_a_very_long_message_is_kept_whole(piece: str, length: int) -> None:
    text = (piece * length)[:length]
    assert understand(text).raw == text


def test_without_a_general_playbook_the_calmest_one_is_the_fallback() -> None:
    only = {"medicine": PLAYBOOKS["medicine"], "oxygen": PLAYBOOKS["oxygen"]}
    assert parse.understand("搬米", ROSTER, only).kind == "medicine"
