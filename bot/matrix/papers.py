"""What the bot keeps to be the same device after a restart: its token, its device's name, its recovery key.

One file, for its owner only; what opens anything is sealed in it. Knows no server.
"""

import base64
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from store.errors import StartError

FILE = "matrix.json"
"""The file's name in the data folder."""


class PapersUnreadableError(StartError):
    """The file was sealed with another key, or damaged."""

    key = "matrix_papers_unreadable"
    sentence = (
        "{path} cannot be opened with this key: put the right key back (secret.key or SUIDAO_SECRET_KEY). "
        "If it is lost, delete {path} and matrix.db: the bot then signs in as a new device."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Whose device this is. An empty text is something that there is not (yet)."""

    user_id: str
    device: str = ""
    token: str = field(default="", repr=False)
    recovery: str = field(default="", repr=False)


class PaperFile:
    """Reads and writes the papers."""

    def __init__(self, data: Path, secret: bytes) -> None:
        self.path = data / FILE
        self._seal = Fernet(base64.urlsafe_b64encode(secret[:32]))

    def read(self, user_id: str) -> Papers:
        """The papers of this account; empty ones where none are kept, or those of another account.

        Raises `PapersUnreadableError`."""
        if not self.path.exists():
            return Papers(user_id=user_id)
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            inside = json.loads(self._seal.decrypt(str(kept["sealed"])))
            papers = Papers(
                user_id=str(kept["user_id"]),
                device=str(kept["device"]),
                token=str(inside["token"]),
                recovery=str(inside["recovery"]),
            )
        except (ValueError, KeyError, TypeError, InvalidToken) as error:
            raise PapersUnreadableError(path=str(self.path)) from error
        return papers if papers.user_id == user_id else Papers(user_id=user_id)

    def write(self, papers: Papers) -> None:
        """Keep them, at once and whole."""
        inside = json.dumps({"token": papers.token, "recovery": papers.recovery})
        kept = {
            "user_id": papers.user_id,
            "device": papers.device,
            "sealed": self._seal.encrypt(inside.encode()).decode(),
        }
        draft = self.path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
