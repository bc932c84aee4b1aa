"""The command line: the front door for whoever looks after the machine.

Each command is a few lines that call what does the work. What is expected to go wrong is one line on
stderr, beside what the log has of it, and exit code 2; only a fault of the program shows a traceback.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bot import complaints, playbook_commands, privacy
from bot.simulate import options as simulated
from config import logs, settings
from config.settings import Settings
from dispatch.buildings_file import COORDINATES
from dispatch.jobs import Priority

# What a command needs is imported when it runs: `--help` and a wrong setting answer at once, and `doctor`
# can tell what is wrong even where a part cannot be loaded.

WRONG = 2
"""Exit code when a command could not do what was asked."""

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the signal's number, as shells count."""

UNREAD = 141
"""The same where nobody reads what is written any more, as behind `| head`."""

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what `--lan` asks for: every network that this machine is in
"""Where the pages are served for phones on the local network."""

SPEEDS = (1, 120)
"""Lowest and highest speed of a crowd: at 120 a wave waits one second, and nobody reads cards any faster."""

SPEED = 20
"""The usual one: a wave every six seconds, a job claimed and done within a minute, a day in 72 minutes."""

PARTS = {
    "bot": "one of several processes: the chats (多进程：聊天平台)",
    "web": "one of several processes: the pages (多进程：网页)",
    "worker": "one of several processes: what happens by itself (多进程：后台任务)",
}
"""Commands that start one part of `run` beside other processes."""

Command: TypeAlias = Callable[[Settings, argparse.Namespace], int]

ABOUT = """\
Suidao: urgent neighbourhood jobs, posted in one message, claimed by one tap, escalated until a human answers.
随到：一句话发布邻里急事，点一下接单，没人接就逐级叫人，直到有人答应。

Settings come from the environment (docs/settings.md). 设置写在环境变量里。"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = parser().parse_args(argv)
    command: Command = arguments.command
    logs.setup()
    try:
        code = command(settings.read(os.environ), arguments)
        sys.stdout.flush()  # what goes wrong with it is said here, and not by Python at its end
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # What is still in hand would be written at the end, and complained of.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except complaints.EXPECTED as error:
        print(f"suidao: {complaints.line(error)}", file=sys.stderr)
        return WRONG
    else:
        return code


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = argparse.ArgumentParser(
        prog="suidao", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    for name, about in PARTS.items():
        _add(commands, name, _part, about).set_defaults(part=name)
    _add_load(commands)
    _add_export(commands)
    _add_invite(commands)
    _add_poster(commands)
    _add_source(commands)
    _add(commands, "migrate", _migrate, "bring the database to the shape of this release (升级数据库)")
    drill = _add(commands, "drill", _drill, "try every way to wake every leader (演练：逐一试叫负责人)")
    drill.add_argument("--committee", metavar="KEY", help="where there are several (有多个居委会时)")
    _add_whatif(commands)
    _add_simulate(commands)
    playbook_commands.add(commands)
    _add_backup(commands)
    privacy.add(commands)
    _add(commands, "doctor", _doctor, "check everything and say how to mend it (检查并说明怎么修)")
    return top


def commands() -> Mapping[str, Sequence[str]]:
    """Every command's name and its long options, for the test that compares them with the documentation."""
    groups = (action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001 - argparse offers no other way to ask
    found: dict[str, Sequence[str]] = {}
    for group in groups:
        for name, command in group.choices.items():
            options = (option for action in command._actions for option in action.option_strings)  # noqa: SLF001 - as above
            found[name] = [option for option in options if option.startswith("--") and option != "--help"]
    return found


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, command: Command, about: str
) -> argparse.ArgumentParser:
    added = commands.add_parser(name, help=about, description=about)
    added.set_defaults(command=command)
    return added


def _add_run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = _add(commands, "run", _run, "start everything (启动)")
    run.add_argument(
        "--demo", action="store_true", help="an invented committee, delays a tenth (演示，时间缩短到十分之一)"
    )
    run.add_argument(
        "--crowd", action="store_true", help="fill the demo with simulated people (演示里加入模拟居民)"
    )
    run.add_argument(
        "--speed",
        type=_speed,
        metavar="N",
        help=f"the crowd lives N times as fast, {SPEEDS[0]} to {SPEEDS[1]}, usually {SPEED} (模拟的快慢)",
    )
    run.add_argument(
        "--lan",
        action="store_true",
        help="open to phones on this network, links as QR codes (局域网手机扫码)",
    )


def _speed(text: str) -> int:
    """The value of `--speed`. Raises what argparse turns into one line."""
    lowest, highest = SPEEDS
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise argparse.ArgumentTypeError(f"a whole number from {lowest} to {highest}")
    return int(text)


def _add_load(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    load = _add(commands, "load", _load, "load the register from a file (导入居委会名册)")
    load.add_argument("file", metavar="FILE", type=Path, help="TOML, XLSX or CSV, see docs/committee-file.md")
    load.add_argument(
        "--prune", action="store_true", help="deactivate people who are missing in it (停用名册上没有的人)"
    )
    load.add_argument(
        "--preview", action="store_true", help="only say what would change (只看会改什么，不导入)"
    )
    load.add_argument("--table", metavar="NAME", help="what a CSV file holds, such as people (CSV 是哪张表)")
    load.add_argument(
        "--coordinates", choices=COORDINATES, help="how positions are given that do not say so (坐标系)"
    )
    load.add_argument("--committee", metavar="KEY", help="where there are several (有多个居委会时)")


def _add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    export = _add(commands, "export", _export, "write the register as a workbook (导出名册为表格)")
    export.add_argument("file", metavar="FILE", type=Path, help="a new .xlsx file")
    export.add_argument("--empty", action="store_true", help="headings only, to be filled in (空白模板)")
    export.add_argument("--committee", metavar="KEY", help="where there are several (有多个居委会时)")


def _add_whatif(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    whatif = _add(
        commands, "whatif", _whatif, "who would be asked, when and how, and what is missing (推演：会叫到谁)"
    )
    whatif.add_argument("kind", metavar="KIND", help="a playbook's kind, such as welfare_check")
    whatif.add_argument("--at", required=True, metavar="WHEN", help='such as "Sun 03:10" (什么时候)')
    whatif.add_argument("--building", metavar="KEY", help="where the job is (几号楼)")
    whatif.add_argument(
        "--priority",
        choices=[priority.value for priority in Priority],
        help="if it is not as urgent as its kind (紧急程度)",
    )
    whatif.add_argument("--committee", metavar="KEY", help="where there are several (有多个居委会时)")


def _add_simulate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = "how soon somebody comes, and how many are asked (模拟派单策略)"
    simulated.add(_add(commands, "simulate", _simulate, about))


def _add_invite(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    invite = _add(commands, "invite", _invite, "print a person's link (生成个人链接)")
    invite.add_argument("person", metavar="PERSON", help="the person's key in the committee's file")
    invite.add_argument("--committee", metavar="KEY", help="where there are several (有多个居委会时)")
    invite.add_argument(
        "--revoke", action="store_true", help="make all earlier links useless first (先作废旧链接)"
    )


def _add_poster(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    poster = _add(commands, "poster", _poster, "a sheet with a code to report in by (报到海报)")
    kind = poster.add_mutually_exclusive_group()
    kind.add_argument("--pdf", metavar="FILE", type=Path, help="to print, A4 (打印用)")
    kind.add_argument("--png", metavar="FILE", type=Path, help="to post as a picture (发图用)")
    poster.add_argument("--language", choices=("zh_CN", "en"), default="zh_CN", help="which one is on top")
    poster.add_argument("--font", metavar="FILE", type=Path, help="a font that has Chinese (中文字体)")
    poster.add_argument(
        "--revoke", action="store_true", help="posters that hang lead nowhere any more (先作废旧海报)"
    )
    poster.add_argument("--committee", metavar="KEY", help="where there are several (有多个居委会时)")


def _add_source(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = "let another system post jobs (外部系统接入)"
    kinds = commands.add_parser("source", help=about, description=about).add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    add = _add(kinds, "add", _source, "let one in; prints its token once (添加，令牌只显示一次)")
    add.add_argument("--webhook", metavar="URL", help="where it is told what happens (接收通知的地址)")
    remove = _add(kinds, "remove", _source, "its token opens nothing any more (移除)")
    for one in (add, remove):
        one.add_argument("key", metavar="KEY", help="its name: a-z, 0-9 and -")
        one.add_argument("--committee", metavar="KEY", help="where there are several (有多个居委会时)")
    _add(kinds, "list", _source, "all of them, and what is owed to them (列表)")
    for name, one in kinds.choices.items():
        one.set_defaults(action=name)


def _add_backup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = _add(commands, "backup", _backup, "keep everything in one file, also while it runs (备份)")
    backup.add_argument("--with-key", action="store_true", help="the key too (连同密钥)")
    restore = _add(commands, "restore", _restore, "put a backup into an empty folder or database (恢复)")
    for one in (backup, restore):
        one.add_argument("file", metavar="FILE", type=Path, help="see docs/backup.md")


def _backup(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import backup as work  # noqa: PLC0415 - the database: not wanted by --help

    work.take(found, arguments.file, sys.stdout, with_key=arguments.with_key)
    return 0


def _restore(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import backup as work  # noqa: PLC0415 - the database: not wanted by --help

    work.restore(found, arguments.file, sys.stdout)
    return 0


def _source(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import sources as work  # noqa: PLC0415 - the database: not wanted by --help

    match arguments.action:
        case "add":
            wanted = (arguments.key, arguments.committee, arguments.webhook)
            asyncio.run(work.add(found, *wanted, sys.stdout))
        case "remove":
            asyncio.run(work.remove(found, arguments.key, arguments.committee, sys.stdout))
        case _:
            asyncio.run(work.show(found, sys.stdout))
    return 0


def _run(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import app, welcome  # noqa: PLC0415 - the servers and the queue's client: wanted by this command alone

    if arguments.crowd and not arguments.demo:
        raise complaints.ComplaintError("--crowd only with --demo: simulated people never meet real ones")
    if arguments.speed is not None and not arguments.crowd:
        raise complaints.ComplaintError("--speed only with --crowd")
    crowd = (arguments.speed or SPEED) if arguments.crowd else None
    started = welcome.started(sys.stdout, qr=arguments.lan)
    host = EVERYWHERE if arguments.lan else None
    app.run(found, started=started, demo=arguments.demo, host=host, crowd=crowd)
    return 0


def _part(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import app, welcome  # noqa: PLC0415 - as for `run`
    from bot.parts import Part  # noqa: PLC0415 - the same

    part = {"bot": Part.TALK, "web": Part.PAGES, "worker": Part.WORK}[arguments.part]
    app.run(found, started=welcome.part_started(sys.stdout, arguments.part), part=part)
    return 0


def _load(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import loading  # noqa: PLC0415 - the database: not wanted by --help
    from bot.importing import Wish  # noqa: PLC0415 - the same

    wish = Wish(table=arguments.table, coordinates=arguments.coordinates, prune=arguments.prune)
    order = loading.Order(wish=wish, committee=arguments.committee, preview=arguments.preview)
    asyncio.run(loading.load(found, arguments.file, sys.stdout, order))
    return 0


def _export(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import loading  # noqa: PLC0415 - the database: not wanted by --help

    wanted = (arguments.file, sys.stdout, arguments.committee)
    asyncio.run(loading.export(found, *wanted, empty=arguments.empty))
    return 0


def _invite(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import commands as work  # noqa: PLC0415 - the database: not wanted by --help

    invitation = asyncio.run(
        work.make_invitation(found, arguments.person, arguments.committee, revoke=arguments.revoke)
    )
    work.show_invitation(invitation, sys.stdout)
    return 0


def _poster(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import commands as work  # noqa: PLC0415 - the database: not wanted by --help

    file = arguments.pdf or arguments.png or Path("poster.pdf")
    wanted = ".png" if arguments.png else ".pdf"
    if file.suffix.lower() != wanted:
        raise complaints.ComplaintError(f"the file's name has to end in {wanted}")
    wish = work.PosterWish(
        file=file,
        committee=arguments.committee,
        first=arguments.language,
        font=arguments.font,
        revoke=arguments.revoke,
    )
    asyncio.run(work.make_poster(found, wish, sys.stdout))
    return 0


def _migrate(found: Settings, _: argparse.Namespace) -> int:
    from bot import commands as work  # noqa: PLC0415 - the database: not wanted by --help

    asyncio.run(work.migrate(found, sys.stdout))
    return 0


def _whatif(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import whatif  # noqa: PLC0415 - the database: not wanted by --help

    wanted = (arguments.kind, arguments.at, arguments.committee, arguments.building)
    priority = arguments.priority and Priority(arguments.priority)
    return asyncio.run(whatif.whatif(found, *wanted, sys.stdout, priority))


def _drill(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import drill  # noqa: PLC0415 - the database: not wanted by --help

    return asyncio.run(drill.drill(found, arguments.committee, sys.stdout))


def _simulate(_: Settings, arguments: argparse.Namespace) -> int:
    from bot.simulate import command as work  # noqa: PLC0415 - wanted by this command alone

    return work.simulate(arguments, sys.stdout, sys.stderr)


def _doctor(found: Settings, _: argparse.Namespace) -> int:
    from bot import doctor  # noqa: PLC0415 - looks at every part: not wanted by --help

    return asyncio.run(doctor.examine(found, sys.stdout))


if __name__ == "__main__":
    sys.exit(main())
