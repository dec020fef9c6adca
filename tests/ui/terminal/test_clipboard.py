"""The program that takes a text for the clipboard; it is neither waited for nor trusted."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from wizard.ui.terminal import clipboard
from wizard.ui.terminal.clipboard import Helper, _take

find_helper = clipboard.find_helper  # before a fixture replaces it


@pytest.fixture
def installed(tmp_path: Path) -> str:
    """Return the path of a folder with every clipboard program, to use as PATH."""
    for name in ("pbcopy", "wl-copy", "xclip", "xsel", "clip.exe"):
        (tmp_path / name).touch(mode=0o755)
    return str(tmp_path)


@pytest.mark.parametrize(
    ("platform", "environ", "name"),
    [
        ("darwin", {}, "pbcopy"),
        ("darwin", {"SSH_CONNECTION": "1"}, None),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "wl-copy"),
        ("linux", {"DISPLAY": ":0"}, "xclip"),
        ("linux", {"DISPLAY": "localhost:10", "SSH_CONNECTION": "1"}, "xclip"),
        ("linux", {"SSH_CONNECTION": "1"}, None),
        ("linux", {}, "clip.exe"),
        ("win32", {}, "clip.exe"),
        ("linux", {"DISPLAY": ":0", "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"}, None),
    ],
)
def test_the_program_fits_the_desktop(platform: str, environ: dict[str, str], name: str | None, installed: str) -> None:
    helper = find_helper({**environ, "PATH": installed}, platform)
    assert (helper and (helper.name, helper.command[0])) == (name and (name, f"{installed}/{name}"))


@pytest.mark.parametrize("path", ["{here}", ".", "", "tools"])
def test_no_program_of_the_working_folder_is_started(
    path: str, installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(installed)
    assert find_helper({"PATH": path.format(here=installed)}, "linux") is None


def test_without_any_program_there_is_no_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert find_helper({"DISPLAY": ":0"}, "linux") is None


def test_the_text_goes_through_standard_input(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    script = f"import sys, pathlib; pathlib.Path({str(kept)!r}).write_bytes(sys.stdin.buffer.read())"
    assert _take(Helper((sys.executable, "-c", script)), "naïve\nlines")
    assert kept.read_text("utf-8") == "naïve\nlines"


def test_a_program_that_hangs_fails_or_is_missing_did_not_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "PATIENCE_S", 0.2)
    assert not _take(Helper((sys.executable, "-c", "import time; time.sleep(9)")), "x")
    assert not _take(Helper((sys.executable, "-c", "raise SystemExit(1)")), "x")
    assert not _take(Helper(("/nowhere/at/all",)), "x")
