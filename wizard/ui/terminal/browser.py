"""Open a web page in the user's browser: beside the wizard, without waiting for it, and never over its screen."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import PurePath

PATIENCE_S = 5.0  # seconds; an opener that still runs then is the browser itself
TEXT_BROWSERS = frozenset({"w3m", "lynx", "links", "links2", "elinks", "browsh", "carbonyl", "www-browser"})
_DESKTOP = (("xdg-open",), ("gio", "open"), ("firefox",), ("google-chrome",), ("chromium",))
_WINDOWS = ("rundll32.exe", "url.dll,FileProtocolHandler")


async def open_page(environ: Mapping[str, str], url: str) -> bool:
    """Open `url`, and return whether a browser took it."""
    command = find_browser(environ)
    return bool(command) and await asyncio.to_thread(_start, (*command, url), _without_text_browser(environ))


def find_browser(environ: Mapping[str, str], platform: str = sys.platform) -> tuple[str, ...]:
    """Return the command that opens a page in a window; empty where there is none."""
    return next((command for command in _fitting(environ, platform) if shutil.which(command[0])), ())


def _fitting(environ: Mapping[str, str], platform: str) -> Iterator[tuple[str, ...]]:
    yield from (command for command in _wanted(environ) if not _is_text_browser(command))
    if platform == "win32" or "WSL_DISTRO_NAME" in environ:
        yield _WINDOWS
    elif platform == "darwin" and "SSH_CONNECTION" not in environ:
        yield ("open",)
    elif environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        yield from _DESKTOP


def _wanted(environ: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield the commands in the variable BROWSER, which editors set on a remote machine."""
    for written in environ.get("BROWSER", "").split(os.pathsep):
        try:
            words = tuple(word for word in shlex.split(written) if word != "%s")
        except ValueError:  # an unclosed quote
            continue
        if words and not any("%s" in word for word in words):
            yield words


def _is_text_browser(command: tuple[str, ...]) -> bool:
    return PurePath(command[0]).stem in TEXT_BROWSERS


def _without_text_browser(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without BROWSER, so that a desktop's opener can't start a text browser from it."""
    return {name: value for name, value in environ.items() if name != "BROWSER"}


def _start(command: tuple[str, ...], environ: Mapping[str, str]) -> bool:
    """Run the command without the terminal: no input, no output, a session of its own."""
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed command, or the user's own
            command, stdin=quiet, stdout=quiet, stderr=quiet, env=environ, start_new_session=True
        )
        return process.wait(PATIENCE_S) == 0
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
