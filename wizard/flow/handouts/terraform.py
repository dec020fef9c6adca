"""Write Segment's side of a set-up as Terraform: each resource with its import block, the token as a variable.

What no provider holds is a comment. See docs/segment.md#terraform.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from wizard.domain.answers import Answers
from wizard.domain.checks.sync.segment_of_audience import found
from wizard.domain.facts import Facts, listed
from wizard.domain.hcl import Block, Expression, JsonText, comment, name_of
from wizard.domain.mapping import own_mappings
from wizard.domain.segment import Audience, Connections, Destination, Region, Subscription, Workspace
from wizard.domain.wanted import (
    activation_names,
    catalog_entry,
    chosen_audiences,
    environment_words,
    mapping_settings,
    wanted_client_side_id,
)
from wizard.text import count, plain

_SOURCE, _VERSION = "segmentio/segment", "~> 1.6"
_IMPORT_BLOCKS = ">= 1.5"  # the first Terraform that has them


def terraform(facts: Facts, answers: Answers, destination: Destination, at: datetime) -> str:
    """Return the file. `destination`: the instance that exists; it holds no secret, and neither does the file."""
    name = name_of("launchdarkly", *environment_words(facts, answers).split(" / "))
    mappings = _mappings(facts, destination)
    parts = (
        _head(facts, answers, destination, name, at, len(mappings)),
        _left_out(facts, answers, destination),
        *map(str, _settings(facts, answers, name)),
        _destination(facts, answers, destination, name),
        *(_mapping(one, destination, facts, answers, name, number) for number, one in enumerate(mappings, 1)),
    )
    return "\n\n".join(parts) + "\n"


def _mappings(facts: Facts, destination: Destination) -> tuple[Subscription, ...]:
    seen = (one for one in listed(facts.subscriptions) if one.destination_id in {"", destination.id})
    return own_mappings(seen, catalog_entry(facts), activation_names(facts))


# --- comments -----------------------------------------------------------------------------------------------------


def _head(facts: Facts, answers: Answers, destination: Destination, name: str, at: datetime, mappings: int) -> str:
    where = environment_words(facts, answers)
    workspace = f" of the workspace {facts.workspace.slug}" if isinstance(facts.workspace, Workspace) else ""
    ending = f", which ends in {destination.token_last_four}" if destination.token_last_four else ""
    return comment(
        f"What Segment has for {where}, as Audience Wizard read it at {at:%Y-%m-%d %H:%M} UTC.",
        "",
        f"1. Set PUBLIC_API_TOKEN to a Public API token{workspace}.",
        f"2. Set TF_VAR_{name}_token to the service token in the destination{ending}.",
        "3. Run terraform init, then terraform plan.",
        "",
        f"The plan imports {count(1 + mappings, 'resource')} and changes the destination once.",
        "Segment shows only the end of the token, so Terraform writes the token again.",
        "Terraform keeps the token as plain text in its state, so keep the state private.",
    )


def _left_out(facts: Facts, answers: Answers, destination: Destination) -> str:
    return comment(
        "Not in this file, because the provider has no resource for it:", *_others(facts, answers, destination)
    )


def _others(facts: Facts, answers: Answers, destination: Destination) -> Iterator[str]:
    for audience in chosen_audiences(facts, answers):
        yield f"- the audience {plain(audience.name)}{_ids(audience, facts, destination)}"
    yield f"- LaunchDarkly, {environment_words(facts, answers)}: nothing to make, because Segment makes the segments"
    for audience in chosen_audiences(facts, answers):
        if segment := found(audience, facts):
            yield f"  the segment {plain(segment.name)} ({plain(segment.key)}) comes from {plain(audience.name)}"
    if not _mappings(facts, destination):
        yield "- a mapping: the wizard saw none in this destination"


def _ids(audience: Audience, facts: Facts, destination: Destination) -> str:
    """Return the audience's ID, and the IDs of its connection and of the activations that send."""
    seen = facts.connections.get(audience.id)
    items = seen.items if isinstance(seen, Connections) else ()
    connections = [one.id for one in items if one.destination_id == destination.id]
    activations = [one.id for one in listed(facts.activations.get(audience.id)) if one.connection_id in connections]
    parts = (
        audience.id,
        *(f"connection {one}" for one in connections),
        *(f"activation {one} with its mapping" for one in activations),
    )
    return f" ({', '.join(map(plain, parts))})" if any(parts) else ""


# --- blocks -------------------------------------------------------------------------------------------------------


def _settings(facts: Facts, answers: Answers, name: str) -> Iterator[Block]:
    provider = Block("required_providers", (), {"segment": {"source": _SOURCE, "version": _VERSION}})
    yield Block("terraform", (), {"required_version": _IMPORT_BLOCKS}, (provider,))
    if isinstance(facts.workspace, Workspace) and facts.workspace.region is not Region.US:
        yield Block("provider", ("segment",), {"url": f"https://{facts.workspace.region.host}"})
    said = f"LaunchDarkly service token of the destination for {environment_words(facts, answers)}"
    yield Block("variable", (f"{name}_token",), {"description": said, "type": Expression("string"), "sensitive": True})


def _destination(facts: Facts, answers: Answers, destination: Destination, name: str) -> str:
    client_side_id = destination.client_side_id or wanted_client_side_id(facts, answers)
    settings = JsonText({"apiKey": Expression(f"var.{name}_token"), "clientId": client_side_id})
    return _imported(
        Block(
            "resource",
            ("segment_destination", name),
            {
                "name": destination.name,
                "enabled": destination.enabled is not False,
                "source_id": destination.source_id,
                "metadata": {"id": destination.metadata_id or catalog_entry(facts).metadata_id},
                "settings": settings,
            },
        ),
        destination.id,
        _unsaid(destination.enabled, "the destination"),
    )


def _mapping(
    mapping: Subscription, destination: Destination, facts: Facts, answers: Answers, name: str, number: int
) -> str:
    catalog = catalog_entry(facts)
    return _imported(
        Block(
            "resource",
            ("segment_destination_subscription", name if number == 1 else f"{name}_{number}"),
            {
                "destination_id": Expression(f"segment_destination.{name}.id"),
                "name": mapping.name,
                "enabled": mapping.enabled is not False,
                "action_id": mapping.action_id or catalog.action_id,
                "trigger": catalog.trigger if mapping.trigger is None else mapping.trigger,
                "settings": JsonText(dict(mapping.settings) or mapping_settings(facts, answers, mapping)),
            },
        ),
        f"{destination.id}:{mapping.id}",
        (
            *_unsaid(mapping.enabled, "this mapping"),
            *(("Segment didn't show the trigger. This is the preset's.",) if mapping.trigger is None else ()),
            *(() if mapping.settings else ("Segment didn't show the settings. These are the wizard's.",)),
        ),
    )


def _unsaid(enabled: bool | None, what: str) -> tuple[str, ...]:
    return (f"Segment didn't say whether {what} is enabled.",) if enabled is None else ()


def _imported(resource: Block, imported_id: str, notes: Iterable[str]) -> str:
    """Return the resource below its import block and what there is to say about it."""
    to = Expression(".".join(resource.labels))
    said = (comment(note) for note in notes)
    return "\n\n".join((str(Block("import", (), {"to": to, "id": imported_id})), "\n".join((*said, str(resource)))))
