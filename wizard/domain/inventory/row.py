"""One row of the inventory: a synced segment with all that feeds it and all that uses it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from wizard.domain.diagnosis.symptoms.symptom_id import SymptomId
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.segment import Audience, Destination, Subscription


class Standing(StrEnum):
    """How a segment stands; the values are part of the JSON document (docs/reference.md#inventory---json)."""

    IN_STEP = "in_step"
    LATE = "late"  # it has fewer members than its audience
    MORE_MEMBERS = "more_members"
    ORPHAN = "orphan"  # nothing feeds it any more
    DOUBLE = "double"  # another segment has its name, and that one or nobody knows which is the audience's
    UNKNOWN = "unknown"


WORDS = {
    Standing.IN_STEP: "in step",
    Standing.LATE: "late",
    Standing.MORE_MEMBERS: "more members",
    Standing.ORPHAN: "orphan",
    Standing.DOUBLE: "double",
    Standing.UNKNOWN: "unknown",
}
MEANINGS = {
    Standing.IN_STEP: "It has as many members as its audience.",
    Standing.LATE: "It has fewer members than its audience.",
    Standing.MORE_MEMBERS: "It has more members than its audience.",
    Standing.ORPHAN: "Nothing sends members to it any more.",
    Standing.DOUBLE: "Another segment has the same name.",
    Standing.UNKNOWN: "We couldn't read enough to tell.",
}
SYMPTOMS = {
    Standing.LATE: SymptomId.FEWER_MEMBERS,
    Standing.MORE_MEMBERS: SymptomId.MORE_MEMBERS,
    Standing.ORPHAN: SymptomId.WORKED_BEFORE,
    Standing.DOUBLE: SymptomId.TWO_OF_ONE_NAME,
}


@dataclass(frozen=True, slots=True)
class Row:
    """`reason` says what was seen, `fix` what to do. `flags` None: LaunchDarkly didn't say which flags use it."""

    project: str
    environment: str
    segment: LaunchDarklySegment
    standing: Standing
    reason: str = ""
    fix: str = ""
    audience: Audience | None = None
    destination: Destination | None = None
    mapping: Subscription | None = None
    flags: tuple[str, ...] | None = None
    may_be_fed: bool = False  # as well as its namesake: nobody can tell which of them is

    @property
    def symptom(self) -> str:
        """Return the symptom that a diagnosis of this row begins with; empty where it needs its audience, and has none.

        A double has its namesake's audience, of which two segments are seen.
        """
        return SYMPTOMS.get(self.standing, "") if self.audience is not None else ""

    @property
    def may_be_cleaned_up(self) -> bool:
        """Return whether nobody would feed the segment again: its audience is gone, or feeds another one."""
        is_fed_by_none = self.standing is Standing.ORPHAN and self.audience is None
        return is_fed_by_none or (self.standing is Standing.DOUBLE and not self.may_be_fed)


def are_in_step(rows: Iterable[Row]) -> bool | None:
    """Return whether all are in step; None when one is unknown and no other is out of step."""
    standings = {row.standing for row in rows}
    if standings - {Standing.IN_STEP, Standing.UNKNOWN}:
        return False
    return None if Standing.UNKNOWN in standings else True
