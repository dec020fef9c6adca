"""Activations: each sends through a mapping of its own, which has to agree with the destination's mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wizard.domain.facts import Facts, listed
from wizard.domain.services.mapping import VISIBLE_FIELDS, Difference, activation_mappings
from wizard.domain.services.segment import Activation, Connection
from wizard.domain.wanted import activation_names, catalog_entry

Settings = Mapping[str, Any]


def activations_of(audience_id: str, connection: Connection, facts: Facts) -> tuple[Activation, ...]:
    """Return the activations that make this connection send."""
    return tuple(one for one in every_activation_of(audience_id, connection, facts) if one.enabled is not False)


def every_activation_of(audience_id: str, connection: Connection, facts: Facts) -> tuple[Activation, ...]:
    """Return the activations of a connection, also those that are switched off."""
    every = listed(facts.activations.get(audience_id))
    return tuple(one for one in every if one.connection_id in {"", connection.id})


def possible_settings(activation: Activation, facts: Facts) -> tuple[Settings, ...]:
    """Return the settings that the activation may send with.

    If Segment doesn't show them on the activation, they are in one of the mappings that activations own on the
    destination. Without any such mapping, return nothing: the activation sends through the destination's mapping.
    """
    if activation.settings:
        return (activation.settings,)
    seen = listed(facts.subscriptions)
    owned = activation_mappings(seen, catalog_entry(facts), activation_names(facts))
    return tuple(mapping.settings for mapping in owned)


def differing(shown: Settings, wanted: Settings, keys: Iterable[str] = VISIBLE_FIELDS) -> tuple[Difference, ...]:
    """Return the settings that Segment shows and that aren't as wanted. It may show fewer than it was sent."""
    seen = (key for key in keys if shown.get(key) not in (None, ""))
    return tuple(Difference(key, shown[key], wanted[key]) for key in seen if shown[key] != wanted[key])


def edits_of(activation: Activation, facts: Facts, wanted: Settings, *, ours: bool) -> tuple[Difference, ...]:
    """Return what has to be set in the activation.

    In someone else's activation, hidden fields are left alone, and nothing is set unless all possible settings differ.
    """
    keys = tuple(wanted) if ours else VISIBLE_FIELDS
    found = [differing(settings, wanted, keys) for settings in possible_settings(activation, facts)]
    return next(filter(None, found), ()) if ours or all(found) else ()


def settings_to_send(activation: Activation, wanted: Settings, *, ours: bool) -> dict[str, Any]:
    """Return the complete settings, because a service may drop those that a write leaves out."""
    theirs = {} if ours else {key: value for key, value in activation.settings.items() if key in wanted}
    return {**wanted, **theirs, **{key: wanted[key] for key in VISIBLE_FIELDS}}
