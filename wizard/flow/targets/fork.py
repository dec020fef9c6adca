"""The walk of another environment of the profile. It begins with what this walk has read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wizard.domain.answers import Answers
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, read_paste
from wizard.domain.step_id import StepId
from wizard.flow.outside.notices import Notices
from wizard.flow.outside.requests import SentRequests
from wizard.flow.profile.session import Session
from wizard.flow.targets.environments import accepted_in
from wizard.flow.walk import Walk


def saved_fork_of(walk: Walk, session: Session) -> Walk:
    """Return the walk of another environment, with the answers and steps that it has saved."""
    return fork_of(walk, session, session.saved.answers, accepted_in(session))


def fork_of(walk: Walk, session: Session, answers: Answers, accepted: Iterable[StepId] = ()) -> Walk:
    """Return the walk of another environment of the profile. It keeps what this walk has read and is the same there."""
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
    # Set the audiences only now: in another space, they'd be looked up in this space's list, which is now forgotten.
    fork.set_state(replace(fork.state, answers=answers))
    requests.taken = fork.slots_read
    walk.forks.append(fork)
    return fork


def _options_in(target: str, walk: Walk) -> str:
    if walk.ports.sandbox:
        return walk.ports.options  # the sandbox saves no environments that a command could name
    common = walk.ports.options.removesuffix(f" --target {walk.session.target}")
    return f"{common} --target {target}" if target else common
