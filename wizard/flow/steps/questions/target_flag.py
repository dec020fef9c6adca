"""The flag that will use the segment: its key, the exact rule to add, and the page where it is added."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote, urlsplit

from wizard.domain.facts import listed
from wizard.domain.memoize_last import memoize_last
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Flag, LaunchDarklySegment
from wizard.domain.services.naming import flag_rule
from wizard.domain.signals.segment_of_audience import found
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Choice, Help, Kind, Narrowing, Value
from wizard.text import KEY_LIMIT, plain


def found_segments(state: State) -> tuple[LaunchDarklySegment, ...]:
    """Return the segments of the chosen audiences; empty until each audience has one."""
    there = [found(audience, state.facts) for audience in chosen_audiences(state)]
    segments = tuple(segment for segment in there if segment is not None)
    return segments if len(segments) == len(there) else ()


def segment_names(state: State) -> tuple[str, ...]:
    return tuple(plain(segment.name) for segment in found_segments(state))


def missing_flag(state: State) -> str:
    """Say that LaunchDarkly doesn't list the chosen flag; empty if it does, or if the list wasn't read."""
    flag, flags = state.answers.flag, state.facts.flags
    if not flag or not isinstance(flags, tuple) or any(one.key == flag for one in flags):
        return ""
    project = plain(state.answers.project)
    return f"{project} has no flag {plain(flag, KEY_LIMIT)} that this token can see. Check the flag's key."


def rule(state: State) -> str:
    """Return the rule to add, ready to copy; empty until the segments exist."""
    names = segment_names(state)
    flag = plain(state.answers.flag) or "your flag"
    return f"Add this rule to {flag}: {flag_rule(*names)}" if names else ""


def flag_page(state: State, flag: str) -> str:
    """Return the address of the flag's targeting page, or of the list of flags if `flag` is empty."""
    place = {"project": state.answers.project, "environment": state.answers.environment}
    if flag:
        return links.LAUNCHDARKLY_FLAG.to(**place, flag=flag).url
    return links.LAUNCHDARKLY_FLAGS.to(**place).url


def key_of_flag(text: str) -> str:
    """Return the flag's key from typed text, which may be the address of the flag's page."""
    typed = text.strip()
    _, is_page, rest = urlsplit(typed).path.partition("/flags/")
    return unquote(rest.partition("/")[0]) if is_page else typed


def _flags(state: State) -> tuple[Choice, ...]:
    flags = listed(state.facts.flags)
    return tuple(Choice(flag.key, plain(flag.name), (plain(flag.key, KEY_LIMIT), _state(flag))) for flag in flags)


def _state(flag: Flag) -> str:
    return {True: "on", False: "off", None: ""}[flag.on]


def _typed_flag(text: str, state: State) -> Choice | None:
    """Return a choice for a pasted address, or for a typed key that matches no listed flag."""
    key = key_of_flag(text)
    if not key or " " in key:
        return None
    is_address = key != text.strip()
    if not is_address and Narrowing(_flags(state)).matching(key):
        return None
    return Choice(key, plain(key, KEY_LIMIT), why="A flag with this key, which isn't in the list.")


def _mistake(text: str, _: State) -> str:
    return "" if " " not in text else "A flag's key has no spaces. You find it on the flag's page, below its name."


def _put(state: State, value: Value) -> State:
    return replace(state, answers=replace(state.answers, flag=str(value)))


FLAG = Ask(
    id="flag",
    kind=Kind.PICK,
    label="Flag to target",
    hint="Pick the flag, or paste the address of its page.",
    help=Help(
        "A segment does nothing until a flag rule uses it. The wizard shows the rule and opens the "
        "flag's page. You add the rule in LaunchDarkly.",
        "LaunchDarkly: Code → Flags → the flag → Targeting",
        links.SEGMENTS_DOCS.url,
    ),
    get=lambda state: state.answers.flag,
    put=_put,
    clean=key_of_flag,
    mistake=_mistake,
    choices=memoize_last(_flags),
    free=_typed_flag,
    evidence=("flags",),
    applies=lambda state: bool(segment_names(state)),
    optional=True,
)
