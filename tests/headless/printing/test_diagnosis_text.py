"""A diagnosis as lines: each way to the fix is said once, and exists where the line is read."""

from __future__ import annotations

from pathlib import Path

from tests.headless.runs import World


async def test_a_fix_that_names_its_command_is_not_followed_by_the_same_command(tmp_path: Path) -> None:
    world = World(tmp_path, "trigger-without-exits")
    ran = await world.run("troubleshoot", symptom="never-removed", as_json=False)
    assert "Fix: Restore the preset's trigger in Review (audience-wizard apply" in ran.out
    assert "Or: " not in ran.out
    assert "send all members again (audience-wizard apply" in ran.out
    assert "Ctrl+P" not in ran.out
