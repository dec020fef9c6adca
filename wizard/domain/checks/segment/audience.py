"""The chosen audiences: whether they exist, are enabled and computed, and have members that can sync.

See docs/segment.md#mapping-problems and docs/segment.md#audience-problems.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks import earlier_members, subjects
from wizard.domain.checks.check import Check, Findings, failed, need, passed, run_checks, skipped, unknown, warned
from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.checks.segment import destination, mapping, segment_access, segment_engage
from wizard.domain.facts import Facts, listed
from wizard.domain.failure import Failure
from wizard.domain.findings import Finding, Status
from wizard.domain.services import links
from wizard.domain.services.links import Link
from wizard.domain.services.mapping import LABELS, uncovered_identifiers, widest_context_key
from wizard.domain.services.segment import NEARLY_ALL, Audience, AudienceKind, Delivery, Workspace
from wizard.domain.signals import deliveries, landing, segment_of_audience
from wizard.domain.signals.computation import Computation, computation_of
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_connection, chosen_space
from wizard.text import count

STEP = StepId.AUDIENCES
_STILL_COUNTED = timedelta(minutes=15)  # since the segment was created
_ON_THE_WAY = (  # failures of these keep every member away, whatever the identifiers
    destination.ENABLED,
    destination.CLIENT_SIDE_ID,
    destination.TOKEN,
    mapping.ENABLED,
    mapping.TRIGGER,
    mapping.FIELDS,
)
_IS_INVALID = re.compile("400|BAD_REQUEST", re.IGNORECASE)


def page(audience: Audience, facts: Facts, answers: Answers) -> tuple[Link, ...]:
    space = chosen_space(facts, answers)
    if space is None or not isinstance(facts.workspace, Workspace):
        return (links.SEGMENT_AUDIENCES_DOCS,)
    slugs = {"workspace": facts.workspace.slug, "space": space.slug or space.id, "audience": audience.id}
    return (links.SEGMENT_AUDIENCE.to(**slugs), links.SEGMENT_AUDIENCES_DOCS)


_CREATE = "In Segment, go to Engage → Audiences and create one, then choose it in the Audiences step."
_OTHER_SPACE = "If your audiences are in another space, choose that space in the Twilio Segment step."


def _exists(facts: Facts, answers: Answers) -> Findings:
    """Judge whether each audience exists. Don't reuse `_each`: this check is about audiences that no longer exist."""
    if isinstance(facts.audiences, Failure) and not answers.by_hand:
        need(facts.audiences, "the space's audiences")  # without the list, no audience can be chosen
    if facts.audiences == () and not answers.audiences:
        return unknown(
            "The space has no audience.",
            cause="You have no audience to sync yet.",
            fix=_CREATE if len(listed(facts.spaces)) < 2 else f"{_CREATE} {_OTHER_SPACE}",
            links=(links.SEGMENT_AUDIENCES_DOCS,),
        )
    found: list[Finding] = []
    for wanted, audience in subjects.audiences(facts, answers).items():
        judged = passed(f"{audience.name} is in the space.", evidence={"id": wanted}) if audience else _gone(wanted)
        found += subjects.about(audience.key if audience else wanted, judged)
    return tuple(found)


def _gone(wanted: str) -> Findings:
    return failed(
        f"The space has no audience {wanted}.",
        cause="The audience was deleted, or it's in another space. A recreated audience gets a new ID.",
        fix="Choose an audience from the list in the Audiences step.",
        links=(links.SEGMENT_AUDIENCES_DOCS,),
    )


def _enabled(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    if computation_of(audience) is Computation.OFF:
        return failed(
            f"{audience.name} is disabled.",
            cause="Segment neither computes nor sends a disabled audience.",
            fix=f"In Segment, go to Engage → Audiences and enable {audience.name}.",
            links=page(audience, facts, answers),
        )
    if audience.enabled is None:
        return unknown(
            f"Segment doesn't say whether {audience.name} is enabled.",
            fix=f"In Segment, go to Engage → Audiences and check that {audience.name} is enabled.",
            links=page(audience, facts, answers),
        )
    return passed(f"{audience.name} is enabled.")


_NOT_COMPUTED = {  # how it's judged, what was seen, why, and what to do
    Computation.BROKEN: (
        failed,
        "Segment couldn't compute {name}: its status is {status}.",
        "The definition is broken or uses something that was deleted, or Segment has an internal error.",
        "Ask Segment support why {name} failed, and check its definition under Engage → Audiences in Segment.",
    ),
    Computation.UNDER_WAY: (
        failed,
        "Segment is still computing {name}: its status is {status}.",
        "Segment computes at most five new audiences at a time. A first computation can take up to a day.",
        "Wait until Segment shows {name} as Live, then check again.",
    ),
    Computation.WAITS: (
        warned,
        "Segment isn't computing {name}: its status is {status}.",
        "Segment computes an audience only when a destination is attached to it.",
        "Attach the destination to {name} and wait for the next computation.",
    ),
    Computation.LOCKED: (
        warned,
        "{name} is locked.",
        "Segment is still processing an edit of this audience.",
        "Wait a few minutes, then check again.",
    ),
}
_JUST_ATTACHED = "You've just attached {name}: wait for its next computation."


def _computed(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    computation, pages = computation_of(audience), page(audience, facts, answers)
    evidence = {"status": audience.status}
    if computation is Computation.DONE:
        return passed(f"{audience.name} is computed.", evidence=evidence)
    if computation is Computation.AGAIN:
        said = f"Segment is computing {audience.name} again: its status is {audience.status}."
        return passed(said, evidence=evidence)
    if computation in _NOT_COMPUTED:
        judge, *texts = _NOT_COMPUTED[computation]
        said, cause, fix = (text.format(name=audience.name, status=audience.status) for text in texts)
        if computation is Computation.WAITS and chosen_connection(audience, facts, answers):
            fix = _JUST_ATTACHED.format(name=audience.name)
        return judge(said, cause=cause, fix=fix, links=pages, evidence=evidence)
    said = f"its status is {audience.status}" if audience.status else "Segment shows no status"
    return unknown(
        f"We can't tell whether {audience.name} is computed: {said}.",
        fix=f"In Segment, go to Engage → Audiences and check the status of {audience.name}.",
        links=pages,
        evidence=evidence,
    )


def _why_empty(audience: Audience) -> str:
    """Return why nobody is in the audience, with the identifiers that it admits, if Segment shows them."""
    if not audience.identifiers:
        return "No profile matches the audience's definition."
    return f"No profile matches the audience's definition and has {_or(audience.identifiers)}."


def _size(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    if audience.size is None:
        is_computed = computation_of(audience) is Computation.DONE
        return unknown(
            f"Segment doesn't show the size of {audience.name}.",
            cause="Segment has computed the audience, but doesn't show this token its size."
            if is_computed
            else "Segment shows the size once it has computed the audience.",
            fix=f"In Segment, go to Engage → Audiences and check the size of {audience.name}.",
            links=page(audience, facts, answers),
            matters=not is_computed,
        )
    if audience.size == 0:
        return failed(
            f"{audience.name} has no members: the audience is empty.",
            cause=_why_empty(audience),
            fix=f"In Segment, go to Engage → Audiences, open {audience.name} and check its definition.",
            links=page(audience, facts, answers),
            evidence={"size": 0},
        )
    what = "account" if audience.kind == AudienceKind.ACCOUNTS else "member"
    return passed(f"{audience.name} has {count(audience.size, what)}.", evidence={"size": audience.size})


def _identifiers(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """Judge by audience previews; without them, warn only with evidence: refused events or missing members.

    See docs/segment.md#missing-identifiers.
    """
    key = subjects.context_key(facts, answers)
    if key is None:
        subjects.need_what_the_mapping_says(facts, answers)
        return skipped("Not chosen yet: the context key.")
    if not audience.identifiers:
        return unknown(
            f"Segment doesn't say which identifiers {audience.name} admits.",
            fix=f"In Segment, go to Engage → Audiences, open {audience.name} and check its settings.",
            links=page(audience, facts, answers),
            matters=False,
        )
    if (counted := _counted(audience, key, facts, answers)) is not None:
        return counted
    return _covered(audience, key, facts, answers)


def _covered(audience: Audience, key: ContextKey, facts: Facts, answers: Answers) -> Findings:
    """Judge whether the context key covers the identifiers that the audience admits."""
    uncovered = uncovered_identifiers(key, audience.identifiers)
    evidence = {"identifiers": list(audience.identifiers), "uncovered": list(uncovered), "context_key": str(key)}
    if not uncovered:
        return passed(f"“{LABELS[key]}” covers every member of {audience.name}.", evidence=evidence)
    pages = (*page(audience, facts, answers), links.ID_SYNC_DOCS)
    if len(uncovered) == len(audience.identifiers):
        return failed(
            f"No member of {audience.name} can sync with “{LABELS[key]}”.",
            cause=f"The audience admits people by {_or(audience.identifiers)} only, so their events have no context "
            "key.",
            fix=_a_key_that_fits(audience),
            links=pages,
            evidence=evidence,
        )
    covered = _or([one for one in audience.identifiers if one not in uncovered])
    seen = _signs_of_left_out_members(audience, facts, answers)
    if not seen:
        said = f"Members with {covered} sync. People known only by {_or(uncovered)} don't."
        return passed(said, evidence=evidence)
    return warned(
        f"Only members with {covered} sync, and {seen}.",
        cause=f"{audience.name} also admits people known only by {_or(uncovered)}. One of them can make its whole "
        "batch fail. Segment shows how many there are under Preview → Insights → Identifier breakdown.",
        fix="In the Mapping step, choose a context key that every member has, unless only members with "
        f"{covered} should sync.",
        links=pages,
        evidence=evidence,
    )


def _counted(audience: Audience, key: ContextKey, facts: Facts, answers: Answers) -> Findings | None:
    """Return the finding by audience previews; None if nobody counted, or the count can't be right."""
    seen, landed = landing.counted(audience, facts), landing.landing_with(audience, key, facts)
    if seen is None or landed is None:
        return None
    of_them = f"{min(landed, seen.members):,} of {count(seen.members, 'member')} of {audience.name}"
    evidence: dict[str, object] = {"context_key": str(key), "landing": dict(seen.by_key), "members": seen.members}
    evidence |= {"identifiers": list(audience.identifiers), "counted_at": seen.at.isoformat()}
    can_sync = f"{of_them} can sync with “{LABELS[key]}”{landing.dated(audience, facts)}."
    if landing.is_everybody(landed, seen.members):
        return passed(can_sync, evidence=evidence)
    best = landing.best_key(audience, key, facts)
    reaches = landing.landing_with(audience, best, facts) if best else None
    fix = (
        f"In the Mapping step, choose “{LABELS[best]}”, which {reaches:,} members have, unless the others shouldn't "
        "sync."
        if best and reaches and reaches > landed
        else "If the others should sync too, send their user ID or email to Segment with Identify calls."
    )
    pages = (*page(audience, facts, answers), links.ID_SYNC_DOCS)
    without = count(seen.members - landed, "member has", "members have")
    cause = f"{without} none of its identifiers. One of them can make its whole batch fail."
    tell = failed if not landed else warned
    said = can_sync if landed else f"No member of {audience.name} can sync."
    return tell(said, cause=cause, fix=fix, links=pages, evidence=evidence)


def _signs_of_left_out_members(audience: Audience, facts: Facts, answers: Answers) -> str:
    """Return the sign that members are left out, as part of a sentence; empty without a sign."""
    sign = _sign(audience, facts, answers)
    return sign if sign and not _is_explained_otherwise(audience, facts, answers) else ""


def _sign(audience: Audience, facts: Facts, answers: Answers) -> str:
    own = deliveries.certain_of(audience, facts, answers)
    if own is not None and own.failed and _IS_INVALID.search(deliveries.main_reason(own)):
        return f"LaunchDarkly refused {count(own.failed, 'event')} as invalid"
    segment = segment_of_audience.found(audience, facts)
    if segment is None or not segment.included_count or not audience.size:
        return ""
    is_settled = segment.created_at is None or facts.now - segment.created_at >= _STILL_COUNTED
    if (
        not is_settled
        or segment_of_audience.is_under_way(audience, facts)
        or segment.included_count >= NEARLY_ALL * audience.size
    ):
        return ""
    return f"{segment.name} has {segment.included_count:,} of {count(audience.size, 'member')}"


def _is_explained_otherwise(audience: Audience, facts: Facts, answers: Answers) -> bool:
    """Return whether something else keeps members away, so that a small count or a refusal proves nothing."""
    segment, seen = segment_of_audience.found(audience, facts), facts.delivery
    if audience.history is False or (segment is not None and segment.generation > 1):
        return True
    if isinstance(seen, Delivery) and seen.failed and not _IS_INVALID.search(deliveries.main_reason(seen)):
        return True
    if launchdarkly_app.refuses_the_kind(facts, answers) or earlier_members.are_missing(audience, facts, answers):
        return True
    return any(one.status is Status.FAIL for one in run_checks(_ON_THE_WAY, facts, answers))


def _or(names: Sequence[str]) -> str:
    """Return "a", "a or b", "a, b or c"."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _a_key_that_fits(audience: Audience) -> str:
    best = widest_context_key([audience])
    if len(uncovered_identifiers(best, audience.identifiers)) < len(audience.identifiers):
        return f"Choose “{LABELS[best]}” as the context key in the Mapping step."
    return (
        "Choose another audience in the Audiences step, or create one in Segment that admits people by user_id or "
        "email."
    )


_SPACE = (segment_access.VALID, segment_access.REGION, segment_engage.ENGAGE)
_each = subjects.for_each_audience
EXISTS = Check("audience.exists", "Audience", STEP, _exists, _SPACE, reads=("audiences",))
THERE = (segment_engage.ENGAGE, EXISTS)
ENABLED = Check("audience.enabled", "Audience status", STEP, _each(_enabled), THERE, reads=("audiences",))
_ON = (*THERE, ENABLED)
COMPUTED = Check("audience.computed", "Audience computation", STEP, _each(_computed), _ON, reads=("audiences",))
SIZE = Check("audience.size", "Audience size", STEP, _each(_size), (*_ON, COMPUTED), reads=("audiences",))
IDENTIFIERS = Check(
    "audience.identifiers",
    "Member identifiers",
    STEP,
    _each(_identifiers),
    THERE,
    reads=("audiences", "delivery", "segments", "landing"),
)
CHECKS = (EXISTS, ENABLED, COMPUTED, SIZE, IDENTIFIERS)
