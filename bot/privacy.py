"""The commands about what is private, as they stand on the command line: what is done is done elsewhere, and
loaded only when one of them runs."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from config.settings import Settings

if TYPE_CHECKING:
    from bot.subjects import Subject

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - as argparse calls it


def add(commands: Commands) -> None:
    """Add them to the others."""
    about = "all that is kept about somebody (导出某人信息)"
    export = _command(commands, "export-person", _export, about)
    folder = "where the files go (文件放在哪里)"
    export.add_argument("--folder", metavar="DIR", type=Path, default=Path(), help=folder)
    about = "forget somebody, keep the counts (删除某人信息)"
    erase = _command(commands, "erase-person", _erase, about)
    erase.add_argument("--yes", action="store_true", help="without asking twice (不再询问)")
    about = "a new key for all that is private (更换密钥)"
    rotate = _command(commands, "rotate-key", _rotate, about)
    links = "and for all personal links: everybody needs a new one (连同所有个人链接)"
    rotate.add_argument("--links", action="store_true", help=links)
    about = "pictures between database and bucket (在数据库和存储桶之间移动图片)"
    move = _command(commands, "move-pictures", _move, about)
    move.add_argument("--to", choices=("bucket", "database"), required=True, help="where they go (移到哪里)")
    for one in (export, erase):
        who = one.add_mutually_exclusive_group(required=True)
        who.add_argument("person", metavar="KEY", nargs="?", help="the key in the committee's file (编号)")
        who.add_argument("--resident", metavar="KEY", help="a resident instead (居民)")
        one.add_argument("--committee", metavar="KEY", help="where there are several (有多个居委会时)")


def _command(
    commands: Commands, name: str, run: Callable[[Settings, argparse.Namespace], int], about: str
) -> argparse.ArgumentParser:
    added = commands.add_parser(name, help=about, description=about)
    added.set_defaults(command=run)
    return added


def _export(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import subjects  # noqa: PLC0415 - the database: not wanted by --help

    asyncio.run(subjects.export(found, _subject(arguments), arguments.folder, sys.stdout))
    return 0


def _erase(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import subjects  # noqa: PLC0415 - as above

    ask = None if arguments.yes else subjects.typed
    asyncio.run(subjects.erase(found, _subject(arguments), sys.stdout, ask))
    return 0


def _rotate(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import rotation  # noqa: PLC0415 - as above

    rotation.rotate(found, sys.stdout, links=arguments.links)
    return 0


def _move(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import moving  # noqa: PLC0415 - as above

    return asyncio.run(moving.move(found, sys.stdout, into_bucket=arguments.to == "bucket"))


def _subject(arguments: argparse.Namespace) -> "Subject":
    from bot.subjects import Subject  # noqa: PLC0415 - as above

    resident = arguments.resident is not None
    key = arguments.resident if resident else arguments.person
    return Subject(key=key, resident=resident, committee=arguments.committee)
