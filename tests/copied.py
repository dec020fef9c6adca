"""Copies of a simulated world, so that no test changes another test's world."""

from __future__ import annotations

import pickle
from dataclasses import replace
from unittest.mock import patch

from tests.fake_clock import FakeClock
from wizard.sandbox import app
from wizard.sandbox.app import Sandbox
from wizard.sandbox.scenarios.scenario import Prepared


def copied(sandbox: Sandbox) -> Sandbox:
    """Return a copy of the world at the same moment, with its own clock and no recorded requests."""
    world = pickle.loads(pickle.dumps(sandbox.world))  # noqa: S301 - far quicker than `deepcopy`
    prepared = Prepared(world, sandbox.tokens)
    scenario = replace(sandbox.scenario, build=lambda _: prepared)
    clock = FakeClock(sandbox.clock.now(), auto=True, at_least=getattr(sandbox.clock, "at_least", 0.0))
    with patch.object(app, "scenario_named", lambda _: scenario):
        return Sandbox(scenario.name, clock)
