"""One row of the inventory: a synced segment with all that feeds it and all that uses it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Audience, Destination, Subscription


class SegmentState(StrEnum):
    """The state of a segment. The values are part of the JSON document (docs/reference.md#inventory---json)."""

    IN_STEP = "in_step"
    LATE = "late"  # it has fewer members than its audience
    MORE_MEMBERS = "more_members"
    ORPHAN = "orphan"  # nothing feeds it anymore
    DOUBLE = "double"  # another segment has the same name, and is or may be the audience's
    UNKNOWN = "unknown"


WORDS = {
    SegmentState.IN_STEP: "in step",
    SegmentState.LATE: "late",
    SegmentState.MORE_MEMBERS: "more members",
    SegmentState.ORPHAN: "orphan",
    SegmentState.DOUBLE: "double",
    SegmentState.UNKNOWN: "unknown",
}
MEANINGS = {
    SegmentState.IN_STEP: "It has as many members as its audience.",
    SegmentState.LATE: "It has fewer members than its audience.",
    SegmentState.MORE_MEMBERS: "It has more members than its audience.",
    SegmentState.ORPHAN: "No audience syncs to it.",
    SegmentState.DOUBLE: "Another segment has the same name.",
    SegmentState.UNKNOWN: "We couldn't read enough to tell.",
}
SYMPTOMS = {
    SegmentState.LATE: SymptomId.FEWER_MEMBERS,
    SegmentState.MORE_MEMBERS: SymptomId.MORE_MEMBERS,
    SegmentState.ORPHAN: SymptomId.WORKED_BEFORE,
    SegmentState.DOUBLE: SymptomId.TWO_OF_ONE_NAME,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `reason`: what was seen; `fix`: what to do; `flags` None: LaunchDarkly didn't say which flags use it."""

    project: str
    environment: str
    segment: LaunchDarklySegment
    state: SegmentState
    reason: str = ""
    fix: str = ""
    audience: Audience | None = None
    destination: Destination | None = None
    mapping: Subscription | None = None
    flags: tuple[str, ...] | None = None
    may_be_fed: bool = False  # an audience feeds this segment or its namesake, and we can't tell which

    @property
    def symptom(self) -> str:
        """Return the symptom to begin a diagnosis of this row with; empty if there's none, or no audience to diagnose.

        A double has its namesake's audience, for which the diagnosis sees two segments.
        """
        return SYMPTOMS.get(self.state, "") if self.audience is not None else ""

    @property
    def may_be_cleaned_up(self) -> bool:
        """Return whether nothing will feed the segment again: its audience is gone, or feeds another segment."""
        is_fed_by_none = self.state is SegmentState.ORPHAN and self.audience is None
        return is_fed_by_none or (self.state is SegmentState.DOUBLE and not self.may_be_fed)


def are_in_step(rows: Iterable[Row]) -> bool | None:
    """Return whether all rows are in step; None if some are unknown and all others are in step."""
    states = {row.state for row in rows}
    if states - {SegmentState.IN_STEP, SegmentState.UNKNOWN}:
        return False
    return None if SegmentState.UNKNOWN in states else True
