"""Causes of a match that fails: the app and the segment use different context kinds or keys for the same person."""

from __future__ import annotations

from wizard.domain.answers import ContextKey
from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.checks.sync import sync_members
from wizard.domain.diagnosis.cause import (
    CHECK_AGAIN,
    REPAIRED,
    Cause,
    Proof,
    answer,
    confirms,
    excludes,
    no_answer,
    suggests,
)
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.facts import listed
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import KeyShapes
from wizard.domain.signals import key_shapes

APP_KIND = Question(
    "app-kind",
    "Which context kind does your app evaluate the flag with?",
    "A synced segment holds contexts of one kind. Contexts of other kinds are never members.",
    (Choice("same", "{context_kind}"), Choice("other", "Another kind")),
)
APP_KEY = Question(
    "app-key",
    "What does your app send as the context key?",
    "A segment matches the context key only, character for character. The mapping is set to {context_key}.",
    (
        Choice("same", "The same value as Segment's identifier"),
        Choice("another", "Another value, such as an email or your app's own ID"),
        Choice("anonymous", "An anonymous key: the visitors haven't signed in"),
    ),
    lambda evidence: (
        not isinstance(evidence.facts.key_shapes, KeyShapes)
        or not evidence.facts.key_shapes.total
        or shape_differs(evidence) is None
    ),
)
IN_AUDIENCE = Question(
    "in-audience",
    "In Segment, go to Unify → Profile explorer and open this person. Is {audience} among the profile's audiences?",
    "Segment's API doesn't show the members of an audience.",
    (Choice("yes", "Yes, for more than an hour"), Choice("recent", "Yes, for less than an hour"), Choice("no", "No")),
)


def _kind_differs(evidence: Evidence) -> Proof | None:
    finding = evidence.finding(sync_members.CONTEXT_KIND)
    if finding is not None and finding.status is Status.WARN:
        return confirms(finding.summary, finding)
    kind = evidence.finding(launchdarkly_app.CONTEXT_KIND)
    if kind is None or kind.status is not Status.FAIL or launchdarkly_app.is_refused(kind):
        return None
    return confirms(kind.summary, kind)


def _kind_is_unseen(evidence: Evidence) -> Proof | None:
    """Confirm that LaunchDarkly has never seen the mapping's kind. If it sees other kinds, the app sends those."""
    finding = evidence.finding(launchdarkly_app.CONTEXT_KIND)
    if finding is None or "seen_in" in finding.evidence:
        return None  # a kind that only another environment saw isn't another kind
    if finding.status is not Status.WARN and not launchdarkly_app.is_refused(finding):
        return None
    seen = [one.key for one in listed(evidence.facts.context_kinds) if one.last_seen and not one.archived]
    if not seen:
        return suggests(finding.summary, finding)
    return confirms(
        f"{finding.summary} It saw the {'kind' if len(seen) == 1 else 'kinds'} {', '.join(seen[:3])}.", finding
    )


def _kind_is_unknown(evidence: Evidence) -> Proof | None:
    """Judge a kind that the project doesn't have. Only if all events are refused as invalid is that the cause."""
    finding = evidence.finding(launchdarkly_app.CONTEXT_KIND)
    if finding is None or finding.status in {Status.SKIPPED, Status.UNKNOWN}:
        return None
    if launchdarkly_app.IS_UNKNOWN not in finding.evidence:
        return excludes(f"The project has the context kind: {finding.summary}")
    is_invalid = evidence.code == 400 and evidence.is_refused
    return confirms(f"Deliveries fail with 400. {finding.summary}", finding) if is_invalid else None


KIND_UNKNOWN = Cause(
    "kind-unknown",
    "The project doesn't have the context kind",
    (_kind_is_unknown,),
    "LaunchDarkly refuses the events as invalid, most likely because the project doesn't have {context_kind}.",
    launchdarkly_app.FIX_THE_KIND,
    REPAIRED,
    (links.CONTEXT_KINDS_DOCS,),
    ask="context_kind",
)

OTHER_KIND = Cause(
    "other-kind",
    "Your app sends another context kind",
    (
        _kind_differs,
        answer("app-kind", "Your app evaluates the flag with another context kind, as you said.", "other"),
        no_answer("app-kind", "Your app evaluates the flag with the segment's context kind, as you said.", "same"),
        _kind_is_unseen,
    ),
    "{kinds_differ}",
    "{one_kind}",
    CHECK_AGAIN,
    (links.CONTEXT_KINDS_DOCS,),
    ask="context_kind",
)


def shape_differs(evidence: Evidence) -> Proof | None:
    """Confirm if hardly any of the app's keys have a shape that the mapping's context key sends."""
    seen, key = evidence.facts.key_shapes, evidence.context_key
    if not isinstance(seen, KeyShapes) or key is None or not key_shapes.differ(seen, key):
        return None
    shape, many = key_shapes.usual(seen)
    said = f"{many} of your app's {seen.total} recent {seen.kind} contexts have {shape} as key"
    return confirms(
        f"{said}, and the mapping sends {'an email address' if key is ContextKey.EMAIL_ONLY else 'the userId'}."
    )


OTHER_KEY = Cause(
    "key-differs",
    "Your app sends another context key",
    (
        shape_differs,
        answer("app-key", "Your app sends another value as the context key, as you said.", "another"),
        no_answer(
            "app-key", "Your app sends Segment's identifier as the context key, as you said.", "same", "anonymous"
        ),
    ),
    "Your app and the mapping use different keys for the same person. The mapping sends {context_key}.",
    "In the Mapping step, choose the context key that your app sends, and apply the plan. Or have your app send "
    "Segment's identifier as its context key.",
    "Check again. If you changed the mapping, members with the old keys stay in {segment}, so it has more members "
    "than the audience. To clear it: {fresh_segment}",
    (links.SEGMENTS_DOCS, links.TWILIO_DESTINATION_DOCS),
    ask="context_key",
)
ANONYMOUS = Cause(
    "anonymous",
    "The visitors haven't signed in",
    (
        answer("app-key", "Your app sends an anonymous key, as you said.", "anonymous"),
        no_answer("app-key", "Your app doesn't send an anonymous key, as you said.", "same", "another"),
    ),
    "Visitors who haven't signed in have no userId, so they aren't members under their anonymous key.",
    "In the Mapping step, choose a context key with AnonymousId, and apply the plan. Have your app send Segment's "
    "anonymousId as its context key. If the audience doesn't admit anonymous users, recreate it: you can't change "
    "this setting later.",
    CHECK_AGAIN,
    (links.ANONYMOUS_CONTEXTS_DOCS, links.TWILIO_DESTINATION_DOCS),
    ask="context_key",
)

# --- one person ---------------------------------------------------------------------------------------------------


def _is_member(evidence: Evidence) -> Proof | None:
    user = evidence.answers.test_user
    return confirms(f"LaunchDarkly counts {user} as a member of {evidence.name}.") if evidence.is_member else None


IS_MEMBER = Cause(
    "is-a-member",
    "The user is a member",
    (_is_member,),
    "Nothing is missing: the sync has added {test_user} to the segment.",
    "If a flag is off for this user, troubleshoot “A user is in the segment, but the flag is off for them”.",
    "In LaunchDarkly, go to Code → Segments, open {segment} and look the user up.",
    (links.SEGMENTS_DOCS,),
    is_trouble=False,
)
NOT_IN_AUDIENCE = Cause(
    "not-in-audience",
    "The user isn't in the audience",
    (
        answer("in-audience", "The profile isn't in the audience, as you saw.", "no"),
        no_answer("in-audience", "The profile is in the audience, as you saw.", "yes", "recent"),
    ),
    "This person isn't in {audience}, so Segment never sends them.",
    "In Segment, go to Engage → Audiences → {audience} and compare its definition with the person's events and traits.",
    CHECK_AGAIN,
    (links.SEGMENT_AUDIENCE, links.SEGMENT_AUDIENCES_DOCS),
)
JUST_JOINED = Cause(
    "just-joined",
    "The user joined less than an hour ago",
    (
        answer("in-audience", "The person joined the audience less than an hour ago, as you saw.", "recent"),
        no_answer("in-audience", "The person has been in the audience for more than an hour.", "yes", "no"),
    ),
    "The person joined the audience less than an hour ago, and the change is on its way.",
    "Wait an hour, or up to eight hours for a batch audience.",
    CHECK_AGAIN,
    (links.SYNCED_SEGMENTS_DOCS,),
    is_trouble=False,
)
