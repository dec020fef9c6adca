"""The test user, whose membership the last stage of the first sync checks, and the user's context key.

The wizard asks for the user with the audiences, before anything is attached, and again during the first sync.
"""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.answers import ContextKey
from wizard.domain.checks import subjects
from wizard.domain.services import links
from wizard.domain.services.mapping import LABELS
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Help, Kind, Value
from wizard.flow.steps.step import Note
from wizard.text import plain


def _put(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, test_user=str(value)))


TEST_USER = Ask(
    id="test_user",
    kind=Kind.TEXT,
    label="Test user",
    hint="The context key of someone in the audience.",
    help=Help(
        "The wizard asks LaunchDarkly whether this context is a member. Give the key as your app sends it.",
        "LaunchDarkly: Code → Segments → the segment",
        links.SYNCED_SEGMENTS_DOCS.url,
    ),
    get=lambda state: state.answers.test_user,
    put=_put,
    optional=True,
)
BEFOREHAND = replace(TEST_USER, id="test_user_before", applies=lambda state: bool(state.answers.audiences))


def notes_on_test_user(state: State) -> tuple[Note, ...]:
    """Return a note on the context that the wizard looks for, with a warning if the key doesn't fit this mapping."""
    user, key = plain(state.answers.test_user), subjects.context_key(state.facts, state.answers)
    kind = subjects.context_kind(state.facts, state.answers)
    if not user or not kind or key is None:
        return ()
    odd = _looks_odd(user, key)
    becomes = f"The wizard looks for {kind} / {user}. With “{LABELS[key]}”, the key is {_MADE_OF[key]}."
    return (Note(f"{becomes} {odd}".strip(), "!" if odd else ""),)


# The key is the first of these identifiers that isn't empty: docs/segment.md#context-key-choices.
_MADE_OF = {
    ContextKey.USER_ID_ONLY: "the profile's userId",
    ContextKey.USER_ID_THEN_EMAIL: "the profile's userId, or its email if it has no userId",
    ContextKey.USER_ID_THEN_ANONYMOUS_ID: "the profile's userId, or its anonymousId if it has no userId",
    ContextKey.USER_ID_THEN_EMAIL_THEN_ANONYMOUS_ID: "the first that the profile has: userId, email, anonymousId",
    ContextKey.EMAIL_ONLY: "the profile's email",
}


def _looks_odd(user: str, key: ContextKey) -> str:
    """Say why this mapping is unlikely to make the user's key (docs/segment.md#context-key-choices); empty if fine."""
    if key is ContextKey.EMAIL_ONLY and "@" not in user:
        return "This mapping uses email addresses as keys, and this key isn't one."
    if "@" in user and key in {ContextKey.USER_ID_ONLY, ContextKey.USER_ID_THEN_ANONYMOUS_ID}:
        return "This mapping doesn't use email addresses as keys. Is this the person's userId in Segment?"
    if "@" in user and key is not ContextKey.EMAIL_ONLY:
        return "This mapping uses an email address only for people without a userId."
    return ""
