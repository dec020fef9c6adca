"""What kind of credential a pasted text is, before any call.

See docs/launchdarkly.md#kinds-of-credential and docs/segment.md#public-api-tokens.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Shape(StrEnum):
    """What a pasted text looks like.

    The prefixes of SDK and mobile keys are documented. `api-`, `sgp_` and 24 hexadecimal digits are what every sample
    shows: good enough to name a mistake, never to refuse a text that has another form.
    """

    ACCESS_TOKEN = "access_token"  # noqa: S105 - a kind of token, not a token
    SDK_KEY = "sdk_key"
    MOBILE_KEY = "mobile_key"
    CLIENT_SIDE_ID = "client_side_id"
    SEGMENT_TOKEN = "segment_token"  # noqa: S105 - a kind of text, no secret
    SEVERAL = "several"  # more than one credential in one paste
    WORDS = "words"  # with spaces or line breaks inside, which no credential has
    OTHER = "other"  # nothing known: let the service decide


# What may be sent to each service as its token. A text of any other shape never leaves this machine.
LAUNCHDARKLY_SHAPES = frozenset({Shape.ACCESS_TOKEN, Shape.OTHER})
SEGMENT_SHAPES = frozenset({Shape.SEGMENT_TOKEN, Shape.OTHER})
# What may be sent to LaunchDarkly's client-side host, as part of an address: never a secret.
CLIENT_SIDE_ID_SHAPES = frozenset({Shape.CLIENT_SIDE_ID, Shape.OTHER})


@dataclass(frozen=True, slots=True)
class Paste:
    """A pasted credential: `text` is what is left after cleaning."""

    text: str = field(repr=False)
    shape: Shape


_PREFIXES = {
    "api-": Shape.ACCESS_TOKEN,
    "sdk-": Shape.SDK_KEY,
    "mob-": Shape.MOBILE_KEY,
    "sgp_": Shape.SEGMENT_TOKEN,
}
_CLIENT_SIDE_ID = re.compile(r"[0-9a-f]{24}")
_LONG_ENOUGH_FOR_A_SECRET = 20
_TOO_LONG_FOR_ONE = 10_000  # characters; a paste this long is a file, and taking it apart would take long
_LAUNCHDARKLYS = r"(?:api|sdk|mob)-[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
LAUNCHDARKLY_SECRET = re.compile(_LAUNCHDARKLYS)
SEGMENT_SECRET = re.compile(r"sgp_\w")
# Two credentials without a space between them, or one with something else attached.
_STUCK_TOGETHER = re.compile(
    rf"(?:(?:api|sdk|mob)-|sgp_).{{8,}}?(?:(?:api|sdk|mob)-|sgp_)"
    rf"|\S(?:{_LAUNCHDARKLYS}|sgp_\w)"
    rf"|{_LAUNCHDARKLYS}\S{{{_LONG_ENOUGH_FOR_A_SECRET},}}"
)
_ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[@-~]")
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»"}
# The value of an assignment has eight characters or more, so that the padding of `abc==` is left alone.
_WRAPPINGS = (
    re.compile(r"authorization\s*:\s*(.*)", re.IGNORECASE | re.DOTALL),
    re.compile(r"bearer\s+(.*)", re.IGNORECASE | re.DOTALL),
    re.compile(r"(?:export\s+|set\s+|\$env:)?[A-Za-z_]\w*\s*=\s*([^=\s].{7,})", re.DOTALL),
)


def read_paste(raw: str) -> Paste:
    """Strip what was copied along with a credential, and recognize the rest."""
    if len(raw) > _TOO_LONG_FOR_ONE:
        return Paste(raw[:_TOO_LONG_FOR_ONE], Shape.SEVERAL)
    text, before = _without_control_characters(raw), None
    while before != text:
        before, text = text, _unwrapped(_without_quotes(text.strip()))
    text = _joined(text)
    return Paste(text, _shape(text))


def holds_a_token(text: str) -> bool:
    """Return whether a text holds something that's certainly a secret of either service."""
    return bool(LAUNCHDARKLY_SECRET.search(text) or SEGMENT_SECRET.search(text))


def _without_control_characters(text: str) -> str:
    visible = _ESCAPE_SEQUENCE.sub("", text)
    return "".join(c for c in visible if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf"})


def _without_quotes(text: str) -> str:
    trimmed = text.rstrip(",;")
    is_quoted = len(trimmed) >= 2 and _QUOTES.get(trimmed[0]) == trimmed[-1]
    return trimmed[1:-1] if is_quoted else trimmed


def _unwrapped(text: str) -> str:
    found = next((found for wrapping in _WRAPPINGS if (found := wrapping.fullmatch(text))), None)
    return found.group(1) if found else text


def _joined(text: str) -> str:
    """Join a token that a terminal broke over two lines; leave anything else as it is."""
    whole = "".join(text.split())
    return whole if LAUNCHDARKLY_SECRET.fullmatch(whole) else text


def _shape(text: str) -> Shape:
    words = text.split()
    secrets = [word for word in words if _looks_secret(word)]
    if len(secrets) > 1 or _STUCK_TOGETHER.search(text):
        return Shape.SEVERAL
    if len(words) > 1:
        return Shape.WORDS
    return _shape_of_word(text)


def _looks_secret(word: str) -> bool:
    return _shape_of_word(word) is not Shape.OTHER or len(word) >= _LONG_ENOUGH_FOR_A_SECRET


def _shape_of_word(word: str) -> Shape:
    if _CLIENT_SIDE_ID.fullmatch(word):
        return Shape.CLIENT_SIDE_ID
    return next((shape for prefix, shape in _PREFIXES.items() if word.startswith(prefix)), Shape.OTHER)


# --- naming the mistake, before any call ------------------------------------------------------------------------

WHAT_IT_IS = {
    Shape.ACCESS_TOKEN: "an access token",
    Shape.SDK_KEY: "an SDK key",
    Shape.MOBILE_KEY: "a mobile key",
    Shape.CLIENT_SIDE_ID: "a client-side ID",
    Shape.SEGMENT_TOKEN: "a Segment Public API token",
    Shape.SEVERAL: "more than one credential",
    Shape.WORDS: "more than one word or line",
}
WHAT_IT_IS_TO_SEGMENT = WHAT_IT_IS | {
    Shape.ACCESS_TOKEN: "a LaunchDarkly access token",
    Shape.SDK_KEY: "a LaunchDarkly SDK key",
    Shape.MOBILE_KEY: "a LaunchDarkly mobile key",
    Shape.CLIENT_SIDE_ID: "a LaunchDarkly client-side ID",
}
_WHERE_ACCESS_TOKENS_ARE = "In LaunchDarkly, access tokens are under Organization settings → Authorization."
_WHERE_CLIENT_SIDE_IDS_ARE = (
    "In LaunchDarkly, the client-side ID is on the environment's SDK credentials page: 24 letters and digits."
)
_WHERE_PUBLIC_API_TOKENS_ARE = (
    "In Segment, Public API tokens are under Settings → Workspace settings → Access Management → Tokens."
)


def mistake_in_launchdarkly_token(paste: Paste) -> str:
    """Return what is wrong with a text in the access token's field; empty if no mistake is known."""
    match paste.shape:
        case Shape.SDK_KEY | Shape.MOBILE_KEY:
            what = WHAT_IT_IS[paste.shape]
            return f"This is {what}, which doesn't work with LaunchDarkly's API. {_WHERE_ACCESS_TOKENS_ARE}"
        case Shape.CLIENT_SIDE_ID:
            return (
                "This looks like a client-side ID. If the access token is in the other field, swap the two. "
                + _WHERE_ACCESS_TOKENS_ARE
            )
        case Shape.SEGMENT_TOKEN:
            return f"This is a Segment Public API token, not an access token. {_WHERE_ACCESS_TOKENS_ARE}"
        case _:
            return _mistake_in_form(paste, "an access token", _WHERE_ACCESS_TOKENS_ARE)


def mistake_in_client_side_id(paste: Paste) -> str:
    """Return what is wrong with a text in the client-side ID's field; empty if no mistake is known."""
    match paste.shape:
        case Shape.CLIENT_SIDE_ID:
            return ""
        case Shape.ACCESS_TOKEN:
            return (
                "This is an access token. If the client-side ID is in the token's field, swap the two. "
                + _WHERE_CLIENT_SIDE_IDS_ARE
            )
        case Shape.SDK_KEY | Shape.MOBILE_KEY | Shape.SEGMENT_TOKEN:
            return f"This is {WHAT_IT_IS[paste.shape]}, not a client-side ID. {_WHERE_CLIENT_SIDE_IDS_ARE}"
        case _:
            wrong_form = _mistake_in_form(paste, "a client-side ID", _WHERE_CLIENT_SIDE_IDS_ARE)
            return wrong_form or _mistake_for_a_name(paste.text)


def mistake_in_segment_token(paste: Paste) -> str:
    """Return what is wrong with a text in the Public API token's field; empty if no mistake is known."""
    if paste.shape in {Shape.ACCESS_TOKEN, Shape.SDK_KEY, Shape.MOBILE_KEY, Shape.CLIENT_SIDE_ID}:
        return f"This looks like {WHAT_IT_IS_TO_SEGMENT[paste.shape]}. {_WHERE_PUBLIC_API_TOKENS_ARE}"
    return _mistake_in_form(paste, "a Public API token", _WHERE_PUBLIC_API_TOKENS_ARE)


def _mistake_in_form(paste: Paste, wanted: str, where: str) -> str:
    text = paste.text
    if paste.shape is Shape.SEVERAL:
        return f"This is more than one credential. Paste only {wanted}."
    if paste.shape is Shape.OTHER and not text:
        return f"Nothing was pasted. {where}"
    if any(character in text for character in "•*…"):
        return f"This is a masked secret, which doesn't work. {where}"
    if paste.shape is Shape.WORDS and len(text.splitlines()) > 1:
        return f"This is more than one line. Paste only {wanted}."
    if paste.shape is Shape.WORDS:
        return f"This has spaces. Paste only {wanted}."
    if not text.isascii():
        return f"This has characters that {wanted} never has. {where}"
    return ""


def _mistake_for_a_name(text: str) -> str:
    """Return that this is an environment's key or name; empty for long alphanumeric texts, which the service judges.

    See docs/launchdarkly.md#kinds-of-credential.
    """
    if text.isalnum() and len(text) >= _LONG_ENOUGH_FOR_A_SECRET:
        return ""
    return f"This looks like an environment's key, not its client-side ID. {_WHERE_CLIENT_SIDE_IDS_ARE}"


# --- the three credentials of a setup ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential, with all its names."""

    slot: str  # in the vault
    name: str  # on the command line
    label: str
    variables: tuple[str, ...]  # that may hold it: the first one that is set wins
    mistake: Callable[[Paste], str]  # what is wrong with a pasted text, before any call, or empty

    @property
    def variable(self) -> str:
        """Return the variable to name in texts for the user."""
        return self.variables[0]


LAUNCHDARKLY_TOKEN = Credential(
    "launchdarkly_token",
    "launchdarkly-token",
    "LaunchDarkly access token",
    ("LAUNCHDARKLY_ACCESS_TOKEN", "LD_ACCESS_TOKEN"),
    mistake_in_launchdarkly_token,
)
SEGMENT_TOKEN = Credential(
    "segment_token",
    "segment-token",
    "Segment Public API token",
    ("SEGMENT_PUBLIC_API_TOKEN",),
    mistake_in_segment_token,
)
CLIENT_SIDE_ID = Credential(
    "client_side_id",
    "client-side-id",
    "LaunchDarkly client-side ID",
    ("LAUNCHDARKLY_CLIENT_SIDE_ID",),
    mistake_in_client_side_id,
)
MAKER_TOKEN = Credential(
    "launchdarkly_admin_token",
    "launchdarkly-admin-token",
    "LaunchDarkly admin's token",
    ("LAUNCHDARKLY_ADMIN_TOKEN",),
    mistake_in_launchdarkly_token,
)
"""Makes, renews and deletes the service token. Kept in memory only, so it's none of CREDENTIALS."""
TOKENS = (LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN)
CREDENTIALS = (*TOKENS, CLIENT_SIDE_ID)
_OF_TARGET = f"{LAUNCHDARKLY_TOKEN.slot}@"


def slot_in(target: str) -> str:
    """Return the vault's slot for one environment's LaunchDarkly token; without a name, for the profile's token."""
    return f"{_OF_TARGET}{target}" if target else LAUNCHDARKLY_TOKEN.slot


def target_of(slot: str) -> str:
    """Return the name of the environment whose own token a slot holds; empty for a slot of the whole profile."""
    return slot.removeprefix(_OF_TARGET) if slot.startswith(_OF_TARGET) else ""
