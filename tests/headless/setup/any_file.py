"""A setup file with any contents. A module of its own, so that only one worker of the suite loads Hypothesis."""

from __future__ import annotations

import json
import string
import sys
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.flow.journey import SETTINGS
from wizard.headless.refusal import Refused
from wizard.headless.setup.setup_file import read_setup

JOINER = "\u200d"  # stays between the parts of an emoji
# any character but surrogates; Hypothesis needs seconds to build its own alphabet in a new clone
CHARACTERS = st.one_of(
    st.sampled_from(string.printable),
    st.sampled_from(f"\0\x1b\x7f\x85{JOINER}\u2028\u202e\ufeff"),
    st.integers(0, 0xD7FF).map(chr),
    st.integers(0xE000, sys.maxunicode).map(chr),
)
VALUES = st.recursive(
    st.one_of(st.text(CHARACTERS, max_size=8), st.integers(), st.booleans(), st.floats(allow_nan=False), st.dates()),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
NAMES = sorted({part for name in SETTINGS for part in name.split(".")})
KEYS = st.one_of(st.sampled_from(NAMES), st.text(CHARACTERS, max_size=6))
TABLES = st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=3)


@settings(max_examples=150, deadline=None, database=None)
@given(tables=TABLES, broken=st.binary(max_size=3))
def is_read_or_refused_in_words(path: Path, tables: dict[str, dict[str, Any]], broken: bytes) -> None:
    lines = [
        f"[{json.dumps(table)}]\n" + "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in content.items())
        for table, content in tables.items()
    ]
    for text in ("".join(lines).encode(errors="replace"), broken, broken.join([b"[launchdarkly]", b"\nproject = "])):
        path.write_bytes(text)
        said: tuple[str, ...] = ()
        try:
            read_setup(path)
        except Refused as refusal:
            said = refusal.lines
        assert all(line.replace(JOINER, "").isprintable() for line in said), said


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)
