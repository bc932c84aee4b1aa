"""The documentation says all there is: every setting, command, verb and make target, and no dead link."""

import json
import re
from pathlib import Path

import pytest

from bot import cli
from bot.committee import read_committee
from config import settings
from dispatch.access import TABLE
from dispatch.people import Role, Rung
from dispatch.playbook import Deadlines
from dispatch.verbs import Verb
from store.holdings import HOLDINGS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", settings.known())
@pytest.mark.parametrize("page", ["docs/settings.md", ".env.example"])
def test_every_setting_is_documented(name: str, page: str) -> None:
    assert re.search(rf"\b{name}\b(?!_)", text(page))


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / ".env.example", ROOT / "docker-compose.yml", ROOT / "Dockerfile"], ids=str
)
def test_no_page_names_a_setting_that_does_not_exist(page: Path) -> None:
    names = set(re.findall(r"\bSUIDAO_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8")))
    known = set(settings.known())
    of_the_program = {name for name in names if not name.startswith(settings.FOR_TESTS)}
    assert {name.removesuffix("_FILE") for name in of_the_program} <= known


def test_every_command_and_option_is_documented() -> None:
    page = text("docs/commands.md")
    for command, options in cli.commands().items():
        assert f"`{command}" in page, command
        for option in options:
            assert f"{option}" in page, f"{command} {option}"


def test_the_changelog_names_every_command() -> None:
    assert set(cli.commands()) <= set(re.findall(r"`([\w-]+)`", text("CHANGELOG.md")))


@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_stands_in_the_glossary(verb: Verb) -> None:
    assert re.search(rf"^\| `{verb.value}` \| \S+ \| \S", text("docs/glossary.md"), re.MULTILINE)


def test_the_page_about_privacy_has_the_access_table_cell_by_cell() -> None:
    page = text("docs/privacy.md")
    for verb, cells in TABLE.items():
        row = re.search(rf"^\| `{verb.value}` \| (.*) \|$", page, re.MULTILINE)
        assert row is not None, verb
        assert row[1].split(" | ") == [grant.value for grant in cells.values()], verb


@pytest.mark.parametrize("table", [name for name, holding in HOLDINGS.items() if holding.personal])
def test_the_page_about_privacy_names_every_table_with_something_of_a_person(table: str) -> None:
    assert f"`{table}`" in text("docs/privacy.md")


def test_every_make_target_is_documented() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)
    assert phony is not None
    for target in phony[1].split():
        assert f"`make {target}" in text("docs/commands.md"), target


@pytest.mark.parametrize(
    "field", [*Deadlines.__slots__, "recognise", "require", "reveal", "loops", "two_people"]
)
def test_every_field_of_a_playbook_is_explained(field: str) -> None:
    assert f"`{field}`" in text("docs/playbooks.md")


def test_the_committee_file_page_names_every_role_and_rung() -> None:
    page = text("docs/committee-file.md")
    assert all(role.value in page for role in Role)
    assert all(f"{rung.value} = [" in page for rung in Rung)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("record", DECISIONS, ids=lambda record: record.stem)
def test_every_decision_has_context_choice_and_consequences(record: Path) -> None:
    contents = record.read_text(encoding="utf-8")
    assert contents.startswith(f"# {record.name[:4]} ")
    sections = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n?)+)", contents, re.MULTILINE))
    assert list(sections) == ["Context", "Choice", "Consequences"]
    assert all(section.strip() for section in sections.values())


def test_every_decision_stands_in_the_list_of_decisions() -> None:
    listed = re.findall(r"\]\((0.*\.md)\)", text("docs/decisions/README.md"))
    assert listed == [record.name for record in DECISIONS]


LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-synapse.txt")


def test_the_requirements_are_locked_with_hashes_and_without_addresses() -> None:
    for name in LOCKS:
        lock = text(name)
        assert "://" not in lock
        assert len(re.findall(r"^[a-z0-9][\w.-]*==", lock, re.MULTILINE)) > 40
        for block in re.split(r"\n(?=[a-z0-9])", lock.partition("make lock\n")[2]):
            assert "--hash=sha256:" in block, block[:60]


def test_the_clients_in_javascript_are_locked_with_hashes_and_without_addresses() -> None:
    packages = json.loads(text("tests/platforms/matrix_clients/package-lock.json"))["packages"]
    fetched = [package for where, package in packages.items() if where]
    assert len(fetched) > 25
    assert all(package["integrity"].startswith("sha512-") for package in fetched)
    assert not any("resolved" in package for package in fetched)


def test_every_dependency_is_locked() -> None:
    asked = re.findall(r'^ {4}"([a-z0-9-]+)[><=]', text("pyproject.toml"), re.MULTILINE)
    locked = {name for lock in LOCKS for name in re.findall(r"^([a-z0-9-]+)==", text(lock), re.MULTILINE)}
    assert len(asked) > 30
    assert set(asked) <= locked


def test_every_dependency_has_its_reason_beside_it() -> None:
    lists = re.findall(
        r"^(?:dependencies|dev|matrix-server) = \[\n(.*?)^\]",
        text("pyproject.toml"),
        re.MULTILINE | re.DOTALL,
    )
    lines = [line for block in lists for line in block.splitlines() if line.strip().startswith('"')]
    assert len(lines) > 30
    assert all(re.search(r"#\s+\S+ \S+", line) for line in lines)


def test_the_committee_file_of_the_documentation_is_a_good_one(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", text("docs/committee-file.md"), re.DOTALL)
    assert example is not None
    file = tmp_path / "committee.toml"
    file.write_text(example[1], encoding="utf-8")
    assert read_committee(file).committee["key"] == "wutongli"
