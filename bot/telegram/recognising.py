"""A room's card that nobody knew of: its sending was *unknown*, and somebody tapped below it.

The tap's data can be forged, and the message's own buttons cannot: only the bot can have put them there.
"""

from collections import OrderedDict

from aiogram.types import CallbackQuery, Message

from bot.telegram.callbacks import Tap
from bot.telegram.carrying import PLATFORM
from bot.telegram.gateway import TelegramGateway
from bot.telegram.subjects import job_of_buttons
from dispatch.events import NoticeKind
from dispatch.people import Address
from dispatch.ports import Store
from handlers.messages import MessageRef
from handlers.router import Router

AT_MOST = 1_000
"""Messages remembered to have been looked up: 280 taps on one card look it up once."""


class Recognising:
    """Finds out what rooms' messages are."""

    def __init__(self, router: Router, store: Store, gateway: TelegramGateway) -> None:
        self._router = router
        self._store = store
        self._gateway = gateway
        self._known: OrderedDict[str, None] = OrderedDict()

    async def in_room(self, query: CallbackQuery, tap: Tap) -> None:
        """Where the tapped message is no card yet, it becomes the room's, and shows at once what holds.

        Unless a later message is the card: then the tapped one is taken away. Raises `DispatchError`."""
        message = query.message
        if not isinstance(message, Message) or job_of_buttons(message.reply_markup) != tap.job_id:
            return
        ref = MessageRef(value=f"{message.chat.id}:{message.message_id}")
        if self._remembers(ref.value):
            return
        await self._gateway.rush.over()
        if await self._store.job_of_ref(PLATFORM, ref.value) is not None:
            return
        for room in await self._rooms(message, tap.job_id):
            card = await self._router.card(room, tap.job_id)
            await self._gateway.adopt(room, tap.job_id, message.chat.id, message.message_id)
            kept = await self._store.card_ref(room, tap.job_id)
            if kept is not None:
                await self._gateway.send(room, card, NoticeKind.UPDATE, MessageRef(value=kept))

    async def _rooms(self, message: Message, job_id: int) -> list[Address]:
        topic = message.message_thread_id if message.is_topic_message else None
        rooms = await self._store.addresses(PLATFORM, str(message.chat.id))
        committee_id = await self._store.job_committee(job_id)
        return [
            room
            for room in rooms
            if room.person_id is None
            and room.committee_id == committee_id
            and (room.topic or None) == (None if topic is None else str(topic))
        ]

    def _remembers(self, ref: str) -> bool:
        if ref in self._known:
            return True
        self._known[ref] = None
        if len(self._known) > AT_MOST:
            self._known.popitem(last=False)
        return False
