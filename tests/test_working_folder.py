"""The folder in which the wizard was started has been deleted."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.ui.finished_setup import seen
from tests.ui.scenarios import SMALL, SimulatedWizard, reach
from wizard.working_folder import folder_to_save_in, working_folder


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows keeps a folder that a process works in")
    folder = tmp_path / "deleted"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    folder.rmdir()


@pytest.mark.usefixtures("gone")
def test_files_go_to_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert working_folder() is None
    assert folder_to_save_in() == tmp_path
    monkeypatch.chdir(tmp_path)
    assert folder_to_save_in() == tmp_path.resolve()


@pytest.mark.usefixtures("gone")
async def test_what_saves_a_file_opens_all_the_same(tmp_path: Path) -> None:
    app = SimulatedWizard("happy")
    async with app.run_test(size=SMALL) as pilot:
        await reach(pilot, ("until:destination", "f2", "s"))
        assert str(tmp_path) + os.sep in seen(pilot)
