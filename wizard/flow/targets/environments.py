"""The environments of a profile: those that are set up, and those that were picked to get the same setup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.domain.answers import Answers
from wizard.domain.step_id import StepId
from wizard.flow.profile.session import Session
from wizard.flow.steps.ask import Ask, Choice
from wizard.flow.steps.launchdarkly import other_environments
from wizard.flow.steps.questions.other_spaces import space_of

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

ANSWERED = tuple(step for step in StepId if step not in {StepId.REVIEW, StepId.FIRST_SYNC})
_TOO_EARLY = "Pick this setup's own environment first, in the LaunchDarkly step."
_NONE = "The token can't see any other environment."
ADDED = "Review shows what the wizard will make in each environment."


def environments_of(session: Session) -> Mapping[str, Session]:
    """Return the profile's environments by name; empty if it has just one, which needs no name."""
    picked = session.saved.answers.other_environments
    found = {name: session.of_target(name) for name in dict.fromkeys((*session.saved.targets, *picked))}
    for name in picked:
        _begin(found[name], session.saved.answers)
    own = _own_name(session, found)
    return {own: session, **found} if found and own and own not in found else found


def siblings_of(session: Session) -> dict[str, Session]:
    """Return the other environments of the profile by name."""
    return {name: one for name, one in environments_of(session.profile).items() if one is not session}


def _begin(target: Session, shared: Answers) -> None:
    """Give a picked environment the shared answers, unless its own setup has begun."""
    if not target.saved.is_begun:
        target.saved = replace(target.saved, answers=answers_in(target, shared), accepted=ANSWERED)


def _own_name(session: Session, others: Mapping[str, Session]) -> str:
    """Return the name of the profile's own environment; empty if it isn't to be set up, or if a target covers it."""
    answers = session.saved.answers
    is_named_already = answers.client_side_id in {one.saved.answers.client_side_id for one in others.values()}
    is_set_up = StepId.REVIEW in session.saved.accepted or bool(answers.other_environments)
    return answers.place if is_set_up and not is_named_already else ""


def accepted_in(session: Session) -> tuple[StepId, ...]:
    """Return the steps that are done in an environment."""
    return tuple(step for step in StepId if step in session.saved.accepted)


def question(walk: Walk) -> Ask:
    """Return the question that picks other environments."""
    return next(ask for ask in walk.step(StepId.LAUNCHDARKLY).asks if ask.id == "other_environments")


def why_not(walk: Walk) -> str:
    """Return why no environment can be added; empty when one can."""
    if not walk.state.answers.client_side_id:
        return _TOO_EARLY
    return "" if to_add(walk) else _NONE


def to_add(walk: Walk) -> tuple[Choice, ...]:
    """Return the environments that the token can see and that aren't in the profile or picked yet."""
    there = environments_of(walk.session.profile)
    ids = {one.saved.answers.client_side_id for one in there.values()}
    names = {*there, *walk.state.answers.other_environments}
    return tuple(one for one in other_environments(walk.state) if one.value not in names and one.search not in ids)


def add(walk: Walk, names: tuple[str, ...]) -> None:
    """Add these environments to those that get this setup's answers. Review then shows their changes."""
    walk.answer(question(walk), (*walk.state.answers.other_environments, *names))


def answers_in(target: Session, shared: Answers, keys: Mapping[str, str] | None = None) -> Answers:
    """Return the answers for an environment: the shared ones, with those that only this environment has.

    In another space, the same audiences have other IDs. `keys` has their keys, by their ID in the shared space.
    """
    project, _, environment = target.target.partition("/")
    own, space = target.saved.answers, space_of(target.target, shared)
    known = keys or {}
    there = tuple(known[one] for one in shared.audiences if one in known)
    return replace(
        without_place(shared),
        project=project,
        environment=environment,
        client_side_id=own.client_side_id,
        space=space,
        audiences=shared.audiences if space == shared.space else there,
        destination=own.destination,
        destination_name=own.destination_name,
        engage_source=own.engage_source,
        beside=own.beside,
        test_user=own.test_user,
    )


def without_place(answers: Answers) -> Answers:
    """Return the answers that don't depend on the environment, such as the space and the mapping."""
    return replace(
        answers,
        project="",
        environment="",
        client_side_id="",
        other_environments=(),
        other_spaces=(),
        destination="",
        destination_name="",
        engage_source="",  # it already has its one LaunchDarkly destination
        beside=(),
        test_user="",
    )
