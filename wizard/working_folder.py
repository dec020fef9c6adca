"""The folder that the wizard was started in, which may have been deleted since."""

from __future__ import annotations

import os
from pathlib import Path


def working_folder() -> Path | None:
    """Return the working folder; None where it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return None


def folder_to_save_in() -> Path:
    """Return the folder for a file that the user named no folder for: the working folder, else the home folder."""
    return working_folder() or Path(os.path.expanduser("~"))
