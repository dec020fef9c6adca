"""How the driver reads a terminal, for cases that on a real terminal depend on the moment of a key."""

from __future__ import annotations

import os
import sys
from selectors import SelectSelector
from typing import Any

import pytest

from wizard.ui.safe_app import SafeApp

if sys.platform == "win32":
    pytest.skip("has another driver", allow_module_level=True)

from wizard.ui.terminal.driver import WizardDriver


async def test_a_key_that_comes_once_the_screen_has_ended_is_left_to_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The screen ends while its thread waits for a key: the thread must not take the key that wakes it."""
    app: SafeApp[None] = SafeApp()
    driver = WizardDriver(app)
    reading, writing = os.pipe()

    class Ends(SelectSelector):
        def select(self, timeout: float | None = None) -> Any:
            os.write(writing, b"\r")
            driver.exit_event.set()
            return super().select(timeout)

    monkeypatch.setattr(driver, "fileno", reading)
    monkeypatch.setattr("wizard.ui.terminal.driver.SelectSelector", Ends)
    driver.run_input_thread()
    os.close(writing)

    assert os.read(reading, 9) == b"\r"
    os.close(reading)
