"""Commands run in this process, on a world that outlives them and with their own profile folder."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.fake_clock import FakeClock, Patient
from tests.machine_clock import Dated, MachineClock, on_a_machine
from tests.shared_folder import shared_folder
from tests.walk_copies import copied
from tests.walks import stage_on
from wizard.clock import Clock, ServicesClock
from wizard.exit_codes import ExitCode
from wizard.flow.busy import Busy
from wizard.flow.outside.vault import Vault
from wizard.flow.profile.session import Session
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.refusal import Refused
from wizard.headless.run import COMMANDS, run_walk
from wizard.sandbox.app import Sandbox
from wizard.vault import MemoryVault
from wizard.wiring import Wrap

SETUP = """\
[launchdarkly]
project = "shop"
environment = "production"

[segment]
space = "prod"

[audiences]
include = ["vip_customers"]
"""


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> dict[str, Any]:
        (only,) = self.documents
        return only

    def statuses(self) -> dict[str, str]:
        return {result["id"]: result["status"] for result in self.document["results"]}

    def actions(self) -> dict[str, str]:
        return {change["id"]: change["action"] for change in self.document["changes"]}


@dataclass
class World:
    """One scenario and one profile. `off_s` is how many seconds the machine's clock is ahead of the services'."""

    folder: Path
    scenario: str = "happy"
    clock: FakeClock = field(default_factory=lambda: FakeClock(auto=True))
    vault: Vault | None = None
    off_s: float = 0.0

    def __post_init__(self) -> None:
        self.begin(Sandbox(self.scenario, self.clock))

    def begin(self, sandbox: Sandbox) -> None:
        assert isinstance(sandbox.clock, FakeClock)
        self.sandbox, self.clock = sandbox, sandbox.clock
        self.machine = MachineClock(self.clock, self.off_s)
        self.stopwatch: FakeClock = Patient(self.clock)

    def copy(self, folder: Path) -> World:
        """Return a copy of the world and its profile's folder, without recorded requests."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        world = World(folder, self.scenario)
        world.begin(copied(self.sandbox))
        return world

    def session(self, clock: Clock | None = None) -> Session:
        return Session(self.folder / "default", clock or self.clock)

    def setup(self, text: str = SETUP) -> Path:
        path = self.folder / "setup.toml"
        path.write_text(text)
        return path

    async def run(
        self,
        command: str,
        *,
        setup: str | None = SETUP,
        wrap: Wrap = lambda transport: transport,
        typed: str | None = None,
        session: Session | None = None,
        **options: Any,
    ) -> Ran:
        """Run a command with `--json` and, without `typed`, `--yes`. With `setup` None, use the profile's answers."""
        config = self.setup(setup) if setup is not None else None
        given = Options(**{"config": config, "as_json": True, "yes": typed is None, **options})
        dated = (lambda inner: wrap(Dated(inner, self.clock))) if self.off_s else wrap
        self.machine = MachineClock(self.clock, self.off_s)
        clock = ServicesClock(self.machine)
        staged = stage_on(self.sandbox, wrap=dated, vault=self.vault, session=session or self.session(clock))
        ports = on_a_machine(staged.walk.ports, clock)
        staged.walk.ports = replace(ports, stopwatch=self.stopwatch)
        out, err = io.StringIO(), io.StringIO()

        async def ask(prompt: str) -> str:
            err.write(prompt)
            return typed or ""

        output = Output(out, err, given.as_json, None if typed is None else ask)
        try:
            code: int = await run_walk(COMMANDS[command](), staged.walk, given, output)
        except Refused as refused:
            err.write(str(refused))
            code = ExitCode.USAGE
        except Busy as busy:
            err.write(str(busy))
            code = ExitCode.PROBLEM
        return Ran(int(code), out.getvalue(), err.getvalue())

    def writes(self) -> list[str]:
        """Return every request so far that could have changed something."""
        return [f"{one.method} {one.path}" for one in self.sandbox.requests if one.writes]

    def made(self) -> dict[str, int]:
        """Return how many of our objects of each kind exist in Segment."""
        workspace = self.sandbox.world.workspaces[0]
        ours = [one for one in workspace.destinations.values() if "LaunchDarkly" in one.name]
        ids = {one.id for one in ours}
        connections = [one for one in workspace.connections if one.destination_id in ids]
        return {
            "destinations": len(ours),
            "mappings": sum(mapping.activation_id is None for one in ours for mapping in one.mappings.values()),
            "connections": len(connections),
            "activations": sum(len(one.activations) for one in connections),
        }

    @property
    def breaches(self) -> list[str]:
        return [breach.why for breach in self.sandbox.breaches]


_APPLIED: dict[tuple[str, bool], World] = {}


async def applied(folder: Path, setup: str = SETUP, *, watch: bool = False) -> World:
    """Return a world after a successful apply. It's made once, then copied."""
    if (setup, watch) not in _APPLIED:
        world = World(shared_folder())
        world.clock.at_least = 60.0 if watch else 0.0  # no test counts its polls
        assert (await world.run("apply", setup=setup, watch=watch)).code == 0
        world.clock.at_least = 0.0
        _APPLIED[setup, watch] = world
    return _APPLIED[setup, watch].copy(folder)


ALL_MADE = {"destinations": 1, "mappings": 1, "connections": 1, "activations": 1}
NOTHING = dict.fromkeys(ALL_MADE, 0)


def given(world: World) -> dict[str, tuple[str, str]]:
    """Return, by slot, each secret's value and its variable."""
    return {
        "launchdarkly_token": (world.sandbox.tokens.launchdarkly_access_token, "LAUNCHDARKLY_ACCESS_TOKEN"),
        "segment_token": (world.sandbox.tokens.segment_public_api_token, "SEGMENT_PUBLIC_API_TOKEN"),
    }


def tokens(world: World, **more: str) -> MemoryVault:
    """Return a vault with secrets from variables; an empty value in `more` leaves out a secret."""
    every = given(world)
    variables = {"client_side_id": "LAUNCHDARKLY_CLIENT_SIDE_ID"}
    every |= {slot: (value, variables.get(slot, every.get(slot, ("", ""))[1])) for slot, value in more.items()}
    return MemoryVault("switched off with --no-keyring", every)
