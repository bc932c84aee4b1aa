"""The list of commands that Telegram offers beside the input field, in every language and for every place.

It is help for the thumb and nothing more: what a command does, and whether somebody may, is decided when it
is sent.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from aiogram import Bot
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BotCommandScopeUnion,
    MenuButtonCommands,
)

from bot.telegram.bots import Bots
from bot.telegram.carrying import PLATFORM
from bot.telegram.patience import insist
from dispatch import access
from dispatch.ports import Store
from dispatch.verbs import Verb
from handlers import vocabulary
from handlers.texts import FALLBACK, Catalogs, Texts

Commands = Sequence[tuple[str, str]]
Listed = Callable[[Texts], Commands]

_IN_GROUPS = frozenset({"job", "help"})
"""What makes sense where everybody can read it."""


async def publish(bots: Bots, catalogs: Catalogs, store: Store | None = None) -> None:
    """Tell Telegram the commands of every bot, by place and language; repeating changes nothing.

    With a `store` whoever may post jobs gets the desk's list in their private chat. Returns once all is
    told: run it beside the rest, Telegram may be away for long."""
    for key, bot in bots.all():
        await _tell(bot, catalogs, BotCommandScopeDefault(), _everybodys)
        await _tell(bot, catalogs, BotCommandScopeAllPrivateChats(), _everybodys)
        await _tell(bot, catalogs, BotCommandScopeAllGroupChats(), _groups)
        await insist("the menu button", partial(bot.set_chat_menu_button, menu_button=MenuButtonCommands()))
        if store is not None:
            for chat in await _desk_chats(store, key):
                await publish_desk(bot, catalogs, chat)


async def publish_desk(bot: Bot, catalogs: Catalogs, chat: int) -> None:
    """Give one private chat the list of somebody who may post jobs. A chat that never began is left out."""
    await _tell(bot, catalogs, BotCommandScopeChat(chat_id=chat), _desks)


async def _tell(bot: Bot, catalogs: Catalogs, scope: BotCommandScopeUnion, listed: Listed) -> None:
    for code, texts in _languages(catalogs):
        commands = [BotCommand(command=name, description=said) for name, said in listed(texts)]
        await insist(
            "the list of commands", partial(bot.set_my_commands, commands, scope=scope, language_code=code)
        )


def _everybodys(texts: Texts) -> Commands:
    return vocabulary.menu(texts, desk=False)


def _desks(texts: Texts) -> Commands:
    return vocabulary.menu(texts, desk=True)


def _groups(texts: Texts) -> Commands:
    return [each for each in _desks(texts) if each[0] in _IN_GROUPS]


def _languages(catalogs: Catalogs) -> Iterable[tuple[str | None, Texts]]:
    """English for every client that speaks none of our languages, then each by its two letters."""
    yield None, catalogs.texts(FALLBACK)
    families = dict.fromkeys(language.split("_")[0] for language in catalogs.languages)
    for family in families:
        if family != FALLBACK:
            yield family, catalogs.texts(family)


async def _desk_chats(store: Store, key: str | None) -> Sequence[int]:
    """Private chats of those who may post, in the committees that this bot serves."""
    chats: dict[int, None] = {}
    for committee in await store.committees():
        if key not in (None, committee.key):
            continue
        roster = await store.roster(committee.id)
        for address in roster.addresses:
            person = None if address.person_id is None else roster.people.get(address.person_id)
            posts = person is not None and access.allows(Verb.POST, person, committee.id)
            if posts and address.platform == PLATFORM and address.value.isdecimal():
                chats[int(address.value)] = None
    return list(chats)
