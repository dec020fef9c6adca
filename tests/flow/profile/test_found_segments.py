"""The found segment is known to the profile's next watch, unless something has been attached since."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.fake_clock import START
from wizard.flow.profile.found_segments import FoundSegments


def test_what_was_found_is_known_to_the_next_run(tmp_path: Path) -> None:
    FoundSegments(tmp_path / "default", START).remember({"vip": "a-key"})
    assert FoundSegments(tmp_path / "default", START).keys == {"vip": "a-key"}
    assert (tmp_path / "default" / "found.json").stat().st_mode & 0o077 == 0


def test_attaching_again_makes_what_was_found_before_say_nothing(tmp_path: Path) -> None:
    FoundSegments(tmp_path, START).remember({"vip": "a-key"})
    assert FoundSegments(tmp_path, START + timedelta(hours=1)).keys == {}


def test_nothing_rests_on_the_file(tmp_path: Path) -> None:
    (tmp_path / "found.json").write_text("damaged")
    found = FoundSegments(tmp_path, None)
    assert found.keys == {}
    found.remember({"vip": "a-key"})
    assert FoundSegments(tmp_path, None).keys == {"vip": "a-key"}
    only_here = FoundSegments(None, START)
    only_here.remember({"vip": "a-key"})
    assert only_here.keys == {"vip": "a-key"}
