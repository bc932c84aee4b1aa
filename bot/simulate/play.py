"""Plays one trial with one policy, second by second as the product would: asks, waits, hears, asks again."""

import heapq
from dataclasses import replace

from bot.simulate.mistakes import MistakeError
from bot.simulate.trial import Outcome, Trial
from dispatch.moments import SECOND, Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.record import Record
from dispatch.policies.search import Asked, Reply, Search
from dispatch.policies.wave import Policy


def play(policy: Policy, trial: Trial, record: Record) -> Outcome:
    """What becomes of the job. The record is read and not added to. Raises `MistakeError` where the
    policy asks somebody who may not be asked, or to be woken in the past."""
    return _Game(policy, trial, record).played()


class _Game:
    def __init__(self, policy: Policy, trial: Trial, record: Record) -> None:
        self._policy, self._trial, self._record = policy, trial, record
        self._free: list[Candidate] = list(trial.people)
        self._asked: dict[int, Asked] = {}
        self._coming: list[tuple[Micros, int]] = []
        self._claims: list[tuple[Micros, int]] = []
        self._search = Search(
            posted_at=0,
            target_at=int(trial.target * SECOND),
            chance=trial.chance,
            facets=trial.facets,
            most=trial.most,
            places=trial.places,
        )

    def played(self) -> Outcome:
        now: Micros | None = 0
        while now is not None:
            now = self._wait(self._ask(now))
        return self._outcome()

    def _ask(self, now: Micros) -> Micros | None:
        """One call of the policy; returns when it wants to look again."""
        open_places = self._trial.places - len(self._claims)
        search = replace(self._search, asked=tuple(self._asked.values()), places=open_places)
        wave = self._policy.next_wave(search, self._free, now, self._record)
        if wave.look_at is not None and wave.look_at <= now:
            raise MistakeError("the policy wants to look again at a moment that has passed")
        if wave.people:
            self._send(wave.people, now)
        return wave.look_at

    def _send(self, people: tuple[int, ...], now: Micros) -> None:
        chosen = set(people)
        kept = [person for person in self._free if person.id not in chosen]
        if len(kept) != len(self._free) - len(people):
            raise MistakeError("the policy asks somebody twice, or who may not be asked")
        self._free = kept
        for person in people:
            self._asked[person] = Asked(person_id=person, at=now)
            if self._trial.replies[person] is not None:
                heapq.heappush(self._coming, (now + int(self._trial.delays[person] * SECOND), person))

    def _wait(self, look: Micros | None) -> Micros | None:
        """Until the policy has something to do: a refusal, or its own moment. None: the job is over."""
        last = int(self._trial.horizon * SECOND)
        until = last if look is None else min(look, last)
        while self._coming and self._coming[0][0] <= until:
            at, person = heapq.heappop(self._coming)
            reply = self._trial.replies[person]
            self._asked[person] = replace(self._asked[person], reply=reply)
            if reply is Reply.REFUSED:
                return at
            self._claims.append((at, person))
            if len(self._claims) == self._trial.places:
                return None
        return None if look is None or look > last else look

    def _outcome(self) -> Outcome:
        trial = self._trial
        willing = sum(trial.replies[person] is Reply.ACCEPTED for person in self._asked)
        full = len(self._claims) == trial.places
        there = max((at / SECOND + trial.ways[person] for at, person in self._claims), default=0.0)
        return Outcome(
            claimed=self._claims[-1][0] / SECOND if full else None,
            arrived=there if full else None,
            asked=tuple(self._asked),
            late=willing - len(self._claims) if full else 0,
        )
