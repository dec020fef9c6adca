"""What a command was asked for, beyond what every command takes (`wizard.settings`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_TIMEOUT_S = 30 * 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """`config` None: what the profile saved."""

    config: Path | None = None
    as_json: bool = False
    yes: bool = False
    watch: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S
    only: tuple[str, ...] = ()
    list_checks: bool = False
    rings: bool = True  # the terminal's bell, when something that was watched is over
    report: Path | None = None  # where `doctor` writes its support report
    action: str = ""  # of `secrets`: list, set or forget
    words: tuple[str, ...] = ()  # what follows the action of `secrets`
