"""The methods about the bot itself: who it is, its commands and menu, what its profile says."""

import json
import re
from collections.abc import Mapping

from tests.platforms.telegram_server.calls import Call, Method
from tests.platforms.telegram_server.chats import Group, PrivateChat
from tests.platforms.telegram_server.refusals import bad, mistake
from tests.platforms.telegram_server.wire import Json

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"(?:[a-z]{2})?")
"""A two-letter ISO 639-1 code, or empty for everybody."""
COMMANDS = 100
DEFAULT: Json = {"type": "default"}


def _me(call: Call) -> Json:
    return call.bot.me()


def _language(call: Call) -> str:
    language = call.params.text("language_code")
    if LANGUAGE.fullmatch(language) is None:
        raise mistake("language_code is no two-letter ISO 639-1 code")
    return language


def _audience(call: Call) -> tuple[str, str]:
    """Scope and language; a scope of one chat must name a chat that the bot is in."""
    scope = call.params.table("scope") or DEFAULT
    if "chat_id" in scope:
        chat = call.town.chat(call.bot, scope["chat_id"])
        if isinstance(chat, PrivateChat) and (scope["type"] != "chat" or not chat.started):
            raise bad("chat not found")
        if isinstance(chat, Group) and call.bot.id not in chat.members:
            raise bad("chat not found")
    return json.dumps(scope, sort_keys=True), _language(call)


def _set_commands(call: Call) -> bool:
    commands = call.params.rows("commands")
    if len(commands) > COMMANDS:
        raise mistake("BOT_COMMANDS_TOO_MUCH")
    for each in commands:
        if COMMAND.fullmatch(each["command"]) is None:
            raise mistake("BOT_COMMAND_INVALID")
    call.bot.commands[_audience(call)] = commands
    return True


def _get_commands(call: Call) -> list[Json]:
    return call.bot.commands.get(_audience(call), [])


def _delete_commands(call: Call) -> bool:
    call.bot.commands.pop(_audience(call), None)
    return True


def _set_menu(call: Call) -> bool:
    button = call.params.table("menu_button") or DEFAULT
    if button["type"] == "web_app" and not button["web_app"]["url"].startswith("https://"):
        raise mistake("menu button Web App URL is invalid: Only HTTPS links are allowed")
    call.bot.menus[_menu_owner(call)] = button
    return True


def _get_menu(call: Call) -> Json:
    menus = call.bot.menus
    return menus.get(_menu_owner(call), menus.get(None, {"type": "commands"}))


def _menu_owner(call: Call) -> int | None:
    person = call.params.maybe("chat_id")
    if person is not None and not isinstance(call.chat(), PrivateChat):
        raise bad("chat not found")
    return person


def _setter(field: str, method: str) -> tuple[tuple[str, Method], tuple[str, Method]]:
    """`setMyName` and `getMyName`, and the like."""

    def put(call: Call) -> bool:
        call.bot.profile[field, _language(call)] = call.params.text(field)
        return True

    def get(call: Call) -> Json:
        texts, fallback = call.bot.profile, call.bot.first_name if field == "name" else ""
        own = texts.get((field, _language(call)))
        return {field: own or texts.get((field, "")) or fallback}

    return (f"setMy{method}", put), (f"getMy{method}", get)


METHODS: Mapping[str, Method] = {
    "getMe": _me,
    "setMyCommands": _set_commands,
    "getMyCommands": _get_commands,
    "deleteMyCommands": _delete_commands,
    "setChatMenuButton": _set_menu,
    "getChatMenuButton": _get_menu,
    **dict(_setter("name", "Name")),
    **dict(_setter("description", "Description")),
    **dict(_setter("short_description", "ShortDescription")),
}
