"""The folder of saved progress.

Imports little, because the first frame reads a theme that was kept there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def home_of(environ: Mapping[str, str]) -> Path:
    chosen = environ.get("AUDIENCE_WIZARD_HOME", "")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_state_path

    return user_state_path("audience-wizard", appauthor=False)
