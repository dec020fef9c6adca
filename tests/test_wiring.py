"""The real parts put together: no call is made, and nothing is stored, before that's needed."""

from __future__ import annotations

import asyncio
import os
import ssl
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.fake_clock import FakeClock
from wizard.api.proxies import Proxies
from wizard.api.retry import Wait
from wizard.api.services import HttpServices
from wizard.api.transport import opener
from wizard.api.trust import tls_context
from wizard.clock import FastClock, ServicesClock, SystemClock
from wizard.command_line.settings import Settings
from wizard.domain.failure import Service
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import keep_secrets, load_secrets
from wizard.flow.outside.notices import Notices
from wizard.sandbox.app import Sandbox
from wizard.vault import KeyringVault, MemoryVault
from wizard.wiring import Waits, build_walk, ports_of, real_ports

TOKEN = "api-11111111-2222-3333-4444-55555555dada"


def settings(tmp_path: Path, **more: object) -> Settings:
    environ = {"AUDIENCE_WIZARD_HOME": str(tmp_path), "LD_ACCESS_TOKEN": TOKEN}
    return Settings(environ=environ, **more)  # type: ignore[arg-type]


def test_a_real_walk_is_built_without_touching_disk_network_or_keyring(tmp_path: Path) -> None:
    walk = build_walk(settings(tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert walk.state.facts.launchdarkly_host == "app.launchdarkly.com"
    assert walk.state.facts.client_side_host == "clientsdk.launchdarkly.com"
    assert walk.state.facts.segment_host == "api.segmentapis.com"
    assert walk.state.sandbox == ""
    clock, services = walk.ports.clock, walk.ports.services
    assert isinstance(clock, ServicesClock)
    assert isinstance(clock._machine, SystemClock)
    assert isinstance(services, HttpServices)
    assert {transport.clock for transport in services._transports.values()} == {clock}, "the answers' dates set it"
    assert isinstance(walk.ports.vault, KeyringVault)


def test_without_a_home_the_run_keeps_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = build_walk(Settings(environ={"AUDIENCE_WIZARD_HOME": "~nobody-of-that-name/wizard"}))
    assert walk.session.put_aside == ()
    assert "set AUDIENCE_WIZARD_HOME to a folder" in walk.session.trouble
    assert not walk.session.has_record
    assert not walk.session.can_note()

    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as without HOME and without a passwd entry
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert Settings(environ={}).home is None


def test_other_hosts_can_be_named(tmp_path: Path) -> None:
    walk = build_walk(
        settings(
            tmp_path,
            launchdarkly_url="http://127.0.0.1:8001",
            launchdarkly_client_url="http://127.0.0.1:8002/",
            segment_url="http://127.0.0.1:8003",
        )
    )
    facts = walk.state.facts
    hosts = (facts.launchdarkly_host, facts.client_side_host, facts.segment_host)
    assert all(host.startswith("127.0.0.1") for host in hosts), hosts


async def test_one_tls_context_serves_all_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Mock(wraps=ssl.create_default_context)
    monkeypatch.setattr(ssl, "create_default_context", make)
    tls_context.cache_clear()

    real_ports(settings(tmp_path))
    clients = await asyncio.gather(*map(opener(Proxies({})), Service))

    make.assert_called_once()
    for client in clients:
        await client.aclose()


async def test_without_a_keyring_secrets_come_from_variables(tmp_path: Path) -> None:
    vault = real_ports(settings(tmp_path, use_keyring=False)).vault
    assert isinstance(vault, MemoryVault)
    stored = await vault.load()
    assert stored.secrets.launchdarkly_token is not None
    assert stored.secrets.launchdarkly_token.get_secret_value() == TOKEN
    assert stored.where == {"launchdarkly_token": "LD_ACCESS_TOKEN"}


async def test_the_sandbox_takes_no_variable_and_stores_nothing(tmp_path: Path) -> None:
    walk = build_walk(settings(tmp_path, sandbox="happy"))
    await load_secrets(walk)
    token = walk.state.secrets.launchdarkly_token
    assert token is not None
    assert token.get_secret_value() != TOKEN
    slots = ("launchdarkly_token", "launchdarkly_admin_token", "segment_token")
    assert walk.where == dict.fromkeys(slots, "from the sandbox")
    walk.accept(walk.step(StepId.PREREQUISITES))
    assert await keep_secrets(walk) == "nowhere: this is the sandbox"
    assert os.listdir(tmp_path) == []
    assert isinstance(walk.ports.clock, FastClock)


@pytest.mark.parametrize(("scenario", "given"), [("happy", False), ("wrong-pair", True)])
async def test_a_client_side_id_is_given_only_where_the_scenario_is_about_it(scenario: str, given: bool) -> None:
    sandbox = Sandbox(scenario, FakeClock(auto=True))
    stored = await ports_of(sandbox, stopwatch=sandbox.clock).vault.load()
    assert (stored.client_side_id == sandbox.tokens.launchdarkly_client_side_id) is given


def test_the_sandboxs_time_runs_as_fast_as_asked(tmp_path: Path) -> None:
    clock = build_walk(settings(tmp_path, sandbox="happy", speed=7.0)).ports.clock
    assert isinstance(clock, FastClock)
    assert clock.speed == 7.0


def test_a_pause_of_one_service_does_not_hide_the_others() -> None:
    notices, said = Notices(), list[str]()
    notices.listen(lambda notice: said.append(notice.text))
    waits = Waits(notices, FakeClock())
    for service, seconds in ((Service.LAUNCHDARKLY, 60.0), (Service.SEGMENT, 30.0), (Service.LAUNCHDARKLY, 30.0)):
        waits.add(Wait(service, seconds, 1, asked=True))
    assert said == ["LaunchDarkly asks us to wait 60 s.", "Segment asks us to wait 30 s."]
