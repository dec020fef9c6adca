"""Export what exists: as a settings file, as Terraform, or as a dated report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from errno import ENOENT
from os import strerror
from pathlib import Path

from wizard.domain.facts import is_closed
from wizard.domain.failure import Failure
from wizard.domain.wanted import chosen_destination, environment_words
from wizard.flow.handouts.report import refuse_what_is_no_file, save, secrets_of
from wizard.flow.handouts.setup_report import proof_of, setup_report
from wizard.flow.handouts.setup_toml import write_setup
from wizard.flow.handouts.terraform import Existing, terraform
from wizard.flow.walk import Walk


class Export(StrEnum):
    SETUP = "setup"
    TERRAFORM = "terraform"
    REPORT = "report"


FILE_NAMES: Mapping[Export, str] = {
    Export.SETUP: "setup.toml",
    Export.TERRAFORM: "audience-wizard.tf",
    Export.REPORT: "setup-report.md",
}


@dataclass(frozen=True, slots=True)
class NothingToExport:
    """Why there's nothing to export. If `is_known` is False, there may be something that couldn't be read."""

    why: str
    next: str  # the command to run next
    is_known: bool = True


class NotWritten(OSError):
    """Nothing was written, because something is already at that path. The text says what."""


def export(walk: Walk, what: Export, *others: Walk) -> str | NothingToExport:
    """Return what was read as a text without secrets. Terraform's text includes the environments of `others`."""
    text = _terraform(walk, *others) if what is Export.TERRAFORM else _TEXTS[what](walk)
    return _simulated(text, what, walk.state.sandbox) if isinstance(text, str) and walk.state.sandbox else text


def _simulated(text: str, what: Export, scenario: str) -> str:
    """Return the text marked as simulated, so that nobody takes it for proof of a real setup."""
    mark = f"Simulated: this is the scenario {scenario} of Audience Wizard's sandbox."
    if what is Export.REPORT:
        heading, _, rest = text.partition("\n\n")
        return f"{heading}\n\n**{mark}**\n\n{rest}"
    return f"# {mark}\n{text}"


def _setup(walk: Walk) -> str | NothingToExport:
    answers = walk.state.answers
    if not (answers.client_side_id or (answers.project and answers.environment)):
        return NothingToExport("This profile names no LaunchDarkly environment.", "plan")
    return write_setup(answers, walk.state.facts)


def _terraform(*walks: Walk) -> str | NothingToExport:
    every = [existing(walk) for walk in walks]
    missing = next((one for one in every if isinstance(one, NothingToExport)), None)
    there = (one for one in every if isinstance(one, Existing))
    return missing or terraform(tuple(there), walks[0].ports.clock.now())


def existing(walk: Walk) -> Existing | NothingToExport:
    """Return what exists in Segment for the walk's environment."""
    facts, answers = walk.state.facts, walk.state.answers
    if not isinstance(facts.destinations, tuple):
        return _unread("destinations of the workspace", facts.destinations, walk)
    destination = chosen_destination(facts, answers, walk.made_by_us)
    if destination is None:
        return NothingToExport(f"Segment has no destination for {environment_words(facts, answers)} yet.", "plan")
    if isinstance(facts.subscriptions, Failure):
        return _unread("mappings of the destination", facts.subscriptions, walk)
    return Existing(facts, answers, destination)


def _report(walk: Walk) -> str | NothingToExport:
    proof = proof_of(walk)
    if not proof.facts:
        return NothingToExport("Nothing was read from either service.", "doctor", is_known=False)
    return setup_report(proof)


def _unread(what: str, seen: object, walk: Walk) -> NothingToExport:
    if is_closed(seen):
        why = f"Segment refused to show this token the {what}."
    elif isinstance(seen, Failure):
        why = f"Segment didn't answer when asked for the {what}."
    elif walk.state.secrets.segment_token is None:
        why = f"The {what} can't be read without a Public API token."
    else:
        why = f"The {what} couldn't be read."
    return NothingToExport(why, "doctor", is_known=False)


_TEXTS: Mapping[Export, Callable[[Walk], str | NothingToExport]] = {
    Export.SETUP: _setup,
    Export.REPORT: _report,
}


def write_export(place: Path, text: str, walk: Walk, *, replaces: bool = False) -> None:
    """Write the text to a file that only its owner can read, and only if it holds no secret.

    Raises what `refuse_place` does. Raises HoldsASecret and OSError as `save` does.
    """
    refuse_place(place, replaces=replaces)
    save(place, text, secrets_of(walk))


def refuse_place(place: Path, *, replaces: bool = False) -> None:
    """Raise NotWritten if the file exists and `replaces` is False, and always for a symbolic link.

    A symbolic link may lead to a file that others read. Raises OSError for a folder, and where no folder is.
    """
    if place.is_symlink():
        raise NotWritten(f"{place} is a symbolic link. Name the file that it leads to.")
    refuse_what_is_no_file(place)
    if place.exists() and not replaces:
        raise NotWritten(f"{place} already exists. Name another file.")
    if not place.parent.is_dir():
        raise FileNotFoundError(ENOENT, strerror(ENOENT))
