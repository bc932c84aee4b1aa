"""The tests' own Bot API server, and files: what it gives out, what it takes, and what it refuses."""

import json
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaPhoto

from tests.photos import photo
from tests.platforms.telegram_clients import client
from tests.platforms.telegram_server import HandClock, TelegramServer, TgBot, TgUser
from tests.platforms.telegram_server.schema import Schema


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(clock=HandClock()) as made:
        made.limits.on = False
        yield made


@pytest.fixture
def account(server: TelegramServer) -> TgBot:
    return server.bot()


@pytest.fixture
async def bot(server: TelegramServer, account: TgBot) -> AsyncIterator[Bot]:
    async with client(server, account) as made:
        yield made


@pytest.fixture
async def wang(server: TelegramServer, account: TgBot) -> TgUser:
    made = server.user(1001, first_name="王")
    await made.starts(account)
    return made


async def test_a_photo_comes_in_sizes_that_say_what_they_measure(
    server: TelegramServer, account: TgBot, wang: TgUser
) -> None:
    await wang.sends_photo(account, photo(1280, 960))
    sizes = server.updates(account)[-1]["message"]["photo"]
    assert [(each["width"], each["height"]) for each in sizes] == [(320, 240), (1280, 960)]


async def test_an_album_is_several_messages_of_one_name_and_its_words_stand_on_one(
    server: TelegramServer, account: TgBot, wang: TgUser
) -> None:
    await wang.sends_album(account, [photo(), photo(), photo()], "看", on=1)
    await wang.sends_album(account, [photo()])
    messages = [each["message"] for each in server.updates(account) if "photo" in each["message"]]
    assert len({each["media_group_id"] for each in messages[:3]}) == 1
    assert [each.get("caption") for each in messages] == [None, "看", None, None]
    assert messages[3]["media_group_id"] != messages[0]["media_group_id"]


async def test_files_and_venues_are_updates_as_telegram_describes_them(
    server: TelegramServer, account: TgBot, wang: TgUser
) -> None:
    await wang.sends_file(account, b"%PDF", "x.pdf", "application/pdf", "看")
    await wang.sends_venue(account, 31.2, 121.4, "东门")
    await wang.sends_album(account, [photo()])
    schema = Schema.load()
    for update in server.updates(account):
        schema.check_object("Update", json.loads(json.dumps(update)))
    document = server.updates(account)[1]["message"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("x.pdf", "application/pdf")


async def test_a_photo_that_is_too_long_and_narrow_is_a_mistake(
    server: TelegramServer, bot: Bot, wang: TgUser
) -> None:
    for size in ((2100, 100), (10_000, 600)):
        with pytest.raises(TelegramBadRequest, match="PHOTO_INVALID_DIMENSIONS"):
            await bot.send_photo(wang.id, BufferedInputFile(photo(*size), "x.jpg"))
    assert len(server.violations) == 2


async def test_another_photo_takes_the_place_of_one_and_of_nothing_else(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    sent = await bot.send_photo(wang.id, BufferedInputFile(photo(), "x.jpg"), caption="before")
    blank = InputMediaPhoto(media=BufferedInputFile(photo(32, 32), "blank.jpg"))
    await bot.edit_message_media(blank, chat_id=wang.id, message_id=sent.message_id)
    (seen,) = wang.sees(account)
    assert (seen.content["photo"][-1]["width"], seen.text, seen.edits) == (32, "", 1)
    words = await bot.send_message(wang.id, "words")
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await bot.edit_message_media(blank, chat_id=wang.id, message_id=words.message_id)
    assert server.violations == []


async def test_a_file_beyond_twenty_megabytes_is_not_given_to_a_bot(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    await wang.sends_file(account, bytes(20 * 2**20 + 1), "x.jpg", "image/jpeg")
    number = server.updates(account)[-1]["message"]["document"]["file_id"]
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(number)
