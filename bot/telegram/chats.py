"""What happens to chats: somebody blocks the bot or comes back, a group takes it in, puts it out, or moves.

It keeps the addresses true and touches no job.
"""

import logging

from aiogram import Bot
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import ChatMemberUpdated, Message

from bot.telegram.answers import Answers
from bot.telegram.carrying import PLATFORM
from bot.telegram.people import People
from dispatch.ports import Store
from dispatch.reach import Reason
from handlers.texts import Catalogs

_log = logging.getLogger(__name__)

_OUT = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.KICKED})


class Chats:
    """Keeps up with where the bot may write."""

    def __init__(self, store: Store, people: People, answers: Answers, catalogs: Catalogs) -> None:
        self._store = store
        self._people = people
        self._answers = answers
        self._catalogs = catalogs

    async def moved(self, message: Message) -> bool:
        """A group became a supergroup: its room goes by the new number. True when that is what it was.

        Both chats tell, in either order; the second one changes nothing."""
        if message.migrate_to_chat_id is not None:
            old, new = message.chat.id, message.migrate_to_chat_id
        elif message.migrate_from_chat_id is not None:
            old, new = message.migrate_from_chat_id, message.chat.id
        else:
            return False
        await self._store.move_room(PLATFORM, str(old), str(new))
        # Leaving the old chat may have been told first, as if the bot had been put out.
        await self._store.revive(PLATFORM, str(new))
        _log.info("group %d is supergroup %d now", old, new)
        return True

    async def changed(self, bot: Bot, update: ChatMemberUpdated) -> None:
        """The bot itself was let in or put out, by a person or in a group."""
        out = update.new_chat_member.status in _OUT
        if update.chat.type == ChatType.PRIVATE:
            await (self._blocked(bot, update) if out else self._back(bot, update))
        else:
            await (self._put_out(update) if out else self._let_in(bot, update))

    async def _blocked(self, bot: Bot, update: ChatMemberUpdated) -> None:
        for address in await self._people.addresses(bot, update.chat.id):
            await self._store.address_failed(address, Reason.BLOCKED.value)
            _log.warning("address %d blocked the bot", address.id)

    async def _back(self, bot: Bot, update: ChatMemberUpdated) -> None:
        await self._people.heard(bot, update.chat.id)

    async def _put_out(self, update: ChatMemberUpdated) -> None:
        for address in await self._store.addresses(PLATFORM, str(update.chat.id)):
            await self._store.address_failed(address, Reason.PUT_OUT.value)
            _log.warning("the bot was put out of room %d", address.id)

    async def _let_in(self, bot: Bot, update: ChatMemberUpdated) -> None:
        rooms = await self._store.revive(PLATFORM, str(update.chat.id))
        was_out = update.old_chat_member.status in _OUT
        if not rooms and was_out:
            _log.info("bot %d is in group %d, which is no committee's room yet", bot.id, update.chat.id)
            await self._explain(bot, update)

    async def _explain(self, bot: Bot, update: ChatMemberUpdated) -> None:
        """Tell whoever may do something about it how the group becomes a room."""
        for address in await self._people.addresses(bot, update.from_user.id):
            person = await self._people.person(address)
            if person is not None and await self._people.posts(address):
                said = self._catalogs.texts(person.language).say(
                    "I am in the group now. For jobs to be announced there, it belongs into the committee's "
                    'file: [[rooms]] with chat = "{chat}".',
                    chat=update.chat.id,
                )
                self._answers.say(bot, update.from_user.id, said)
                return
