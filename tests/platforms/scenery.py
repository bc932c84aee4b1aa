"""An evening of the small committee: jobs in every state that a page shows, from one call."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.pictures import developed
from dispatch import register, running_out
from dispatch.care import NOBODY
from dispatch.jobs import Priority
from dispatch.medicine_runs import MedicineRuns
from dispatch.moments import to_datetime
from dispatch.refilling import Refilling
from dispatch.runs import Act, Tick
from dispatch.stops import Good
from dispatch.tending import Tending
from dispatch.verbs import Command, Verb
from handlers.messages import Incoming
from tests.photos import photo
from tests.platforms.house import COMMITTEE, House, browser

NONCE = re.compile(r'name="nonce" value="([^"]+)"')
MESSAGES = (
    "3号楼502 敲门无应答 80岁独居",
    "7-301 胰岛素用完 中山医院",
    "7号楼 搬米 500袋 3人",
    "3号楼 氧气机缺水 201",
)


async def posts(home: House, *messages: str, who: str = "zhao") -> list[int]:
    """Jobs posted on the page; their numbers."""
    numbers = []
    async with browser(home, who) as staff:
        for text in messages:
            found = NONCE.search(await (await staff.get("/")).text())
            assert found is not None
            answer = await staff.post("/post", {"text": text, "nonce": found[1]})
            assert answer.status == 200
            await home.settle()
            numbers.append(max(job.id for job in await home.store.open_jobs(home.committee_id)))
    return numbers


async def does(home: House, who: str, verb: Verb, job: int) -> None:
    """Somebody's tap."""
    person = await home.person(who)
    await home.service.act(person, job, Command(verb=verb, actor=person.id))
    await home.settle()


async def finds(home: House, who: str, job: int, *findings: str) -> None:
    """What somebody at the door taps, minutes apart."""
    person = await home.person(who)
    for finding in findings:
        home.clock.forward(2 * 60)
        command = Command(verb=Verb.FIND, actor=person.id, finding=finding)
        await home.service.act(person, job, command)
        await home.settle()


async def evening(home: House) -> list[int]:
    """One job in hand with a picture, one that waits, one half done, and one that calls the secretary; the
    claims are minutes apart, as the board's curve needs them."""
    knock, insulin, rice, oxygen = await posts(home, *MESSAGES)
    await home.router.album.add(await home.address("zhao"), knock, (developed(photo(mark="7")),), "evening")
    home.clock.forward(50)
    await does(home, "wang", Verb.CLAIM, knock)
    await does(home, "wang", Verb.START, knock)
    home.clock.forward(130)
    await does(home, "li", Verb.CLAIM, rice)
    await does(home, "wang", Verb.REFUSE, insulin)
    await does(home, "li", Verb.FINISH, rice)
    home.clock.forward(2 * 60)
    await home.look()
    return [knock, insulin, rice, oxygen]


OTHER = {"key": "wu", "name": "吴伯", "building": "7", "unit": "301", "phone": "13900139001"}


async def medicine(home: House) -> int:
    """A morning of medicine: a run of two requests in hand, one more that a run-out date made, one that was
    fetched, and some that have time; the run's number."""
    zone = ZoneInfo("Asia/Shanghai")
    now = to_datetime(home.clock.now()).astimezone(zone)
    home.clock.forward((9 - now.hour) % 24 * 3600)
    today = running_out.today(zone, home.clock.now())
    known = COMMITTEE["residents"]
    assert isinstance(known, list)
    listed = [
        {
            "key": f"m{number}",
            "resident": resident,
            "medicine": name,
            "hospital": hospital,
            "until": today + timedelta(days=days),
        }
        for number, (resident, name, hospital, days) in enumerate(
            (
                ("wu", "胰岛素", "瑞金医院", 1),
                ("chen", "华法林片", "社区卫生服务中心", 4),
                ("chen", "降压药", "中山医院", 26),
            )
        )
    ]
    file = {**COMMITTEE, "residents": [*known, OTHER], "medicines": listed}
    await home.store.load(register.parse("committee.toml", file), prune=False, demo=False)
    refilling = Refilling(home.service)
    for due in await refilling.due(10):
        await refilling.look(due)
    fetched = next(
        each for each in await home.store.open_jobs(home.committee_id) if each.priority is Priority.NORMAL
    )
    await does(home, "zhao", Verb.COMPLETE, fetched.id)
    job = min(await posts(home, "3-502 降压药 还剩2天 中山医院 医保卡", "7-301 降糖药 还剩1天 去中山医院配"))
    await does(home, "wang", Verb.CLAIM, job)
    runs, wang = MedicineRuns(home.service), await home.person("wang")
    await runs.tick(wang, job, Tick(number=1, act=Act.RECEIVED, good=Good.CARD))
    await runs.tick(wang, job, Tick(number=2, act=Act.GOT))
    await home.settle()
    return job


CARE = {
    "key": "chen-oxygen",
    "resident": "chen",
    "kind": "oxygen_refill",
    "at": ["08:00", "23:30"],
    "carers": ["li"],
    "device": "卧室床头的制氧机",
    "words": "纯净水在床底下",
}


async def cared(home: House) -> int:
    """A care plan whose next turn nobody who usually does it can do; somebody else has it, and is there."""
    file = register.parse("care.toml", {**COMMITTEE, "care": [CARE]})
    await home.store.load(file, prune=False, demo=True)
    (plan,) = await home.store.care_plans(home.committee_id)
    said = await Tending(home.service).cannot_come(await home.person("zhao"), plan.id, NOBODY)
    job = said.job_id
    assert job is not None
    for verb in (Verb.CLAIM, Verb.START, Verb.ARRIVE):
        await does(home, "wang", verb, job)
    return job


RESIDENTS = [
    {
        "key": f"r{number}",
        "name": f"住户{number}",
        "building": "3" if number % 2 else "7",
        "unit": f"{number}01",
        "phone": f"139000000{number:02}",
        "notes": "独居",
    }
    for number in range(1, 25)
]
LEADERS = [
    {"key": key, "name": name, "roles": [role], "language": "zh_CN", "trusted": True}
    for key, name, role in (
        ("sun", "孙副书记", "secretary"),
        ("zhou", "周主任", "secretary"),
        ("office", "街道值班", "office"),
        ("adviser", "老书记", "adviser"),
    )
]
WORDS = ("敲门无应答", "胰岛素用完 中山医院", "搬米 500袋", "氧气机缺水", "缺水")


async def whole_ladder(home: House) -> None:
    """Deputies, the office, an adviser and the residents come to the committee, each with a link."""
    people = [*COMMITTEE["people"], *LEADERS]  # type: ignore[misc]  # a list of tables, as the file has it
    ladder = {"duty": ["qian"], "deputy": ["sun"], "director": ["zhou"], "office": ["office"]}
    file = {**COMMITTEE, "people": people, "residents": RESIDENTS, "ladder": ladder}
    await home.store.load(register.parse("committee.toml", file), prune=False, demo=True)
    for person in (await home.store.roster(home.committee_id)).people.values():
        await home.store.invite(home.committee_id, person.id, revoke=False)


async def busy_day(home: House, jobs: int = 30, waiting: int = 12) -> None:
    """A day of a committee with a whole ladder: so many jobs, of which so many are open in the end, some of
    them called up the whole ladder, some in somebody's hands."""
    await whole_ladder(home)
    staff = await home.address("zhao")
    for number in range(jobs):
        text = f"{3 if number % 2 else 7}号楼{number + 1}01 {WORDS[number % len(WORDS)]}"
        reply = await home.router.handle(Incoming(address=staff, text=text, nonce=f"day-{number}"))
        assert reply.card is not None
        job = reply.card.job_id
        home.clock.forward(6 * 60)
        await home.look()
        if number < jobs - waiting:
            await does(home, "zhao", Verb.CANCEL if number % 7 == 3 else Verb.COMPLETE, job)
        elif number % 3 == 0:
            await does(home, "li" if number % 2 else "wang", Verb.CLAIM, job)
        elif number % 3 == 1:
            await does(home, "qian", Verb.ACKNOWLEDGE, job)
