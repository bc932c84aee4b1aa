"""docker-compose.yml: what can be set reaches the processes, and what is not given counts as not given."""

import json
import subprocess
from pathlib import Path

import pytest

from config.settings import ANY_COMMITTEE, known, read
from tests.browser.caddy import executable
from tests.composed import ROOT, caddyfile, composed

SERVICES = ("migrate", "bot", "web", "worker")

BY_THE_IMAGE = {
    "SUIDAO_DATA_DIR": "the volume is mounted where the image expects it",
    "SUIDAO_WEB__HOST": "a container's port is reached from outside it",
    "SUIDAO_WEB__PORT": "what is published, and Caddy, name the image's own",
}
"""Settings that are not passed, and why."""

IN_A_FILE = "SUIDAO_TELEGRAM__BOTS__<COMMITTEE>__TOKEN"
"""Compose cannot pass a name that it does not know."""


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_is_passed_or_left_out_for_a_reason(service: str) -> None:
    passed = {name.removesuffix("_FILE") for name in composed()["services"][service]["environment"]}
    assert not passed & set(BY_THE_IMAGE)
    assert passed | set(BY_THE_IMAGE) | {IN_A_FILE} == set(known())


def test_bots_of_committees_come_from_a_file_that_need_not_be_there() -> None:
    assert ANY_COMMITTEE in IN_A_FILE
    written = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert "- path: ./secrets/bots.env\n      required: false\n" in written


def test_what_is_not_given_counts_as_not_given() -> None:
    environ = composed()["services"]["worker"]["environment"]
    given = {name: value for name, value in environ.items() if not name.endswith("_FILE")}
    assert all(
        not environ[name]
        for name in environ
        if name.endswith("_FILE") and "KEY" not in name and "BASE" not in name
    )
    found, usual = read(given), read({})
    assert (found.watch, found.telegram, found.matrix, found.web) == (
        usual.watch,
        usual.telegram,
        usual.matrix,
        usual.web,
    )
    assert (found.metrics_port, found.playbooks_dir) == (None, None)


def test_what_env_names_is_what_the_processes_read() -> None:
    services = composed(
        SUIDAO_WATCH__LATE_SECONDS="30",
        SUIDAO_MATRIX__ENCRYPTED_ROOMS="true",
        PLAYBOOKS_DIR="./playbooks",
        HEARTBEAT_URL_FILE="./secrets/heartbeat_url",
    )["services"]
    environ = services["worker"]["environment"]
    assert environ["SUIDAO_WATCH__LATE_SECONDS"] == "30"
    assert environ["SUIDAO_MATRIX__ENCRYPTED_ROOMS"] == "true"
    assert environ["SUIDAO_WATCH__HEARTBEAT_URL_FILE"] == "/run/secrets/heartbeat_url"
    secrets = {each["source"] for each in services["worker"]["secrets"]}
    named = {value for name, value in environ.items() if name.endswith("_FILE") and value}
    assert {value.removeprefix("/run/secrets/") for value in named} <= secrets
    mounted = {each["target"] for each in services["worker"]["volumes"]}
    assert environ["SUIDAO_PLAYBOOKS_DIR"] in mounted


def test_a_real_caddy_takes_what_compose_gives_it(tmp_path: Path) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(caddyfile(), encoding="utf-8")
    command = [executable(), "adapt", "--config", str(file), "--adapter", "caddyfile"]
    found = subprocess.run(command, check=True, capture_output=True, timeout=30, env={"SITE": "localhost"})  # noqa: S603 - ours
    written = json.dumps(json.loads(found.stdout))
    assert '"refresh": 2000000000' in written
    assert '"try_duration": 5000000000' in written
    assert "fail_duration" not in written
