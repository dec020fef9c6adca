"""What will exist, drawn as text: audience, destination, segment. The first sync colors it stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.domain.facts import Facts
from wizard.domain.failure import Failure
from wizard.domain.services.naming import SYNCED_KEY_PREFIX, segment_name
from wizard.domain.services.segment import Audience, Delivery
from wizard.domain.signals.deliveries import are_blocked
from wizard.domain.signals.segment_of_audience import found
from wizard.domain.stage import Stage, StageState
from wizard.domain.wanted import (
    chosen_connection,
    chosen_destination,
    distinct_name,
    environment_words,
    wanted_destination_name,
)
from wizard.flow.profile.durations import History, about, usual_s
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.state import State
from wizard.flow.watching.progress import AudienceProgress
from wizard.text import count, plain

ARROW = "──▶"
MOST_SHOWN = 4  # audiences; the others are counted


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the picture; `state` is empty before a sync."""

    text: str
    state: StageState | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A row of parts, each leading to the next. `beside` says more about the last part."""

    parts: tuple[Part, ...]
    beside: str = ""

    def __str__(self) -> str:
        """Return the picture in one line."""
        drawn = f" {ARROW} ".join(part.text for part in self.parts)
        return f"{drawn} {self.beside}" if self.beside else drawn


IN_GENERAL = Picture(
    (Part("Segment audience"), Part("LaunchDarkly Audiences destination"), Part("LaunchDarkly segment")),
    "(its members follow the audience, and your flags target it)",
)


def pictures(state: State, history: History) -> tuple[Picture, ...]:
    """Return what will exist after Review: one picture for each audience, after a picture of the path they share."""
    audiences = chosen_audiences(state)
    if len(audiences) < 2:
        return tuple(_alone(audience, state, history) for audience in audiences)
    path = Picture((Part(count(len(audiences), "audience")), *_path(state)))
    return (path, *(_one_of_many(audience, state, history) for audience in audiences[:MOST_SHOWN]), *_rest(audiences))


def _alone(audience: Audience, state: State, history: History) -> Picture:
    destination, place = _path(state)
    segment = Part(f"{place.text}: {_segment(audience, state.facts)}")
    return Picture((Part(plain(audience.name)), destination, segment), _beside(audience, state, history))


def _one_of_many(audience: Audience, state: State, history: History) -> Picture:
    parts = (Part(f"  {plain(audience.name)}"), Part(_segment(audience, state.facts)))
    return Picture(parts, _beside(audience, state, history))


def _rest(audiences: tuple[Audience, ...]) -> Iterator[Picture]:
    if len(audiences) > MOST_SHOWN:
        yield Picture((Part(f"  and {len(audiences) - MOST_SHOWN} more"),))


def _path(state: State) -> tuple[Part, Part]:
    facts, answers = state.facts, state.answers
    there = chosen_destination(facts, answers)
    name = distinct_name(there, facts) if there else wanted_destination_name(facts, answers)
    return Part(plain(name)), Part(environment_words(facts, answers))


def _segment(audience: Audience, facts: Facts) -> str:
    there = found(audience, facts)
    return f"segment “{plain(there.name if there else segment_name(audience.key))}”"


def _beside(audience: Audience, state: State, history: History) -> str:
    """Return the expected number of members and when they come; for an existing segment, its member count."""
    facts = state.facts
    there = found(audience, facts)
    if there is not None:
        now = there.included_count
        return "(there already)" if now is None else f"({count(now, 'member')} now)"
    was_there = audience.key in facts.found_segments or f"{SYNCED_KEY_PREFIX}{audience.id}" in facts.known_segments
    if not isinstance(facts.segments, tuple) and was_there:
        return "(there already)"
    members = [f"about {count(audience.size, 'member')}"] if audience.size is not None else []
    return f"({', '.join([*members, _when(audience, state, history)])})"


def _when(audience: Audience, state: State, history: History) -> str:
    """Return how soon the segment usually appears. Once that time has passed, or deliveries fail, promise nothing."""
    facts, left = state.facts, usual_s((audience,), history)
    if chosen_connection(audience, facts, state.answers):
        since = facts.attached_at or facts.now
        is_blocked = isinstance(facts.delivery, Delivery) and are_blocked(facts.delivery)
        left = 0.0 if is_blocked else left - (facts.now - since).total_seconds()
    if left > 0:
        return f"in {about(left)}"
    return "we couldn't check" if isinstance(facts.segments, Failure) else "not there yet"


# --- while it syncs ---------------------------------------------------------------------------------------------


def with_progress(audience: AudienceProgress, state: State) -> Picture:
    """Return an audience's picture. Each part has the state of its stages of the first sync."""
    destination, place = _path(state)
    segment = audience.segment
    name = plain(segment.name) if segment else audience.expected_name
    counted = segment.included_count if segment else None
    return Picture(
        (
            Part(audience.name or audience.key, _state(audience, Stage.ATTACHED, Stage.COMPUTED)),
            Part(destination.text, _state(audience, Stage.DELIVERED)),
            Part(f"{place.text}: segment “{name}”", _state(audience, Stage.VISIBLE, Stage.COUNTED)),
        ),
        f"({count(counted, 'member')})" if counted is not None else "",
    )


def _state(audience: AudienceProgress, *stages: Stage) -> StageState:
    """Return the state of the first of these stages that isn't done."""
    states = [audience.state_of(stage) or StageState.WAITING for stage in stages]
    return next((state for state in states if state is not StageState.DONE), StageState.DONE)
