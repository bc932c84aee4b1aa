"""Real programs that watch themselves (CONFORMANCE.md 29): an outside heartbeat stops when a program stands
still or is dead, when something stays late, when its auditor fails; two auditors beside a frozen program."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection

import pytest

from store.schema import DATABASE
from tests.chaos import drills
from tests.chaos.ledgers import assert_whole, owed, steps
from tests.chaos.monitors import Monitor, monitoring
from tests.chaos.patience import until
from tests.chaos.runs import ROOT, Home, Place, Run
from tests.ports import free_port

QUICK = {"SUIDAO_WATCH__HEARTBEAT_SECONDS": "1", "SUIDAO_WATCH__LATE_SECONDS": "2"}
"""A heartbeat a second, and late after two: everything that is waited for comes soon."""

ALARM_AFTER_S = 2.5
"""Seconds of silence after which the monitor alarms: two heartbeats that did not come."""

AUDIT = "suidao_last_audit_timestamp_seconds"

STUCK = "CREATE TRIGGER stuck BEFORE UPDATE ON jobs BEGIN SELECT RAISE(FAIL, 'stuck'); END"
"""From now on nothing can be decided about any job."""

NO_REPAIRS = (
    "CREATE TRIGGER blind BEFORE INSERT ON receipts WHEN NEW.receipt LIKE 'late %' "
    "BEGIN SELECT RAISE(FAIL, 'stuck'); END"
)
"""From now on no auditor can write down what it repairs."""


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    with monitoring() as one:
        yield one


@pytest.fixture
def watched(home: Home, place: Place, monitor: Monitor) -> Iterator[Run]:
    """A program that a monitor waits for, with its figures on a port."""
    settings = {
        **place.settings,
        **QUICK,
        "SUIDAO_WATCH__HEARTBEAT_URL": monitor.url,
        "SUIDAO_METRICS_PORT": str(free_port()),
    }
    one = Run(replace(place, settings=settings), home.tokens)
    try:
        one.start()
        yield one
    finally:
        one.close()


def figure(run: Run, name: str) -> float:
    """What the program has counted."""
    connection = HTTPConnection("127.0.0.1", int(run.place.settings["SUIDAO_METRICS_PORT"]), timeout=5)
    with closing(connection):
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def tamper(run: Run, sql: str) -> None:
    """Change the database behind the program's back."""
    with closing(sqlite3.connect(run.place.data / DATABASE, timeout=10)) as connection, connection:
        connection.execute(sql)


def beats_again(monitor: Monitor) -> None:
    before = len(monitor.beats)
    until(lambda: len(monitor.beats) > before, "a heartbeat comes")


def alarms(monitor: Monitor) -> None:
    until(lambda: monitor.silent_for() > ALARM_AFTER_S, "the monitor alarms", within=20)


def test_conformance_29_an_outside_heartbeat_stops_when_the_program_stands_still_or_is_dead(
    watched: Run, monitor: Monitor
) -> None:
    beats_again(monitor)
    assert monitor.paths == {"/ping/kd83hs?state=up"}
    monitor.hanging.set()
    beats_again(monitor)
    before = figure(watched, AUDIT)
    until(lambda: figure(watched, AUDIT) > before, "audits go on while the monitor hangs")
    monitor.goes_on()
    beats_again(monitor)
    os.kill(watched.pid, signal.SIGSTOP)
    try:
        alarms(monitor)
    finally:
        os.kill(watched.pid, signal.SIGCONT)
    beats_again(monitor)
    watched.kill()
    alarms(monitor)
    assert "kd83hs" not in watched.log  # whoever has the address can say that all is well


def test_conformance_29_the_heartbeat_stops_when_the_auditor_fails_and_as_long_as_a_job_stays_late(
    watched: Run, monitor: Monitor
) -> None:
    beats_again(monitor)
    tamper(watched, NO_REPAIRS)
    job = watched.posted(f"3号楼502 {drills.LADDER}")
    tamper(watched, STUCK)
    until(lambda: "the audit could not be made" in watched.log, "the auditor fails")
    alarms(monitor)
    assert "held back: something is late, the auditor has failed or stands still" in watched.log
    tamper(watched, "DROP TRIGGER blind")
    until(lambda: "stays late" in watched.log, "the auditor tries, and gives up")
    assert watched.log.count(f"job {job} was late by") == 1
    assert watched.log.count(f"job {job} stays late") == 1
    assert figure(watched, 'suidao_repairs_total{what="job"}') == 1
    assert figure(watched, 'suidao_stuck_total{what="job"}') == 1
    assert monitor.silent_for() > ALARM_AFTER_S
    tamper(watched, "DROP TRIGGER stuck")
    beats_again(monitor)
    assert steps(watched, job) == list(drills.LADDER_STEPS)
    assert_whole(watched, job)


def test_conformance_29_two_auditors_beside_a_frozen_program_repair_a_late_job_once(run: Run) -> None:
    job = run.posted(f"3号楼502 {drills.ONE_STEP}")
    until(lambda: owed(run) == 0, "nothing is being written")
    os.kill(run.pid, signal.SIGSTOP)
    try:
        with auditing(run) as first, auditing(run) as second:
            until(lambda: "called duty" in steps(run, job), "an auditor calls the secretary", within=20)
            said = [_end(each) for each in (first, second)]
    finally:
        os.kill(run.pid, signal.SIGCONT)
    assert sorted(each.count(f"job {job} was late") for each in said) == [0, 1]
    until(run.ready, "the program goes on")
    assert steps(run, job) == ["asked group", "called duty"]
    assert_whole(run, job)


@contextmanager
def auditing(run: Run) -> Iterator["subprocess.Popen[str]"]:
    """An auditor of its own beside the program."""
    (socket,) = run.place.temporary.glob("suidao-*/valkey.sock")
    process = subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-m", "tests.chaos.auditing", str(run.place.data), str(socket)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _end(process: "subprocess.Popen[str]") -> str:
    """Let it go; what it has said."""
    _, said = process.communicate("", timeout=20)
    assert process.returncode == 0, said
    return said
