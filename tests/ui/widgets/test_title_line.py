"""The top line: a simulated setup says so at any width."""

from __future__ import annotations

import pytest
from textual.geometry import Size

from wizard.ui.widgets.frame import TitleLine


@pytest.mark.parametrize(
    ("where", "cells", "shown"),
    [
        ("shop / production · sandbox: happy", 60, "shop / production · sandbox: happy"),
        ("shop / production · sandbox: happy", 40, "shop / production · sandbox: happy"),
        ("a-long-project / production · sandbox: happy", 40, "a-long-pr… / production · sandbox: happy"),
        ("shop / production · sandbox: attach-needs-app", 40, "production · sandbox: attach-needs-app"),
        ("shop / production · sandbox: attach-needs-app", 36, "product… · sandbox: attach-needs-app"),
        ("a-project-with-a-long-name / production", 60, "a-project-with-a-long-name / production"),
        ("a-project-with-a-long-name / production", 30, "a-project-with-a… / production"),
    ],
)
def test_the_name_gives_way_then_the_project_then_the_environment_and_never_the_word_sandbox(
    monkeypatch: pytest.MonkeyPatch, where: str, cells: int, shown: str
) -> None:
    monkeypatch.setattr(TitleLine, "content_size", Size(cells, 1))
    line = TitleLine()
    line.show(where)
    assert line.render().plain.removeprefix(TitleLine.NAME).strip() == shown
