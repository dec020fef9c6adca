"""Ends for users who can't answer what only the app's developers know, if everything readable is as it should be.

Support, who look with a token of their own, get them without any question, and other users after the last question.
"""

from __future__ import annotations

from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.diagnosis.cause import CHECK_AGAIN, DEVELOPERS, Cause, Proof, Request, confirms, excludes, shows
from wizard.domain.diagnosis.causes.members.all_there import compared
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import KeyShapes
from wizard.domain.signals import flag_evaluation, key_shapes
from wizard.text import count


def _differs(evidence: Evidence) -> Proof | None:
    is_at_an_end = evidence.is_seen_from_outside or evidence.is_out_of_questions
    is_right = is_at_an_end and evidence.counts_agree and not evidence.shows_trouble
    return None if is_right else excludes("A check failed, or we couldn't read everything.")


def _counts(evidence: Evidence) -> Proof:
    return confirms(compared(evidence))


def _has_no_healthy_store(evidence: Evidence) -> Proof | None:
    stores = evidence.stores
    is_healthy_there = bool(stores) and not any(one.trouble for one in stores or ())
    return None if is_healthy_there else excludes("We saw no healthy persistent store.")


def _store(evidence: Evidence) -> Proof | None:
    stores = evidence.stores
    return confirms(f"The persistent store {stores[0].name} is healthy.") if stores else None


def _sdks(evidence: Evidence) -> Proof | None:
    seen = evidence.server_sdks
    if seen is None:
        return None
    names = ", ".join(f"{one.name} {one.version}".strip() for one in seen[:3])
    return confirms(f"In the last day LaunchDarkly saw {names or 'no server-side SDK'} in this environment.")


_kinds = shows(launchdarkly_app.CONTEXT_KIND, Status.PASS)


def _keys(evidence: Evidence) -> Proof | None:
    seen = evidence.facts.key_shapes
    if not isinstance(seen, KeyShapes) or not seen.total:
        return None
    return confirms(key_shapes.usual_in_words(seen))


def _has_no_flag(evidence: Evidence) -> Proof | None:
    return None if evidence.flags else excludes(f"LaunchDarkly lists no flags that use {evidence.name}.")


def _flags(evidence: Evidence) -> Proof | None:
    used = evidence.flags or ()
    return confirms(f"{count(len(used), 'flag uses', 'flags use')} {evidence.name}: {', '.join(used[:5])}.")


def _value(evidence: Evidence) -> Proof | None:
    return (
        confirms(f"{flag_evaluation.evaluation_in_words(evidence.value, evidence.answers.test_user)}.")
        if evidence.value
        else None
    )


SERVER_IS_LEFT = Cause(
    "server-is-left",
    "Only your app's own configuration is left",
    (_differs, _has_no_healthy_store, _counts, _store, _sdks, _kinds, _keys),
    "LaunchDarkly and Segment show no problem. What's left is the configuration of your app's servers.",
    "{request}.",
    CHECK_AGAIN,
    (links.BIG_SEGMENTS_DOCS, links.ENVIRONMENT_KEYS_DOCS),
    ("client_side_id",),
    request=Request(
        DEVELOPERS,
        "check three settings: the SDK or Relay Proxy reads the persistent store of {place}, with the prefix "
        "{client_side_id}, and the app uses the SDK key of {place}",
    ),
    is_trouble=False,
    explains=False,
)
FLAG_IS_LEFT = Cause(
    "flag-is-left",
    "The sync works, so only the flag or the app is left",
    (_differs, _has_no_flag, _counts, _flags, _value, _kinds, _keys),
    "The sync works. {what_is_left}",
    "{look_at_the_flag}",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_FLAGS, links.SEGMENTS_DOCS),
    is_trouble=False,
    explains=False,
)
