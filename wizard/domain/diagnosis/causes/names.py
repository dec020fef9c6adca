"""Causes around names: two segments with one name, an edited name, or a name that nobody expects."""

from __future__ import annotations

from wizard.domain.diagnosis.cause import CHECK_AGAIN, Cause, Proof, answer, confirms, excludes, no_answer, suggests
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import LaunchDarklySegment
from wizard.domain.services.naming import segment_name
from wizard.text import count

CANDIDATE = Question(
    "candidate",
    "LaunchDarkly has {candidates}. Does one of them hold the members of {audience}?",
    "Their names and keys don't follow the audience's, so the wizard can't tell. Open each under Code → Segments.",
    (Choice("yes", "Yes"), Choice("no", "No")),
    lambda evidence: bool(evidence.candidates),
)

# --- names --------------------------------------------------------------------------------------------------------


def _others(evidence: Evidence) -> str:
    return ", ".join(one.key for one in evidence.others_of_the_name[:3])


def _is_made_by_hand(evidence: Evidence) -> Proof | None:
    others = evidence.others_of_the_name
    if not others:
        return None
    if all(not one.external for one in others):
        return confirms(f"{_others(evidence)} has the same name, but no sync fills it.")
    return excludes(f"{_others(evidence)} is a synced segment, too.")


MADE_BY_HAND = Cause(
    "made-by-hand",
    "Someone created a segment with the same name by hand",
    (_is_made_by_hand,),
    "{others} has the same name as the synced segment, but someone created it by hand. Segment never fills it.",
    "{retire_other}",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.SEGMENT_MANAGEMENT_DOCS),
)


def _is_made_again(evidence: Evidence) -> Proof | None:
    others = [one for one in evidence.others_of_the_name if one.external]
    if not others:
        return None
    if _is_newer(others[0], evidence.segment):
        return excludes(f"{others[0].key} is newer than the audience's own segment.")
    members = others[0].included_count
    counted = f", with {count(members, 'member')}," if members is not None else ""
    used = evidence.flags_of(others[0])
    flags = f", and {count(len(used), 'flag uses', 'flags use')} it: {', '.join(used[:3])}" if used else ""
    return confirms(
        f"{others[0].key}{counted} has the same name{flags}. Most likely it belongs to an earlier audience."
    )


MADE_AGAIN = Cause(
    "audience-made-again",
    "The audience was deleted and recreated",
    (_is_made_again,),
    "Most likely {audience} was deleted and recreated. The new audience got a new segment with the same name, and "
    "the old segment stayed.",
    "{retire_other}",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.LAUNCHDARKLY_FLAGS, links.SEGMENT_MANAGEMENT_DOCS),
)


def _is_newer(other: LaunchDarklySegment, own: LaunchDarklySegment | None) -> bool:
    made, made_own = other.created_at, own.created_at if own else None
    return made is not None and made_own is not None and made > made_own


def _is_filled_by_another(evidence: Evidence) -> Proof | None:
    synced = [one for one in evidence.others_of_the_name if one.external]
    if not synced or not _is_newer(synced[0], evidence.segment):
        return None
    return confirms(f"{synced[0].key} has the same name, and it's newer than the audience's own.")


SAME_KEY = Cause(
    "same-key",
    "Another audience has the same key",
    (_is_filled_by_another,),
    "Another audience with the key {audience_key} fills {others}. It may be in another space, or it may replace "
    "{audience}.",
    "In Segment, go to Engage → Audiences in each space and decide which audience with this key to keep. "
    "In LaunchDarkly, go to Code → Flags and point every flag at that audience's segment. Then choose Remove "
    "destination from audience in the other audience, and delete the other segment last.",
    CHECK_AGAIN,
    (links.SEGMENT_AUDIENCES, links.SEGMENT_MANAGEMENT_DOCS),
)


def _may_be_there(evidence: Evidence) -> Proof | None:
    among = evidence.candidates
    if not among:
        return excludes("No other segment in LaunchDarkly fits.")
    made = [one for one in among if evidence.is_made_by_the_sync(one)]
    if len(made) == 1:
        return confirms(f"The audit log shows that the destination's token created {made[0].name} ({made[0].key}).")
    names = ", ".join(f"{one.name} ({one.key})" for one in among[:3])
    return suggests(f"This may be the segment: {names}.")


MAYBE_THERE = Cause(
    "maybe-there",
    "The segment exists under an unexpected name",
    (
        answer("candidate", "One of them holds the audience's members, as you saw.", "yes"),
        no_answer("candidate", "None of them holds the audience's members, as you saw.", "no"),
        _may_be_there,
    ),
    "The segment exists under another name or key: {candidates}.",
    "In LaunchDarkly, go to Code → Segments and use the segment that holds the audience's members. Don't delete any "
    "of them until you're certain.",
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
    "Only one segment has this name",
    (_is_alone,),
    "Only one segment is called {segment}. The other one may be in another environment or project.",
    "In LaunchDarkly, go to Code → Segments and compare the projects and environments of the two.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS,),
    is_trouble=False,
)


def _is_named_after_key(evidence: Evidence) -> Proof | None:
    one, segment = evidence.audience, evidence.segment
    if one is None or segment is None:
        return None
    said = f"The audience's key is {one.key}, and its segment is called {segment.name}."
    return (excludes if _is_edited(evidence) else confirms)(said)


def _is_edited(evidence: Evidence) -> bool:
    one, segment = evidence.audience, evidence.segment
    return one is not None and segment is not None and segment.name.casefold() != segment_name(one.key).casefold()


def _name_was_edited(evidence: Evidence) -> Proof | None:
    if not _is_edited(evidence) or evidence.audience is None:
        return None
    usual = segment_name(evidence.audience.key)
    return confirms(
        f"The segment of {evidence.audience.key} is usually called {usual}, and it's called {evidence.name}."
    )


NAME_EDITED = Cause(
    "name-edited",
    "Someone edited the segment's name",
    (_name_was_edited,),
    "The sync didn't give {segment} its name. Most likely someone edited the name in LaunchDarkly.",
    "In LaunchDarkly, go to Code → Segments, open {segment} and edit its name. The sync doesn't depend on it.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.TWILIO_DOCS),
    is_trouble=False,
)
NAME_FROM_KEY = Cause(
    "name-from-key",
    "The name comes from the audience's key",
    (_is_named_after_key,),
    "LaunchDarkly names the segment after the audience's key, {audience_key}: it capitalizes the first letter and "
    "turns underscores into spaces. LaunchDarkly's own guide names the audience's name instead.",
    "In LaunchDarkly, edit the segment's name: the sync doesn't depend on it. You can't change an audience's key in "
    "Segment.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.TWILIO_DOCS),
    is_trouble=False,
)
