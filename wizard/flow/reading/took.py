"""How long the readings took that a check rests on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

from wizard.domain.checks.check import CannotJudge, Check
from wizard.domain.facts import Facts
from wizard.flow.walk import Walk


def durations_ms(checks: Iterable[Check], walk: Walk) -> dict[str, int]:
    """By check: the milliseconds of all readings that it looked at. A check alone takes no time."""
    facts = walk.state.facts
    took = {check.id: sum(walk.took.get(slot, 0.0) for slot in _slots_read(check, facts, walk)) for check in checks}
    return {check_id: round(seconds * 1000) for check_id, seconds in took.items()}


def _slots_read(check: Check, facts: Facts, walk: Walk) -> set[str]:
    read: set[str] = set()

    class Watched(Facts):
        """Facts that note which slots are looked at."""

        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            read.add(name)
            return object.__getattribute__(facts, name)

    with contextlib.suppress(CannotJudge):  # what it looked at before is known all the same
        check.judge(Watched(facts.now), walk.state.answers)
    return read
