"""What each face may load, seen from a clean process: the static contracts cannot see imports made later."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("textual", "rich", "httpx", "pydantic", "keyring", "starlette")


def loaded_by(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after running `code`."""
    script = f"import sys\n{code}\nprint('\\n'.join({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_the_front_door_answers_without_loading_a_library(option: str) -> None:
    loaded = loaded_by(
        "from wizard.cli import main\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        f"    main(['{option}'])"
    )

    assert loaded.isdisjoint(HEAVY)


def test_the_screens_do_not_load_the_clients() -> None:
    loaded = loaded_by("import wizard.ui.launch, wizard.ui.app")

    assert loaded.isdisjoint({"httpx", "pydantic", "keyring", "starlette"})
    assert "textual" in loaded


@pytest.mark.parametrize("module", ["wizard.flow.walk", "wizard.domain.checks.catalogue", "wizard.domain.plan"])
def test_the_rules_know_no_screen_and_no_network(module: str) -> None:
    assert loaded_by(f"import {module}").isdisjoint(HEAVY)


def test_the_flow_knows_no_screen() -> None:
    assert loaded_by("import wizard.flow.registry, wizard.flow.apply, wizard.flow.watch").isdisjoint(
        {"textual", "httpx", "keyring", "starlette"}
    )
