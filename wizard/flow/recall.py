"""Add to the facts what the profile remembers of a setup."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.domain.answers import NEW_DESTINATION, Answers
from wizard.domain.wanted import wanted_client_side_id
from wizard.flow.profile.journal import last_other_keys, last_repair
from wizard.flow.state import State

if TYPE_CHECKING:
    from wizard.flow.profile.session import Session


def with_profile(state: State, session: Session) -> State:
    """Return the state with what other environments use, the counted members, and when attaching began."""
    state = _with_what_is_used_elsewhere(state, session)
    return _with_what_was_counted(_with_when_attaching_began(state, session), session)


def _with_what_is_used_elsewhere(state: State, session: Session) -> State:
    """Add what the profile's other environments use, so that it's never taken for this one's."""
    return _with(state, used_elsewhere=_used_elsewhere(state, session))


def _with(state: State, **remembered: Any) -> State:
    """Return the state with these facts; it stays the same state if it has them already."""
    if all(getattr(state.facts, name) == value for name, value in remembered.items()):
        return state
    return replace(state, facts=replace(state.facts, **remembered))


def _used_elsewhere(state: State, session: Session) -> frozenset[str]:
    profile = session.profile
    if not profile.saved.targets:
        return frozenset()
    others = (profile, *map(profile.of_target, profile.saved.targets))
    answers = [one.saved.answers for one in others if one is not session]
    here = wanted_client_side_id(state.facts, state.answers)
    used = {one for there in answers if there.client_side_id != here for one in _used_in(there)}
    return frozenset(used - {state.answers.destination})


def _with_what_was_counted(state: State, session: Session) -> State:
    """Add the members that earlier runs counted with audience previews, and how many previews this month took."""
    kept = session.counted
    return _with(state, counted=kept.landing, previews_used=kept.previews(state.answers.space, state.facts.now))


def _with_when_attaching_began(state: State, session: Session) -> State:
    """Add when attaching began and when the last repair was, if the profile's saved environment is the chosen one."""
    saved, answers = session.saved, state.answers
    same = (answers.project, answers.environment) == (saved.answers.project, saved.answers.environment)
    began = saved.applied_at if same else None
    found = dict(session.found_segments.keys) if same else {}
    repaired, sent = last_repair(saved.journal) if same else (None, frozenset[str]())
    rekeyed, sent_with_them = last_other_keys(saved.journal) if same else (None, frozenset[str]())
    return _with(
        state,
        attached_at=began,
        known_segments=saved.known_segments if began else {},
        found_segments=found,
        repaired_at=repaired,
        sent_since_repair=sent,
        rekeyed_at=rekeyed,
        sent_since_rekeyed=sent_with_them,
    )


def _used_in(answers: Answers) -> set[str]:
    """Return the client-side ID of an environment, and the id of its destination."""
    return {answers.client_side_id, answers.destination} - {"", NEW_DESTINATION}
