"""Who may pass a gate when, in the memory of one process: what `limiter` does while its server is away.

It knows no server and no clock: the moment is handed in, and never goes back. The arithmetic is that of
`limiter_scripts`; the same tests hold both to the same rules.
"""

from bisect import insort
from collections.abc import Sequence

from dispatch.moments import Micros
from store.gates import Gate, Lane

TIDY_AT = 1_000
"""Gates in memory from which on the idle ones are looked for and forgotten: some 200 kB."""


class Bookings:
    """The promises made for each gate, at its rates divided by `slower`."""

    def __init__(self, *, slower: int) -> None:
        self._slower = slower
        self._tracks: dict[str, list[_Track]] = {}
        self._pauses: dict[str, Micros] = {}
        self._tidy_at = TIDY_AT

    def book(self, gates: Sequence[Gate], *, urgent: bool, at: Micros, latest: Micros) -> Micros:
        """Book the first moment from `at` on when all gates let one through, and give it.

        A moment after `latest` is given but not booked.
        """
        self._tidy(at)
        ways = [self._ways(gate, at, urgent=urgent) for gate in gates]
        moment = max([at, *(self.paused(gate.key, at) for gate in gates)])
        before = -1
        while moment != before:
            before = moment
            for tracks in ways:
                moment = min(track.earliest(moment) for track in tracks)
        if moment <= latest:
            for tracks in ways:
                next(track for track in tracks if track.earliest(moment) == moment).book(moment)
        return moment

    def pause(self, key: str, until: Micros) -> None:
        """Let nobody through before that moment; a later end that is already set stays."""
        self._pauses[key] = max(until, self._pauses.get(key, 0))

    def paused(self, key: str, at: Micros) -> Micros:
        """When the pause of a gate ends; `at`, if there is none."""
        return max(at, self._pauses.get(key, at))

    def _ways(self, gate: Gate, at: Micros, *, urgent: bool) -> list["_Track"]:
        """The lanes open to a send, the common one first: the urgent share is for when that is full."""
        lanes = gate.lanes(slower=self._slower)
        tracks = self._tracks.setdefault(gate.key, [_Track(), _Track()])
        for track, lane in zip(tracks, lanes, strict=False):
            track.follow(lane, at)
        return tracks[: len(lanes)] if urgent else tracks[:1]

    def _tidy(self, at: Micros) -> None:
        self._pauses = {key: until for key, until in self._pauses.items() if until > at}
        if len(self._tracks) > self._tidy_at:
            busy = {
                key: each for key, each in self._tracks.items() if not all(track.idle(at) for track in each)
            }
            # Twice as many next time: looking costs little only if much has come since.
            self._tracks, self._tidy_at = busy, max(TIDY_AT, 2 * len(busy))


class _Track:
    """The promises of one lane: those that have passed as one moment (`due`, when the next would be on
    time), those ahead one by one, so that a late one leaves the time before it to others."""

    def __init__(self) -> None:
        self._due: Micros = 0
        self._ahead: list[Micros] = []
        self._lane = Lane(every=1, leeway=0)

    def follow(self, lane: Lane, at: Micros) -> None:
        """Take over the lane's figures and put what has passed behind."""
        self._lane = lane
        passed = 0
        while passed < len(self._ahead) and self._ahead[passed] <= at:
            self._due = max(self._due, self._ahead[passed]) + lane.every
            passed += 1
        del self._ahead[:passed]

    def idle(self, at: Micros) -> bool:
        """It remembers nothing that would hold anybody up."""
        self.follow(self._lane, at)
        return self._due <= at and not self._ahead

    def earliest(self, moment: Micros) -> Micros:
        """The first moment from this one on that keeps the rule with all before and all after it."""
        due, index = self._due, 0
        while True:
            while index < len(self._ahead) and self._ahead[index] <= moment:
                due = max(due, self._ahead[index]) + self._lane.every
                index += 1
            if moment < due - self._lane.leeway:
                moment = due - self._lane.leeway
                continue
            clash = self._clash(due, index, moment)
            if clash is None:
                return moment
            moment = clash

    def book(self, moment: Micros) -> None:
        insort(self._ahead, moment)

    def _clash(self, due: Micros, index: int, moment: Micros) -> Micros | None:
        """The first promise ahead that would come too early after one at `moment`."""
        due = max(due, moment) + self._lane.every
        for later in self._ahead[index:]:
            if later < due - self._lane.leeway:
                return later
            if due <= later:
                return None  # from here on nothing is as it was not before
            due += self._lane.every
        return None
