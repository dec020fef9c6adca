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
    *("wizard.ui.panes.step", "wizard.ui.walk.finding_actions", "wizard.ui.home_actions"),
}
UNTIL_THE_FIRST_FRAME = """
import os
from wizard.cli import _parsed
from wizard.command_line.settings import read_settings
from wizard.ui.app import AudienceWizard

read_settings(_parsed(["--sandbox", "happy"]), os.environ)

class Wizard(AudienceWizard):
    def _start_loading(self):
        print(*sys.modules, file=sys.__stdout__, flush=True)
        os._exit(0)

Wizard(load=None).run(headless=True, size=(80, 24))
"""


def modules_after_each(*codes: str) -> list[set[str]]:
    """Return the modules, by full names, that a fresh interpreter holds after running each of `codes`."""
    script = "import sys\n" + "\n".join(f"{code}\nprint(*sys.modules)" for code in codes)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return [set(line.split()) for line in done.stdout.splitlines()]


def top_level(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def loaded_by(code: str) -> set[str]:
    (modules,) = modules_after_each(code)
    return top_level(modules)


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
    (loaded,) = modules_after_each(UNTIL_THE_FIRST_FRAME)

    assert "wizard.ui.panes.welcome" in loaded
    assert not loaded & NOT_FOR_THE_FIRST_FRAME


RULES = "import wizard.flow.walk, wizard.domain.checks.catalogue, wizard.domain.planning.plan"
FLOW = "import wizard.flow.journey, wizard.flow.writing.apply, wizard.flow.watching.watch"
WIRING = "import wizard.wiring"
PLAN = "from wizard.headless.run import COMMANDS; COMMANDS['plan']()"


def test_no_layer_loads_more_than_it_knows_and_a_command_no_other_command() -> None:
    """Each holds the ones before."""
    rules, flow, wiring, plan = modules_after_each(RULES, FLOW, WIRING, PLAN)

    assert top_level(rules).isdisjoint(HEAVY), "the rules know no screen and no network"
    assert top_level(flow).isdisjoint({"textual", "httpx", "keyring"}), "the flow knows no screen"
    assert wiring.isdisjoint({"wizard.sandbox.app", "click", "pygments", "rich"}), (
        "who has accounts waits for neither the sandbox nor the command line of httpx"
    )
    assert {name for name in plan if name.startswith("wizard.headless.commands.")} == {
        "wizard.headless.commands.plan_command"
    }
