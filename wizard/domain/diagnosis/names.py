"""Causes around names and endings: two segments of one name, an odd name, members who stay."""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.checks import audience as audience_checks
from wizard.domain.checks import audience_attached
from wizard.domain.checks import mapping as mapping_checks
from wizard.domain.diagnosis.cause import (
    CHECK_AGAIN,
    Cause,
    Proof,
    answer,
    confirms,
    excludes,
    fails,
    no_answer,
    suggests,
)
from wizard.domain.diagnosis.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.findings import Status
from wizard.text import count

CHANGED = Question(
    "changed",
    "What changed around the time when it stopped?",
    "The wizard sees how things are now, but not what they were like before.",
    (
        Choice("token", "The access token was reset or replaced"),
        Choice("person", "Someone left, or their role changed"),
        Choice("audience", "The audience was deleted and created again"),
        Choice("segment", "The segment was deleted in LaunchDarkly"),
        Choice("edited", "Someone edited the destination, the mapping or the audience"),
        Choice("nothing", "Nothing that we know of"),
    ),
)

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

# --- members who stay ---------------------------------------------------------------------------------------------

_KEPT = "Segment removes nobody from a LaunchDarkly segment when an audience is deleted or detached."


def was_deleted(evidence: Evidence) -> Proof | None:
    """Look at every audience that was chosen: one that is gone has no key that its finding could name."""
    found = [one for one in evidence.findings if one.id == audience_checks.EXISTS.id]
    gone = next((one for one in found if one.status is Status.FAIL), None)
    if gone is not None:
        return confirms(gone.summary, gone)
    there = next((one for one in found if one.status is Status.PASS), None)
    return excludes(there.summary, there) if there is not None else None


AUDIENCE_DELETED = Cause(
    "audience-deleted",
    "The audience was deleted",
    (was_deleted,),
    f"The audience was deleted. {_KEPT}",
    "{retire_own}",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.SEGMENT_MANAGEMENT_DOCS),
)


def _is_detached(evidence: Evidence) -> Proof | None:
    finding = evidence.finding(audience_attached.ATTACHED)
    if finding is None or finding.status not in {Status.FAIL, Status.PASS}:
        return None
    if finding.status is Status.PASS or evidence.connection is not None:
        return excludes("The destination is attached to the audience.", finding)
    return confirms(finding.summary, finding)


DETACHED = Cause(
    "audience-detached",
    "The audience was detached",
    (_is_detached,),
    f"{{audience}} no longer sends to {{destination}}. {_KEPT}",
    "To go on syncing, attach the audience again in Review (audience-wizard apply). To end it, {retire_clause}.",
    CHECK_AGAIN,
    (links.SEND_AUDIENCE_DATA_DOCS, links.SEGMENT_MANAGEMENT_DOCS),
)


def _is_paused(evidence: Evidence) -> Proof | None:
    connection = evidence.connection
    if connection is None or connection.enabled is None:
        return None
    if connection.enabled:
        return excludes("Connect to destination is on.")
    return confirms(f"Connect to destination is off for {evidence.destination.name if evidence.destination else 'it'}.")


PAUSED = Cause(
    "connection-paused",
    "Connect to destination is off",
    (_is_paused,),
    "{audience} is paused: Connect to destination is off, so neither new members nor removals are sent.",
    "In Segment, go to Engage → Audiences → {audience}, open {destination} and switch on Connect to destination.",
    CHECK_AGAIN,
    (links.SEND_AUDIENCE_DATA_DOCS,),
)
TRIGGER_DROPS_EXITS = Cause(
    "trigger-drops-exits",
    "The mapping's trigger drops members who leave",
    (fails(mapping_checks.TRIGGER),),
    "The mapping's trigger was edited, so events of members who leave aren't sent.",
    "Restore the preset's trigger in Review (audience-wizard apply).",
    CHECK_AGAIN,
    (links.SEGMENT_DESTINATIONS,),
)


def _removals_arrive(evidence: Evidence) -> Proof | None:
    return (
        confirms(f"{evidence.name} has {evidence.counts}, so nobody is left over.") if evidence.counts_agree else None
    )


REMOVALS_WORK = Cause(
    "removals-work",
    "Members are removed",
    (_removals_arrive,),
    "Nothing is wrong: {segment} has {counts}, so members who leave the audience are removed.",
    "You don't have to do anything. A change arrives within minutes, and after up to eight hours for a batch audience.",
    CHECK_AGAIN,
    (links.SYNCED_SEGMENTS_DOCS,),
    is_trouble=False,
)

# --- what a person remembers --------------------------------------------------------------------------------------

TOKEN_REPLACED = Cause(
    "token-replaced",
    "The token was reset or replaced",
    (
        lambda evidence: excludes("LaunchDarkly takes what Segment delivers.") if evidence.works else None,
        lambda evidence: excludes("LaunchDarkly knows the destination's token.") if evidence.held_token else None,
        answer("changed", "The token was reset or replaced, as you said.", "token"),
        no_answer(
            "changed", "The token wasn't replaced, as you said.", "person", "audience", "segment", "edited", "nothing"
        ),
    ),
    "The destination still holds the old token.",
    "Paste the new token in the LaunchDarkly step and apply the plan, so that the destination gets it.",
    CHECK_AGAIN,
    (links.SEGMENT_DESTINATIONS, links.TOKEN_EXPIRY_DOCS),
)
PERSON_LEFT = Cause(
    "person-left",
    "The token's owner lost their rights",
    (
        lambda evidence: excludes("LaunchDarkly takes what Segment delivers.") if evidence.works else None,
        lambda evidence: (
            excludes("The destination holds a service token, which depends on nobody.")
            if evidence.held_token and evidence.held_token.service_token
            else None
        ),
        answer("changed", "Someone left or got another role, as you said.", "person"),
        no_answer(
            "changed",
            "Nobody left or got another role, as you said.",
            "token",
            "audience",
            "segment",
            "edited",
            "nothing",
        ),
    ),
    "A personal token loses its rights when its owner does.",
    "In LaunchDarkly, go to Organization settings → Authorization and create a service token. Then paste it in the "
    "LaunchDarkly step and apply the plan, so that the destination gets it.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_NEW_TOKEN, links.ACCESS_TOKENS_DOCS),
)


def _old_is_used(evidence: Evidence) -> Proof | None:
    """A flag targets the segment of an audience that was deleted, and none targets today's."""
    for other in evidence.others_of_the_name:
        if used := evidence.flags_of(other):
            said = f"{', '.join(used[:3])} {'uses' if len(used) == 1 else 'use'} {other.key}, the older segment"
            return None if evidence.flags else confirms(f"{said} of the same name.")
    return None


FLAG_ON_OLD_SEGMENT = Cause(
    "flag-uses-old-segment",
    "The flag uses the old segment",
    (
        _old_is_used,
        lambda evidence: (
            excludes("LaunchDarkly lists one segment of this name.")
            if evidence.segment is not None and not evidence.others_of_the_name
            else None
        ),
        answer("changed", "The audience was deleted and created again, as you said.", "audience"),
        no_answer(
            "changed",
            "The audience wasn't created again, as you said.",
            "token",
            "person",
            "segment",
            "edited",
            "nothing",
        ),
    ),
    "A new audience makes a new segment, and your flag still uses the old one.",
    "{retire_other}",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_SEGMENTS, links.SEGMENT_MANAGEMENT_DOCS),
)
EDITED = Cause(
    "edited",
    "Someone edited the set-up in Segment",
    (
        answer("changed", "Someone edited the destination, the mapping or the audience, as you said.", "edited"),
        no_answer("changed", "Nobody edited it, as you said.", "token", "person", "audience", "segment", "nothing"),
    ),
    "An edit in Segment changed what is sent.",
    "In Segment, go to Settings → Admin → Audit Trail, find the edit and undo it, or restore it in Review "
    "(audience-wizard apply).",
    CHECK_AGAIN,
    (links.SEGMENT_AUDIT_TRAIL,),
)
