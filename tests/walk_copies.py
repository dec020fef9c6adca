"""Copies of a simulated world and of a walk in it, so that no test changes another test's world."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TypeAlias
from unittest.mock import patch

from tests.fake_clock import FakeClock
from tests.walks import Staged, apply_all, stage, stage_on, walk_to_review
from wizard.flow.profile.session import Session
from wizard.sandbox import app
from wizard.sandbox.app import Sandbox
from wizard.sandbox.scenarios.scenario import Prepared


def copied(sandbox: Sandbox) -> Sandbox:
    """Return a copy of the world at the same moment, with its own clock and no recorded requests."""
    world = pickle.loads(pickle.dumps(sandbox.world))  # noqa: S301 - much faster than `deepcopy`
    prepared = Prepared(world, sandbox.tokens)
    scenario = replace(sandbox.scenario, build=lambda _: prepared)
    clock = FakeClock(sandbox.clock.now(), auto=True, at_least=getattr(sandbox.clock, "at_least", 0.0))
    with patch.object(app, "scenario_named", lambda _: scenario):
        return Sandbox(scenario.name, clock)


Audiences: TypeAlias = tuple[str, ...]
VIP = ("vip_customers",)
_WALKED: dict[tuple[str, Audiences, bool], Staged] = {}


async def at_review(scenario: str, audiences: Audiences = VIP) -> Staged:
    """Return a walk up to Review. It's walked once, then copied with its world."""
    return _copied_walk(await _walked(scenario, audiences, is_applied=False))


async def applied(scenario: str, audiences: Audiences = VIP) -> Staged:
    """Return a walk right after its changes were made. They are made once, then the walk is copied with its world."""
    return _copied_walk(await _walked(scenario, audiences, is_applied=True))


async def _walked(scenario: str, audiences: Audiences, *, is_applied: bool) -> Staged:
    kept = scenario, audiences, is_applied
    if kept not in _WALKED:
        first = stage(scenario)
        await walk_to_review(first, audiences)
        if is_applied:
            await apply_all(first)
        assert not first.sandbox.breaches
        _WALKED[kept] = first
    return _WALKED[kept]


def _copied_walk(first: Staged) -> Staged:
    """Return a copy of the walk with the sandbox's recorded requests, but without the wizard's own list of requests."""
    sandbox = copied(first.sandbox)
    sandbox.journal.requests.extend(first.sandbox.requests)
    session = Session(None, sandbox.clock)
    session.saved = first.walk.session.saved
    staged = stage_on(sandbox, session=session)
    staged.walk.copy_readings(first.walk)
    staged.walk.accepted = set(first.walk.accepted)
    staged.walk.where = dict(first.walk.where)
    return staged
