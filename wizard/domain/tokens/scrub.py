"""Take secrets out of a text, by value and by form, and say whether any is left: the last line of defence.

A client-side ID is no secret. The last four characters of a token are shown on purpose.
"""

from __future__ import annotations

import base64
import re
import string
from collections.abc import Iterable, Iterator

HIDDEN = "(hidden)"
PART = 8  # characters; any part of a secret with this length is hidden
_SHORT = 4  # shorter values are words
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)  # ASCII only, so no position changes
_FORMS = {
    "an access token, SDK key or mobile key": re.compile(
        r"(?<![\w/-])(?:api|sdk|mob)-[\w-]{4,}|(?<![\w-])(?:api|sdk|mob)-(?=[\w-]*\d)[\w-]{8,}"
    ),
    "a Public API token": re.compile(r"sgp_\w{4,}"),
    "a Bearer token": re.compile(r"(?i)\bbearer\s+(?!\$)[\w.~+/=-]{4,}"),
    "a JSON web token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    "something long that is called a token": re.compile(
        r"(?i)(?P<name>(?:token|secret|password|api[ _-]?key|authorization)[\"']?\s*(?:[:=]\s*|\s)[\"']?)"
        r"[A-Za-z0-9+/_=-]{20,}"
    ),
}


def scrub(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without any part of a secret, and without anything that has the form of one."""
    for secret in _spellings(secrets):
        text = _without(text, secret)
    for form in _FORMS.values():
        text = form.sub(_hidden, text)
    return text


def _hidden(found: re.Match[str]) -> str:
    """Return the mark that hides a secret, with the name before it, such as "token: "."""
    return found.groupdict().get("name", "") + HIDDEN


def leaks(text: str, secrets: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of secrets that a text still holds, never a secret itself."""
    known = ("a part of a secret that was given",) if any(_spans(text, s) for s in _spellings(secrets)) else ()
    return known + tuple(kind for kind, form in _FORMS.items() if form.search(text))


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """Yield each secret unchanged, and in base64, the way a header may carry it."""
    for secret in secrets:
        if len(secret) >= _SHORT:
            yield secret
            yield base64.b64encode(secret.encode()).decode().rstrip("=")


def _without(text: str, secret: str) -> str:
    kept, end = [], 0
    for start, stop in _spans(text, secret):
        kept += [text[end:start], HIDDEN]
        end = stop
    return "".join([*kept, text[end:]])


def _spans(text: str, secret: str) -> list[tuple[int, int]]:
    """Return the start and end of each part of the secret in a text, in any case; touching parts are merged."""
    size, where = min(PART, len(secret)), text.translate(_LOWER)
    parts = {secret[at : at + size].translate(_LOWER) for at in range(len(secret) - size + 1)}
    found = sorted((at, at + size) for part in parts for at in _places(where, part))
    merged: list[tuple[int, int]] = []
    for start, stop in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
