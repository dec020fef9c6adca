"""Commands as a pipeline runs them: processes of their own, standard input closed, signals, secrets nowhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.headless.served import LIMIT_S, Served, run, serve
from wizard.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A world in which an hour takes a second: a watch, which looks every ten, sees the segment at its first look."""
    with serve("happy", tmp_path, speed=3600.0) as happy:
        yield happy


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """After an apply, in a world in which nothing appears while a test runs."""
    with serve("happy", tmp_path_factory.mktemp("steady"), speed=1.0) as happy:
        assert happy.run("apply", "-c", "setup.toml", "--yes").returncode == 0
        yield happy


def plainly(tmp_path: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LAUNCHDARKLY", "SEGMENT"))}
    state = {"AUDIENCE_WIZARD_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    return run(*arguments, environ=clean | state | environ, folder=tmp_path)


def test_a_pipeline_from_plan_to_undo(served: Served) -> None:
    """Each exit code and document, no secret in any output or file, private files, and no breach."""
    log = str(served.folder / "debug.log")
    plan = served.run("plan", "-c", "setup.toml", "--json", "--log-file", log)
    apply = served.run("apply", "-c", "setup.toml", "--yes", "--json", "--log-file", log)
    watch = served.run("watch", "--json", "--timeout", "30m")
    again = served.run("apply", "-c", "setup.toml", "--yes", "--json")
    undo = served.run("undo", "--yes", "--json")

    runs = [plan, apply, watch, again, undo]
    assert [one.returncode for one in runs] == [4, 0, 0, 0, 0], [one.stderr for one in runs]
    assert [len(one.stdout.splitlines()) for one in (plan, apply, again, undo)] == [1] * 4
    assert all(json.loads(line)["schema"] == 1 for one in runs for line in one.stdout.splitlines())
    assert {result["status"] for result in json.loads(again.stdout)["results"]} == {"already"}
    assert served.made() == (0, 0, 0, 0)
    written = [path.read_text() for path in served.folder.rglob("*") if path.is_file()]
    facts = served.server.facts
    for secret in (facts.launchdarkly_access_token, facts.segment_public_api_token):
        assert not any(secret in text for text in (*written, *(one.stdout + one.stderr for one in runs)))
    assert "api/v2/segments" in Path(log).read_text()
    private = [Path(log), served.folder / "home" / "default", served.folder / "home" / "default" / "setup.json"]
    assert [oct(path.stat().st_mode & 0o777) for path in private] == ["0o600", "0o700", "0o600"]
    assert list(served.server.sandbox.breaches) == []


def test_killed_for_real_it_ends_as_one_run_would(served: Served) -> None:
    looking = threading.Event()  # nobody sets it
    for writes in (1, 3):
        process = served.start("apply", "-c", "setup.toml", "--yes", "--json")
        deadline = time.monotonic() + LIMIT_S
        while served.writes() < writes and time.monotonic() < deadline:
            looking.wait(0.001)
        process.kill()
        process.communicate()

    done = served.run("apply", "-c", "setup.toml", "--yes", "--json")

    assert done.returncode == 0, done.stderr
    assert served.made() == (1, 1, 1, 1)
    assert served.run("plan", "--json").returncode == 0


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_who_stops_a_watch_is_told_where_things_stand(steady: Served, name: str) -> None:
    process = steady.start("watch", "--json", "--timeout", "2h")
    assert process.stdout is not None
    process.stdout.readline()

    process.send_signal(getattr(signal, name))
    _, said = process.communicate(timeout=LIMIT_S)

    assert process.returncode == 130
    assert "Next: audience-wizard watch" in said
    assert "Traceback" not in said


def test_a_reader_that_leaves_early_is_no_accident(served: Served) -> None:
    process = served.start("doctor", "-c", "setup.toml")
    assert process.stdout is not None
    process.stdout.close()

    process.stdout = None
    _, said = process.communicate(timeout=LIMIT_S)

    assert "Traceback" not in said
    assert "Exception ignored" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("typed", "code"), [("yes", 0), ("", 4)])
def test_at_a_terminal_apply_asks_and_waits_for_yes(tmp_path: Path, typed: str, code: int) -> None:
    import pexpect

    environ = os.environ | {"PYTHONPATH": str(ROOT), "AUDIENCE_WIZARD_HOME": str(tmp_path)}
    child = pexpect.spawn(sys.executable, ["-m", "wizard", "apply", "--sandbox"], env=environ, encoding="utf-8")
    child.expect_exact("Make 3 changes? Type yes: ", timeout=LIMIT_S)
    child.sendline(typed)
    child.expect(pexpect.EOF, timeout=LIMIT_S)
    child.close()

    assert child.exitstatus == code
    assert ("3 done." in (child.before or "")) is (code == 0)


# --- without any service ------------------------------------------------------------------------------------------


@pytest.fixture
def in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is given and nothing saved; the profile's folder, once there is one."""
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
    assert "Give a file with -c setup.toml" in err


def test_the_full_screen_names_the_command_to_use_without_a_terminal(tmp_path: Path) -> None:
    done = plainly(tmp_path, "--sandbox")

    assert done.returncode == 2
    assert "audience-wizard plan -c setup.toml" in done.stderr


def test_a_secret_comes_in_through_standard_input_only(tmp_path: Path) -> None:
    secret = "api-0123abcd-0123-0123-0123-0123456789ab"
    done = subprocess.run(
        [sys.executable, "-m", "wizard", "secrets", "set", "launchdarkly-token", "--no-keyring"],
        input=secret,
        env=os.environ | {"PYTHONPATH": str(ROOT), "AUDIENCE_WIZARD_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )

    assert done.returncode == 2
    assert "Use the variable instead: LAUNCHDARKLY_ACCESS_TOKEN" in done.stderr
    assert secret not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("api-0123abcd-0123-0123-0123-0123456789ab\nwhoami\n", 2, "This is more than one line."),
        ("sgp_0123456789abcdef0123456789abcdef\n", 2, "This is a Segment Public API token"),
        ("\x03", 130, "Interrupted."),
    ],
)
def test_at_a_hidden_prompt_nothing_of_a_paste_is_left_to_the_shell(
    tmp_path: Path, typed: str, code: int, said: str
) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "AUDIENCE_WIZARD_HOME": str(tmp_path)}
    command = ["-m", "wizard", "secrets", "set", "launchdarkly-token", "--no-keyring"]
    child = pexpect.spawn(sys.executable, command, env=environment, encoding="utf-8", timeout=LIMIT_S)
    child.expect_exact("(hidden): ")
    child.waitnoecho()
    child.send(typed)
    child.expect_exact(said)
    assert typed.strip() not in child.before
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == code


def test_plain_text_without_colour(tmp_path: Path) -> None:
    done = plainly(tmp_path, "doctor", "--sandbox", "happy", NO_COLOR="1", LC_ALL="C", PYTHONIOENCODING="ascii")

    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert done.stdout
