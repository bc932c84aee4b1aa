"""`suidao playbook`: what it tells and draws, and that a trial goes by the rules and the cards themselves."""

import io
import logging
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from bot import cli, diagram
from bot.playbooks import load_playbooks
from config.playbooks import OURS
from dispatch.instructions import CLOSE
from handlers.texts import Catalogs

SVG = "{http://www.w3.org/2000/svg}"
BOOKS = load_playbooks(None)
KINDS = sorted(BOOKS)
LANGUAGES = ("zh_CN", "en")


@pytest.fixture(autouse=True)
def a_machine_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUIDAO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


def says(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert cli.main(("playbook", *argv)) == 0
    return capsys.readouterr().out


def tries(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *argv: str, answers: str
) -> str:
    """What is written when these answers, one a line, come from a file."""
    monkeypatch.setattr("sys.stdin", io.StringIO(answers))
    return " ".join(says(capsys, "try", *argv).split())


def squeezed(text: str) -> str:
    """Without the places where lines were broken."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_a_playbook_says_is_told_in_lines_that_a_terminal_holds(
    kind: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = says(capsys, "show", kind, "--language", language)
    book = BOOKS[kind]
    assert all(word in " ".join(told.split()) for word in book.recognise)
    for step in book.steps:
        assert squeezed(step.words[language]) in squeezed(told)
        for finding in step.findings:
            assert squeezed(finding.words[language]) in squeezed(told)
            assert squeezed(finding.says.get(language, "")) in squeezed(told)
    assert max(map(len, told.splitlines())) <= 80


def test_a_step_with_a_picture_is_marked_and_its_file_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, book = tmp_path / "steps.svg", BOOKS["oxygen_refill"]
    told = says(capsys, "show", "oxygen_refill", "--language", "en")
    says(capsys, "show", "oxygen_refill", "--language", "en", "--svg", str(file))
    drawn = file.read_text(encoding="utf-8")
    named = [step.picture for step in book.steps if step.picture]
    assert len(named) == drawn.count("<circle") >= 5
    assert all(
        told.count(f"     picture: {name}\n") == drawn.count(f"picture: {name}<") == 1 for name in named
    )


def test_the_step_of_a_guided_playbook_is_marked_as_well() -> None:
    first, *others = BOOKS["welfare_check"].steps
    book = replace(BOOKS["welfare_check"], steps=(replace(first, picture="door.png"), *others))
    texts = Catalogs.load().texts("en")
    drawn = [diagram.draw(each, texts) for each in (BOOKS["welfare_check"], book)]
    assert [each.count("<circle") for each in drawn] == [0, 1]
    assert [each.count("picture: door.png<") for each in drawn] == [0, 1]


def test_a_finding_is_told_with_where_it_leads_and_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    told = " ".join(says(capsys, "show", "welfare_check", "--language", "en").split())
    assert "Nobody knows, the door is shut → 4 · becomes: Life-threatening · calls leaders" in told
    assert "after 15 min by itself · calls leaders → 6" in told
    assert "They are well → closed" in told
    assert "not known: family → 14" in told
    assert "shown from here on: key holder" in told
    assert "+10m the sub-district office · again every 5 min" in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_holds_every_step_and_no_box_lies_on_another(
    kind: str, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "steps.svg"
    says(capsys, "show", kind, "--svg", str(file), "--language", language)
    picture = ET.fromstring(file.read_text(encoding="utf-8"))  # noqa: S314 - it is our own
    words = squeezed("".join(picture.itertext()))
    book = BOOKS[kind]
    for step in book.steps:
        assert squeezed(step.words[language]) in words
        assert all(squeezed(each.words[language]) in words for each in step.findings)
    boxes = [
        tuple(float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        for rect in picture.iter(f"{SVG}rect")
        if "rx" in rect.attrib
    ]
    ways = sum(len(step.findings) + bool(step.recheck) + bool(step.wants) for step in book.steps)
    assert len(boxes) == len(book.steps) + ways + book.guided
    for (x, y, wide, high), (left, top, width, height) in combinations(boxes, 2):
        assert x + wide <= left or left + width <= x or y + high <= top or top + height <= y
    arrows = [path for path in picture.iter(f"{SVG}path") if "marker-end" in path.attrib]
    assert len(arrows) == (2 * ways if book.guided else len(book.steps) - 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pictures_of_the_documentation_show_what_the_playbook_says_now(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Path(__file__).parents[1] / "docs" / "pictures" / f"welfare_check.{language}.svg"
    drawn = tmp_path / "steps.svg"
    says(capsys, "show", "welfare_check", "--svg", str(drawn), "--language", language)
    again = f"suidao playbook show welfare_check --language {language} --svg docs/pictures/{kept.name}"
    assert drawn.read_bytes() == kept.read_bytes(), again


def test_a_committees_own_playbook_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = (OURS / "welfare_check.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(ours.replace('after = "15m"', 'after = "10m"'), encoding="utf-8")
    monkeypatch.setenv("SUIDAO_PLAYBOOKS_DIR", str(tmp_path))
    told = says(capsys, "show", "welfare_check", "--language", "en")
    assert "after 10 min by itself" in told
    assert "after 15 min by itself" not in told


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (("show", "welfare_chek"), "did you mean welfare_check?"),
        (("try", "oxigen_refill"), "did you mean oxygen_refill?"),
        (("show", "welfare_check", "--svg", "steps.png"), "has to end in .svg"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    argv: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(("playbook", *argv)) == cli.WRONG
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert line in said.err


TO_THE_DOOR = "claim\ngoing\nwait 4m\narrived\n"
SHUT = f"{TO_THE_DOOR}2\n2\nwait 5m\n3\n"


def test_the_welfare_check_of_the_field_notes_goes_as_it_would(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = f"{SHUT}1\nwait 15m\n1\n2\n1\nwait 6m\n1\n1\nFirst Hospital\n1\n"
    told = tries(capsys, monkeypatch, "welfare_check", "--language", "en", answers=answers)
    assert "09:04:00 Wang Yue: Knock three times → No answer" in told
    assert "Mrs Liu, next door (has a key): 13700000000" in told
    assert "Secretary Wu: Wang Yue found: Nobody knows, the door is shut. Neither the door nor" in told
    assert "09:24:00 Time is up" in told
    assert "> 1 Which hospital? > First Hospital" in told
    assert "→ They are on board: First Hospital" in told
    assert told.endswith("The job is closed, 30 min after it was posted.")


def test_the_key_holder_is_not_shown_before_nobody_answers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tries(capsys, monkeypatch, "welfare_check", "--language", "en", answers=f"{TO_THE_DOOR}1\n1\n")
    assert "Door: Building 3 502" in told
    assert "Mrs Liu" not in told


def test_it_is_tried_in_chinese_and_where_a_contact_is_not_known(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = "接单\n到达\n2\n等 5分\n求助\n我来处理\n已解决\n退出\n"
    told = tries(capsys, monkeypatch, "welfare_check", "--unknown", "phone", answers=answers)
    assert "打住户电话" not in told
    assert "隔壁刘阿姨" in told
    assert "09:05:00 王悦请求帮助" in told
    assert "09:05:00 张洁来处理" in told
    assert "09:05:00 张洁：已解决" in told
    assert "任务还没办结" in told


def test_an_answer_that_is_none_says_what_can_be_said_and_moves_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tries(capsys, monkeypatch, "welfare_check", "--language", "en", answers="99\nwait 3d\nwait 90h\n")
    assert told.count("Say a number from 1 to 2, wait 15m, help") == 2
    assert told.count("At most 48 hours at a time.") == 1
    assert told.endswith("The job is still open.")


def test_what_the_rules_refuse_is_refused_with_their_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = f"arrived\n{TO_THE_DOOR}2\n2\ndone\n"
    told = tries(capsys, monkeypatch, "welfare_check", "--language", "en", answers=answers)
    assert "This is not yours to do." in told
    assert "It is not done before" in told


def test_whoever_gives_it_back_leaves_the_walk_where_it_stood(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = f"{TO_THE_DOOR}2\nrelease\nwait 2m\nclaim\narrived\n"
    told = tries(capsys, monkeypatch, "welfare_check", "--language", "en", answers=answers)
    assert "Wang Yue gave it back" in told
    assert told.split("What it came to")[0].rstrip("> ").endswith("5) Help")
    assert "1) They answered 2) Nobody answers" in told.partition("gave it back")[2]


def test_silence_is_waited_out_by_the_playbooks_own_times(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = "claim\nwait 1h\n"
    told = tries(capsys, monkeypatch, "welfare_check", "--language", "en", answers=answers)
    assert "09:05:00 Wang Yue was asked for a sign" in told
    assert "09:07:00 Wang Yue was not heard of: the place is free again" in told


@pytest.mark.parametrize("kind", KINDS)
def test_every_playbook_of_ours_can_be_tried_to_its_end(
    kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    book = BOOKS[kind]
    first = book.steps[0].findings
    assert not first or CLOSE not in {each.to for each in first}
    told = tries(capsys, monkeypatch, kind, "--language", "en", answers=f"{TO_THE_DOOR}done\n")
    assert told.endswith("The job is closed, 4 min after it was posted.")
