"""What each interface may load, seen from a clean process: the static contracts can't see late imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("textual", "rich", "httpx", "pydantic", "keyring")

NOT_FOR_THE_FIRST_FRAME = {
    *("httpx", "httpcore", "h2", "anyio", "pydantic", "keyring", "wizard.sandbox.app"),
    *("textual.widgets._markdown", "importlib.metadata"),
    *("wizard.flow.walk", "wizard.domain.services.segment", "wizard.domain.tokens"),
    *("wizard.ui.panes.step", "wizard.ui.screens.finding_actions", "wizard.ui.home_ways"),
}
UNTIL_THE_FIRST_FRAME = """
import os
from wizard.cli import _parsed
from wizard.command_line.settings import read_settings
from wizard.ui.app import AudienceWizard

read_settings(_parsed(["--sandbox", "happy"]), os.environ)

class Wizard(AudienceWizard):
    def _start_loading(self):
        print(*sys.modules, sep="\\n", file=sys.__stdout__, flush=True)
        os._exit(0)

Wizard(load=None).run(headless=True, size=(80, 24))
"""


def modules_after(code: str) -> set[str]:
    """Return the modules, by full names, that a fresh interpreter holds after running `code`."""
    script = f"import sys\n{code}\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def loaded_by(code: str) -> set[str]:
    """Return the same by top-level names."""
    return {name.partition(".")[0] for name in modules_after(code)}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_the_front_door_answers_without_loading_a_library(option: str) -> None:
    loaded = loaded_by(
        "from wizard.cli import main\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        f"    main(['{option}'])"
    )

    assert loaded.isdisjoint(HEAVY)


def test_the_early_frame_is_drawn_without_a_library() -> None:
    loaded = loaded_by("import wizard.ui.terminal.early_frame")

    assert loaded.isdisjoint({*HEAVY, "asyncio", "argparse", "dataclasses", "shutil"})


def test_the_first_frame_waits_for_nothing_that_only_the_walk_needs() -> None:
    """Import a module where it is used, or under TYPE_CHECKING when only its name is needed."""
    loaded = modules_after(UNTIL_THE_FIRST_FRAME)

    assert "wizard.ui.panes.welcome" in loaded
    assert not loaded & NOT_FOR_THE_FIRST_FRAME


def test_who_has_accounts_waits_for_neither_the_sandbox_nor_the_command_line_of_httpx() -> None:
    assert modules_after("import wizard.wiring").isdisjoint({"wizard.sandbox.app", "click", "pygments", "rich"})


def test_the_rules_know_no_screen_and_no_network() -> None:
    rules = "wizard.flow.walk, wizard.domain.checks.catalogue, wizard.domain.planning.plan"
    assert loaded_by(f"import {rules}").isdisjoint(HEAVY)


def test_the_flow_knows_no_screen() -> None:
    assert loaded_by("import wizard.flow.journey, wizard.flow.writing.apply, wizard.flow.watching.watch").isdisjoint(
        {"textual", "httpx", "keyring"}
    )


def test_a_command_loads_no_other_command() -> None:
    loaded = modules_after("from wizard.headless.run import COMMANDS; COMMANDS['plan']()")

    assert {name for name in loaded if name.startswith("wizard.headless.commands.")} == {
        "wizard.headless.commands.plan_command"
    }
