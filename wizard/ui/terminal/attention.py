"""Reach a user who looked away: the terminal's title, the bell once, a desktop notice where the terminal can.

A notice is sent only while the terminal isn't in front. AUDIENCE_WIZARD_NOTIFY=off, or the list of commands, turns all
of it off. At the end, the terminal gets its earlier title back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from wizard.command_line.settings import wants_notices
from wizard.domain.stage import StageState
from wizard.flow.watching.progress import Progress, WatchOutcome
from wizard.text import count, plain

_KEEP_TITLE, _TITLE_AS_BEFORE = "\x1b[22;2t", "\x1b[23;2t"
_LONGEST = 80


class Notice(Enum):
    """The escape sequence for a desktop notice; NONE for a terminal that takes neither form."""

    NONE = ""
    OSC_9 = "\x1b]9;{text}\x07"
    OSC_777 = "\x1b]777;notify;Audience Wizard;{text}\x07"


_PROGRAMS = {"iTerm.app": Notice.OSC_9, "WezTerm": Notice.OSC_9, "ghostty": Notice.OSC_9, "kitty": Notice.OSC_9}
_TERMS = {"xterm-kitty": Notice.OSC_9, "xterm-ghostty": Notice.OSC_9, "foot": Notice.OSC_777, "rxvt": Notice.OSC_777}


def notice_of(environ: Mapping[str, str]) -> Notice:
    """Return the form of notice that this terminal is known to take; a multiplexer swallows notices."""
    term = environ.get("TERM", "")
    if "TMUX" in environ or term.startswith(("screen", "tmux")):
        return Notice.NONE
    by_term = (notice for name, notice in _TERMS.items() if term.startswith(name))
    named = _PROGRAMS.get(environ.get("TERM_PROGRAM", "")) or next(by_term, None)
    return named or (Notice.OSC_777 if "VTE_VERSION" in environ else Notice.NONE)


class Attention:
    """Title, bell and notices. `write` sends to the terminal; `is_in_front` says whether the terminal is in front."""

    def __init__(
        self,
        environ: Mapping[str, str],
        write: Callable[[str], None],
        bell: Callable[[], None],
        is_in_front: Callable[[], bool],
    ) -> None:
        self.wanted = wants_notices(environ)
        self._notice = notice_of(environ)
        self._write, self._bell, self._is_in_front = write, bell, is_in_front
        self._title = ""
        self._last_news = ""

    def switch(self) -> None:
        """Turn title, bell and notices on or off for this run."""
        self.wanted = not self.wanted
        if not self.wanted:
            self.end()

    def look(self, progress: Progress) -> None:
        """Update the title after a poll, and ring once for each piece of news."""
        if not self.wanted:
            return
        self._say_in_the_title(title(progress))
        news = worth_a_look(progress)
        if news and news != self._last_news:
            self._bell()
            if not self._is_in_front():
                self._write(self._notice.value.format(text=_safe(news)))
        self._last_news = news or self._last_news

    def end(self) -> None:
        """Restore the terminal's title."""
        if self._title:
            self._title = ""
            self._write(_TITLE_AS_BEFORE)

    def _say_in_the_title(self, text: str) -> None:
        safe = _safe(text)
        if safe != self._title:
            first = "" if self._title else _KEEP_TITLE
            self._title = safe
            self._write(f"{first}\x1b]2;{safe}\x07")


def title(progress: Progress) -> str:
    """Return the terminal's title: the news, else the progress, such as "First sync: 2 of 5"."""
    if progress.outcome is not None or worth_a_look(progress):
        return worth_a_look(progress) or "First sync"
    if len(progress.audiences) == 1:
        asked = [stage for stage in progress.audiences[0].stages if stage.state is not StageState.SKIPPED]
        done = sum(stage.state is StageState.DONE for stage in asked)
        return f"First sync: {done} of {len(asked)}"
    return f"First sync: {progress.finished} of {count(len(progress.audiences), 'audience')}"


def worth_a_look(progress: Progress) -> str:
    """Return a short sentence when the sync ended or something is stuck; empty when there is no news."""
    if progress.outcome is WatchOutcome.APPEARED:
        return _there(progress)
    stuck = [one for one in progress.audiences if any(stage.state is StageState.STUCK for stage in one.stages)]
    return f"! First sync: {stuck[0].name} needs attention" if stuck else ""


def _there(progress: Progress) -> str:
    sign = "✓" if progress.is_green else "!"
    if len(progress.audiences) == 1:
        return f"{sign} {progress.audiences[0].expected_name} is there"
    return f"{sign} {count(len(progress.audiences), 'segment')} are there"


def _safe(text: str) -> str:
    """Remove what could end the escape sequence: names come from the services."""
    return plain(text, _LONGEST).replace(";", ",")
