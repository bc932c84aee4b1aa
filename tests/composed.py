"""docker-compose.yml as the real Compose reads it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def composed(**environ: str) -> Any:
    """The whole of it, with this in the environment and nothing else, profiles included."""
    program = Path(sys.executable).parent / "docker-compose"
    file = str(ROOT / "docker-compose.yml")
    command = [str(program), "--file", file, "--env-file", "/dev/null", "--profile", "https"]
    found = subprocess.run(  # noqa: S603 - ours
        [*command, "config", "--format", "json"],
        env={"PATH": os.environ["PATH"], **environ},
        check=True,
        capture_output=True,
        timeout=60,
    )
    return json.loads(found.stdout)


def caddyfile() -> str:
    """The configuration that its Caddy is given."""
    content = composed()["configs"]["caddyfile"]["content"]
    return str(content).replace("$$", "$")
