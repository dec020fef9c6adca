"""The rule that a flag needs to use synced segments: in words, as a request and as Terraform.

See docs/launchdarkly.md#adding-a-rule.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.domain.hcl import Block, Value, attributes, comment
from wizard.domain.services.flag import SEGMENT_MATCH, FlagDetails, FlagRule, Variation
from wizard.domain.services.launchdarkly import Environment, LaunchDarklySegment
from wizard.domain.services.naming import flag_rule
from wizard.text import count, plain

_MOST_NAMED = 3  # prerequisites
CONTENT_TYPE = "application/json; domain-model=launchdarkly.semanticpatch"


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule that serves `variation` to members of any of the segments, after the rules that the flag has."""

    project: str
    environment: Environment
    flag: FlagDetails
    segments: tuple[LaunchDarklySegment, ...]
    variation: Variation

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(segment.key for segment in self.segments)

    @property
    def place(self) -> int:
        """Return the variation's index in the flag's list, from 0."""
        return self.flag.variations.index(self.variation)


# --- which variation ----------------------------------------------------------------------------------------------


def usual_variation(flag: FlagDetails) -> Variation | None:
    """Return the variation whose value is true; None for a flag that isn't a boolean, where only the user can tell."""
    return next((one for one in flag.variations if one.value is True), None)


def variation_named(flag: FlagDetails, typed: str) -> Variation | None:
    """Return the variation with this value, else with this name; None if there's none."""
    by_value = (one for one in flag.variations if value_of(one) == typed or one.value == typed)
    return next(by_value, None) or next((one for one in flag.variations if one.name == typed), None)


def value_of(variation: Variation) -> str:
    """Return the value as JSON, the way the web app shows it."""
    return json.dumps(variation.value, ensure_ascii=False)


def variation_in_words(variation: Variation) -> str:
    """Return the variation in words: its name where it has one, and its value."""
    value = plain(value_of(variation), 60)
    return f"{plain(variation.name)} ({value})" if variation.name and variation.name != value else value


# --- the rule -----------------------------------------------------------------------------------------------------


def in_words(draft: RuleDraft) -> str:
    """Return the rule in the words of the flag's page."""
    return f"{flag_rule(*(plain(one.name) for one in draft.segments))}, serve {variation_in_words(draft.variation)}"


def after_words(draft: RuleDraft) -> str:
    """Return sentences about what else the rule, new or existing, needs to take effect; empty if nothing."""
    where = plain(draft.environment.key)
    off = f"The flag is off in {where}, so the rule does nothing until someone switches the flag on."
    said = (_what_is_first(draft.flag), _what_is_new(draft), off if draft.flag.on is False else "")
    return " ".join(filter(None, said))


def _what_is_first(flag: FlagDetails) -> str:
    """Say what LaunchDarkly checks before any rule; empty if it's nothing."""
    if not flag.prerequisites:
        return ""
    keys = [plain(key) for key in flag.prerequisites[:_MOST_NAMED]]
    more = [f"{len(flag.prerequisites) - _MOST_NAMED} more"] if len(flag.prerequisites) > _MOST_NAMED else []
    return f"While a prerequisite of the flag isn't met ({', '.join(keys + more)}), everyone gets the off variation."


def _what_is_new(draft: RuleDraft) -> str:
    """Say how a new rule stands to the flag's other rules and its experiment; empty for an existing rule."""
    if find_existing_rule(draft.flag, draft.keys) is not None:
        return ""
    number = len(draft.flag.rules or ())
    has = f"The flag has {count(number, 'rule')} already. LaunchDarkly checks {'it' if number == 1 else 'them'} before"
    rules = f"{has} this one, and the first matching rule decides." if number else ""
    apart = "An experiment runs on the default rule: members that this rule matches leave the experiment."
    return " ".join(filter(None, (rules, apart if draft.flag.has_experiment else "")))


def as_request(draft: RuleDraft) -> dict[str, Any]:
    """Return the body of the request that adds the rule."""
    instruction = {
        "kind": "addRule",
        "description": description(draft),
        "variationId": draft.variation.id,
        "clauses": [_clause(draft)],
    }
    return {"environmentKey": draft.environment.key, "comment": description(draft), "instructions": [instruction]}


def to_remove(environment: str, rule_id: str) -> dict[str, Any]:
    """Return the body of the request that removes a rule."""
    instruction = {"kind": "removeRule", "ruleId": rule_id}
    comment_ = "Removed by Audience Wizard, which added it."
    return {"environmentKey": environment, "comment": comment_, "instructions": [instruction]}


def description(draft: RuleDraft) -> str:
    names = ", ".join(plain(one.name) for one in draft.segments)
    return f"Members of {names}, synced by Segment"


def _clause(draft: RuleDraft) -> dict[str, Any]:
    return {"attribute": SEGMENT_MATCH, "op": SEGMENT_MATCH, "values": list(draft.keys), "negate": False}


def as_terraform(draft: RuleDraft) -> str:
    """Return the rule in HCL for the flag's resource: for version 3 of the provider, then as comments for version 2."""
    clause: dict[str, Value] = {**_clause(draft)}
    own: dict[str, Value] = {"description": description(draft), "variation": draft.place}
    where = f"{draft.project}/{draft.flag.key} in {draft.environment.key}"
    return "\n".join(
        (
            comment(f"In the launchdarkly_feature_flag_environment of {where}, after the rules that it has."),
            attributes({"rules": [{**own, "clauses": [clause]}]}),
            "",
            comment("The same for version 2 of the provider launchdarkly/launchdarkly:"),
            *(comment(line) for line in str(Block("rules", (), own, (Block("clauses", (), clause),))).splitlines()),
        )
    )


# --- existing rules -----------------------------------------------------------------------------------------------


def find_existing_rule(flag: FlagDetails, keys: tuple[str, ...]) -> FlagRule | None:
    """Return a rule that already matches members of all these segments and has no other condition."""
    return next((rule for rule in flag.rules or () if _matches(rule, keys)), None)


def without_a_rule(flag: FlagDetails, segments: tuple[LaunchDarklySegment, ...]) -> tuple[LaunchDarklySegment, ...]:
    """Return the segments whose members no rule matches yet. For the others, another rule would change nothing."""
    return tuple(segment for segment in segments if find_existing_rule(flag, (segment.key,)) is None)


def _matches(rule: FlagRule, keys: tuple[str, ...]) -> bool:
    if len(rule.clauses) != 1 or rule.clauses[0].negate:
        return False
    return set(keys) <= set(rule.clauses[0].segments)


def rule_record(rule: FlagRule) -> dict[str, Any]:
    """Return a rule as the journal keeps it, to see later whether someone changed it."""
    return {"segments": sorted(rule.segments), "variation": rule.variation, "clauses": len(rule.clauses)}


def matches_record(rule: FlagRule, kept: Mapping[str, Any]) -> bool:
    return rule_record(rule) == {**kept, "segments": sorted(kept.get("segments", ()))}


def why_approvals_forbid_it(environment: Environment, flag: FlagDetails) -> str:
    """Return why the environment takes no rule from the API; empty if it does.

    See docs/launchdarkly.md#approvals.
    """
    tags = set(environment.flag_approval_tags) & set(flag.tags)
    if environment.flag_approvals_required and (tags or not environment.flag_approval_tags):
        return f"Changes to this flag require an approval in {environment.key}."
    return ""
