"""Causes of silence: the audience sends nothing to the destination, or has had no time to."""

from __future__ import annotations

from wizard.domain.diagnosis.cause import WATCH, Cause, Proof, answer, confirms, excludes, no_answer, suggests
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.services import links
from wizard.domain.services.segment import AudienceKind
from wizard.domain.signals.computation import Computation, computation_of
from wizard.text import count

SENDS = Question(
    "sends",
    "In Segment, go to Engage → Audiences → {audience} and open {destination}. Is Send Identify or Send Track on?",
    "Segment's API doesn't show these two switches, which are under Event settings. With both off, Segment sends "
    "nothing, without an error.",
    (
        Choice("on", "At least one of them is on"),
        Choice("off", "Both are off"),
        Choice("absent", "The destination isn't listed there"),
    ),
)
WAITED = Question(
    "waited",
    "How long ago did you attach {destination} to the audience?",
    "The first sync usually takes about 10 minutes, or up to eight hours for a batch audience. Segment doesn't show "
    "when you attached it.",
    (
        Choice("minutes", "Less than 20 minutes"),
        Choice("today", "Less than eight hours, and it's a batch audience"),
        Choice("longer", "Longer ago"),
    ),
    lambda evidence: evidence.is_early is None,
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
    "Group calls don't match the mapping's trigger. Segment's API doesn't show which calls you chose.",
    (Choice("group", "Group only"), Choice("others", "Identify or Track")),
    lambda evidence: _is_of_kind(evidence, AudienceKind.ACCOUNTS),
)


def _is_of_kind(evidence: Evidence, kind: AudienceKind) -> bool:
    return evidence.audience is not None and evidence.audience.kind == kind


def _events_are_counted(evidence: Evidence) -> Proof | None:
    """Exclude switches that are off, where anything is sent."""
    if evidence.counted:
        return excludes(f"Segment counted {count(evidence.counted, 'delivery', 'deliveries')} to the destination.")
    if evidence.is_refused:
        return excludes(f"Deliveries fail with {evidence.code}, so something is sent.")
    if evidence.activation is not None:
        return excludes(f"The activation {evidence.activation.name} is on, and it doesn't need these switches.")
    return None


def _nothing_is_counted(evidence: Evidence) -> Proof | None:
    """A quiet hour says little of a segment that has members: they came while a switch was on."""
    is_silent = evidence.is_oddly_silent and not evidence.members
    return suggests("Segment counted no events at the source and no deliveries.") if is_silent else None


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
    "In Segment, go to Engage → Audiences → {audience}, open {destination} and switch on Send Identify and "
    "Send Track under Event settings. Both are on by default.",
    WATCH,
    (
        links.SEGMENT_AUDIENCE,
        links.SEND_AUDIENCE_DATA_DOCS,
    ),
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
    age = count(minutes, "minute") if minutes < 120 else count(minutes // 60, "hour")
    said = f"The destination was attached {f'{age} ago' if minutes else 'just now'}."
    return confirms(said) if evidence.is_early else excludes(said)


def _is_refused(evidence: Evidence) -> Proof | None:
    """Waiting helps nobody while all that arrives is refused."""
    said = f"Segment delivered events, but LaunchDarkly refused them with {evidence.code}."
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
    "The first sync is still within its usual time: about 10 minutes, or up to eight hours for a batch audience.",
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


def _is_silent_as_seen(evidence: Evidence) -> bool:
    """Suggest silence when the token can't read counts and a person saw no failed delivery of an overdue sync."""
    is_missing = evidence.segment is None and evidence.is_early is False
    return is_missing and evidence.delivery is None and evidence.given.get("code") == "none"


def _history_is_off(evidence: Evidence) -> Proof | None:
    """Judge whether history is off: then members from before attaching never arrive, and later changes do."""
    one = evidence.audience
    if one is None or one.history is None:
        return None
    if one.history:
        return excludes(f"{one.name} includes historical event data.")
    said = f"{one.name} doesn't include historical event data"
    if evidence.has_fewer and (evidence.is_settled or evidence.is_early is False or not evidence.members):
        return confirms(f"{said}, and {evidence.name} has {evidence.counts}.")
    if _sends_and_is_silent(evidence):
        return confirms(f"{said}, and the Engage source has received no events since you attached the destination.")
    return suggests(f"{said}.") if evidence.sends_nothing or _is_silent_as_seen(evidence) else None


HISTORY_OFF = Cause(
    "history-off",
    "Historical event data is off",
    (_history_is_off, answer("joined", "The missing members joined before you attached the destination.", "before")),
    "{audience} doesn't include historical event data. Segment sends only members who enter or leave after you attach "
    "the destination.",
    "{resync_or_history}",
    WATCH,
    (
        links.SEGMENT_AUDIENCE,
        links.SEND_AUDIENCE_DATA_DOCS,
    ),
)


def _is_silent(evidence: Evidence) -> Proof | None:
    if _is_silent_as_seen(evidence):
        return suggests("You saw no failed deliveries, but the segment never appeared.")
    if not evidence.sends_nothing:
        return _events_are_counted(evidence) if evidence.counted or evidence.is_refused else None
    said = "Segment counted no events at the source and no deliveries."
    if evidence.audience is not None and evidence.audience.history is False:
        return excludes("Historical event data is off, which explains why nothing is sent.")
    if evidence.counts_agree:
        return excludes(f"{evidence.name} has {evidence.counts}, so nothing is left to send.")
    if not evidence.is_oddly_silent:
        return None
    never_came = evidence.segment is None or evidence.members == 0
    return confirms(said) if never_came and _sends_and_is_silent(evidence) else suggests(said)


def _is_being_computed(evidence: Evidence) -> Proof | None:
    one = evidence.audience
    if one is None or not evidence.is_oddly_silent or computation_of(one) is not Computation.AGAIN:
        return None
    return suggests(f"Segment shows {one.name} as {one.status}.")


SENDS_NOTHING = Cause(
    "sends-nothing",
    "The audience sends nothing",
    (no_answer("sends", "The switches explain why nothing is sent.", "off", "absent"), _is_silent, _is_being_computed),
    "{audience} sends nothing. Most likely Segment hasn't computed it since {last_sent}.",
    "In Segment, go to Engage → Audiences → {audience} and wait for its next computation. If the source still "
    "receives no events, {resync_clause}.",
    "In Segment, the Engage source's Debugger tab shows events of {audience}.",
    (links.SEGMENT_AUDIENCE, links.SEND_AUDIENCE_DATA_DOCS, links.SEGMENT_AUDIENCES_DOCS),
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
    "In Segment, go to Engage → Audiences → {audience}, add a schedule and check that the activation is on.",
    WATCH,
    (
        links.SEGMENT_AUDIENCE,
        links.SEGMENT_AUDIENCES_DOCS,
    ),
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
    "{audience} sends Group calls only, and they don't match the mapping's trigger.",
    "In Segment, go to Engage → Audiences → {audience} and choose Identify or Track for {destination}.",
    WATCH,
    (
        links.SEGMENT_AUDIENCE,
        links.SEND_AUDIENCE_DATA_DOCS,
    ),
)
