"""Clean text from the services once, where it enters, cut it to the cells of a screen, and put numbers in words.

Names of audiences, projects and segments hold whatever their authors typed: escape codes that a terminal would obey,
right-to-left marks that reorder a line, thousands of characters. Nothing here interprets markup; screens hand the
result to a widget as `Content` or with `markup=False`.
"""

from __future__ import annotations

import unicodedata

NAME_LIMIT = 200
KEY_LIMIT = 4_096
_MOST_MARKS = 4  # on one character; more of them would cover the lines above
_JOINER = "\u200d"  # joins the parts of an emoji
_BLANKS = dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " ")  # letters and patterns that draw nothing


def plain(text: str, limit: int = NAME_LIMIT) -> str:
    """Return `text` on one line, without control, bidirectional and other invisible characters.

    The result has at most `limit` characters; a cut is marked with an ellipsis. Each run of white space and control
    characters becomes one space. A text that would show nothing becomes empty.
    """
    shown = text[: limit * 4]
    if not (shown.isascii() and shown.isprintable()):
        shown = _standing("".join(_shown(character) for character in shown))
    one_line = " ".join(shown.split())
    return one_line if len(one_line) <= limit else one_line[: limit - 1].rstrip(_JOINER + " ") + "…"


def whole(text: str) -> str:
    """Return a name for comparing and exporting: cleaned like `plain`, but not cut to fit a screen."""
    return plain(text, KEY_LIMIT)


def without_controls(text: str) -> str:
    """Return `text` without characters that a terminal would obey or can't draw; tabs and line breaks stay."""
    return text if text.isprintable() else "".join(character for character in text if _is_typed(character))


def _is_typed(character: str) -> bool:
    return character in "\t\n\r" or unicodedata.category(character) not in {"Cc", "Cs"}


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return character if character == _JOINER else ""
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category in {"Cs", "Co", "Cn"}:
        return "\ufffd"
    return _BLANKS.get(character, character)


def _standing(text: str) -> str:
    """Drop joiners and marks that follow nothing: alone, they are invisible or change the next character."""
    kept: list[str] = []
    marks = 0
    for character, after in zip(text, text[1:] + " ", strict=False):
        if character == _JOINER:
            if not (kept and _is_emoji_part(kept[-1]) and _is_emoji_part(after)):
                continue
        elif unicodedata.category(character) in {"Mn", "Me"}:
            marks += 1
            if marks > _MOST_MARKS or not kept or kept[-1].isspace():
                continue
        else:
            marks = 0
        kept.append(character)
    return "".join(kept)


def _is_emoji_part(character: str) -> bool:
    """Return whether this is a pictograph, a skin tone, or the mark that asks for the colored form."""
    is_skin_color = "\U0001f3fb" <= character <= "\U0001f3ff"
    return is_skin_color or character == "\ufe0f" or unicodedata.category(character) == "So"


def cut(text: str, cells: int) -> str:
    """Return `text` in at most `cells` terminal cells; a cut is marked with an ellipsis."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(0, cells - 1)).rstrip() + "…" if cells > 0 else ""


def count(number: int, one: str, many: str | None = None) -> str:
    """Return `number` with its unit: "1 audience", "1,204 audiences"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """Return `text` with a full stop, unless it already ends like a sentence."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def capitalized(text: str) -> str:
    """Return `text` with a capital first letter. Unlike `str.capitalize`, this keeps the capitals in "LaunchDarkly"."""
    return f"{text[:1].upper()}{text[1:]}"


def within_sentence(text: str) -> str:
    """Return another system's message without its full stop, so that it fits into a sentence of ours."""
    return text.rstrip(".! ")


def last_four(secret: str) -> str:
    """Return the last four characters of a secret, for a screen; nothing if the secret has fewer than 12."""
    return plain(secret[-4:]) if len(secret) >= 12 else ""


def elapsed(seconds: float) -> str:
    """Return a duration in words: "3 s", "4 min", "4 min 10 s", "2 h 5 min"."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def lasting(seconds: float) -> str:
    """Return a duration for a sentence: as `elapsed`, but never "0 s"."""
    return "less than a second" if seconds < 1 else elapsed(seconds)


def ago(seconds: float) -> str:
    """Return how long ago something was: "just now", "3 s ago"."""
    return "just now" if seconds < 1 else f"{elapsed(seconds)} ago"


def due_in(seconds: float) -> str:
    """Return when something comes: "now", "in 3 s"."""
    return "now" if seconds < 1 else f"in {elapsed(seconds)}"
