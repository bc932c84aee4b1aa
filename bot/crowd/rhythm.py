"""When jobs come in, and what staff type then: a compound's day as the field notes tell it. Pure.

The day begins at half past eight, whatever the clock says, so that a newcomer sees it at work.
"""

from collections.abc import Mapping, Sequence
from random import Random

JOBS_A_DAY = 30
"""Field notes, the size of it: 10 to 30 urgent jobs a day; the upper end, for there is something to see."""

BEGINS_H = 8.5
"""Hour of the simulated day at which the crowd begins: half an hour before the first knock of R1."""

HOURS: Sequence[float] = (
    *(0.3,) * 6,  # the nights of R13 and of the secretary's camp bed: little, and that is serious
    *(1.0,) * 2,  # up from five or six in the morning
    *(2.5,) * 4,  # knocks at 9:00 and 10:30, medicine before noon
    *(1.5,) * 2,
    *(2.0,) * 4,
    *(1.5,) * 4,  # staff left their supper for the oxygen machine
    *(0.7,) * 2,
)
"""How much an hour brings, compared with the others: the hours of the reports, weighed by our estimate."""

OPENING_S: Sequence[float] = (0.0, 4.0, 9.0, 15.0, 22.0, 30.0)
"""Real seconds at which what the night has left is posted (R16: answered in the morning), whatever the speed:
a newcomer has something to watch at once."""

KINDS: Mapping[str, tuple[float, Sequence[str]]] = {
    "oxygen_refill": (0.105, ("{door} 氧气机缺水", "{door} 制氧机要加水 家属打来的")),
    "medicine_run": (
        0.555,
        ("{door} 胰岛素用完 中山医院", "{door} 降压药吃完了 要配药", "{door} 配药 华山医院 医保卡在门口"),
    ),
    "welfare_check": (0.121, ("{door} 敲门无应答 电话关机", "{door} 上门看看 早上的菜还挂在门上")),
    "general": (0.219, ("{door} 灯坏了 老人怕摔", "{door} 快递太重 搬上楼", "{door} 垃圾三天没人收")),
}
"""Recipe B's shares of four kinds of job, on the kinds of the demo; medicine is the commonest (R3), and how
staff write it."""


def interval_s(elapsed_s: float) -> float:
    """Mean seconds between two jobs at this moment of the simulated day, so long after its beginning."""
    hour = int(BEGINS_H + elapsed_s / 3600) % 24
    return 3600 * sum(HOURS) / (JOBS_A_DAY * HOURS[hour])


def message(random: Random, doors: Sequence[str]) -> str:
    """What staff type: a door, and what is the matter there."""
    (_, texts) = random.choices(list(KINDS.values()), weights=[share for share, _ in KINDS.values()])[0]
    return random.choice(texts).format(door=random.choice(doors))
