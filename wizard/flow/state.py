"""The state of a set-up: facts, answers and secrets."""

from __future__ import annotations

from dataclasses import dataclass, field

from wizard.domain.answers import Answers, Secrets
from wizard.domain.facts import Facts
from wizard.flow.profile.journal import Entry


@dataclass(frozen=True, slots=True)
class State:
    """Where a set-up stands: what was read, what the user answered, and the tokens. Frozen; a change is a new State."""

    facts: Facts
    answers: Answers = field(default_factory=Answers)
    secrets: Secrets = field(default_factory=Secrets)
    made: tuple[Entry, ...] = ()  # the journal's entries of what this set-up made and didn't take back
    sandbox: str = ""  # the scenario's name when both services are simulated
