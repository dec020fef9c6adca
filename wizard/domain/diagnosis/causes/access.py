"""Causes that keep the wizard from reading: a service is out of reach, or its token can't be used.

Without reading a service, nothing in it can be blamed. So these causes come before every other cause and question.
"""

from __future__ import annotations

from wizard.domain.checks import machine
from wizard.domain.checks.check import Check
from wizard.domain.checks.launchdarkly import launchdarkly_token
from wizard.domain.checks.segment import segment_access, segment_engage
from wizard.domain.diagnosis.cause import Cause, Proof, confirms, shows
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.failure import Failure
from wizard.domain.findings import Status
from wizard.domain.services import links


def _outage(check: Check, id_: str, title: str) -> Cause:
    """Return a cause that also an unknown result confirms, because a missing answer is the cause."""
    return Cause(id_, title, (shows(check, Status.FAIL, Status.UNKNOWN),))


def _refused(check: Check, id_: str, title: str) -> Cause:
    """Return a cause that only a failure of the check confirms. A pass excludes nothing."""
    return Cause(id_, title, (shows(check, Status.FAIL),))


LAUNCHDARKLY_DOWN = _outage(machine.LAUNCHDARKLY_REACHABLE, "launchdarkly-unreachable", "LaunchDarkly doesn't answer")
LAUNCHDARKLY_WRONG = _refused(launchdarkly_token.KIND, "launchdarkly-token-kind", "The token isn't an access token")
LAUNCHDARKLY_REFUSES = _refused(
    launchdarkly_token.VALID, "launchdarkly-token-refused", "LaunchDarkly refuses the wizard's access token"
)
SEGMENT_DOWN = _outage(machine.SEGMENT_REACHABLE, "segment-unreachable", "Segment doesn't answer")
SEGMENT_WRONG = _refused(segment_access.KIND, "segment-token-kind", "The token isn't a Public API token")
SEGMENT_REFUSES = _refused(segment_access.VALID, "segment-token-refused", "Segment refuses the wizard's token")


def _closed(evidence: Evidence) -> Proof | None:
    """Confirm a closed API only if it hides the setup."""
    hides = isinstance(evidence.facts.destinations, Failure) or isinstance(evidence.facts.audiences, Failure)
    return shows(segment_access.PERMISSIONS, Status.FAIL)(evidence) if hides else None


SEGMENT_CLOSED = Cause("segment-closed", "The token can't read the setup in Segment", (_closed,))
NO_ENGAGE = _refused(segment_engage.ENGAGE, "no-engage", "The workspace has no Engage")


def _has_no_audience(evidence: Evidence) -> Proof | None:
    """Confirm an empty space, but not for a segment that lost its audience: another cause covers that."""
    is_empty = evidence.facts.audiences == () and not evidence.answers.audiences and not evidence.lost_segments
    return confirms("Segment lists no audiences in this space.") if is_empty else None


NO_AUDIENCE = Cause(
    "no-audience",
    "The space has no audience",
    (_has_no_audience,),
    "The space has no audience, so it has nothing to sync.",
    "In Segment, go to Engage → Audiences and create one, then choose it in the Audiences step. If your audiences are "
    "in another space, choose that space in the Twilio Segment step.",
    "Check again. The audience is listed in the Audiences step.",
    (links.SEGMENT_AUDIENCES,),
)

TO_LAUNCHDARKLY = (LAUNCHDARKLY_DOWN, LAUNCHDARKLY_WRONG, LAUNCHDARKLY_REFUSES)
TO_SEGMENT = (SEGMENT_DOWN, SEGMENT_WRONG, SEGMENT_REFUSES, NO_ENGAGE, SEGMENT_CLOSED, NO_AUDIENCE)
