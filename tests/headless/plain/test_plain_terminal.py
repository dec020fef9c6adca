"""The line-by-line interface in a real process: pipes, a dumb terminal, a hidden paste, Ctrl+C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.headless.one_process import ended, started
from tests.headless.plain.plain_script import TO_REVIEW
from tests.headless.served import LIMIT_S
from tests.terminal import killed
from wizard.cli import main
from wizard.flow.walk import Walk
from wizard.headless.plain.run import run_plain
from wizard.headless.printing.page import wrapped

COMMAND = [sys.executable, "-m", "wizard", "--sandbox", "happy", "--speed", "3000"]
TOKEN = "api-0123456789abcdef0123456789abcdef1a2b"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")


def _environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUDIENCE_", "COLUMNS"))}
    return {**kept, "AUDIENCE_WIZARD_HOME": str(home), "TERM": "dumb", **more}


def test_the_whole_walk_through_pipes_is_plain_text_that_fits_eighty_columns(tmp_path: Path) -> None:
    answers = "".join(f"{answer}\n" for answer in (*TO_REVIEW, "yes", *[""] * 6))

    ended = subprocess.run(
        [*COMMAND, "--plain"],
        input=answers,
        capture_output=True,
        text=True,
        env=_environment(tmp_path),
        timeout=LIMIT_S,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Segment: Vip customers" in ended.stdout
    assert set(ended.stdout) & set("\x1b\r\x07\x08") == set()
    too_long = [line for line in ended.stdout.splitlines() if len(line) > 80]
    assert all(line.startswith("https://") for line in too_long)


def test_without_any_input_it_ends_at_once_and_names_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUDIENCE_WIZARD_HOME", str(tmp_path))
    monkeypatch.setenv("ACCESSIBLE", "1")
    with open(os.devnull, encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert main(["--sandbox"]) == 2

    said = capsys.readouterr().out
    assert "Sandbox: happy." in said, "nobody chose the world"
    assert "Missing: Environment" in said


def test_a_hidden_paste_of_two_lines_is_one_answer_and_ctrl_c_and_a_polite_request_end_alike(tmp_path: Path) -> None:
    """A sandbox without a name first offers its scenarios."""
    terminal = started(
        tmp_path, "--plain --speed 3000 --sandbox", "--plain --sandbox happy", term="dumb", size=(24, 60)
    )
    terminal.expect(r"Choose a\s+scenario")
    terminal.expect_exact("Number or name: ")
    terminal.sendline("happy")
    for answer in ("", "2", "", "shop production", "", "1"):
        terminal.expect(r"(Number|Enter)[a-z ]*: ")
        terminal.sendline(answer)
    terminal.expect("Paste: ")

    terminal.send(f"{TOKEN}\n{TOKEN}\n")
    terminal.expect("more than one")
    assert TOKEN not in str(terminal.before)
    terminal.expect("Paste: ")

    terminal.sendintr()
    terminal.expect("Interrupted")
    terminal.expect("1 of 8 steps are done: Prerequisites")
    assert ended(terminal) == 130
    terminal.expect(r"(Number|Enter)[a-z ]*: ")
    assert "Choose a" not in str(terminal.before)
    assert terminal.getecho()

    terminal.kill(signal.SIGTERM)
    terminal.expect("Interrupted")
    assert ended(terminal) == 130
    killed(terminal)


def test_when_nobody_reads_any_more_it_ends_without_noise(tmp_path: Path) -> None:
    talk = subprocess.Popen(
        [*COMMAND, "--plain"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(tmp_path),
    )
    assert talk.stdout is not None
    talk.stdout.readline()
    talk.stdout.close()

    try:
        said = talk.communicate(input="\n\n\n", timeout=LIMIT_S)[1]
    finally:
        talk.kill()
    assert (talk.returncode, said) == (130, "")


def test_what_nobody_expected_is_said_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def load() -> Walk:
        raise RuntimeError("api-0123456789ab")

    assert run_plain(load, report=lambda _: "Where: a.log") == 1
    assert capsys.readouterr().out == "Something went wrong (RuntimeError). Where: a.log\n"


def test_a_link_and_a_key_are_never_broken_and_indents_stay() -> None:
    link = "https://app.launchdarkly.com/projects/shop/segments/segment-audiences-aud_0123456789"

    assert wrapped(link, 40) == link
    assert wrapped("  1. One long choice that needs", 24) == "  1. One long choice\n     that needs"
    assert wrapped("", 40) == ""
