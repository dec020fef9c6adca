"""README's lines for cron and GitHub Actions, run as written: no terminal, HOME or keyring, and a read-only token."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.headless.runs import SETUP
from tests.headless.served import LIMIT_S, ROOT, Served, serve

pytestmark = pytest.mark.skipif(os.name == "nt", reason="cron and this workflow run on Linux")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = Path(sys.executable).with_name("audience-wizard")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A working setup, and a user whose LaunchDarkly token may only read."""
    with serve("support-token", tmp_path) as served:
        (tmp_path / "setup.toml").write_text(SETUP)
        yield served


def sh(line: str, folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a line like cron or a workflow, with nothing else in the environment.

    Lines that a command only prints on a slow machine are removed from the output.
    """
    ran = subprocess.run(
        ["/bin/sh", "-ec", line],
        env={"PATH": f"{PROGRAM.parent}:/usr/bin:/bin"} | environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    ran.stderr = re.sub(r"^Still (?:working|waiting after .+): .+\n", "", ran.stderr, flags=re.MULTILINE)
    return ran


def addresses(served: Served) -> dict[str, str]:
    """Return the variables with the sandbox's addresses, which README's lines don't have."""
    return {name: value for name, value in served.environ.items() if name.endswith("_URL")}


def test_the_line_for_cron_compares_with_the_day_before(served: Served, tmp_path: Path) -> None:
    (line,) = re.findall(r"^15 7 \* \* 1-5  (.+)$", README, re.MULTILINE)
    tokens = ("LAUNCHDARKLY_ACCESS_TOKEN", "SEGMENT_PUBLIC_API_TOKEN")
    (tmp_path / "tokens.env").write_text("".join(f"{name}={served.environ[name]}\n" for name in tokens))
    here = (
        ("/etc/audience-wizard.env", tmp_path / "tokens.env"),
        ("/etc/audience-wizard.toml", tmp_path / "setup.toml"),
        ("/var/lib/audience-wizard", tmp_path / "state"),
    )
    for there, place in here:
        assert there in line
        line = line.replace(there, str(place))

    runs = [sh(line, tmp_path, addresses(served)) for _ in range(2)]

    assert [(ran.returncode, ran.stderr) for ran in runs] == [(0, "")] * 2
    assert runs[0].stdout.startswith("shop / production: healthy. Members: VIP customers 1,234.")
    assert runs[1].stdout.startswith("shop / production: healthy. Nothing has changed since ")
    assert served.writes() == 0


def test_the_workflows_last_step_needs_only_what_the_workflow_gives(served: Served, tmp_path: Path) -> None:
    workflow = README.partition("```yaml\n")[2].partition("```")[0]
    named = dict(re.findall(r"^      ([A-Z_]+): (.+)$", workflow, re.MULTILINE))
    install, check = re.findall(r"^      - run: (.+)$", workflow, re.MULTILINE)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/audience-wizard").symlink_to(PROGRAM)

    ran = sh(check, tmp_path, addresses(served) | {name: _given(text, served) for name, text in named.items()})

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("shop / production: healthy.")
    assert install.endswith(".venv/bin/pip install -q ./wizard")
    cached = re.findall(r"^          path: (.+)$", workflow, re.MULTILINE)
    assert [(tmp_path / folder).is_dir() for folder in cached] == [True, True]


def _given(text: str, served: Served) -> str:
    """Return the text with GitHub's expressions replaced by their values."""
    workspace = text.replace("${{ github.workspace }}", str(served.folder))
    return re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: served.environ[found[1]], workspace)
