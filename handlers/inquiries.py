"""What somebody asks in a chat and is told: jobs, their own part, who is on duty, what can be written."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from dispatch import access
from dispatch.admission import Admission
from dispatch.claims import Claim
from dispatch.people import Person, Roster
from dispatch.service import Service
from dispatch.verbs import ADMITTING, Verb
from dispatch.views import JobView
from handlers import applicants, lateness, loads, pauses, sentences, unreached
from handlers.cards import card
from handlers.home import Unreachable
from handlers.messages import Card, Reply
from handlers.texts import Texts
from handlers.vocabulary import VERBS, Word

MOST_CARDS = 8
"""Cards in one answer: more of them push each other off a phone's screen, and a chat takes about one a
second."""


class Inquiries:
    """Answers questions; nothing is changed by any of them."""

    def __init__(self, service: Service, admission: Admission) -> None:
        self._service = service
        self._admission = admission
        self._answers: Mapping[Word, Callable[[Person, Texts], Awaitable[Reply]]] = {
            Word.JOBS: self._jobs,
            Word.ME: self._me,
            Word.UNREACHED: self._unreached,
        }

    async def in_hand(self, reader: Person, said: int | None) -> int | None:
        """The job that somebody who calls for help is on: the one they said, else the one they took last.

        A card that they only happened to reply to must not keep the call from going out."""
        claims = await self._claims(reader)
        if not claims or said in {claim.job_id for claim in claims}:
            return said
        return max(claims, key=lambda claim: claim.claimed_at).job_id

    async def only_one_in_hand(self, reader: Person) -> int | None:
        """The job that somebody is on, if it is exactly one."""
        claims = await self._claims(reader)
        return claims[0].job_id if len(claims) == 1 else None

    async def answer(self, reader: Person, word: Word, texts: Texts) -> Reply:
        """Answer a command that is no verb. Raises `NotAllowedError` for what only the desk may ask."""
        if (answer := self._answers.get(word)) is not None:
            return await answer(reader, texts)
        if word is Word.JOIN:
            return inside(texts)
        told = await self._help(reader, texts)
        if word in (Word.HELP, Word.START):
            return Reply(text=told)
        first = texts.say("There is no such command, and nothing was done.")
        return Reply(text=f"{first}\n{told}", ok=False)

    async def asked(self, reader: Person, number: int | None, texts: Texts) -> Reply:
        """Who was asked for a job, what each of them said, and why the others were not asked. Raises
        `NotAllowedError` for those who do not follow every job, and `UnknownJobError`."""
        access.check(Verb.SEE_DESK, reader, reader.committee_id)
        if number is None:
            return Reply(text=texts.say("Which job? Write its number, like this: asked 42"), ok=False)
        view = await self._service.view(reader.committee_id, number, reader)
        shown = card(view, texts, self._service.clock.now())
        if not shown.asked and not shown.unasked:
            return Reply(text=texts.say("Nobody is being asked for job {job}.", job=number))
        head = texts.say("Who was asked for job {job}:", job=number)
        nobody = () if shown.asked else (texts.say("nobody yet"),)
        others = texts.say("Why others were not asked:") if shown.unasked else ""
        told = (head, *shown.asked, *nobody, others, *shown.unasked)
        return Reply(text="\n".join(line for line in told if line))

    async def unreached(self, reader: Person, texts: Texts) -> Unreachable:
        """Who cannot be reached now. Raises `NotAllowedError` for those who do not follow every job."""
        found = await self._service.unreached(reader)
        roster = await self._service.roster(reader.committee_id)
        told = unreached.told(found, roster, texts, self._service.clock.now())
        made_good = await self._service.made_good(reader)
        return replace(told, late=lateness.told(made_good, roster, texts))

    async def _claims(self, reader: Person) -> list[Claim]:
        """What somebody is on."""
        return [claim for view in await self._service.home(reader) if (claim := _live(view)) is not None]

    async def _jobs(self, reader: Person, texts: Texts) -> Reply:
        """What the person's own page shows, the first of it as cards; for the desk also who wants to join."""
        cards = self._open(await self._service.home(reader), texts)
        roster = await self._service.roster(reader.committee_id)
        waiting = [applicants.line(each, roster, texts) for each in await self._admission.waiting(reader)]
        return Reply(
            text="\n".join([_count(reader, cards, texts), *waiting]), cards=tuple(cards[:MOST_CARDS])
        )

    async def _me(self, reader: Person, texts: Texts) -> Reply:
        """Who the person is here, and the jobs that they have taken."""
        views = await self._service.home(reader)
        mine = self._open([view for view in views if _live(view) is not None], texts)
        roster = await self._service.roster(reader.committee_id)
        rest = pauses.rest(reader, roster, texts, self._service.clock.now())
        said = texts.sentences(
            _who(reader, roster, texts),
            _taken(mine, texts),
            await loads.own(self._service, reader, texts),
            rest.said if rest is not None else "",
        )
        return Reply(text=said, cards=tuple(mine[:MOST_CARDS]))

    async def _unreached(self, reader: Person, texts: Texts) -> Reply:
        return Reply(text=unreached.answer(await self.unreached(reader, texts), texts))

    async def _help(self, reader: Person, texts: Texts) -> str:
        roster = await self._service.roster(reader.committee_id)
        posts = access.allows(Verb.POST, reader, reader.committee_id)
        return help_text(roster, texts, posts=posts)

    def _open(self, views: Sequence[JobView], texts: Texts) -> list[Card]:
        now = self._service.clock.now()
        cards = sorted((card(view, texts, now) for view in views), key=lambda each: each.rank)
        return [each for each in cards if not each.closed]


def inside(texts: Texts) -> Reply:
    """The answer to somebody who wants to join and is in."""
    return Reply(text=texts.say("You are in already; nothing was changed."), ok=False)


def number_missing(word: Word, texts: Texts) -> Reply:
    """The answer to a command that needs a number and has none."""
    said = (
        texts.say("Which application? Write its number, like this: approve 7")
        if VERBS[word] in ADMITTING
        else texts.say("Which job? Write its number, like this: claim 42")
    )
    return Reply(text=said, ok=False)


def name_missing(texts: Texts) -> Reply:
    """The answer to a command that needs a person and names none."""
    said = texts.say("Who goes? Write the job and the whole name, like this: assign 42 Wang Min")
    return Reply(text=said, ok=False)


def words_missing(texts: Texts) -> Reply:
    """The answer to a command that passes words on and has none."""
    said = texts.say(
        "What should they read? Write it behind the number, like this: say 42 the guard has the key"
    )
    return Reply(text=said, ok=False)


def committee_missing(texts: Texts) -> Reply:
    """The answer to a command that needs a committee, or the office, and names none."""
    said = texts.say(
        "To which committee, or to the office? Write the job and its name, like this: handover 42 Maple "
        "Lane, or handover 42 office"
    )
    return Reply(text=said, ok=False)


def help_text(roster: Roster, texts: Texts, *, posts: bool) -> str:
    """What one can write, and whom to ring."""
    say = texts.say
    lines = [
        say("/jobs: the jobs for you. /claim 42: take job 42."),
        say("/me: what you have taken. /duty: who is on duty."),
        say("/going, /arrived, /done or /cant: how far you are. With the number if you have several."),
        say("/help, while you are on a job: call for help at once."),
        say("/say and some words, while you are on a job: the staff read them at once."),
        say("/pause: be asked for nothing until tomorrow morning. /pause off: be asked again."),
        say("/out: ill or away, others take over what you have. /out back: here again."),
        say("/status: which buildings are sealed or controlled, and until when."),
        say("/link: a code by which you use another chat, too."),
    ]
    if posts:
        lines.append(say("To post a job, just write it: building, door, what is needed."))
        lines.append(say("/cancel 42 and why: cancel job 42. Reply to a card to correct it."))
        lines.append(say("/assign 42 and a name: give it to somebody. /close 42: it is done."))
        lines.append(say("/handover 42 and a committee's name: ask them to take it over."))
        lines.append(say("/unreached: who cannot be reached, and why."))
        lines.append(say("/trust and a name: vouch for somebody, who then sees doors and phones."))
        lines.append(say("/status 3 sealed 7+7: set a building's status. /status 3 open: it is open again."))
        lines.append(say("/brief: how everything stands, for whoever takes over."))
        lines.append(say("/load: who carries how much, and the alarms at night."))
        lines.append(say("/duty swap, a name and a day: give that day's duty to somebody."))
        lines.append(
            say("/acting, a committee or a name, until Friday: act as a secretary, or let somebody.")
        )
    return "\n".join([*lines, emergency(roster, texts)]).strip()


def emergency(roster: Roster, texts: Texts) -> str:
    """The committee's emergency numbers in one sentence; empty where it has none."""
    numbers = texts.names(roster.committee.emergency.values())
    return texts.say("In an emergency ring {numbers}.", numbers=numbers) if numbers else ""


def _live(view: JobView) -> Claim | None:
    return view.mine if view.mine is not None and view.mine.live else None


def _count(reader: Person, cards: Sequence[Card], texts: Texts) -> str:
    if not cards:
        return texts.say("No job is open.") if reader.desk else texts.say("No job is open for you now.")
    said = texts.ngettext("{count} job is open.", "{count} jobs are open.", len(cards))
    more = len(cards) - MOST_CARDS
    rest = texts.say("Shown are the first {shown}; {more} more wait.", shown=MOST_CARDS, more=more)
    return texts.sentences(said.format(count=len(cards)), rest if more > 0 else "")


def _who(reader: Person, roster: Roster, texts: Texts) -> str:
    roles = sentences.roles(reader, texts)
    said = texts.say(
        "You are {person}, {roles}, {committee}.",
        person=reader.name,
        roles=roles,
        committee=roster.committee.name,
    )
    home = roster.buildings.get(reader.building_id) if reader.building_id is not None else None
    lives = texts.say("You live in {building}.", building=home.name) if home is not None else ""
    if reader.desk:
        return texts.sentences(said, lives)
    vouched = (
        texts.say("The staff have vouched for you.")
        if reader.trusted
        else texts.say("The staff have not vouched for you yet, so no door and no phone is shown to you.")
    )
    return texts.sentences(said, lives, vouched)


def _taken(cards: Sequence[Card], texts: Texts) -> str:
    if not cards:
        return texts.say("You have taken no job now.")
    said = texts.ngettext("You are on {count} job.", "You are on {count} jobs.", len(cards))
    return said.format(count=len(cards))
