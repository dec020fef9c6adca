"""Adding and removing a flag's rules with a semantic patch (docs/launchdarkly.md#adding-a-rule)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.ids import hex_id
from wizard.sandbox.launchdarkly.answers import refused
from wizard.sandbox.launchdarkly.flags import named_flag, rule_id, shown_flag, variation_id
from wizard.sandbox.launchdarkly.gate import Call, Endpoint
from wizard.sandbox.launchdarkly.segments import object_of
from wizard.sandbox.state.account import AuditEntry, Environment, Flag, Project, Rule

SEMANTIC = "domain-model=launchdarkly.semanticpatch"


def patch_flag(call: Call) -> Answer:
    """Follow all instructions of the patch, or none."""
    project = call.project()
    if SEMANTIC not in call.incoming.headers.get("content-type", ""):
        raise refused(400, "Invalid JSON patch: expected an array of operations")
    body = object_of(call)
    environment = project.environments.get(str(body.get("environmentKey")))
    if environment is None:
        raise refused(400, "environmentKey is required for this instruction")
    flag = _own(named_flag(call, project), environment)
    call.demand("updateRules", project.part(), environment.part(), flag.part())
    _refuse_without_approval(environment, flag)
    rules = _with_ids(flag)
    for instruction in _instructions(body):
        rules = _followed(instruction, rules, project, flag)
    flag.rules, flag.version = rules, flag.version + 1
    environment.flags[flag.key] = flag
    _note(call, project, environment, flag)
    every = list(project.environments.values())
    return Answer(body=shown_flag(project, flag, every, has_rules=True))


def _own(flag: Flag, environment: Environment) -> Flag:
    """Return the environment's own flag; without one, a flag with a rule for each segment that names it, else off."""
    used = [key for key, segment in environment.segments.items() if flag.key in segment.flag_keys]
    here = environment.flags.get(flag.key)
    return here or Flag(flag.key, flag.name, on=bool(used), rules=[Rule(key) for key in used], tags=list(flag.tags))


def _refuse_without_approval(environment: Environment, flag: Flag) -> None:
    tags = environment.flag_approval_tags
    if environment.flag_approvals and (not tags or set(tags) & set(flag.tags)):
        raise refused(405, "Approval is required to make this change")


def _with_ids(flag: Flag) -> list[Rule]:
    """Return the rules, each with a fixed ID, because an ID made from the place would change when rules move."""
    for place, rule in enumerate(flag.rules):
        rule.id = rule_id(flag, place)
    return list(flag.rules)


def _instructions(body: Json) -> list[Json]:
    found = body.get("instructions")
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise refused(400, "instructions must be a list of objects")
    return found


def _followed(instruction: Mapping[str, Any], rules: list[Rule], project: Project, flag: Flag) -> list[Rule]:
    match instruction.get("kind"):
        case "addRule":
            return _added(instruction, rules, project, flag)
        case "removeRule":
            return [rule for rule in rules if rule.id != instruction.get("ruleId")]
        case _:
            raise refused(400, "unknown instruction kind")


def _added(instruction: Mapping[str, Any], rules: list[Rule], project: Project, flag: Flag) -> list[Rule]:
    served = [variation_id(project, flag, place) for place in range(len(flag.values))]
    if instruction.get("variationId") not in served:
        raise refused(400, "invalid variation id")
    first, *others = _segments(instruction)
    new = Rule(
        first,
        flag.values[served.index(instruction["variationId"])],
        id=str(uuid5(NAMESPACE_URL, f"{project.key}/{flag.key}/{flag.version}/{len(rules)}")),
        description=str(instruction.get("description", "")),
        more_segments=others,
    )
    before = instruction.get("beforeRuleId")
    if before is None:
        return [*rules, new]
    place = next((place for place, rule in enumerate(rules) if rule.id == before), None)
    if place is None:
        raise refused(400, "invalid beforeRuleId")
    return [*rules[:place], new, *rules[place:]]


def _segments(instruction: Mapping[str, Any]) -> list[str]:
    """Return the segments of the rule's clause. The sandbox knows clauses about segments only."""
    clauses = instruction.get("clauses")
    if not isinstance(clauses, list) or len(clauses) != 1 or not isinstance(clauses[0], dict):
        raise refused(400, "clauses must be a list of objects")
    clause = clauses[0]
    values = clause.get("values")
    if clause.get("op") != "segmentMatch" or clause.get("negate", False) is not False:
        raise refused(400, "the sandbox knows the operator segmentMatch only")
    if not isinstance(values, list) or not values or not all(isinstance(one, str) for one in values):
        raise refused(400, "values must be a list of texts")
    return values


def _note(call: Call, project: Project, environment: Environment, flag: Flag) -> None:
    entry = AuditEntry(
        id=hex_id("audit", flag.key, flag.version),
        at=call.now,
        kind="flag",
        action="updateRules",
        resource=f"proj/{project.key}:env/{environment.key}:flag/{flag.key}",
        name=flag.name or flag.key,
        description="updated the targeting rules",
        token=call.token,
    )
    call.account.audit_log.append(entry)


ENDPOINTS = (Endpoint("PATCH", "/api/v2/flags/{projectKey}/{flagKey}", patch_flag),)
