"""The folder of saved progress.

Imports little, because the first frame reads the saved theme from this folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def home_of(environ: Mapping[str, str]) -> Path | None:
    """Return the folder; None if the user has no home folder, or AUDIENCE_WIZARD_HOME names an unknown user's."""
    chosen = environ.get("AUDIENCE_WIZARD_HOME", "")
    from platformdirs import user_state_path

    try:
        home = Path(chosen).expanduser() if chosen else user_state_path("audience-wizard", appauthor=False)
    except (RuntimeError, KeyError):
        return None
    return None if home.parts[:1] == ("~",) else home
