"""`suidao playbook`, as it stands on the command line: a playbook in words and as a picture, and tried step
by step. What is said and what happens is made elsewhere, and loaded only when one of them runs."""

import argparse
import sys
from pathlib import Path
from typing import TypeAlias

from bot.complaints import ComplaintError
from config.settings import Settings
from dispatch.instructions_file import WANTED
from dispatch.playbook import Playbook
from dispatch.tables import nearest

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - as argparse calls it

DRAWN = ".svg"
"""How a picture's name ends."""


def add(commands: Commands) -> None:
    """Add it to the others."""
    about = "what a playbook says, and how it goes (处置流程：查看、试走)"
    kinds = commands.add_parser("playbook", help=about, description=about).add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    about = "tell all that it says, and draw its steps (查看流程，画成图)"
    show = kinds.add_parser("show", help=about, description=about)
    show.set_defaults(command=_show)
    show.add_argument("--svg", metavar="FILE", type=Path, help="a picture of the steps (流程图)")
    about = "walk through it, with a clock that is moved by hand (试走一遍，时间手动快进)"
    attempt = kinds.add_parser("try", help=about, description=about)
    attempt.set_defaults(command=_try)
    unknown = "nobody knows this contact of the resident; may be repeated (假设没有这个联系方式)"
    attempt.add_argument("--unknown", action="append", default=[], choices=sorted(WANTED), help=unknown)
    for one in (show, attempt):
        one.add_argument("kind", metavar="KIND", help="a playbook's kind, such as welfare_check")
        one.add_argument(
            "--language", choices=("zh_CN", "en"), default="zh_CN", help="of what is said (语言)"
        )


def _show(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import diagram  # noqa: PLC0415 - the drawing: not wanted by --help
    from handlers import playbooks  # noqa: PLC0415 - as above
    from handlers.texts import Catalogs  # noqa: PLC0415 - as above

    file: Path | None = arguments.svg
    if file is not None and file.suffix.lower() != DRAWN:
        raise ComplaintError(f"the file's name has to end in {DRAWN}")
    book, texts = _playbook(found, arguments.kind), Catalogs.load().texts(arguments.language)
    if file is not None:
        file.write_text(diagram.draw(book, texts), encoding="utf-8")
    sys.stdout.writelines(f"{line}\n" for line in playbooks.lines(book, texts))
    return 0


def _try(found: Settings, arguments: argparse.Namespace) -> int:
    from bot import playbook_try  # noqa: PLC0415 - cards and rules: not wanted by --help
    from handlers.texts import Catalogs  # noqa: PLC0415 - as above

    book, texts = _playbook(found, arguments.kind), Catalogs.load().texts(arguments.language)
    playbook_try.walk(book, texts, frozenset(arguments.unknown), sys.stdin, sys.stdout)
    return 0


def _playbook(settings: Settings, kind: str) -> Playbook:
    from bot.playbooks import load_playbooks  # noqa: PLC0415 - as above

    found = load_playbooks(settings.playbooks_dir)
    if kind not in found:
        raise ComplaintError(f"there is no kind {kind}{nearest(kind, found)}: {', '.join(found)}")
    return found[kind]
