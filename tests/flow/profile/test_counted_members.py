"""Counts by audience previews: the profile's next run knows them, with their date and the previews used."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.fake_clock import START
from wizard.domain.services.segment import Landing
from wizard.flow.profile.counted_members import CountedMembers

COUNT = Landing(START, 1234, {"user_id_only": 1102}, "0a1b")


def test_a_count_and_its_previews_are_known_to_the_next_run(tmp_path: Path) -> None:
    CountedMembers(tmp_path / "default").remember({"aud_1": COUNT}, "spa_1", 3, START)
    again = CountedMembers(tmp_path / "default")
    again.remember({}, "spa_1", 2, START + timedelta(days=1))
    kept = CountedMembers(tmp_path / "default")
    assert kept.landing == {"aud_1": COUNT}
    assert kept.previews("spa_1", START) == 5
    assert (kept.previews("spa_2", START), kept.previews("spa_1", START + timedelta(days=40))) == (0, 0)
    assert (tmp_path / "default" / "counted.json").stat().st_mode & 0o077 == 0


def test_nothing_rests_on_the_file(tmp_path: Path) -> None:
    (tmp_path / "counted.json").write_text("damaged")
    assert CountedMembers(tmp_path).landing == {}
    only_here = CountedMembers(None)
    only_here.remember({"aud_1": COUNT}, "spa_1", 3, START)
    assert only_here.landing == {"aud_1": COUNT}
