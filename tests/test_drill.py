"""`suidao drill` through the real command line, and what `load` and `doctor` say of addresses with a slip in
them; the phones are a server on loopback."""

import asyncio
import io
import logging
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as some

from bot import app, cli, doctor, folder, slips
from bot.drill import LANGUAGES, Silent, drill
from config import settings
from dispatch import register
from dispatch.drills import Result, Secret
from dispatch.joining import Account
from dispatch.people import RING
from dispatch.service import Service
from dispatch.ways import ListedWay
from handlers import drills
from handlers.gateways import Gateway
from handlers.router import Router
from handlers.texts import Catalogs
from store import open_store
from store.clock import WallClock
from store.crypto import Vault
from store.maps import Geodesic
from tests.rules import builders
from tests.workers.office import until
from tests.workers.phones import Phones, ringing_phones
from tests.workers.radio import Radio
from workers.deliver import Deliverer
from workers.ring import RingGateway
from workers.sweep import Sweep

FILE = """
[committee]
key = "wutongli"
name = "梧桐里"
timezone = "Asia/Shanghai"
emergency = {{ ambulance = "120", police = "110" }}

[[people]]
key = "lin"
name = "林书记"
roles = ["secretary"]
ways = [{lin}]

[[people]]
key = "zhou"
name = "周主任"
roles = ["secretary"]
ways = [{zhou}]

[ladder]
duty = ["lin"]
director = ["zhou"]
"""

CATALOGS = Catalogs.load()

Load = Callable[[list[str], list[str]], int]


@pytest.fixture
def phones() -> Iterator[Phones]:
    with ringing_phones() as found:
        yield found


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads a committee of two secretaries with these ways."""
    monkeypatch.setenv("SUIDAO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [])

    def written(ways: list[str]) -> str:
        return ", ".join(f'{{ to = "{way}" }}' for way in ways)

    def loaded(lin: list[str], zhou: list[str]) -> int:
        file = tmp_path / "committee.toml"
        file.write_text(FILE.format(lin=written(lin), zhou=written(zhou)), encoding="utf-8")
        return cli.main(["load", str(file)])

    return loaded


def test_each_way_of_each_leader_is_tried_and_it_is_told_what_became_of_it(
    load: Load, phones: Phones, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.drill.BACK_OFF_S", (0.0,) * 5)
    phones.answers |= {"hunter2": 403, "away2away": 503}
    load([phones.address("hunter2"), "chat", phones.address("works")], [phones.address("away2away", "json")])
    capfd.readouterr()
    assert cli.main(["drill"]) == 1  # nothing is known to wake the director
    said, logged = capfd.readouterr()
    lines = said.splitlines()
    assert lines[0] == "林书记 (lin)"
    assert lines[1].startswith("  ✘ bark://…  被拒绝: 上次尝试时被拒绝  refused: said no")
    assert lines[2].startswith("  ✔ bark://…  已送达  arrived")
    assert lines[3] == "周主任 (zhou)"
    assert lines[4].startswith("  ✘ json://…  被拒绝: 上次尝试时没有回应")
    assert lines[5].endswith("No way is known to work: 周主任 (zhou)")
    assert not any(secret in said + logged for secret in ("hunter2", "away2away", str(phones.port)))
    (test,) = phones.of("works")
    assert test.title == "测试 · 梧桐里"
    assert test.body == "这是一次测试：什么事也没有发生，您不用做任何事。"


def test_where_everybody_has_a_way_that_works_the_drill_is_well(
    load: Load, phones: Phones, capfd: pytest.CaptureFixture[str]
) -> None:
    load([phones.address("lin")], [phones.address("zhou", "ntfy")])
    assert cli.main(["drill", "--committee", "wutongli"]) == 0
    assert "Everybody who may be called has a way that works." in capfd.readouterr().out
    assert cli.main(["drill"]) == 0  # and again
    assert [len(phones.of(name)) for name in ("lin", "zhou")] == [2, 2]


def test_chats_are_not_tried_while_the_program_does_not_run_and_pages_count_for_nothing(
    load: Load, capfd: pytest.CaptureFixture[str]
) -> None:
    load([], [])
    assert cli.main(["invite", "lin"]) == 0
    capfd.readouterr()
    assert cli.main(["drill"]) == 1
    said = capfd.readouterr().out
    assert "not tried: Suidao is not running" in said
    assert "周主任 (zhou)\n  ✘ 没有页面，没有聊天账号，也没有叫醒方式" in said


def test_a_slip_in_an_address_is_named_by_person_and_number_where_the_file_is_loaded_and_by_the_doctor(
    load: Load, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    load(["chat", "brak://hunter2@example.org"], ["tgram://hunter2"])
    said = capfd.readouterr().out
    assert "  Cannot be read: lin, way 2 (brak://…): no service is called that (did you mean bark?)" in said
    assert "  Cannot be read: zhou, way 1 (tgram://…): something is missing in it" in said
    out = io.StringIO()
    found = settings.read({"SUIDAO_DATA_DIR": str(tmp_path / "data"), "SUIDAO_WEB__PORT": "0"})
    assert asyncio.run(doctor.examine(found, out)) == 1
    told = [line for line in out.getvalue().splitlines() if "way" in line]
    assert told[0].startswith("✘ committee wutongli: lin, way 2 (brak://…)")
    assert "hunter2" not in said + out.getvalue()
    # Calling them says the same, and calls nobody.
    assert cli.main(["drill"]) == 1
    drilled, logged = capfd.readouterr()
    assert drilled.count("cannot be read") == 2
    assert "hunter2" not in drilled + logged


@hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    service=some.sampled_from(["brak", "tgram", "pover", "bark"]),
    # The digits in front: no word of our own is a secret.
    secret=some.text("abcdefghijkmnpqrstuvwxyz23456789", min_size=8, max_size=24).map("93{}".format),
    status=some.sampled_from(["delivered", "unreachable", "owed"]),
)
def test_nothing_of_an_address_stands_in_any_line(service: str, secret: str, status: str) -> None:
    people = builders.roster()
    person = next(iter(people.people))
    kept = Secret(person_id=person, position=1, address_id=9, value=f"{service}://{secret}@{secret}/{secret}")
    people.waking[person] = (ListedWay(address_id=9, service=service),)  # type: ignore[index]  # a fresh one
    results = {person: [Result(id=1, address_id=9, status=status, tries=1, failed="declines")]}
    texts = [CATALOGS.texts(language) for language in LANGUAGES]
    lines = [*slips.told(people, [kept]), *drills.lines(results, people, texts), repr(people)]
    assert secret not in "\n".join(lines)


def test_a_program_that_runs_sends_the_tests_as_it_sends_everything(
    load: Load, phones: Phones, tmp_path: Path
) -> None:
    load(["chat"], [phones.address("zhou")])
    radio = Radio()
    said = asyncio.run(drilled_while_running(tmp_path / "data", radio))
    assert [message.to for message in radio.sent] == ["1001"]
    assert len(phones.of("zhou")) == 1
    assert "✔ Telegram  已送达  arrived" in said


async def drilled_while_running(data: Path, radio: Radio) -> str:
    """What a drill says while a program with one chat runs on the same folder."""
    clock, out = WallClock(), io.StringIO()
    kept = await open_store(data, Vault.open(data, None))
    (committee,) = await kept.committees()
    lin = await kept.person(committee.id, "lin")
    await kept.tie(
        (committee.id, lin.id, lin.link_epoch), Account(platform="telegram", value="1001"), clock.now()
    )
    service = Service(kept, Silent(), clock, Geodesic(), {})
    gateways: dict[str, Gateway] = {radio.platform: radio, RING: RingGateway(kept, CATALOGS, "http://x/")}
    deliverer = Deliverer(kept, Router(service, CATALOGS), gateways, clock)
    running = asyncio.create_task(Sweep(service, deliverer, clock).forever())
    try:
        with folder.hold(data):
            assert await drill(settings.read({"SUIDAO_DATA_DIR": str(data)}), None, out) == 0
    finally:
        running.cancel()
        await asyncio.wait([running])
        await kept.close()
    return out.getvalue()


def test_the_demo_rings_nobody_whatever_is_listed(phones: Phones, tmp_path: Path) -> None:
    ways = ['{ to = "' + phones.address(name) + '" }' for name in ("lin", "zhou")]
    file = register.parse("demo.toml", tomllib.loads(FILE.format(lin=ways[0], zhou=ways[1])))

    async def drilled() -> set[str]:
        environ = {"SUIDAO_DATA_DIR": str(tmp_path), "SUIDAO_WEB__PORT": "0"}
        async with app.running(settings.read(environ), tmp_path, demo=True) as program:
            await program.store.load(file, prune=False, demo=True)
            (committee,) = await program.store.committees()
            services = [each.address_id for each in await program.store.secrets(committee.id)]
            await program.store.begin_drill(committee.id, services, WallClock().now(), "demo")

            async def over() -> bool:
                return all(each.status != "owed" for each in await program.store.drill(committee.id, "demo"))

            await until(over, "the demo has let go of it")
            return {each.status for each in await program.store.drill(committee.id, "demo")}

    assert asyncio.run(drilled()) == {"not_reached"}
    assert phones.tried == []
