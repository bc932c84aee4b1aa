"""Medicine runs, told and ticked off: the page with their stops, and what is written behind `/tick`. Rounds
stand on the same page and are ticked by the same word; what is theirs alone is said in `rounds`.

The doors stand only where the access table lets the reader see them: on the page of whoever has the run, and
of the desk. The sub-district's medicine desk reads where runs go and how many they are, and no more.
"""

from collections.abc import Mapping
from dataclasses import replace

from dispatch import access
from dispatch.errors import MalformedError, UnknownJobError
from dispatch.jobs import Job, JobStatus
from dispatch.medicine_runs import CommitteeRuns, MedicineRuns
from dispatch.people import Address, Person
from dispatch.refilling import Refilling
from dispatch.runs import Act, Tick
from dispatch.service import Service
from dispatch.stops import Good, Stop, StopState
from dispatch.verbs import Verb
from dispatch.views import JobView
from handlers import facts, run_words, sentences, stops, supplies
from handlers.cards import TONES
from handlers.messages import Reply
from handlers.rounds import Rounds
from handlers.run_sheets import GoodLine, RunLine, RunSheet, StopLine
from handlers.scene import Scene
from handlers.texts import Catalogs, Texts

_DAY = "%m-%d"


class Runs:
    """Answers whoever has a run, the desk, and the medicine desk."""

    def __init__(self, service: Service, catalogs: Catalogs) -> None:
        self._service = service
        self._catalogs = catalogs
        self._medicine = MedicineRuns(service)
        self._refilling = Refilling(service)
        self._rounds = Rounds(service)

    async def sheet(self, address: Address) -> RunSheet:
        """The page. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        texts = self._catalogs.texts(reader.language)
        views = await self._medicine.mine(reader)
        shown: list[RunLine] = [await self._line(view, texts) for view in views]
        follows = access.allows(Verb.SEE_RUNS, reader, reader.committee_id)
        if follows:
            known = {each.job_id for each in shown}
            for each in await self._medicine.everywhere(reader):
                shown += [self._public(each, job, texts) for job in each.jobs if job.id not in known]
        rounds = await self._rounds.lines(reader, texts)
        sheet = RunSheet(desk=reader.desk, follows=follows, runs=tuple(shown), rounds=rounds)
        if not access.allows(Verb.SEE_RESIDENTS, reader, reader.committee_id):
            return sheet
        found = await self._refilling.standings(reader)
        roster = await self._service.roster(reader.committee_id)
        return replace(
            sheet,
            medicines=supplies.lines(found, roster, texts),
            loud=supplies.loud(found, texts),
            edits=access.allows(Verb.EDIT_REGISTER, reader, reader.committee_id),
            posts=access.allows(Verb.POST, reader, reader.committee_id),
        )

    async def again(self, address: Address, key: str) -> Reply:
        """Ask for a medicine of the register again that was not got. Raises `DispatchError`."""
        actor = await self._service.person(address)
        texts = self._catalogs.texts(actor.language)
        job = await self._refilling.again(actor, key)
        if job is None:
            return Reply(text=texts.say("Nothing was changed."), ok=False)
        return Reply(text=texts.say("It is asked for again: job {job}.", job=job))

    async def tick(self, address: Address, job_id: int, fields: Mapping[str, str]) -> Reply:
        """Tick off what a form says. Raises `DispatchError`."""
        actor = await self._service.person(address)
        texts = self._catalogs.texts(actor.language)
        if await self._rounds.is_one(actor, job_id):
            return await self._rounds.form(actor, job_id, fields, texts)
        return await self._ticked(actor, job_id, _tick(fields), texts)

    async def holds(self, address: Address, job_id: int, claim: int) -> bool:
        """The claim of that number is the reader's, and lives. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        try:
            situation = await self._service.store.situation(reader.committee_id, job_id)
        except UnknownJobError:
            return False
        own = (each for each in situation.claims if each.person_id == reader.id and each.number == claim)
        return any(each.live for each in own)

    async def said(self, job_id: int | None, actor: Person, words: str, texts: Texts) -> Reply:
        """What follows `/tick`. Raises `DispatchError`."""
        views = await self._medicine.mine(actor)
        held = [view.situation.job.id for view in views if view.mine is not None and view.mine.live]
        rounds = await self._rounds.held(actor) if job_id is None else ()
        both = (*held, *rounds)
        number = both[0] if job_id is None and len(both) == 1 else job_id
        if number is not None and await self._rounds.is_one(actor, number):
            return await self._rounds.said(actor, number, words, texts)
        tick = run_words.read(words)
        if number is None or tick is None:
            return Reply(text=_how(number or (held or [42])[0], texts), ok=False)
        return await self._ticked(actor, number, tick, texts)

    async def overheard(self, actor: Person, words: str, texts: Texts) -> Reply | None:
        """Free words of somebody on a round; see `Rounds.overheard`. Raises `DispatchError`."""
        return await self._rounds.overheard(actor, words, texts)

    async def _ticked(self, actor: Person, job_id: int, tick: Tick, texts: Texts) -> Reply:
        if tick.act is Act.NEXT and not tick.hospital:
            tick = await self._known(actor, job_id, tick)
        answer, view = await self._medicine.tick(actor, job_id, tick)
        stop = next((each for each in view.stops if each.number == tick.number), None)
        done = answer.key not in sentences.NOTHING_DONE
        said = sentences.answer(answer, texts)
        if stop is not None and done:
            said = texts.sentences(said, await self._then(stop, tick, texts))
        return Reply(text=said, ok=done)

    async def _known(self, actor: Person, job_id: int, tick: Tick) -> Tick:
        """The first hospital that is known to have it. Raises `MalformedError` where none is."""
        view = await self._service.view(actor.committee_id, job_id, actor)
        stop = next((each for each in view.stops if each.number == tick.number), None)
        known = () if stop is None else await self._medicine.elsewhere(stop)
        if not known:
            raise MalformedError
        return replace(tick, hospital=known[0])

    async def _then(self, stop: Stop, tick: Tick, texts: Texts) -> str:
        """What can be done next."""
        if tick.act is Act.PASS_ON:
            return texts.say("It is a job of its own now, and others are asked.")
        if tick.act is not Act.NOT_HERE:
            return ""
        known = await self._medicine.elsewhere(stop)
        where = (
            texts.say("It was to be had at: {hospitals}.", hospitals=texts.names(known))
            if known
            else texts.say("No other hospital is known to have it.")
        )
        how = texts.say(
            "Go on: /tick {job} {number} next {hospital} · pass it on: /tick {job} {number} pass on",
            job=stop.job_id,
            number=stop.number,
            hospital=known[0] if known else texts.say("(name)"),
        )
        return texts.sentences(where, how)

    async def _line(self, view: JobView, texts: Texts) -> RunLine:
        scene = Scene(view, texts, self._service.clock.now())
        run = scene.job.run
        return RunLine(
            job_id=scene.job.id,
            title=facts.title(scene),
            tone=TONES[scene.job.priority],
            committee="",
            hospital="" if run is None else run.hospital,
            count=len(view.stops),
            said=_standing(scene.job, texts),
            stops=tuple([await self._stop(each, scene) for each in view.stops]),
        )

    async def _stop(self, stop: Stop, scene: Scene) -> StopLine:
        texts = scene.texts
        missing = await self._medicine.missing_since(stop)
        warned = ""
        if missing is not None and not stop.stuck:
            day = texts.day(missing.at, scene.roster.committee.timezone)
            warned = texts.say(
                "{hospital} did not have it on {day}: ring first.", hospital=stop.hospital, day=day
            )
        return StopLine(
            number=stop.number,
            where=stops.where(stop, scene),
            said=" · ".join(filter(None, (stop.resident_name, stops.about(stop, texts)))),
            words=stops.words(stop),
            phone=stop.phone,
            hospital=stop.hospital,
            open=stop.state is StopState.OPEN,
            stuck=stop.stuck,
            known=await self._medicine.elsewhere(stop),
            warned=warned,
            goods=tuple(_good(good, stop, texts) for good in Good),
            owed=stops.owed(stop, texts),
        )

    def _public(self, each: CommitteeRuns, job: Job, texts: Texts) -> RunLine:
        run, playbook = job.run, self._service.playbooks.get(job.kind)
        had, lacked = (0, 0) if run is None else each.stocks.get(run.hospital, (0, 0))
        known = (
            texts.say("found there: {had}, not there: {lacked}", had=had, lacked=lacked)
            if had or lacked
            else ""
        )
        said = " · ".join(part for part in (_standing(job, texts), known) if part)
        return RunLine(
            job_id=job.id,
            title=job.kind if playbook is None else f"{playbook.icon} {texts.pick(playbook.title)}",
            tone=TONES[job.priority],
            committee=each.committee.name,
            hospital="" if run is None else run.hospital,
            count=1 if run is None else run.stops,
            said=said,
        )


def _tick(fields: Mapping[str, str]) -> Tick:
    """What a form's fields say. Raises `MalformedError`."""
    number, count = fields.get("number", ""), fields.get("count", "") or "1"
    try:
        act = Act(fields.get("act", ""))
        good = Good(fields["good"]) if fields.get("good") else None
    except ValueError as error:
        raise MalformedError from error
    if not all(each.isascii() and each.isdigit() and len(each) <= 6 for each in (number, count)):
        raise MalformedError
    hospital = fields.get("elsewhere", "").strip() or fields.get("hospital", "").strip()
    return Tick(number=int(number), act=act, good=good, count=int(count), hospital=hospital)


def _good(good: Good, stop: Stop, texts: Texts) -> GoodLine:
    held = next((each for each in stop.handed if each.good is good), None)
    return GoodLine(
        value=good.value,
        label=texts.gettext(stops.GOODS[good]),
        expected=held is not None,
        received=0 if held is None else held.received,
        returned=None if held is None else held.returned,
    )


def _standing(job: Job, texts: Texts) -> str:
    """Whether somebody has it, and what is still out."""
    taken = (
        texts.say("somebody has it") if job.status is not JobStatus.OPEN else texts.say("nobody has it yet")
    )
    owed = 0 if job.run is None else job.run.owed
    back = texts.say("still to be given back: {count}", count=owed) if owed else ""
    return " · ".join(part for part in (taken, back) if part)


def _how(job: int, texts: Texts) -> str:
    return texts.say(
        "Nothing was ticked off. Write what happened with which request: /tick {job} 1 got it · "
        "/tick {job} 1 not here · /tick {job} 1 card 1 · /tick {job} 1 cash 200 · /tick {job} 1 back cash 35",
        job=job,
    )
