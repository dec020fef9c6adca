"""A flag's rule in words, as the API's JSON and as Terraform, for a person and as a JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from wizard.domain.flag_rule import CONTENT_TYPE, after_words, as_request, as_terraform, in_words
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Environment, Flag, Project
from wizard.flow.rules.draft import HAS_A_RULE, DraftedRule
from wizard.flow.writing.result import Result
from wizard.headless.printing.documents import SCHEMA, result_item
from wizard.headless.printing.output import Output
from wizard.text import plain

_STATES = {True: "on", False: "off", None: ""}
_WIDEST_KEY = 40


def print_rule(out: Output, drafted: DraftedRule, command: str) -> None:
    """Print the rule and the ways to add it; `command` is the wizard's command for that."""
    out.text(in_short(drafted))
    if drafted.existing_rule is None:
        out.text(("", "By hand: Code → Flags → the flag → Targeting", f"  {_page(drafted)}"))
        out.text(("", f"As a request: PATCH {_path(drafted)}", f"  Content-Type: {CONTENT_TYPE}"))
        out.raw(json.dumps(as_request(drafted.draft), ensure_ascii=False, indent=2) + "\n")
        out.text(("", "As Terraform:"))
        out.raw(as_terraform(drafted.draft) + "\n")
        out.text(("", drafted.not_added or f"To add it: {command}"))


def in_short(drafted: DraftedRule) -> Iterator[str]:
    """Yield the rule in words, and what else it needs to take effect."""
    draft = drafted.draft
    yield f"The rule for {plain(draft.flag.name)} ({draft.flag.key}) in {draft.project} / {draft.environment.key}:"
    yield f"  {in_words(draft)}"
    if said := after_words(draft):
        yield f"  {said}"
    if drafted.existing_rule:
        yield HAS_A_RULE


def _page(drafted: DraftedRule) -> str:
    draft = drafted.draft
    return links.LAUNCHDARKLY_FLAG.to(project=draft.project, environment=draft.environment.key, flag=draft.flag.key).url


def _path(drafted: DraftedRule) -> str:
    return f"/api/v2/flags/{drafted.draft.project}/{drafted.draft.flag.key}"


def flag_lines(flags: Iterable[Flag], place: tuple[Project, Environment]) -> Iterator[str]:
    yield f"The flags of {place[0].key}, and whether each is on in {place[1].key}:"
    listed = tuple(flags)
    width = min(_WIDEST_KEY, max((len(flag.key) for flag in listed), default=0))
    for flag in listed:
        yield f"  {flag.key:{width}}  {_STATES[flag.on]:3}  {plain(flag.name)}"
    yield "The rule for one of them: audience-wizard rule FLAG"


# --- for scripts --------------------------------------------------------------------------------------------------


def flags_document(flags: Iterable[Flag]) -> dict[str, Any]:
    return {"schema": SCHEMA, "flags": [{"key": one.key, "name": one.name, "on": one.on} for one in flags]}


def rule_document(drafted: DraftedRule, result: Result | None) -> dict[str, Any]:
    draft = drafted.draft
    return {
        "schema": SCHEMA,
        "project": draft.project,
        "environment": draft.environment.key,
        "flag": draft.flag.key,
        "segments": [{"key": one.key, "name": one.name} for one in draft.segments],
        "rule": in_words(draft),
        "there": drafted.existing_rule is not None,
        "request": {
            "method": "PATCH",
            "path": _path(drafted),
            "content_type": CONTENT_TYPE,
            "body": as_request(draft),
        },
        "terraform": as_terraform(draft),
        "url": _page(drafted),
        "may_add": drafted.may_add,
        "why_not": drafted.why_not or None,
        "result": result_item(result) if result else None,
    }
