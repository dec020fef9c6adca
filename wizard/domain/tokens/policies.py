"""Whether a statement of a LaunchDarkly role policy matches an action on a resource.

See docs/launchdarkly.md#statements, docs/launchdarkly.md#resource-specifiers and
docs/launchdarkly.md#actions-the-sync-needs.

The answer may be a maybe, because tags, views, role attributes and the future segment's key aren't always known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import product
from math import prod
from typing import NamedTuple

from wizard.domain.services.launchdarkly import Statement


class Match(IntEnum):
    """Ordered, so that `min` is "all of" and `max` is "any of"."""

    NO = 0
    MAYBE = 1
    YES = 2


class Answer(NamedTuple):
    """A match, and for a maybe the reason: part of a sentence, beginning with "it" or "its"."""

    match: Match
    why: str = ""


YES, NO = Answer(Match.YES), Answer(Match.NO)


def maybe(why: str) -> Answer:
    return Answer(Match.MAYBE, why)


def all_of(answers: Iterable[Answer]) -> Answer:
    return min(answers, key=lambda answer: answer.match, default=YES)


def any_of(answers: Iterable[Answer]) -> Answer:
    return max(answers, key=lambda answer: answer.match, default=NO)


def not_(answer: Answer) -> Answer:
    return Answer(Match(Match.YES - answer.match), answer.why)


@dataclass(frozen=True, slots=True)
class Part:
    """One `type/name` of a resource. `None`: not known, such as name and tags of a segment that doesn't exist yet."""

    type: str
    name: str | None
    tags: tuple[str, ...] | None = None
    critical: bool | None = None


Resource = tuple[Part, ...]  # from parent to child


@dataclass(frozen=True, slots=True)
class Request:
    """An action on a resource, by someone with these role attributes."""

    action: str
    resource: Resource
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def statement_matches(statement: Statement, request: Request) -> Answer:
    """Return whether a statement matches; a malformed one may match (docs/launchdarkly.md#statements)."""
    malformed = _malformed(statement)
    if malformed:
        return maybe(malformed)
    actions = any_of(_glob_matches(a, (request.action,), request) for a in statement.actions or statement.not_actions)
    listed = statement.resources or statement.not_resources
    resources = any_of(_specifier_matches(specifier, request) for specifier in listed)
    return all_of(
        (
            not_(resources) if statement.not_resources else resources,
            not_(actions) if statement.not_actions else actions,
        )
    )


def _malformed(statement: Statement) -> str:
    if statement.effect not in {"allow", "deny"}:
        return "its effect is neither allow nor deny"
    if bool(statement.resources) == bool(statement.not_resources):
        return "it should name either resources or notResources"
    if bool(statement.actions) == bool(statement.not_actions):
        return "it should name either actions or notActions"
    if statement.not_resources and statement.not_actions:
        return "it combines notResources with notActions"
    return ""


# --- one resource specifier: `type/name;selectors:type/name;selectors` ----------------------------------------------

_SPACE_AROUND_MARKS = re.compile(r"\s*([:;,{}])\s*")
# A colon also occurs inside `{critical:true}` and after `view`.
_BETWEEN_PARTS = re.compile(r"(?<![;,]view):(?![^{]*\})", re.IGNORECASE)
_BETWEEN_SELECTORS = re.compile(r",(?![^{]*\})")
_TYPE = re.compile(r"[a-z][a-z-]*")
_UNREADABLE = maybe("it names a resource in a form that the wizard can't read")


def _specifier_matches(specifier: str, request: Request) -> Answer:
    text = _SPACE_AROUND_MARKS.sub(r"\1", specifier.strip())
    if text == "*":
        return YES
    if not text or text.count("{") != text.count("}"):
        return _UNREADABLE
    parts = _BETWEEN_PARTS.split(text)
    answers = [_part_matches(wanted, part, request) for wanted, part in zip(parts, request.resource, strict=False)]
    if "*" not in parts:  # `proj/shop:*` might mean everything in the project
        answers.append(YES if len(parts) == len(request.resource) else NO)
    return all_of(answers)


def _part_matches(wanted: str, part: Part, request: Request) -> Answer:
    # One of LaunchDarkly's own samples is written `proj/*:env/*;qa_*:/flag/*`.
    kind, slash, rest = wanted.removeprefix("/").partition("/")
    if not _TYPE.fullmatch(kind) or (kind == part.type and not slash):
        return _UNREADABLE
    if kind != part.type:
        return NO
    name, has_selectors, selectors = rest.partition(";")
    answers = [_name_matches(name, part, request)]
    if has_selectors:
        answers += [_selector_matches(selector, part, request) for selector in _BETWEEN_SELECTORS.split(selectors)]
    return all_of(answers)


def _name_matches(pattern: str, part: Part, request: Request) -> Answer:
    if part.name is not None:
        return _glob_matches(pattern, (part.name,), request)
    if pattern and not pattern.strip("*"):
        return YES
    return maybe(f"it depends on the key of the new {part.type}, which we don't know yet")


def _selector_matches(selector: str, part: Part, request: Request) -> Answer:
    folded = selector.casefold()
    if folded.startswith("view:"):
        return maybe("it covers only resources that are linked to a view")
    if folded.startswith("{") and part.type == "env":
        return _critical_matches(folded, part.critical)
    if not selector or any(mark in _ATTRIBUTE.sub("", selector) for mark in "{};"):
        return _UNREADABLE
    if part.tags is None:
        return maybe(f"it covers only the tag {selector}, and we don't know the tags of the {_WORDS[part.type]}")
    return _glob_matches(selector, part.tags, request, fold=True)


def _critical_matches(selector: str, critical: bool | None) -> Answer:
    asked = {"{critical:true}": True, "{critical:false}": False}.get(selector)
    if asked is None:
        return _UNREADABLE
    if critical is None:
        return maybe("it depends on whether the environment is critical, which we don't know")
    return YES if asked is critical else NO


# --- globs and role attributes ----------------------------------------------------------------------------------

_WORDS = {"proj": "project", "env": "environment", "segment": "new segment", "flag": "flag"}
_ATTRIBUTE = re.compile(r"\$\{roleAttribute/([^{}]*)\}")
_MOST_COMBINATIONS = 10_000


def _glob_matches(pattern: str, texts: Iterable[str], request: Request, *, fold: bool = False) -> Answer:
    """Match a glob pattern, ignoring case only for tags (`fold`). An unknown role attribute makes a match a maybe."""
    names = tuple(dict.fromkeys(_ATTRIBUTE.findall(pattern)))
    known = {name: tuple(filter(None, request.attributes.get(name) or ())) for name in names}
    values = [known[name] or ("*",) for name in names]
    if "${" in _ATTRIBUTE.sub("", pattern) or prod(map(len, values)) > _MOST_COMBINATIONS:
        return maybe("it uses role attributes in a way that the wizard can't follow")
    patterns = [_filled(pattern, dict(zip(names, chosen, strict=True))) for chosen in product(*values)]
    if not any(_glob(_folded(one, fold), _folded(text, fold)) for one in patterns for text in texts):
        return NO
    unknown = [name for name in names if not known[name]]
    return maybe(f"it depends on the role attribute {unknown[0]}, whose value we don't know") if unknown else YES


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    return _ATTRIBUTE.sub(lambda attribute: values[attribute[1]], pattern)


def _folded(text: str, fold: bool) -> str:
    return text.casefold() if fold else text


def _glob(pattern: str, text: str) -> bool:
    """Return whether a glob matches, in which only `*` is special. Takes linear time for any pattern."""
    first, *others = pattern.split("*")
    if not others:
        return text == pattern
    *middle, last = others
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True
