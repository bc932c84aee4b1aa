"""The services that docs/waking.md names, at their own addresses: whatever is sent to them goes through a
proxy on loopback, which answers in their place, by TLS, and is as strict as their documentation is.

Nothing of the library or of ours is replaced: the environment names the proxy, and the authority that vouches
for its certificate. What no service would take is answered 400, with a word in `refused` that says why.
"""

import json
import ssl
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.loopback import Posted, serving

HOSTS = ("api.day.app", "ntfy.sh", "api.pushover.net", "api.twilio.com")

ACCOUNT, TOKEN = "AC" + "0a1b2c3d" * 4, "4e5f" * 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What a service has taken."""

    host: str
    path: str
    fields: Mapping[str, Any]


@dataclass(kw_only=True)
class Providers:
    """All of them."""

    authority: Path
    """The file with the authority's certificate."""
    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads there whatever is sent by HTTPS."""
        proxy = f"http://127.0.0.1:{self.port}"
        return {"https_proxy": proxy, "HTTPS_PROXY": proxy, "REQUESTS_CA_BUNDLE": str(self.authority)}

    def take(self, host: str, request: "Request") -> int:
        """The status that a request is answered with."""
        try:
            fields = _RULES[host](request)
        except (AssertionError, KeyError, ValueError, ElementTree.ParseError) as error:
            self.refused.append(f"{host}{request.path}: {error!r}")
            return 400
        self.arrived.append(Arrived(host=host, path=request.path, fields=fields))
        return 201 if host == "api.twilio.com" else 200


class Request(Posted):
    """One request within the tunnel."""

    providers: Providers
    host: str

    def arrived(self) -> None:
        status = self.providers.take(self.host, self)
        self.answer(status, {"status": int(status < 300), "code": status})

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form, of each the only one."""
        assert self.headers["Content-Type"].startswith("application/x-www-form-urlencoded"), "no form"
        found = parse_qs(self.body.decode(), keep_blank_values=True, strict_parsing=True)
        assert all(len(values) == 1 for values in found.values()), "a field twice"
        return {name: values[0] for name, values in found.items()}

    @property
    def json(self) -> dict[str, Any]:
        """The fields of a JSON object."""
        assert self.headers["Content-Type"].startswith("application/json"), "no JSON"
        found = json.loads(self.body)
        assert isinstance(found, dict), "no object"
        return found


class Tunnel(BaseHTTPRequestHandler):
    """A proxy that leads to nobody but these services."""

    providers: Providers
    context: ssl.SSLContext

    def do_CONNECT(self) -> None:
        host, _, port = self.path.partition(":")
        if host not in HOSTS or port != "443":
            self.providers.refused.append(f"nobody is at {self.path}")
            self.send_error(403)
            return
        self.send_response(200)
        self.end_headers()
        inside = type("Inside", (Request,), {"providers": self.providers, "host": host})
        with self.context.wrap_socket(self.connection, server_side=True) as encrypted:
            inside(encrypted, self.client_address, self.server)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _bark(request: Request) -> Mapping[str, Any]:
    """github.com/Finb/bark-server, API_V2: what rings through silence is `critical`."""
    said = request.json
    assert request.path == "/push", "no such path"
    assert said["device_key"], "no device"
    assert said["body"], "no words"
    assert said.get("level", "active") in {"active", "timeSensitive", "passive", "critical"}, "no level"
    return said


def _ntfy(request: Request) -> Mapping[str, Any]:
    """docs.ntfy.sh/publish: JSON goes to the root, and the priority may stand in a header."""
    said = request.json
    assert request.path == "/", "no such path"
    assert said["topic"], "no topic"
    assert said["message"], "no words"
    priority = request.headers.get("X-Priority", said.get("priority", "default"))
    assert priority in {"min", "low", "default", "high", "max"}, "no priority"
    return {**said, "priority": priority}


def _pushover(request: Request) -> Mapping[str, Any]:
    """pushover.net/api: an emergency needs `retry`, 30 at least, and `expire`, 10,800 at most."""
    said = request.form
    assert request.path == "/1/messages.json", "no such path"
    assert len(said["token"]) == 30, "application token is invalid"
    assert len(said["user"]) == 30, "user identifier is not a valid user"
    assert 0 < len(said["message"]) <= 1024, "message cannot be blank"
    assert -2 <= int(said.get("priority", "0")) <= 2, "priority is invalid"
    if said.get("priority") == "2":
        assert int(said["retry"]) >= 30, "retry interval is invalid"
        assert 0 < int(said["expire"]) <= 10_800, "expiration is invalid"
    return said


def _twilio(request: Request) -> Mapping[str, Any]:
    """twilio.com/docs, the resources Message and Call: numbers in E.164, and what is to be said is XML."""
    said = request.form
    method, _, known = request.headers["Authorization"].partition(" ")
    assert (method, b64decode(known).decode()) == ("Basic", f"{ACCOUNT}:{TOKEN}"), "authenticate"
    kind = request.path.removeprefix(f"/2010-04-01/Accounts/{ACCOUNT}/")
    assert kind in {"Messages.json", "Calls.json"}, "no such path"
    assert all(said[name].startswith("+") and said[name][1:].isdigit() for name in ("From", "To")), (
        "no number"
    )
    if kind == "Messages.json":
        assert 0 < len(said["Body"]) <= 1600, "no words"
    else:
        spoken = ElementTree.fromstring(said["Twiml"])  # noqa: S314 - what the tests have sent
        assert spoken.tag == "Response", "no answer to the call"
        assert [each.text for each in spoken.findall("Say")], "nothing is said"
    return said


_RULES: Mapping[str, Callable[[Request], Mapping[str, Any]]] = {
    "api.day.app": _bark,
    "ntfy.sh": _ntfy,
    "api.pushover.net": _pushover,
    "api.twilio.com": _twilio,
}


def _certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for all of them that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    written, secret = folder / "authority.pem", folder / "key.pem"
    written.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return written, secret


@contextmanager
def providing(folder: Path) -> Iterator[Providers]:
    """All of them, up."""
    certificate, key = _certified(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    providers = Providers(authority=certificate)
    handler = type("Handler", (Tunnel,), {"providers": providers, "context": context})
    with serving(handler) as providers.port:
        yield providers
