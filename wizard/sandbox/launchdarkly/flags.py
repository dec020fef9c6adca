"""The flags of a project, and what they serve to a context.

See docs/launchdarkly.md#listing-flags, docs/launchdarkly.md#one-flag and docs/launchdarkly.md#what-a-flag-serves.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from wizard.sandbox.http.exchange import Answer, Json
from wizard.sandbox.launchdarkly.answers import link, page, refused, self_link
from wizard.sandbox.launchdarkly.gate import Call, Endpoint
from wizard.sandbox.launchdarkly.segments import evaluated_segments, keys_by_kind, object_of
from wizard.sandbox.state.account import Environment, Flag, Project, Rule

_QUERY = re.compile(r"query equals (?P<text>.+)")


def evaluate(call: Call) -> Answer:
    """Return each flag of the environment with what it serves to the context. Changes nothing."""
    project, environment = call.environment()
    keys = dict(keys_by_kind(object_of(call)))
    members = {item["key"] for item in evaluated_segments(project, environment, keys) if item["isMember"]}
    shown, paging = page(call.incoming, _asked_for(call, flags_of(environment)), 20)
    return Answer(body={"items": [_served(call, flag, members) for flag in shown], **paging})


def flags_of(environment: Environment) -> list[Flag]:
    """Return the environment's own flags, and a usual flag for each other key that a segment names."""
    used = ((key, segment.key) for segment in environment.segments.values() for key in segment.flag_keys)
    usual = {key: Flag(key, rules=[Rule(segment)]) for key, segment in used}
    return list((usual | environment.flags).values())


def _asked_for(call: Call, flags: list[Flag]) -> list[Flag]:
    """Return the flags whose key contains the filter's text: like the service, not only exact matches."""
    asked = call.incoming.value("filter")
    if asked is None:
        return flags
    found = _QUERY.fullmatch(asked)
    if found is None:
        raise refused(400, "invalid filter")
    text = found["text"].strip('"').lower()
    return [flag for flag in flags if text in flag.key.lower()]


def _served(call: Call, flag: Flag, members: set[str]) -> Json:
    value, reason = _verdict(flag, members)
    where = f"{call.incoming.path.removesuffix('/evaluate')}/{flag.key}"
    return {"name": flag.key, "key": flag.key, "_value": value, "reason": reason, "_links": self_link(where)}


def _verdict(flag: Flag, members: set[str]) -> tuple[Any, Json]:
    if not flag.on:
        return flag.off_value, {"kind": "OFF"}
    if flag.prerequisite:
        return flag.off_value, {"kind": "PREREQUISITE_FAILED", "prerequisiteKey": flag.prerequisite}
    for index, rule in enumerate(flag.rules):
        if not rule.segments or members.intersection(rule.segments):
            return rule.value, {"kind": "RULE_MATCH", "ruleIndex": index, "ruleID": rule_id(flag, index)}
    return flag.fallthrough, {"kind": "FALLTHROUGH"}


def list_flags(call: Call) -> Answer:
    """Return the project's flags; each has only the environments that `env` names."""
    project = call.project()
    named = [value for name, value in call.incoming.query if name == "env"]
    environments = [project.environments[key] for key in named if key in project.environments]
    flags = {flag.key: flag for one in project.environments.values() for flag in flags_of(one)}
    shown, paging = page(call.incoming, _in_order(call, _narrowed(call, list(flags.values()))), 20)
    has_rules = call.incoming.value("summary") in {"0", "false"}
    items = [shown_flag(project, flag, environments, has_rules=has_rules) for flag in shown]
    return Answer(body={"items": items, **paging})


def one_flag(call: Call) -> Answer:
    """Return one flag with the rules of the environments that `env` names, or of all."""
    project = call.project()
    named = [value for name, value in call.incoming.query if name == "env"]
    environments = [one for one in project.environments.values() if not named or one.key in named]
    flag = named_flag(call, project)
    return Answer(body=shown_flag(project, flag, environments, has_rules=True))


def named_flag(call: Call, project: Project) -> Flag:
    """Return the flag in the path, from any environment of the project that has it; else refuse with 404."""
    key = call.incoming.params["flagKey"]
    found = (flag for one in project.environments.values() for flag in flags_of(one) if flag.key == key)
    flag = next(found, None)
    if flag is None:
        raise refused(404, "Unknown feature key")
    return flag


def _narrowed(call: Call, flags: list[Flag]) -> list[Flag]:
    """Return the flags whose key or name contains the text of `filter=query:TEXT`."""
    asked = call.incoming.value("filter")
    if asked is None:
        return flags
    field, has_text, text = asked.partition(":")
    if field != "query" or not has_text:
        raise refused(400, "invalid filter")
    return [flag for flag in flags if text.lower() in flag.key.lower() or text.lower() in _name(flag).lower()]


def _in_order(call: Call, flags: list[Flag]) -> list[Flag]:
    asked = call.incoming.value("sort") or "key"
    if asked.removeprefix("-") not in {"key", "name"}:
        raise refused(400, "invalid sort")
    by = _name if asked.endswith("name") else _key
    return sorted(flags, key=by, reverse=asked.startswith("-"))


def _name(flag: Flag) -> str:
    return flag.name or flag.key


def _key(flag: Flag) -> str:
    return flag.key


def shown_flag(project: Project, flag: Flag, environments: list[Environment], *, has_rules: bool) -> Json:
    """Return a flag as the API shows it; without environments, the field `environments` is left out."""
    shown: Json = {
        "key": flag.key,
        "name": _name(flag),
        "kind": "boolean" if flag.values == [True, False] else "multivariate",
        "description": "",
        "_version": flag.version,
        "creationDate": 1_700_000_000_000,
        "variations": [
            {"_id": variation_id(project, flag, place), "value": value} for place, value in enumerate(flag.values)
        ],
        "temporary": True,
        "tags": flag.tags,
        "experiments": {"baselineIdx": 0, "items": []},
        "customProperties": {},
        "archived": False,
        "_links": self_link(f"/api/v2/flags/{project.key}/{flag.key}"),
    }
    if environments:
        shown["environments"] = {one.key: _config(project, flag, one, has_rules=has_rules) for one in environments}
    return shown


def variation_id(project: Project, flag: Flag, place: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"{project.key}/{flag.key}/{place}"))


def rule_id(flag: Flag, place: int) -> str:
    return flag.rules[place].id or f"{flag.key}-{place}"


def _config(project: Project, flag: Flag, environment: Environment, *, has_rules: bool) -> Json:
    here = next((one for one in flags_of(environment) if one.key == flag.key), None)
    shown = {
        "on": here is not None and here.on,
        "archived": False,
        "salt": "",
        "sel": "",
        "lastModified": 1_700_000_000_000,
        "version": 1,
        "_site": link(f"/{project.key}/{environment.key}/features/{flag.key}"),
        "_environmentName": environment.name,
        "trackEvents": False,
        "trackEventsFallthrough": False,
    }
    if not has_rules:
        return shown
    return shown | _targeting(here or Flag(flag.key, on=False))


def _targeting(flag: Flag) -> Json:
    """Return the fields that `summary=0` adds: rules, and the variations for when none matches or the flag is off."""
    return {
        "rules": [_rule(flag, place) for place in range(len(flag.rules))],
        "targets": [],
        "prerequisites": [{"key": flag.prerequisite, "variation": 0}] if flag.prerequisite else [],
        "fallthrough": {"variation": flag.values.index(flag.fallthrough)},
        "offVariation": flag.values.index(flag.off_value),
    }


def _rule(flag: Flag, place: int) -> Json:
    rule, own = flag.rules[place], rule_id(flag, place)
    clause = {
        "_id": f"{own}-clause",
        "attribute": "segmentMatch" if rule.segments else "key",
        "op": "segmentMatch" if rule.segments else "matches",
        "values": rule.segments or [".*"],
        "contextKind": "" if rule.segments else "user",
        "negate": False,
    }
    described = {"description": rule.description} if rule.description else {}
    shown: Json = {"_id": own, "variation": flag.values.index(rule.value), "clauses": [clause], "trackEvents": False}
    return shown | described


ENDPOINTS = (
    Endpoint("GET", "/api/v2/flags/{projectKey}", list_flags),
    Endpoint("GET", "/api/v2/flags/{projectKey}/{flagKey}", one_flag),
    Endpoint("POST", "/api/v2/projects/{projectKey}/environments/{environmentKey}/flags/evaluate", evaluate),
)
