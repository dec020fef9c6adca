"""The top line: what is simulated says so at any width."""

from __future__ import annotations

import pytest
from textual.geometry import Size

from wizard.ui.widgets.frame import TitleLine


@pytest.mark.parametrize(
    ("where", "cells", "shown"),
    [
        ("shop / production · sandbox: happy", 60, "shop / production · sandbox: happy"),
        ("shop / production · sandbox: happy", 40, "shop… · sandbox: happy"),
        ("shop / production · sandbox: attach-needs-app", 40, "sandbox: attach-needs…"),
        ("a-project-with-a-long-name / production", 40, "a-project-with-a-long…"),
    ],
)
def test_the_place_is_cut_before_the_word_sandbox(
    monkeypatch: pytest.MonkeyPatch, where: str, cells: int, shown: str
) -> None:
    monkeypatch.setattr(TitleLine, "content_size", Size(cells, 1))
    line = TitleLine()
    line.show(where)
    assert line.render().plain.removeprefix(TitleLine.NAME).strip() == shown
