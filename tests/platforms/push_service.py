"""A push service on loopback: it takes what a real one takes, checks who sends it, and
opens it as a browser does.

Written from RFC 8030, 8188, 8291 and 8292, with none of the library that the program sends with.
"""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dispatch.devices import Subscription

AUTH = bytes(range(16))


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def raw(written: str) -> bytes:
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


@dataclass(frozen=True)
class Message:
    """What arrived, opened."""

    told: dict[str, object]
    ttl: int
    urgency: str
    topic: str
    key: bytes
    """Of whoever signed it."""
    claims: dict[str, object]


@dataclass
class PushService:
    """One browser's mailbox. `status` is what it answers from now on."""

    origin: str
    status: int = 201
    retry_after: str = ""
    messages: list[Message] = field(default_factory=list)
    asked: int = 0
    free: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is cleared, whoever asks is kept waiting."""
    _private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def _public(self) -> bytes:
        return self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> Subscription:
        """What the browser would give the page."""
        return Subscription(endpoint=f"{self.origin}/box", p256dh=text(self._public), auth=text(AUTH))

    async def take(self, request: web.Request) -> web.Response:
        self.asked += 1
        await self.free.wait()
        body = await request.read()
        assert len(body) <= 4096, "more than every push service takes"
        assert request.headers["Content-Encoding"] == "aes128gcm"
        key, claims = _signed(request.headers["Authorization"])
        headers = {"Retry-After": self.retry_after} if self.retry_after else {}
        if self.status == 201:
            self.messages.append(
                Message(
                    told=json.loads(self._opened(body)),
                    ttl=int(request.headers["TTL"]),
                    urgency=request.headers["Urgency"],
                    topic=request.headers["Topic"],
                    key=key,
                    claims=claims,
                )
            )
        return web.Response(status=self.status, headers=headers)

    def _opened(self, body: bytes) -> bytes:
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._private.exchange(ec.ECDH(), point)
        secret = _hkdf(AUTH, shared, b"WebPush: info\0" + self._public + sender, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain.endswith(b"\2"), "not the last record"
        return plain[:-1]


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _signed(header: str) -> tuple[bytes, dict[str, object]]:
    """The key and the claims of a VAPID header whose signature is right."""
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    key = raw(parts["k"])
    signed, _, signature = parts["t"].rpartition(".")
    both = raw(signature)
    r, s = int.from_bytes(both[:32], "big"), int.from_bytes(both[32:], "big")
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    point.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))
    return key, json.loads(raw(signed.split(".")[1]))


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """A push service that listens."""
    made = PushService(origin="")
    made.free.set()
    app = web.Application()
    app.router.add_post("/box", made.take)
    serving = web.AppRunner(app, access_log=None)
    await serving.setup()
    await web.TCPSite(serving, "127.0.0.1", 0).start()
    made.origin = f"http://127.0.0.1:{serving.addresses[0][1]}"
    try:
        yield made
    finally:
        await serving.cleanup()
