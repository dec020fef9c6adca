"""Judge what a LaunchDarkly role allows, with the server's full knowledge.

See docs/launchdarkly.md#role-policies.

This code is separate from the wizard's evaluator on purpose, because the sandbox checks the wizard. It knows every tag
and property, so its answer is always yes or no.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from wizard.sandbox.http.exchange import Json

Attributes = Mapping[str, Sequence[str]]
Policy = Sequence[Json]

# A colon separates parts only before a new `type/`, because selectors have colons too (`{critical:true}`, `view:x`).
_PART_BORDER = re.compile(r":/?(?=[a-z-]+/)")
_ROLE_ATTRIBUTE = re.compile(r"\$\{roleAttribute/([^}]+)\}")

BASE_ROLES: Mapping[str, Policy] = {
    "no_access": (),
    "reader": ({"effect": "allow", "resources": ["*"], "actions": ["view*"]},),
    "writer": (
        {"effect": "allow", "resources": ["*"], "actions": ["view*"]},
        {"effect": "allow", "notResources": ["member/*", "role/*", "team/*", "acct"], "actions": ["*"]},
        {"effect": "deny", "resources": ["*"], "actions": ["bypassRequired*"]},
    ),
    "admin": ({"effect": "allow", "resources": ["*"], "actions": ["*"]},),
    "owner": ({"effect": "allow", "resources": ["*"], "actions": ["*"]},),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a resource's path: `env/production` with its tags, properties and views."""

    kind: str
    name: str
    tags: frozenset[str] = frozenset()
    properties: Mapping[str, str] = field(default_factory=dict)
    views: frozenset[str] = frozenset()


Resource = tuple[Part, ...]


def allows(policy: Policy, resource: Resource, action: str, attributes: Attributes) -> bool:
    """Return whether one policy allows the action: a matching deny beats every allow, and no match means no."""

    def says(effect: str) -> bool:
        return any(one["effect"] == effect and _matches(one, resource, action, attributes) for one in policy)

    return says("allow") and not says("deny")


def any_allows(
    policies: Sequence[Policy], resource: Resource, action: str, attributes: Attributes | None = None
) -> bool:
    """Return whether any policy allows the action: among several roles, the most permissive wins."""
    return any(allows(policy, resource, action, attributes or {}) for policy in policies)


def _matches(statement: Json, resource: Resource, action: str, attributes: Attributes) -> bool:
    return _matches_action(statement, action) and _matches_resource(statement, resource, attributes)


def _matches_action(statement: Json, action: str) -> bool:
    if statement.get("notActions"):
        return not any(_glob(action, pattern) for pattern in statement["notActions"])
    return any(_glob(action, pattern) for pattern in statement.get("actions") or ())


def _matches_resource(statement: Json, resource: Resource, attributes: Attributes) -> bool:
    if statement.get("notResources"):
        return not any(_specifies(text, resource, attributes) for text in statement["notResources"])
    return any(_specifies(text, resource, attributes) for text in statement.get("resources") or ())


def _specifies(specifier: str, resource: Resource, attributes: Attributes) -> bool:
    if "$" not in specifier:
        return specifier == "*" or _specifies_literally(specifier, resource)
    return any(_specifies_literally(text, resource) for text in _resolved(specifier, attributes))


def _resolved(specifier: str, attributes: Attributes) -> Iterator[str]:
    """Yield the specifier with each value of its role attributes; nothing when an attribute has no value."""
    found = _ROLE_ATTRIBUTE.search(specifier)
    if found is None:
        yield specifier
        return
    for value in attributes.get(found.group(1), ()):
        yield from _resolved(specifier[: found.start()] + value + specifier[found.end() :], attributes)


def _specifies_literally(specifier: str, resource: Resource) -> bool:
    parts = _parts_of(specifier)
    return len(parts) == len(resource) and all(map(_specifies_part, parts, resource))


@lru_cache(maxsize=512)
def _parts_of(specifier: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return the kind, the name and the selectors of each part of a resource specifier."""
    return tuple(_part_of(text) for text in _PART_BORDER.split(specifier))


def _part_of(text: str) -> tuple[str, str, tuple[str, ...]]:
    path, _, selectors = text.partition(";")
    kind, _, name = path.partition("/")
    chosen = (selector.strip() for selector in selectors.split(","))
    return kind, name or ("*" if kind == "acct" else ""), tuple(filter(None, chosen))


def _specifies_part(wanted: tuple[str, str, tuple[str, ...]], part: Part) -> bool:
    kind, name, selectors = wanted
    return kind == part.kind and _glob(part.name, name) and all(_selects(selector, part) for selector in selectors)


def _selects(selector: str, part: Part) -> bool:
    if selector.startswith("{"):
        name, _, value = selector.strip("{}").partition(":")
        return part.properties.get(name.strip()) == value.strip()
    if selector.startswith("view:"):
        return any(_glob(view, selector.removeprefix("view:")) for view in part.views)
    return any(_glob(tag.lower(), selector.lower()) for tag in part.tags)


@lru_cache(maxsize=8_192)  # lists and new worlds ask the same again and again
def _glob(text: str, pattern: str) -> bool:
    """Return whether a glob matches. At LaunchDarkly, only the star has a meaning."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None
