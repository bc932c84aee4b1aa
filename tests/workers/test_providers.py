"""The addresses of docs/waking.md as they stand there: what arrives at the service's own door is as loud."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dispatch.jobs import Priority
from tests.workers.providers import ACCOUNT, TOKEN, Arrived, Providers, providing
from workers import services
from workers.services import Refusal

PAGE = Path(__file__).parents[2] / "docs" / "waking.md"

OURS = {"SID": ACCOUNT, "USER": "u" * 30, "KEY": "k" * 22, "TOPIC": "topic"}
"""What stands for a secret in the page, but `TOKEN`, which is another one elsewhere."""


def documented() -> Mapping[str, str]:
    """Address by service, as the page's table has them."""
    rows = re.findall(r"^\| ([^|]+) \| `(\w+://[^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def address(service: str) -> str:
    """The same with secrets of ours."""
    found = documented()[service].replace("TOKEN", "t" * 30 if service == "Pushover" else TOKEN)
    for name, ours in OURS.items():
        found = found.replace(name, ours)
    return found


@pytest.fixture
def providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    with providing(tmp_path) as found:
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found


TITLE, BODY = "紧急 · 上门查看 · 3号楼", "Please answer <now> & here."

LOUD: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "Bark": ("api.day.app", {"level": "critical", "call": 1, "title": TITLE, "body": BODY}),
    "ntfy": ("ntfy.sh", {"priority": "max", "title": TITLE, "message": BODY}),
    "Pushover": (
        "api.pushover.net",
        {"priority": "2", "retry": "60", "expire": "3600", "title": TITLE, "message": BODY},
    ),
    "SMS": ("api.twilio.com", {"To": "+8613900000000", "Body": f"{TITLE}\r\n{BODY}"}),
    "voice call": (
        "api.twilio.com",
        {
            "To": "+8613900000000",
            "Twiml": f"<Response><Say>{TITLE}</Say>"
            "<Say>Please answer &lt;now&gt; &amp; here.</Say></Response>",
        },
    ),
}


def test_the_page_tells_of_these_services_and_of_no_other_as_tried() -> None:
    assert set(documented()) == set(LOUD)


@pytest.mark.parametrize("service", LOUD)
def test_a_documented_address_rings_as_loud_as_the_page_says(providers: Providers, service: str) -> None:
    assert services.slip(address(service)) is None
    assert services.send(address(service), TITLE, BODY, Priority.LIFE) is None, providers.refused
    (arrived,) = providers.arrived
    host, fields = LOUD[service]
    assert arrived.host == host
    assert {name: arrived.fields.get(name) for name in fields} == fields


def test_an_emergency_that_is_written_as_pushover_has_it_rings_as_often(providers: Providers) -> None:
    written = address("Pushover").replace("interval=60", "retry=45")
    assert services.send(written, TITLE, BODY, Priority.LIFE) is None, providers.refused
    assert providers.arrived[0].fields["retry"] == "45"


@pytest.mark.parametrize(
    ("service", "wrong"),
    [("Pushover", ("t" * 30, "short")), ("SMS", (TOKEN, "0" * 32)), ("voice call", (TOKEN, "0" * 32))],
)
def test_what_the_service_does_not_know_it_refuses_for_good(
    providers: Providers, service: str, wrong: tuple[str, str]
) -> None:
    assert services.send(address(service).replace(*wrong), TITLE, BODY, Priority.LIFE) is Refusal.DECLINES
    assert (providers.arrived, len(providers.refused)) == ([], 1)


def test_whoever_does_not_show_the_services_certificate_is_told_nothing(
    providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    for service in LOUD:
        assert services.send(address(service), TITLE, BODY, Priority.LIFE) is Refusal.NO_ANSWER
    assert providers.arrived == list[Arrived]()
