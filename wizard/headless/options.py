"""A command's own options, beside those that every command takes (`wizard.settings`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_TIMEOUT_S = 30 * 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """A command's options; `config` None means that the profile's saved answers are used."""

    config: Path | None = None
    as_json: bool = False
    yes: bool = False
    watch: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S
    only: tuple[str, ...] = ()
    list_checks: bool = False
    rings: bool = True  # whether the terminal's bell rings when a watched sync ends
    report: Path | None = None  # where `doctor` writes its support report
    action: str = ""  # of `secrets`: list, set or forget
    words: tuple[str, ...] = ()  # the words after the action of `secrets`
