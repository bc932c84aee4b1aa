"""Accounts of the test homeserver: made with its shared secret, and looked after by its administrator."""

import hashlib
import hmac
from dataclasses import dataclass, field
from itertools import count

from tests.platforms.matrix_server.wire import ADMIN, Json, Method, Wire, path

PASSWORD = "what everybody's password is here"  # noqa: S105 - nobody's outside of the tests


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An account with one device signed in."""

    user_id: str
    access_token: str = field(repr=False)
    device_id: str
    name: str
    password: str = field(repr=False)


class Registry:
    """Makes accounts. No two are alike: a name that was used gets the next letter."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret
        self._numbers = count(1)

    async def register(self, name: str, *, display_name: str | None = None, admin: bool = False) -> Member:
        """A new account such as @wang-g:suidao.test, whose shown name is `display_name` or `name`."""
        local, shown = self.unused(name), display_name or name
        async with Wire(self._url) as wire:
            nonce = (await wire.call("GET", path("v1", "register", under=ADMIN)))["nonce"]
            answer = await wire.call(
                "POST",
                path("v1", "register", under=ADMIN),
                {
                    "nonce": nonce,
                    "username": local,
                    "displayname": shown,
                    "password": PASSWORD,
                    "admin": admin,
                    "mac": self._seal(nonce, local, PASSWORD, "admin" if admin else "notadmin"),
                },
            )
        return _member(answer, shown)

    def unused(self, name: str) -> str:
        """The first half of a new account."""
        return f"{name}-{_lettered(next(self._numbers))}"

    async def login(self, member: Member, own: str = "127.0.0.1") -> Member:
        """The same account on one more device, from that address of this machine."""
        body: Json = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": member.user_id},
            "password": member.password,
        }
        async with Wire(self._url, own=own) as wire:
            return _member(await wire.call("POST", path("login"), body), member.name)

    def _seal(self, *parts: str) -> str:
        # Synapse's own scheme for registration by shared secret: HMAC-SHA1 over the parts, NUL between them.
        return hmac.new(self._secret.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()


class Admin:
    """What the server's administrator does. Its account is made when it is first needed."""

    def __init__(self, url: str, registry: Registry) -> None:
        self._url = url
        self._registry = registry
        self._self: Member | None = None

    async def lift_limits(self, user_id: str) -> None:
        """From now on this account is not rate limited: docs/matrix.md, section 3."""
        await self.set_limits(user_id, messages_per_second=0, burst_count=0)

    async def set_limits(self, user_id: str, *, messages_per_second: int, burst_count: int) -> None:
        """Limits of this account alone; zeros lift them."""
        await self.call(
            "POST",
            path("v1", "users", user_id, "override_ratelimit", under=ADMIN),
            {"messages_per_second": messages_per_second, "burst_count": burst_count},
        )

    async def keep_limits(self, user_id: str) -> None:
        """The server's own limits hold for this account again."""
        await self.call("DELETE", path("v1", "users", user_id, "override_ratelimit", under=ADMIN))

    async def deactivate(self, user_id: str) -> None:
        """Close the account for good: its tokens end and it leaves all rooms."""
        await self.call("POST", path("v1", "deactivate", user_id, under=ADMIN), {"erase": False})

    async def sign_out(self, member: Member) -> None:
        """End this device, as the person may do elsewhere: its token is unknown from now on."""
        device = path("v2", "users", member.user_id, "devices", member.device_id, under=ADMIN)
        await self.call("DELETE", device)

    async def call(self, method: Method, where: str, body: Json | None = None) -> Json:
        """Any other call of the administrator's API."""
        if self._self is None:
            self._self = await self._registry.register("admin", admin=True)
        async with Wire(self._url, self._self.access_token) as wire:
            return await wire.call(method, where, body)


def _lettered(number: int) -> str:
    """a, b, … z, aa, ab, …: a number in a name could be taken for a door that should not be there."""
    above, digit = divmod(number - 1, 26)
    return (_lettered(above) if above else "") + chr(ord("a") + digit)


def _member(answer: Json, name: str) -> Member:
    return Member(
        user_id=answer["user_id"],
        access_token=answer["access_token"],
        device_id=answer["device_id"],
        name=name,
        password=PASSWORD,
    )
