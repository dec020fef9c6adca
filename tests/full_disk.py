"""A disk without room for the profile."""

from __future__ import annotations

import pytest

from wizard.flow.profile import saved_file


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saved_file, "write_whole", full)
