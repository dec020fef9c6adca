"""What several environments have in common, said once, and what is different in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wizard.domain.step_id import StepId
from wizard.flow.journey import SETTINGS, STEPS
from wizard.flow.steps.ask import Held
from wizard.flow.targets.targets import Target
from wizard.flow.walk import Walk
from wizard.text import plain

_NAMED_ELSEWHERE = (
    "launchdarkly.project",
    "launchdarkly.environment",
    "launchdarkly.client_side_id",
    "destination.name",
    "launchdarkly.ask_other_instances",
    "segment.engage_source",  # an id that says little; the new destination names the source
)
_ABOUT_SEGMENT = {StepId.SEGMENT, StepId.MAPPING, StepId.AUDIENCES}
_LABELS = {
    setting.key: ask.label
    for step in STEPS
    if step.id in _ABOUT_SEGMENT
    for ask in reversed(step.asks)
    for setting in ask.settings
}


def shared_lines(targets: Sequence[Target], names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the line with the answers that all environments share; none where they share nothing.

    All are told by their key in setup.toml, or those that `names` has by their name.
    """
    every = [_written(target.walk) for target in targets]
    shared = {key: value for key, value in every[0].items() if all(one.get(key) == value for one in every)}
    said = _in_words(shared, names)
    return (f"The same in all: {said}",) if said else ()


def own_lines(target: Target, targets: Sequence[Target], names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the line with the answers that are different in another environment."""
    every, own = [_written(one.walk) for one in targets], _written(target.walk)
    differing = {key: value for key, value in own.items() if any(one.get(key) != value for one in every)}
    said = _in_words(differing, names)
    return (f"Only here: {said}",) if said else ()


def as_asked(targets: Sequence[Target]) -> tuple[str, ...]:
    """Return what all share, as the questions of the walk name it."""
    return shared_lines(targets, _LABELS)


def own_as_asked(target: Target, targets: Sequence[Target]) -> tuple[str, ...]:
    """Return what is different elsewhere, as the questions of the walk name it."""
    return own_lines(target, targets, _LABELS)


def _written(walk: Walk) -> Mapping[str, Held]:
    """Return the answers by their key in setup.toml; the environment and its destination are in each heading."""
    settings = (one for one in SETTINGS.values() if one.key not in _NAMED_ELSEWHERE)
    found = ((one.key, one.write(walk.state)) for one in settings)
    return {key: value for key, value in found if value not in (None, "", ())}


def _in_words(answers: Mapping[str, Held], names: Mapping[str, str] | None) -> str:
    named = {key: key for key in answers} if names is None else names
    return ", ".join(f"{named[key]} {_word(value)}" for key, value in answers.items() if key in named)


def _word(value: Held) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return plain(value if isinstance(value, str) else " + ".join(value))
