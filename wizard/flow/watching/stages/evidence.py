"""The evidence from one poll of an audience, and the judgment of a stage."""

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
    """Return in few words why a poll brought no answer, without the parts that differ from poll to poll."""
    return explain(replace(failure, request_id="", message="")).summary.removesuffix(".")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one poll saw of an audience. None means that it wasn't read, a Failure that no answer came."""

    audience: Audience | None
    connections: Connections | Failure | None
    delivery: Delivery | Failure | None
    where: Whereabouts  # where the segment is
    is_member: bool | Failure | None
    destination_id: str
    test_user: str
    by_hand: bool
    counted_before: int | None = None  # the segment's count at the poll before
    learned: Mapping[Stage, Usual] = field(default_factory=dict)  # from earlier runs with this kind of audience
    unseen: frozenset[Stage] = frozenset()  # done before the first poll, so their time is unknown
    was_there_before: bool = False  # the segment is older than attaching, so it proves nothing
    has_changed_since: bool = False  # an older segment changed in LaunchDarkly since attaching began
    is_paused: bool = False  # Connect to destination is off
    is_activation_off: bool = False  # no activation that would send the audience is on
    others: bool = False  # `delivery` may be another audience's
    are_earlier_missing: bool = False  # members were refused, not sent or lost, and nothing sends them again
    to_send_again: str = ""  # how to send those members again
    was_sent_again: bool = False  # all members were sent again recently, so a small count says nothing yet
    is_meant_known: bool = True  # False: we don't know which destination the user means


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgment of one stage, before `judge` adds its title and time."""

    state: StageState
    detail: str = ""
    usual: str = ""
    advice: str = ""
    per_minute: tuple[int, ...] = ()
    was_refused: bool = False


def under_way(evidence: Evidence, stage: Stage, waited: float | None, late_after_s: float) -> StageState:
    """Judge an unfinished stage. It's late after the fixed bound or twice this machine's usual time, the longer one."""
    if waited is None:
        return StageState.WAITING
    learned = evidence.learned.get(stage)
    bound = max(late_after_s, 2 * learned.seconds if learned else 0.0)
    return StageState.LATE if waited > bound else StageState.UNDER_WAY


def bound(evidence: Evidence, usual_bound_s: float) -> float:
    return SLOW_WITHIN_S if is_slow(evidence.audience) else usual_bound_s


def is_new(evidence: Evidence) -> bool:
    """Return whether the segment appeared after attaching began, which proves the stages before it."""
    return evidence.where.segment is not None and not evidence.was_there_before


def is_fed(evidence: Evidence) -> bool:
    """Return whether LaunchDarkly shows that the segment is new, or has changed since attaching began."""
    return is_new(evidence) or (evidence.where.segment is not None and evidence.has_changed_since)
