"""The answers that several environments share, said once, and those that differ in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from wizard.domain.step_id import StepId
from wizard.flow.journey import SETTINGS, STEPS
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Held, Scope
from wizard.flow.steps.launchdarkly import OTHER_INSTANCES
from wizard.flow.targets.targets import Target
from wizard.flow.walk import Walk
from wizard.text import plain

_SHARED = {key: one for key, one in SETTINGS.items() if one.scope is not Scope.OWN and one is not OTHER_INSTANCES}
_ASKS = tuple(
    ask
    for step in STEPS
    if step.id in {StepId.SEGMENT, StepId.MAPPING, StepId.AUDIENCES}
    for ask in step.asks
    if any(setting.key in _SHARED for setting in ask.settings)
)

Say = Callable[[Walk], Mapping[str, str]]
"""Returns a walk's answers in words, by their names."""


def as_written(walk: Walk) -> Mapping[str, str]:
    """Return the answers by their key in setup.toml, without what headings say: the environment and its destination."""
    found = ((key, one.write(walk.state)) for key, one in _SHARED.items())
    return {key: _word(value) for key, value in found if value not in (None, "", ())}


def as_asked(walk: Walk) -> Mapping[str, str]:
    """Return the answers by the label of their question, with the labels of the chosen choices."""
    found = ((ask.label, _label(ask, walk.state)) for ask in _ASKS if ask.applies(walk.state))
    return {label: said for label, said in found if said}


def shared_lines(targets: Sequence[Target], say: Say = as_written) -> tuple[str, ...]:
    """Return one line with the answers that all environments share; empty if they share none."""
    every = [say(target.walk) for target in targets]
    return _line("The same in all", ((key, said) for key, said in every[0].items() if _is_in_all(key, said, every)))


def own_lines(target: Target, targets: Sequence[Target], say: Say = as_written) -> tuple[str, ...]:
    """Return one line with this environment's answers that another one doesn't have; empty if there are none."""
    every = [say(one.walk) for one in targets]
    own = say(target.walk)
    return _line("Only here", ((key, said) for key, said in own.items() if not _is_in_all(key, said, every)))


def _is_in_all(key: str, said: str, every: Sequence[Mapping[str, str]]) -> bool:
    return all(one.get(key) == said for one in every)


def _line(heading: str, answers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    said = ", ".join(f"{name} {answer}" for name, answer in answers)
    return (f"{heading}: {said}",) if said else ()


def _word(value: Held) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return plain(value if isinstance(value, str) else " + ".join(value))


def _label(ask: Ask, state: State) -> str:
    value = ask.get(state)
    labels = {one.value: one.label for one in ask.choices(state)} if value else {}
    return plain(" + ".join(labels.get(one, one) for one in ((value,) if isinstance(value, str) else value)))
