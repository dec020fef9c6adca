"""The walk of another environment of the profile, which begins with what was read for this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wizard.domain.answers import Answers
from wizard.domain.step_id import StepId
from wizard.domain.tokens.credentials import LAUNCHDARKLY_TOKEN, read_paste
from wizard.flow.outside.notices import Notices
from wizard.flow.outside.requests import SentRequests
from wizard.flow.profile.session import Session
from wizard.flow.targets.environments import accepted_in
from wizard.flow.walk import Walk


def saved_fork_of(walk: Walk, session: Session) -> Walk:
    """Return the walk of another environment where its own answers left it."""
    return fork_of(walk, session, session.saved.answers, accepted_in(session))


def fork_of(walk: Walk, session: Session, answers: Answers, accepted: Iterable[StepId] = ()) -> Walk:
    """Return the walk of another environment of the profile, which begins with what is the same there."""
    requests = SentRequests(begun_with=walk.ports.requests)
    ports = replace(walk.ports, notices=Notices(), options=_options_in(session.target, walk), requests=requests)
    fork = Walk(ports, walk.steps, walk.readings, walk.checks, walk.state, session)
    fork.copy_readings(walk)
    fork.own_tokens = walk.own_tokens
    if walk.own_tokens or walk.state.has_made_a_token:
        token = fork.own_token or walk.shared_token
        paste = read_paste(token.get_secret_value() if token else "")
        fork.state = fork.state.with_token(LAUNCHDARKLY_TOKEN, paste)
    fork.accepted, fork.waived, fork.where = set(accepted), set(walk.waived), dict(walk.where)
    fork.changed = lambda: walk.changed()
    fork.set_state(replace(fork.state, answers=replace(answers, audiences=())))
    # In another space, the audiences can be answered only now that the list of this one is forgotten.
    fork.set_state(replace(fork.state, answers=answers))
    requests.taken = fork.slots_read
    walk.forks.append(fork)
    return fork


def _options_in(target: str, walk: Walk) -> str:
    if walk.ports.sandbox:
        return walk.ports.options  # it keeps no environments that a command could name
    common = walk.ports.options.removesuffix(f" --target {walk.session.target}")
    return f"{common} --target {target}" if target else common
