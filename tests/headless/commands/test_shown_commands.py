"""A command copied from a run leads to the same setup: no printed one drops `--sandbox` or `--profile`."""

from __future__ import annotations

import re

import pytest

from wizard.cli import main

_COMMANDS = "plan|apply|watch|doctor|undo|troubleshoot|export|inventory|rule|rotate"
_SHOWN = re.compile(rf"audience-wizard (?:{_COMMANDS})\b[^.:()]*")


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    "typed",
    [
        ["doctor", "-v"],
        ["troubleshoot", "more-members"],
        ["troubleshoot", "never-appeared"],
        ["inventory"],
        ["rule", "vip-lounge"],
        ["plan"],
        ["apply", "--yes", "--watch"],
    ],
)
@pytest.mark.parametrize("scenario", ["stale-members", "silent-audience"])
def test_every_command_is_of_the_sandbox(
    scenario: str, typed: list[str], as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*typed, "--sandbox", scenario, "--speed", "1000", "--profile", "eu", *(["--json"] if as_json else [])])

    ran = capsys.readouterr()
    shown = _SHOWN.findall(ran.out + ran.err)
    assert [one for one in shown if f"--profile eu --sandbox {scenario}" not in one] == []
