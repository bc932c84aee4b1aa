"""An earlier release on what this one has kept: it says what to do, ends, and has changed nothing
(CONFORMANCE.md 31).

It is the real one, a commit of this history, with the files that it had then.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from store import schema
from store.crypto import KEY_FILE
from tests.chaos.fleet import Fleet
from tests.chaos.runs import Place
from tests.chaos.storm import releases

OLD = "4affa5cbe60cbaf18429b5414c11faf296d63f3e"
"""The oldest release that needs exactly the packages of this one, so that it runs where this one does. When
those change, name the first commit with the new ones as soon as the schema has gone on after it."""

OLD_HEAD = "0029"
"""The newest schema that it knows."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its files. Only where the history is not whole may they be missing."""
    try:
        folder = releases.laid_out(OLD, tmp_path_factory.mktemp("old"))
    except releases.NotHereError as error:
        if releases.has_all_history():
            raise
        pytest.skip(f"{error}, which is no git checkout with its whole history")
    assert releases.head(folder) == OLD_HEAD != schema.HEAD
    return folder


def refused(place: Place, command: str) -> None:
    """The command ends at once, with the one line that says what to do."""
    ended = place.command(command)
    assert ended.returncode == 2, ended.stdout + ended.stderr
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("suidao: ")]
    assert ended.stderr.splitlines()[-1] == line
    assert f"revision {schema.HEAD}, this program knows up to {OLD_HEAD}" in line
    assert "use the newer release, or restore a backup taken by this one" in line
    assert "Traceback" not in ended.stderr


def test_conformance_31_an_old_release_refuses_what_a_newer_one_has_kept_and_leaves_it_as_it_is(
    place: Place, old: Path
) -> None:
    before = {file.name: file.read_bytes() for file in place.data.iterdir() if file.is_file()}
    assert {schema.DATABASE, KEY_FILE} <= before.keys()
    refused(replace(place, root=old), "run")
    assert {name: (place.data / name).read_bytes() for name in before} == before
    assert not place.valkeys()


def test_an_old_release_works_on_what_it_has_made_itself_so_that_it_is_the_schema_that_it_refuses(
    place: Place, old: Path, tmp_path: Path
) -> None:
    own = replace(place, root=old, data=tmp_path / "own")
    loaded = own.command("load", str(Path(__file__).with_name("wutong.toml")))
    assert loaded.returncode == 0, loaded.stderr
    assert schema.revision(own.data / schema.DATABASE) == OLD_HEAD


def test_conformance_31_an_old_bot_refuses_a_newer_shared_database_and_leaves_it_as_it_is(
    place: Place, postgres_url: str, old: Path
) -> None:
    fleet = Fleet(
        place,
        postgres_url,
        f"unix://{place.temporary}/nobody.sock",
        {"SUIDAO_SECRET_KEY_FILE": str(place.data / KEY_FILE)},
    )
    loaded = fleet.place.command("load", str(Path(__file__).with_name("wutong.toml")))
    assert loaded.returncode == 0, loaded.stderr
    before = _kept(fleet)
    refused(replace(fleet.place, root=old), "bot")
    assert _kept(fleet) == before


def _kept(fleet: Fleet) -> list[object]:
    """The shape of every table, the revision, and who there is."""
    shape = "SELECT table_name, column_name, data_type FROM information_schema.columns"
    tables = ("alembic_version", "committees", "people", "addresses", "residents")
    return [
        sorted(fleet.rows(f"{shape} WHERE table_schema = 'public'")),
        *(sorted(fleet.rows(f"SELECT * FROM {table}"), key=repr) for table in tables),  # noqa: S608 - our own names
    ]
