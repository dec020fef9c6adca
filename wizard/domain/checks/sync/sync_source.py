"""What reached the space's Engage source, before Segment sent anything to a destination."""

from __future__ import annotations

from wizard.domain.answers import Answers
from wizard.domain.checks import earlier_members, subjects
from wizard.domain.checks.check import Check, Findings, failed, need, not_judged, passed, unknown, warned
from wizard.domain.checks.segment import audience, audience_attached, destination, mapping, segment_engage
from wizard.domain.checks.silence import SILENT
from wizard.domain.checks.sync import likely_reasons
from wizard.domain.facts import Facts
from wizard.domain.services import links
from wizard.domain.services.segment import Delivery
from wizard.domain.signals import segment_of_audience
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_audiences
from wizard.text import count

STEP = StepId.FIRST_SYNC
_PAGES = (links.SEGMENT_SOURCES, links.PUBLIC_API_DELIVERY_DOCS)
_TRACKING_PLAN = (
    "The source's tracking plan or schema settings block what Engage sends.",
    "In Segment, open the Engage source's Schema tab and allow Audience Entered, Audience Exited and their properties.",
)
_NO_IDENTIFIER = (
    "These events have neither a userId nor an anonymousId.",
    "In Segment, open the Engage source's Debugger tab and look at one of these events.",
)
_WHY_HELD = {
    "unplanned": _TRACKING_PLAN,
    "schema_violation": _TRACKING_PLAN,
    "event_setting": _TRACKING_PLAN,
    "source_disabled": (
        "The Engage source was switched off at that time.",
        "In Segment, go to Connections → Sources and switch on the Engage source.",
    ),
    "id_required": _NO_IDENTIFIER,
    "no_user_anon_id": _NO_IDENTIFIER,
}
_WHY_UNKNOWN = (
    "Segment blocked them for a reason that the wizard doesn't know.",
    "In Segment, open the Engage source's Delivery Overview tab and look up the reason.",
)


def _passed_on(facts: Facts) -> int:
    """Return how many events went on to the destination. They passed the source, even if its count is older."""
    return facts.delivery.delivered + facts.delivery.failed if isinstance(facts.delivery, Delivery) else 0


def _is_early(facts: Facts, answers: Answers) -> bool:
    return any(earlier_members.is_early(one, facts, answers) for one in chosen_audiences(facts, answers))


def _source(facts: Facts, answers: Answers) -> Findings:
    """Judge the Engage source. It carries every audience of its space, so some blocked events are no failure."""
    subjects.need_destination(facts, answers)
    seen = need(facts.intake, "what reached the source")
    held, received = seen.failed + seen.filtered, seen.received or _passed_on(facts)
    evidence = {"received": received, "held_back": held, "reasons": dict(seen.reasons)}
    if not held and not received and segment_of_audience.some_arrived_since(facts, answers):
        return passed(
            "Members have arrived in LaunchDarkly. Segment counts events a few minutes late.", evidence=evidence
        )
    if not held and not received and _is_early(facts, answers):
        return not_judged(
            "Segment hasn't counted any events yet. Its counts are a few minutes late.", evidence=evidence
        )
    if not held and not received:
        cause, fix = likely_reasons.why_silent(chosen_audiences(facts, answers), facts, answers)
        return unknown(
            "The Engage source received no events in the last four hours.",
            cause=cause,
            fix=fix,
            links=_PAGES,
            evidence={**evidence, **SILENT},
        )
    if not held:
        return passed(f"The Engage source received {count(received, 'event')}.", evidence=evidence)
    reason = seen.reasons[0][0] if seen.reasons else ""
    cause, fix = _WHY_HELD.get(reason.casefold(), _WHY_UNKNOWN)
    said = f", mostly with the reason {reason}" if reason else ""
    summary = f"The Engage source blocked {held:,} of {count(received + held, 'event')}{said}."
    judge = warned if received else failed
    return judge(summary, cause=cause, fix=fix, links=_PAGES, evidence=evidence)


# A failure of one of these explains why nothing is delivered.
READY = (
    segment_engage.SOURCE,
    destination.EXISTS,
    destination.SOURCE,
    destination.ENABLED,
    destination.CLIENT_SIDE_ID,
    destination.TOKEN,
    mapping.EXISTS,
    mapping.ENABLED,
    mapping.TRIGGER,
    mapping.FIELDS,
    mapping.CONTEXT_KEY,
    audience.EXISTS,
    audience.ENABLED,
    audience.COMPUTED,
    audience.SIZE,
    audience.IDENTIFIERS,
    audience_attached.ATTACHED,
)
SOURCE = Check(
    "sync.source", "Events at the Engage source", STEP, _source, READY, matters=False, reads=("intake", "delivery")
)
CHECKS = (SOURCE,)
