"""The bot whose session was ended goes on by itself where it can, and says loudly where it cannot."""

import asyncio
from pathlib import Path

import pytest
from mautrix.errors import MatrixInvalidToken

from bot.matrix import checkup, renewal
from bot.matrix.account import Account
from bot.matrix.renewal import Renewal
from bot.matrix.signing_in import HomeserverAwayError, TokenWrongError
from tests.platforms.matrix_hearing import Hearing
from tests.platforms.matrix_sending import SECRET, settings
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.wire import CLIENT, Wire, path
from tests.platforms.matrix_taking import claimed


async def ended(town: Hearing) -> str:
    """Somebody ends the bot's session, as by "sign out this device" in a list of them; its token."""
    token = town.account.client.api.token
    async with Wire(town.synapse.url, token) as wire:
        await wire.call("POST", path("logout"))
    return token


async def test_it_signs_in_again_by_itself_and_misses_nothing(town: Hearing) -> None:
    device, token = town.account.device_id, await ended(town)
    await claimed(town)
    assert town.account.device_id == device
    assert town.account.client.api.token not in ("", token)
    assert town.account.wire.token == town.account.client.api.token


async def test_all_that_notice_it_at_once_sign_in_once(town: Hearing) -> None:
    await ended(town)
    client = town.account.client
    found = await asyncio.gather(*(client.whoami() for _ in range(10)))
    assert {each.device_id for each in found} == {town.account.device_id}
    async with Wire(town.synapse.url, client.api.token) as wire:
        devices = await wire.call("GET", path("devices"))
    assert [each["device_id"] for each in devices["devices"]].count(town.account.device_id) == 1


async def test_its_keys_are_known_again_and_what_is_encrypted_to_it_is_read(
    town: Hearing, tmp_path: Path
) -> None:
    phone, folder = town.phone("zhao"), tmp_path / "zhao"
    folder.mkdir()
    room = await phone.create_room(invite=[town.bot.user_id], direct=True, encrypted=True)
    await phone.wait_for(lambda: town.bot.user_id in phone.room(room).members, "the bot has come")
    await ended(town)
    await town.account.client.whoami()

    async def known() -> bool:
        found = await phone.wire.call("POST", path("keys", "query"), {"device_keys": {town.bot.user_id: []}})
        device = found["device_keys"][town.bot.user_id].get(town.account.device_id, {})
        (signer,) = found["self_signing_keys"][town.bot.user_id]["keys"]
        return signer in device.get("signatures", {}).get(town.bot.user_id, {})

    await town.until(known, "the device is known and signed")
    async with Account(settings(town.synapse, phone.member), folder, SECRET) as own:
        sealed = await own.encrypted(room, "m.room.message", {"msgtype": "m.text", "body": "7号楼 送药"})
        await phone.send(room, "m.room.encrypted", sealed)
        await town.settles()
    assert len(await town.jobs()) == 1


async def test_after_a_restart_it_is_who_it_was_after_signing_in_again(town: Hearing) -> None:
    await ended(town)
    await town.account.client.whoami()
    device, token = town.account.device_id, town.account.client.api.token
    other = Account(town.account.settings, town.folder, SECRET)
    async with other:
        assert (other.device_id, other.client.api.token) == (device, token)


async def test_an_access_token_alone_is_missed_loudly_and_once(
    synapse: Synapse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bot = await synapse.register("suidao")
    given = settings(synapse, bot, password=None, access_token=bot.access_token)
    async with Account(given, tmp_path, SECRET) as account:
        async with Wire(synapse.url, bot.access_token) as wire:
            await wire.call("POST", path("logout"))
        for _ in range(3):
            with pytest.raises(MatrixInvalidToken):
                await account.client.whoami()
    told = [each.getMessage() for each in caplog.records if each.levelname == "CRITICAL"]
    assert len(told) == 1
    assert "set a new SUIDAO_MATRIX__ACCESS_TOKEN" in told[0]


async def test_a_password_that_was_changed_meanwhile_is_said_and_not_tried_at_once_again(
    town: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    login = {"type": "m.id.user", "user": town.bot.user_id}
    proof = {"type": "m.login.password", "identifier": login, "password": town.bot.password}
    async with Wire(town.synapse.url, town.bot.access_token) as wire:
        body = {"new_password": "another one", "auth": proof, "logout_devices": True}
        await wire.call("POST", f"{CLIENT}/account/password", body)
    for _ in range(3):
        with pytest.raises(MatrixInvalidToken):
            await town.account.client.whoami()
    told = [each.getMessage() for each in caplog.records if each.levelname == "CRITICAL"]
    assert len(told) == 1
    assert "with this password" in told[0]
    assert town.bot.password not in caplog.text


async def test_a_server_that_is_away_is_asked_again_and_a_refusal_rests() -> None:
    tried: list[str] = []

    async def away() -> None:
        tried.append("away")
        raise OSError

    async def refuses() -> None:
        tried.append("refused")
        raise TokenWrongError

    first, second = Renewal(away), Renewal(refuses)
    assert [await first.made(), await second.made()] == [False, False]
    assert [await first.made(), await second.made()] == [False, False]
    assert tried == ["away", "refused"]
    first._not_before = second._not_before = 0.0  # some time goes by
    assert [await first.made(), await second.made()] == [False, False]
    assert tried == ["away", "refused"] * 2
    assert renewal.AWAY_PAUSE_S < renewal.REFUSED_PAUSE_S
    await first.stop()


async def test_the_doctor_says_how_the_account_stands_and_changes_nothing(
    synapse: Synapse, tmp_path: Path
) -> None:
    bot = await synapse.register("suidao")
    by_password = settings(synapse, bot)
    by_token = settings(synapse, bot, password=None, access_token=bot.access_token)
    assert "never signed in" in await checkup.check(by_password, tmp_path, SECRET)
    async with Account(by_password, tmp_path, SECRET) as account:
        token = account.client.api.token
    assert account.device_id in await checkup.check(by_password, tmp_path, SECRET)
    assert bot.device_id in await checkup.check(by_token, tmp_path, SECRET)
    for ended in (token, bot.access_token):
        async with Wire(synapse.url, ended) as wire:
            await wire.call("POST", path("logout"))
    assert "signs in again" in await checkup.check(by_password, tmp_path, SECRET)
    with pytest.raises(TokenWrongError):
        await checkup.check(by_token, tmp_path, SECRET)
    nowhere = settings(synapse, bot, homeserver="http://127.0.0.1:9")
    with pytest.raises(HomeserverAwayError):
        await checkup.check(nowhere, tmp_path, SECRET)
