"""The state of both services at one moment, as named claims. It holds no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from wizard.domain.findings import Status

Value: TypeAlias = str | bool | int
Held: TypeAlias = str | bool | tuple[str, ...]
GONE = ""  # the value of a thing that certainly doesn't exist

TRIGGER = "mapping/trigger"


@dataclass(frozen=True, slots=True)
class Claim:
    """One fact about a setup: its ID, such as `destination/enabled`, its label and its value."""

    id: str
    label: str
    value: Value


@dataclass(frozen=True, slots=True)
class Proof:
    """The state of a setup. `counts` always change and aren't compared; `setup`: the settings for the same plan.

    `checks`: the status of each check that was judged, by "ID" or "ID (audience key)". `unknown`: the checks that
    matter and couldn't be judged.
    """

    at: datetime
    place: str
    healthy: bool | None
    setup: Mapping[str, Held]
    facts: tuple[Claim, ...]
    counts: tuple[Claim, ...]
    checks: Mapping[str, Status]
    unknown: tuple[str, ...] = ()
