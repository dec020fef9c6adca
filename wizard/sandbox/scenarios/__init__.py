"""The scenarios of the sandbox, by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from wizard.sandbox.scenarios.accounts import ACCOUNTS
from wizard.sandbox.scenarios.existing import EXISTING
from wizard.sandbox.scenarios.first_walk import FIRST_WALK
from wizard.sandbox.scenarios.hostile import HOSTILE
from wizard.sandbox.scenarios.many_segments import MANY_SEGMENTS
from wizard.sandbox.scenarios.scenario import Scenario
from wizard.sandbox.scenarios.sizes import SIZES
from wizard.sandbox.scenarios.symptoms import SYMPTOMS
from wizard.text import plain

SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (*FIRST_WALK, *ACCOUNTS, *EXISTING, *SIZES, *MANY_SEGMENTS, *SYMPTOMS, *HOSTILE)
}


_LONGEST = max(map(len, SCENARIOS)) + 3  # a longer text isn't repeated, because it may be a token


class UnknownScenario(LookupError):
    """No scenario has this name. The text names the scenario that the user probably meant."""

    def __init__(self, name: str) -> None:
        near = difflib.get_close_matches(name, SCENARIOS, n=1, cutoff=0.6)
        meant = f" Did you mean {near[0]}?" if near else " A file goes after -c." if name.endswith(".toml") else ""
        shown = f" {plain(name)}" if len(name) <= _LONGEST else ""
        super().__init__(f"Unknown scenario{shown}.{meant} All scenarios: audience-wizard sandbox --list")


def scenario_named(name: str) -> Scenario:
    """Return the scenario with this name. Raises UnknownScenario."""
    if name not in SCENARIOS:
        raise UnknownScenario(name)
    return SCENARIOS[name]
