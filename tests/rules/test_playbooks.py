"""The playbooks that come with the program, and a committee's own over them."""

import re
from pathlib import Path

import pytest

from bot.playbooks import load_playbooks
from config import playbooks
from dispatch import aims
from dispatch.errors import BadFileError
from dispatch.jobs import Priority
from dispatch.moments import MINUTE
from dispatch.people import Rung
from dispatch.playbook import Aim
from dispatch.playbook_file import FALLBACK

OURS = sorted(playbooks.OURS.glob("*.toml"))


def test_the_five_kinds_are_there_with_the_stakes_of_the_field_notes() -> None:
    assert {kind: book.priority for kind, book in load_playbooks(None).items()} == {
        "welfare_check": Priority.LIFE,
        "oxygen_refill": Priority.LIFE,
        "medicine_run": Priority.URGENT,
        "daily_round": Priority.NORMAL,
        FALLBACK: Priority.NORMAL,
    }


@pytest.mark.parametrize("kind", ["welfare_check", "oxygen_refill", "medicine_run"])
def test_urgent_kinds_ask_the_measured_waves_and_then_climb_the_whole_ladder(kind: str) -> None:
    book = load_playbooks(None)[kind]
    assert [wave.count for wave in book.waves] == [5, 10, 20, None]
    assert [wave.after for wave in book.waves] == [0, 2 * MINUTE, 2 * MINUTE, 2 * MINUTE]
    assert [rung.to for rung in book.rungs] == list(Rung)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_the_office_and_nobody_else_keeps_being_asked_by_a_clock_of_its_own(path: Path) -> None:
    book = load_playbooks(None)[path.stem]
    assert {rung.to for rung in book.rungs if rung.every is not None} == {Rung.OFFICE}


@pytest.mark.parametrize(
    ("kind", "normal"), [(FALLBACK, 15 * MINUTE), ("daily_round", 15 * MINUTE), ("medicine_run", 6 * MINUTE)]
)
def test_whoever_is_urgently_wanted_is_wanted_in_five_minutes_and_else_before_all_are_asked(
    kind: str, normal: int
) -> None:
    book = load_playbooks(None)[kind]
    assert aims.aim(book, Priority.URGENT) == Aim(within=5 * MINUTE, chance=0.99)
    assert aims.aim(book, Priority.NORMAL) == Aim(within=normal, chance=0.99)
    assert normal == sum(wave.after for wave in book.waves), "by then the whole group is asked"


def test_a_welfare_check_is_looked_at_again_after_a_quarter_of_an_hour() -> None:
    assert load_playbooks(None)["welfare_check"].deadlines.started_to_done == 15 * MINUTE


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_reason_stands_beside_every_number(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        code, _, comment = line.partition("#")
        if re.search(r'= *("[0-9]+[smh]"|[0-9]+)', code):
            assert len(comment.strip()) >= 5, f"{path.name}:{number + 1} has no reason: {line}"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_no_step_prescribes_anything(path: Path) -> None:
    book = load_playbooks(None)[path.stem]
    texts = " ".join(text for step in book.steps for text in step.words.values())
    assert not re.search(r"(?i)\d+\s*(mg|ml|毫克|毫升|单位|units?|litres?|升/分|l/min)\b", texts)


def own(directory: Path, name: str, **changes: str) -> Path:
    """A committee's own file: ours with some texts replaced."""
    text = (playbooks.OURS / "general.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(f"{old} = ", f"{new}\n# {old} = ", 1)
    (directory / name).write_text(text, encoding="utf-8")
    return directory


def test_a_committees_own_file_replaces_ours_of_the_same_kind(tmp_path: Path) -> None:
    own(tmp_path, "ours_is_slower.toml", loops="loops = 9")
    loaded = load_playbooks(tmp_path)
    assert loaded[FALLBACK].loops == 9
    assert len(loaded) == 5


def test_a_committees_own_kind_comes_beside_ours(tmp_path: Path) -> None:
    own(tmp_path, "rice.toml", kind='kind = "rice_round"', recognise='recognise = ["大米"]')
    assert set(load_playbooks(tmp_path)) == {
        "daily_round",
        "general",
        "medicine_run",
        "oxygen_refill",
        "rice_round",
        "welfare_check",
    }


def test_a_pace_shortens_every_playbook(tmp_path: Path) -> None:
    quick = load_playbooks(None, 10)["welfare_check"]
    assert quick.deadlines.started_to_done == 15 * MINUTE // 10


def bad(directory: Path) -> dict[str, str | int]:
    with pytest.raises(BadFileError) as refused:
        load_playbooks(directory)
    return refused.value.params


def test_two_files_of_one_kind_are_refused(tmp_path: Path) -> None:
    own(tmp_path, "one.toml")
    params = bad(own(tmp_path, "two.toml"))
    assert (params["file"], params["field"]) == ("two.toml", "kind")
    assert "one.toml has the same" in str(params["expected"])


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("opens", 'opens = "welfare"'),  # no such kind
        ("opens", 'opens = "上门"'),
        ("found", 'opens = "welfare_check"\nfound = "knock.nobody"'),  # no such finding
        ("found", 'opens = "welfare_check"\nfound = "phone.none"'),  # not the first step
        ("found", 'opens = "general"\nfound = "knock.none"'),  # it asks nothing
        ("found", 'opens = "welfare_check"\nfound = "knock"'),
        ("first", 'opens = "welfare_check"\nfirst = "knock"'),
    ],
)
def test_a_round_whose_no_answer_leads_nowhere_is_refused(tmp_path: Path, field: str, said: str) -> None:
    text = (playbooks.OURS / "daily_round.toml").read_text(encoding="utf-8")
    ours = 'opens = "welfare_check"\nfound = "knock.none"'
    assert ours in text
    (tmp_path / "mine.toml").write_text(text.replace(ours, said), encoding="utf-8")
    params = bad(tmp_path)
    assert (params["file"], params["table"], params["field"]) == ("mine.toml", "no_answer", field)


def test_a_word_that_two_kinds_claim_is_refused(tmp_path: Path) -> None:
    params = bad(own(tmp_path, "rice.toml", kind='kind = "rice_round"', recognise='recognise = ["胰岛素"]'))
    assert (params["file"], params["field"]) == ("rice.toml", "recognise")
    assert "medicine_run.toml has 胰岛素 as well" in str(params["expected"])


def test_a_file_that_is_not_toml_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "torn.toml").write_text('kind = "rice"\ntitle = [[ ,\nicon = 3', encoding="utf-8")
    params = bad(tmp_path)
    assert params["file"] == "torn.toml"
    assert "line 2" in str(params["expected"])


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "gb.toml").write_bytes(b"# one\n# two\n" + "# 敲门".encode("gb18030"))
    params = bad(tmp_path)
    assert params["file"] == "gb.toml"
    assert str(params["expected"]) == "line 3: not UTF-8; save the file as UTF-8"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "SUIDAO_PLAYBOOKS_DIR" in str(bad(tmp_path / "nowhere")["expected"])
