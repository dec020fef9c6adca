"""Commands in their own processes, as in a pipeline: no standard input, signals, and secrets nowhere."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pexpect
import pytest

from tests.headless.one_process import ended, started
from tests.headless.runs import SETUP
from tests.headless.served import LIMIT_S, Served, run, serve
from tests.terminal import killed
from wizard.cli import main
from wizard.sandbox.behaviors import Behavior

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and a pseudo-terminal")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A world in which an hour takes a second, so that a watch, which polls every ten seconds, soon sees the segment.

    A new destination comes with its mapping; otherwise each `apply` would wait for that for ten seconds.
    """
    with serve("happy", tmp_path, speed=3600.0) as happy:
        happy.server.sandbox.world.behaviors.add(Behavior.PRESET_AT_ONCE)
        yield happy


def plainly(tmp_path: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LAUNCHDARKLY", "SEGMENT"))}
    state = {"AUDIENCE_WIZARD_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    return run(*arguments, environ=clean | state | environ, folder=tmp_path)


def process_list() -> str:
    """Return every command line that any user of this machine can see; empty without /proc."""
    shown = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            shown.append(path.read_text(errors="replace"))
    return "\n".join(shown)


def test_a_pipeline_from_plan_to_undo_whose_apply_is_killed_and_runs_again(served: Served) -> None:
    """Check each exit code and document, secrets in outputs and files, the files' modes, and breaches.

    Also check that no process shows a token to the machine's other users meanwhile.
    """
    log = str(served.folder / "debug.log")
    (served.folder / "setup.toml").write_text(SETUP)

    def ran(*arguments: str) -> Run:
        return as_run(served.run(*arguments, "--json"))

    plan = ran("plan", "-c", "setup.toml", "--log-file", log)
    seen = killed_while_it_writes(served)
    apply = ran("apply", "-c", "setup.toml", "--yes", "--log-file", log)
    made = served.made()
    watch = ran("watch", "--timeout", "30m")
    undo = ran("undo", "--yes")

    runs = [plan, apply, watch, undo]
    assert [one.code for one in runs] == [4, 0, 0, 0], [one.err for one in runs]
    assert [len(one.out.splitlines()) for one in (plan, apply, undo)] == [1] * 3
    assert all(json.loads(line)["schema"] == 1 for one in runs for line in one.out.splitlines())
    assert (made, served.made()) == ((1, 1, 1, 1), (0, 0, 0, 0))
    written = [path.read_text() for path in served.folder.rglob("*") if path.is_file()]
    facts = served.server.facts
    for secret in (facts.launchdarkly_access_token, facts.segment_public_api_token):
        assert not any(secret in text for text in (*written, *(one.out + one.err for one in runs), seen))
    assert "wizard" in seen or not Path("/proc/self/cmdline").exists()
    assert "api/v2/segments" in Path(log).read_text()
    private = [Path(log), served.folder / "home" / "default", served.folder / "home" / "default" / "setup.json"]
    assert [oct(path.stat().st_mode & 0o777) for path in private] == ["0o600", "0o700", "0o600"]
    # time runs so fast here that a run reads an audience twice within a poll's interval, so ignore that breach
    assert not [one for one in served.server.sandbox.breaches if "polling" not in one.why]


class Run(NamedTuple):
    code: int
    out: str
    err: str


def as_run(ended: subprocess.CompletedProcess[str]) -> Run:
    return Run(ended.returncode, ended.stdout, ended.stderr)


def killed_while_it_writes(served: Served) -> str:
    """Kill an apply after its second write; return the process list from when it sends the token."""
    looking = threading.Event()  # never set; it only serves for waiting
    process = served.start("apply", "-c", "setup.toml", "--yes", "--json")
    deadline, seen = time.monotonic() + LIMIT_S, ""
    while served.writes() < 2 and time.monotonic() < deadline:
        seen = seen or (process_list() if served.writes() else "")
        looking.wait(0.001)
    seen = seen or process_list()  # both writes came between two checks
    process.kill()
    process.communicate()
    return seen


@POSIX
def test_a_user_who_stops_a_watch_is_told_where_things_stand(tmp_path: Path) -> None:
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    child = started(tmp_path, *["watch --json --sandbox happy --speed 100 --timeout 2h"] * len(signals))
    for each in signals:
        child.expect_exact('"schema": 1')
        child.kill(each)
        child.expect("Next.*: audience-wizard watch")
        assert "Traceback" not in str(child.before)
        assert ended(child) == 130
    killed(child)


@POSIX
def test_at_a_terminal_apply_asks_and_waits_for_yes(tmp_path: Path) -> None:
    child = started(tmp_path, "apply --sandbox", "apply --sandbox")
    for typed, done, code in (("", 0, 4), ("yes", 1, 0)):
        child.expect_exact("Make 3 changes? Type yes: ")
        child.sendline(typed)
        assert ended(child) == code
        assert str(child.before).count("3 done.") == done
    killed(child)


# --- without any service ------------------------------------------------------------------------------------------


@pytest.fixture
def in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Remove all given answers, and return the profile's folder, which doesn't exist yet."""
    for name in os.environ:
        if name.startswith(("LAUNCHDARKLY", "SEGMENT")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AUDIENCE_WIZARD_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize("command", ["plan", "doctor", "apply", "undo", "watch"])
def test_every_command_runs_on_the_sandbox(in_process: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--yes"] if command in {"apply", "undo"} else ["--timeout", "10s"] if command == "watch" else []

    code = main([command, "--sandbox", "happy", "--json", "--speed", "600", *more])

    out, err = capsys.readouterr()
    assert code == {"plan": 4, "doctor": 0, "apply": 0, "undo": 0, "watch": 3}[command], err
    assert all(json.loads(line)["schema"] == 1 for line in out.splitlines())
    assert out
    assert not in_process.exists()


@pytest.mark.usefixtures("in_process")
def test_what_is_missing_is_said_and_nothing_waits(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["plan", "--no-keyring", "--json"])

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert "LAUNCHDARKLY_ACCESS_TOKEN" in err
    assert "Name a file with -c setup.toml" in err


def test_the_full_screen_names_the_command_to_use_without_a_terminal(tmp_path: Path) -> None:
    done = plainly(tmp_path, "--sandbox")

    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "audience-wizard plan -c setup.toml" in done.stderr


def test_a_secret_comes_in_through_standard_input_only(
    in_process: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "api-0123abcd-0123-0123-0123-0123456789ab"
    reading, writing = os.pipe()
    os.write(writing, secret.encode())
    os.close(writing)

    with open(reading, encoding="utf-8") as piped:
        monkeypatch.setattr("sys.stdin", piped)
        code = main(["secrets", "set", "launchdarkly-token", "--no-keyring"])

    out, err = capsys.readouterr()
    assert code == 2
    assert "Use the variable instead: LAUNCHDARKLY_ACCESS_TOKEN" in err
    assert secret not in out + err
    assert not in_process.exists()


@POSIX
def test_at_a_hidden_prompt_nothing_of_a_paste_is_left_to_the_shell_and_a_signal_ends_it(tmp_path: Path) -> None:
    pastes = (
        ("api-0123abcd-0123-0123-0123-0123456789ab\nwhoami\n", 2, "This is more than one line."),
        ("sgp_0123456789abcdef0123456789abcdef\n", 2, "This is a Segment Public API token"),
        ("\x03", 130, "Interrupted."),
    )
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    asks = "secrets set launchdarkly-token --no-keyring"
    child = started(tmp_path, *[asks] * (len(pastes) + len(signals)))
    for typed, code, said in pastes:
        _until_hidden(child)
        child.send(typed)
        child.expect_exact(said)
        assert typed.strip() not in str(child.before)
        assert ended(child) == code  # and the rest of this paste doesn't answer the next run
    for each in signals:
        _until_hidden(child)
        child.kill(each)
        assert ended(child) == 130
    killed(child)


def _until_hidden(child: pexpect.spawn[str]) -> None:
    child.expect_exact("(hidden): ")
    child.waitnoecho()


def test_among_strange_modules_without_color_and_in_ascii(tmp_path: Path) -> None:
    """No module of the working folder is loaded, and characters that the stream can't show are replaced."""
    for name in ("pydantic", "httpx", "argparse", "keyring"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a stranger was loaded')")

    done = plainly(tmp_path, "plan", "--sandbox", "happy", NO_COLOR="1", LC_ALL="C", PYTHONIOENCODING="ascii")

    assert done.returncode == 4, done.stderr
    assert "\x1b" not in done.stdout
    assert 'Context key "Use Segment UserId only"' in done.stdout


def test_a_watch_of_a_served_world_sees_its_refusals_and_doctor_finds_nothing_wrong_with_this_machine(
    tmp_path: Path,
) -> None:
    """The world is hours ahead of this machine when it is asked."""
    with serve("delivery-failing", tmp_path, speed=3600.0) as failing:
        watched = failing.run("watch", "-c", "setup.toml", "--timeout", "25s")
        checked = failing.run("doctor", "-c", "setup.toml", "--json")
    assert (watched.returncode, "events refused: 403" in watched.stdout) == (1, True), watched.stdout
    found = {one["id"]: one["status"] for one in json.loads(checked.stdout)["checks"]}
    assert (found["machine.clock"], found["sync.delivery"]) == ("pass", "fail")
