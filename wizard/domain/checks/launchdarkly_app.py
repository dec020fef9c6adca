"""Whether flags can use the segment: context kind, store, plan.

See docs/launchdarkly.md#account-and-project-rules and docs/launchdarkly.md#flag-problems.
"""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.answers import Answers
from wizard.domain.checks import launchdarkly_token, subjects
from wizard.domain.checks.check import Check, Findings, failed, need, passed, skipped, unknown, warned
from wizard.domain.checks.launchdarkly_approvals import NEEDS
from wizard.domain.facts import Facts
from wizard.domain.model import CustomRole, PersistentStore
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_environment

STEP = StepId.LAUNCHDARKLY


def _context_kind(facts: Facts, answers: Answers) -> Findings:
    """Whether a sync is refused for an unknown kind is unverified (docs/launchdarkly.md#context-kinds).

    A mapping that exists is judged by its own kind too: it is what arrives today.
    """
    wanted = subjects.context_kind(facts, answers)
    if not wanted:
        subjects.need_what_the_mapping_says(facts, answers)
        return skipped("Not chosen yet: the context kind.")
    judged = _judge_kind(wanted, facts)
    mapping = subjects.seen_mapping(facts, answers)
    in_use = mapping.settings.get("context_kind") if mapping else None
    if judged[0].blocks or mapping is None or not isinstance(in_use, str) or in_use in {"", wanted}:
        return judged
    of_the_mapping = _judge_kind(in_use, facts, f"The mapping {mapping.name} makes contexts of the kind {in_use}. ")
    return of_the_mapping if of_the_mapping[0].blocks else judged


def _judge_kind(key: str, facts: Facts, whose: str = "") -> Findings:
    """`whose`: a sentence that says where the kind comes from, when it is not the chosen one."""
    kinds = need(facts.context_kinds, "the project's context kinds")
    kind = next((kind for kind in kinds if kind.key == key), None)
    evidence: dict[str, object] = {"context_kind": key, "kinds": [kind.key for kind in kinds if not kind.archived][:20]}
    evidence |= {"in_the_mapping": True} if whose else {}
    if kind is None:
        return failed(
            f"{whose}LaunchDarkly has no context kind {key} in this project.",
            cause="Your app never sent one: flags that it evaluates with other kinds never match the segment.",
            fix="Choose a kind from the list in the Mapping step, or evaluate a flag with this kind once.",
            links=(links.CONTEXT_KINDS_DOCS,),
            evidence=evidence,
        )
    if kind.archived:
        return failed(
            f"{whose}The context kind {key} is archived in this project.",
            cause="Archived kinds are not offered for targeting.",
            fix=f"Choose another kind in the Mapping step, or bring {key} back under Contexts → Kinds.",
            links=(links.CONTEXT_KINDS_DOCS,),
            evidence=evidence,
        )
    if kind.last_seen is None:
        return warned(
            f"LaunchDarkly has never seen a context of the kind {key}.",
            cause="Your app may be sending another kind, or may not be running yet.",
            fix="Evaluate a flag in your app with a context of this kind, then check again.",
            links=(links.CONTEXT_KINDS_DOCS,),
            evidence=evidence,
        )
    return passed(f"Your app sends contexts of the kind {key}.", evidence=evidence)


# --- persistent store -------------------------------------------------------------------------------------------


def _store(facts: Facts, answers: Answers) -> Findings:
    """Decides whether server-side flags can use the segment, not whether it appears.

    See docs/launchdarkly.md#using-a-segment-in-flags.
    """
    if answers.server_side is False:
        return skipped("Not needed: only client-side and mobile SDKs will use the segment.")
    place = subjects.need_environment(facts, answers)
    stores = _stores_of(place, need(facts.stores, "the persistent stores"))
    if answers.server_side is None and not stores:
        return _perhaps_none_is_needed(place)
    sick = [store for store in stores if _trouble(store)]
    if stores and not sick:
        return passed(f"The persistent store {stores[0].name} is healthy.", evidence=_store_evidence(stores))
    if len(sick) < len(stores):
        return _one_is_sick(sick[0], stores)
    return _no_healthy_store(place, stores)


def _stores_of(place: subjects.Place, stores: tuple[PersistentStore, ...]) -> list[PersistentStore]:
    project, environment = place
    return [store for store in stores if (store.project, store.environment) == (project.key, environment.key)]


def _perhaps_none_is_needed(place: subjects.Place) -> Findings:
    return unknown(
        f"Could not tell whether {subjects.place_name(place)} needs a persistent store; it has none.",
        cause="Server-side SDKs and the Relay Proxy read members of a synced segment from one; client-side and mobile "
        "SDKs need none.",
        fix=f"Add a Redis or DynamoDB persistent store for {subjects.place_name(place)} under Integrations in "
        "LaunchDarkly if server-side SDKs are to use the segment.",
        links=_STORE_PAGES,
    )


def _trouble(store: PersistentStore) -> str:
    if not store.on:
        return "is off"
    if store.available is False:
        return "is not available"
    return "may be stale" if store.stale else ""


def _store_evidence(stores: list[PersistentStore]) -> dict[str, object]:
    return {"stores": [{"name": s.name, "kind": s.kind, "state": _trouble(s) or "healthy"} for s in stores]}


def _one_is_sick(store: PersistentStore, stores: list[PersistentStore]) -> Findings:
    return warned(
        f"The persistent store {store.name} {_trouble(store)}; another one is healthy.",
        cause="SDKs that read from this store see old members or none.",
        fix=f"Turn on or repair {store.name} under Integrations in LaunchDarkly.",
        links=_STORE_PAGES,
        evidence=_store_evidence(stores),
    )


def _no_healthy_store(place: subjects.Place, stores: list[PersistentStore]) -> Findings:
    name = subjects.place_name(place)
    if not stores:
        return failed(
            f"{name} has no persistent store.",
            cause="Server-side SDKs and the Relay Proxy read members of a synced segment from one. A Relay Proxy that "
            "fills its own store cannot be seen from here.",
            fix=f"Add a Redis or DynamoDB persistent store for {name} under Integrations in LaunchDarkly.",
            links=_STORE_PAGES,
        )
    first = stores[0]
    said = f" It reports: {first.errors[0]}." if first.errors else ""
    return failed(
        f"The persistent store {first.name} of {name} {_trouble(first)}.",
        cause=f"Server-side SDKs cannot tell who is a member.{said}",
        fix=f"Turn on or repair {first.name} under Integrations in LaunchDarkly.",
        links=_STORE_PAGES,
        evidence=_store_evidence(stores),
    )


_STORE_PAGES = (links.BIG_SEGMENTS_DOCS, links.REDIS_DOCS, links.DYNAMODB_DOCS)

# --- plan -------------------------------------------------------------------------------------------------------


def _plan(facts: Facts, answers: Answers) -> Findings:
    """No call tells the plan: there is evidence for, never against (docs/launchdarkly.md#plan)."""
    need(facts.caller, "the token's identity")
    if isinstance(facts.segments, tuple) and any(s.external or s.unbounded for s in facts.segments):
        return passed("Synced segments exist there: the plan has them.")
    place = chosen_environment(facts, answers)
    signs = {
        "custom roles": any(isinstance(role, CustomRole) for role in (facts.roles or {}).values()),
        "approvals": place is not None and place[1].segment_approvals_required is not None,
        "persistent stores": isinstance(facts.stores, tuple) and bool(facts.stores),
    }
    seen = [sign for sign, is_there in signs.items() if is_there]
    hint = f" The account has {' and '.join(seen)}, which plans with synced segments have." if seen else ""
    return unknown(
        f"Whether the plan has synced segments cannot be seen until one exists.{hint}",
        cause="LaunchDarkly offers synced segments on select plans, and no call tells the plan.",
        fix="Ask LaunchDarkly support or your account's admin whether the plan includes synced segments.",
        links=(links.SYNCED_SEGMENTS_DOCS,),
        evidence={"signs": seen},
    )


CONTEXT_KIND = Check(
    "launchdarkly.context_kind", "Context kind", StepId.MAPPING, _context_kind, NEEDS, reads=("context_kinds",)
)
STORE = Check("launchdarkly.store", "Persistent store", STEP, _store, NEEDS, matters=False, reads=("stores",))
PLAN = Check(
    "launchdarkly.plan",
    "Plan",
    STEP,
    _plan,
    (launchdarkly_token.VALID,),
    matters=False,
    reads=("segments", "stores", "roles"),
)
CHECKS = (CONTEXT_KIND, STORE, PLAN)
