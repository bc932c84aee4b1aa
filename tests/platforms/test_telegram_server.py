"""The stand-in for Telegram is as strict as it says, and its people can do what people do."""

import io
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramUnauthorizedError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from tests.platforms.telegram_clients import CLAIM, PNG, client, one
from tests.platforms.telegram_server import HandClock, TelegramServer, TgBot, TgUser
from tests.platforms.telegram_server.entities import parse_html, to_html


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(clock=HandClock(), patience=1.0) as made:
        made.limits.on = False
        yield made


@pytest.fixture
def account(server: TelegramServer) -> TgBot:
    return server.bot(username="suidao_bot")


@pytest.fixture
async def bot(server: TelegramServer, account: TgBot) -> AsyncIterator[Bot]:
    async with client(server, account) as made:
        yield made


@pytest.fixture
async def wang(server: TelegramServer, account: TgBot) -> TgUser:
    person = server.user(1001, first_name="王阿姨")
    await person.starts(account)
    return person


async def raw(server: TelegramServer, account: TgBot, method: str, body: object) -> tuple[int, object]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/bot{account.token}/{method}", json=body) as answer,
    ):
        return answer.status, (await answer.json()).get("description")


# Requests


async def test_a_bot_learns_who_it_is(server: TelegramServer, bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot, me.can_read_all_group_messages) == ("suidao_bot", True, False)
    assert server.violations == []


async def test_an_unknown_token_is_unauthorized(server: TelegramServer, account: TgBot) -> None:
    async with client(server, TgBot(5, "x", token="5:no-such-bot")) as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()


@pytest.mark.parametrize(
    ("method", "body", "status", "says"),
    [
        ("sendPigeon", {}, 404, "Not Found"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "colour": "red"}, 400, "colour"),
        ("sendMessage", {"chat_id": 1001}, 400, "text"),
        ("sendMessage", {"chat_id": 1001, "text": 5}, 400, "string"),
        ("sendMessage", {"chat_id": 1.5, "text": "x"}, 400, "chat_id"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "protect_content": "maybe"}, 400, "true or false"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "reply_markup": "{"}, 400, "JSON"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "reply_markup": {"keyboard": 5}}, 400, "array"),
        ("setMyCommands", {"commands": [], "scope": {"type": "town"}}, 400, "type"),
        ("sendMessage", {"chat_id": 1001, "text": "*x*", "parse_mode": "Markdown"}, 400, "not modelled"),
        ("sendDice", {"chat_id": 1001}, 400, "not modelled"),
        ("setMyCommands", {"commands": [{"command": "接单", "description": "x"}]}, 400, "COMMAND"),
    ],
)
async def test_a_request_that_no_bot_should_make_is_refused_and_remembered(
    server: TelegramServer, account: TgBot, wang: TgUser, method: str, body: object, status: int, says: str
) -> None:
    code, description = await raw(server, account, method, body)
    assert code == status
    assert says in str(description)
    assert [each.method for each in server.violations] == [method]
    assert wang.sees(account) == []


async def test_a_body_that_is_no_json_is_refused(server: TelegramServer, account: TgBot) -> None:
    url = f"{server.url}/bot{account.token}/getMe"
    headers = {"Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=b"{oops", headers=headers) as answer,
    ):
        assert answer.status == 400
    assert len(server.violations) == 1


async def test_json_forms_and_queries_say_the_same(
    server: TelegramServer, account: TgBot, wang: TgUser
) -> None:
    url = f"{server.url}/bot{account.token}/sendMessage"
    markup = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    fields = {"chat_id": "1001", "text": "x", "reply_markup": json.dumps(markup)}
    async with aiohttp.ClientSession() as session:
        for request in (
            session.post(url, json={"chat_id": 1001, "text": "x", "reply_markup": markup}),
            session.post(url, data=fields),
            session.get(url, params=fields),
        ):
            async with request as answer:
                assert answer.status == 200
    assert [each.labels for each in wang.sees(account)] == [("好",)] * 3


# Text and keyboards


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("你<script>x</script>", 'Unsupported start tag "script" at byte offset 3'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_broken_html_is_refused_in_telegrams_words(
    server: TelegramServer, bot: Bot, wang: TgUser, source: str, problem: str
) -> None:
    with pytest.raises(TelegramBadRequest, match="can't parse entities") as refused:
        await bot.send_message(wang.id, source, parse_mode="HTML")
    assert refused.value.message.endswith(problem)
    assert len(server.violations) == 1


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<b>3号楼</b> <i>敲门</i>", "<b>3号楼</b> <i>敲门</i>"),
        ("😀<strong>x<em>y</em></strong>", "😀<b>x<i>y</i></b>"),
        ("&lt;b&gt; &amp; &quot;x&quot; &#39;", '&lt;b&gt; &amp; "x" \''),
        (
            '<a href="https://example.org/?a=1&amp;b=2">x</a>',
            '<a href="https://example.org/?a=1&amp;b=2">x</a>',
        ),
        ('<a href="tel:120">120</a>', "120"),
        ('<a href="tg://user?id=5">x</a>', '<a href="tg://user?id=5">x</a>'),
        ('<pre><code class="language-py">x</code></pre>', '<pre><code class="language-py">x</code></pre>'),
        ("<blockquote expandable>x</blockquote>", "<blockquote expandable>x</blockquote>"),
        ("  <u> x </u>  ", "<u>x</u>"),
        ("<b></b>x", "x"),
    ],
)
def test_html_is_kept_as_entities(source: str, shown: str) -> None:
    formatted = parse_html(source).stripped()
    assert to_html(formatted.text, formatted.entities) == shown


async def test_text_and_captions_have_their_limits(server: TelegramServer, bot: Bot, wang: TgUser) -> None:
    await bot.send_message(wang.id, "<b>" + "字" * 4096 + "</b>", parse_mode="HTML")
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.send_message(wang.id, "字" * 4097)
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await bot.send_message(wang.id, "<b> </b>", parse_mode="HTML")
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await bot.send_photo(wang.id, BufferedInputFile(PNG, "x.png"), caption="字" * 1025)
    assert len(server.violations) == 3


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        (one(text="x", callback_data="字" * 22), "1-64 bytes, it has 66"),
        (one(text="x"), "Text buttons are unallowed"),
        (one(text="x", callback_data="x", url="https://example.org"), "more than one"),
        (one(text="x", url="tel:120"), "Wrong HTTP URL"),
        (one(text="x", url="http://localhost:8080/"), "Wrong HTTP URL"),
        (one(text="x", url="https://t.me/suidao_bot?start=a.b"), "start parameter"),
        (one(text="x", url="https://t.me/suidao_bot?start=" + "a" * 65), "start parameter"),
        (one(text=" ", callback_data="x"), "must not be empty"),
        (one(text="x", callback_data="x", style="pink"), "style"),
        (one(text="x", copy_text={"text": "x" * 257}), "1-256 characters"),
        (
            InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="x")] * 9]),
            "at most 8",
        ),
        (
            InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="x")]] * 101),
            "too long",
        ),
    ],
)
async def test_a_keyboard_that_telegram_does_not_take_is_refused(
    server: TelegramServer, bot: Bot, wang: TgUser, markup: InlineKeyboardMarkup, problem: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=problem):
        await bot.send_message(wang.id, "x", reply_markup=markup)
    assert len(server.violations) == 1


async def test_buttons_are_seen_as_they_are(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    await bot.send_message(wang.id, "敲门", reply_markup=CLAIM, disable_notification=True)
    (card,) = wang.sees(account)
    assert card.button("接单").style == "success"
    assert card.button("claim:1").text == "接单"
    assert card.button("地图").url == "https://example.org/map"
    assert card.button("电话").copy_text == "13800138000"
    assert card.silent
    assert not card.edited
    assert server.violations == []


async def test_contacts_are_asked_for_in_private_only(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    keyboard = ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text="我的电话", request_contact=True)]], one_time_keyboard=True
    )
    await bot.send_message(wang.id, "电话?", reply_markup=keyboard)
    assert wang.keys(account) == [["我的电话"]]
    await wang.presses(account, "我的电话", phone="+8613900139000")
    contact = server.updates(account)[-1]["message"]["contact"]
    assert contact == {"phone_number": "+8613900139000", "first_name": "王阿姨", "user_id": 1001}
    assert wang.keys(account) == []
    place = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="我在这里", request_location=True)]])
    await bot.send_message(wang.id, "哪里?", reply_markup=place)
    await wang.presses(account, "我在这里")
    assert server.updates(account)[-1]["message"]["location"]["latitude"] == pytest.approx(31.2031)
    group = server.group(-1001, "志愿者", [wang, account])
    with pytest.raises(TelegramBadRequest, match="private chats only"):
        await bot.send_message(group.id, "电话?", reply_markup=keyboard)


async def test_a_keyboard_is_removed_and_a_reply_forced(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    await bot.send_message(
        wang.id, "x", reply_markup=ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="a")]])
    )
    assert wang.keys(account) == [["a"]]
    await bot.send_message(wang.id, "x", reply_markup=ReplyKeyboardRemove())
    assert wang.keys(account) == []
    await bot.send_message(wang.id, "楼号?", reply_markup=ForceReply())
    assert server.violations == []


# Pictures, places, profile


async def test_a_picture_goes_up_and_comes_down_again(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    await wang.sends_photo(account, PNG, caption="/job 3号楼")
    size = server.updates(account)[-1]["message"]["photo"][-1]
    file = await bot.get_file(size["file_id"])
    assert file.file_path is not None
    fetched = await bot.download_file(file.file_path, io.BytesIO())
    assert fetched is not None
    assert fetched.read() == PNG
    await bot.send_photo(wang.id, size["file_id"], caption="<b>x</b>", parse_mode="HTML")
    sent = await bot.send_photo(wang.id, BufferedInputFile(PNG, "x.png"))
    await bot.edit_message_caption(chat_id=wang.id, message_id=sent.message_id, caption="y")
    first, second = wang.sees(account)
    assert (first.kind, first.html, second.text) == ("photo", "<b>x</b>", "y")
    assert server.violations == []


async def test_only_images_are_photos_and_ids_belong_to_one_bot(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(wang.id, BufferedInputFile(b"MZ...", "x.png"))
    sent = await bot.send_photo(wang.id, BufferedInputFile(PNG, "x.png"))
    assert sent.photo is not None
    async with client(server, server.bot()) as stranger:
        with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
            await stranger.get_file(sent.photo[0].file_id)


async def test_places_and_contacts_are_seen(
    server: TelegramServer, bot: Bot, account: TgBot, wang: TgUser
) -> None:
    await bot.send_venue(wang.id, 31.2031, 121.4789, "3号楼", "梧桐里")
    live = await bot.send_location(wang.id, 31.2, 121.4, live_period=600)
    await bot.edit_message_live_location(31.3, 121.5, chat_id=wang.id, message_id=live.message_id)
    await bot.send_contact(wang.id, "+8613800138000", "儿子")
    venue, location, contact = wang.sees(account)
    assert (venue.kind, venue.content["venue"]["title"]) == ("venue", "3号楼")
    assert location.content["location"]["latitude"] == pytest.approx(31.3)
    assert contact.content["contact"]["first_name"] == "儿子"
    with pytest.raises(TelegramBadRequest, match="out of range"):
        await bot.send_location(wang.id, 131.2, 121.4)
    assert server.violations == []


async def test_commands_are_kept_by_scope_and_language(server: TelegramServer, bot: Bot) -> None:
    chinese = [BotCommand(command="job", description="发布")]
    await bot.set_my_commands(chinese, scope=BotCommandScopeAllGroupChats(), language_code="zh")
    kept = await bot.get_my_commands(scope=BotCommandScopeAllGroupChats(), language_code="zh")
    assert [(each.command, each.description) for each in kept] == [("job", "发布")]
    assert await bot.get_my_commands() == []
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button()).type == "commands"
    await bot.set_my_name("随到", language_code="zh")
    assert (await bot.get_my_name(language_code="zh")).name == "随到"
    assert server.violations == []
