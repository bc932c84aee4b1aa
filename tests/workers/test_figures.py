"""What is counted of decisions: how late the clock's were, from due to decided and kept."""

import re

from dispatch.moments import MINUTE, SECOND, Micros
from dispatch.service import Service
from dispatch.verbs import Command, Verb
from store.maps import Geodesic
from tests.workers.office import Office
from workers.figures import DECIDED_S, Figures

LATE: Micros = 300_000
"""More than the aim, 0.2 s, and less than the end of the next bucket."""


def lateness(figures: Figures) -> tuple[int, float, dict[float, int]]:
    """As Prometheus reads it: how many, the seconds of them all, and how many by the end of each bucket."""
    name = "suidao_decision_lateness_seconds"
    text = figures.text().decode()
    found = {
        key: float(value) for key, value in re.findall(rf"^{name}_(count|sum) (\S+)$", text, re.MULTILINE)
    }
    buckets = re.findall(rf'^{name}_bucket{{le="([\d.]+)"}} (\S+)$', text, re.MULTILINE)
    return int(found["count"]), found["sum"], {float(end): int(float(count)) for end, count in buckets}


async def test_a_rung_counts_once_by_how_late_it_was_decided_and_a_claim_however_late_never(
    office: Office,
) -> None:
    figures = Figures()
    counted = Service(
        office.store,
        office.service.bell,
        office.clock,
        Geodesic(),
        office.service.playbooks,
        figures.decision,
    )
    job = await office.posted()
    waves = (await office.state(job)).playbook.waves
    while (await office.events(job)).count("asked") < len(waves):
        office.clock.set(await office.look_at(job))
        await office.service.look(office.committee, job)
    assert lateness(figures) == (0, 0.0, dict.fromkeys(DECIDED_S, 0))

    office.clock.set(await office.look_at(job) + LATE)
    await counted.look(office.committee, job)
    assert (await office.events(job))[-1] == "called"
    once = 1, LATE / SECOND, {end: int(end >= LATE / SECOND) for end in DECIDED_S}
    assert lateness(figures) == once
    assert (once[2][0.2], once[2][0.5]) == (0, 1)

    office.clock.set(await office.look_at(job) + MINUTE)  # something is due, and a tap comes before it
    volunteer = await office.store.person(office.committee, "v6")
    await counted.act(volunteer, job, Command(verb=Verb.CLAIM, actor=volunteer.id))
    assert "claimed" in await office.events(job)
    assert lateness(figures) == once
