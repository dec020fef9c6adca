"""One parsed style sheet for all apps of a process: parsing takes a good part of an app's start."""

from __future__ import annotations

from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet

_parse_rules = Stylesheet._parse_rules
_PARSED: dict[tuple[Any, ...], Any] = {}


@pytest.fixture
def style_sheets_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parse_once(monkeypatch)


def parse_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give all apps the same rules as long as the style sheet's text and the colors are the same."""

    def parsed(sheet: Stylesheet, css: str, **more: Any) -> Any:
        key = css, *more.values(), tuple(sheet._variables.items())
        if key not in _PARSED:
            _PARSED[key] = _parse_rules(sheet, css, **more)
        return _PARSED[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", parsed)
