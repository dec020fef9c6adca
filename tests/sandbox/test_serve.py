"""The sandbox on loopback: three ports for three hosts, and an error that names a missing server."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from wizard.sandbox import command
from wizard.sandbox.serve import LoopbackServer, Served, ServerNotInstalled, listening


@pytest.fixture(scope="module")
def facts() -> Iterator[Served]:
    ready: list[Served] = []
    server = LoopbackServer("happy", speed=120)
    thread = threading.Thread(target=server.run, args=(ready.append,))
    thread.start()
    yield server.facts
    server.stop()
    thread.join(timeout=10)
    assert ready == [server.facts]


def test_each_port_is_one_host(facts: Served) -> None:
    launchdarkly = httpx.get(
        f"{facts.launchdarkly_url}/api/v2/versions",
        headers={"Authorization": facts.launchdarkly_access_token, "LD-API-Version": "20240415"},
    )
    client_side = httpx.head(f"{facts.launchdarkly_client_url}/sdk/goals/{facts.launchdarkly_client_side_id}")
    segment = httpx.get(f"{facts.segment_url}/", headers={"Authorization": f"Bearer {facts.segment_public_api_token}"})
    assert [answer.status_code for answer in (launchdarkly, client_side, segment)] == [200, 200, 200]
    assert httpx.get(f"{facts.segment_url}/api/v2/versions").status_code == 404


def test_an_answer_is_dated_by_the_clock_of_its_world() -> None:
    """Its timestamps are by that clock: a client that went by another would ask for counts that aren't kept."""
    server = LoopbackServer("happy", speed=360_000)
    thread = threading.Thread(target=server.run, args=(lambda _: None,))
    thread.start()
    before = server.sandbox.clock.now()
    dates = httpx.get(f"{server.facts.segment_url}/").headers.get_list("date")
    after = server.sandbox.clock.now()
    server.stop()
    thread.join(timeout=10)
    assert len(dates) == 1
    assert before - timedelta(seconds=1) <= parsedate_to_datetime(dates[0]) <= after
    assert before - datetime.now(UTC) > timedelta(minutes=1)


def test_an_answer_is_not_held_back_for_its_body() -> None:
    """A connection inherits it; asyncio turns it on only where the listening socket was made for TCP by name."""
    with listening("127.0.0.1") as listens, socket.create_connection(listens.getsockname()):
        connection, _ = listens.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_facts_are_what_a_script_reads(facts: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(facts.as_json()) == {
        "schema",
        "launchdarkly_url",
        "launchdarkly_client_url",
        "segment_url",
        "launchdarkly_access_token",
        "launchdarkly_admin_token",
        "launchdarkly_client_side_id",
        "segment_public_api_token",
        "scenario",
        "speed",
    }
    assert (facts.scenario, facts.speed) == ("happy", 120)
    assert f"export LAUNCHDARKLY_CLIENT_SIDE_ID={facts.launchdarkly_client_side_id}" in facts.exports()
    monkeypatch.setattr(sys, "platform", "win32")
    assert f'$env:LAUNCHDARKLY_CLIENT_SIDE_ID = "{facts.launchdarkly_client_side_id}"' in facts.exports()


def test_without_uvicorn_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ServerNotInstalled, match=r"\.venv/bin/pip install '\.\[sandbox\]'"):
        LoopbackServer("happy")


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("told", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("serves", [False, True])
def test_a_server_that_is_told_to_stop_ends_without_a_failure(
    monkeypatch: pytest.MonkeyPatch, told: str, serves: bool
) -> None:
    number = getattr(signal, told)

    def ready(_: Served) -> None:
        if serves:
            threading.Timer(0.1, os.kill, (os.getpid(), number)).start()
        else:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(command, "_print_json", ready)
    before = signal.getsignal(number)
    try:
        with pytest.raises(SystemExit) as ended:
            command.serve_scenario("happy", 60, as_json=True)
    finally:
        signal.signal(number, before)
    assert ended.value.code == 0
