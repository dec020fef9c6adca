"""The words above a first sync: when it's due and what to do meanwhile, and at the end a line for each audience."""

from __future__ import annotations

from datetime import timedelta

from wizard.domain.commands import of_this_run
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.durations import History, time_of_day, usual_s
from wizard.flow.reading.clients import chosen_audiences
from wizard.flow.state import State
from wizard.flow.watching.member_counts import blocks, members_of, numbers
from wizard.flow.watching.progress import AudienceProgress, Progress
from wizard.text import elapsed, plain

_IN_MINUTES_FROM_S = 120.0
_CELLS = 24  # width of the shape of members over time; a short one is stretched


def due(state: State, ports: Ports, history: History) -> str:
    """Return the time of day by which the segments usually exist; empty if it isn't known."""
    began, audiences, now = state.facts.attached_at, chosen_audiences(state), ports.clock.now()
    if began is None or not audiences:
        return ""
    at = began + timedelta(seconds=usual_s(audiences, history))
    when = time_of_day(at, now, ports.timezone)
    by = f"Due about {when}" if at >= now else f"Usually there by {when}"
    return f"{by}{if_simulated(ports)}"


def if_simulated(ports: Ports) -> str:
    """Return what to add to a time in the sandbox, whose fast clock differs from the user's; else an empty text."""
    return " (simulated time)" if ports.sandbox else ""


def while_waiting(ports: Ports) -> tuple[str, ...]:
    """Return what the user can do meanwhile. Nothing in the sandbox, whose sync ends with the wizard."""
    later = of_this_run("You can close this and run audience-wizard watch later.", ports.options)
    return () if ports.sandbox else (later,)


DECIDE = "Meanwhile: decide which flag will use the segment."


def synced_line(audience: AudienceProgress, progress: Progress) -> str:
    """Return "VIP customers → Vip customers · 1,234 of 1,234 · 10 min"."""
    segment = audience.segment
    members = segment.included_count if segment else None
    became = plain(segment.name) if segment else audience.expected_name
    parts = [f"{audience.name or audience.key} → {became}", _members(members, audience.size), _took(audience, progress)]
    return " · ".join(part for part in parts if part)


def _members(members: int | None, size: int | None) -> str:
    if members is None:
        return "not counted yet"
    return f"{members:,} of {size:,}" if size is not None and members <= size else members_of(members, size)


def _took(audience: AudienceProgress, progress: Progress) -> str:
    """Return how long the sync took; if nobody watched, how soon LaunchDarkly made the segment; empty if unknown."""
    took = progress.elapsed_s if audience.was_watched else audience.came_after_s
    return "" if took is None else elapsed(took - took % 60 if took > _IN_MINUTES_FROM_S else took)


def counts_over_time(audience: AudienceProgress) -> str:
    """Return the members over time as a shape with some numbers; empty when the count didn't change."""
    way, shape = numbers(audience.counts), blocks(audience.counts, _CELLS)
    wide = "".join(block * max(1, _CELLS // len(shape)) for block in shape)
    return f"{wide}  {way}" if way else ""
