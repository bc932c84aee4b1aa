"""Settings: what is read, what stops the start, and that no error says a secret."""

from pathlib import Path

import pytest

from config import settings
from config.settings import SettingsError

SECRET = "kBVb7lCkzjDd3vQjM1Xn3eZ0y0eQ2mWJY5d3r0r8w0E="  # noqa: S105 - invented, opens nothing


def refused(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        settings.read(environ)
    line = str(error.value)
    assert "\n" not in line
    return line


def test_without_any_setting_everything_is_on_this_machine_alone() -> None:
    found = settings.read({})
    assert found.database is None
    assert (found.data_dir, found.redis_url, found.secret_key, found.playbooks_dir) == (
        Path("data"),
        None,
        None,
        None,
    )
    assert (found.web.host, found.web.port, found.web.public_url) == ("127.0.0.1", 8080, None)
    assert found.web.base_url == "http://127.0.0.1:8080"


def test_every_setting_is_read() -> None:
    found = settings.read(
        {
            "SUIDAO_DATA_DIR": "/srv/suidao",
            "SUIDAO_DATABASE_URL": f"postgresql://suidao:{SECRET}@localhost:5432/suidao",
            "SUIDAO_REDIS_URL": "redis://localhost:6379/0",
            "SUIDAO_SECRET_KEY": SECRET,
            "SUIDAO_PLAYBOOKS_DIR": "own",
            "SUIDAO_WEB__HOST": "::1",
            "SUIDAO_WEB__PORT": "9000",
            "SUIDAO_WEB__PUBLIC_URL": "https://suidao.example.org/",
        }
    )
    assert found.data_dir == Path("/srv/suidao")
    assert found.database == f"postgresql://suidao:{SECRET}@localhost:5432/suidao"
    assert SECRET not in repr(found)
    assert found.redis_url == "redis://localhost:6379/0"
    assert found.secret_key is not None
    assert found.secret_key.get_secret_value() == SECRET
    assert found.playbooks_dir == Path("own")
    assert (found.web.host, found.web.port) == ("::1", 9000)
    assert found.web.base_url == "https://suidao.example.org"


def test_an_address_of_version_six_stands_in_brackets_in_links() -> None:
    assert settings.read({"SUIDAO_WEB__HOST": "::1"}).web.base_url == "http://[::1]:8080"


def test_the_process_environment_is_not_read_behind_the_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUIDAO_WEB__PORT", "9999")
    assert settings.read({}).web.port == 8080


def test_an_empty_value_counts_as_not_given() -> None:
    found = settings.read({"SUIDAO_REDIS_URL": "", "SUIDAO_WEB__PORT": " "})
    assert (found.redis_url, found.web.port) == (None, 8080)


def test_other_programs_names_and_the_test_suites_own_are_passed_by() -> None:
    environ = {"HOME": "x", "SUIDAOX": "y", "SUIDAO_TEST_REQUIRE_BROWSER": "1"}
    assert settings.read(environ) == settings.read({})


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("SUIDAO_WEB__PROT", "SUIDAO_WEB__PORT"),
        ("SUIDAO_WEB_PORT", "SUIDAO_WEB__PORT"),
        ("SUIDAO_DATADIR", "SUIDAO_DATA_DIR"),
        ("SUIDAO_SECRETKEY_FILE", "SUIDAO_SECRET_KEY"),
        ("suidao_data_dir", "SUIDAO_DATA_DIR"),
        ("SUIDAO_WEB", "SUIDAO_WEB__PORT"),
    ],
)
def test_an_unknown_name_stops_the_start_and_names_the_nearest(name: str, nearest: str) -> None:
    line = refused({name: SECRET})
    assert line.startswith(f"{name} is not a setting (the nearest one is {nearest})")
    assert SECRET not in line


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SUIDAO_WEB__PORT", SECRET, "a port from 1 to 65535"),
        ("SUIDAO_WEB__PORT", "70000", "a port from 1 to 65535"),
        ("SUIDAO_WEB__PUBLIC_URL", SECRET, "such as https://suidao.example.org"),
        ("SUIDAO_WEB__PUBLIC_URL", f"https://me:{SECRET}@example.org", "such as https://suidao.example.org"),
        ("SUIDAO_REDIS_URL", f"http://:{SECRET}@localhost", "such as redis://localhost:6379/0"),
        ("SUIDAO_DATABASE_URL", f"postgres://:{SECRET}@localhost/suidao", "such as postgresql://suidao@"),
        ("SUIDAO_DATABASE_URL", f"postgresql://suidao:{SECRET}@localhost", "such as postgresql://suidao@"),
        ("SUIDAO_DATABASE_URL", f"sqlite:///{SECRET}", "such as postgresql://suidao@"),
    ],
)
def test_a_wrong_value_is_named_and_never_repeated(name: str, value: str, says: str) -> None:
    line = refused({name: value})
    assert line.startswith(f"{name} is wrong: it must be")
    assert says in line
    assert value not in line
    assert SECRET not in line


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{SECRET}\n")
    found = settings.read({"SUIDAO_SECRET_KEY_FILE": str(file)})
    assert found.secret_key is not None
    assert found.secret_key.get_secret_value() == SECRET


def test_a_nested_setting_is_read_from_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("https://suidao.example.org")
    assert (
        settings.read({"SUIDAO_WEB__PUBLIC_URL_FILE": str(file)}).web.base_url == "https://suidao.example.org"
    )


def test_a_setting_given_twice_is_refused(tmp_path: Path) -> None:
    line = refused({"SUIDAO_SECRET_KEY": SECRET, "SUIDAO_SECRET_KEY_FILE": str(tmp_path / "key")})
    assert line == "SUIDAO_SECRET_KEY and SUIDAO_SECRET_KEY_FILE are both set; keep one of them"


@pytest.mark.parametrize(
    ("contents", "says"),
    [(None, "cannot read"), (b"", "is empty"), (b"\xff\xfe", "not text"), (b"k" * 70_000, "too large")],
)
def test_a_file_that_cannot_be_used_says_what_to_do(
    tmp_path: Path, contents: bytes | None, says: str
) -> None:
    file = tmp_path / "key"
    if contents is not None:
        file.write_bytes(contents)
    line = refused({"SUIDAO_SECRET_KEY_FILE": str(file)})
    assert line.startswith("SUIDAO_SECRET_KEY_FILE: ")
    assert says in line
    assert str(file) in line


def test_no_secret_stands_in_what_settings_look_like(tmp_path: Path) -> None:
    found = settings.read({"SUIDAO_SECRET_KEY": SECRET, "SUIDAO_REDIS_URL": f"redis://:{SECRET}@localhost"})
    assert SECRET not in repr(found)
    assert SECRET not in str(found)


def test_a_committees_own_bot_is_named_by_its_key() -> None:
    found = settings.read({"SUIDAO_TELEGRAM__BOTS__WUTONG_LI__TOKEN": "1:hidden"})
    assert found.telegram.used
    assert found.telegram.bots["wutong_li"].token.get_secret_value() == "1:hidden"
    assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    "name", ["SUIDAO_TELEGRAM__TOKN", "SUIDAO_TELEGRAM__BOTS__X__TOKN", "SUIDAO_TELEGRAM__BOTS__TOKEN__X"]
)
def test_an_unknown_name_below_telegram_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings.read({name: "1:hidden"})


MATRIX = {
    "SUIDAO_MATRIX__HOMESERVER": "https://matrix.example.org",
    "SUIDAO_MATRIX__USER_ID": "@suidao:example.org",
    "SUIDAO_MATRIX__PASSWORD": SECRET,
}


def test_an_account_on_a_matrix_server_is_read() -> None:
    found = settings.read(MATRIX).matrix
    assert found.used
    assert (found.homeserver, found.user_id) == ("https://matrix.example.org", "@suidao:example.org")
    assert not found.encrypted_rooms
    assert SECRET not in repr(found)


@pytest.mark.parametrize("missing", ["SUIDAO_MATRIX__USER_ID", "SUIDAO_MATRIX__PASSWORD"])
def test_half_an_account_is_refused_with_what_is_missing(missing: str) -> None:
    line = refused({name: value for name, value in MATRIX.items() if name != missing})
    assert line == (
        "SUIDAO_MATRIX is wrong: it must be whole: with HOMESERVER also USER_ID, and PASSWORD or ACCESS_TOKEN"
    )


def test_a_name_without_its_server_is_refused() -> None:
    assert "such as @suidao:example.org" in refused(MATRIX | {"SUIDAO_MATRIX__USER_ID": "suidao"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUIDAO_KEEP__PRIVATE_DAYS", "0"),
        ("SUIDAO_KEEP__APPLICATIONS_DAYS", "29"),
        ("SUIDAO_KEEP__RECEIPTS_DAYS", "1"),
        ("SUIDAO_REVEALS__GIVEN_BACK", "1"),
    ],
)
def test_what_would_be_kept_too_shortly_is_refused(name: str, value: str) -> None:
    assert name in refused({name: value})


def test_the_address_of_the_sms_service_has_a_place_for_the_number_and_is_never_said() -> None:
    found = settings.read({"SUIDAO_SMS__URL": f"json://u:{SECRET}@sms.example.org/{{phone}}"})
    assert found.sms.url is not None
    assert SECRET not in repr(found)
    assert found.without_chats().sms.url is None
    for wrong in (f"json://u:{SECRET}@sms.example.org/", "{phone}", "://{phone}"):
        line = refused({"SUIDAO_SMS__URL": wrong})
        assert "SUIDAO_SMS__URL" in line
        assert SECRET not in line
