"""A programming error in words, without values: a traceback's variables may hold a secret."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from wizard.flow.words import resume_line
from wizard.text import sentence

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

SORRY = "The wizard itself had a problem"


def place_of(error: BaseException) -> str:
    """Return where an error happened: the innermost line of the wizard's code, else of the library that failed."""
    frames = [(frame.filename.replace("\\", "/"), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [frame for frame in frames if "/wizard/" in frame[0]]
    if not frames:
        return "an unknown place"
    file, line = (ours or frames)[-1]
    return f"{file.rpartition('/wizard/' if ours else '/site-packages/')[2]}:{line}"


def crash_lines(error: BaseException, walk: Walk | None, command: str, where: str) -> tuple[str, ...]:
    """Return the lines that stay in the terminal after an error; `where` says how to find out more."""
    return (f"{SORRY}: {type(error).__name__} at {place_of(error)}.", _how_to_go_on(walk, command), where)


def _how_to_go_on(walk: Walk | None, command: str) -> str:
    if walk is None:
        return f"Nothing was changed. Start again with: {command}"
    if walk.state.sandbox:
        return f"This was the sandbox: nothing was stored. Start again with: {command} --sandbox {walk.state.sandbox}"
    if walk.session.trouble:
        return f"{sentence(walk.session.trouble)} Start again with: {command}"
    if not walk.session.saved.is_begun:
        return f"Nothing was changed. Start again with: {command}"
    return resume_line(command)
