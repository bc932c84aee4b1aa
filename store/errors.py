"""What stops the store from starting: each error says in one line what to do about it.

These are read by whoever starts the program, at a console, before any language is known; so the sentence
stands here, in English. Nothing private is ever a parameter.
"""

from typing import ClassVar

from dispatch.errors import DispatchError


class StartError(DispatchError):
    """The store cannot start as it is set up. `str()` of it is one line for a console."""

    key = "cannot_start"
    sentence: ClassVar[str] = "The store cannot start."

    def __str__(self) -> str:
        return self.sentence.format(**self.params)


class KeyMissingError(StartError):
    """There is a database, but not the key that its private fields are encrypted with."""

    key = "key_missing"
    sentence = (
        "{path} is missing, and the database beside it cannot be read without it: "
        "put the key file back, or set SUIDAO_SECRET_KEY."
    )


class KeyWrongError(StartError):
    """The key is not the one that the database's private fields are encrypted with."""

    key = "key_wrong"
    sentence = (
        "This is not the key that {path} was encrypted with: "
        "put the right key into secret.key, or list it (the old key last) in SUIDAO_SECRET_KEY."
    )


class KeyMalformedError(StartError):
    """A key is not 32 bytes in URL-safe base64."""

    key = "key_malformed"
    sentence = (
        "{source} holds something that is not a key; a key is made by: "
        'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
    )


class KeyFileOpenError(StartError):
    """Others than the owner may read the key file."""

    key = "key_file_open"
    sentence = "{path} may be read by others: run chmod 600 {path}"


class DatabaseNewerError(StartError):
    """The database was written by a newer release."""

    key = "database_newer"
    sentence = (
        "The database is newer than this program (revision {found}, this program knows up to {known}): "
        "use the newer release, or restore a backup taken by this one."
    )


class DatabaseStrangeError(StartError):
    """The file is not a database of ours."""

    key = "database_strange"
    sentence = "{path} is not a database of this program: choose another SUIDAO_DATA_DIR, or move it away."


class DatabaseAwayError(StartError):
    """The database server that the settings name does not let us in."""

    key = "database_away"
    sentence = "The database {database} cannot be reached ({reason}): start it, or mend SUIDAO_DATABASE_URL."


class DatabaseUnfitError(StartError):
    """The database server is not one that this program can work with."""

    key = "database_unfit"
    sentence = "The database {database} has {found}: it must have {wanted}."


class DatabaseForbiddenError(StartError):
    """The user of the address may not make tables in the database, or not read those that are there."""

    key = "database_forbidden"
    sentence = (
        "The user {user} may not make its tables in the database {database}: "
        "make it the owner (ALTER DATABASE ... OWNER TO {user}), or name another in SUIDAO_DATABASE_URL."
    )


class DatabaseForeignError(StartError):
    """The database holds tables, but not ours."""

    key = "database_foreign"
    sentence = (
        "The database {database} holds tables of another program: "
        "make one of its own for Suidao, and name it in SUIDAO_DATABASE_URL."
    )


class QueueStartError(StartError):
    """The embedded Valkey did not come up."""

    key = "queue_start"
    sentence = "The embedded Valkey did not start ({reason}): see {log}."


class QueuePathError(StartError):
    """The socket's path is longer than the system allows."""

    key = "queue_path"
    sentence = "{path} is too long for a socket (at most {limit} bytes): set TMPDIR to a shorter folder."


class QueuePolicyError(StartError):
    """A Valkey or Redis that may forget tasks."""

    key = "queue_policy"
    sentence = "The queue has {setting} = {found}, which may lose alarms: set it to {wanted}."
