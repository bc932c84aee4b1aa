"""Keys to sentences: what a tap is answered with, why something was refused, how urgent something is.

Each table is complete for its keys, which a test holds. What is said about one job is in `cards`.
"""

from collections.abc import Mapping

from dispatch.errors import DispatchError
from dispatch.jobs import Priority
from dispatch.people import Person, Role, Rung
from dispatch.verbs import Answer, AnswerKey
from handlers.texts import Texts, mark

PRIORITIES: Mapping[str, str] = {
    Priority.LIFE: mark("Life-threatening"),
    Priority.URGENT: mark("Urgent"),
    Priority.NORMAL: mark("Normal"),
}

CALLED: Mapping[str, str] = {
    "staff": mark("the staff"),
    Rung.DUTY: mark("the secretary on duty"),
    Rung.DEPUTY: mark("the deputy"),
    Rung.DIRECTOR: mark("the director"),
    Rung.OFFICE: mark("the sub-district office"),
    "last_resort": mark("the last resort"),
}
"""Who is called, by rung; `staff` and `last_resort` are no rungs but are called as well."""

ROLES: Mapping[Role, str] = {
    Role.VOLUNTEER: mark("volunteer"),
    Role.LEADER: mark("group leader"),
    Role.STAFF: mark("staff"),
    Role.SECRETARY: mark("secretary"),
    Role.OFFICE: mark("sub-district office"),
    Role.ADVISER: mark("adviser"),
}


def roles(person: Person, texts: Texts) -> str:
    """What somebody is here, in words."""
    return texts.names(texts.gettext(said) for role, said in ROLES.items() if role in person.roles)


FIELDS: Mapping[str, str] = {
    "building": mark("building"),
    "unit": mark("door"),
    "phone": mark("phone"),
}

ANSWERS: Mapping[AnswerKey, str] = {
    AnswerKey.WON: mark("It is yours, thank you! Tap On my way when you set out."),
    AnswerKey.ALREADY_YOURS: mark("It is yours already."),
    AnswerKey.WAITLISTED: mark("{who} has it. You are number {place} on the waitlist."),
    AnswerKey.ALREADY_WAITING: mark("You are on the waitlist already."),
    AnswerKey.HELD_FOR_ANOTHER: mark("The free place is kept for somebody else for a moment."),
    AnswerKey.CLOSED: mark("This job is over already. Thank you."),
    AnswerKey.STARTED: mark("Noted: on the way. Take care."),
    AnswerKey.ARRIVED: mark("Noted: arrived."),
    AnswerKey.FINISHED: mark("Done. Thank you!"),
    AnswerKey.RELEASED: mark("Given back. Others are being asked."),
    AnswerKey.REFUSED: mark("All right. You will not be asked for this job again."),
    AnswerKey.HELP_CALLED: mark(
        "Help is being called: staff and the secretary on duty. In danger, ring the emergency number first."
    ),
    AnswerKey.FOUND: mark("Noted. The card shows what comes next."),
    AnswerKey.FOUND_BEFORE: mark("Something else is asked by now: the card shows what."),
    AnswerKey.STEP_OPEN: mark("It is not done before the card's question is answered."),
    AnswerKey.TICKED: mark("Ticked off."),
    AnswerKey.NOT_GIVEN_BACK: mark(
        "It is not done before everything that was received is given back; still out: {count}. Tick off what "
        "was given back, or tell the staff."
    ),
    AnswerKey.STAYS_A_RUN: mark(
        "It stays a medicine run, and nothing was changed: several requests go with it, or something is "
        "still to be given back."
    ),
    AnswerKey.DOORS_TICKED: mark("Ticked: {ticked} of {doors}."),
    AnswerKey.DOORS_OPEN: mark(
        "It is not done before every door is ticked; still open: {doors}. Tick them, or tell the staff."
    ),
    AnswerKey.DOORS_STAY: mark(
        "A round stays in its committee, and nothing was changed: one committee does not know the doors of "
        "another. Ask the sub-district office to take it."
    ),
    AnswerKey.SEVERAL_STOPS: mark(
        "A run with several requests stays in its committee, and nothing was changed: one committee does not "
        "know the doors of another. Ask the sub-district office to take it, or post them one by one."
    ),
    AnswerKey.ACKNOWLEDGED: mark("Thank you. It is in your hands; you will be reminded until it is settled."),
    AnswerKey.SETTLED: mark("Noted: settled."),
    AnswerKey.ASSIGNED: mark("{person} has it now."),
    AnswerKey.ASSIGNED_SEALED_IN: mark(
        "{person} has it now, but lives in a building that is sealed: make sure that they may come out."
    ),
    AnswerKey.ASSIGNED_NO_GEAR: mark(
        "{person} has it now, but the building is sealed and they are not listed with protective gear: make "
        "sure that they get some."
    ),
    AnswerKey.COMPLETED: mark("Closed as done."),
    AnswerKey.CANCELLED: mark("Cancelled. Everybody who had it is told."),
    AnswerKey.RAISED: mark("Raised. It is now: {priority}."),
    AnswerKey.ALREADY_HIGHEST: mark("It is life-threatening already; nothing is higher."),
    AnswerKey.CORRECTED: mark("Corrected. Whoever has it is told."),
    AnswerKey.NOTED: mark("Noted."),
    AnswerKey.SAID: mark("Passed on to {told}."),
    AnswerKey.NOBODY_TO_TELL: mark(
        "Nobody else has it now, so nothing was passed on. A note stays on the job for those who come."
    ),
    AnswerKey.NOT_TOLD: mark(
        "{person} has it, and nobody has vouched for them: what you say may hold a door or a name, so it was "
        "not passed on. Vouch for them first: People, or /trust."
    ),
    AnswerKey.THANKED: mark("Your thanks are on their way to {who}."),
    AnswerKey.THANKED_BEFORE: mark("You gave thanks for this job before; nothing was changed."),
    AnswerKey.NOT_THANKED: mark(
        "Thanks are given for a job that others have done, up to a month afterwards. Nothing was changed."
    ),
    AnswerKey.PICTURED: mark("The picture is with job {job}. Whoever takes it gets it in private."),
    AnswerKey.PAGED: mark(
        "The document is with job {job}, as {pages} pictures. Whoever takes it gets them in private."
    ),
    AnswerKey.HANDED_IN: mark("It is with job {job}: the staff see it in private."),
    AnswerKey.NOT_YOURS: mark(
        "It is not yours any more, so nothing was changed. If you are there all the same, or need help, tell "
        "the staff, or take it again."
    ),
    AnswerKey.UNCHANGED: mark("Nothing was changed: the card shows how it stands."),
    AnswerKey.POSTED: mark("Posted."),
    AnswerKey.APPROVED: mark("{person} is let in, and is told."),
    AnswerKey.DECLINED: mark("Declined: {person} is not let in, and is told."),
    AnswerKey.ALREADY_DECIDED: mark("That was decided before: the card shows how."),
    AnswerKey.PRESENT: mark("Thank you. It is in your hands."),
    AnswerKey.TAKEN_ALREADY: mark("{who} has it already. Thank you all the same."),
    AnswerKey.NOT_NEEDED: mark("This is over; nothing is asked of you any more."),
    AnswerKey.STILL_OUT: mark("You said that you are out. Write /out back first."),
    AnswerKey.HANDING_OVER: mark(
        "They are asked. Until they accept it stays here, and you are told what they say."
    ),
    AnswerKey.ASKED_ELSEWHERE: mark("Somebody else is asked already: wait for their answer."),
    AnswerKey.NOBODY_THERE: mark(
        "Nobody of the sub-district office can be reached now, so nobody was asked and it stays here. Ring "
        "them, or hand it to another committee."
    ),
    AnswerKey.IN_HANDS: mark(
        "{who} has it. A job that somebody has is not handed over: it is given back first."
    ),
    AnswerKey.TAKEN_OVER: mark(
        "Taken over from {committee}. It is job {job} here, and volunteers are asked."
    ),
    AnswerKey.TURNED_DOWN: mark("{committee} is told that you cannot take it."),
    AnswerKey.LET_ACT: mark("{who} acts as a secretary here from now on, and is told."),
    AnswerKey.NOT_LET_ACT: mark("{who} is told that you said no."),
    AnswerKey.VOUCHED: mark("Noted: you vouch for {person}, who may see doors and phones of their jobs."),
    AnswerKey.VOUCHED_BEFORE: mark("{person} was vouched for before; nothing was changed."),
}

NOTHING_DONE = frozenset(
    {
        AnswerKey.CLOSED,
        AnswerKey.NOT_YOURS,
        AnswerKey.UNCHANGED,
        AnswerKey.ALREADY_HIGHEST,
        AnswerKey.HELD_FOR_ANOTHER,
        AnswerKey.ALREADY_DECIDED,
        AnswerKey.TAKEN_ALREADY,
        AnswerKey.NOT_NEEDED,
        AnswerKey.STILL_OUT,
        AnswerKey.ASKED_ELSEWHERE,
        AnswerKey.NOBODY_THERE,
        AnswerKey.IN_HANDS,
        AnswerKey.VOUCHED_BEFORE,
        AnswerKey.FOUND_BEFORE,
        AnswerKey.THANKED_BEFORE,
        AnswerKey.NOBODY_TO_TELL,
        AnswerKey.NOT_TOLD,
        AnswerKey.NOT_THANKED,
        AnswerKey.STEP_OPEN,
        AnswerKey.NOT_GIVEN_BACK,
        AnswerKey.SEVERAL_STOPS,
        AnswerKey.STAYS_A_RUN,
        AnswerKey.DOORS_OPEN,
        AnswerKey.DOORS_STAY,
    }
)
"""Answers that mean: what was tapped did not happen."""

ERRORS: Mapping[str, str] = {
    "refused": mark("That did not work, and nothing was changed."),
    "not_allowed": mark("This is not yours to do. Please ask the committee's staff."),
    "not_trusted": mark(
        "This job shows somebody's door or phone. Staff have to vouch for you first: please ask them."
    ),
    "not_able": mark(
        "This job needs a skill or a vehicle that you are not listed with. Please ask the staff."
    ),
    "wrong_age": mark(
        "This job is meant for people of another age than yours is listed to be. If you can go all the same, "
        "please ask the staff, who can give it to you."
    ),
    "sealed_in": mark(
        "Your own building is sealed, and this job is not in it: it is for others. If you can go "
        "all the same, please ask the staff, who can give it to you."
    ),
    "gear_needed": mark(
        "The building is sealed: this job is for those who live there, or are listed with protective gear. "
        "If you have some, please tell the staff, who can give it to you."
    ),
    "shown_enough": mark(
        "You were shown the doors of {limit} jobs today, and that is all that one person is shown in a day. "
        "If you can go all the same, please ask the staff, who can give it to you."
    ),
    "unknown_job": mark("There is no such job here."),
    "unknown_plan": mark("There is no such care plan here, or it has no turn ahead."),
    "unknown_stop": mark("Job {job} has no request of number {number}. Its card lists them."),
    "unknown_door": mark("Round {job} has no door of number {number}. Its card lists them."),
    "unknown_source": mark("There is no such source here."),
    "source_in_use": mark("There is a source of this name already."),
    "nonce_used": mark("Another job was posted under this name. A new job needs a new one."),
    "unknown_person": mark(
        "There is no such person here, or no longer. Please ask the staff for a new link."
    ),
    "unclear_person": mark(
        "Nobody here is called that, or more than one is, and nothing was changed. Write the whole name, or "
        "use the card's button."
    ),
    "unclear_finding": mark(
        "Nothing was noted. Say it in the words of what is asked now, once you are there: {words}"
    ),
    "empty_text": mark(
        "There was nothing to read. Write where and what, such as: Building 3 unit 502, no answer"
    ),
    "text_too_long": mark(
        "That is too long: at most {limit} characters. Nothing was posted; please shorten it."
    ),
    "unknown_kind": mark("There is no such kind of job here. Please choose one of the buttons."),
    "unknown_building": mark("There is no such building here. There are for example: {buildings}"),
    "link_forged": mark(
        "This invitation is not complete. Open it again where you got it, or ask the staff for a new one."
    ),
    "link_expired": mark("This invitation is too old. Please ask the staff for a new one."),
    "link_revoked": mark("This invitation has been replaced by a newer one. Please ask the staff."),
    "account_taken": mark(
        "This account belongs to somebody of the committee already. If it is not you, please tell the staff."
    ),
    "second_account": mark(
        "You are in already, with another account. To use this one, ask the staff to revoke the old one."
    ),
    "unknown_application": mark("There is no such application here."),
    "unknown_committee": mark(
        "There is no other committee of this name here, or more than one, and nothing was changed."
    ),
    "unknown_relay": mark("Nobody asks you for anything of the kind just now."),
    "too_many_applications": mark(
        "So many people have just applied here that no more can be taken today. Please talk to the staff of "
        "your residents' committee."
    ),
    "own_application": mark(
        "This application is your own, by account or phone, and nothing was changed: somebody else of the "
        "desk decides on it."
    ),
    "own_trust": mark(
        "Nobody vouches for themselves, and nothing was changed: ask somebody else of the desk."
    ),
    "link_foreign": mark(
        "This is for the chat of another committee, and nothing was changed. Please open it there."
    ),
    "code_wrong": mark(
        "This code does not count: it was mistyped, used, or is older than 15 minutes. Nothing was changed; "
        "get a new one where you are in already."
    ),
    "code_tried_too_often": mark(
        "Too many codes that do not count were typed here. Nothing was changed; please try again in 15 "
        "minutes."
    ),
    "declined_lately": mark("The staff did not let you in. Please talk to them; you can ask again tomorrow."),
    "not_a_picture": mark(
        "That is no picture that can be read here, and it was not kept. Send a photo (JPEG, PNG or WebP) or "
        "a PDF."
    ),
    "picture_moves": mark("The picture moves, and it was not kept. Please send a single photo."),
    "picture_too_large": mark(
        "The picture has more than {limit} MB, more than any phone's photo needs, and was not kept. Send it "
        "as a photo and not as a file: then it is made smaller on the way."
    ),
    "picture_too_wide": mark(
        "The picture has more than {limit} million pixels, and was not kept. Send it as a photo and not as a "
        "file: then it is made smaller on the way."
    ),
    "picture_too_narrow": mark(
        "The picture is more than {limit} times as long as it is wide, and was not kept. Please send a part "
        "of it."
    ),
    "document_unreadable": mark(
        "The document cannot be read here, and was not kept. Please send photos of its pages."
    ),
    "document_locked": mark(
        "The document opens with a password only, and was not kept. Please send it without one, or photos of "
        "its pages."
    ),
    "document_too_long": mark(
        "The document has {pages} pages, and there is room for {room} pictures: nothing of it was kept. "
        "Please send photos of the pages that matter."
    ),
    "too_many_pictures": mark(
        "The job has {limit} pictures already, as many as it can. This one was not kept."
    ),
    "too_many_device_pictures": mark(
        "A care plan has {limit} pictures at most. Take one away first; nothing was kept of this."
    ),
    "unknown_picture": mark("There is no such picture here, or not any more."),
    "off_the_map": mark("There is no such place on the map, and nothing was changed."),
    "shift_changed": mark(
        "Somebody has changed this shift meanwhile, and nothing more was changed. Please look again."
    ),
    "malformed": mark("This button or form is out of date. Please load the page again."),
    "register_changed": mark(
        "The register has changed since you looked, and nothing was changed. Please look again."
    ),
    "bad_file": mark("The file {file} is wrong at {table}, {field}. Expected: {expected}"),
    "store_unavailable": mark(
        "It could not be saved just now, and nothing was changed. Please try again in a minute."
    ),
    "pictures_unavailable": mark(
        "Pictures cannot be kept or shown just now: where they are kept does not answer. The job itself goes "
        "on. Please try again in some minutes."
    ),
    "outcome_unknown": mark(
        "It is not certain that it was saved. Please look at the job before you try again."
    ),
    "conflict": mark("Several people changed it in the same moment. Please tap once more."),
}


def answer(answer: Answer, texts: Texts) -> str:
    """What a tap is answered with; the loser of a race learns who won."""
    params: dict[str, str | int] = dict(answer.params)
    key = answer.key
    if key is AnswerKey.WAITLISTED and not params.get("who"):
        return texts.say(
            "The free place is kept for somebody else for a moment. You are number {place} on the waitlist.",
            **params,
        )
    if "priority" in params:
        params["priority"] = texts.gettext(PRIORITIES[str(params["priority"])])
    return texts.say(ANSWERS[key], **params)


def refusal(error: DispatchError, texts: Texts) -> str:
    """Why something was refused, and what to do instead; a key of its own kin serves where one is new."""
    kin = (each.key for each in type(error).__mro__ if issubclass(each, DispatchError))
    key = next(key for key in kin if key in ERRORS)
    return texts.say(ERRORS[key], **error.params)
