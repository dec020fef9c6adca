"""The spaces of the profile's other environments, if they differ from this environment's space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wizard.domain.answers import Answers
from wizard.domain.facts import listed
from wizard.domain.services import links
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Value
from wizard.text import plain

_IN = "="  # separates an environment's name, which can't contain it, from the space's ID


def space_of(name: str, answers: Answers) -> str:
    """Return the ID of the space whose audiences this other environment gets."""
    return _by_name(answers.other_spaces).get(name, answers.space)


def _by_name(pairs: tuple[str, ...]) -> Mapping[str, str]:
    """Return the spaces' IDs by environment. If two were picked for one environment, the last counts."""
    return {name: space for name, _, space in (pair.partition(_IN) for pair in pairs)}


def _choices(state: State) -> tuple[Choice, ...]:
    spaces = [one for one in listed(state.facts.spaces) if one.id != state.answers.space]
    return tuple(
        Choice(
            f"{name}{_IN}{space.id}",
            f"{name.replace('/', ' / ')} ← {plain(space.name or space.slug)}",
            details=(space.slug,),
            why=f"{name.replace('/', ' / ')} gets the audiences with the same keys in this space.",
        )
        for name in state.answers.other_environments
        for space in spaces
    )


def _put(state: State, value: Value) -> State:
    pairs = (value,) if isinstance(value, str) else value
    picked = _by_name(tuple(filter(None, pairs)))
    spaces = tuple(f"{name}{_IN}{space}" for name, space in picked.items())
    return replace(state, answers=replace(state.answers, other_spaces=spaces))


OTHER_SPACES = Ask(
    id="other_spaces",
    kind=Kind.PICK_MANY,
    label="Other spaces",
    hint="Let another environment get its audiences from a space of its own. In this space, someone has to add the "
    "environment's destination in Segment's web app.",
    help=Help(
        "An Engage source can have one LaunchDarkly destination. With a space for each environment, you don't need "
        "Segment's web app. The audiences there must have the same keys.",
        "Segment: Unify → the space's name, top left",
        links.ENGAGE_DOCS.url,
    ),
    get=lambda state: state.answers.other_spaces,
    put=_put,
    choices=_choices,
    optional=True,
    applies=lambda state: bool(state.answers.space and not state.answers.by_hand and _choices(state)),
    words=lambda state: ", ".join(_by_name(state.answers.other_spaces)),
)
