"""Step 8: follows the first sync, and a test user if there is one."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain import links
from wizard.flow.ask import Ask, Help, Kind, Value
from wizard.flow.state import State
from wizard.flow.step import Step


def _put_test_user(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, test_user=str(value)))


FIRST_SYNC = Step(
    id="first_sync",
    title="First sync",
    purpose="Both sides, hop by hop, until the segment is there.",
    asks=(
        Ask(
            id="test_user",
            kind=Kind.TEXT,
            label="Test user",
            hint="Optional: the context key of somebody who is in the audience.",
            help=Help(
                "LaunchDarkly is asked whether this context is a member. Give the key as your app sends it.",
                "LaunchDarkly: Segments → the segment → look up a context",
                links.SYNCED_SEGMENTS_DOCS.url,
            ),
            get=lambda state: state.answers.test_user,
            put=_put_test_user,
            optional=True,
        ),
    ),
)
