"""Causes around names: two segments of one name, an odd name, a name that nobody expects."""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.diagnosis.cause import (
    CHECK_AGAIN,
    Cause,
    Proof,
    answer,
    confirms,
    excludes,
    no_answer,
    suggests,
)
from wizard.domain.diagnosis.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.text import count

CANDIDATE = Question(
    "candidate",
    "LaunchDarkly has {candidates}. Does one of them hold the members of {audience}?",
    "Their names and keys don't follow the audience's, so the wizard can't tell. Open each under Code → Segments.",
    (Choice("yes", "Yes"), Choice("no", "No")),
    lambda evidence: bool(evidence.whereabouts.candidates),
)

# --- names --------------------------------------------------------------------------------------------------------


def _others(evidence: Evidence) -> str:
    return ", ".join(one.key for one in evidence.others_of_the_name[:3])


def _is_made_by_hand(evidence: Evidence) -> Proof | None:
    others = evidence.others_of_the_name
    if not others:
        return None
    if all(not one.external for one in others):
        return confirms(f"{_others(evidence)} has the same name, and no sync fills it.")
    return excludes(f"{_others(evidence)} is a synced segment, too.")


MADE_BY_HAND = Cause(
    "made-by-hand",
    "Someone made a segment of the same name by hand",
    (_is_made_by_hand,),
    "{others} has the same name as the synced segment, but someone made it by hand. Segment never fills it.",
    "{retire_other}",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.SEGMENT_MANAGEMENT_DOCS),
)


def _is_made_again(evidence: Evidence) -> Proof | None:
    others = [one for one in evidence.others_of_the_name if one.external]
    if not others:
        return None
    members = others[0].included_count
    counted = f" with {count(members, 'member')}" if members is not None else ""
    used = evidence.flags_of(others[0])
    flags = f", and {count(len(used), 'flag uses', 'flags use')} it: {', '.join(used[:3])}" if used else ""
    return confirms(f"Another audience with the same key made {others[0].key}{counted}{flags}.")


MADE_AGAIN = Cause(
    "audience-made-again",
    "The audience was deleted and made again",
    (_is_made_again,),
    "Most likely {audience} was deleted and made again: a new audience makes a new segment with the same name, and the "
    "old segment stays.",
    "{retire_other}",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.SEGMENT_MANAGEMENT_DOCS),
)


def _may_be_there(evidence: Evidence) -> Proof | None:
    among = evidence.whereabouts.candidates
    if not among:
        return excludes("LaunchDarkly lists no other segment that it could be.")
    names = ", ".join(f"{one.name} ({one.key})" for one in among[:3])
    return suggests(f"This may be the segment: {names}.")


MAYBE_THERE = Cause(
    "maybe-there",
    "The segment is there under a name that doesn't follow the audience's",
    (
        answer("candidate", "One of them holds the audience's members, as you saw.", "yes"),
        no_answer("candidate", "None of them holds the audience's members, as you saw.", "no"),
        _may_be_there,
    ),
    "The segment is there, under another name or key: {candidates}.",
    "In LaunchDarkly, go to Code → Segments and use the one that holds the audience's members. Don't delete any of "
    "them before you're certain.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.SYNCED_SEGMENTS_DOCS),
    is_trouble=False,
)


def _is_alone(evidence: Evidence) -> Proof | None:
    if not isinstance(evidence.facts.segments, tuple) or evidence.others_of_the_name or evidence.segment is None:
        return None
    return confirms(f"LaunchDarkly lists one segment called {evidence.name}: {evidence.segment.key}.")


ONLY_ONE = Cause(
    "only-one",
    "There is only one segment of this name",
    (_is_alone,),
    "Only one segment is called {segment}. The other one may be in another environment or project.",
    "In LaunchDarkly, go to Code → Segments and compare the project and environment of the two.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS,),
    is_trouble=False,
)


def _is_named_after_key(evidence: Evidence) -> Proof | None:
    one, segment = evidence.audience, evidence.segment
    if one is None or segment is None:
        return None
    return confirms(f"The audience's key is {one.key}, and its segment is called {segment.name}.")


NAME_FROM_KEY = Cause(
    "name-from-key",
    "The name comes from the audience's key",
    (_is_named_after_key,),
    "LaunchDarkly names the segment after the audience's key, {audience_key}: the first letter becomes a capital, and "
    "underscores become spaces. LaunchDarkly's own guide says that the segment has the audience's name.",
    "The key of an audience can't be changed in Segment. In LaunchDarkly, you can edit the segment's name: the sync "
    "doesn't depend on it.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.TWILIO_DOCS),
    is_trouble=False,
)
