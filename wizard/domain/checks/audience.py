"""The chosen audiences: there, on, computed, with members that can be synced.

See docs/segment.md#mapping-problems and docs/segment.md#audience-problems.
"""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks import segment_access, segment_engage, subjects
from wizard.domain.checks.check import Check, Findings, failed, need, passed, skipped, unknown, warned
from wizard.domain.computation import Computation, computation_of
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding
from wizard.domain.links import Link
from wizard.domain.mapping import LABELS, uncovered_identifiers
from wizard.domain.model import Audience, Connections, Failure, Workspace
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_destination, chosen_space
from wizard.text import count

STEP = StepId.AUDIENCES


def page(audience: Audience, facts: Facts, answers: Answers) -> tuple[Link, ...]:
    space = chosen_space(facts, answers)
    if space is None or not isinstance(facts.workspace, Workspace):
        return (links.SEGMENT_AUDIENCES_DOCS,)
    slugs = {"workspace": facts.workspace.slug, "space": space.slug or space.id, "audience": audience.id}
    return (links.SEGMENT_AUDIENCE.to(**slugs), links.SEGMENT_AUDIENCES_DOCS)


def _exists(facts: Facts, answers: Answers) -> Findings:
    """Keeps its own loop: the one that is gone is what it is about."""
    if isinstance(facts.audiences, Failure) and not answers.by_hand:
        need(facts.audiences, "the space's audiences")  # nothing can be chosen from a list that nobody sees
    found: list[Finding] = []
    for wanted, audience in subjects.audiences(facts, answers).items():
        judged = passed(f"{audience.name} is in the space.", evidence={"id": wanted}) if audience else _gone(wanted)
        found += subjects.about(audience.key if audience else wanted, judged)
    return tuple(found)


def _gone(wanted: str) -> Findings:
    return failed(
        f"The space has no audience {wanted}.",
        cause="It was deleted, or it is in another space. An audience that is made again has another id.",
        fix="Choose an audience from the list in the Audiences step.",
        links=(links.SEGMENT_AUDIENCES_DOCS,),
    )


def _enabled(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    if computation_of(audience) is Computation.OFF:
        return failed(
            f"{audience.name} is disabled.",
            cause="Somebody switched it off; nothing is computed or sent.",
            fix=f"Enable {audience.name} in Segment under Engage → Audiences.",
            links=page(audience, facts, answers),
        )
    if audience.enabled is None:
        return unknown(
            f"Segment does not say whether {audience.name} is enabled.",
            fix=f"Look at {audience.name} in Segment under Engage → Audiences.",
            links=page(audience, facts, answers),
        )
    return passed(f"{audience.name} is enabled.")


def _computed(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    computation, pages = computation_of(audience), page(audience, facts, answers)
    evidence = {"status": audience.status}
    if computation is Computation.DONE:
        return passed(f"{audience.name} is computed.", evidence=evidence)
    if computation is Computation.AGAIN:
        said = f"{audience.name} was computed before; its status is {audience.status}."
        return passed(said, evidence=evidence)
    if computation is Computation.BROKEN:
        return failed(
            f"Segment could not compute {audience.name}: its status is {audience.status}.",
            cause="Its definition is broken, something it refers to was deleted, or Segment has an internal fault.",
            fix=f"Open {audience.name} in Segment under Engage → Audiences and repair its definition.",
            links=pages,
            evidence=evidence,
        )
    if computation is Computation.UNDER_WAY:
        return failed(
            f"{audience.name} is not computed yet: its status is {audience.status}.",
            cause="Segment computes at most five new audiences at once; a first computation can take up to a day.",
            fix=f"Wait until Segment shows {audience.name} as Live, then check again.",
            links=pages,
            evidence=evidence,
        )
    if computation is Computation.WAITS:
        return warned(
            f"{audience.name} is not being computed: its status is {audience.status}.",
            cause="An audience without a destination is not computed.",
            fix=f"Wait one cycle: {audience.name} was attached."
            if _is_attached(audience, facts, answers)
            else f"Attach the destination to {audience.name} and wait one cycle.",
            links=pages,
            evidence=evidence,
        )
    if computation is Computation.LOCKED:
        return warned(
            f"{audience.name} is locked.",
            cause="An edit of it is still being processed.",
            fix="Wait until the edit is processed, then check again.",
            links=pages,
            evidence=evidence,
        )
    said = f"its status is {audience.status}" if audience.status else "Segment gives no status"
    return unknown(
        f"Whether {audience.name} is computed cannot be told: {said}.",
        fix=f"Look at {audience.name} in Segment under Engage → Audiences.",
        links=pages,
        evidence=evidence,
    )


def _is_attached(audience: Audience, facts: Facts, answers: Answers) -> bool:
    seen, destination = facts.connections.get(audience.id), chosen_destination(facts, answers)
    items = seen.items if isinstance(seen, Connections) and destination else ()
    return destination is not None and any(one.destination_id == destination.id for one in items)


def _size(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    if audience.size is None:
        return unknown(
            f"Segment gives no size of {audience.name}.",
            cause="It is shown once the audience has been computed.",
            fix=f"Look at the size of {audience.name} in Segment under Engage → Audiences.",
            links=page(audience, facts, answers),
        )
    if audience.size == 0:
        return failed(
            f"{audience.name} is empty.",
            cause="No profile fits its definition, or none has an identifier that its settings let through.",
            fix=f"Look at the definition of {audience.name} in Segment under Engage → Audiences.",
            links=page(audience, facts, answers),
            evidence={"size": 0},
        )
    what = "account" if audience.kind.upper() == "ACCOUNTS" else "member"
    return passed(f"{audience.name} has {count(audience.size, what)}.", evidence={"size": audience.size})


def _identifiers(audience: Audience, facts: Facts, answers: Answers) -> Findings:
    """How many members lack the identifier cannot be counted, only that some may.

    See docs/segment.md#missing-identifiers.
    """
    key = subjects.context_key(facts, answers)
    if key is None:
        subjects.need_what_the_mapping_says(facts, answers)
        return skipped("Not chosen yet: the context key.")
    if not audience.identifiers:
        return unknown(
            f"Segment does not say which identifiers {audience.name} lets through.",
            fix=f"Look at the settings of {audience.name} in Segment under Engage → Audiences.",
            links=page(audience, facts, answers),
            matters=False,
        )
    uncovered = uncovered_identifiers(key, audience.identifiers)
    evidence = {"identifiers": list(audience.identifiers), "uncovered": list(uncovered), "context_key": str(key)}
    if not uncovered:
        return passed(f"“{LABELS[key]}” fits every identifier of {audience.name}.", evidence=evidence)
    pages = (*page(audience, facts, answers), links.ID_SYNC_DOCS)
    if len(uncovered) == len(audience.identifiers):
        return failed(
            f"No identifier of {audience.name} fits “{LABELS[key]}”.",
            cause="Its members cannot be synced: what is sent for them has no context key.",
            fix=_a_key_that_fits(audience),
            links=pages,
            evidence=evidence,
        )
    fitting = " or ".join(one for one in audience.identifiers if one not in uncovered)
    return warned(
        f"Of {audience.name} those with {fitting} are synced; who has only {' or '.join(uncovered)} is not.",
        cause=f"“{LABELS[key]}” makes no key of the others, and one such member can make its whole batch fail.",
        fix=f"Nothing, if every member has {fitting}; else choose another context key (Mapping, context_key).",
        links=pages,
        evidence=evidence,
    )


def _a_key_that_fits(audience: Audience) -> str:
    best = min(ContextKey, key=lambda key: len(uncovered_identifiers(key, audience.identifiers)))
    if len(uncovered_identifiers(best, audience.identifiers)) < len(audience.identifiers):
        return f"Choose “{LABELS[best]}” as the context key in the Mapping step."
    return f"Let user_id or email through in the settings of {audience.name} in Segment, or choose another audience."


_SPACE = (segment_access.VALID, segment_access.REGION, segment_engage.ENGAGE)
_each = subjects.for_each_audience
EXISTS = Check("audience.exists", "Audience exists", STEP, _exists, _SPACE, reads=("audiences",))
THERE = (segment_engage.ENGAGE, EXISTS)
ENABLED = Check("audience.enabled", "Audience is enabled", STEP, _each(_enabled), THERE, reads=("audiences",))
_ON = (*THERE, ENABLED)
COMPUTED = Check("audience.computed", "Audience is computed", STEP, _each(_computed), _ON, reads=("audiences",))
SIZE = Check("audience.size", "Audience has members", STEP, _each(_size), (*_ON, COMPUTED), reads=("audiences",))
IDENTIFIERS = Check(
    "audience.identifiers",
    "Identifiers fit the context key",
    STEP,
    _each(_identifiers),
    THERE,
    reads=("audiences",),
)
CHECKS = (EXISTS, ENABLED, COMPUTED, SIZE, IDENTIFIERS)
