"""Write Segment's side of a setup as Terraform: each resource with its import block, the token as a variable.

What no Terraform provider supports is a comment. See docs/segment.md#terraform.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from wizard.domain.answers import Answers
from wizard.domain.connections import connections_in
from wizard.domain.facts import Facts, listed
from wizard.domain.hcl import Block, Expression, JsonText, Value, comment, name_of
from wizard.domain.services.mapping import own_mappings
from wizard.domain.services.segment import Audience, Destination, Region, Subscription, Workspace
from wizard.domain.signals.segment_of_audience import found
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
_IMPORT_BLOCKS = ">= 1.5"  # the first version of Terraform that has import blocks


@dataclass(frozen=True, slots=True)
class Existing:
    """What exists in Segment for one environment, without secrets."""

    facts: Facts
    answers: Answers
    destination: Destination

    @property
    def place(self) -> str:
        return environment_words(self.facts, self.answers)

    @property
    def name(self) -> str:
        """Return the name for this environment's Terraform blocks."""
        return name_of("launchdarkly", *self.place.split(" / "))

    @property
    def mappings(self) -> tuple[Subscription, ...]:
        seen = (one for one in listed(self.facts.subscriptions) if one.destination_id in {"", self.destination.id})
        return own_mappings(seen, catalog_entry(self.facts), activation_names(self.facts))


def terraform(every: Sequence[Existing], at: datetime) -> str:
    """Return the Terraform file for these environments, which must be in one workspace."""
    parts = (
        _head(every, at),
        comment(
            "Not in this file, because the provider has no resource for it:",
            *(line for one in every for line in _others(one)),
        ),
        *map(str, _settings(every)),
        *(part for one in every for part in _resources(one)),
    )
    return "\n\n".join(parts) + "\n"


def _resources(one: Existing) -> Iterator[str]:
    yield _destination(one)
    yield from (_mapping(mapping, one, number) for number, mapping in enumerate(one.mappings, 1))


# --- comments -----------------------------------------------------------------------------------------------------


def _head(every: Sequence[Existing], at: datetime) -> str:
    workspace = every[0].facts.workspace
    whose = f" of the workspace {workspace.slug}" if isinstance(workspace, Workspace) else ""
    where, each = ", ".join(one.place for one in every), "the" if len(every) == 1 else "each"
    resources = count(sum(1 + len(one.mappings) for one in every), "resource")
    return comment(
        f"What Segment has for {where}, as Audience Wizard read it at {at:%Y-%m-%d %H:%M} UTC.",
        "",
        f"1. Set PUBLIC_API_TOKEN to a Public API token{whose}.",
        *(f"{2 + number}. {_where_the_token_goes(one)}" for number, one in enumerate(every)),
        f"{2 + len(every)}. Run terraform init, then terraform plan.",
        "",
        f"The plan imports {resources} and changes {each} destination once.",
        "Segment shows only the end of the token, so Terraform writes the token again.",
        "Terraform keeps the token as plain text in its state, so keep the state private.",
    )


def _where_the_token_goes(one: Existing) -> str:
    ending = f", which ends in {one.destination.token_last_four}" if one.destination.token_last_four else ""
    return f"Set TF_VAR_{one.name}_token to the service token in {plain(one.destination.name)}{ending}."


def _others(one: Existing) -> Iterator[str]:
    """Yield the lines on what no Terraform provider supports."""
    audiences = chosen_audiences(one.facts, one.answers)
    for audience in audiences:
        yield f"- the audience {plain(audience.name)}{_ids(audience, one.facts, one.destination)}"
    yield f"- LaunchDarkly, {one.place}: nothing to make, because Segment makes the segments"
    for audience in audiences:
        if segment := found(audience, one.facts):
            yield f"  the segment {plain(segment.name)} ({plain(segment.key)}) comes from {plain(audience.name)}"
    if not one.mappings:
        yield f"- a mapping: the wizard saw none in {one.destination.name}"


def _ids(audience: Audience, facts: Facts, destination: Destination) -> str:
    """Return the IDs of the audience, its connection to the destination and its activations, in parentheses."""
    there = connections_in(facts.connections.get(audience.id))
    connections = [one.id for one in there if one.destination_id == destination.id]
    activations = [one.id for one in listed(facts.activations.get(audience.id)) if one.connection_id in connections]
    parts = (
        audience.id,
        *(f"connection {one}" for one in connections),
        *(f"activation {one} with its mapping" for one in activations),
    )
    return f" ({', '.join(map(plain, parts))})" if any(parts) else ""


# --- blocks -------------------------------------------------------------------------------------------------------


def _settings(every: Sequence[Existing]) -> Iterator[Block]:
    provider = Block("required_providers", (), {"segment": {"source": _SOURCE, "version": _VERSION}})
    yield Block("terraform", (), {"required_version": _IMPORT_BLOCKS}, (provider,))
    workspace = every[0].facts.workspace
    if isinstance(workspace, Workspace) and workspace.region is not Region.US:
        yield Block("provider", ("segment",), {"url": f"https://{workspace.region.host}"})
    for one in every:
        said = f"LaunchDarkly service token of the destination for {one.place}"
        token: dict[str, Value] = {"description": said, "type": Expression("string"), "sensitive": True}
        yield Block("variable", (f"{one.name}_token",), token)


def _destination(one: Existing) -> str:
    destination = one.destination
    client_side_id = destination.client_side_id or wanted_client_side_id(one.facts, one.answers)
    attributes: dict[str, Value] = {
        "name": destination.name,
        "enabled": destination.enabled is not False,
        "source_id": destination.source_id,
        "metadata": {"id": destination.metadata_id or catalog_entry(one.facts).metadata_id},
        "settings": JsonText({"apiKey": Expression(f"var.{one.name}_token"), "clientId": client_side_id}),
    }
    block = Block("resource", ("segment_destination", one.name), attributes)
    return _imported(block, destination.id, _unsaid(destination.enabled, "the destination"))


def _mapping(mapping: Subscription, one: Existing, number: int) -> str:
    catalog, name = catalog_entry(one.facts), one.name if number == 1 else f"{one.name}_{number}"
    attributes: dict[str, Value] = {
        "destination_id": Expression(f"segment_destination.{one.name}.id"),
        "name": mapping.name,
        "enabled": mapping.enabled is not False,
        "action_id": mapping.action_id or catalog.action_id,
        "trigger": catalog.trigger if mapping.trigger is None else mapping.trigger,
        "settings": JsonText(dict(mapping.settings) or mapping_settings(one.facts, one.answers, mapping)),
    }
    block = Block("resource", ("segment_destination_subscription", name), attributes)
    notes = (
        *_unsaid(mapping.enabled, "this mapping"),
        *(("Segment didn't show the trigger. This is the preset's.",) if mapping.trigger is None else ()),
        *(() if mapping.settings else ("Segment didn't show the settings. These are the wizard's.",)),
    )
    return _imported(block, f"{one.destination.id}:{mapping.id}", notes)


def _unsaid(enabled: bool | None, what: str) -> tuple[str, ...]:
    return (f"Segment didn't say whether {what} is enabled.",) if enabled is None else ()


def _imported(resource: Block, imported_id: str, notes: Iterable[str]) -> str:
    """Return the import block, then the resource with its notes as comments."""
    to = Expression(".".join(resource.labels))
    said = (comment(note) for note in notes)
    return "\n\n".join((str(Block("import", (), {"to": to, "id": imported_id})), "\n".join((*said, str(resource)))))
