"""What flags serve to a context (docs/launchdarkly.md#what-a-flag-serves)."""

from __future__ import annotations

import re
from typing import Any

from wizard.sandbox.exchange import Answer, Json
from wizard.sandbox.launchdarkly.answers import page, refused, self_link
from wizard.sandbox.launchdarkly.gate import Call, Endpoint
from wizard.sandbox.launchdarkly.segments import evaluated_segments, keys_by_kind, object_of
from wizard.sandbox.launchdarkly.state import Environment, Flag, Rule

_QUERY = re.compile(r"query equals (?P<text>.+)")


def evaluate(call: Call) -> Answer:
    """Return each flag of the environment with what it serves to the context; it leaves no trace."""
    project, environment = call.environment()
    keys = dict(keys_by_kind(object_of(call)))
    members = {item["key"] for item in evaluated_segments(project, environment, keys) if item["isMember"]}
    shown, paging = page(call.incoming, _asked_for(call, _flags(environment)), 20)
    return Answer(body={"items": [_served(call, flag, members) for flag in shown], **paging})


def _flags(environment: Environment) -> list[Flag]:
    used = ((key, segment.key) for segment in environment.segments.values() for key in segment.flag_keys)
    usual = {key: Flag(key, rules=[Rule(segment)]) for key, segment in used}
    return list((usual | environment.flags).values())


def _asked_for(call: Call, flags: list[Flag]) -> list[Flag]:
    """Return the flags whose key holds the text of the filter, like the service: not only those that equal it."""
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
        if not rule.segment or rule.segment in members:
            return rule.value, {"kind": "RULE_MATCH", "ruleIndex": index, "ruleID": f"{flag.key}-{index}"}
    return flag.fallthrough, {"kind": "FALLTHROUGH"}


ENDPOINTS = (Endpoint("POST", "/api/v2/projects/{projectKey}/environments/{environmentKey}/flags/evaluate", evaluate),)
