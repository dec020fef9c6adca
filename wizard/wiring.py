"""The one place where real parts are put together: clients, keyring, clock, sandbox."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import httpx

from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import Runtime, new_client
from wizard.clock import Clock, FastClock, SystemClock
from wizard.domain.model import Service
from wizard.flow.ports import Ports, Vault
from wizard.flow.registry import new_walk
from wizard.flow.session import Session
from wizard.flow.walk import Walk
from wizard.sandbox.app import Sandbox
from wizard.sandbox.scenarios import Credentials
from wizard.settings import Settings
from wizard.vault import KeyringVault, MemoryVault, from_variables

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Wrap: TypeAlias = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]


def build_walk(settings: Settings) -> Walk:
    """A walk at its beginning, on the real services or on the sandbox. Makes no call."""
    ports = sandbox_ports(settings) if settings.sandbox else real_ports(settings)
    folder = None if settings.sandbox else settings.home / settings.profile
    return new_walk(ports, Session(folder, ports.clock))


def real_ports(settings: Settings) -> Ports:
    clock = SystemClock()
    urls = BaseUrls(settings.launchdarkly_url, settings.launchdarkly_client_url, settings.segment_url or None)
    services = HttpServices(urls, Runtime(clock=clock, jitter=random.SystemRandom().random))
    return Ports(services=services, vault=_vault(settings), clock=clock, stopwatch=clock)


def sandbox_ports(settings: Settings, clock: Clock | None = None) -> Ports:
    """Both services in this process, on their own time; nothing is stored and nothing leaves the machine."""
    clock = clock or FastClock(settings.speed)
    return ports_of(Sandbox(settings.sandbox, clock), stopwatch=SystemClock())


def ports_of(sandbox: Sandbox, stopwatch: Clock, wrap: Wrap = lambda transport: transport) -> Ports:
    """`wrap` may put something between the clients and the sandbox."""
    transport = wrap(httpx.ASGITransport(sandbox.asgi))

    async def open_client(_: Service) -> httpx.AsyncClient:
        return new_client(transport=transport)

    services = HttpServices(BaseUrls(), Runtime(clock=sandbox.clock, jitter=lambda: 0.0), open_client)
    given = {slot: (value, "from the sandbox") for slot, value in _given(sandbox.tokens).items()}
    vault = MemoryVault("the sandbox stores nothing", given)
    return Ports(services, vault, sandbox.clock, stopwatch, sandbox=sandbox.scenario.name)


def _given(pasted: Credentials) -> dict[str, str]:
    """By slot. The client-side ID is chosen from the list, unless the scenario is about the wrong one."""
    tokens = {
        "launchdarkly_token": pasted.launchdarkly_access_token,
        "segment_token": pasted.segment_public_api_token,
    }
    story = {"client_side_id": pasted.launchdarkly_client_side_id}
    return tokens | story if pasted.client_side_id_is_the_story else tokens


def _vault(settings: Settings) -> Vault:
    if not settings.use_keyring:
        return MemoryVault("switched off with --no-keyring", from_variables(settings.environ))
    return KeyringVault(settings.profile, settings.environ, _find_keyring)


def _find_keyring() -> KeyringBackend:
    import keyring  # in the vault's own thread: importing it takes long and may start back ends

    return keyring.get_keyring()
