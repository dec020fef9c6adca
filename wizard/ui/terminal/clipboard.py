"""Put a text on the clipboard in both possible ways, and say which of them worked.

OSC 52 asks the terminal; that works over SSH, but the terminal never answers. A program of this machine runs too, in
a thread with a time limit. The text goes through its standard input, because arguments are visible to everyone.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from textual.app import App

from wizard.terminal import in_browser
from wizard.working_folder import working_folder

PATIENCE_S = 2.0


@dataclass(frozen=True)
class Helper:
    """A program of this machine that puts a text on the clipboard."""

    command: tuple[str, ...]
    encoding: str = "utf-8"

    @property
    def name(self) -> str:
        return PurePath(self.command[0]).name


_PBCOPY = Helper(("pbcopy",))
_WAYLAND = Helper(("wl-copy",))
_X11 = (Helper(("xclip", "-selection", "clipboard", "-in")), Helper(("xsel", "--clipboard", "--input")))
# UTF-16 with a byte order mark; otherwise the text is read in the old code page
_WINDOWS = Helper(("clip.exe",), "utf-16")


async def copy(app: App[Any], text: str) -> str:
    """Copy `text`, and return the ways that were used, as words after a colon.

    Neither the app nor the wizard keeps the text.
    """
    app.copy_to_clipboard(text)
    app._clipboard = ""  # Textual keeps the text for its own fields, and it may be a secret
    helper = find_helper(os.environ)
    if helper is not None and await asyncio.to_thread(_take, helper, text):
        return f"copied with {helper.name}, and sent to the terminal."
    return "copied, if your terminal allows it."


def find_helper(environ: Mapping[str, str], platform: str = sys.platform) -> Helper | None:
    """Return the first installed program that fits this desktop; None when there is none.

    Over SSH, only a program that reaches the user's machine fits. In a browser, which may be on any machine, none does.
    """
    if in_browser(environ):
        return None
    found = (_installed(helper, environ) for helper in _fitting(environ, platform))
    return next((helper for helper in found if helper), None)


def _installed(helper: Helper, environ: Mapping[str, str]) -> Helper | None:
    """Return the program with its full path, never from the working folder, whose files may be anyone's."""
    folders = [folder for folder in environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]
    here = working_folder()
    for path in (Path(folder, helper.name) for folder in folders if Path(folder) != here):
        if os.access(path, os.X_OK) and path.is_file():
            return Helper((str(path), *helper.command[1:]), helper.encoding)
    return None


def _fitting(environ: Mapping[str, str], platform: str) -> tuple[Helper, ...]:
    far = "SSH_CONNECTION" in environ
    if platform == "darwin":
        return () if far else (_PBCOPY,)
    if platform == "win32":
        return () if far else (_WINDOWS,)
    wayland = (_WAYLAND,) if environ.get("WAYLAND_DISPLAY") else ()
    x11 = _X11 if environ.get("DISPLAY") else ()
    return (*wayland, *x11, *(() if far else (_WINDOWS,)))


def _take(helper: Helper, text: str) -> bool:
    """Run the program without waiting for its output, which a background process would keep open."""
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            helper.command, input=text.encode(helper.encoding), stdout=quiet, stderr=quiet, timeout=PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
