"""LaunchDarkly Audiences as the contract knows it: what is used when the catalog cannot be read (segment 2.5, 3)."""

from __future__ import annotations

from typing import Any

from wizard.domain.model import CatalogEntry

METADATA_ID = "64e72a310da9ebedf99c8937"
SLUG = "actions-launchdarkly-audiences"
ACTION_SLUG = "syncAudience"


def _at(path: str) -> dict[str, Any]:
    return {"@path": path}


def _first_of(path: str, otherwise: str) -> dict[str, Any]:
    return {"@if": {"exists": _at(path), "then": _at(path), "else": _at(otherwise)}}


FROM_CONTRACT = CatalogEntry(
    metadata_id=METADATA_ID,
    slug=SLUG,
    name="LaunchDarkly Audiences",
    action_id="aPAULh8sgt5bcTeXJuXTB6",
    preset_name="Sync Engage Audience to LaunchDarkly",
    trigger='type = "identify" or type = "track"',
    fields={
        "segment_audience_id": _at("$.context.personas.computation_id"),
        "segment_audience_key": _at("$.context.personas.computation_key"),
        "segment_computation_action": _at("$.context.personas.computation_class"),
        "context_kind": "user",
        "segment_user_id": _at("$.userId"),
        "segment_anonymous_id": _at("$.anonymousId"),
        "user_email": _first_of("$.traits.email", "$.context.traits.email"),
        "context_key": "user_id_only",
        "traits_or_props": _first_of("$.properties", "$.traits"),
        "enable_batching": True,
    },
    from_catalog=False,
)


def names_it(found: object, depth: int = 5) -> bool:
    """Whether an answer of no fixed shape names LaunchDarkly Audiences anywhere, by id or slug (2.9)."""
    if isinstance(found, str):
        return found in {METADATA_ID, SLUG}
    if depth and isinstance(found, dict):
        return any(names_it(key) or names_it(value, depth - 1) for key, value in found.items())
    return depth > 0 and isinstance(found, list) and any(names_it(item, depth - 1) for item in found)
