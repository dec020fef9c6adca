"""A sandbox served on this machine, and commands in their own processes that use it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.headless.runs import SETUP
from wizard.sandbox.serve import LoopbackServer

LIMIT_S = 60
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Served:
    """A served sandbox. `folder` has the setup file, the state and anything else that a run writes."""

    server: LoopbackServer
    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        facts = self.server.facts
        own = {name: value for name, value in os.environ.items() if not name.startswith(("LAUNCHDARKLY", "SEGMENT"))}
        return own | {
            "PYTHONPATH": str(ROOT),
            "AUDIENCE_WIZARD_HOME": str(self.folder / "home"),
            "AUDIENCE_WIZARD_KEYRING": "off",
            "AUDIENCE_WIZARD_LAUNCHDARKLY_URL": facts.launchdarkly_url,
            "AUDIENCE_WIZARD_LAUNCHDARKLY_CLIENT_URL": facts.launchdarkly_client_url,
            "AUDIENCE_WIZARD_SEGMENT_URL": facts.segment_url,
            "LAUNCHDARKLY_ACCESS_TOKEN": facts.launchdarkly_access_token,
            "SEGMENT_PUBLIC_API_TOKEN": facts.segment_public_api_token,
        }

    @property
    def command(self) -> list[str]:
        (self.folder / "setup.toml").write_text(SETUP)
        return [sys.executable, "-m", "wizard"]

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return run(*arguments, environ=self.environ | environ, folder=self.folder, command=self.command)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self.command, *arguments],
            env=self.environ,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def made(self) -> tuple[int, int, int, int]:
        """Return how many destinations, mappings, connections and activations of ours exist."""
        workspace = self.server.sandbox.world.workspaces[0]
        ours = [one for one in workspace.destinations.values() if "LaunchDarkly" in one.name]
        mappings = [m for one in ours for m in one.mappings.values() if m.activation_id is None]
        connections = [c for c in workspace.connections if c.destination_id in {one.id for one in ours}]
        return len(ours), len(mappings), len(connections), sum(len(c.activations) for c in connections)

    def writes(self) -> int:
        return sum(one.writes for one in self.server.sandbox.requests)


def run(
    *arguments: str, environ: dict[str, str], folder: Path, command: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal and with empty standard input."""
    return subprocess.run(
        [*(command or [sys.executable, "-m", "wizard"]), *arguments],
        env=environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@contextmanager
def serve(scenario: str, folder: Path, speed: float = 600.0) -> Iterator[Served]:
    server = LoopbackServer(scenario, speed)
    thread = threading.Thread(target=lambda: server.run(lambda _: None), daemon=True)
    thread.start()
    try:
        yield Served(server, folder)
    finally:
        server.stop()
        thread.join(timeout=10)
