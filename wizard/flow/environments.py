"""The environments of a profile that has several: which there are, and new ones with the answers of this setup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.domain.answers import Answers
from wizard.domain.step_id import StepId
from wizard.flow.profile.session import Session
from wizard.flow.steps.ask import Choice
from wizard.flow.steps.launchdarkly import find_environment

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

IN_THE_SANDBOX = "The sandbox keeps nothing. With your own accounts, this adds environments with the same answers."
_TOO_EARLY = "Go through Review first: an added environment gets the answers of a setup that is made."
_NONE = "The token can't see any other environment."
_ANSWERED = tuple(step for step in StepId if step not in {StepId.REVIEW, StepId.FIRST_SYNC})


def environments_of(session: Session) -> Mapping[str, Session]:
    """Return the profile's environments by name; none where it has just one, which needs no name."""
    names = session.saved.targets
    found = {name: session.of_target(name) for name in names}
    own = _own_name(session, found.values())
    return {own: session, **found} if found and own and own not in found else found


def _own_name(session: Session, others: Iterable[Session]) -> str:
    """Return the name of the environment that was set up before there were several; empty where there is none."""
    answers = session.saved.answers
    is_named_already = answers.client_side_id in {one.saved.answers.client_side_id for one in others}
    is_set_up = StepId.REVIEW in session.saved.accepted
    place = f"{answers.project}/{answers.environment}" if answers.environment else answers.client_side_id
    return place if is_set_up and not is_named_already else ""


def why_not(walk: Walk) -> str:
    """Return why no environment can be added; empty when one can."""
    if StepId.REVIEW not in walk.session.saved.accepted:
        return _TOO_EARLY
    return "" if to_add(walk) else _NONE


def to_add(walk: Walk) -> tuple[Choice, ...]:
    """Return the environments that the token can see and the profile doesn't have."""
    there = {one.saved.answers.client_side_id for one in environments_of(walk.session.profile).values()}
    there.add(walk.state.answers.client_side_id)
    question = next(ask for ask in walk.step(StepId.LAUNCHDARKLY).asks if ask.id == "environment")
    return tuple(choice for choice in question.choices(walk.state) if choice.value not in there)


def add_environments(walk: Walk, client_side_ids: Iterable[str]) -> tuple[str, ...]:
    """Give each environment this setup's answers, up to Review, and return their names."""
    found = [(id_, find_environment(walk.state, id_)) for id_ in client_side_ids]
    profile = walk.session.profile
    added = {f"{place[0].key}/{place[1].key}": (id_, place) for id_, place in found if place}
    for name, (id_, (project, environment)) in added.items():
        answers = replace(shared(walk), project=project.key, environment=environment.key, client_side_id=id_)
        profile.of_target(name).keep(answers, _ANSWERED)
    profile.keep_targets(tuple(dict.fromkeys((*profile.saved.targets, *added))))
    return tuple(added)


def shared(walk: Walk) -> Answers:
    """Return the answers that don't depend on the environment, such as the space and the mapping."""
    return replace(
        walk.kept_answers,
        environment="",
        client_side_id="",
        destination="",
        destination_name="",
        engage_source="",  # it has a LaunchDarkly destination now, and takes no other one
        beside=(),
        test_user="",
    )
