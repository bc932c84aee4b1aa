"""What is printed when the program is up: where the pages are and, in the demo, whose links to open.

The demo committee is loaded here, too: loading it again at the next start changes nothing.
"""

from collections.abc import Sequence
from typing import TextIO

from bot.app import Program, Started
from bot.committee import DEMO, read_committee, read_plan, spotted
from bot.invite import Invitation, choose_committee, invite, print_links

VISITED = ("wang", "zhang", "staff-a")
"""Two volunteers and a member of staff of the demo committee, by key: enough for a job and a race for it."""

DEMO_TIME = ("等待时间缩短到十分之一", "every delay is a tenth of the real one")
CROWD_TIME = ("时间快{pace}倍", "time runs {pace} times as fast")
"""How fast, in Chinese and English: with a crowd as somebody chose."""

BOARD = """
办公室大屏（先打开社工的链接登录）  The board for an office screen (sign in by the staff's link first):
  {url}/board
"""

CROWD = """
模拟居民正在加入，会自己发任务、接单、拒绝或不理。
Simulated people are coming in: they post, claim, refuse or stay silent by themselves. Watch the board.
"""

DEMO_UP = """
随到演示已启动 {url}  人物都是虚构的，{zh}。
The Suidao demo is up. Its people are invented, and {en}.

用社工的链接发任务，用志愿者的接单，没人接就看值班书记的。
Post as staff, claim as a volunteer, or let it climb to the secretary.
一个浏览器只能是一个人：每个链接用一个无痕窗口、另一个浏览器或另一台手机打开。
One browser is one person: open each link in a private window, another browser or on another phone.
"""

UP = """
随到已启动 {url}
Suidao is up.
"""

PART_UP = """
随到 {part} 已启动
Suidao's {part} is up.
"""

NO_COMMITTEE = "There is no committee yet: suidao load FILE (docs/committee-file.md)\n"

LEAVE = "\n按 Ctrl-C 结束。Ctrl-C ends it.\n"


def started(out: TextIO, *, qr: bool) -> Started:
    """What `app.run` calls once the first page can be opened; `qr` prints links as QR codes, too."""

    async def tell(program: Program) -> None:
        if program.demo:
            invitations = await _visit(program)
            zh, en = CROWD_TIME if program.crowd else DEMO_TIME
            faster = {"zh": zh.format(pace=program.pace), "en": en.format(pace=program.pace)}
            out.write(DEMO_UP.format(url=program.base_url, **faster))
            print_links(invitations, out, qr=qr)
            out.write(BOARD.format(url=program.base_url))
            if program.crowd:
                out.write(CROWD)
        else:
            out.write(UP.format(url=program.base_url))
            if not await program.store.committees():
                out.write(NO_COMMITTEE)
        out.write(LEAVE)
        out.flush()

    return tell


def part_started(out: TextIO, part: str) -> Started:
    """The same where one part of the program runs beside other processes."""

    async def tell(_: Program) -> None:
        out.write(PART_UP.format(part=part))
        out.flush()

    return tell


async def _visit(program: Program) -> Sequence[Invitation]:
    register = read_committee(DEMO)
    plan = read_plan(DEMO, register)
    await program.store.load(spotted(register, plan), prune=False, demo=True)
    if plan is not None:
        program.plans.keep(str(register.committee["key"]), plan)
    committee = await choose_committee(program.store, None)
    duty = await program.service.on_duty(committee.id)
    keys = [*VISITED, *([duty.key] if duty else [])]
    return [await invite(program.store, program.links, committee, key) for key in keys]
