"""Words that are commands, and words that are not: a job must never be taken for one."""

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.people import Address
from dispatch.verbs import ADMITTING, Verb
from handlers import commands, duty, staff, vocabulary, volunteer
from handlers.commands import Typed, joining, read, remark
from handlers.messages import Incoming
from handlers.texts import Catalogs
from handlers.vocabulary import NAMES, VERBS, Word

CATALOGS = Catalogs.load()
HAN = "[\u4e00-\u9fff]+"
ADDRESS = Address(id=1, committee_id=1, platform="telegram", value="1001", person_id=1)

COMMANDS = [
    ("/job 3号楼502 敲门无应答", Word.JOB, None, "3号楼502 敲门无应答"),
    ("/job@SuidaoBot building 3", Word.JOB, None, "building 3"),
    ("/job", Word.JOB, None, ""),
    ("/任务 3号楼漏水", Word.JOB, None, "3号楼漏水"),
    ("/jobs", Word.JOBS, None, ""),
    ("!jobs", Word.JOBS, None, ""),
    ("/jobs@suidao_bot", Word.JOBS, None, ""),
    ("/jobs please", Word.JOBS, None, "please"),
    ("任务", Word.JOBS, None, ""),
    (" 任务。 ", Word.JOBS, None, ""),
    ("/任务", Word.JOBS, None, ""),
    ("/claim 42", Word.CLAIM, 42, ""),
    ("/CLAIM #42", Word.CLAIM, 42, ""),
    ("!claim 42", Word.CLAIM, 42, ""),
    ("claim 42", Word.CLAIM, 42, ""),
    ("接单 42", Word.CLAIM, 42, ""),
    ("接单42", Word.CLAIM, 42, ""),
    ("接单 ４２", Word.CLAIM, 42, ""),
    ("/claim", Word.CLAIM, None, ""),
    ("/claim tomorrow", Word.CLAIM, None, "tomorrow"),
    ("/claim 9999999999999", Word.CLAIM, None, "9999999999999"),
    ("/cancel 42 they are back", Word.CANCEL, 42, "they are back"),
    ("取消 42 老人回来了", Word.CANCEL, 42, "老人回来了"),
    ("/取消42", Word.CANCEL, 42, ""),
    ("备注 42 钥匙在邻居家", Word.NOTE, 42, "钥匙在邻居家"),
    ("/approve 7", Word.APPROVE, 7, ""),
    ("通过 7", Word.APPROVE, 7, ""),
    ("拒绝 7", Word.DECLINE, 7, ""),
    ("/going 42", Word.GOING, 42, ""),
    ("!onmyway 42", Word.GOING, 42, ""),
    ("going 42", Word.GOING, 42, ""),
    ("出发 42", Word.GOING, 42, ""),
    ("/arrived", Word.ARRIVED, None, ""),
    ("arrived 42", Word.ARRIVED, 42, ""),
    ("到了42", Word.ARRIVED, 42, ""),
    ("到达 42 王阿姨", Word.ARRIVED, 42, "王阿姨"),
    ("!done 42", Word.DONE, 42, ""),
    ("完成 42。", Word.DONE, 42, ""),
    ("办完了 42", Word.DONE, 42, ""),
    ("/done 42 Wang Min", Word.DONE, 42, "Wang Min"),
    ("cant 42", Word.CANT, 42, ""),
    ("去不了 42", Word.CANT, 42, ""),
    ("/notme 42", Word.NOT_ME, 42, ""),
    ("不去 42", Word.NOT_ME, 42, ""),
    ("onit 42", Word.ON_IT, 42, ""),
    ("我来处理 42", Word.ON_IT, 42, ""),
    ("/处理 42", Word.ON_IT, 42, ""),
    ("settled 42", Word.SETTLED, 42, ""),
    ("已解决 42", Word.SETTLED, 42, ""),
    ("/assign 42 王阿姨", Word.ASSIGN, 42, "王阿姨"),
    ("!assign 42 Wang Min", Word.ASSIGN, 42, "Wang Min"),
    ("派单 42 王阿姨", Word.ASSIGN, 42, "王阿姨"),
    ("派给42 王阿姨", Word.ASSIGN, 42, "王阿姨"),
    ("/assign", Word.ASSIGN, None, ""),
    ("close 42", Word.CLOSE, 42, ""),
    ("办结 42", Word.CLOSE, 42, ""),
    ("raise 42", Word.RAISE, 42, ""),
    ("升级 42", Word.RAISE, 42, ""),
    ("/correct 42 7-502", Word.CORRECT, 42, "7-502"),
    ("更正 42 7-502", Word.CORRECT, 42, "7-502"),
    ("/help 42", Word.HELP, 42, ""),
    ("求助 42", Word.HELP, 42, ""),
    ("/start 42", Word.START, None, "42"),
    ("/me", Word.ME, None, ""),
    ("我的", Word.ME, None, ""),
    ("/duty", Word.DUTY, None, ""),
    ("值班", Word.DUTY, None, ""),
    ("/help", Word.HELP, None, ""),
    ("!help me please", Word.HELP, None, "me please"),
    ("help!", Word.HELP, None, ""),
    ("求助", Word.HELP, None, ""),
    ("救命！！", Word.HELP, None, ""),
    ("！！救命", Word.HELP, None, ""),
    ("/join", Word.JOIN, None, ""),
    ("/start AbC_d-9", Word.START, None, "AbC_d-9"),
    ("!jbos", Word.UNKNOWN, None, ""),
    ("!clam 42", Word.UNKNOWN, None, ""),
    ("/out", Word.OUT, None, ""),
    ("/out 18:00", Word.OUT, None, "18:00"),
    ("!out back", Word.OUT, None, "back"),
    ("请假", Word.OUT, None, ""),
    ("离岗 4小时", Word.OUT, None, "4小时"),
    ("到岗", Word.HERE, None, ""),
    ("/here 7", Word.HERE, 7, ""),
    ("/brief", Word.BRIEF, None, ""),
    ("简报", Word.BRIEF, None, ""),
    ("brief", Word.BRIEF, None, ""),
    ("/brief 42 药在门卫那里", Word.NOTE, 42, "药在门卫那里"),
    ("/brief 42", Word.BRIEF, 42, ""),
    ("简报 42", Word.BRIEF, 42, ""),
    ("/acting 梧桐里 until Friday", Word.ACTING, None, "梧桐里 until Friday"),
    ("/代理 王五 到周五", Word.ACTING, None, "王五 到周五"),
    ("/acting", Word.ACTING, None, ""),
    ("!出发", Word.GOING, None, ""),
    ("！到达 42", Word.ARRIVED, 42, ""),
    ("!请假 回来", Word.OUT, None, "回来"),
    ("!请假 18:00", Word.OUT, None, "18:00"),
    ("!代理 枫林里 到周五", Word.ACTING, None, "枫林里 到周五"),
    ("!值班 换 王敏 周三", Word.DUTY, None, "换 王敏 周三"),
    ("!清点 5 2-4 好", Word.TICK, 5, "2-4 好"),
    ("!清点5 好", Word.TICK, 5, "好"),
    ("!转交 42 枫林里", Word.HAND_OVER, 42, "枫林里"),
    ("!捎话 门卫有钥匙", Word.SAY, None, "门卫有钥匙"),
    ("/jobb 3号楼", Word.UNKNOWN, None, "3号楼"),
    ("/settings", Word.UNKNOWN, None, ""),
]
FREE = [
    "",
    "/",
    "/ help",
    "/42",
    "3号楼502 敲门无应答",
    "任务 3号楼漏水",
    "任务：3号楼漏水",
    "帮助 3号楼老人下楼",
    "求助热线的海报要贴到12号楼",
    "救命药用完了 3号楼502",
    "help at building 3",
    "Help wanted: 20 people for rice bags",
    "取消 3号楼的任务",
    "取消3号楼502的订餐",
    "接单",
    "接单 42号楼的药",
    "claim 3 bags of rice at building 7",
    "note 502 is empty",
    "me and two others carry rice",
    "join us at building 3",
    "joined 3",
    "jobsite at building 3 is flooded",
    "通过 7号门进",
    "！紧急 3号楼502",
    "！转交 药品到3号楼",
    "！清点 物资 要3个人",
    "！值班室漏水",
    "！接单 3号楼的药",
    "!urgent building 3",
    "!",
    "值班室漏水",
    "done",
    "完成",
    "出发",
    "派单 王阿姨",
    "派单 2 个人去3号楼",
    "assign 2 volunteers to building 3",
    "assign 42 Wang",
    "correct 5 mistakes on the poster at building 3",
    "完成 3 次核酸 7号楼",
    "处理 3 袋垃圾 7号楼",
    "解决 3 个问题 7号楼",
    "升级 2 台电脑 居委办公室",
    "done 42 Wang",
    "close 3 windows at building 7",
    "help 3 people at building 7",
    "到了冬天，3号楼水管要包起来",
]


@pytest.mark.parametrize(("text", "word", "number", "rest"), COMMANDS)
def test_a_command_is_read(text: str, word: Word, number: int | None, rest: str) -> None:
    assert read(text) == Typed(word=word, number=number, rest=rest)


@pytest.mark.parametrize("text", [text for text in FREE if not text.startswith("note 502")])
def test_free_words_are_no_command(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "word"), [("接单 42", Word.CLAIM), ("接单42！", Word.CLAIM), ("办完了 42", Word.DONE)]
)
def test_a_bare_command_of_a_job_is_one_among_others(text: str, word: Word) -> None:
    assert commands.among_others(text) == Typed(word=word, number=42)


TALK = (
    "接单",
    "任务",
    "我在 3",
    "谢谢 3",
    "claim 42",
    "接单 3号楼的谁去",
    "完成 2 个人的核酸",
    "我来接单 42",
)


@pytest.mark.parametrize("text", [*TALK, "备注 42 钥匙在邻居家", "派给 42 王阿姨", ""])
def test_other_talk_among_others_is_none(text: str) -> None:
    assert commands.among_others(text) is None


def test_a_note_names_its_job_first() -> None:
    assert read("note 502 is empty") == Typed(word=Word.NOTE, number=502, rest="is empty")


@pytest.mark.parametrize(
    "text",
    [
        "接单",
        "claim",
        "求助",
        "取消",
        "/claim",
        "/cancel",
        "出发",
        "到了！",
        "完成",
        "去不了",
        "不去",
        "处理",
        "已解决",
        "办结",
        "升级",
        "done",
        "/raise",
        "/assign 王阿姨",
    ],
)
def test_a_reply_to_a_card_is_about_its_job(text: str) -> None:
    typed = read(text, about=42)
    assert typed is not None
    assert typed.number == 42


def test_a_number_that_was_said_counts_more_than_the_card() -> None:
    assert read("/claim 7", about=42) == Typed(word=Word.CLAIM, number=7)


@pytest.mark.parametrize("text", ["取消不了", "接单的人到了吗", "7-502", "/approve"])
def test_other_replies_take_no_number_from_the_card(text: str) -> None:
    typed = read(text, about=42)
    assert typed is None or typed.number is None


@given(st.text())
def test_reading_never_fails_and_never_finds_a_number_too_large(text: str) -> None:
    typed = read(text)
    assert typed is None or typed.number is None or 0 <= typed.number < 10**9
    assert typed is None or typed.rest in text


@given(st.sampled_from(sorted(NAMES)), st.text(alphabet="3号楼502 漏水a", min_size=1, max_size=12))
def test_a_bare_word_in_front_of_a_building_is_a_job(name: str, words: str) -> None:
    text = f"{name} 3号楼{words}"
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("/join 王小明 3号楼", "王小明 3号楼"),
        ("/join@SuidaoBot Wang", "Wang"),
        ("!join Wang", "Wang"),
        ("加入王小明", "王小明"),
        ("join 3", "3"),
        ("join", ""),
        ("报名：王小明", "王小明"),
        ("joined", None),
        ("我要加入", None),
        ("", None),
    ],
)
def test_somebody_who_is_not_in_yet_can_only_mean_joining(text: str, rest: str | None) -> None:
    assert joining(text) == rest


@pytest.mark.parametrize(
    ("text", "desk", "verb", "words"),
    [
        ("7-502", True, Verb.CORRECT, "7-502"),
        ("备注：钥匙在邻居家", True, Verb.NOTE, "钥匙在邻居家"),
        ("note the key is next door", True, Verb.NOTE, "the key is next door"),
        ("/note the key", True, Verb.NOTE, "the key"),
        ("notebook is at the door", True, Verb.CORRECT, "notebook is at the door"),
        ("门卫不让进", False, Verb.NOTE, "门卫不让进"),
    ],
)
def test_a_reply_to_a_card_corrects_or_notes(text: str, desk: bool, verb: Verb, words: str) -> None:
    said = remark(Incoming(address=ADDRESS, text=text, about=42), desk=desk)
    assert (said.verb, said.job_id, said.text, said.version) == (verb, 42, words, None)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("desk", [False, True])
def test_a_menu_offers_words_that_are_understood(language: str, desk: bool) -> None:
    menu = vocabulary.menu(CATALOGS.texts(language), desk=desk)
    for name, said in menu:
        typed = read(f"/{name}")
        assert typed is not None
        assert typed.word is not Word.UNKNOWN
        assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
        assert 3 <= len(said) <= 256
    assert {"going", "arrived", "done", "cant"} <= dict(menu).keys()
    assert ("cancel" in dict(menu)) is desk
    assert ("assign" in dict(menu)) is desk
    assert len(menu) <= 22  # what a thumb still scrolls through


BY_HAND = {Verb.HELP: Word.HELP, Verb.POST: Word.JOB}
"""Verbs whose commands need no number."""
TAPPED = {*volunteer.VERBS, *duty.VERBS, *staff.VERBS, *ADMITTING, Verb.POST}
"""Whatever a button can do."""


@pytest.mark.parametrize("verb", sorted(TAPPED))
def test_every_verb_is_a_command_in_both_languages(verb: Verb) -> None:
    words = {word for word, does in VERBS.items() if does is verb} or {BY_HAND[verb]}
    names = [name for name, word in NAMES.items() if word in words or (name == "任务" and verb is Verb.POST)]
    assert any(name.isascii() for name in names)
    assert any(not name.isascii() for name in names)
    for name in names:
        typed = read(f"/{name} 42")
        assert typed is not None
        assert typed.word in words


CODE = "AQAAAAAAAAABAAAAAAAAAAIAAAAAaRvXQJ3lX2mYt1p0d9ZkQq4nT0w"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"/start {CODE}", CODE),
        ("/start short", "short"),
        (f"!join {CODE}", CODE),
        (f"/join {CODE}", CODE),
        (f"!join {CODE[:20]}", CODE[:20]),
        (f"!join {CODE[:12]}", CODE[:12]),
        (f"!join {CODE[20:40]}", CODE[20:40]),
        (f"!join {CODE[-15:]}", CODE[-15:]),
        (f"!join {CODE[:11]}", ""),
        ("!join Wang Xiaoming building 3", ""),
        ("!join 王小明3号楼一单元五零二室门口", ""),
        ("!join 021-12345678", ""),
        ("!join 008613600136000", ""),
        ("!join Jean-Baptiste", ""),
        ("!join Anne-Charlotte-Marie", ""),
        ("!join MacGillivray", ""),
        ("!join WangXiaomingBuilding3", ""),
        ("!join WANGXIAOMING-12", ""),
        ("!join wangxiaoming_12", ""),
        ("!join", ""),
        (f"!join {CODE} please", ""),
        ("!jobs", ""),
    ],
)
def test_an_invitation_is_opened_by_join_as_well(text: str, code: str) -> None:
    typed = read(text)
    assert typed is not None
    assert commands.invitation(typed) == code


@pytest.mark.parametrize("text", [f"加入 {CODE[:20]}", f"报名：{CODE[:20]}", f"join {CODE[:20]}"])
def test_a_code_behind_a_bare_join_is_an_invitation_too(text: str) -> None:
    """As somebody says it who is not in yet."""
    assert commands.coded(commands.joining(text) or "") == CODE[:20]


def test_commands_are_shown_with_the_sign_that_a_chat_takes() -> None:
    assert commands.shouted("Write /jobs, not /unheard or https://x.y/jobs.") == (
        "Write !jobs, not /unheard or https://x.y/jobs."
    )
    assert commands.shouted("发“/出发”，/请假 回来：恢复；微信/完成 不算，/求助 也不算") == (
        "发“!出发”，!请假 回来：恢复；微信/完成 不算，/求助 也不算"
    )


def test_what_texts_teach_behind_a_slash_is_read_behind_the_other_sign_too() -> None:
    """Else somebody on Matrix, where clients keep `/` to themselves, would be taught what cannot be sent."""
    texts = files("config").joinpath("locales", "zh_CN", "LC_MESSAGES", "suidao.po").read_text("utf-8")
    taught = set(re.findall(rf"(?<![\w/.:<-])/(?:{HAN})", texts))
    assert len(taught) > 8
    for each in taught:
        shown = commands.shouted(each)
        assert shown == f"!{each[1:]}"
        assert (read(shown) or Typed(word=Word.UNKNOWN)).word is (read(each) or Typed(word=Word.JOB)).word
