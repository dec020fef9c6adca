"""Ends where every member is there, and nothing is wrong."""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.checks.launchdarkly import launchdarkly_app, launchdarkly_permissions
from wizard.domain.diagnosis.cause import CHECK_AGAIN, Cause, Proof, confirms
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.signals import deliveries
from wizard.text import count


def compared(evidence: Evidence) -> str:
    """Return a sentence that says what was compared, and when."""
    at = f"{evidence.facts.now:%H:%M} UTC"
    size = count(evidence.size or 0, "member")
    return f"At {at}, LaunchDarkly counted {evidence.members or 0:,} in {evidence.name}, and Segment counted {size}."


def _agree(evidence: Evidence) -> Proof | None:
    return confirms(compared(evidence)) if evidence.counts_agree else None


NOTHING_WRONG = Cause(
    "nothing-wrong",
    "Nothing is wrong",
    (_agree,),
    "Nothing is wrong with the sync.",
    "You don't have to do anything. When people enter or leave the audience, the segment follows within minutes.",
    "Check again when the two counts differ.",
    (links.SYNCED_SEGMENTS_DOCS,),
    is_trouble=False,
)


_KEEP_OUT = (launchdarkly_permissions.PERMISSIONS, launchdarkly_app.CONTEXT_KIND)  # failures that stop the next change


def _runs(evidence: Evidence) -> Proof | None:
    """Confirm that every member is there and LaunchDarkly refuses nothing. A quiet audience has nothing left to send.

    Without Segment's counts, a token that LaunchDarkly knows is enough, or a user who saw no failed delivery.
    """
    seen = evidence.delivery
    if not evidence.counts_agree or any(evidence.has_status(check, Status.FAIL) for check in _KEEP_OUT):
        return None
    if seen is None:
        is_accepted = evidence.held_token is not None or evidence.given.get("code") == "none"
        return confirms(compared(evidence)) if is_accepted else None
    is_taken = not seen.failed or deliveries.is_over(seen)
    return confirms(f"{compared(evidence)} LaunchDarkly has refused nothing recently.") if is_taken else None


WORKS_AGAIN = replace(
    NOTHING_WRONG,
    signs=(_runs,),
    says="We found nothing wrong: {segment} has {counts}.",
    fix="You don't have to do anything. If something still looks wrong, save a report (audience-wizard "
    "doctor --report FILE) and send it to LaunchDarkly and Segment support.",
)


def _nobody_is_missing(evidence: Evidence) -> Proof | None:
    return confirms(compared(evidence)) if evidence.nobody_is_missing else None


EVERYBODY_IS_THERE = Cause(
    "everybody-is-there",
    "Every member of the audience is there",
    (_nobody_is_missing,),
    "Nothing is wrong with the sync: {segment} has {counts}. Anyone who's missing isn't in {audience}, or is in the "
    "segment under another key.",
    "In Segment, go to Unify → Profile explorer, open the person and check that {audience} is among the profile's "
    "audiences. To look the person up in LaunchDarkly too, name the user ({name_user}).",
    CHECK_AGAIN,
    (links.SEGMENT_PROFILES, links.SYNCED_SEGMENTS_DOCS),
    is_trouble=False,
    explains=False,
)


def _there(evidence: Evidence) -> Proof | None:
    return confirms(f"LaunchDarkly lists {evidence.name}, with {evidence.counts}.") if evidence.segment else None


IS_THERE = Cause(
    "is-there",
    "The segment exists under another name",
    (_there,),
    "LaunchDarkly names the segment after the audience's key, {audience_key}, not after the audience's name, "
    "{audience}.",
    "In LaunchDarkly, go to Code → Segments and open {segment}.",
    "The segment's page shows {counts}.",
    (links.LAUNCHDARKLY_SEGMENT, links.SYNCED_SEGMENTS_DOCS),
    ("segment",),
    is_trouble=False,
)
