"""A bare mautrix bot: written to, it puts a card into its room, which it edits for whoever reacts first.

`python -m bench.matrix_bare URL USER TOKEN ROOM`, until SIGTERM. It runs on the program's loop, by the
library's own sync loop and handlers, and keeps nothing. Every reaction that it has handled it names on its
output, in a line of its own.
"""

import asyncio
import logging
import sys
from contextlib import suppress
from signal import SIGTERM

from mautrix.client import Client
from mautrix.types import (
    EventID,
    EventType,
    Filter,
    Format,
    MessageEvent,
    MessageType,
    ReactionEvent,
    RoomEventFilter,
    RoomFilter,
    RoomID,
    TextMessageEventContent,
    UserID,
)

from bench import crowd
from bot.matrix import gaps

KEY = "✅"

TAKEN = "💊 配药取药 · 7号楼\n{name}已经接了，谢谢。可以候补。"


class Bot:
    """Puts cards and edits them: each once, for the first who reacts."""

    def __init__(self, client: Client, room: RoomID) -> None:
        self._client = client
        self._room = room
        self._free: set[EventID] = set()

    async def written(self, event: MessageEvent) -> None:
        """Somebody wants a card."""
        if event.sender == self._client.mxid:
            return
        card = await self._client.send_message(self._room, _text(crowd.TEXT))
        await self._client.react(self._room, card, KEY)
        self._free.add(card)

    async def reacted(self, event: ReactionEvent) -> None:
        """The first has it."""
        relation = event.content.relates_to
        card = relation.event_id
        if event.sender != self._client.mxid and relation.key == KEY and card in self._free:
            self._free.remove(card)
            content = _text(TAKEN.format(name=event.sender))
            content.set_edit(card)
            await self._client.send_message(self._room, content)
        print(event.event_id, flush=True)


def _text(text: str) -> TextMessageEventContent:
    html = f"<p>{text}</p>".replace("\n", "<br>")
    return TextMessageEventContent(
        msgtype=MessageType.TEXT, body=text, format=Format.HTML, formatted_body=html
    )


async def main(url: str, user: str, token: str, room: str) -> None:
    """Run until told to leave."""
    logging.disable(logging.INFO)
    client = Client(mxid=UserID(user), base_url=url, token=token)
    bot = Bot(client, RoomID(room))
    await client.join_room_by_id(RoomID(room))
    client.ignore_initial_sync = True
    client.add_event_handler(EventType.ROOM_MESSAGE, bot.written, wait_sync=True)
    client.add_event_handler(EventType.REACTION, bot.reacted, wait_sync=True)
    # As many events as ours asks for: the server's own ten would lose most of a burst.
    wanted = Filter(room=RoomFilter(timeline=RoomEventFilter(limit=gaps.PAGE)))
    syncing = client.start(wanted)
    asyncio.get_running_loop().add_signal_handler(SIGTERM, syncing.cancel)
    with suppress(asyncio.CancelledError):
        await syncing
    await client.api.session.close()


def _run(url: str, user: str, token: str, room: str) -> None:
    try:
        import uvloop  # noqa: PLC0415 - not everywhere, as in the program itself
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main(url, user, token, room))


if __name__ == "__main__":
    _run(*sys.argv[1:])
