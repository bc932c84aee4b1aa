"""An auditor at work in an office, its clock ours."""

from dataclasses import dataclass

from dispatch.moments import SECOND
from tests.workers.office import Office
from workers.deliver import Deliverer
from workers.figures import Figures
from workers.watch.auditor import Auditor, Pace
from workers.watch.health import Health
from workers.watch.mends import NOTHING, Mends


@dataclass
class Watch:
    """An auditor with what it keeps up."""

    auditor: Auditor
    health: Health
    figures: Figures
    office: Office

    def counted(self, name: str) -> float:
        """A figure, as Prometheus reads it; 0 where it has never been counted."""
        lines = self.figures.text().decode().splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)

    async def later(self, seconds: float) -> None:
        """So much time has passed, then an audit is made."""
        self.office.clock.forward(seconds)
        await self.auditor.once()


def watching(
    office: Office, deliverer: Deliverer | None = None, *, looks: bool = True, mends: Mends = NOTHING
) -> Watch:
    pace = Pace(steady=lambda: office.clock.now() / SECOND)
    health, figures = pace.health(), Figures()
    sends = deliverer or office.deliverer
    one = Auditor(office.service, sends, health, figures, pace=pace, looks=looks, mends=mends)
    return Watch(one, health, figures, office)
