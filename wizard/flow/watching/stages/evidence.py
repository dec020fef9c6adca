"""What a look at one audience saw, and how the judge of a stage answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wizard.domain.explain import explain
from wizard.domain.failure import Failure
from wizard.domain.services.segment import Audience, Connections, Delivery
from wizard.domain.signals.segment_of_audience import Whereabouts
from wizard.domain.signals.usual_times import SLOW_WITHIN_S, is_slow
from wizard.domain.stage import Stage, StageState
from wizard.flow.profile.durations import Usual


def why(failure: Failure) -> str:
    """Return why a look brought no answer, in few words that stay the same from look to evidence."""
    return explain(replace(failure, request_id="", message="")).summary.removesuffix(".")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one look at one audience saw; None where it was not looked at, a Failure where no answer came."""

    audience: Audience | None
    connections: Connections | Failure | None
    delivery: Delivery | Failure | None
    where: Whereabouts  # of the segment
    is_member: bool | Failure | None
    destination_id: str
    test_user: str
    by_hand: bool
    counted_before: int | None = None  # the segment's count at the poll before
    learned: Mapping[Stage, Usual] = field(default_factory=dict)  # from earlier runs with this kind of audience
    unseen: frozenset[Stage] = frozenset()  # done before the first look, so the time is unknown
    was_there_before: bool = False  # the segment was there when attaching began: that it is there proves nothing
    has_changed_since: bool = False  # an older segment changed in LaunchDarkly since attaching began
    is_paused: bool = False  # Connect to destination is off
    is_activation_off: bool = False  # every activation that would send the audience
    others: bool = False  # `delivery` may be another audience's
    are_earlier_missing: bool = False  # refused, not sent or lost with the segment, and nothing sends them again
    to_send_again: str = ""  # what to do about those
    was_sent_again: bool = False  # all members, lately: a small count says nothing yet
    is_meant_known: bool = True  # False: unknown which destination is meant


@dataclass(frozen=True, slots=True)
class Judged:
    """What a stage's judge says; title and time are added to it."""

    state: StageState
    detail: str = ""
    usual: str = ""
    advice: str = ""
    per_minute: tuple[int, ...] = ()
    was_refused: bool = False


def under_way(evidence: Evidence, stage: Stage, waited: float | None, late_after_s: float) -> StageState:
    """Judge an unfinished stage: late by the shipped bound or by twice what is usual here, whichever is later."""
    if waited is None:
        return StageState.WAITING
    learned = evidence.learned.get(stage)
    bound = max(late_after_s, 2 * learned.seconds if learned else 0.0)
    return StageState.LATE if waited > bound else StageState.UNDER_WAY


def bound(evidence: Evidence, usual_bound_s: float) -> float:
    return SLOW_WITHIN_S if is_slow(evidence.audience) else usual_bound_s


def is_new(evidence: Evidence) -> bool:
    """Return whether the segment came since attaching began, which proves every stage before it."""
    return evidence.where.segment is not None and not evidence.was_there_before


def is_fed(evidence: Evidence) -> bool:
    """Return whether LaunchDarkly shows that the segment gets something since attaching began."""
    return is_new(evidence) or (evidence.where.segment is not None and evidence.has_changed_since)
