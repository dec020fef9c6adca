"""Gaps in what was read. While a symptom can't be seen, passed checks don't show that nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.signals.segment_of_audience import Presence

Gap: TypeAlias = Callable[[Evidence], str]  # returns a clause; empty if nothing is missing


def unread(evidence: Evidence) -> str:
    """Return what couldn't be read, as far as every symptom needs it, as a clause; empty if nothing is missing."""
    if evidence.whereabouts.presence is Presence.UNANSWERED:
        return "we couldn't read LaunchDarkly's segments"
    if evidence.facts.workspace is None:
        return "without a Segment token, we can't see what Segment sends"
    return ""


def user_unseen(evidence: Evidence) -> str:
    user = evidence.answers.test_user
    if not user:
        return "no test user is set, so we couldn't look anyone up"
    return f"we couldn't look up {user} in LaunchDarkly" if evidence.is_member is None else ""


def lacks_a_user(gap: Gap, evidence: Evidence) -> bool:
    """Return whether the symptom is about a user whom nobody named yet."""
    return gap is user_unseen and not evidence.answers.test_user


def counts_unseen(evidence: Evidence) -> str:
    if evidence.segment is not None and evidence.members is None:
        return f"LaunchDarkly doesn't say how many members {evidence.name} has"
    is_unsaid = evidence.audience is not None and evidence.size is None
    return "Segment doesn't say how many members the audience has" if is_unsaid else ""
