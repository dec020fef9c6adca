"""A step of the walk as data: its questions, its notes, and the answers that follow from what was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wizard.domain.credentials import Credential
from wizard.domain.step_id import StepId
from wizard.flow.state import State

if TYPE_CHECKING:
    from wizard.flow.steps.ask import Ask


class Mark(StrEnum):
    """How a step stands on the rail; each interface draws it with a glyph and a word, never by color alone."""

    TODO = "to do"
    IN_PROGRESS = "in progress"  # a question is answered, but the user hasn't gone on yet
    READING = "checking"
    DONE = "done"
    WARN = "warning"  # done, with something worth reading
    PROBLEM = "problem"
    CHANGED = "confirm"  # an earlier answer changed


@dataclass(frozen=True, slots=True)
class Note:
    """A line that a step shows beside its questions."""

    text: str
    mark: str = ""  # "!" worth reading, "✓" seen, "·" later, "" plain


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the walk, as data with functions of the state; `flow/journey.py` lists them in order."""

    id: StepId
    title: str
    purpose: str  # one sentence, shown under the title
    asks: tuple[Ask, ...] = ()
    notes: Callable[[State], tuple[Note, ...]] = lambda _: ()
    settle: Callable[[State], State] = lambda state: state  # adds the answers that follow from the facts
    request_card: Callable[[State], str] = lambda _: ""  # for a colleague who has the rights; empty when not needed


def good_token(state: State, credential: Credential) -> tuple[Note, ...]:
    """Return notes with a sandbox token that works, until the user pastes it; empty outside the sandbox."""
    good, given = state.good_tokens.get(credential.slot, ""), state.secrets.of(credential)
    if not good or (given is not None and given.get_secret_value() == good):
        return ()
    return (Note("To try the recovery, paste this sandbox token:"), Note(good))
