"""Whether a flag uses the segment."""

from __future__ import annotations

from datetime import timedelta

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.checks.check import Check, Findings, need, passed, skipped, warned
from wizard.domain.checks.sync.sync_segment import THERE, need_segment, page
from wizard.domain.facts import Facts
from wizard.domain.services import links
from wizard.domain.services.naming import flag_rule
from wizard.domain.services.segment import Audience
from wizard.domain.signals.segment_of_audience import slot_of_segment
from wizard.domain.step_id import StepId
from wizard.text import count

STEP = StepId.FIRST_SYNC


_NEW = timedelta(hours=1)  # too new for a flag to use the segment


def _flags(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Judge whether flags use the segment. Only a segment that was read by its key shows that."""
    need_segment(audience, facts, answers)
    details = facts.segment_details.get(slot_of_segment(audience, facts))
    segment = need(details, f"which flags use the segment of {audience.name}")
    if segment.flags is None:
        return skipped(f"LaunchDarkly doesn't say which flags use {segment.name}.")
    evidence = {"key": segment.key, "name": segment.name, "flags": list(segment.flags[:20])}
    if segment.flags:
        pages = page(segment, facts, answers)
        using = count(len(segment.flags), "flag uses", "flags use")
        return passed(f"{using} {segment.name}.", evidence=evidence, links=pages)
    if segment.created_at is not None and facts.now - segment.created_at < _NEW:
        said = f"No flag uses {segment.name} yet. In LaunchDarkly, go to Code → Flags, open your flag and add a rule: "
        return skipped(f"{said}{flag_rule(segment.name)}.", evidence=evidence)
    return warned(
        f"No flag uses {segment.name} yet.",
        cause="A segment does nothing until a flag rule uses it.",
        fix=f"In LaunchDarkly, go to Code → Flags, open your flag and add a rule: {flag_rule(segment.name)}.",
        links=(*page(segment, facts, answers), links.SEGMENTS_DOCS),
        evidence=evidence,
    )


FLAGS = Check(
    "launchdarkly.flags",
    "Flags that use the segment",
    STEP,
    subjects.for_each_segment(_flags),
    THERE,
    matters=False,
    reads=("segment_details",),
)
CHECKS = (FLAGS,)
