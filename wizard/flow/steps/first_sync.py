"""Step 8: follow the first sync, and a test user if there is one."""

from __future__ import annotations

from wizard.domain.step_id import StepId
from wizard.flow.state import State
from wizard.flow.steps.next_steps import next_steps
from wizard.flow.steps.questions.target_flag import FLAG
from wizard.flow.steps.questions.test_user import TEST_USER, notes_on_test_user
from wizard.flow.steps.step import Note, Step


def _notes(state: State) -> tuple[Note, ...]:
    return (*notes_on_test_user(state), *next_steps(state))


FIRST_SYNC = Step(
    id=StepId.FIRST_SYNC,
    title="First sync",
    purpose="We follow the sync until the segment appears.",
    asks=(FLAG, TEST_USER),
    notes=_notes,
)
