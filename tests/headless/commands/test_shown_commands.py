"""A command copied from a run leads to the same setup: no printed one drops `--sandbox`, `--profile` or `-c`."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.headless.runs import SETUP
from wizard.cli import main
from wizard.headless.options import Options
from wizard.headless.printing.output import Output

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
    """Each of these runs prints at least one command."""
    main([*typed, "--sandbox", scenario, "--speed", "5000", "--profile", "eu"])

    ran = capsys.readouterr()
    shown = _SHOWN.findall(ran.out + ran.err)
    assert shown
    assert [one for one in shown if f"--profile eu --sandbox {scenario}" not in one] == []


@pytest.mark.parametrize(
    ("scenario", "typed"),
    [
        ("kind-refused", ["doctor"]),
        ("stale-members", ["troubleshoot", "more-members"]),
        ("kind-refused", ["troubleshoot", "failed-deliveries"]),
    ],
)
@pytest.mark.parametrize("as_json", [["--json"], []])
def test_every_command_is_of_the_setup_file(
    scenario: str, typed: list[str], as_json: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "setup.toml"
    file.write_text(SETUP)
    main([*typed, "-c", str(file), "--sandbox", scenario, "--speed", "5000", *as_json])

    shown = re.findall(rf"audience-wizard (?:{_COMMANDS})\b[^:()]*", capsys.readouterr().out)
    assert shown
    assert [one for one in shown if f"-c {file} --sandbox {scenario}" not in one] == []


def test_a_target_is_named_once_and_its_lines_begin_with_it() -> None:
    data = io.StringIO()
    target = Options(target="staging", as_json=True)
    out = Output(data, io.StringIO(), as_json=True, of_this_run=target.of_this_run, begin="staging: ")
    fix = "Restore it (audience-wizard apply)."
    out.document({"checks": [{"fix": fix, "evidence": {"name": fix}}], "next_steps": ["audience-wizard doctor"]})
    replace(out, as_json=False).text(["See audience-wizard doctor.", ""])
    document, line, empty = data.getvalue().splitlines()
    assert json.loads(document) == {
        "checks": [{"fix": "Restore it (audience-wizard apply --target staging).", "evidence": {"name": fix}}],
        "next_steps": ["audience-wizard doctor --target staging"],
    }
    assert (line, empty) == ("staging: See audience-wizard doctor --target staging.", "")
