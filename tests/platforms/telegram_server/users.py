"""A person with a phone: what one does with a bot, and what one sees. Stories are told in these verbs.

A verb returns once the bot has been told (queued or pushed), not once it has reacted: `taps` is the
exception, it waits for the answer as a person does.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from tests.platforms.telegram_server.accounts import Account, BotAccount
from tests.platforms.telegram_server.chats import Chat, Group, PrivateChat
from tests.platforms.telegram_server.groups import TgGroup
from tests.platforms.telegram_server.links import START, deep_link
from tests.platforms.telegram_server.messages import Message
from tests.platforms.telegram_server.notices import announce, ask, member, membership
from tests.platforms.telegram_server.queries import CallbackAnswer, Query
from tests.platforms.telegram_server.sights import Seen, in_group, look
from tests.platforms.telegram_server.town import Town
from tests.platforms.telegram_server.wire import Json, length, present

if TYPE_CHECKING:
    from tests.platforms.telegram_server.server import TelegramServer

Place: TypeAlias = BotAccount | TgGroup
"""Where one writes or looks: to a bot in private, or into a group."""


class NoAnswerError(AssertionError):
    """A tap was not answered in time: the person's phone still shows a clock."""


class TgUser:
    """The driver's handle of one person."""

    def __init__(self, town: Town, account: Account, server: "TelegramServer") -> None:
        self.town = town
        self.account = account
        self._server = server

    @property
    def id(self) -> int:
        """The account's id, which is the id of the private chat as well."""
        return self.account.id

    # Talking

    async def starts(self, bot: BotAccount, param: str = "") -> Seen:
        """Presses Start, by a deep link where there is a parameter."""
        if param and START.fullmatch(param) is None:
            raise ValueError(f"no client hands on the start parameter {param!r}")
        return await self.writes(bot, f"/start {param}".strip())

    async def writes(
        self, place: Place, text: str, reply_to: Seen | None = None, topic: int | None = None
    ) -> Seen:
        """Sends a text; a leading `/word` is marked as a command, as clients do."""
        body: Json = {"text": text}
        if text.startswith("/") and len(text) > 1:
            command = text.split(maxsplit=1)[0]
            body["entities"] = [{"type": "bot_command", "offset": 0, "length": length(command)}]
        return self._says(place, body, reply_to, topic)

    async def edits(self, message: Seen, text: str) -> None:
        """Changes an own message."""
        message.raw.change({"text": text}, None, self.town.clock.now())
        announce(self.town, message.raw, "edited_message")

    async def shares_contact(
        self, bot: BotAccount, phone: str, *, user_id: int | None = None, first_name: str | None = None
    ) -> Seen:
        """Shares the own contact, or with `user_id` somebody else's (0: one that is on no Telegram)."""
        owner = self.id if user_id is None else user_id
        contact = present(
            phone_number=phone,
            first_name=first_name or self.account.first_name,
            user_id=owner or None,
        )
        return self._says(bot, {"contact": contact})

    async def sends_location(
        self, place: Place, latitude: float, longitude: float, reply_to: Seen | None = None
    ) -> Seen:
        """Sends a pin."""
        return self._says(place, {"location": {"latitude": latitude, "longitude": longitude}}, reply_to)

    async def shares_location(self, place: Place, latitude: float, longitude: float, period: int) -> Seen:
        """Shares where the phone is for so many seconds."""
        where = {"latitude": latitude, "longitude": longitude, "live_period": period}
        return self._says(place, {"location": where}, None)

    async def moves(self, message: Seen, latitude: float, longitude: float) -> None:
        """The phone tells where it is now, in the message by which that is shared."""
        self._relocates(
            message, {**message.raw.body["location"], "latitude": latitude, "longitude": longitude}
        )

    async def stops_sharing(self, message: Seen) -> None:
        """The last edit has no period any more."""
        where = dict(message.raw.body["location"])
        del where["live_period"]
        self._relocates(message, where)

    def _relocates(self, message: Seen, where: Json) -> None:
        message.raw.change({"location": where}, None, self.town.clock.now())
        announce(self.town, message.raw, "edited_message")

    async def sends_photo(
        self, place: Place, data: bytes, caption: str = "", reply_to: Seen | None = None
    ) -> Seen:
        """Sends a picture; in a group only its first bot can fetch it."""
        photo = self.town.storage.keep_photo(self._fetcher(place), "photo", data).photo()
        return self._says(place, present(photo=photo, caption=caption or None), reply_to)

    async def sends_album(
        self,
        place: Place,
        pictures: Sequence[bytes],
        caption: str = "",
        *,
        on: int = 0,
        reply_to: Seen | None = None,
    ) -> list[Seen]:
        """Sends pictures together: as many messages, the caption below one of them, one reply_to for all."""
        album = f"{self.id}{self.town.next_id(self._chat(place))}"
        sent = []
        for number, data in enumerate(pictures):
            photo = self.town.storage.keep_photo(self._fetcher(place), "photo", data).photo()
            said = caption if number == on and caption else None
            sent.append(self._says(place, present(photo=photo, caption=said, media_group_id=album), reply_to))
        return sent

    async def sends_file(
        self,
        place: Place,
        data: bytes,
        name: str,
        mime: str | None,
        caption: str = "",
        reply_to: Seen | None = None,
    ) -> Seen:
        """Sends a file as it is; `mime` is what the phone takes it for."""
        stored = self.town.storage.keep(self._fetcher(place), name, data, "documents", mime)
        return self._says(place, present(document=stored.document(), caption=caption or None), reply_to)

    async def sends_venue(
        self, place: Place, latitude: float, longitude: float, title: str, reply_to: Seen | None = None
    ) -> Seen:
        """Sends a place that has a name."""
        where = {"latitude": latitude, "longitude": longitude}
        venue = {"location": where, "title": title, "address": ""}
        return self._says(place, {"venue": venue, "location": dict(where)}, reply_to)

    async def presses(
        self,
        bot: BotAccount,
        text: str,
        phone: str = "+8613800138000",
        place: tuple[float, float] = (31.2031, 121.4789),
    ) -> Seen:
        """Presses a key that the bot put in place of the letters, and shares what the key asks for."""
        chat = self.town.private(bot, self.account)
        rows = (chat.keyboard or {}).get("keyboard", [])
        button = next((each for row in rows for each in row if each["text"] == text), None)
        if button is None:
            raise AssertionError(f"no key {text!r} on the keyboard {rows}")
        if chat.keyboard is not None and chat.keyboard.get("one_time_keyboard"):
            chat.keyboard = None
        if button.get("request_contact"):
            return await self.shares_contact(bot, phone)
        if button.get("request_location"):
            return await self.sends_location(bot, *place)
        return await self.writes(bot, text)

    # Tapping

    def tap(self, message: Seen, wanted: str) -> Query:
        """Taps a button that was seen, by its text or data, and does not wait."""
        button = message.button(wanted)
        if button.data is None:
            raise AssertionError(f"the button {button.text!r} opens or copies something: nobody is asked")
        return self.forges(message, button.data)

    async def taps(self, message: Seen, wanted: str) -> CallbackAnswer:
        """Taps and waits for the answer; raises `NoAnswerError` when patience runs out."""
        return await self.is_answered(self.tap(message, wanted))

    def forges(self, message: Seen, data: str) -> Query:
        """A tap with any data at all, as a modified client can send it."""
        sender = message.raw.sender
        if not isinstance(sender, BotAccount):
            raise TypeError("only messages of bots have buttons")
        query = self.town.queries.open(sender, self.account, message.raw, data)
        ask(self.town, query)
        return query

    async def is_answered(self, query: Query) -> CallbackAnswer:
        """Waits for the answer to a tap."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._server.patience):
                await query.answered.wait()
        if query.answer is None:
            raise NoAnswerError(f"nobody answered the tap on {query.data!r}")
        return query.answer

    async def follows(self, message: Seen, wanted: str) -> Seen:
        """Opens a deep link behind a button and presses Start there."""
        url = message.button(wanted).url or ""
        link = deep_link(url)
        bots = self.town.bots.values()
        bot = next((each for each in bots if link is not None and each.username == link.bot), None)
        if bot is None or link is None:
            raise AssertionError(f"{url!r} starts no bot of this server")
        return await self.starts(bot, link.param)

    # Coming and going

    async def blocks(self, bot: BotAccount) -> None:
        """The bot is told 403 from now on."""
        self._moves(bot, blocked=True)

    async def unblocks(self, bot: BotAccount) -> None:
        """Forgives the bot."""
        self._moves(bot, blocked=False)

    async def deletes_account(self) -> None:
        """Every bot is told 403 from now on."""
        self.account.deactivated = True

    async def joins(self, group: TgGroup) -> None:
        """Becomes a member."""
        group.adds(self.account)

    async def leaves(self, group: TgGroup) -> None:
        """Is a member no longer."""
        group.removes(self.account)

    # Seeing

    def sees(self, place: Place, topic: int | None = None) -> list[Seen]:
        """What others wrote and what is still there, oldest first; own messages are not repeated."""
        chat = self._chat(place)
        every = in_group(chat, self.id, topic) if isinstance(chat, Group) else chat.messages
        return [look(each) for each in every if each.sender is not self.account and not each.deleted]

    def keys(self, bot: BotAccount) -> list[list[str]]:
        """The keyboard that the bot put in place of the letters."""
        rows = (self.town.private(bot, self.account).keyboard or {}).get("keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    async def hears(self, place: Place, text: str, topic: int | None = None) -> Seen:
        """The newest message with this text in it, as soon as there is one; AssertionError without."""

        def heard() -> list[Seen]:
            return [each for each in self.sees(place, topic) if text in each.text]

        await self._server.until(lambda: bool(heard()))
        if not heard():
            seen = [each.text for each in self.sees(place, topic)]
            raise AssertionError(f"{self.account.first_name} does not see {text!r} but {seen}")
        return heard()[-1]

    def _chat(self, place: Place) -> Chat:
        return self.town.private(place, self.account) if isinstance(place, BotAccount) else place.chat

    def _fetcher(self, place: Place) -> int:
        """Which bot can fetch a file that is sent there; 0 for none."""
        chat = self._chat(place)
        bot = chat.bot if isinstance(chat, PrivateChat) else next(iter(_bots(chat)), None)
        return 0 if bot is None else bot.id

    def _says(self, place: Place, body: Json, reply_to: Seen | None = None, topic: int | None = None) -> Seen:
        chat = self._chat(place)
        if isinstance(chat, PrivateChat):
            if chat.blocked:
                raise AssertionError("one must unblock a bot before one can write to it")
            chat.started = True
        elif isinstance(chat, Group) and self.id not in chat.members:
            raise AssertionError(f"{self.account.first_name} is not in {chat.title}")
        return look(self._posted(chat, body, reply_to, topic))

    def _posted(self, chat: Chat, body: Json, reply_to: Seen | None, topic: int | None) -> Message:
        message = Message(
            self.town.next_id(chat),
            chat,
            self.account,
            self.town.clock.now(),
            body,
            thread=topic,
            reply_to=reply_to.raw if reply_to is not None else None,
        )
        self.town.post(message)
        announce(self.town, message)
        return message

    def _moves(self, bot: BotAccount, *, blocked: bool) -> None:
        chat = self.town.private(bot, self.account)
        old, chat.blocked = chat.blocked, blocked
        standing = {True: member("kicked", bot), False: member("member", bot)}
        membership(self.town, chat, bot, self.account, standing[old], standing[blocked])
        self.town.changes.notify()


def _bots(chat: Chat) -> list[BotAccount]:
    return list(chat.bots()) if isinstance(chat, Group) else []
