"""Where a set-up stands: what is wanted, what was given in secret, what was seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from wizard.domain.answers import Answers, Secrets
from wizard.domain.facts import Facts
from wizard.flow.profile.journal import Entry


@dataclass(frozen=True, slots=True)
class State:
    facts: Facts
    answers: Answers = field(default_factory=Answers)
    secrets: Secrets = field(default_factory=Secrets)
    made: tuple[Entry, ...] = ()  # what stands of what this set-up made, as its journal has it
    sandbox: str = ""  # the scenario's name when both services are simulated
