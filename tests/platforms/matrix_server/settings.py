"""The settings of the test homeserver: one plain listener on loopback, SQLite, no word to anybody."""

import base64
import json
import secrets
from pathlib import Path

SERVER_NAME = "suidao.test"
"""A name of a domain that is reserved for tests; nothing resolves it."""

_FREE = {"per_second": 10_000, "burst_count": 100_000}
"""A limit that no test reaches."""

_LIMITS = (
    "rc_message",
    "rc_registration",
    "rc_joins_per_room",
    "rc_third_party_invite",
    "rc_media_create",
    "rc_room_creation",
    "rc_user_directory",
    "rc_profile",
    "rc_reports",
    "rc_delayed_event_mgmt",
    "rc_key_requests",
    "rc_admin_redaction",
)
_LIMITS_IN_PARTS = {
    "rc_login": ("address", "account", "failed_attempts"),
    "rc_joins": ("local", "remote"),
    "rc_invites": ("per_room", "per_user", "per_issuer"),
}


_SPARING = {
    "push": {"enabled": False},
    "stats": {"enabled": False},
    "enable_search": False,
    "update_user_directory": False,
    "send_federation": False,
}
"""What a server does beside handing on events, and nobody here asks for, a third of its work: to reckon for
every member whether a phone is to ring, to count, to index words and people, to look for other servers."""


def write(folder: Path, *, port: int, registration_secret: str, limited: bool, sparing: bool) -> Path:
    """Write the server's files into `folder`; returns the one to start it with.

    `limited` leaves every rate limit as the server's makers ship it; `sparing` leaves out what no test needs.
    """
    _write_logging(folder / "log.yaml", folder / "synapse.log")
    # Synapse's own form: algorithm, name of the key, the seed in unpadded base64.
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    (folder / "signing.key").write_text(f"ed25519 a_test {seed}\n")
    settings = folder / "hs.yaml"
    own = _settings(folder, port, registration_secret)
    more = ({} if limited else _free()) | (_SPARING if sparing else {})
    settings.write_text(json.dumps(own | more))  # YAML reads JSON
    return settings


def _settings(folder: Path, port: int, registration_secret: str) -> dict[str, object]:
    listener = {
        "port": port,
        "type": "http",
        "bind_addresses": ["127.0.0.1"],
        "resources": [{"names": ["client"]}],
    }
    return {
        "server_name": SERVER_NAME,
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "log_config": str(folder / "log.yaml"),
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "pid_file": str(folder / "synapse.pid"),
        "registration_shared_secret": registration_secret,
        "macaroon_secret_key": secrets.token_hex(),
        "form_secret": secrets.token_hex(),
        "bcrypt_rounds": 4,  # the least that bcrypt takes: nobody attacks these passwords
        "report_stats": False,
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "federation_domain_whitelist": [],
        "presence": {"enabled": False},
        "url_preview_enabled": False,
        # By default a first sync is answered from memory for two minutes: a test would see an old answer.
        "caches": {"sync_response_cache_duration": "0s"},
    }


def _free() -> dict[str, object]:
    in_parts = {key: dict.fromkeys(parts, _FREE) for key, parts in _LIMITS_IN_PARTS.items()}
    return {**dict.fromkeys(_LIMITS, _FREE), **in_parts}


def _write_logging(settings: Path, log: Path) -> None:
    file = {"class": "logging.FileHandler", "filename": str(log), "formatter": "line"}
    line = {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    settings.write_text(
        json.dumps(
            {
                "version": 1,
                "formatters": {"line": line},
                "handlers": {"file": file},
                "root": {"level": "WARNING", "handlers": ["file"]},
                "disable_existing_loggers": False,
            }
        )
    )
