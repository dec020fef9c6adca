"""A new mapping of LaunchDarkly Audiences, made by the API, a person, an activation or the preset."""

from __future__ import annotations

from wizard.sandbox.exchange import Json
from wizard.sandbox.ids import letters_id
from wizard.sandbox.segment import catalog
from wizard.sandbox.segment.state import Destination, Mapping, Workspace


def add_mapping(
    workspace: Workspace, destination: Destination, name: str, fires: str, enabled: bool, settings: Json
) -> Mapping:
    """Add a mapping of the one action that LaunchDarkly Audiences has."""
    mapping_id = letters_id("mapping", workspace.id, workspace.next_number())
    made = Mapping(mapping_id, name, catalog.ACTION_ID, fires, enabled, settings)
    destination.mappings[made.id] = made
    return made
