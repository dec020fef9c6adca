"""What a plan depends on: if any of it changes, the plan is drawn again instead of applied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from wizard.domain.answers import Answers
from wizard.domain.connections import connections_in
from wizard.domain.facts import Facts, Seen
from wizard.domain.failure import Failure
from wizard.domain.services.launchdarkly import Caller, Token
from wizard.domain.services.segment import (
    Activation,
    Audience,
    CatalogEntry,
    Connection,
    Connections,
    Destination,
    Source,
    Subscription,
    Workspace,
)
from wizard.domain.tokens import held_token
from wizard.domain.wanted import (
    catalog_entry,
    chosen_audiences,
    chosen_destination,
    chosen_environment,
    engage_sources_of,
    fitting_destinations,
    free_sources,
    mapping_settings,
    wanted_client_side_id,
    wanted_destination_name,
)

# The fields of each thing that a plan is drawn from. Other fields may change freely.
_RESTS_ON: Mapping[type, tuple[str, ...]] = {
    Destination: ("id", "name", "source_id", "enabled", "client_side_id", "token_last_four"),
    Source: ("id", "name"),
    Subscription: ("id", "name", "destination_id", "action_id", "action_slug", "enabled", "trigger", "settings"),
    CatalogEntry: ("metadata_id", "action_id", "preset_name", "trigger", "fields"),
    Audience: (
        "id",
        "key",
        "enabled",
    ),  # a list may have fewer fields than an audience read on its own; what matters has its own entry
    Connections: ("items",),
    Connection: ("id", "destination_id", "enabled"),
    Activation: ("id", "name", "connection_id", "enabled", "action_id", "settings"),
    Caller: ("account_id", "token_id"),
    Token: ("id", "name", "last_four"),
    Workspace: ("id",),
    Failure: ("kind",),
}


def plan_basis(facts: Facts, answers: Answers) -> Mapping[str, str]:
    """Return what a plan depends on, by the words for it. If an entry differs later, that part has changed.

    Sizes, ages, and the order in which a service lists things aren't included.
    """
    chosen, place = chosen_destination(facts, answers), chosen_environment(facts, answers)
    parts = {
        "your answers": (answers.by_hand, answers.audiences, mapping_settings(facts, answers, None)),
        "the tokens": (facts.caller, facts.launchdarkly_token_last_four, facts.workspace, facts.segment_host),
        "the tokens that the wizard made": facts.made_tokens,
        "the destination's token": held_token.has_to_go(facts, answers),
        "the environment": (wanted_client_side_id(facts, answers), [one.key for one in place or ()]),
        "the destinations": (_destinations_of(facts, answers), chosen.id if chosen else answers.destination_name),
        "the Engage sources": (engage_sources_of(facts, answers), [one.id for one in free_sources(facts, answers)]),
        "the mappings": facts.subscriptions,
        "the catalog entry": catalog_entry(facts),
        "the audiences": chosen_audiences(facts, answers),
        "the audiences' connections": {id_: _leading_to(chosen, seen) for id_, seen in facts.connections.items()},
        "the activations": {id_: _sending_to(chosen, id_, facts) for id_ in facts.activations},
        "what the API can attach": facts.attach_by_api,
    }
    return {name: json.dumps(_stable(part), sort_keys=True, default=str) for name, part in parts.items()}


def _destinations_of(facts: Facts, answers: Answers) -> Seen[tuple[Destination, ...]]:
    """Return the destinations that this setup may use. Other environments may get theirs in the meantime."""
    if not isinstance(facts.destinations, tuple):
        return facts.destinations
    fitting, name = fitting_destinations(facts, answers), wanted_destination_name(facts, answers)
    return tuple(d for d in facts.destinations if d in fitting or d.id == answers.destination or d.name == name)


def _leading_to(destination: Destination | None, seen: Connections | Failure) -> Connections | Failure:
    if isinstance(seen, Failure):
        return seen
    return Connections(tuple(one for one in seen.items if destination and one.destination_id == destination.id))


def _sending_to(
    destination: Destination | None, audience_id: str, facts: Facts
) -> tuple[Activation, ...] | Failure | None:
    seen, connected = facts.activations[audience_id], facts.connections.get(audience_id)
    if isinstance(seen, Failure) or not isinstance(connected, Connections):
        return seen
    connections = {one.id for one in connections_in(_leading_to(destination, connected))}
    return tuple(one for one in seen if one.connection_id in {"", *connections})


def _said(value: Any, name: str) -> Any:
    """Return a field; for `enabled`, whether it's False, because a list may leave out that something is on."""
    return value.enabled is False if name == "enabled" else getattr(value, name)


def _stable(value: Any) -> Any:
    if is_dataclass(value):
        return {name: _stable(_said(value, name)) for name in _RESTS_ON[type(value)]}
    if isinstance(value, Mapping):
        return {str(key): _stable(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return sorted((_stable(part) for part in value), key=lambda part: json.dumps(part, sort_keys=True, default=str))
    return value
