"""Synced segments without an audience, whose members no longer change."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.domain.answers import Answers
from wizard.domain.checks.check import Check, Findings, need, not_judged, passed, warned
from wizard.domain.checks.launchdarkly import launchdarkly_environment, launchdarkly_token
from wizard.domain.checks.segment import segment_engage
from wizard.domain.checks.sync.sync_segment import STEP, list_page, need_segments
from wizard.domain.facts import Facts
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.signals import segment_of_audience
from wizard.text import count

_MOST_NAMED = 3
_NONE = "Every synced segment of this environment has its audience."


def _orphan(facts: Facts, answers: Answers) -> Findings:
    """Warn about segments without an audience, and name flags that use them: these have to change before a deletion."""
    need_segments(facts)
    need(facts.audiences, "the audiences")
    if not segment_of_audience.possibly_orphaned_segments(facts):
        return passed(_NONE)
    need(facts.every_audience, "every audience of the space")
    if not segment_of_audience.unfed_segments(facts):
        return passed(_NONE)
    orphans = segment_of_audience.orphaned_segments(facts, answers)
    if not orphans:
        return not_judged("Not checked: audiences of another space may sync to this environment, too.")
    return _named(orphans, facts, answers)


def _named(orphans: tuple[LaunchDarklySegment, ...], facts: Facts, answers: Answers) -> Findings:
    uses = {one.key: facts.flag_uses.get(one.key) for one in orphans}
    shown = ", ".join(f"{one.name} ({one.key})" for one in orphans[:_MOST_NAMED])
    more = f", and {len(orphans) - _MOST_NAMED} more" if len(orphans) > _MOST_NAMED else ""
    many = count(len(orphans), "synced segment has", "synced segments have")
    return warned(
        f"{many} no audience in this space: {shown}{more}.",
        cause="Most likely the audience was deleted. Segment doesn't remove its members, so flags keep serving them.",
        fix=_fix(orphans, [flag for used in uses.values() if isinstance(used, tuple) for flag in used], uses),
        links=list_page(facts, answers),
        evidence={
            "segments": [one.key for one in orphans],
            "flags": {key: list(used) for key, used in uses.items() if isinstance(used, tuple)},
        },
    )


def _fix(orphans: tuple[LaunchDarklySegment, ...], flags: list[str], uses: Mapping[str, object]) -> str:
    them = "the segment" if len(orphans) == 1 else "the segments"
    if flags:
        named = ", ".join(list(dict.fromkeys(flags))[:_MOST_NAMED])
        return (
            f"In LaunchDarkly, go to Code → Flags and point {named} at another segment first, and only then delete "
            f"{them} under Code → Segments."
        )
    is_unused = all(isinstance(used, tuple) for used in uses.values())
    once = ", which no flag uses" if is_unused else " once no flag uses " + ("it" if len(orphans) == 1 else "them")
    return f"If nobody needs {them}, go to Code → Segments in LaunchDarkly and delete {them}{once}."


ORPHAN = Check(
    "sync.orphan",
    "Segments without an audience",
    STEP,
    _orphan,
    (launchdarkly_token.VALID, launchdarkly_environment.PAIR, segment_engage.ENGAGE),
    matters=False,
    reads=("segments", "every_audience", "flag_uses"),
)
CHECKS = (ORPHAN,)
