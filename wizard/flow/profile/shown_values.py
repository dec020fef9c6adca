"""Compare what a change has set in a destination, mapping or activation with its current values. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wizard.domain.planning.ground import ENDS_IN, shown_token
from wizard.domain.services.segment import Activation, Destination, Subscription
from wizard.domain.services.trigger import same_trigger

Values = Mapping[str, Any]


def shown_values(seen: Destination | Subscription | Activation, after: Values | None) -> dict[str, Any]:
    """Return the current values by the names that a change uses; the token's ending only if `after` sets a token."""
    if isinstance(seen, Subscription):
        return {"name": _shown_name(seen), "enabled": seen.enabled, "trigger": seen.trigger, "settings": seen.settings}
    if isinstance(seen, Activation):
        return {"name": _shown_name(seen), "enabled": seen.enabled, "settings": seen.settings}
    settings = {"client_side_id": seen.client_side_id}
    if str((after or {}).get("settings", {}).get("token", "")).startswith(ENDS_IN):
        settings["token"] = shown_token(seen.token_last_four) if seen.token_last_four else ""
    return {"name": _shown_name(seen), "enabled": seen.enabled, "settings": settings}


def _shown_name(seen: Destination | Subscription | Activation) -> str:
    """Return the name; empty if Segment shows none, because `name` is then the ID."""
    return seen.name if seen.name != seen.id else ""


def differing(values: Values, now: Values) -> Iterator[tuple[str, Any, Any]]:
    """Yield the name of each value that differs now, what was set and what is shown. A hidden value doesn't differ."""
    for key, value in values.items():
        seen = now.get(key)
        if isinstance(value, Mapping) and isinstance(seen, Mapping) and key == "settings":
            yield from differing(value, seen)
        elif key in now and seen not in (None, "") and not _is_same(key, value, seen):
            yield key, value, seen


def _is_same(key: str, value: Any, seen: Any) -> bool:
    return same_trigger(str(value), str(seen)) if key == "trigger" else bool(value == seen)
