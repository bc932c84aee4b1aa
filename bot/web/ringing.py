"""Ringing a phone whose page is closed, by Web Push (RFC 8030, encrypted by RFC 8291, signed by RFC 8292).

The service in between reads nothing, and even the phone's lock screen is told no more than a card's title:
the kind of job, the building and how urgent it is. Where the service is away, that is said, and the next way
is used.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dispatch.devices import Subscription
from dispatch.events import PRESSING, NoticeKind
from dispatch.moments import SECOND
from dispatch.people import Address
from dispatch.ports import Clock, Store
from handlers import rings
from handlers.gateways import Begin, Delivery, Sent
from handlers.messages import Card

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 10.0
"""A push service that is slower than that is as good as away, and the next address waits."""
PRESSING_TTL_S = 3600
"""A phone without network is rung late rather than never where somebody must answer now."""
ASKING_TTL_S = 900
"""An offer of a job: a quarter of an hour later others were asked."""
SIGNED_FOR_S = 12 * 3600
"""At most a day (RFC 8292); half of that forgives a clock that is wrong by hours."""
ENDPOINT_CHARACTERS = 1000
"""The longest addresses of push services have some 600."""
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_GONE = frozenset({404, 410})
"""The subscription has ended. Whatever else is refused (a wrong clock here, too much at once) may pass."""
_LOCAL = (".local", ".localhost", ".internal", ".lan", ".home.arpa")

Permits = Callable[[str], bool]


def outside(endpoint: str) -> bool:
    """A push service out in the world. The address comes from a browser, and nobody may have us call our own
    network by it."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.username is not None or len(endpoint) > ENDPOINT_CHARACTERS:
        return False
    return "." in host and not host.endswith(_LOCAL) and not _is_number(host)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class PublicOnly(aiohttp.abc.AbstractResolver):
    """Finds hosts by name, and only those that are in the public network: a name may point anywhere."""

    def __init__(self) -> None:
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(self, host: str, *args: Any, **kwargs: Any) -> list[aiohttp.abc.ResolveResult]:
        """Raises `OSError` where nothing public is left."""
        found = await self._inner.resolve(host, *args, **kwargs)
        public = [each for each in found if ip_address(each["host"]).is_global]
        if not public:
            raise OSError("no public address")
        return public

    async def close(self) -> None:
        """Let go of what the inner one holds."""
        await self._inner.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    """What is sent to each device of a person."""

    data: bytes
    ttl: int
    urgency: str
    topic: str


class Ringing:
    """The phones of everybody. `secret` makes the key by which push services know us: the same as long as the
    secret is. `contact` is an https address or a mailto, where an operator of such a service could ask."""

    def __init__(
        self, store: Store, secret: bytes, clock: Clock, contact: str, permits: Permits = outside
    ) -> None:
        self._store = store
        self._clock = clock
        self._permits = permits
        self._contact = contact if contact.startswith("https:") else "mailto:nobody@example.org"
        self._private = ec.derive_private_key(
            int.from_bytes(secret, "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1()
        )
        self._known: set[int] = set()

    @property
    def key(self) -> bytes:
        """The public key that a browser asks for, 65 bytes."""
        return self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    async def load(self) -> None:
        """Learn for which addresses a device rings. Called at the start; repeating is safe."""
        for committee in await self._store.committees():
            self._known |= await self._store.ringing(committee.id)

    def rings(self, address: Address) -> bool:
        """A device rings for this address."""
        return address.id in self._known

    async def silent(self, addresses: Collection[Address]) -> frozenset[int]:
        """The ids of those for which no device rings, whichever process has learnt of one."""
        loud: set[int] = set()
        for committee_id in {address.committee_id for address in addresses}:
            loud |= await self._store.ringing(committee_id)
        return frozenset(address.id for address in addresses) - loud

    async def keep(self, address: Address, subscription: Subscription) -> bool:
        """Let this browser ring for the address; False for an endpoint that is none."""
        if not self._permits(subscription.endpoint):
            return False
        await self._store.keep_device(address, subscription, self._clock.now())
        self._known.add(address.id)
        return True

    async def drop(self, address: Address, endpoint: str) -> None:
        """Let this browser ring for the address no more."""
        await self._store.drop_device(address, endpoint)
        if not await self._store.devices(address):
            self._known.discard(address.id)

    async def ring(self, address: Address, card: Card, kind: NoticeKind, begin: Begin | None = None) -> Sent:
        """Ring every device of the address; delivered when one of their services took it. `begin` is awaited
        before, where there is a device at all.

        Repeating rings again, with a notification that replaces the first. Devices whose subscription has
        ended are let go of."""
        parcel = _parcel(card, kind)
        async with _session() as session:
            devices = await self._store.devices(address)
            if devices and begin is not None:
                await begin()
            sending = (self._send(session, address, device, parcel) for device in devices)
            answers = await asyncio.gather(*sending)
        if not answers:
            self._known.discard(address.id)
        for result in (Delivery.DELIVERED, Delivery.RETRY):
            for answer in answers:
                if answer.delivery is result:
                    return answer
        return Sent(delivery=Delivery.NOT_REACHED)

    async def _send(
        self, session: aiohttp.ClientSession, address: Address, device: Subscription, parcel: _Parcel
    ) -> Sent:
        try:
            body, headers = self._sealed(device, parcel)
            async with session.post(
                device.endpoint, data=body, headers=headers, allow_redirects=False
            ) as response:
                status, wait = response.status, response.headers.get("Retry-After", "")
        except ValueError:
            status, wait = 410, ""  # keys that are none
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("a push service did not answer address %d (%s)", address.id, type(error).__name__)
            return Sent(delivery=Delivery.RETRY)
        if status in _GONE:
            await self.drop(address, device.endpoint)
            return Sent(delivery=Delivery.NOT_REACHED)
        if status >= 300:
            log.info("a push service refused address %d (%d)", address.id, status)
            return Sent(delivery=Delivery.RETRY, retry_after=float(wait) if wait.isdecimal() else 0.0)
        return Sent(delivery=Delivery.DELIVERED)

    def _sealed(self, device: Subscription, parcel: _Parcel) -> tuple[bytes, dict[str, str]]:
        # Brings a second HTTP library with it: only for those who use it.
        from py_vapid import Vapid02  # noqa: PLC0415
        from pywebpush import WebPusher  # noqa: PLC0415

        keys = {"p256dh": device.p256dh, "auth": device.auth}
        body = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(parcel.data)["body"]
        parts = urlsplit(device.endpoint)
        # A fresh dictionary for each: the library changes it.
        claims: dict[str, str | int] = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": self._contact,
            "exp": self._clock.now() // SECOND + SIGNED_FOR_S,
        }
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(parcel.ttl),
            "Urgency": parcel.urgency,
            "Topic": parcel.topic,
            **Vapid02(self._private).sign(claims),
        }
        return bytes(body), headers


def _parcel(card: Card, kind: NoticeKind) -> _Parcel:
    """What may stand on a locked phone, and how urgent it is."""
    words = rings.outside(card)
    told = {
        "title": words.title,
        "body": words.body,
        "tag": card.name,
        "loud": not card.silent,
    }
    pressing = kind in PRESSING
    return _Parcel(
        data=json.dumps(told, ensure_ascii=False).encode(),
        ttl=PRESSING_TTL_S if pressing else ASKING_TTL_S,
        urgency="normal" if card.silent else "high",
        topic=card.name,
    )


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=PublicOnly(), limit=10),
        timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S),
    )
