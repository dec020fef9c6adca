"""Every setting of setup.toml, its type, and the answer that it gives (docs/reference.md#settings)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.domain.answers import Answers, ContextKey
from wizard.domain.credentials import mistake_in_client_side_id, read_paste


def _fine(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; `holds` is str, bool or list (of texts), and `answer` is a field of `Answers`."""

    holds: type
    answer: str
    valid: tuple[str, ...] = ()  # the only valid values; empty: any
    convert: Callable[[Any], Any] = lambda value: value
    mistake: Callable[[str], str] = _fine


SETTINGS: Mapping[str, Setting] = {
    "launchdarkly.project": Setting(str, "project"),
    "launchdarkly.environment": Setting(str, "environment"),
    "launchdarkly.client_side_id": Setting(
        str, "client_side_id", mistake=lambda text: mistake_in_client_side_id(read_paste(text))
    ),
    "launchdarkly.server_side": Setting(bool, "server_side"),
    "segment.space": Setting(str, "space"),
    "segment.by_hand": Setting(bool, "by_hand"),
    "segment.engage_source": Setting(str, "engage_source"),
    "destination.name": Setting(str, "destination_name"),
    "mapping.context_kind": Setting(str, "context_kind"),
    "mapping.context_key": Setting(str, "context_key", tuple(ContextKey), ContextKey),
    "mapping.batching": Setting(bool, "batching"),
    "audiences.include": Setting(list, "audiences", convert=lambda items: tuple(dict.fromkeys(items))),
}
TABLES = tuple(dict.fromkeys(name.partition(".")[0] for name in SETTINGS))
WORDS = {str: "a text in quotes", bool: "true or false", list: "a list of texts"}


def answers_from(values: Mapping[str, Any]) -> Answers:
    """Return answers from valid values by setting; an empty text or list isn't an answer."""
    given = {SETTINGS[name].answer: SETTINGS[name].convert(value) for name, value in values.items() if value != ""}
    return Answers(**given)
