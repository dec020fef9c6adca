"""Read a flag, draft the rule that it needs, and say whether this token may add the rule."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from wizard.domain.explain import explain
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.flag_rule import (
    RuleDraft,
    find_existing_rule,
    usual_variation,
    variation_named,
    why_approvals_forbid_it,
    without_a_rule,
)
from wizard.domain.services.flag import FlagDetails, FlagRule, Variation
from wizard.domain.services.launchdarkly import Environment, LaunchDarklySegment, Member, Project
from wizard.domain.tokens.permissions import FlagTarget, Target, Verdict, grant_of, judge
from wizard.flow.outside.ports import Ports
from wizard.flow.reading.clients import launchdarkly_of
from wizard.flow.state import State
from wizard.text import plain

UPDATE_RULES = "updateRules"
HAS_A_RULE = "The flag has this rule already."


@dataclass(frozen=True, slots=True)
class DraftedRule:
    """A rule to add, or the flag's existing rule. `why_not` is a sentence on why the wizard can't add the rule."""

    draft: RuleDraft
    existing_rule: FlagRule | None = None
    why_not: str = ""

    @property
    def may_add(self) -> bool:
        return self.existing_rule is None and not self.why_not

    @property
    def not_added(self) -> str:
        """Say that the wizard doesn't add the rule, and why; empty when it may."""
        return f"The wizard doesn't add it. {self.why_not}" if self.why_not else ""


@dataclass(frozen=True, slots=True)
class NoVariation:
    """No variation for the members: the flag isn't a boolean, or has no variation of the given name."""

    flag: FlagDetails

    @property
    def variations(self) -> tuple[Variation, ...]:
        return self.flag.variations


def why_no_rule(failure: Failure, flag_key: str) -> str:
    """Return why no rule was drafted: there is no such flag, or it couldn't be read."""
    missing = failure.kind is FailureKind.NOT_FOUND
    return f"The project has no flag {plain(flag_key)}." if missing else explain(failure).summary


async def draft_rule(
    ports: Ports,
    state: State,
    place: tuple[Project, Environment],
    flag_key: str,
    segments: tuple[LaunchDarklySegment, ...],
    variation: str = "",
) -> DraftedRule | NoVariation | Failure:
    """Read the flag and draft a rule for the segments that no rule uses yet; if all are used, return their rule."""
    project, environment = place
    flag = await launchdarkly_of(ports, state).flag(project.key, environment.key, flag_key)
    if isinstance(flag, Failure):
        return flag
    served = variation_named(flag, variation) if variation else usual_variation(flag)
    if served is None:
        return NoVariation(flag)
    missing = without_a_rule(flag, segments)
    draft = RuleDraft(project.key, environment, flag, missing or segments, served)
    existing_rule = (
        None if missing else find_existing_rule(flag, draft.keys) or find_existing_rule(flag, draft.keys[:1])
    )
    return DraftedRule(draft, existing_rule, why_not_added(state, place, flag))


def why_not_added(state: State, place: tuple[Project, Environment], flag: FlagDetails) -> str:
    """Return why the wizard can't add a rule to the flag; empty when it can, as far as permissions are known."""
    project, environment = place
    if forbidden := why_approvals_forbid_it(environment, flag):
        return forbidden
    if flag.rules is None:
        return "LaunchDarkly doesn't show the rules that the flag has."
    if flag.archived:
        return "The flag is archived."
    return _why_refused(state, project, environment, flag)


def _why_refused(state: State, project: Project, environment: Environment, flag: FlagDetails) -> str:
    facts = state.facts
    attributes = facts.member.role_attributes if isinstance(facts.member, Member) else {}
    target = Target(project.key, environment.key, project.tags, environment.tags, environment.critical, attributes)
    grant = grant_of(facts.token, facts.roles, facts.member)
    judged = judge(UPDATE_RULES, grant, target, FlagTarget(flag.key, flag.tags))
    if judged.verdict is Verdict.ALLOW:
        return ""
    can = "can't change" if judged.verdict is Verdict.DENY else "may not be able to change"
    return f"This token {can} the rules of flags here ({UPDATE_RULES}). {judged.because}"


async def segments_by_key(
    ports: Ports, state: State, place: tuple[Project, Environment], keys: tuple[str, ...]
) -> tuple[LaunchDarklySegment, ...] | Failure:
    """Return the segments with these keys, or the failure of the first that can't be read."""
    client = launchdarkly_of(ports, state)
    seen = await asyncio.gather(*(client.segment(place[0].key, place[1].key, key) for key in keys))
    failed = next((one for one in seen if isinstance(one, Failure)), None)
    return failed or tuple(one for one in seen if isinstance(one, LaunchDarklySegment))
