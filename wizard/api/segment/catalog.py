"""How LaunchDarkly Audiences is recognized in Segment's catalog (docs/segment.md#catalog-entry)."""

from __future__ import annotations

from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY

METADATA_ID = FALLBACK_CATALOG_ENTRY.metadata_id
SLUG = FALLBACK_CATALOG_ENTRY.slug


def names_the_destination(found: object, depth: int = 5) -> bool:
    """Return whether a response of no fixed shape names LaunchDarkly Audiences anywhere, by id or slug.

    See docs/segment.md#supported-destinations.
    """
    if isinstance(found, str):
        return found in {METADATA_ID, SLUG}
    if depth and isinstance(found, dict):
        return any(
            names_the_destination(key) or names_the_destination(value, depth - 1) for key, value in found.items()
        )
    return depth > 0 and isinstance(found, list) and any(names_the_destination(item, depth - 1) for item in found)
