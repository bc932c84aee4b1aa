"""What is private is encrypted before it reaches the database, and looked up by a keyed hash.

One secret, from `SUIDAO_SECRET_KEY` or a file of mode 600 in the data folder, opens everything. This
module knows texts and keys; which column is private is said where rows are made.
"""

import hmac
import os
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.errors import KeyFileOpenError, KeyMalformedError, KeyMissingError, KeyWrongError
from store.schema import DATABASE

KEY_FILE = "secret.key"
"""The key file's name in the data folder: one key a line, the first encrypts."""

_CHECK = "suidao"
_CHECK_NAME = "check"
_INDEX_NAME = "index"
_ROOT_NAME = "root"
_LINKS_NAME = "links"

LINKS = frozenset({b"web", b"invite"})
"""What personal links, codes and posters are signed with."""


class Vault:
    """Seals and opens private texts, hashes them for look-ups, and derives other secrets.

    The first key seals, all of them open. Hashes come from the key that the database's marks say (`verify`),
    which for a new one is the *last*, so that a new key put in front changes nothing; the old one stays
    listed until everything is sealed anew (`store.rotation`). Marks and derived secrets come from the
    database's very first key, which later ones keep sealed.
    """

    def __init__(self, keys: list[str]) -> None:
        self._keys = list(keys)
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._root = self._links = keys[-1].encode()
        self._index = _derived(self._root, b"index")
        self._mark = self._index

    @classmethod
    def open(cls, data_dir: Path, secret_key: str | None) -> Self:
        """The vault of this data folder.

        `secret_key` is a list of keys separated by commas. Without one the key file is read; it is made
        when there is neither a key nor a database yet, and never otherwise. Raises `KeyMissingError`,
        `KeyMalformedError`, `KeyFileOpenError`; whether it is the *right* key is seen by `verify`.
        """
        if secret_key is not None and secret_key.strip():
            return cls(_keys(secret_key.split(","), "SUIDAO_SECRET_KEY"))
        path = data_dir / KEY_FILE
        if not path.exists():
            if (data_dir / DATABASE).exists():
                raise KeyMissingError(path=str(path))
            _make(path)
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyFileOpenError(path=str(path))
        return cls(_keys(path.read_text(encoding="ascii", errors="replace").splitlines(), str(path)))

    def seal(self, text: str) -> str:
        """The text, encrypted. Nothing stays nothing: that a field is empty is no secret here."""
        return self._fernet.encrypt(text.encode()).decode() if text else ""

    def unseal(self, token: str) -> str:
        """What was sealed. Raises `KeyWrongError` when none of the keys opens it."""
        if not token:
            return ""
        try:
            return self._fernet.decrypt(token).decode()
        except InvalidToken as error:
            raise KeyWrongError(path=DATABASE) from error

    def seal_bytes(self, data: bytes) -> bytes:
        """The same for many bytes: as bytes again, since in letters they would be a third more."""
        return urlsafe_b64decode(self._fernet.encrypt(data))

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """What `seal_bytes` sealed. Raises `KeyWrongError` when none of the keys opens it."""
        try:
            return self._fernet.decrypt(urlsafe_b64encode(sealed))
        except InvalidToken as error:
            raise KeyWrongError(path=DATABASE) from error

    def index(self, field: str, value: str) -> str | None:
        """A keyed hash by which a private value can be found again, but not read; None for no value.
        The same value in two fields has two hashes. It changes with the key, so it is for what is kept beside
        it, sealed."""
        return _hash(self._index, field, value) if value else None

    def mark(self, field: str, value: str) -> str | None:
        """The same for what nobody could guess and is kept nowhere: tokens, and addresses of devices. It
        outlives the key."""
        return _hash(self._mark, field, value) if value else None

    def derive(self, purpose: bytes) -> bytes:
        """A secret of 32 bytes for one purpose; it tells nothing about the key or the others. It outlives the
        key, and is right once `verify` has seen the database's marks."""
        return _derived(self._links if purpose in LINKS else self._root, purpose)

    def marks(self) -> Mapping[str, str]:
        """What a new database keeps, so that a wrong key is noticed before anything is read or written."""
        return {_CHECK_NAME: self.seal(_CHECK), _INDEX_NAME: self.index(_CHECK_NAME, _CHECK) or ""}

    def verify(self, marks: Mapping[str, str], database: str) -> None:
        """Compare with the marks that a database keeps, and take from them which key its hashes come from.
        Raises `KeyWrongError`, also where that key is not listed: nothing would be found any more."""
        try:
            right = self.unseal(marks[_CHECK_NAME]) == _CHECK
            root = self.unseal(marks.get(_ROOT_NAME, "")).encode()
            links = self.unseal(marks.get(_LINKS_NAME, "")).encode()
        except KeyWrongError as error:
            raise KeyWrongError(path=database) from error
        indexes = (_derived(key.encode(), b"index") for key in reversed(self._keys))
        found = next((key for key in indexes if _hash(key, _CHECK_NAME, _CHECK) == marks[_INDEX_NAME]), None)
        if not right or found is None:
            raise KeyWrongError(path=database)
        self._index = found
        if root:
            self._root = self._links = root
            self._mark = _derived(root, b"index")
        if links:
            self._links = links

    @property
    def turned(self) -> bool:
        """Hashes come from the first key: those behind it open nothing that is still needed."""
        return self._index == _derived(self._keys[0].encode(), b"index")

    @property
    def single(self) -> bool:
        """There is one key."""
        return len(self._keys) == 1

    def renewed(self) -> "Vault":
        """The same with the first key alone, from which its hashes come; what outlives keys stays."""
        vault = Vault(self._keys[:1])
        vault._root, vault._links, vault._mark = self._root, self._links, self._mark
        return vault

    def sealed_by_first(self, token: str | bytes) -> bool:
        """The first key opens it by itself."""
        text = urlsafe_b64encode(token) if isinstance(token, bytes) else token
        try:
            Fernet(self._keys[0]).decrypt(text)
        except InvalidToken:
            return False
        return True

    def marks_kept(self, *, links: str = "") -> Mapping[str, str]:
        """The marks of a database that had another key: with what outlives keys, sealed. With `links` that is
        what links are signed with from now on."""
        links = links or self._links.decode()
        kept = {_ROOT_NAME: self.seal(self._root.decode())}
        return {**self.marks(), **kept, _LINKS_NAME: self.seal(links)}


def _hash(key: bytes, field: str, value: str) -> str:
    return hmac.digest(key, f"{field}\0{value}".encode(), "sha256").hex()


def _derived(root: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"suidao " + purpose).derive(root)


def _keys(texts: list[str], source: str) -> list[str]:
    keys = [text.strip() for text in texts if text.strip()]
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        keys = []
    if not keys:
        raise KeyMalformedError(source=source)
    return keys


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())  # a database whose key was lost in a power cut would be lost with it
