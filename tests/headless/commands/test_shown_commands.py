"""A command copied from a run leads to the same setup: no printed one drops `--sandbox` or `--profile`."""

from __future__ import annotations

import re

import pytest

from wizard.cli import main

_COMMANDS = "plan|apply|watch|doctor|undo|troubleshoot|export|inventory|rule|rotate"
_SHOWN = re.compile(rf"audience-wizard (?:{_COMMANDS})\b[^.:()]*")


@pytest.mark.parametrize(
    ("scenario", "typed"),
    [
        ("stale-members", ["doctor", "-v"]),
        ("stale-members", ["doctor", "--json"]),
        ("silent-audience", ["doctor", "-v"]),
        ("stale-members", ["troubleshoot", "more-members"]),
        ("stale-members", ["troubleshoot", "more-members", "--json"]),
        ("silent-audience", ["troubleshoot", "never-appeared"]),
        ("stale-members", ["inventory"]),
        ("stale-members", ["rule", "vip-lounge"]),
        ("silent-audience", ["rule", "vip-lounge", "--json"]),
        ("stale-members", ["plan"]),
        ("silent-audience", ["apply", "--yes", "--watch", "--timeout", "15m"]),
    ],
)
def test_every_command_is_of_the_sandbox(scenario: str, typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each of these prints at least one."""
    main([*typed, "--sandbox", scenario, "--speed", "5000", "--profile", "eu"])

    ran = capsys.readouterr()
    shown = _SHOWN.findall(ran.out + ran.err)
    assert shown
    assert [one for one in shown if f"--profile eu --sandbox {scenario}" not in one] == []
