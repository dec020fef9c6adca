"""Mistakes in one value of a setup file that are visible without asking the services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN, Shape, holds_a_token, read_paste
from wizard.flow.journey import SETTINGS, TABLES
from wizard.flow.steps.ask import Setting
from wizard.headless.refusal import Mistake, nearest, quoted

_WORDS = {str: "a string in quotes", bool: "true or false", list: 'a list of strings, such as ["vip", "trial"]'}
_SECRETS = ("token", "secret", "password", "api_key", "apikey")


def mistake_in(name: str, value: Any, lines: Mapping[str, int]) -> Mistake | None:
    """Return the mistake in a setting's name or value; None if there is none."""
    line = lines.get(name) or lines.get(name.partition(".")[0], 0)
    if hidden := secret_in(name, line, value):
        return hidden
    setting = SETTINGS.get(name)
    if setting is None:
        return _unknown(name, line)
    wrong = _wrong_value(setting, value)
    if wrong is None:
        return None
    what, valid = wrong
    return Mistake(line, name, what, lambda: nearest(str(value), valid))


def secret_in(name: str, line: int, value: Any) -> Mistake | None:
    """Return a mistake for a token, recognized by its form or by the key's name; else None."""
    if isinstance(value, str) and holds_a_token(value):
        return _secret(name, line, value)
    is_named_so = name not in SETTINGS and any(word in name.lower() for word in _SECRETS)
    return _secret(name, line) if is_named_so else None


def _secret(name: str, line: int, value: str = "") -> Mistake:
    """Return a mistake that names the variable in which the token belongs."""
    is_segments = read_paste(value).shape is Shape.SEGMENT_TOKEN or (not value and "segment" in name.lower())
    variable = (SEGMENT_TOKEN if is_segments else LAUNCHDARKLY_TOKEN).variable
    return Mistake(line, name, f"setup.toml never holds a token. Delete this line and set {variable} instead.")


def _unknown(name: str, line: int) -> Mistake:
    """Return the mistake in the name of a setting or a table, with the form that works."""
    table, _, key = name.partition(".")
    if key:
        others = [one for one in SETTINGS if one.startswith(f"{table}.")]
        return Mistake(line, name, "unknown setting.", lambda: nearest(name, others))
    if name in TABLES:
        return Mistake(line, name, f"write it as one table: [{name}], with its settings below it.")
    if at_home := [setting for setting in SETTINGS.values() if setting.key == f"{setting.table}.{name}"]:
        return Mistake(line, name, f"it belongs in a table: write it below [{at_home[0].table}].")
    return Mistake(line, name, "unknown table.", lambda: nearest(name, (*TABLES, "targets")))


def _wrong_value(setting: Setting, value: Any) -> tuple[str, tuple[str, ...]] | None:
    """Return what is wrong with a value, and the valid values if the setting has a fixed list; else None."""
    if not _is_a(setting.holds, value):
        return f"this must be {_WORDS[setting.holds]}.", ()
    if not isinstance(value, str) or not value:
        return None
    if setting.valid and value not in setting.valid:
        return f"{quoted(value)} isn't one of {', '.join(setting.valid)}.", setting.valid
    mistake = setting.mistake(value)
    return (mistake, ()) if mistake else None


def _is_a(wanted: type, value: Any) -> bool:
    if isinstance(value, list):
        return wanted is list and all(isinstance(item, str) for item in value)
    return isinstance(value, wanted)
