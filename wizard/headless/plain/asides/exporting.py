"""Saving what exists to a file from the line-by-line walk, as setup.toml, as Terraform or as a dated report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wizard.flow.handouts.exports import FILE_NAMES, Export, NothingToExport, export, write_export
from wizard.flow.handouts.report import NOT_SAVED, why_not_saved
from wizard.flow.targets.existing_targets import targets_set_up
from wizard.flow.walk import Walk
from wizard.headless.plain.asides.which_environment import ask_which
from wizard.headless.plain.dialogue.dialogue import Dialogue
from wizard.working_folder import folder_to_save_in

_WHAT: Mapping[str, tuple[Export, str]] = {
    "1": (Export.SETUP, "setup.toml, the setup as a file for the commands"),
    "2": (Export.TERRAFORM, "Terraform, Segment's side as code to import"),
    "3": (Export.REPORT, "a dated report, to compare with later"),
}


async def offer_export(dialogue: Dialogue) -> None:
    """Save each export that the user picks; Enter alone leaves. An existing file is kept."""
    dialogue.say("", "You can save this setup:", *(f"  {key}. {said}" for key, (_, said) in _WHAT.items()))
    while given := (await dialogue.ask_aside("A number saves one, Enter continues: ")).strip():
        if given in _WHAT:
            await _save(dialogue, _WHAT[given][0])


async def _save(dialogue: Dialogue, what: Export) -> None:
    targets = targets_set_up(dialogue.walk)
    if what is Export.SETUP:
        targets = targets[:1]
    elif what is Export.REPORT:
        target = await ask_which(dialogue, "Report on which environment?", targets)
        targets = (target,) if target else ()
    if targets:
        await _save_of(dialogue, what, *(target.walk for target in targets))


async def _save_of(dialogue: Dialogue, what: Export, walk: Walk, *others: Walk) -> None:
    for one in (walk, *others):
        if one is not dialogue.walk:
            await dialogue.reading(one.read())
    text = export(walk, what, *others)
    if isinstance(text, NothingToExport):
        dialogue.say(f"Nothing to save. {text.why}")
        return
    usual = folder_to_save_in() / FILE_NAMES[what]
    place = (await dialogue.ask_aside(f"File, Enter for {usual}: ")).strip() or str(usual)
    dialogue.say(_written(place, text, dialogue.walk))


def _written(place: str, text: str, walk: Walk) -> str:
    """Write the file, and return the line that says so, or why not."""
    try:
        path = Path(place).expanduser()
        write_export(path, text, walk)
    except NOT_SAVED as error:
        return f"Not saved. {why_not_saved(place, error)}"
    return f"Saved: {path}"
