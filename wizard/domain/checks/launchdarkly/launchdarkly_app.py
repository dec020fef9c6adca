"""Whether flags can use the segment: context kind, store, plan.

See docs/launchdarkly.md#account-and-project-rules and docs/launchdarkly.md#flag-problems.
"""

from __future__ import annotations

from dataclasses import replace

from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks import subjects
from wizard.domain.checks.check import Check, Findings, failed, need, not_judged, passed, skipped, unknown, warned
from wizard.domain.checks.launchdarkly import launchdarkly_token
from wizard.domain.checks.launchdarkly.launchdarkly_approvals import NEEDS
from wizard.domain.facts import Facts, is_closed, listed
from wizard.domain.findings import Finding, Status
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import ContextKind, CustomRole, PersistentStore
from wizard.domain.services.segment import Delivery
from wizard.domain.signals import deliveries, key_shapes, segment_of_audience
from wizard.domain.signals.sdks import is_server_side, uses_server_side
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_environment
from wizard.text import count

STEP = StepId.LAUNCHDARKLY
IS_UNKNOWN = "is_unknown"
IN_THE_MAPPING = "in_the_mapping"
FIX_THE_KIND = (
    "Choose a kind of the project in the Mapping step and apply the plan (audience-wizard apply). Or create "
    "{context_kind} in LaunchDarkly under Code → Contexts, behind the gear icon."
)
_INVALID = 400  # what LaunchDarkly answers to events that it doesn't accept


def _context_kind(facts: Facts, answers: Answers) -> Findings:
    """Judge the context kind. Whether a sync takes an unknown one is unverified (docs/launchdarkly.md#context-kinds).

    An existing mapping's own kind is judged too, because members arrive with it today.
    """
    wanted = subjects.context_kind(facts, answers)
    if not wanted:
        subjects.need_what_the_mapping_says(facts, answers)
        return skipped("Not chosen yet: the context kind.")
    judged = _judge_kind(wanted, facts, answers, is_the_mappings=not answers.context_kind)
    mapping = subjects.seen_mapping(facts, answers)
    in_use = mapping.settings.get("context_kind") if mapping else None
    if _may_not_match(judged) or mapping is None or not isinstance(in_use, str) or in_use in {"", wanted}:
        return judged
    whose = f"The mapping {mapping.name} creates {in_use} contexts. "
    of_the_mapping = _judge_kind(in_use, facts, answers, whose, is_the_mappings=True)
    return of_the_mapping if _may_not_match(of_the_mapping) else judged


def _may_not_match(findings: Findings) -> bool:
    """Return whether flags might fail to match a segment of the judged kind."""
    return findings[0].blocks or IS_UNKNOWN in findings[0].evidence


def refuses_the_kind(facts: Facts, answers: Answers) -> bool:
    """Return whether LaunchDarkly refuses every event as invalid, and the project lacks the mapping's kind.

    See docs/launchdarkly.md#context-kinds.
    """
    mapping, kinds = subjects.seen_mapping(facts, answers), facts.context_kinds
    kind = mapping.settings.get("context_kind") if mapping else None
    if not kind or not isinstance(kinds, tuple) or any(one.key == kind for one in kinds):
        return False
    seen = facts.delivery
    if not isinstance(seen, Delivery) or seen.delivered or not seen.failed:
        return False
    return deliveries.code_of(deliveries.main_reason(seen)) == _INVALID


def is_refused(finding: Finding) -> bool:
    """Return whether the check's finding says that LaunchDarkly refuses the kind."""
    return finding.blocks and IS_UNKNOWN in finding.evidence


def _judge_kind(
    key: str, facts: Facts, answers: Answers, whose: str = "", *, is_the_mappings: bool = False
) -> Findings:
    """Judge one kind. `whose`: a sentence that says where the kind comes from, when it isn't the chosen one.

    `is_the_mappings`: only the current mapping has the kind, so the plan can set another one.
    """
    kinds = need(facts.context_kinds, "the project's context kinds")
    kind = next((kind for kind in kinds if kind.key == key), None)
    evidence: dict[str, object] = {"context_kind": key, "kinds": [kind.key for kind in kinds if not kind.archived][:20]}
    evidence |= {IN_THE_MAPPING: True} if is_the_mappings else {}
    if kind is None:
        evidence |= {IS_UNKNOWN: True}
        is_refused = refuses_the_kind(facts, answers)
        return (
            _refused_kind(key, facts, whose, evidence)
            if is_refused
            else _unknown_kind(key, facts, answers, whose, evidence)
        )
    if kind.archived:
        return failed(
            f"{whose}The context kind {key} is archived in this project.",
            cause="LaunchDarkly doesn't offer archived kinds for targeting.",
            fix=f"Choose another kind in the Mapping step, or restore {key} in LaunchDarkly under Code → Contexts, "
            "behind the gear icon.",
            links=(links.CONTEXT_KINDS_DOCS,),
            evidence=evidence,
        )
    if kind.last_seen is None:
        return warned(
            f"LaunchDarkly has never seen a context of the kind {key}.",
            cause="Your app may send another kind, or it may not be running yet.",
            fix="Evaluate a flag in your app with a context of this kind, then check again.",
            links=(links.CONTEXT_KINDS_DOCS,),
            evidence=evidence,
        )
    return _seen_there(kind, answers.environment, evidence)


def _unknown_kind(key: str, facts: Facts, answers: Answers, whose: str, evidence: dict[str, object]) -> Findings:
    mapping = subjects.seen_mapping(facts, answers)
    sent = facts.delivery if mapping and mapping.settings.get("context_kind") == key else None
    shown = deliveries.what_the_sync_shows("it refuses members of an unknown kind", _INVALID, sent)
    return warned(
        f"{whose}This project has no context kind {key}.",
        cause="Your app has never sent a context of this kind. Flags that it evaluates with other kinds don't match "
        f"the segment. {shown}",
        fix="Choose a kind from the list in the Mapping step, or evaluate a flag with this kind once.",
        links=(links.CONTEXT_KINDS_DOCS,),
        evidence=evidence,
    )


def _refused_kind(key: str, facts: Facts, whose: str, evidence: dict[str, object]) -> Findings:
    refused = facts.delivery.failed if isinstance(facts.delivery, Delivery) else 0
    return failed(
        f"{whose}This project has no context kind {key}.",
        cause=f"LaunchDarkly refused {'' if refused == 1 else 'all '}{count(refused, 'event')} as invalid, most likely "
        "because the project doesn't have this kind.",
        fix=FIX_THE_KIND.format(context_kind=f"the kind {key}"),
        links=(links.CONTEXT_KINDS_DOCS,),
        evidence=evidence,
    )


def _seen_there(kind: ContextKind, environment: str, evidence: dict[str, object]) -> Findings:
    """Judge where the kind was seen. LaunchDarkly keeps only recent observations, so an idle app may still send it."""
    if not kind.seen_in or not environment:
        return passed(f"Your app sends {kind.key} contexts.", evidence=evidence)
    evidence |= {"seen_in": sorted(kind.seen_in)}
    if environment in kind.seen_in:
        return passed(f"Your app sends {kind.key} contexts in {environment}.", evidence=evidence)
    return warned(
        f"LaunchDarkly recently saw {kind.key} contexts in {', '.join(sorted(kind.seen_in)[:3])}, but not in "
        f"{environment}.",
        cause="Your app may use another environment's SDK key, or it may not be running in this environment yet.",
        fix=f"Evaluate a flag in your app with the SDK key or client-side ID of {environment}, then check again.",
        links=(links.CONTEXT_KINDS_DOCS,),
        evidence=evidence,
    )


def _context_keys(facts: Facts, answers: Answers) -> Findings:
    """Warn before anything is attached: members whose keys differ from the app's match no flag."""
    kind, context_key = subjects.context_kind(facts, answers), subjects.context_key(facts, answers)
    if not kind or context_key is None:
        subjects.need_what_the_mapping_says(facts, answers)
        return skipped("Not chosen yet: the context key.")
    if is_closed(facts.key_shapes):
        return skipped(f"Your token can't search the {kind} contexts of this environment, so we can't compare keys.")
    seen = need(facts.key_shapes, f"the recent {kind} contexts of your app")
    if not seen.total:
        return skipped(f"Your app has sent no {kind} contexts recently, so we have no keys to compare.")
    said = key_shapes.usual_in_words(seen)
    evidence: dict[str, object] = {"kind": kind, "shapes": {str(shape): many for shape, many in seen.counts.items()}}
    if key_shapes.differ(seen, context_key):
        return _keys_differ(said, context_key, evidence)
    if answers.test_user and key_shapes.is_strange(answers.test_user, seen):
        return warned(
            f"{said} The test user's key looks like {key_shapes.in_words(key_shapes.shape_of(answers.test_user))}.",
            cause="No recent key looks like the test user's, so your app may send another key for this person.",
            fix="In LaunchDarkly, go to Code → Contexts and compare the test user with a context. Then choose the "
            "context key that your app sends in the Mapping step.",
            links=(links.SEGMENTS_DOCS,),
            evidence=evidence,
        )
    return passed(said, evidence=evidence)


def _keys_differ(said: str, context_key: ContextKey, evidence: dict[str, object]) -> Findings:
    sent = "email addresses" if context_key is ContextKey.EMAIL_ONLY else "Segment's user IDs"
    return warned(
        said,
        cause=f"The mapping sends {sent}. Members match your app's contexts only when both are the same value.",
        fix="In the Mapping step, choose the context key that your app sends. Or have your app send Segment's "
        "identifier as its context key.",
        links=(links.SEGMENTS_DOCS, links.TWILIO_DESTINATION_DOCS),
        evidence=evidence,
    )


# --- persistent store -------------------------------------------------------------------------------------------


def _store(facts: Facts, answers: Answers) -> Findings:
    """Judge the persistent store. Server-side flags can't use the segment without it, but the segment appears anyway.

    See docs/launchdarkly.md#using-a-segment-in-flags.
    """
    match uses_server_side(facts, answers):
        case None:
            return not_judged("Not known yet: whether server-side SDKs or a Relay Proxy use the segment.")
        case False if answers.server_side is None:
            return skipped("Not needed: in the last day only client-side and mobile SDKs connected.")
        case False:
            return skipped("Not needed: only client-side and mobile SDKs use the segment.")
    judged = _judge_stores(facts, answers)
    return judged if answers.server_side else tuple(_by_what_connected(finding, facts) for finding in judged)


def _by_what_connected(finding: Finding, facts: Facts) -> Finding:
    """Turn a failure into a warning: an SDK that connected may have nothing to do with the segment."""
    if not finding.blocks:
        return finding
    sdks = listed(facts.sdks_in_use)
    names = ", ".join(f"{sdk.name} {sdk.version}".strip() for sdk in sdks if is_server_side(sdk))
    cause = f"{finding.cause} In the last day {names} connected."
    return replace(finding, status=Status.WARN, cause=cause)


def _judge_stores(facts: Facts, answers: Answers) -> Findings:
    place = subjects.need_environment(facts, answers)
    stores = _stores_of(place, need(facts.stores, "the persistent stores"))
    sick = [store for store in stores if store.trouble]
    if stores and not sick:
        return passed(f"The persistent store {stores[0].name} is healthy.", evidence=_store_evidence(stores))
    if len(sick) < len(stores):
        return _one_is_unhealthy(sick[0], stores)
    return _no_healthy_store(place, stores)


def _stores_of(place: subjects.Place, stores: tuple[PersistentStore, ...]) -> list[PersistentStore]:
    project, environment = place
    return [store for store in stores if (store.project, store.environment) == (project.key, environment.key)]


def _store_evidence(stores: list[PersistentStore]) -> dict[str, object]:
    return {"stores": [{"name": s.name, "kind": s.kind, "state": s.trouble or "healthy"} for s in stores]}


def _one_is_unhealthy(store: PersistentStore, stores: list[PersistentStore]) -> Findings:
    return warned(
        f"The persistent store {store.name} {store.trouble}. Another one is healthy.",
        cause=f"SDKs that read from {store.name} see outdated members or none.",
        fix=f"In LaunchDarkly, go to Integrations, {store.fix}.",
        links=_STORE_PAGES,
        evidence=_store_evidence(stores),
    )


def _no_healthy_store(place: subjects.Place, stores: list[PersistentStore]) -> Findings:
    name = subjects.place_name(place)
    if not stores:
        return failed(
            f"{name} has no persistent store.",
            cause="Server-side SDKs and the Relay Proxy read a synced segment's members from a persistent store. "
            "The wizard can't see a store that a Relay Proxy fills.",
            fix=f"In LaunchDarkly, go to Integrations and add a Redis or DynamoDB persistent store for {name}.",
            links=_STORE_PAGES,
        )
    first = stores[0]
    said = f" The store reports: {first.errors[0]}." if first.errors else ""
    return failed(
        f"The persistent store {first.name} of {name} {first.trouble}.",
        cause=f"Without it, server-side SDKs can't tell who is a member.{said}",
        fix=f"In LaunchDarkly, go to Integrations, {first.fix}.",
        links=_STORE_PAGES,
        evidence=_store_evidence(stores),
    )


_STORE_PAGES = (links.BIG_SEGMENTS_DOCS, links.REDIS_DOCS, links.DYNAMODB_DOCS)

# --- plan -------------------------------------------------------------------------------------------------------


def _plan(facts: Facts, answers: Answers) -> Findings:
    """Judge the plan. No call shows it, but a synced segment proves it (docs/launchdarkly.md#plan)."""
    need(facts.caller, "the token's identity")
    if isinstance(facts.segments, tuple) and any(s.external or s.unbounded for s in facts.segments):
        return passed("The plan includes synced segments: this environment has one.")
    place = chosen_environment(facts, answers)
    signs = {
        "custom roles": any(isinstance(role, CustomRole) for role in (facts.roles or {}).values()),
        "approvals": place is not None and place[1].segment_approvals_required is not None,
        "persistent stores": isinstance(facts.stores, tuple) and bool(facts.stores),
    }
    seen = [sign for sign, is_there in signs.items() if is_there]
    hint = f" A good sign: the account has {' and '.join(seen)}." if seen else ""
    if not isinstance(facts.segments, tuple):
        return not_judged(f"We can't tell yet whether the plan includes synced segments.{hint}")
    if not _is_in_doubt(facts, answers):
        said = f"We can't tell yet whether the plan includes synced segments. The first sync will show it.{hint}"
        return skipped(said, evidence={"signs": seen})
    return unknown(
        f"We can't tell whether the plan includes synced segments, and no segment has appeared.{hint}",
        cause="LaunchDarkly offers synced segments on select plans only, and its API doesn't show the plan.",
        fix="Ask your LaunchDarkly admin whether your plan is Enterprise, or ask LaunchDarkly sales for a plan that "
        "includes synced segments.",
        links=(links.SYNCED_SEGMENTS_DOCS, links.LAUNCHDARKLY_SALES),
        evidence={"signs": seen},
    )


def _is_in_doubt(facts: Facts, answers: Answers) -> bool:
    """Return whether the plan is in doubt: only a sync that goes wrong shows that."""
    was_refused = isinstance(facts.delivery, Delivery) and facts.delivery.failed > 0
    is_overdue = facts.attached_at is not None and not segment_of_audience.is_any_under_way(facts, answers)
    return was_refused or is_overdue


CONTEXT_KIND = Check(
    "launchdarkly.context_kind",
    "Context kind",
    StepId.MAPPING,
    _context_kind,
    NEEDS,
    reads=("context_kinds", "delivery"),
)
CONTEXT_KEYS = Check(
    "launchdarkly.context_keys",
    "Context keys of your app",
    StepId.MAPPING,
    _context_keys,
    (*NEEDS, CONTEXT_KIND),
    matters=False,
    reads=("key_shapes",),
)
STORE = Check(
    "launchdarkly.store", "Persistent store", STEP, _store, NEEDS, matters=False, reads=("stores", "sdks_in_use")
)
PLAN = Check(
    "launchdarkly.plan",
    "LaunchDarkly plan",
    STEP,
    _plan,
    (launchdarkly_token.VALID,),
    matters=False,
    reads=("segments", "stores", "roles", "delivery"),
)
CHECKS = (CONTEXT_KIND, CONTEXT_KEYS, STORE, PLAN)
