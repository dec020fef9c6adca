"""Causes in the setup itself: something is missing, off or edited. One check judges each and has its words."""

from __future__ import annotations

from wizard.domain.checks.check import Check
from wizard.domain.checks.segment import audience, audience_attached, destination, mapping, segment_engage
from wizard.domain.diagnosis.cause import (
    REPAIRED,
    WATCH,
    Cause,
    Proof,
    Request,
    answer,
    confirms,
    excludes,
    fails,
    no_answer,
    suggests,
)
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import NO, YES, Choice, Question
from wizard.domain.facts import listed
from wizard.domain.findings import Status
from wizard.domain.services import links
from wizard.domain.signals.computation import Computation, computation_of
from wizard.text import count

HELD_ID = Question(
    "held-id",
    "In Segment, open the Settings tab of {destination}. Is LaunchDarkly client-side ID set to {client_side_id}?",
    "The wizard couldn't read the destination. With another ID, Segment sends to another environment, or nowhere.",
    (Choice(YES, "Yes"), Choice(NO, "No, it's a different ID")),
    lambda evidence: (
        evidence.destination is None and (evidence.code in {400, 404} or evidence.given.get("code") == "none")
    ),
)


def _of(check: Check, id_: str, title: str) -> Cause:
    """Return a cause that one check judges, and whose words are the finding's."""
    return Cause(id_, title, (fails(check),), then=REPAIRED)


ENGAGE_SOURCE_OFF = _of(segment_engage.SOURCE, "engage-source-off", "The Engage source is switched off")
DESTINATION_MISSING = _of(destination.EXISTS, "destination-missing", "The destination doesn't exist")


def _has_no_destination(evidence: Evidence) -> Proof | None:
    """Judge a workspace without any destination. No check looks for one before an environment is chosen."""
    if there := listed(evidence.facts.destinations):
        return excludes(f"The workspace has {count(len(there), 'LaunchDarkly destination')}.")
    is_unset = not evidence.answers.client_side_id and not evidence.answers.destination
    is_bare = is_unset and evidence.facts.destinations == ()
    return confirms("Segment lists no LaunchDarkly destination in this workspace.") if is_bare else None


NO_DESTINATION = Cause(
    "no-destination",
    "The workspace has no LaunchDarkly destination",
    (_has_no_destination,),
    "The workspace has no LaunchDarkly destination, so Segment sends nothing to LaunchDarkly.",
    "Go through the wizard's steps: they create the destination and attach the audience. If your audiences are in "
    "another workspace, paste that workspace's token in the Twilio Segment step.",
    WATCH,
    (links.SEGMENT_DESTINATIONS,),
    ask="destination",
)
DESTINATION_OFF = _of(destination.ENABLED, "destination-off", "The destination is switched off")
WRONG_SOURCE = _of(destination.SOURCE, "wrong-source", "The destination is on a source that audiences don't use")


def _is_unknown_there(evidence: Evidence) -> Proof | None:
    is_meant = evidence.destination is None and evidence.code == 404
    return suggests("With 404, LaunchDarkly may not know the client-side ID.") if is_meant else None


WRONG_ENVIRONMENT = Cause(
    "wrong-environment",
    "The destination sends to another environment",
    (
        fails(destination.CLIENT_SIDE_ID),
        answer("held-id", "The destination holds a different client-side ID, as you saw.", NO),
        no_answer("held-id", "The destination holds this client-side ID, as you saw.", YES),
        _is_unknown_there,
    ),
    "The destination doesn't hold the client-side ID of the chosen environment.",
    "In Segment, open the Settings tab of {destination} and set LaunchDarkly client-side ID to {client_side_id}.",
    WATCH,
    (links.SEGMENT_DESTINATIONS,),
    ("client_side_id",),
)
MAPPING_MISSING = _of(mapping.EXISTS, "mapping-missing", "The destination has no mapping")
MAPPING_OFF = _of(mapping.ENABLED, "mapping-off", "The mapping is switched off")
FIELDS_EDITED = _of(mapping.FIELDS, "fields-edited", "Hidden fields of the mapping were edited")


def _mapping_differs(evidence: Evidence) -> Proof | None:
    """Judge whether the mapping has another context kind or key than chosen, which causes no refusal but a 400."""
    if evidence.code not in {None, 400}:
        return excludes(f"Deliveries fail with {evidence.code}, which doesn't depend on the mapping.")
    seen = [found for check in (mapping.CONTEXT_KEY, mapping.CONTEXT_KIND) if (found := evidence.finding(check))]
    wrong = next((one for one in seen if one.status is Status.FAIL), None)
    if wrong is not None:
        return confirms(wrong.summary, wrong)
    is_right = len(seen) == 2 and all(one.status is Status.PASS for one in seen)
    return excludes("The mapping has the chosen context kind and context key.") if is_right else None


MAPPING_DIFFERS = Cause(
    "mapping-differs", "The mapping's settings differ from yours", (_mapping_differs,), then=REPAIRED
)
TRIGGER_EDITED = _of(mapping.TRIGGER, "trigger-edited", "The mapping's trigger was edited")
AUDIENCE_OFF = _of(audience.ENABLED, "audience-off", "The audience is disabled")
AUDIENCE_EMPTY = _of(audience.SIZE, "audience-empty", "The audience itself is empty")


def _has_it(evidence: Evidence) -> Proof | None:
    """Exclude if a connection exists. A connection that is switched off has its own cause."""
    return excludes("The audience has the destination.") if evidence.connection is not None else None


NOT_ATTACHED = Cause(
    "not-attached",
    "The destination isn't attached to the audience",
    (_has_it, fails(audience_attached.ATTACHED)),
    then=WATCH,
)
NOT_ACTIVATED = _of(audience_attached.ACTIVATION, "not-activated", "The Linked audience has no activation")
AUDIENCE_GONE = Cause("audience-gone", "The audience was deleted", (fails(audience.EXISTS),), then=WATCH)


def _computation(evidence: Evidence, *, is_broken: bool) -> Proof | None:
    """Judge the computation. One check reports both a failed computation and one that isn't done."""
    finding = evidence.finding(audience.COMPUTED)
    if finding is None or evidence.audience is None or finding.status not in {Status.FAIL, Status.PASS}:
        return None
    broke = finding.status is Status.FAIL and computation_of(evidence.audience) is Computation.BROKEN
    fails_so = finding.status is Status.FAIL and broke is is_broken
    return (confirms if fails_so else excludes)(finding.summary, finding)


NOT_COMPUTED = Cause(
    "not-computed",
    "Segment is still computing the audience",
    (lambda evidence: _computation(evidence, is_broken=False),),
    then=WATCH,
)
COMPUTATION_FAILED = Cause(
    "computation-failed",
    "Segment couldn't compute the audience",
    (lambda evidence: _computation(evidence, is_broken=True),),
    "Segment couldn't compute {audience}, so it sends nothing.",
    "{request}. In Segment, also go to Engage → Audiences → {audience} and check its definition.",
    WATCH,
    (links.SEGMENT_AUDIENCE, links.SEGMENT_AUDIENCES_DOCS),
    request=Request("Segment support", "find out why Segment can't compute {audience}"),
)
ON_THE_WAY = (
    NO_DESTINATION,
    ENGAGE_SOURCE_OFF,
    DESTINATION_MISSING,
    WRONG_SOURCE,
    DESTINATION_OFF,
    WRONG_ENVIRONMENT,
    MAPPING_MISSING,
    MAPPING_OFF,
    TRIGGER_EDITED,
    FIELDS_EDITED,
    AUDIENCE_GONE,
    AUDIENCE_OFF,
    COMPUTATION_FAILED,
    NOT_COMPUTED,
    AUDIENCE_EMPTY,
    NOT_ATTACHED,
    NOT_ACTIVATED,
)
