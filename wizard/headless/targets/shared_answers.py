"""What several environments have in common, said once, and what is different in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wizard.flow.journey import SETTINGS
from wizard.flow.steps.ask import Held
from wizard.headless.targets.targets import Target
from wizard.text import plain

_NAMED_ELSEWHERE = (
    "launchdarkly.project",
    "launchdarkly.environment",
    "launchdarkly.client_side_id",
    "destination.name",
    "launchdarkly.ask_other_instances",
    "segment.engage_source",  # an id that says little; the new destination names the source
)


def shared_lines(targets: Sequence[Target]) -> tuple[str, ...]:
    """Return the line with the answers that all environments share; none where they share nothing."""
    every = [_written(target) for target in targets]
    shared = {key: value for key, value in every[0].items() if all(one.get(key) == value for one in every)}
    return (f"The same in all: {_in_words(shared.items())}",) if shared else ()


def own_lines(target: Target, targets: Sequence[Target]) -> tuple[str, ...]:
    """Return the line with the answers that are different in another environment."""
    every, own = [_written(one) for one in targets], _written(target)
    differing = {key: value for key, value in own.items() if any(one.get(key) != value for one in every)}
    return (f"Only here: {_in_words(differing.items())}",) if differing else ()


def _written(target: Target) -> Mapping[str, Held]:
    """Return the answers by their key in setup.toml; the environment and its destination are in each heading."""
    state = target.walk.state
    settings = (one for one in SETTINGS.values() if one.key not in _NAMED_ELSEWHERE)
    found = ((one.key, one.write(state)) for one in settings)
    return {key: value for key, value in found if value not in (None, "", ())}


def _in_words(pairs: Iterable[tuple[str, Held]]) -> str:
    return ", ".join(f"{key} {_word(value)}" for key, value in pairs)


def _word(value: Held) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return plain(value if isinstance(value, str) else " + ".join(value))
