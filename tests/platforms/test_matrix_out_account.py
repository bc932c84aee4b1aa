"""The bot's account on a real Matrix server: it stays who it is, or says why it cannot."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from bot.matrix import account as our_account
from bot.matrix import checkup
from bot.matrix.account import Account
from bot.matrix.devices import DATABASE, KeysDamagedError, KeysLostError
from bot.matrix.papers import FILE, PapersUnreadableError
from bot.matrix.signing_in import (
    HomeserverAwayError,
    HomeserverStrangeError,
    OtherAccountError,
    PasswordWrongError,
    TokenWrongError,
)
from bot.matrix.sync import Syncing
from config.sections import Matrix
from dispatch.events import NoticeKind
from handlers.gateways import Delivery
from handlers.router import Router
from store.errors import StartError
from tests.platforms.house import house
from tests.platforms.matrix_hearing import halves
from tests.platforms.matrix_sending import SECRET, lose_keys, settings
from tests.platforms.matrix_server import Member, Synapse
from tests.platforms.matrix_server.wire import Json, Wire, path
from tests.platforms.samples import OFFERED


@pytest.fixture
async def bot(synapse: Synapse) -> Member:
    return await synapse.register("suidao")


def by_token(synapse: Synapse, bot: Member, token: str = "") -> Matrix:
    given = {"homeserver": synapse.url, "user_id": bot.user_id, "access_token": token or bot.access_token}
    return Matrix.model_validate(given)


async def refused(given: Matrix, folder: Path) -> StartError:
    with pytest.raises(StartError) as caught:
        async with Account(given, folder, SECRET):
            pass
    assert "\n" not in str(caught.value)
    return caught.value


async def known(synapse: Synapse, bot: Member) -> Json:
    """What anybody can learn of the bot's devices and of who vouches for them."""
    async with Wire(synapse.url, bot.access_token) as wire:
        return await wire.call("POST", path("keys", "query"), {"device_keys": {bot.user_id: []}})


async def test_it_is_the_same_device_after_a_restart(synapse: Synapse, bot: Member, tmp_path: Path) -> None:
    given = settings(synapse, bot)
    async with Account(given, tmp_path, SECRET) as first:
        device, token = first.device_id, first.client.api.token
    async with Account(given, tmp_path, SECRET) as second:
        assert (second.device_id, second.client.api.token) == (device, token)
    devices = (await known(synapse, bot))["device_keys"][bot.user_id]
    assert list(devices) == [device]


async def test_its_device_is_vouched_for_by_its_own_account(
    synapse: Synapse, bot: Member, tmp_path: Path
) -> None:
    for _ in range(2):
        async with Account(settings(synapse, bot), tmp_path, SECRET) as account:
            device = account.device_id
        found = await known(synapse, bot)
        (signer,) = found["self_signing_keys"][bot.user_id]["keys"]
        assert signer in found["device_keys"][bot.user_id][device]["signatures"][bot.user_id]


async def test_what_it_keeps_is_for_its_owner_and_sealed(
    synapse: Synapse, bot: Member, tmp_path: Path
) -> None:
    async with Account(settings(synapse, bot), tmp_path, SECRET) as account:
        token = account.client.api.token
    kept = (tmp_path / FILE).read_text()
    assert token not in kept
    assert json.loads(kept).keys() == {"user_id", "device", "sealed"}
    for name in (FILE, DATABASE):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


async def test_an_access_token_does_without_a_password(synapse: Synapse, bot: Member, tmp_path: Path) -> None:
    for _ in range(2):
        async with Account(by_token(synapse, bot), tmp_path, SECRET) as account:
            assert account.device_id == bot.device_id


async def test_a_wrong_password_is_said(synapse: Synapse, bot: Member, tmp_path: Path) -> None:
    error = await refused(settings(synapse, bot, password="not this one"), tmp_path)
    assert isinstance(error, PasswordWrongError)
    assert "not this one" not in str(error)


async def test_a_token_that_is_unknown_is_said(synapse: Synapse, bot: Member, tmp_path: Path) -> None:
    assert isinstance(await refused(by_token(synapse, bot, "syt_unknown"), tmp_path), TokenWrongError)


async def test_a_token_of_somebody_else_is_said(synapse: Synapse, bot: Member, tmp_path: Path) -> None:
    other = await synapse.register("other")
    error = await refused(by_token(synapse, bot, other.access_token), tmp_path)
    assert isinstance(error, OtherAccountError)
    assert other.user_id in str(error)


async def test_something_that_is_no_homeserver_is_said(synapse: Synapse, bot: Member, tmp_path: Path) -> None:
    given = settings(synapse, bot, homeserver=f"{synapse.url}/elsewhere")
    assert isinstance(await refused(given, tmp_path), HomeserverStrangeError)


async def test_a_homeserver_that_is_away_at_the_first_start_is_said(
    synapse: Synapse, bot: Member, tmp_path: Path
) -> None:
    given = settings(synapse, bot, homeserver="http://127.0.0.1:9")
    error = await refused(given, tmp_path)
    assert isinstance(error, HomeserverAwayError)
    assert "http://127.0.0.1:9" in str(error)


async def test_a_homeserver_that_is_away_later_keeps_nobody_from_starting(
    synapse: Synapse, bot: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(our_account, "AGAIN_S", 0.05)
    given = settings(synapse, bot)
    async with Account(given, tmp_path, SECRET) as account:
        device = account.device_id
    async with synapse.outage():
        account = Account(given, tmp_path, SECRET)
        await account.__aenter__()
        assert not account.here
    async with asyncio.timeout(20):
        await account.arrived()
    assert (account.here, account.device_id) == (True, device)
    await account.__aexit__(None, None, None)


async def test_keys_that_were_lost_while_the_server_was_away_keep_it_silent_and_say_so(
    synapse: Synapse,
    bot: Member,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With an access token alone it cannot become another device, and what it sent nobody could read."""
    monkeypatch.setattr(our_account, "AGAIN_S", 0.05)
    given = by_token(synapse, bot)
    async with Account(given, tmp_path, SECRET):
        pass
    lose_keys(tmp_path)
    async with house(tmp_path) as home:
        async with synapse.outage():
            account = Account(given, tmp_path, SECRET)
            await account.__aenter__()
            gateway, updates = halves(home, account, Router(home.service, home.catalogs))
            following = asyncio.create_task(Syncing(account, updates, home.store).run())
        async with asyncio.timeout(20):
            await account.arrived()
            await following
        assert not account.here
        address = await home.address("wang")
        sent = await gateway.send(address, OFFERED, NoticeKind.ASK, None)
        assert sent.delivery is Delivery.RETRY
        assert await home.store.matrix_token(bot.user_id) is None
        await account.__aexit__(None, None, None)
    loud = [record.message for record in caplog.records if record.levelname == "CRITICAL"]
    assert len(loud) == 2
    assert "are lost" in loud[0]
    assert "nothing is heard on Matrix" in loud[1]


async def test_a_token_that_was_ended_is_replaced_by_the_password(
    synapse: Synapse, bot: Member, tmp_path: Path
) -> None:
    async with Account(settings(synapse, bot), tmp_path, SECRET) as account:
        device, token = account.device_id, account.client.api.token
    async with Wire(synapse.url, token) as wire:
        await wire.call("POST", path("logout"))
    async with Account(settings(synapse, bot), tmp_path, SECRET) as account:
        assert (account.device_id, account.client.api.token != token) == (device, True)
    devices = (await known(synapse, bot))["device_keys"][bot.user_id]
    assert device in devices  # its keys went with the token, and are known again


async def test_lost_keys_make_it_a_new_device_and_are_said_loudly(
    synapse: Synapse, bot: Member, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Account(settings(synapse, bot), tmp_path, SECRET) as account:
        old = account.device_id
    lose_keys(tmp_path)
    async with Account(settings(synapse, bot), tmp_path, SECRET) as account:
        new = account.device_id
    assert new != old
    (loud,) = (record for record in caplog.records if "the Matrix keys of device" in record.message)
    assert loud.levelname == "ERROR"
    found = await known(synapse, bot)
    (signer,) = found["self_signing_keys"][bot.user_id]["keys"]
    assert signer in found["device_keys"][bot.user_id][new]["signatures"][bot.user_id]


async def test_lost_keys_without_a_password_stop_the_start(
    synapse: Synapse, bot: Member, tmp_path: Path
) -> None:
    async with Account(by_token(synapse, bot), tmp_path, SECRET):
        pass
    lose_keys(tmp_path)
    assert isinstance(await refused(by_token(synapse, bot), tmp_path), KeysLostError)


def torn(file: Path, how: str) -> None:
    """A crash of the disk, or somebody's hand."""
    whole = file.read_bytes()
    file.write_bytes(b"not a database at all" * 500 if how == "garbage" else whole[: len(whole) // 2])


@pytest.mark.parametrize("how", ["garbage", "half"])
async def test_a_damaged_key_store_is_named_at_the_start_and_by_the_doctor(
    synapse: Synapse, bot: Member, tmp_path: Path, how: str
) -> None:
    given = settings(synapse, bot)
    async with Account(given, tmp_path, SECRET) as account:
        old = account.device_id
        assert old in await checkup.check(given, tmp_path, SECRET)  # also while the bot runs
    torn(tmp_path / DATABASE, how)
    error = await refused(given, tmp_path)
    assert isinstance(error, KeysDamagedError)
    assert DATABASE in str(error)
    with pytest.raises(KeysDamagedError):
        await checkup.check(given, tmp_path, SECRET)
    lose_keys(tmp_path)  # as it says
    async with Account(given, tmp_path, SECRET) as account:
        assert account.here
        assert account.device_id != old


async def test_papers_that_were_lost_alone_leave_it_the_same_device_and_are_said_loudly(
    synapse: Synapse, bot: Member, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Account(settings(synapse, bot), tmp_path, SECRET) as account:
        old = account.device_id
    assert FILE not in caplog.text
    (tmp_path / FILE).unlink()
    for _ in range(2):
        async with Account(settings(synapse, bot), tmp_path, SECRET) as account:
            assert (account.here, account.device_id) == (True, old)
    (loud,) = (record for record in caplog.records if f"{FILE} is missing" in record.message)
    assert loud.levelname == "ERROR"
    assert "is not verified" not in caplog.text
    assert list((await known(synapse, bot))["device_keys"][bot.user_id]) == [old]


async def test_papers_of_another_key_are_not_taken_for_none(
    synapse: Synapse, bot: Member, tmp_path: Path
) -> None:
    async with Account(settings(synapse, bot), tmp_path, SECRET):
        pass
    with pytest.raises(PapersUnreadableError, match=FILE):
        async with Account(settings(synapse, bot), tmp_path, b"another secret of thirty-two byt"):
            pass


async def test_an_account_that_others_set_up_is_used_and_said_to_be_unverified(
    synapse: Synapse, bot: Member, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with Account(settings(synapse, bot), tmp_path / "one", SECRET):
        pass
    async with Account(settings(synapse, bot), tmp_path / "two", SECRET) as account:
        assert account.here
    assert "is not verified" in caplog.text
