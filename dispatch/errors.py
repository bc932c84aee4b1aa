"""What can go wrong in the work, as one tree of exceptions that carry a key and parameters.

The sentence is made where it is read (`handlers.texts`), in the reader's language, so nothing here is
prose and no parameter may hold a private field.
"""

from typing import ClassVar


class DispatchError(Exception):
    """Something was refused; nothing was changed."""

    key: ClassVar[str] = "refused"

    def __init__(self, **params: str | int) -> None:
        super().__init__(self.key, params)
        self.params = params


class NotAllowedError(DispatchError):
    """This person may not do this to this job (their role, or their claim, does not carry it)."""

    key = "not_allowed"


class NotTrustedError(NotAllowedError):
    """The job reveals a door, a phone or health, and nobody has vouched for this person yet."""

    key = "not_trusted"


class NotAbleError(NotAllowedError):
    """The job needs a skill or a vehicle that this person does not have."""

    key = "not_able"


class WrongAgeError(NotAllowedError):
    """The playbook asks for people of another age than theirs; staff may give them the job."""

    key = "wrong_age"


class SealedInError(NotAllowedError):
    """Their own building is sealed, and the job is somewhere else, or nobody knows where."""

    key = "sealed_in"


class GearNeededError(NotAllowedError):
    """The job's building is sealed: it is for those who live there, or have protective gear."""

    key = "gear_needed"


class ShownEnoughError(NotAllowedError):
    """They were shown the doors of so many jobs (`limit`) within a day; staff may give them this one."""

    key = "shown_enough"


class UnknownJobError(DispatchError):
    """No such job in this committee; a job of another committee gets the same answer."""

    key = "unknown_job"


class UnknownSourceError(DispatchError):
    """No such source in this committee, or no longer."""

    key = "unknown_source"


class SourceInUseError(DispatchError):
    """The committee has a source of this name."""

    key = "source_in_use"


class NonceUsedError(DispatchError):
    """Another job was posted with this nonce."""

    key = "nonce_used"


class UnknownPersonError(DispatchError):
    """No such person in this committee, or no longer active."""

    key = "unknown_person"


class UnclearPersonError(DispatchError):
    """A name that is nobody's of those who could be meant, or several people's."""

    key = "unclear_person"


class UnclearFindingError(DispatchError):
    """Words that are none of what may be found now, which `words` lists."""

    key = "unclear_finding"


class EmptyTextError(DispatchError):
    """A job cannot be posted from nothing."""

    key = "empty_text"


class TextTooLongError(DispatchError):
    """A message is longer than `limit` characters."""

    key = "text_too_long"


class UnknownPlanError(DispatchError):
    """No such care plan in this committee, none any more, or none with a turn ahead."""

    key = "unknown_plan"


class UnknownStopError(DispatchError):
    """No such stop of a medicine run."""

    key = "unknown_stop"


class UnknownDoorError(DispatchError):
    """No such door of a round."""

    key = "unknown_door"


class UnknownKindError(DispatchError):
    """The committee has no playbook of this kind."""

    key = "unknown_kind"


class UnknownBuildingError(DispatchError):
    """The committee has no building of this name."""

    key = "unknown_building"


class LinkForgedError(DispatchError):
    """A link, cookie or invitation that was not made here, or was cut off on its way."""

    key = "link_forged"


class LinkExpiredError(DispatchError):
    """A link, cookie or invitation older than it may be."""

    key = "link_expired"


class LinkRevokedError(DispatchError):
    """Staff made a newer link since, or the person has left."""

    key = "link_revoked"


class AccountTakenError(DispatchError):
    """The chat account belongs to somebody else of this committee already."""

    key = "account_taken"


class SecondAccountError(DispatchError):
    """The person has another account on this platform; staff can revoke it."""

    key = "second_account"


class UnknownApplicationError(DispatchError):
    """No such application in this committee; one of another committee gets the same answer."""

    key = "unknown_application"


class UnknownRelayError(DispatchError):
    """No such relay in this committee; one of another committee gets the same answer."""

    key = "unknown_relay"


class UnknownCommitteeError(DispatchError):
    """Not one committee here that a job could be handed over to is called that."""

    key = "unknown_committee"


class TooManyApplicationsError(DispatchError):
    """So many have applied on this platform that staff could not look through more."""

    key = "too_many_applications"


class OwnApplicationError(NotAllowedError):
    """Whoever decides is, by account or phone, the one who applied."""

    key = "own_application"


class OwnTrustError(NotAllowedError):
    """Nobody vouches for themselves."""

    key = "own_trust"


class LinkForeignError(DispatchError):
    """An invitation or a code of one committee, brought to the bot of another."""

    key = "link_foreign"


class CodeWrongError(DispatchError):
    """No code of this kind counts now: mistyped, used, or too old."""

    key = "code_wrong"


class CodeTriedTooOftenError(DispatchError):
    """Too many codes that do not count came from this account lately."""

    key = "code_tried_too_often"


class DeclinedLatelyError(DispatchError):
    """Staff declined this account's application not long ago."""

    key = "declined_lately"


class NotAPictureError(DispatchError):
    """What was sent as a picture cannot be read as one of the kinds that are taken."""

    key = "not_a_picture"


class PictureMovesError(NotAPictureError):
    """It is animated."""

    key = "picture_moves"


class PictureTooLargeError(DispatchError):
    """The file is larger than `limit` megabytes."""

    key = "picture_too_large"


class PictureTooWideError(DispatchError):
    """It has more than `limit` million pixels, whatever the size of its file."""

    key = "picture_too_wide"


class PictureTooNarrowError(DispatchError):
    """It is more than `limit` times as long as it is wide, or the other way round."""

    key = "picture_too_narrow"


class DocumentUnreadableError(DispatchError):
    """What says that it is a PDF does not open as one, or takes too long, or more memory than it may."""

    key = "document_unreadable"


class DocumentLockedError(DispatchError):
    """It opens with a password only."""

    key = "document_locked"


class DocumentTooLongError(DispatchError):
    """It has `pages` pages, and the job has room for `room` pictures."""

    key = "document_too_long"


class TooManyPicturesError(DispatchError):
    """The job has `limit` pictures, and that is all that one may have."""

    key = "too_many_pictures"


class TooManyDevicePicturesError(DispatchError):
    """A care plan has `limit` pictures at most."""

    key = "too_many_device_pictures"


class UnknownPictureError(DispatchError):
    """No such picture, or not for this reader: both get the same answer."""

    key = "unknown_picture"


class OffTheMapError(DispatchError):
    """No place on earth has these coordinates."""

    key = "off_the_map"


class ShiftChangedError(DispatchError):
    """The shift is another's by now than it was when somebody decided to give it away."""

    key = "shift_changed"


class MalformedError(DispatchError):
    """A button or form carried something that none of ours carries (forged, truncated or outdated)."""

    key = "malformed"


class BadFileError(DispatchError):
    """A committee file or playbook is wrong: `file`, `table`, `field` and what was `expected`."""

    key = "bad_file"


class RegisterChangedError(DispatchError):
    """Loading the file would change something else by now than was shown: look again."""

    key = "register_changed"


class StoreUnavailableError(DispatchError):
    """The store could not keep it now (`reason`: disk_full, read_only, locked, away, other); try again."""

    key = "store_unavailable"


class PicturesUnavailableError(StoreUnavailableError):
    """The bucket that pictures lie in does not answer (`what`: how it failed). Everything else
    goes on."""

    key = "pictures_unavailable"


class OutcomeUnknownError(StoreUnavailableError):
    """The database went away while it was keeping it, and nobody knows whether it did: look, or say the same
    thing again where that is safe. Everything that carries a receipt or a nonce is."""

    key = "outcome_unknown"


class ConflictError(DispatchError):
    """The job changed between load and save; the whole decision is to be made again."""

    key = "conflict"
