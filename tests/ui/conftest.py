"""Keep pictures the same on every machine, and secrets out of the report that shows them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import textual

from tests.ui.finished_setup import finished_yesterday
from tests.ui.looked_up_once import classes_looked_up_once
from tests.ui.parsed_once import style_sheets_parsed_once
from tests.ui.quiet import painted_when_quiet, pilots_wait_for_the_loop
from tests.ui.styled_once import nodes_styled_once
from wizard.sandbox.app import Sandbox
from wizard.ui.terminal import clipboard
from wizard.ui.widgets.buttons.button import Button

__all__ = [
    "classes_looked_up_once",
    "nodes_styled_once",
    "painted_when_quiet",
    "pilots_wait_for_the_loop",
    "style_sheets_parsed_once",
]

DRAWN_WITH = "8.2.8"
_HARMLESS = ("PATH", "HOME", "LANG", "TERM", "TMPDIR", "PWD", "PYTEST_", "COV_", "TEXTUAL_SNAPSHOT_")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to renew pictures with another Textual than the pinned one, which draws other pictures."""
    os.environ.pop("NO_COLOR", None)
    if config.getoption("update_snapshots", default=False) and textual.__version__ != DRAWN_WITH:
        raise pytest.UsageError(f"pictures are drawn with textual {DRAWN_WITH}, this is {textual.__version__}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Keep the environment out of the snapshot report, which embeds it."""
    for name in tuple(os.environ):
        if not name.startswith(_HARMLESS):
            del os.environ[name]


@pytest.fixture(autouse=True)
def no_clipboard_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests from writing to the machine's clipboard."""
    monkeypatch.setattr(clipboard, "find_helper", lambda _: None)


@pytest.fixture(autouse=True)
def no_moment_of_a_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never draw a button as pressed: that lasts a moment of real time, which a picture may miss."""
    monkeypatch.setattr(Button, "_start_active_affect", lambda _: None)


@pytest.fixture(autouse=True)
def quick_pilots(
    pilots_wait_for_the_loop: None,
    style_sheets_parsed_once: None,
    nodes_styled_once: None,
    classes_looked_up_once: None,
    painted_when_quiet: None,
) -> None:
    """Make pilots quick: each key is answered before the next, nothing sleeps, and no work is done twice."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a profile that was finished yesterday."""
    return tmp_path / "home" / "default"


@pytest.fixture
async def sandbox(folder: Path) -> Sandbox:
    """Return the world of the profile in `folder`, for tests that come back to it."""
    return await finished_yesterday(folder)
