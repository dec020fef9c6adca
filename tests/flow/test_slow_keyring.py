"""A slow keyring doesn't keep anyone from going on."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.fake_clock import FakeClock
from tests.walks import stage
from wizard.flow.kept_secrets import PATIENCE_S, begin_to_load_secrets
from wizard.flow.outside.vault import Stored
from wizard.vault import MemoryVault


class Slow(MemoryVault):
    def __init__(self) -> None:
        super().__init__("a test", {"segment_token": ("sgp_0123456789abcdefghijklmnop", "a test")})
        self.unlocked = asyncio.Event()

    async def load(self, *, needs_id: bool = True) -> Stored:  # noqa: ARG002 - the port's signature
        await self.unlocked.wait()
        return await super().load()


async def test_after_three_seconds_the_way_is_open_and_what_comes_later_counts() -> None:
    walk, clock, vault = stage("happy").walk, FakeClock(), Slow()
    walk.ports = replace(walk.ports, vault=vault, stopwatch=clock)
    begun = asyncio.create_task(begin_to_load_secrets(walk))
    await clock.advance(PATIENCE_S)
    loading = await begun
    assert not loading.done()
    assert walk.state.secrets.segment_token is None

    vault.unlocked.set()
    await loading
    assert walk.state.secrets.segment_token is not None
