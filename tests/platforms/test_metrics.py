"""The figures for Prometheus: who may read them, that another program can, and that they name nobody."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web
from prometheus_client.parser import text_string_to_metric_families

from bot.web import metrics
from config import settings
from config.settings import Settings, SettingsError
from tests.ports import free_port
from workers.figures import Figures

TOKEN = "0123456789abcdef-invented"  # noqa: S105 - invented


@pytest.fixture
def figures() -> Figures:
    counted = Figures()
    counted.delivery("telegram", "delivered", 120_000)
    counted.delivery("web", "not_reached", None)
    return counted


@asynccontextmanager
async def pages(found: Settings, figures: Figures) -> AsyncIterator[str]:
    """The pages' server, with nothing on it but this."""
    site = web.Application()
    metrics.mount(site, found, figures)
    runner = web.AppRunner(site)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/metrics"
    finally:
        await runner.cleanup()


async def got(url: str, token: str | None = None) -> tuple[int, str]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_beside_the_pages_they_are_there_for_whoever_sends_the_token_and_for_nobody_without_one(
    figures: Figures,
) -> None:
    async with pages(settings.read({}), figures) as url:
        assert (await got(url, TOKEN))[0] == 404
    async with pages(settings.read({"SUIDAO_WEB__METRICS_TOKEN": TOKEN}), figures) as url:
        assert [await got(url, each) for each in (None, "", TOKEN[:-1], f"{TOKEN}x", "é")] == [(401, "")] * 5
        status, text = await got(url, TOKEN)
    assert status == 200
    assert "suidao_deliveries_total" in text


async def test_on_a_port_of_their_own_they_are_there_for_this_machine(figures: Figures) -> None:
    environ = {"SUIDAO_METRICS_PORT": str(free_port())}
    url = f"http://127.0.0.1:{environ['SUIDAO_METRICS_PORT']}/metrics"
    found = settings.read(environ)
    assert found.metrics_host == "127.0.0.1"
    async with metrics.serving(found, figures):
        status, text = await got(url)
        with pytest.raises(metrics.MetricsPortError, match="SUIDAO_METRICS_PORT"):
            await metrics.serving(found, figures).__aenter__()
    assert status == 200
    families = {each.name: each for each in text_string_to_metric_families(text)}
    assert families["suidao_deliveries"].samples[0].labels.keys() == {"platform", "result"}
    buckets = [each for each in families["suidao_delivery_lateness_seconds"].samples if "bucket" in each.name]
    assert [each.value for each in buckets if each.labels["le"] in ("0.1", "0.2")] == [0, 1]
    assert "process_resident_memory_bytes" in families


async def test_a_process_has_no_port_of_its_own_unless_one_is_set(figures: Figures) -> None:
    async with metrics.serving(settings.read({}), figures):
        assert settings.read({}).metrics_port is None


def test_labels_are_kinds_platforms_and_results(figures: Figures) -> None:
    labels = {
        name
        for line in figures.text().decode().splitlines()
        if line.startswith("suidao_")
        for name in re.findall(r'[{,](\w+)="', line)
    }
    assert labels == {"kind", "platform", "result", "what", "le"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUIDAO_WEB__METRICS_TOKEN", "short"),
        ("SUIDAO_METRICS_PORT", "70000"),
        ("SUIDAO_WATCH__HEARTBEAT_URL", "ftp://watch.example.org/secret-1a2b"),
        ("SUIDAO_WATCH__HEARTBEAT_URL", "https:///secret-1a2b"),
        ("SUIDAO_WATCH__HEARTBEAT_SECONDS", "0"),
        ("SUIDAO_WATCH__LATE_SECONDS", "0"),
        ("SUIDAO_WATCH__SYNTHETIC_MINUTES", "-1"),
    ],
)
def test_a_setting_that_cannot_be_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        settings.read({name: value})
    assert "1a2b" not in str(refused.value).replace("such as https://watch.example.org/1a2b", "")
    assert "secret-" not in str(refused.value)


def test_the_heartbeats_address_may_have_a_question_and_is_shown_by_nothing() -> None:
    found = settings.read({"SUIDAO_WATCH__HEARTBEAT_URL": "https://watch.example.org/p/1a2b?status=up"})
    assert "1a2b" not in repr(found)
    assert found.watch.heartbeat_url is not None
    assert found.watch.heartbeat_url.get_secret_value().endswith("?status=up")
