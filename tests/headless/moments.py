"""Copies of a world at each moment at which a run may be killed, taken during one run that isn't killed."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.headless.runs import World
from wizard.flow.profile.session import Session

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:\+00:00|Z)")


@dataclass
class Killed:
    """A world after a run was killed: its services, its profile's folder and its vault."""

    world: World
    writes: int  # how many writes the run had made
    why: str


@dataclass
class Moments:
    """Copies of a world right before each line of its journal and each write, and after each call to a service.

    A moment that differs from the latest one only by its time isn't taken.
    """

    world: World
    folder: Path
    all: list[Killed] = field(default_factory=list)
    _latest: object = None

    def session(self) -> Session:
        moments = self

        class Noting(Session):
            def _write(self, saved: Any) -> None:
                moments.take("before a line")
                super()._write(saved)

        return Noting(self.world.folder / "default", self.world.clock)

    def wrap(self, inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        moments = self

        class Noting(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                if request.method not in {"GET", "HEAD"}:
                    moments.take(f"before {request.method} {request.url.path}")
                response = await inner.handle_async_request(request)
                moments.take(f"after {request.method} {request.url.path}")
                return response

        return Noting()

    def take(self, why: str) -> None:
        vault, writes = deepcopy(self.world.vault), len(self.world.writes())
        delivered = len(self.world.sandbox.world.workspaces[0].deliveries)
        state = (profile_of(self.world), getattr(vault, "entry", None), writes, delivered)
        if state != self._latest:
            self._latest = state
            copy = self.world.copy(self.folder / str(len(self.all)))
            copy.vault = vault
            self.all.append(Killed(copy, writes, why))


def profile_of(world: World) -> str:
    """Return a profile's files as text, without times: worlds with the same text continue in the same way."""
    files = sorted(path for path in world.folder.rglob("*") if path.is_file())
    return "\n".join(f"{path.name}: {_MOMENT.sub('…', path.read_text())}" for path in files)
