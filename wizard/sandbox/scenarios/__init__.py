"""The scenarios of the sandbox, by name."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.sandbox.scenarios.accounts import ACCOUNTS
from wizard.sandbox.scenarios.existing import EXISTING
from wizard.sandbox.scenarios.first_walk import FIRST_WALK
from wizard.sandbox.scenarios.hostile import HOSTILE
from wizard.sandbox.scenarios.scenario import Credentials, Prepared, Scenario
from wizard.sandbox.scenarios.sizes import SIZES

__all__ = ["SCENARIOS", "Credentials", "Prepared", "Scenario", "UnknownScenario", "scenario_named"]

SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario for scenario in (*FIRST_WALK, *ACCOUNTS, *EXISTING, *SIZES, *HOSTILE)
}


class UnknownScenario(LookupError):
    """No scenario has that name; the text lists those that exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no scenario is called {name!r}; there are: {', '.join(SCENARIOS)}")


def scenario_named(name: str) -> Scenario:
    """Return the scenario of that name. Raises UnknownScenario."""
    if name not in SCENARIOS:
        raise UnknownScenario(name)
    return SCENARIOS[name]
