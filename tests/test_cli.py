"""The command line on real data folders: what it does, and the one line it says when it cannot."""

import asyncio
import io
import logging
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot import cli
from bot.codes import Codes
from bot.committee import DEMO
from bot.invite import Invitation, print_links
from bot.web.links import Links
from config import settings
from dispatch import paths
from store import open_store, schema
from store.crypto import Vault

REFUSED = "bot.loading: refused (bad_file): a file at the console"
LINK = re.compile(r"http\S+/join/(\S+)")


@pytest.fixture(autouse=True)
def a_machine_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUIDAO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def complains(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """The one line of a command that must fail; of a file that is refused the log has one before it."""
    capsys.readouterr()
    assert cli.main(argv) == cli.WRONG
    said = capsys.readouterr()
    assert said.out == ""
    *logged, line = said.err.splitlines()
    assert [each.partition("Z WARNING ")[2].partition(", table ")[0] for each in logged] in ([], [REFUSED])
    assert line.startswith("suidao: ")
    return said.err


def written(path: Path, text: str) -> str:
    """The demo's file with other words, and its plan beside it."""
    path.write_text(text, encoding="utf-8")
    for name in ("plan.svg", "plan.geojson"):
        (path.parent / name).write_bytes((DEMO.parent / name).read_bytes())
    return str(path)


def another(tmp_path: Path) -> str:
    """A second committee's file."""
    text = DEMO.read_text(encoding="utf-8").replace('key = "wutongli"', 'key = "yinxingli"', 1)
    return written(tmp_path / "second.toml", text)


def token(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert cli.main(("invite", *argv)) == 0
    found = LINK.search(capsys.readouterr().out)
    assert found is not None
    return found[1]


def opened(data: Path, link: str) -> tuple[int, int, int]:
    """Committee, person and epoch that a link stands for."""
    return Links(Vault.open(data, None).derive(b"web"), "http://127.0.0.1:8080").open(link)


def test_loading_twice_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["load", str(DEMO)]) == 0
    assert re.fullmatch(r"wutongli: [1-9]\d* added, 0 changed, .*\n", capsys.readouterr().out)
    assert cli.main(["load", str(DEMO)]) == 0
    assert "0 added, 0 changed" in capsys.readouterr().out


def test_buildings_to_which_no_way_leads_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.main(["load", str(DEMO)])
    assert "straight line" not in capsys.readouterr().out
    text = DEMO.read_text(encoding="utf-8")
    gate = next(entry for entry in text.split("\n\n") if 'name = "中门"' in entry)
    shut = text.replace(gate, f"{gate}\nclosed = true")
    cli.main(["load", written(tmp_path / "shut.toml", shut)])
    told = [line for line in capsys.readouterr().out.splitlines() if "straight line" in line]
    assert [line.split(": ")[1] for line in told] == [f"{number}号楼" for number in (3, 4, 7, 8, 11, 12)]
    monkeypatch.setattr(paths, "MOST", 20)
    cli.main(["load", str(DEMO)])
    assert "more than 1500 houses and corners were drawn" in capsys.readouterr().out


def test_pruning_deactivates_who_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["load", str(DEMO)])
    text = DEMO.read_text(encoding="utf-8")
    anna = next(entry for entry in text.split("\n\n") if 'key = "anna"' in entry)
    without = written(tmp_path / "without.toml", text.replace(anna, "").replace('"anna", ', ""))
    cli.main(["load", without])
    assert token(capsys, "anna")
    cli.main(["load", "--prune", without])
    assert "1 deactivated" in capsys.readouterr().out
    assert "no active person anna" in complains(capsys, "invite", "anna")


def test_a_bad_file_is_named_and_nothing_of_it_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = DEMO.read_text(encoding="utf-8").replace('building = "12"', 'building = "13"', 1)
    line = complains(capsys, "load", written(tmp_path / "bad.toml", text))
    assert re.search(r"bad\.toml: people #\d+ \(\S+\): building: expected the key of a building", line)
    assert "no committee yet" in complains(capsys, "invite", "wang")


def test_a_file_that_is_not_there_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    assert "nowhere.toml: there is no such file" in complains(capsys, "load", "nowhere.toml")


def test_an_invitation_opens_as_that_person(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["load", str(DEMO)])
    first, second = opened(data, token(capsys, "wang")), opened(data, token(capsys, "zhang"))
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_inviting_again_leaves_earlier_links_alone_and_revoking_does_not(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["load", str(DEMO)])
    first = opened(data, token(capsys, "wang"))
    assert opened(data, token(capsys, "wang")) == first
    assert opened(data, token(capsys, "wang", "--revoke"))[2] == first[2] + 1


def test_links_begin_with_the_public_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["load", str(DEMO)])
    capsys.readouterr()
    monkeypatch.setenv("SUIDAO_WEB__PUBLIC_URL", "https://suidao.example.org/")
    cli.main(["invite", "wang"])
    said = capsys.readouterr().out
    assert "https://suidao.example.org/join/" in said
    assert "this machine only" not in said


def test_somebody_unknown_is_not_invited(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["load", str(DEMO)])
    assert "no active person wong (did you mean wang?)" in complains(capsys, "invite", "wong")


def test_where_there_are_several_committees_one_must_be_named(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["load", str(DEMO)])
    cli.main(["load", another(tmp_path)])
    assert "--committee with one of: wutongli, yinxingli" in complains(capsys, "invite", "wang")
    assert "did you mean yinxingli?" in complains(capsys, "invite", "wang", "--committee", "yinxinli")
    ours = opened(data, token(capsys, "wang", "--committee", "wutongli"))
    theirs = opened(data, token(capsys, "wang", "--committee", "yinxingli"))
    assert ours[0] != theirs[0]


def test_migrating_makes_the_database_and_then_has_nothing_to_do(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["migrate"]) == 0
    assert f"from nothing to {schema.HEAD}" in capsys.readouterr().out
    assert schema.revision(data / schema.DATABASE) == schema.HEAD
    assert cli.main(["migrate"]) == 0
    assert "is up to date" in capsys.readouterr().out


def test_a_newer_database_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["migrate"])
    with closing(sqlite3.connect(data / schema.DATABASE)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert "newer than this program" in complains(capsys, "load", str(DEMO))


def test_another_key_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["migrate"])
    key = Fernet.generate_key().decode()
    monkeypatch.setenv("SUIDAO_SECRET_KEY", key)
    line = complains(capsys, "invite", "wang")
    assert "not the key" in line
    assert key not in line


def test_a_lost_key_is_not_replaced(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["migrate"])
    (data / "secret.key").unlink()
    assert "secret.key is missing" in complains(capsys, "migrate")
    assert not (data / "secret.key").exists()


def test_a_data_folder_that_cannot_be_made_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUIDAO_DATA_DIR", written(tmp_path / "file", "x") + "/data")
    assert "set SUIDAO_DATA_DIR" in complains(capsys, "migrate")


def test_an_unknown_setting_stops_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUIDAO_DATADIR", "x")
    for command in ("migrate", "doctor", "run"):
        assert "the nearest one is SUIDAO_DATA_DIR" in complains(capsys, command)


def test_the_help_says_every_command_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert all(
        re.search(rf"^ +{command}\b(.*\n {{10,}})?.*[\u4e00-\u9fff]", said, re.MULTILINE)
        for command in cli.commands()
    )


def test_a_wrong_command_is_answered_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["lod"])
    assert left.value.code == cli.WRONG
    assert "usage: suidao" in capsys.readouterr().err


def test_links_can_be_shown_as_codes_for_a_camera() -> None:
    plain, coded = io.StringIO(), io.StringIO()
    wang = Invitation(name="王阿姨", role="volunteer", url="http://192.0.2.7:8080/join/abc")
    print_links([wang], plain, qr=False)
    print_links([wang], coded, qr=True)
    assert wang.url in plain.getvalue()
    assert coded.getvalue().startswith(plain.getvalue())
    assert len(coded.getvalue().splitlines()) >= len(plain.getvalue().splitlines()) + 12


def test_where_matrix_is_used_an_invitation_says_whom_to_write_to_and_what(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["load", str(DEMO)])
    monkeypatch.setenv("SUIDAO_MATRIX__HOMESERVER", "http://127.0.0.1:9")  # not asked
    monkeypatch.setenv("SUIDAO_MATRIX__USER_ID", "@suidao:example.org")
    monkeypatch.setenv("SUIDAO_MATRIX__PASSWORD", "not asked either")
    capsys.readouterr()
    cli.main(["invite", "wang"])
    said = re.search(
        r"https://matrix\.to/#/@suidao:example\.org  and write there: !join (\S+)", capsys.readouterr().out
    )
    assert said is not None
    ticket = Codes(Vault.open(data, None).derive(b"invite")).open(said[1])
    assert ticket[0] == 1


def test_a_committee_that_was_loaded_is_not_a_demo(data: Path) -> None:
    cli.main(["load", str(DEMO)])

    async def demo() -> list[bool]:
        store = await open_store(data, Vault.open(data, None))
        try:
            return [committee.demo for committee in await store.committees()]
        finally:
            await store.close()

    assert asyncio.run(demo()) == [False]


def test_settings_are_read_from_the_environment_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / ".env", "SUIDAO_WEB__PORT=1\n")
    assert settings.read({}).web.port == 8080


def test_whoever_reads_no_further_is_told_nothing(data: Path) -> None:
    """As with `suidao whatif ... | head`: the other end of the pipe is closed."""
    assert cli.main(["load", str(DEMO)]) == 0
    end, begin = os.pipe()
    os.close(end)
    wanted = ("whatif", "welfare_check", "--at", "Sun 03:10")
    with os.fdopen(begin, "wb") as unread:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "bot.cli", *wanted], stdout=unread, stderr=subprocess.PIPE, check=False
        )
    assert done.stderr.decode() == ""
    assert done.returncode == cli.UNREAD
