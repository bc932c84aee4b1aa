"""The policies by the names that playbooks and commands use."""

from collections.abc import Callable, Mapping

from dispatch.policies.adaptive import Adaptive
from dispatch.policies.everybody import Everybody
from dispatch.policies.fixed import Fixed
from dispatch.policies.likely import Likely
from dispatch.policies.one_at_a_time import OneAtATime
from dispatch.policies.refusals import Refusals
from dispatch.policies.rested import Rested
from dispatch.policies.wave import Policy
from dispatch.policies.waves import Waves

POLICIES: Mapping[str, Callable[[], Policy]] = {
    "all": Everybody,
    "fixed": Fixed,
    "one_at_a_time": OneAtATime,
    "waves": Waves,
    "refusals": Refusals,
    "rested": Rested,
    "likely": Likely,
    "adaptive": Adaptive,
}


def named(name: str) -> Policy:
    """The policy of that name. Raises `KeyError`."""
    return POLICIES[name]()
