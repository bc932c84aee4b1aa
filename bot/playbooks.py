"""The playbooks that this installation works with, by kind: ours, and a committee's own over them."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from bot import step_pictures
from config import playbooks, toml_files
from dispatch import playbook_base, playbook_file, walking
from dispatch.errors import BadFileError
from dispatch.playbook import Playbook
from dispatch.playbook_base import Contents


def load_playbooks(directory: Path | None, pace: int = 1) -> Mapping[str, Playbook]:
    """Kind to playbook; a file in `directory` replaces ours of the same kind. A `pace` of 10 makes every
    delay a tenth. Raises `BadFileError` for the first mistake; nothing is half-loaded."""
    ours = _contents(playbooks.OURS)
    found = _read(ours)
    if directory is not None:
        found |= _read(_filled(_contents(directory), ours))
    _one_meaning_a_word(found)
    for file, book in found.values():
        step_pictures.check(file, book, directory)
    _known_answers(found)
    return MappingProxyType(
        {kind: playbook_file.paced(book, pace) for kind, (_, book) in sorted(found.items())}
    )


def _contents(directory: Path) -> Mapping[str, Contents]:
    try:
        return playbooks.load(directory)
    except toml_files.FileUnreadableError as error:
        raise BadFileError(file=error.file, table="", field="", expected=error.problem) from None


def _filled(files: Mapping[str, Contents], ours: Mapping[str, Contents]) -> Mapping[str, Contents]:
    """The same, with what stands only in those of ours that they are based on."""
    bases = {str(contents["kind"]): contents for contents in ours.values()}
    return {
        file: playbook_base.filled(file, contents, bases) if playbook_base.based(contents) else contents
        for file, contents in files.items()
    }


def _read(files: Mapping[str, Contents]) -> dict[str, tuple[str, Playbook]]:
    """Kind to file name and playbook."""
    found: dict[str, tuple[str, Playbook]] = {}
    for file, contents in files.items():
        book = playbook_file.parse(file, contents)
        if book.kind in found:
            expected = f"a kind of its own; {found[book.kind][0]} has the same"
            raise BadFileError(file=file, table="", field="kind", expected=expected)
        found[book.kind] = (file, book)
    return found


def _one_meaning_a_word(found: Mapping[str, tuple[str, Playbook]]) -> None:
    """Refuse a word that two kinds claim: a message would mean one or the other by chance."""
    meant: dict[str, str] = {}
    for file, book in found.values():
        for word in book.recognise:
            if word in meant:
                expected = f"words of its own; {meant[word]} has {word} as well"
                raise BadFileError(file=file, table="", field="recognise", expected=expected)
            meant[word] = file


def _known_answers(found: Mapping[str, tuple[str, Playbook]]) -> None:
    """Refuse a round whose *no answer* opens what there is not, or begins where its steps do not lead on."""
    for file, book in found.values():
        if book.no_answer is None:
            continue
        opens, said = book.no_answer.opens, book.no_answer.found
        if opens not in found:
            raise BadFileError(
                file=file, table="no_answer", field="opens", expected=f"one of the kinds {', '.join(found)}"
            )
        if said and not walking.leads_on(found[opens][1], said):
            expected = f"a finding of the first step of {opens} that does not end it"
            raise BadFileError(file=file, table="no_answer", field="found", expected=expected)


__all__ = ["load_playbooks"]
