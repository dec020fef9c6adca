"""The lines that stay in the terminal after the wizard closes: what was made, where it is, the next commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from wizard.domain.services import links
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Audience
from wizard.domain.signals.segment_of_audience import found
from wizard.domain.step_id import StepId
from wizard.flow.guide import accepted_failure
from wizard.flow.profile.journal import Entry, Resource
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.targets.environments import siblings_of
from wizard.flow.words import resume_line
from wizard.text import count, plain

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

MOST_LINES = 10
_MOST_AUDIENCES = 2  # two lines each; the others are counted
_KINDS = {
    Resource.TOKEN: "service token",
    Resource.DESTINATION: "destination",
    Resource.MAPPING: "mapping",
    Resource.CONNECTION: "connection",
    Resource.RULE: "rule",
}
SANDBOX = "Sandbox: nothing was stored. With your own accounts: audience-wizard"


def summary(walk: Walk, command: str, width: int = 80, *, names_segments: bool = True) -> tuple[str, ...]:
    """Return at most ten lines, broken only between words, so that addresses stay whole."""
    lines = [line for text in _said(walk, command, names_segments=names_segments) for line in wrapped(text, width)]
    return tuple(lines[:MOST_LINES])


def wrapped(text: str, width: int) -> list[str]:
    return wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def _said(walk: Walk, command: str, *, names_segments: bool) -> Iterator[str]:
    if not walk.accepted:
        return
    facts, chosen = walk.state.facts, chosen_audiences(walk.state)
    there = [(audience, segment) for audience in chosen if (segment := found(audience, facts))]
    is_made = bool(walk.session.saved.made)
    if there:
        yield from _segments(walk, there) if names_segments else ()
    elif walk.session.saved.applied_at and not walk.state.sandbox:
        yield f"The sync continues without the wizard. Follow it: {command} watch"
    if done := _done(walk):
        yield done
    yield from _other_environments(walk)
    if left := accepted_failure(walk):
        yield left
    if walk.state.sandbox:
        yield SANDBOX
    elif there or is_made:
        yield f"Check it: {command} doctor"
        yield f"Take it back: {command} undo"
    else:
        yield resume_line(command)


def _other_environments(walk: Walk) -> Iterator[str]:
    """Yield which other environments are set up, and which only in part."""
    others = {name: one.saved for name, one in siblings_of(walk.session).items() if one.saved.made}
    whole = [name for name, saved in others.items() if StepId.REVIEW in saved.accepted]
    for said, names in (("Also set up", whole), ("Set up in part", [one for one in others if one not in whole])):
        if names:
            yield f"{said}: {', '.join(names)}."


def _segments(walk: Walk, there: Iterable[tuple[Audience, LaunchDarklySegment]]) -> Iterator[str]:
    pairs = list(there)
    for audience, segment in pairs[:_MOST_AUDIENCES]:
        counted = "" if segment.included_count is None else f" · {count(segment.included_count, 'member')}"
        yield f"{plain(audience.name)} → {plain(segment.name)}{counted}"
        yield _page(walk, segment)
    if len(pairs) > _MOST_AUDIENCES:
        yield f"and {count(len(pairs) - _MOST_AUDIENCES, 'more segment')}"


def _page(walk: Walk, segment: LaunchDarklySegment) -> str:
    return links.segment_page(walk.state.answers.project, walk.state.answers.environment, segment).url


def _done(walk: Walk) -> str:
    """Return "Made: 1 destination, 2 connections. Changed: 1 mapping."."""
    entries = walk.session.saved.made
    created = _counted(one for one in entries if one.is_creation)
    changed = _counted(one for one in entries if not one.is_creation and not one.replaces_nothing)
    return " ".join(f"{word}: {said}." for word, said in (("Made", created), ("Changed", changed)) if said)


def _counted(entries: Iterable[Entry]) -> str:
    kinds = [entry.kind for entry in entries]
    return ", ".join(count(kinds.count(kind), word) for kind, word in _KINDS.items() if kind in kinds)
