"""The command line: what it accepts, how it refuses, and that it never repeats a secret."""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

import pytest

from tests.test_reference import COMMANDS
from wizard.cli import _command, main
from wizard.command_line.build import build_parser
from wizard.command_line.commands import seconds
from wizard.command_line.settings import WrongSetting, read_settings
from wizard.command_line.variables import mistakes_in
from wizard.headless import given_file
from wizard.headless.options import Options
from wizard.sandbox.scenarios import SCENARIOS

TOKEN = "api-0123abcd-0123-0123-0123-0123456789ab"
SHARED = [
    "--profile", "--launchdarkly-url", "--launchdarkly-client-url", "--segment-url", "--no-keyring", "--json",
    "--plain", "--log-file", "--sandbox",
]  # fmt: skip


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    assert left.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_takes_every_shared_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])

    said = capsys.readouterr().out
    assert left.value.code == 0
    assert all(option in said for option in SHARED)


NEEDED = {"export": ["setup"]}  # arguments without which a command can't be parsed


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "sandbox"])
def test_every_option_of_a_command_reaches_it(command: str) -> None:
    own = (
        vars(build_parser().parse_args([command, *NEEDED.get(command, ())])).keys()
        - vars(build_parser().parse_args([])).keys()
    )

    assert own - {"file"} <= {field.name for field in fields(Options)}, "a file is the same as --config"


@pytest.mark.parametrize(
    ("text", "wanted"), [("90s", 90), ("30m", 1800), ("2h", 7200), ("45", 45), ("1.5h", 5400), (" 5 M ", 300)]
)
def test_a_time(text: str, wanted: float) -> None:
    assert seconds(text) == wanted


@pytest.mark.parametrize("text", ["", "soon", "5 days", "-3m", "m", "1e3", "99999999999s"])
def test_no_time(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="90s, 30m or 2h"):
        seconds(text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["aply"], "Did you mean apply?"),
        (["secrets", "lst"], "Did you mean list?"),
        (
            ["foo"],
            "Unknown command foo. The commands: plan, apply, watch, doctor, troubleshoot, inventory, rule, undo, "
            "export, rotate, secrets, sandbox.",
        ),
        (["apply", "--wach"], "Unknown option --wach. Did you mean --watch?\nSee: audience-wizard apply --help"),
        (["plan", "words"], "ot a setup.toml file: words. A scenario goes after --sandbox."),
        (["plan", "--jsn"], "Did you mean --json?"),
        (["watch", "--timeout", "soon"], "a time looks like 90s, 30m or 2h"),
        (["watch", "--timeout", "0m"], "audience-wizard: --timeout: a time looks like 90s, 30m or 2h"),
        (["export"], "Say which one: setup, terraform or report."),
        (["export", "foo"], "Choose setup, terraform or report, not foo."),
        (["--sandbox", "doctor", "-v"], "--sandbox comes after the command: audience-wizard doctor --sandbox"),
        (
            ["--sandbox", "plan", "-c", "setup.toml"],
            "--sandbox comes after the command: audience-wizard plan --sandbox",
        ),
        (["plan", "--timeout", "3"], "--timeout isn't an option of plan, but of apply, watch and rotate.\nSee:"),
        (["doctor", "--accept", "x"], "--accept isn't an option of doctor, but of plan and apply."),
        (["doctor", "setup.toml", "--accept", "destination.single"], "--accept isn't an option of doctor,"),
        (["plan", "-v", "setup.toml"], "-v isn't an option of plan, but of doctor and troubleshoot."),
        (["--yes"], "--yes comes after a command: apply, rule, undo or rotate."),
        (["plan", "--frobnicate=3"], "Unknown option --frobnicate.\n"),
        (["plan", "-c", "setup.toml", "other.toml"], "Give one setup file, not two: setup.toml and other.toml."),
        (["apply", "other.toml", "--config=setup.toml"], "Give one setup file, not two: other.toml and setup.toml."),
        (["doctor", "-c", "a.toml", "-c", "b.toml"], "Give one setup file, not two: a.toml and b.toml."),
        (["rule", "-c", "a.toml", "-f", "b.toml"], "Give one setup file, not two: a.toml and b.toml."),
        (["plan", "-c"], "-c/-f/--config needs a value."),
        (["plan", "--speed", "fast"], "--speed needs a number, not fast."),
    ],
)
def test_a_slip_is_met_with_what_was_meant(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said in refused(capsys, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [TOKEN],
        ["plan", TOKEN],
        ["plan", "--token", TOKEN],
        ["plan", f"--token={TOKEN}"],
        ["plan", "--speed", TOKEN],
        ["watch", "--timeout", TOKEN],
        ["secrets", TOKEN],
        ["--launchdarkly-token", TOKEN, "plan"],
    ],
)
def test_a_secret_among_the_arguments_is_not_repeated(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert TOKEN not in refused(capsys, *arguments)


@pytest.mark.parametrize("part", ["api-0123", "sdk-0123", "mob-0123", "sgp_0123", "y5Jx0cE8wq2Ld7TzKm3a"])
def test_neither_is_a_part_of_one(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "(not shown)" in refused(capsys, "plan", "--speed", part)


@pytest.mark.parametrize("words", [["set", "launchdarkly-token", TOKEN], ["set", TOKEN], ["list", TOKEN]])
def test_a_secret_after_secrets_is_refused_and_not_repeated(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["secrets", *words, "--no-keyring"]) == 2

    said = capsys.readouterr()
    assert "never an argument" in said.err
    assert TOKEN not in said.out + said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["launchdarkly"], "Did you mean launchdarkly-token?"),
        (["segment"], "Did you mean segment-token?"),
        ([], "Name the secret: launchdarkly-token"),
    ],
)
def test_a_secrets_name_that_is_close_is_not_taken_for_a_leak(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["secrets", "set", *words, "--no-keyring"]) == 2

    err = capsys.readouterr().err
    assert said in err
    assert "never an argument" not in err


@pytest.mark.parametrize("nothing_close", [["xyzzy"], ["plan", "--frobnicate"], ["secrets", "frobnicate"]])
def test_what_is_close_to_nothing_is_met_with_no_guess(
    nothing_close: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Did you mean" not in refused(capsys, *nothing_close)


def test_secrets_alone_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["secrets", "--no-keyring"]) == 0
    assert "launchdarkly-token" in capsys.readouterr().out


@pytest.mark.parametrize("way", ["setup.toml", "-f setup.toml", "-c setup.toml", "--config setup.toml"])
def test_a_setup_file_is_understood_with_its_option_and_without(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "setup.toml").write_text('[audiences]\ninclude = ["new_signups"]\n[launchdarkly]\nproject = "shop"\n')

    assert main(["plan", *way.split(), "--sandbox"]) == 2  # read, and found to lack the environment

    assert "launchdarkly.environment" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_gives_examples_and_is_there_by_its_word_too(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for arguments in (["help", *command.split()], [*command.split(), "--help"]):
        with pytest.raises(SystemExit):
            main(arguments)
        said.append(capsys.readouterr().out)

    assert said[0] == said[1]
    assert "commands:\n  command" not in said[0]
    assert f"  audience-wizard {command}".rstrip() in said[0].split("xamples:")[1]


def test_a_commands_help_is_there_though_sandbox_comes_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--sandbox", "doctor", "--help"])

    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("usage: audience-wizard doctor ")


def test_version_is_there_by_its_word_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["version"]), main(["--version"])) == (0, 0)
    first, second = capsys.readouterr().out.splitlines()
    assert first == second


def test_the_scenarios_are_listed_for_a_machine_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["scenarios"][0]["name"] == "happy"
    assert {one["name"] for one in listed["scenarios"]} == set(SCENARIOS)


CODES = {
    "--help": 0,
    "sandbox --list": 0,
    "doctor --list": 0,
    "plan --sandbox": 4,
    "inventory --sandbox": 0,
    "troubleshoot": 0,
    "watch --sandbox --json": 130,
    "apply --yes --watch --sandbox": 130,
}
# A process for each that has loaded everything already: starting them all anew takes five times as long.
RUN_EACH = """
import os, sys
import wizard.sandbox.app, wizard.wiring
from wizard.cli import main
from wizard.headless.run import COMMANDS
for load in COMMANDS.values():
    load()
for typed in sys.argv[1:]:
    if not (child := os.fork()):
        sys.exit(main(typed.split()))
    print(typed, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), sep=": ", file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is another error there")
def test_a_command_keeps_its_code_and_makes_no_noise_when_nobody_reads_and_a_watch_ends(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    environ = os.environ | {"AUDIENCE_WIZARD_HOME": str(tmp_path), "AUDIENCE_WIZARD_KEYRING": "off"}
    command = [sys.executable, "-c", RUN_EACH, *CODES]
    try:
        done = subprocess.run(command, stdout=writes, stderr=subprocess.PIPE, env=environ, timeout=60, check=False)
    finally:
        os.close(writes)

    said = done.stderr.decode()
    ended = [line for line in said.splitlines() if line.rpartition(": ")[0] in CODES]
    assert ended == [f"{typed}: {code}" for typed, code in CODES.items()], said
    assert [noise for noise in ("Traceback", "BrokenPipe", "Exception ignored") if noise in said] == [], said


def test_no_collection_looks_at_what_a_command_loads(capsys: pytest.CaptureFixture[str]) -> None:
    """Garbage collection would take a third of the time to start."""
    frozen = gc.get_freeze_count()
    assert main(["plan", "--sandbox"]) == 4
    assert capsys.readouterr().out
    assert gc.isenabled()
    assert gc.get_freeze_count() > frozen


def test_an_option_may_stand_before_or_after_the_command() -> None:
    before = build_parser().parse_args(["--profile", "a", "--json", "plan"])
    after = build_parser().parse_args(["plan", "--profile", "a", "--json"])

    assert (before.profile, before.as_json) == (after.profile, after.as_json) == ("a", True)


def test_commands_that_the_wizard_prints_repeat_the_options_that_they_need() -> None:
    typed = ["--no-keyring", "--profile", "staging", "--target", "eu", "--segment-url", "http://127.0.0.1:8003"]
    settings = read_settings(build_parser().parse_args(typed), {})
    of_setup = settings.of_setup

    assert of_setup == " --profile staging --no-keyring --segment-url http://127.0.0.1:8003 --target eu"
    build_parser().parse_args(["watch", *of_setup.split()])
    build_parser().parse_args([*of_setup.split(), "--plain"])
    assert _command(settings) == f"audience-wizard{of_setup}"
    assert _command(replace(settings, sandbox="happy")) == _command(settings)


def test_a_command_that_was_not_typed_costs_no_options() -> None:
    parts = [action for action in build_parser(["plan"])._actions if isinstance(action, argparse._SubParsersAction)]
    options = {name: len(command._actions) for name, command in parts[0].choices.items()}

    assert options.pop("plan") > 10
    assert set(options.values()) == {0}


def test_options_win_over_variables_and_these_over_defaults() -> None:
    given = build_parser().parse_args(["plan", "--segment-url", "http://127.0.0.1:1"])
    environ = {
        "AUDIENCE_WIZARD_SEGMENT_URL": "http://127.0.0.1:2",
        "AUDIENCE_WIZARD_LAUNCHDARKLY_URL": "http://127.0.0.1:3",
        "AUDIENCE_WIZARD_PROFILE": "staging",
        "AUDIENCE_WIZARD_KEYRING": "OFF",
        "AUDIENCE_WIZARD_LOG": "debug.log",
        "ACCESSIBLE": "1",
    }

    settings = read_settings(given, environ)

    assert (settings.segment_url, settings.launchdarkly_url) == ("http://127.0.0.1:1", "http://127.0.0.1:3")
    assert settings.launchdarkly_client_url == "https://clientsdk.launchdarkly.com"
    assert (settings.profile, settings.use_keyring, settings.plain) == ("staging", False, True)
    assert settings.log_file == Path("debug.log")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--profile", "../elsewhere"],
        ["--profile", ".hidden"],
        ["--profile", "a/b"],
        ["--segment-url", "localhost:80"],
        ["--launchdarkly-url", "ftp://host"],
        ["--launchdarkly-url", f"https://me:{TOKEN}@host"],
        ["--launchdarkly-client-url", "https://[broken"],
        ["--launchdarkly-client-url", "https://host:port"],
        ["--launchdarkly-url", "http://app.launchdarkly.com"],
        ["--launchdarkly-client-url", "http://127.0.0.1.example.com"],
        ["--segment-url", "http://10.0.0.1:8080"],
        ["--segment-url", "https://host/\x1b[31m"],
        ["--speed", "0"],
        ["--speed", "nan"],
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(arguments: list[str]) -> None:
    with pytest.raises(WrongSetting, match=arguments[0]) as caught:
        read_settings(build_parser().parse_args(["plan", *arguments]), {})

    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("KEYRNG", "Unknown variable AUDIENCE_WIZARD_KEYRNG. Did you mean AUDIENCE_WIZARD_KEYRING?"),
        ("PROFIL", "Unknown variable AUDIENCE_WIZARD_PROFIL. Did you mean AUDIENCE_WIZARD_PROFILE?"),
        ("KEYRING", "AUDIENCE_WIZARD_KEYRING: unknown value, so it changes nothing. Use one of: off."),
        ("THEME", "AUDIENCE_WIZARD_THEME: unknown value, so it changes nothing. Use one of: light, dark."),
        ("NOTIFY", "AUDIENCE_WIZARD_NOTIFY: unknown value, so it changes nothing. Use one of: off, no, 0."),
    ],
)
def test_a_variable_that_changes_nothing_is_said_without_its_value(
    name: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"AUDIENCE_WIZARD_{name}", "sgp_secret")

    assert main(["doctor", "--list", "--json", "--no-keyring"]) == 0

    printed = capsys.readouterr()
    assert printed.err == f"Warning: {said}\n"
    assert "sgp_secret" not in printed.out


def test_a_variable_with_a_value_that_is_known_or_with_a_far_name_is_not_spoken_of() -> None:
    fine = {"KEYRING": "OFF", "NOTIFY": "0", "THEME": "", "LOG": "a.log", "FAULTS": "3", "RANDOM_KEYS": "450"}
    assert not list(mistakes_in({f"AUDIENCE_WIZARD_{name}": value for name, value in fine.items()}))


def test_a_variable_that_cannot_be_used_is_refused_by_its_own_name() -> None:
    with pytest.raises(WrongSetting, match="AUDIENCE_WIZARD_PROFILE"):
        read_settings(build_parser().parse_args(["plan"]), {"AUDIENCE_WIZARD_PROFILE": "../elsewhere"})


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("localhost:80", "doesn't begin with https://"),
        ("sgp_aTokenInTheWrongVariable", "doesn't begin with https://"),
        ("http://10.0.0.1", "begins with http://, which the wizard only accepts for this machine"),
        ("http://localhost.example.com", "begins with http://"),
        (f"https://me:{TOKEN}@host", "holds a user name or password"),
        ("https://host:port", "its host or port can't be read"),
        ("https://:443", "has no host"),
        ("https://host/?page=1", "has a ? or #"),
        ("https://ho st", "has a space"),
    ],
)
@pytest.mark.parametrize("service", ["LAUNCHDARKLY", "LAUNCHDARKLY_CLIENT", "SEGMENT"])
def test_a_variable_that_names_no_address_is_said_later_without_its_value(service: str, value: str, says: str) -> None:
    """The mistake becomes a finding, and a run in the sandbox ignores it."""
    variable = f"AUDIENCE_WIZARD_{service}_URL"
    settings = read_settings(build_parser().parse_args(["plan"]), {variable: value})

    assert settings.wrong_addresses[variable].startswith(f"{variable} ")
    assert says in settings.wrong_addresses[variable]
    assert value not in repr(settings.wrong_addresses)
    assert TOKEN not in repr(settings.wrong_addresses)
    addresses = (settings.launchdarkly_url, settings.launchdarkly_client_url, settings.segment_url)
    assert addresses == ("https://app.launchdarkly.com", "https://clientsdk.launchdarkly.com", "")


def test_a_wrong_variable_does_not_matter_beside_the_option() -> None:
    given = build_parser().parse_args(["plan", "--segment-url", "https://segment.example"])
    settings = read_settings(given, {"AUDIENCE_WIZARD_SEGMENT_URL": "nothing"})

    assert (settings.segment_url, settings.wrong_addresses) == ("https://segment.example", {})


def test_a_scenario_where_a_command_belongs_is_told_to_go_after_the_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["reader-token"]) == 2
    assert "Did you mean --sandbox reader-token?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("reader_token", "Unknown scenario reader_token. Did you mean reader-token?"),
        ("plan", "--sandbox comes after the command: audience-wizard plan --sandbox"),
        ("setup.toml", "Unknown scenario setup.toml. A file goes after -c."),
        (TOKEN, "Unknown scenario. All scenarios: audience-wizard sandbox --list"),
    ],
)
def test_a_scenario_is_met_with_what_was_meant(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sandbox", name]) == 2
    assert said in capsys.readouterr().err


def test_a_scenario_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--sandbox", "hapy"]) == 2
    assert "Unknown scenario hapy. Did you mean happy?" in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["--json", "--json --sandbox happy", "--plain --json"])
def test_a_document_without_a_command_is_refused(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(typed.split()) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "audience-wizard: --json needs a command, such as audience-wizard doctor --json.\n"


def test_something_unexpected_is_one_sentence_and_a_log_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError(f"it broke over {TOKEN}")

    monkeypatch.setattr("wizard.wiring.build_walk", broken)
    monkeypatch.setenv("LAUNCHDARKLY_ACCESS_TOKEN", TOKEN)
    log = tmp_path / "debug.log"

    with_log = main(["plan", "--log-file", str(log)])
    without = main(["plan"])

    said = capsys.readouterr()
    assert (with_log, without) == (1, 1)
    assert "Traceback" not in said.err
    assert TOKEN not in said.err + said.out
    assert str(log) in said.err
    assert "--log-file PATH" in said.err
    assert "RuntimeError: it broke over (hidden)" in log.read_text()
    assert TOKEN not in log.read_text()


def test_a_dash_is_standard_input_and_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["export", "setup", "-", "--sandbox", "synced"])
    setup = capsys.readouterr().out
    assert 'project = "shop"' in setup
    assert list(tmp_path.iterdir()) == []

    with standard_input(setup.replace("shop", "shpo"), tmp_path):
        main(["plan", "-c", "-", "--sandbox", "synced"])
    assert "standard input:7: launchdarkly.project: " in capsys.readouterr().err
    with standard_input(setup, tmp_path):
        main(["plan", "-c", "-", "--sandbox", "happy"])
    assert "Next: audience-wizard apply -c - --sandbox happy" in capsys.readouterr().out


@contextmanager
def standard_input(text: str, folder: Path) -> Iterator[None]:
    given_file._contents_once.cache_clear()  # a process has only one standard input
    (folder / "typed").write_text(text, encoding="utf-8")
    before = os.dup(0)
    with (folder / "typed").open() as file:
        os.dup2(file.fileno(), 0)
    try:
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)
