"""Causes in what changed since the sync worked. Mostly, only a person remembers that."""

from __future__ import annotations

from wizard.domain.diagnosis.cause import (
    CHECK_AGAIN,
    Cause,
    Proof,
    answer,
    confirms,
    excludes,
    no_answer,
    refused_with,
)
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.services import links
from wizard.domain.signals import deliveries

CHANGED = Question(
    "changed",
    "What changed around the time when the sync stopped?",
    "The wizard sees how things are now, but not how they were before.",
    (
        Choice("token", "The access token was reset or replaced"),
        Choice("person", "Someone left, or their role changed"),
        Choice("audience", "The audience was deleted and recreated"),
        Choice("segment", "The segment was deleted in LaunchDarkly"),
        Choice("edited", "Someone edited the destination, the mapping or the audience"),
        Choice("nothing", "Nothing that I know of"),
    ),
)


def _is_taken_too(evidence: Evidence) -> bool:
    """Return whether LaunchDarkly also accepts events, which it wouldn't with a token that lost its rights."""
    return evidence.is_taken_too


def _passes(evidence: Evidence) -> Proof | None:
    """Exclude an edit if LaunchDarkly is busy or down, because that doesn't depend on what Segment sends."""
    if evidence.code is None or not deliveries.is_temporary(evidence.code):
        return None
    return excludes(f"Deliveries fail with {evidence.code}, which no edit in Segment causes.")


def _nothing_came_of_it(evidence: Evidence) -> Proof | None:
    if not evidence.works or not evidence.counts_agree:
        return None
    return excludes(f"LaunchDarkly accepts what Segment delivers, and {evidence.name} has {evidence.counts}.")


TOKEN_REPLACED = Cause(
    "token-replaced",
    "The token was reset or replaced",
    (
        lambda evidence: excludes("LaunchDarkly accepts what Segment delivers.") if evidence.works else None,
        lambda evidence: excludes("LaunchDarkly knows the destination's token.") if evidence.held_token else None,
        refused_with(401),
        answer("changed", "The token was reset or replaced, as you said.", "token", doubted=_is_taken_too),
        no_answer(
            "changed", "The token wasn't replaced, as you said.", "person", "audience", "segment", "edited", "nothing"
        ),
    ),
    "The destination still holds the old token.",
    "Paste the new service token in the LaunchDarkly step and apply the plan, so that the destination gets it.",
    CHECK_AGAIN,
    (links.SEGMENT_DESTINATIONS, links.TOKEN_EXPIRY_DOCS),
    ask="launchdarkly_token",
)
PERSON_LEFT = Cause(
    "person-left",
    "The token's owner lost their rights",
    (
        lambda evidence: excludes("LaunchDarkly accepts what Segment delivers.") if evidence.works else None,
        lambda evidence: (
            excludes("The destination holds a service token, which doesn't depend on a person.")
            if evidence.held_token and evidence.held_token.service_token
            else None
        ),
        refused_with(401, 403, 404),
        answer("changed", "Someone left or changed roles, as you said.", "person", doubted=_is_taken_too),
        no_answer(
            "changed",
            "Nobody left or changed roles, as you said.",
            "token",
            "audience",
            "segment",
            "edited",
            "nothing",
        ),
    ),
    "The destination holds the personal token of someone who left or lost rights. The token lost the same rights.",
    "In LaunchDarkly, go to Organization settings → Authorization and create a service token. Then paste it in the "
    "LaunchDarkly step and apply the plan, so that the destination gets it.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_NEW_TOKEN, links.ACCESS_TOKENS_DOCS),
)


def _old_is_used(evidence: Evidence) -> Proof | None:
    """Confirm if a flag uses the older segment with the same name, and no flag uses today's."""
    for other in evidence.others_of_the_name:
        if used := evidence.flags_of(other):
            said = f"{', '.join(used[:3])} {'uses' if len(used) == 1 else 'use'} {other.key}, the older segment"
            return None if evidence.flags else confirms(f"{said} with the same name.")
    return None


FLAG_ON_OLD_SEGMENT = Cause(
    "flag-uses-old-segment",
    "The flag uses the old segment",
    (
        _old_is_used,
        lambda evidence: (
            excludes("LaunchDarkly lists one segment with this name.")
            if evidence.segment is not None and not evidence.others_of_the_name
            else None
        ),
        answer("changed", "The audience was deleted and recreated, as you said.", "audience"),
        no_answer(
            "changed",
            "The audience wasn't recreated, as you said.",
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
    (links.LAUNCHDARKLY_SEGMENTS, links.LAUNCHDARKLY_FLAGS, links.SEGMENT_MANAGEMENT_DOCS),
)
EDITED = Cause(
    "edited",
    "Someone edited the setup in Segment",
    (
        _passes,
        _nothing_came_of_it,
        answer("changed", "Someone edited the destination, the mapping or the audience, as you said.", "edited"),
        no_answer("changed", "Nobody edited it, as you said.", "token", "person", "audience", "segment", "nothing"),
    ),
    "Someone edited the setup in Segment, and that changed what Segment sends.",
    "In Segment, go to Settings → Admin → Audit Trail, find the edit and undo it. Or let Review (audience-wizard "
    "apply) restore the values that the sync needs.",
    CHECK_AGAIN,
    (links.SEGMENT_AUDIT_TRAIL,),
)
