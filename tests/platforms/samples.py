"""Cards and homes as handlers make them, with invented people: what the page is laid out for."""

from dataclasses import replace

from dispatch.verbs import Verb
from handlers.home import Home, Kind, PostForm
from handlers.messages import Action, Asks, Call, Card, Choice, Fact, Style, Tone


def action(verb: Verb, label: str, style: Style = Style.PLAIN, *, job: int = 42, version: int = 3) -> Action:
    return Action(verb=verb, job_id=job, version=version, label=label, style=style)


OFFERED = Card(
    job_id=42,
    version=3,
    tone=Tone.URGENT,
    title="送药 · 7号楼",
    badge="急",
    state="需要 1 人，还没有人认领。",
    facts=(Fact(label="地点", value="7号楼（离你约 120 米）"), Fact(label="内容", value="去中山医院取药")),
    actions=(
        action(Verb.CLAIM, "我来", Style.SUCCESS),
        action(Verb.REFUSE, "这次不行"),
    ),
    notes=("认领以后才会看到门牌和电话。",),
    rank=20,
)

MINE = Card(
    job_id=42,
    version=4,
    tone=Tone.MINE,
    title="送药 · 7号楼",
    badge="我的",
    state="这件事是你的，请尽快出发。",
    facts=(
        Fact(label="门牌", value="7号楼 502 室", private=True),
        Fact(label="电话", value="138 0000 0000", phone="13800000000", private=True),
        Fact(label="情况", value="胰岛素用完，中山医院有货", private=True),
        Fact(label="儿子", value="139 0000 0000", phone="13900000000", private=True),
    ),
    actions=(
        action(Verb.START, "我出发了", Style.PRIMARY, version=4),
        action(Verb.ARRIVE, "我到了", Style.PRIMARY, version=4),
        action(Verb.FINISH, "办好了", Style.SUCCESS, version=4),
        replace(
            action(Verb.RELEASE, "我来不了", version=4),
            asks=Asks.CONFIRM,
            hint="会马上去问别人，门牌和电话随之收回。",
        ),
        replace(
            action(Verb.HELP, "我需要帮助", Style.DANGER, version=4), asks=Asks.TEXT, hint="发生了什么？"
        ),
    ),
    steps=("先打电话问清药名和数量", "带上医保卡和病历", "取到药后拍照给家属", "送到门口，点“办好了”"),
    rank=10,
)

TAKEN = Card(
    job_id=43,
    version=5,
    tone=Tone.DONE,
    title="上门看望 · 3号楼",
    badge="有人了",
    state="王阿姨已经认领，谢谢你。你排在候补第 1 位。",
    actions=(action(Verb.REFUSE, "不用等我了", job=43, version=5),),
    rank=60,
)

DESK = Card(
    job_id=44,
    version=9,
    tone=Tone.LIFE,
    title="上门看望 · 3号楼",
    badge="危急",
    state="已问 5 人，还没有人认领，12 分钟前发出。",
    calls=(Call(label="救护车", number="120"), Call(label="报警", number="110")),
    facts=(
        Fact(label="门牌", value="3号楼 502 室", private=True),
        Fact(label="电话", value="138 0000 0001", phone="13800000001", private=True),
        Fact(label="原话", value="3号楼502 敲门无应答 80岁独居", private=True),
    ),
    actions=(
        replace(
            action(Verb.ASSIGN, "派给……", Style.PRIMARY, job=44, version=9),
            asks=Asks.PERSON,
            choices=(
                Choice(value="11", label="王阿姨（3号楼，空闲）"),
                Choice(value="12", label="李师傅（5号楼）"),
            ),
        ),
        action(Verb.COMPLETE, "已经办好", Style.SUCCESS, job=44, version=9),
    ),
    more=(
        replace(
            action(Verb.CORRECT, "更正", job=44, version=9), asks=Asks.TEXT, hint="例如：3号楼601 13800000002"
        ),
        replace(action(Verb.NOTE, "记一笔", job=44, version=9), asks=Asks.TEXT),
        replace(
            action(Verb.CANCEL, "取消", Style.DANGER, job=44, version=9), asks=Asks.TEXT, hint="为什么？"
        ),
    ),
    notes=("还缺电话。直接回复即可，例如：电话 13800000002",),
    log=("09:00 赵社工发出", "09:00 问了王阿姨、李师傅、周老师", "09:04 问了全组"),
    rank=5,
)

ALARM = replace(
    DESK,
    tone=Tone.ALARM,
    badge="请马上回应",
    state="没有人认领，已经轮到你。",
    actions=(action(Verb.ACKNOWLEDGE, "我来处理", Style.DANGER, job=44, version=9), *DESK.actions),
    rank=0,
)

CLOSED = Card(
    job_id=41,
    version=12,
    tone=Tone.DONE,
    title="送水 · 12号楼",
    badge="已完成",
    state="09:40 李师傅办好了。",
    rank=90,
    closed=True,
)

POST = PostForm(
    hint="一句话写清楚：哪里、什么事",
    examples=("3号楼502 敲门无应答 80岁独居", "7-502 胰岛素用完 中山医院"),
    kinds=(
        Kind(
            value="welfare_check",
            label="上门看望",
            icon="🚪",
            life=True,
            needs=frozenset({"building", "unit"}),
        ),
        Kind(value="oxygen_refill", label="制氧机加水", icon="💧", life=True),
        Kind(value="medicine_run", label="取药送药", icon="💊", life=False),
        Kind(value="general", label="其他", icon="🧺", life=False),
    ),
    buildings=(Choice(value="3", label="3号楼"), Choice(value="7", label="7号楼")),
)

VOLUNTEER = Home(
    committee="梧桐里居民区",
    person="王阿姨",
    language="zh_CN",
    demo=True,
    alarm=False,
    quiet="",
    duty="",
    cards=(OFFERED, TAKEN),
    closed=(CLOSED,),
)
CLAIMER = replace(VOLUNTEER, cards=(MINE, TAKEN))
QUIET = replace(VOLUNTEER, quiet="现在没有需要你做的事。", cards=(), closed=())
STAFF = replace(
    VOLUNTEER, person="赵社工", duty="钱书记", post=POST, cards=(DESK, replace(OFFERED, actions=()))
)
SECRETARY = replace(STAFF, person="钱书记", alarm=True, cards=(ALARM, replace(OFFERED, actions=())))
