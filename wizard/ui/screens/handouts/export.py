"""The dialog that saves an export: setup.toml, Terraform or a dated report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wizard.flow.handouts.exports import FILE_NAMES, Export, write_export
from wizard.flow.walk import Walk
from wizard.ui.screens.handouts.save import SaveScreen

_TITLES: Mapping[Export, str] = {
    Export.SETUP: "Save the setup as a file?",
    Export.TERRAFORM: "Save Segment's side as Terraform?",
    Export.REPORT: "Save a dated report of this setup?",
}
_WHAT: Mapping[Export, str] = {
    Export.SETUP: "With this file, plan, apply and doctor work on the same setup elsewhere. It has no tokens.",
    Export.TERRAFORM: "It has the destination and its mapping, each with an import block. The token is a variable. "
    "Comments name what the provider can't manage.",
    Export.REPORT: "It records the state of both services: IDs, names, switches, counts and checks. It has no "
    "tokens. Later, audience-wizard doctor --against shows what differs.",
}


class ExportScreen(SaveScreen):
    """Asks where to save the text. An existing file is never overwritten."""

    def __init__(self, walk: Walk, what: Export, text: str) -> None:
        super().__init__(_TITLES[what], _WHAT[what], FILE_NAMES[what])
        self._walk, self._text = walk, text

    def save_to(self, place: str) -> Path:
        path = Path(place).expanduser()
        write_export(path, self._text, self._walk)
        return path
