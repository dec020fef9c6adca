"""Causes on the way from the audience to the destination: nothing is sent, or it's sent elsewhere."""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.checks.check import Check
from wizard.domain.checks.launchdarkly import launchdarkly_environment
from wizard.domain.checks.segment import audience, audience_attached, destination, mapping, segment_engage
from wizard.domain.checks.sync import sync_delivery, sync_segment, sync_source
from wizard.domain.checks.sync.segment_of_audience import Presence
from wizard.domain.diagnosis.cause import (
    WATCH,
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
from wizard.domain.diagnosis.question import NO, YES, Choice, Question
from wizard.domain.findings import Status
from wizard.domain.segment import AudienceKind
from wizard.domain.signals.computation import Computation, computation_of
from wizard.text import count

# --- questions ----------------------------------------------------------------------------------------------------

SENDS = Question(
    "sends",
    "In Segment, go to Engage → Audiences → {audience} and open {destination}. Is Send Identify or Send Track on?",
    "Segment's API doesn't show these two switches, which are under Event settings. With both off, Segment sends "
    "nothing and reports no error.",
    (
        Choice("on", "At least one of them is on"),
        Choice("off", "Both are off"),
        Choice("absent", "The destination isn't listed there"),
    ),
)
WAITED = Question(
    "waited",
    "How long ago was {destination} attached to the audience?",
    "The first sync usually takes about 10 minutes, and up to eight hours for a batch audience. Segment doesn't say "
    "when the destination was attached.",
    (
        Choice("minutes", "Less than 20 minutes"),
        Choice("today", "Less than eight hours, and Segment computes the audience in batches"),
        Choice("longer", "Longer ago"),
    ),
    lambda evidence: evidence.is_early is None,
)
HELD_ID = Question(
    "held-id",
    "In Segment, open the Settings tab of {destination}. Is LaunchDarkly client-side ID set to {client_side_id}?",
    "The wizard couldn't read the destination. With another ID, the deliveries go elsewhere, or nowhere.",
    (Choice(YES, "Yes"), Choice(NO, "No, it's another one")),
    lambda evidence: (
        evidence.destination is None and (evidence.code in {400, 404} or evidence.given.get("code") == "none")
    ),
)
SCHEDULE = Question(
    "schedule",
    "Open the Linked audience in Segment. Does its schedule still run?",
    "A Linked audience that was disabled for 90 days loses its schedule and stops sending.",
    (Choice("runs", "Yes"), Choice("gone", "No, the schedule is missing or switched off")),
    lambda evidence: _is_of_kind(evidence, AudienceKind.LINKED),
)
CALLS = Question(
    "calls",
    "Which calls did you choose when you attached the account-level audience?",
    "Group calls don't match the mapping's trigger. Segment's API doesn't show which calls were chosen.",
    (Choice("group", "Group only"), Choice("others", "Identify or Track")),
    lambda evidence: _is_of_kind(evidence, AudienceKind.ACCOUNTS),
)
EVENT = Question(
    "event",
    "In Segment, open the Engage source's Debugger tab and look at an event of {audience}. What value does "
    "{audience_key} have?",
    "An event with the value false, or without {audience_key}, removes a member and still counts as delivered.",
    (Choice("true", "true"), Choice("false", "false, or {audience_key} isn't there"), Choice("none", "No event shows")),
    lambda evidence: not evidence.sends_nothing,
)
ENVIRONMENT = Question(
    "environment",
    "Is {place} the project and environment that your app uses?",
    "The client-side ID of another environment is valid too, so neither service reports an error.",
    (Choice("yes", "Yes"), Choice("no", "No, my app uses another one")),
)


def _is_of_kind(evidence: Evidence, kind: AudienceKind) -> bool:
    return evidence.audience is not None and evidence.audience.kind == kind


# --- what the checks read -----------------------------------------------------------------------------------------


def _of(check: Check, id_: str, title: str) -> Cause:
    """A cause that one check reads and words."""
    return Cause(id_, title, (fails(check),), then=WATCH)


ENGAGE_SOURCE_OFF = _of(segment_engage.SOURCE, "engage-source-off", "The Engage source is switched off")
DESTINATION_MISSING = _of(destination.EXISTS, "destination-missing", "The destination doesn't exist")
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
        answer("held-id", "The destination holds another client-side ID, as you saw.", NO),
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
KEY_NOT_AS_CHOSEN = _of(
    mapping.CONTEXT_KEY, "context-key-differs", "The mapping has another context key than you chose"
)
KIND_NOT_AS_CHOSEN = _of(
    mapping.CONTEXT_KIND, "context-kind-differs", "The mapping has another context kind than you chose"
)
TRIGGER_EDITED = _of(mapping.TRIGGER, "trigger-edited", "The mapping's trigger was edited")
AUDIENCE_OFF = _of(audience.ENABLED, "audience-off", "The audience is disabled")
AUDIENCE_EMPTY = _of(audience.SIZE, "audience-empty", "The audience itself is empty")
NOT_ATTACHED = _of(audience_attached.ATTACHED, "not-attached", "The destination isn't attached to the audience")
PAIR = _of(launchdarkly_environment.PAIR, "other-account", "The client-side ID belongs to another account")
CLIENT_SIDE_ID = _of(launchdarkly_environment.CLIENT_SIDE_ID, "client-side-id-unknown", "No environment has the ID")


AUDIENCE_GONE = _of(audience.EXISTS, "audience-gone", "The audience was deleted")


def _computation(evidence: Evidence, *, is_broken: bool) -> Proof | None:
    """One check reports both: a computation that failed, and one that isn't done."""
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
    "Ask Segment support why {audience} failed. In Segment, go to Engage → Audiences and check its definition, too.",
    WATCH,
    (links.SEGMENT_AUDIENCES_DOCS,),
)


# --- where it went ------------------------------------------------------------------------------------------------


def _is_elsewhere(evidence: Evidence) -> Proof | None:
    where = evidence.whereabouts
    if where.presence is Presence.ELSEWHERE:
        return confirms(f"The segment {evidence.name} is in the environment {where.environment}.")
    return suggests(f"{where.environment} has a segment called {evidence.name}.") if where.environment else None


SEGMENT_ELSEWHERE = Cause(
    "segment-elsewhere",
    "The segment is in another environment",
    (_is_elsewhere,),
    "The first sync went to {elsewhere}, not to {place}.",
    "In Segment, open {destination} and set the client-side ID to {client_side_id}. Then go to Engage → Audiences → "
    "{audience}, remove the destination and attach it again, so that all members are sent to {place}.",
    WATCH,
    (links.SEGMENT_DESTINATIONS, links.ENVIRONMENT_KEYS_DOCS),
    ("client_side_id",),
)


def _is_deleted(evidence: Evidence) -> Proof | None:
    if evidence.whereabouts.presence is not Presence.DELETED:
        return None
    said = f"LaunchDarkly no longer lists {evidence.name}, which was there before."
    return confirms(said, evidence.finding(sync_segment.SEGMENT))


SEGMENT_DELETED = Cause(
    "segment-deleted",
    "The segment was deleted in LaunchDarkly",
    (_is_deleted,),
    "The segment {segment} was deleted in LaunchDarkly. Segment sends new changes, but not the members from before.",
    "{resync}",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS, links.SYNCED_SEGMENTS_DOCS),
)


def _is_other_place(evidence: Evidence) -> Proof | None:
    if evidence.is_refused and evidence.segment is None:
        return excludes(f"Deliveries fail with {evidence.code}, whatever environment your app uses.")
    return (
        excludes("Your app uses this environment, as you said.") if evidence.given.get("environment") == "yes" else None
    )


def _no_server_is_seen(evidence: Evidence) -> Proof | None:
    if evidence.server_sdks != () or evidence.given.get("sdk") not in {"server", "old"}:
        return None
    return suggests("LaunchDarkly saw no server-side SDK in this environment in the last day.")


OTHER_ENVIRONMENT = Cause(
    "other-environment",
    "Your app uses another environment",
    (
        answer("environment", "Your app uses another environment, as you said.", "no"),
        _is_other_place,
        _no_server_is_seen,
    ),
    "The segment goes to {place}, but your app uses another environment.",
    "Choose your app's environment in the LaunchDarkly step and apply the plan. Each environment needs its own "
    "destination.",
    WATCH,
    (links.LAUNCHDARKLY_PROJECTS, links.ENVIRONMENT_KEYS_DOCS),
)


# --- nothing is sent ----------------------------------------------------------------------------------------------


def _events_are_counted(evidence: Evidence) -> Proof | None:
    """Whatever sends can't be switched off."""
    if evidence.counted:
        return excludes(f"Segment counted {count(evidence.counted, 'delivery', 'deliveries')} to the destination.")
    if evidence.is_refused:
        return excludes(f"Deliveries fail with {evidence.code}, so something is sent.")
    if evidence.activation is not None:
        return excludes(f"The activation {evidence.activation.name} is on, and it sends without these switches.")
    return None


def _nothing_is_counted(evidence: Evidence) -> Proof | None:
    """Silence is normal while nobody enters or leaves."""
    if evidence.counts_agree:
        return None
    return suggests("Segment counted no event at the source and no delivery.") if evidence.sends_nothing else None


SWITCHES_OFF = Cause(
    "switches-off",
    "Send Identify and Send Track are both off",
    (
        _events_are_counted,
        no_answer("sends", "At least one of the two switches is on, as you said.", "on", "absent"),
        answer("sends", "Send Identify and Send Track are both off, as you said.", "off"),
        _nothing_is_counted,
    ),
    "Send Identify and Send Track are both off, so {audience} sends nothing to {destination}.",
    "In Segment, go to Engage → Audiences → {audience}, open {destination} and switch on Send Track.",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS,),
)
NOT_IN_ENGAGE = Cause(
    "not-in-engage",
    "The destination wasn't added to Engage",
    (
        _events_are_counted,
        no_answer("sends", "The audience lists the destination, as you said.", "on", "off"),
        answer("sends", "The audience doesn't list the destination, as you said.", "absent"),
    ),
    "The destination wasn't added to Engage, so audiences can't send to it.",
    "In Segment, go to Engage → Engage Settings → Destinations and add LaunchDarkly Audiences, then attach it to "
    "{audience}.",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS, links.TWILIO_DESTINATION_DOCS),
)


def _is_early(evidence: Evidence) -> Proof | None:
    at = evidence.attached_at
    if at is None or evidence.is_early is None:
        return None
    minutes = max(0, round((evidence.facts.now - at).total_seconds() / 60))
    ago = count(minutes, "minute") if minutes < 120 else count(minutes // 60, "hour")
    said = f"The destination was attached {ago} ago."
    return confirms(said) if evidence.is_early else excludes(said)


def _is_refused(evidence: Evidence) -> Proof | None:
    """Waiting helps nobody while all that arrives is refused."""
    said = f"Deliveries arrived, and LaunchDarkly refused them with {evidence.code}."
    return excludes(said) if evidence.is_refused else None


STILL_EARLY = Cause(
    "still-early",
    "The first sync is within its usual time",
    (
        _is_early,
        _is_refused,
        no_answer("waited", "The destination was attached longer ago, as you said.", "longer"),
        answer("waited", "The destination was attached a short time ago, as you said.", "minutes", "today"),
    ),
    "The first sync is still within its usual time: 10 minutes, and up to eight hours for a batch audience.",
    "Wait until the segment appears.",
    "Open First sync (audience-wizard watch): it ends when the segment appears.",
    (links.SYNCED_SEGMENTS_DOCS,),
    is_trouble=False,
)


def _sends_and_is_silent(evidence: Evidence) -> bool:
    """The audience may send, has had its time, and nothing came of it."""
    may_send = evidence.given.get("sends") == "on" or evidence.activation is not None
    had_time = evidence.is_early is False or evidence.given.get("waited") == "longer"
    return evidence.sends_nothing and may_send and had_time and _is_of_no_special_kind(evidence)


def _is_of_no_special_kind(evidence: Evidence) -> bool:
    """A Linked and an account-level audience have reasons of their own to be silent: those are asked about first."""
    own = {AudienceKind.LINKED: "schedule", AudienceKind.ACCOUNTS: "calls"}
    return all(question in evidence.given for kind, question in own.items() if _is_of_kind(evidence, kind))


def _history_is_off(evidence: Evidence) -> Proof | None:
    """Without it, members from before attaching never come; those who change later do."""
    one = evidence.audience
    if one is None or one.history is None:
        return None
    if one.history:
        return excludes(f"{one.name} includes historical event data.")
    said = f"{one.name} doesn't include historical event data"
    if evidence.has_fewer and (evidence.is_settled or evidence.is_early is False or not evidence.members):
        return confirms(f"{said}, and {evidence.name} has {evidence.counts}.")
    if _sends_and_is_silent(evidence):
        return confirms(f"{said}, and the Engage source received no events since it was attached.")
    return suggests(f"{said}.") if evidence.sends_nothing else None


HISTORY_OFF = Cause(
    "history-off",
    "Historical event data is off",
    (_history_is_off, answer("joined", "The missing members joined before you attached the destination.", "before")),
    "{audience} doesn't include historical event data. Segment sends only members who enter or leave after you attach "
    "the destination.",
    "{resync_or_history}",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS,),
)


def _is_silent(evidence: Evidence) -> Proof | None:
    if not evidence.sends_nothing:
        return _events_are_counted(evidence) if evidence.counted or evidence.is_refused else None
    said = "Segment counted no event at the source and no delivery."
    if evidence.audience is not None and evidence.audience.history is False:
        return excludes("Historical event data is off, which explains the silence.")
    if evidence.counts_agree:
        return excludes(f"{evidence.name} has {evidence.counts}, so nothing is left to send.")
    never_came = not evidence.members
    return confirms(said) if never_came and _sends_and_is_silent(evidence) else suggests(said)


SENDS_NOTHING = Cause(
    "sends-nothing",
    "The audience sends nothing",
    (no_answer("sends", "The switches explain the silence.", "off", "absent"), _is_silent),
    "{audience} sends nothing: Segment hasn't computed it since you attached the destination, or nobody entered or "
    "left it.",
    "In Segment, go to Engage → Audiences → {audience} and wait for its next computation. If the source stays silent "
    "after it, {resync_clause}.",
    "In Segment, the Engage source's Debugger tab shows events of {audience}.",
    (links.SEND_AUDIENCE_DATA_DOCS, links.SEGMENT_AUDIENCES_DOCS),
)
SCHEDULE_GONE = Cause(
    "schedule-gone",
    "The Linked audience has no schedule",
    (
        lambda evidence: (
            None if _is_of_kind(evidence, AudienceKind.LINKED) else excludes("The audience isn't a Linked audience.")
        ),
        answer("schedule", "The schedule is missing or switched off, as you said.", "gone"),
        no_answer("schedule", "The schedule runs, as you said.", "runs"),
    ),
    "Segment never computes a Linked audience without a schedule.",
    "In Segment, go to Engage → Audiences → {audience}, add a schedule and check its activation.",
    WATCH,
    (links.SEGMENT_AUDIENCES_DOCS,),
)
GROUP_CALLS = Cause(
    "group-calls",
    "The account-level audience sends Group calls only",
    (
        lambda evidence: (
            None
            if _is_of_kind(evidence, AudienceKind.ACCOUNTS)
            else excludes("The audience isn't an account-level audience.")
        ),
        answer("calls", "The audience sends Group calls only, as you said.", "group"),
        no_answer("calls", "The audience sends Identify or Track calls, as you said.", "others"),
    ),
    "Group calls never reach the mapping.",
    "In Segment, go to Engage → Audiences → {audience} and choose Identify or Track for {destination}.",
    WATCH,
    (links.SEND_AUDIENCE_DATA_DOCS,),
)

# --- held back ----------------------------------------------------------------------------------------------------


def _source_blocks(evidence: Evidence) -> Proof | None:
    """A few blocked events of a space with many audiences are no cause."""
    finding = evidence.finding(sync_source.SOURCE)
    if finding is None or finding.status not in {Status.FAIL, Status.WARN, Status.PASS}:
        return None
    if finding.status is Status.WARN:
        return None if evidence.works else suggests(finding.summary, finding)
    return (confirms if finding.status is Status.FAIL else excludes)(finding.summary, finding)


SOURCE_BLOCKS = Cause("source-blocks", "The Engage source blocks events", (_source_blocks,), then=WATCH)


def _is_filtered(evidence: Evidence) -> Proof | None:
    """Filtered events are proof when nothing else is delivered."""
    finding = evidence.finding(sync_delivery.FILTERED)
    if finding is None or finding.status not in {Status.WARN, Status.PASS}:
        return None
    if finding.status is Status.PASS:
        return excludes(finding.summary, finding)
    return (confirms if not evidence.counted else suggests)(finding.summary, finding)


FILTERED = Cause("filtered", "Segment filters the events out", (_is_filtered,), then=WATCH)

REMOVALS_ONLY = Cause(
    "removals-only",
    "The events only remove members",
    (
        lambda evidence: (
            excludes("Nothing was delivered, so nothing was removed.")
            if evidence.is_refused or (evidence.delivery is not None and not evidence.delivery.delivered)
            else None
        ),
        lambda evidence: excludes(f"{evidence.name} has {evidence.counts}.") if evidence.members else None,
        answer("event", "The events carry false, or no value, as you said.", "false"),
        no_answer("event", "The events carry true, as you said.", "true"),
        lambda evidence: (
            suggests("Segment delivered events, and no member came of them.")
            if evidence.delivery and evidence.delivery.delivered and evidence.members == 0
            else None
        ),
    ),
    "The events remove members instead of adding them: their value of {audience_key} is false or missing.",
    "{events_that_add}",
    WATCH,
    (links.SEGMENT_SOURCES, links.TWILIO_DESTINATION_DOCS),
)

ON_THE_WAY = (
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
)
