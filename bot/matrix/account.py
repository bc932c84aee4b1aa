"""The bot's account: signed in, the same device after every restart, with the keys of its encrypted rooms.

Who is written to, and what, is not known here. A server that is away keeps nobody from starting who was
signed in before: the rest of the program runs, and the account arrives when the server is back.
"""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from mautrix.api import ClientPath, Method
from mautrix.client import Client
from mautrix.errors import MatrixError
from mautrix.types import DeviceID, EventType, Membership, RoomID, UserID

from bot.matrix import devices, events, states
from bot.matrix.contents import Json
from bot.matrix.devices import Device, KeyStore
from bot.matrix.papers import FILE, PaperFile, Papers
from bot.matrix.patience import TROUBLE
from bot.matrix.renewal import Renewal
from bot.matrix.signing_in import AWAY, HomeserverAwayError, log_in, sign_in
from bot.matrix.wire import Wire
from config.sections import Matrix
from store.errors import StartError

log = logging.getLogger(__name__)

START_WITHIN_S = 30.0
"""Seconds for signing in, four requests of a server that is awake; then it counts as away."""

AGAIN_S = 5.0
"""Seconds between two tries to reach a server that was away at the start."""


class Account:
    """A signed-in account, as a context. Raises a `StartError` with a sentence on entering."""

    def __init__(self, settings: Matrix, data: Path, secret: bytes) -> None:
        self.settings = settings
        self.user_id = settings.user_id or ""
        self.secret = secret
        """For names that nobody else can foresee; 32 bytes."""
        self._data = data
        self._file = PaperFile(data, secret)
        self._papers = Papers(user_id=self.user_id)
        self._plain: set[str] = set()
        self._arriving: asyncio.Task[None] | None = None
        self._renewal = Renewal(self._return)
        self._settling: asyncio.Task[None] | None = None
        self._been_here = False
        self._store: KeyStore
        self._device: Device
        self.client: Client
        """The library's own: for syncing, reading state, and everything that may wait by itself."""
        self.wire: Wire
        """The same account's requests for whoever plans waiting: raises `LimitedError` at once."""
        self.hasty: Client
        """The library's own over `wire`."""

    @property
    def device_id(self) -> str:
        """The device that the transaction ids of everything sent belong to."""
        return str(self.client.device_id)

    @property
    def here(self) -> bool:
        """Signed in and known to the server as who we are; False while it is away since the start, and for
        good where signing in was refused then."""
        return self._been_here

    async def arrived(self) -> None:
        """Wait until the server has been reached, or refuses for good."""
        if self._arriving is not None:
            await asyncio.wait((self._arriving,))

    async def __aenter__(self) -> Self:
        self._papers = self._file.read(self.user_id)
        self._store = await devices.open_store(self._data, self.user_id, self.secret)
        try:
            await self._recognise()
            self._become(self._papers)
            await self._device.load()
            await self._start()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._renewal.stop()
        for task in (self._arriving, self._settling):
            if task is not None:
                task.cancel()
                await asyncio.wait((task,))
        await self._close()

    async def is_encrypted(self, room: str) -> bool:
        """Whether what is sent there must be. Asks the server once for a room that nothing is known of.

        Raises what a request raises."""
        if await self._store.states.is_encrypted(RoomID(room)):
            return True
        if room in self._plain:
            return False
        state = ClientPath.v3.rooms[RoomID(room)].state["m.room.encryption"]
        try:
            found = await self.client.api.request(Method.GET, state)
        except MatrixError as error:
            if getattr(error, "http_status", None) != 404:
                raise
            self._plain.add(room)
            return False
        await self._store.states.set_encryption_info(RoomID(room), states.info(events.table(found)))
        return True

    async def encrypted(self, room: str, kind: str, content: Json) -> Json:
        """The content as only the room's members can read it, those who are invited too. Raises what a
        request raises, and the library's own errors about keys, which are `MatrixError`s."""
        where = RoomID(room)
        if not await self._store.states.has_full_member_list(where):
            answer = await self.client.api.request(Method.GET, ClientPath.v3.rooms[where].members)
            await self._store.states.set_members(where, states.members(room, events.table(answer)))
        event_type = EventType.find(kind, EventType.Class.MESSAGE)
        sealed = await self.client.encrypt(where, event_type, content)  # type: ignore[arg-type]  # takes plain objects too
        found: Json = sealed.serialize()
        return found

    async def ask_in(self, user_id: str, room: str) -> None:
        """Invite somebody; what is encrypted from now on is for them too. Raises what a request raises."""
        await self.hasty.invite_user(RoomID(room), UserID(user_id))
        await self._store.states.set_membership(RoomID(room), UserID(user_id), Membership.INVITE)
        await self._store.keys.remove_outbound_group_session(RoomID(room))

    async def _recognise(self) -> None:
        """Where the papers are lost, the key store still knows which device they were of."""
        device = None if self._papers.device else await self._store.keys.get_device_id()
        if not device:
            return
        log.error(
            "%s is missing beside %s: the bot signs in anew, with its password as the same device %s. Its "
            "recovery key is lost: if the server ever forgets this device, clients will warn of the bot",
            FILE,
            devices.DATABASE,
            device,
        )
        self._papers = replace(self._papers, device=str(device))

    def _become(self, papers: Papers) -> None:
        api = Wire(str(self.settings.homeserver), papers.token)
        api.renews = self._renewed
        self.client = Client(
            mxid=UserID(self.user_id),
            device_id=DeviceID(papers.device),
            api=api,
            state_store=self._store.states,
        )
        self.wire = api.impatient()
        self.hasty = Client(mxid=UserID(self.user_id), api=self.wire, state_store=self._store.states)
        self._device = Device(self.client, self._store, self._data)
        self.client.crypto = self._device.machine

    async def _start(self) -> None:
        try:
            async with asyncio.timeout(START_WITHIN_S):
                await self._arrive()
        except AWAY as error:
            if not self._papers.token:
                reason = type(error.__cause__ or error).__name__
                raise HomeserverAwayError(url=str(self.settings.homeserver), reason=reason) from error
            log.error("the Matrix server does not answer (%s); it is tried again", type(error).__name__)  # noqa: TRY400 - no trace: it may quote
            self._arriving = asyncio.create_task(self._arrive_later())

    async def _arrive_later(self) -> None:
        while True:
            await asyncio.sleep(AGAIN_S)
            try:
                async with asyncio.timeout(START_WITHIN_S):
                    await self._arrive()
            except AWAY:
                continue
            except StartError as error:
                log.critical("Matrix is not switched on: %s", error)
            except MatrixError as error:
                log.warning("signing in to Matrix failed (%s); it is tried again", type(error).__name__)
                continue
            else:
                log.info("the Matrix server answers again")
            return

    async def _arrive(self) -> None:
        """Sign in, and make sure that the server and we mean the same device. Repeating is safe."""
        self._keep(await sign_in(self.client, self.settings, self._papers))
        await self._become_known()
        self._been_here = True

    async def _renewed(self, refused: str) -> str:
        """The token in place of one that the server does not know any more; empty where there is none."""
        if not self._been_here:
            return ""
        if self.client.api.token == refused and not await self._renewal.made():
            return ""
        return self.client.api.token

    async def _return(self) -> None:
        """Sign in again as the same device, whose keys went with its token. Raises a `StartError` where that
        is not possible, and what a request raises.

        The keys are published beside this: whoever waits for the token may hold the lock of all keys."""
        door = Client(mxid=UserID(self.user_id), api=self.wire.nobody())
        papers = await log_in(door, self.settings, self._papers)
        self.client.api.token, self.client.device_id = papers.token, DeviceID(papers.device)
        self._keep(papers)
        if self._settling is not None:
            self._settling.cancel()
        self._settling = asyncio.create_task(self._settle())

    async def _settle(self) -> None:
        """Without its keys it would be deaf in encrypted rooms, and nobody would notice: tried until done."""
        while True:
            try:
                await self._become_known()
            except TROUBLE as error:
                log.warning("the bot's keys are not known to the server yet (%s)", type(error).__name__)
                await asyncio.sleep(AGAIN_S)
            except StartError as error:
                log.critical("Matrix: nothing encrypted can be read or written. %s", error)
                return
            else:
                log.warning("the Matrix server had ended the bot's session; it is signed in again")
                return

    async def _become_known(self) -> None:
        """Make sure that the server knows this device and its keys. Repeating is safe."""
        if not self.device_id:
            log.warning("this access token belongs to no device: nothing encrypted can be read or written")
            return
        if await self._device.lost():
            await self._start_anew()
        await self._device.publish()
        self._keep(replace(self._papers, recovery=await self._device.sign(self._papers.recovery)))

    async def _start_anew(self) -> None:
        """Become another device: the old one's keys are gone, and others would take ours for a stranger's."""
        if self.settings.password is None:
            raise self._device.lost_for_good()
        log.error(
            "the Matrix keys of device %s are lost: the bot signs in as a new device. Messages that were "
            "encrypted before now cannot be read any more; who wrote them must write again",
            self.device_id,
        )
        self._keep(await log_in(self.client, self.settings, replace(self._papers, device="", token="")))

    def _keep(self, papers: Papers) -> None:
        self.wire.token = self.client.api.token
        if papers != self._papers:
            self._papers = papers
            self._file.write(papers)

    async def _close(self) -> None:
        if hasattr(self, "client"):
            await self.client.api.session.close()
        await self._store.database.stop()
