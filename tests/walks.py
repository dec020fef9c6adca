"""Walks on the sandbox without a screen: what a person would answer, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from tests.fake_clock import FakeClock
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import OpenClient, Runtime, new_client
from wizard.domain.findings import Finding
from wizard.domain.model import Service
from wizard.flow.ask import Ask
from wizard.flow.ports import Ports
from wizard.flow.registry import new_walk
from wizard.flow.session import Session
from wizard.flow.walk import Walk
from wizard.sandbox.app import Sandbox
from wizard.vault import MemoryVault


@dataclass(frozen=True, slots=True)
class Staged:
    """A walk and the world that it talks to."""

    walk: Walk
    sandbox: Sandbox
    clock: FakeClock

    def ask(self, ask_id: str) -> Ask:
        return next(ask for step in self.walk.steps for ask in step.asks if ask.id == ask_id)

    def finding(self, check_id: str) -> Finding:
        return next(finding for finding in self.walk.findings if finding.id == check_id)


def opens(sandbox: Sandbox) -> OpenClient:
    async def open_client(_: Service) -> httpx.AsyncClient:
        return new_client(transport=httpx.ASGITransport(sandbox.asgi))

    return open_client


def stage(scenario: str, *, clock: FakeClock | None = None) -> Staged:
    """A walk at its beginning, with the scenario's credentials in its vault."""
    clock = clock or FakeClock(auto=True)
    sandbox = Sandbox(scenario, clock)
    services = HttpServices(BaseUrls(), Runtime(clock=clock, jitter=lambda: 0.0), opens(sandbox))
    vault = MemoryVault(
        "the sandbox stores nothing",
        {
            "launchdarkly_token": (sandbox.tokens.launchdarkly_access_token, "from the sandbox"),
            "segment_token": (sandbox.tokens.segment_public_api_token, "from the sandbox"),
        },
    )
    ports = Ports(services, vault, clock, stopwatch=clock, sandbox=scenario)
    return Staged(new_walk(ports, Session(None, clock)), sandbox, clock)


async def walk_to_review(staged: Staged, audiences: tuple[str, ...] = ("vip_customers",)) -> None:
    """Answers what a person would: the scenario's environment, the first space, the audiences by key."""
    walk = staged.walk
    await walk.load_secrets()
    await accept(staged, "prerequisites")
    await walk.read("launchdarkly")
    assert walk.answer(staged.ask("environment"), staged.sandbox.tokens.launchdarkly_client_side_id) == ""
    await accept(staged, "launchdarkly")
    await walk.read("segment")
    space = staged.ask("space").choices(walk.state)
    if space:
        assert walk.answer(staged.ask("space"), space[0].value) == ""
    for step in ("segment", "destination", "mapping"):
        await accept(staged, step)
    by_key = {choice.detail.split(" · ")[-1]: choice.value for choice in staged.ask("audiences").choices(walk.state)}
    if by_key:
        assert walk.answer(staged.ask("audiences"), tuple(by_key[key] for key in audiences)) == ""
    await accept(staged, "audiences")


async def accept(staged: Staged, step_id: str) -> None:
    await staged.walk.read(step_id)
    staged.walk.accept(staged.walk.step(step_id))
    await staged.walk.read()
