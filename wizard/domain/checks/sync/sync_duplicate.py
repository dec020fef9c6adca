"""Other segments with the same name, which could be mistaken for the audience's."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.domain.answers import Answers
from wizard.domain.checks import subjects
from wizard.domain.checks.check import Check, Findings, not_judged, passed, warned
from wizard.domain.checks.sync.sync_segment import READY, STEP, list_page, need_segments
from wizard.domain.facts import Facts
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.naming import segment_name
from wizard.domain.services.segment import Audience
from wizard.domain.signals import segment_of_audience
from wizard.text import count


def _duplicate(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Warn about segments with the same name that are certainly not the audience's."""
    need_segments(facts)
    name = segment_name(audience.key)
    among = segment_of_audience.candidates(audience, facts, answers)
    right = (segment_of_audience.found(audience, facts), *among)
    synced = [one for one in segment_of_audience.namesakes(audience, facts) if one not in right]
    by_hand = list(segment_of_audience.made_by_hand(audience, facts))
    if synced or by_hand:
        return _too_many(name, synced, by_hand, audience, facts, answers)
    if among:
        return not_judged(
            f"Not checked: we can't tell which segment belongs to {audience.name}. See `sync.segment`.",
            evidence={"candidates": [one.key for one in among]},
        )
    return passed(f"No other segment is called {name}.")


def _too_many(
    name: str,
    synced: list[LaunchDarklySegment],
    by_hand: list[LaunchDarklySegment],
    audience: Audience,
    facts: Facts,
    answers: Answers,
) -> Findings:
    others = (*synced, *by_hand)
    keys = [segment.key for segment in others]
    uses = {segment.key: segment_of_audience.flags_of(segment, audience, facts) for segment in others}
    unless = ", unless another audience syncs to it" if synced else ""
    return warned(
        f"{count(len(keys), 'more segment')} in LaunchDarkly {'is' if len(keys) == 1 else 'are'} called {name}.",
        cause="A segment that someone created by hand never gets members from Segment."
        if by_hand
        else "The audience was recreated: a new audience gets a new segment with the same name.",
        fix=_how_to_remove(uses, segment_of_audience.found(audience, facts)) + unless + ".",
        links=list_page(facts, answers),
        evidence={"others": keys, "flags": {key: list(flags) for key, flags in uses.items() if flags}},
    )


def _how_to_remove(uses: Mapping[str, tuple[str, ...] | None], right: LaunchDarklySegment | None) -> str:
    """Return the fix. Nobody should delete a segment while a flag uses it, so the flags' rules change first."""
    keys = ", ".join(list(uses)[:3])
    flags = tuple(dict.fromkeys(flag for used in uses.values() for flag in used or ()))
    if flags:
        named = f"{right.name} ({right.key})" if right else "the audience's own segment"
        return (
            f"In LaunchDarkly, go to Code → Flags and change the rules of {', '.join(flags[:3])} to {named}. Then "
            f"delete or rename {keys} under Code → Segments"
        )
    is_unused = all(used is not None for used in uses.values())
    once = "" if is_unused else f" once no flag uses {'it' if len(uses) == 1 else 'them'}"
    return f"In LaunchDarkly, go to Code → Segments and delete or rename {keys}{once}"


DUPLICATE = Check(
    "sync.duplicate",
    "Segments with the same name",
    STEP,
    subjects.for_each_segment(_duplicate),
    READY,
    matters=False,
    reads=("segments", "namesakes", "flag_uses"),
)
CHECKS = (DUPLICATE,)
