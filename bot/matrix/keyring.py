"""The keys of encrypted rooms, incoming: what a sync says about them is taken in, and messages are opened.

The keys themselves are the library's and the account's. Without encryption there is nothing here to do.
Nothing that was opened ever reaches a log.
"""

import logging
from enum import Enum
from typing import cast

from mautrix.client import Client
from mautrix.errors import DecryptionError, DuplicateMessageIndex, SessionNotFound
from mautrix.types import (
    JSON,
    DeviceID,
    DeviceLists,
    DeviceOTKCount,
    EncryptedEvent,
    EncryptedMegolmEventContent,
    EventType,
    SerializerError,
    StateEvent,
    ToDeviceEvent,
    UserID,
)

from bot.matrix import events
from bot.matrix.contents import ENCRYPTED
from bot.matrix.events import Event, Json, rows, table

_log = logging.getLogger(__name__)

_ANY_DEVICE = DeviceID("*")


class Closed(Enum):
    """Why a message could not be opened."""

    NO_KEY = "no key yet"
    NEVER = "cannot be opened"
    AGAIN = "was opened before, as another event"


class Keyring:
    """Opens what is encrypted to us."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def absorb(self, news: Json) -> None:
        """Take in what a sync says of keys and devices, before anything in it is opened.

        May raise what a request raises: then the same sync is to be asked for again."""
        crypto = self._client.crypto
        if crypto is None:
            return
        listed = map(events.word, rows(table(news.get("device_lists")).get("changed")))
        changed = [UserID(each) for each in listed if each]
        await crypto.handle_device_lists(DeviceLists(changed=changed, left=[]))
        for raw in rows(table(news.get("to_device")).get("events")):
            await self._to_device(raw)
        counts = news.get("device_one_time_keys_count")
        if isinstance(counts, dict):
            signed = counts.get("signed_curve25519", 0)
            await crypto.handle_otk_count(DeviceOTKCount(curve25519=0, signed_curve25519=signed))

    async def state(self, room_id: str, raw: object) -> None:
        """Keep up with who is in a room, and whether it is encrypted: who left must not read what follows."""
        crypto, states, found = self._client.crypto, self._client.state_store, table(raw)
        wanted = found.get("type") in ("m.room.member", "m.room.encryption")
        if crypto is None or states is None or not wanted:
            return
        try:
            event = StateEvent.deserialize(cast("JSON", {**found, "room_id": room_id}))
        except SerializerError:
            _log.warning("a state event in room %s cannot be read; it is passed over", room_id)
            return
        await states.update_state(event)
        if event.type == EventType.ROOM_MEMBER:
            await crypto.handle_member_event(event)

    async def open(self, raw: Json, event: Event) -> Event | Closed:
        """The event that was encrypted, by the same sender and with the same name."""
        crypto = self._client.crypto
        sealed = _sealed(raw, event)
        if crypto is None or sealed is None:
            return Closed.NEVER
        try:
            found = await crypto.decrypt_megolm_event(sealed)
        except SessionNotFound:
            return Closed.NO_KEY
        except DuplicateMessageIndex:
            return Closed.AGAIN
        except (DecryptionError, SerializerError, KeyError, TypeError, ValueError):
            return Closed.NEVER
        opened = {**table(found.serialize()), "event_id": event.event_id, "sender": event.sender}
        return events.read(event.room_id, opened) or Closed.NEVER

    async def ask_for_key(self, raw: Json, event: Event) -> None:
        """Ask the sender's device for the key. It answers when it likes, if it does."""
        crypto, sealed = self._client.crypto, _sealed(raw, event)
        if crypto is None or sealed is None or not isinstance(sealed.content, EncryptedMegolmEventContent):
            return
        content = sealed.content
        await crypto.request_room_key(
            sealed.room_id,
            content.sender_key,
            content.session_id,
            {sealed.sender: [content.device_id or _ANY_DEVICE]},
            timeout=0,
        )

    async def _to_device(self, raw: object) -> None:
        crypto = self._client.crypto
        if crypto is None:
            return
        kind, whose = table(raw).get("type"), table(raw).get("sender")
        try:
            event = ToDeviceEvent.deserialize(cast("JSON", table(raw)))
            if kind == ENCRYPTED:
                await crypto.handle_to_device_event(event)
            elif kind == "m.room_key_request":
                await crypto.handle_room_key_request(event)
        except Exception as error:  # noqa: BLE001 - told without its text; one device's fault is nobody else's
            _log.warning("keys from %s could not be used (%s)", events.word(whose), type(error).__name__)


def session_of(event: Event) -> str:
    """What tells the key of an encrypted event from others."""
    return events.word(event.content.get("session_id"))


def _sealed(raw: Json, event: Event) -> EncryptedEvent | None:
    try:
        found = {**raw, "room_id": event.room_id, "type": ENCRYPTED}
        return EncryptedEvent.deserialize(cast("JSON", found))
    except (SerializerError, KeyError, TypeError, ValueError):
        return None
