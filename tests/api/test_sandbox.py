"""The clients against the sandbox, which is as strict as the services and records every breach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

import httpx
import pytest
from pydantic import SecretStr

from tests.fake_clock import FakeClock
from wizard.api.launchdarkly.client import LaunchDarklyClient
from wizard.api.segment.catalog import METADATA_ID
from wizard.api.segment.client import SegmentClient
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import Runtime, new_client
from wizard.clock import ServicesClock
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services.launchdarkly import Instance
from wizard.domain.services.segment import Region
from wizard.sandbox.app import Sandbox
from wizard.text import KEY_LIMIT

T = TypeVar("T")


class Bench:
    """A scenario with clients for the tokens that a person would paste."""

    def __init__(self, scenario: str) -> None:
        self.clock = FakeClock(auto=True)
        self.sandbox = Sandbox(scenario, self.clock)
        self.services = HttpServices(BaseUrls(), Runtime(ServicesClock(self.clock), lambda: 0.0), self._open)
        self.token = SecretStr(self.sandbox.tokens.launchdarkly_access_token)
        self.transport: httpx.AsyncBaseTransport = httpx.ASGITransport(self.sandbox.asgi)
        self.client_side_id = self.sandbox.tokens.launchdarkly_client_side_id

    async def _open(self, _: Service) -> httpx.AsyncClient:
        return new_client(self.transport)

    @property
    def launchdarkly(self) -> LaunchDarklyClient:
        return self.services.launchdarkly(self.token)

    @property
    def segment(self) -> SegmentClient:
        return self.services.segment(SecretStr(self.sandbox.tokens.segment_public_api_token), None)


def got(found: T | Failure) -> T:
    assert not isinstance(found, Failure), found
    return found


async def read_launchdarkly(bench: Bench) -> dict[str, Any]:
    client = bench.launchdarkly
    caller = got(await client.caller())
    return {
        "reach": got(await client.reach()),
        "account": got(await client.account_name()),
        "token": got(await client.token(caller.token_id)),
        "member": await client.member(),
        "projects": got(await client.projects()),
        "project": got(await client.project("shop")),
        "kinds": got(await client.context_kinds("shop")),
        "stores": got(await client.stores()),
        "segments": got(await client.synced_segments("shop", "production")),
    }


async def test_launchdarkly_is_read_without_a_breach() -> None:
    bench = Bench("happy")
    seen = await read_launchdarkly(bench)
    assert seen["account"] == "Acme"
    assert seen["token"].role == "writer"
    assert "user" in {kind.key for kind in seen["kinds"]}
    assert seen["stores"][0].project == "shop"
    assert seen["project"].environment("production").client_side_id == bench.client_side_id
    platform = next(project for project in seen["projects"] if project.key == "platform")
    assert len(platform.environments) > 20
    assert bench.sandbox.breaches == []


async def test_the_client_side_host_is_asked_without_a_token() -> None:
    client = Bench("happy").services.client_side()
    got(await client.reach())
    assert await client.knows(Bench("happy").client_side_id) is True
    assert await client.knows("0" * 24) is False


async def set_up(bench: Bench) -> tuple[str, str, str, str]:
    """Create destination, mapping and attachment by API; return the ids of space, audience, destination and source."""
    client = bench.segment
    got(await client.workspace())
    space = got(await client.spaces())[0]
    source = next(s for s in got(await client.sources()) if s.metadata_slug == "personas-compute")
    entry = got(await client.catalog())
    assert entry.from_catalog
    made = got(
        await client.create_destination(
            source_id=source.id,
            metadata_id=entry.metadata_id,
            name="LaunchDarkly – shop / production",
            token=bench.token,
            client_side_id=bench.client_side_id,
        )
    )
    assert made.token_last_four == bench.token.get_secret_value()[-4:]
    mapping = got(
        await client.create_subscription(
            made.id,
            name=entry.preset_name,
            action_id=entry.action_id,
            trigger=entry.trigger,
            enabled=True,
            settings=entry.fields,
        )
    )
    assert dict(mapping.settings).items() >= dict(entry.fields).items()
    audience = next(a for a in got(await client.audiences(space.id)) if a.size and a.enabled)
    connection = got(await client.connect(space.id, audience.id, made.id))
    assert got(await client.connections(space.id, audience.id)).items[0].id == connection.id
    return space.id, audience.id, made.id, source.id


async def test_segment_is_set_up_changed_and_taken_down_without_a_breach() -> None:
    bench = Bench("happy")
    client = bench.segment
    space, audience, destination, _ = await set_up(bench)
    got(await client.attach_by_api(space, "USERS"))
    assert got(await client.audience(space, audience)).id == audience
    mapping = got(await client.subscriptions(destination))[0]
    got(await client.update_subscription(destination, mapping.id, settings={**mapping.settings, "context_kind": "x"}))
    assert got(await client.subscriptions(destination))[0].settings["context_kind"] == "x"
    got(await client.update_destination(destination, enabled=False))
    got(await client.update_destination(destination, credentials=(bench.token, bench.client_side_id)))
    assert [d.enabled for d in got(await client.destinations()) if d.id == destination] == [False]
    for activation in got(await client.activations(space, audience)):
        assert await client.delete_activation(space, audience, activation.id) is None
    for connection in got(await client.connections(space, audience)).items:
        assert await client.disconnect(space, audience, connection) is None
    assert await client.delete_subscription(destination, mapping.id) is None
    assert await client.delete_destination(destination) is None
    assert bench.sandbox.breaches == []


async def test_the_synced_segment_is_seen_with_its_members() -> None:
    bench = Bench("happy")
    space, audience, destination, source = await set_up(bench)
    connection = got(await bench.segment.connections(space, audience)).items[0]
    entry = got(await bench.segment.catalog())
    started = bench.clock.now()
    activation = await bench.segment.activate(
        space, audience, connection.id, name="LaunchDarkly", action_id=entry.action_id, settings=entry.fields
    )
    assert got(activation).connection_id == connection.id
    for _ in range(60):
        await bench.clock.sleep(30)
        found = [s for s in got(await bench.launchdarkly.synced_segments("shop", "production")) if s.included_count]
        if found:
            break
    assert found
    assert found[0].context_kind == "user"
    delivery = got(await bench.segment.delivery(source, destination, started - timedelta(minutes=5), bench.clock.now()))
    assert delivery.delivered >= 0
    assert await bench.launchdarkly.is_member("shop", "production", found[0].key, "nobody-of-that-name") is False
    assert bench.sandbox.breaches == []


async def test_a_reader_is_seen_as_one() -> None:
    bench = Bench("reader-token")
    caller = got(await bench.launchdarkly.caller())
    assert got(await bench.launchdarkly.token(caller.token_id)).role == "reader"


async def test_an_eu_account_is_found() -> None:
    bench = Bench("eu-account")
    refused = await bench.launchdarkly.caller()
    assert isinstance(refused, Failure)
    assert refused.kind is FailureKind.UNAUTHORIZED
    assert await bench.launchdarkly.instance() is Instance.EU


async def test_an_sdk_key_is_answered_and_distinguished() -> None:
    bench = Bench("sdk-key-pasted")
    caller = got(await bench.launchdarkly.caller())
    assert caller.environment_id
    assert caller.token_kind == "server"
    assert isinstance(await bench.launchdarkly.projects(), Failure)


async def test_a_workspace_of_another_region_is_found() -> None:
    bench = Bench("happy")
    bench.sandbox.world.workspaces[0].region = "eu"
    workspace = got(await bench.segment.workspace())
    assert workspace.region is Region.EU
    got(await bench.segment.spaces())


async def test_hostile_names_arrive_clean() -> None:
    bench = Bench("hostile-names")
    client = bench.segment
    workspace = got(await client.workspace())
    spaces = got(await client.spaces())
    audiences = [audience for space in spaces for audience in got(await client.audiences(space.id))]
    names = [
        workspace.name,
        got(await bench.launchdarkly.account_name()),
        *(p.name for p in got(await bench.launchdarkly.projects())),
        *(e.name for p in got(await bench.launchdarkly.projects()) for e in p.environments),
        *(s.name for s in spaces),
        *(s.name for s in got(await client.sources())),
        *(a.name for a in audiences),
    ]
    for name in names:
        assert name
        assert len(name) <= KEY_LIMIT
        assert not set(name) & set("\x1b\x07\n\r\t\x9b\u202e\u202c\u200b\ufeff")


async def test_a_flaky_service_is_read_all_the_same() -> None:
    bench = Bench("flaky")
    seen = await read_launchdarkly(bench)
    assert len(seen["projects"]) > 5
    client = bench.segment
    got(await client.workspace())
    spaces = got(await client.spaces())
    got(await client.sources())
    got(await client.catalog())
    got(await client.destinations())
    for space in spaces:
        got(await client.audiences(space.id))
    assert bench.sandbox.breaches == []


class LosesAnswers(httpx.AsyncBaseTransport):
    """A transport that delivers each write and loses its response."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.method == "GET":
            return response
        raise httpx.ReadTimeout("", request=request)


async def test_a_write_whose_answer_is_lost_is_found_by_reading_back() -> None:
    bench = Bench("happy")
    bench.transport = LosesAnswers(bench.transport)
    source = next(s for s in got(await bench.segment.sources()) if s.metadata_slug == "personas-compute")
    made = await bench.segment.create_destination(
        source_id=source.id,
        metadata_id=METADATA_ID,
        name="LaunchDarkly",
        token=bench.token,
        client_side_id=bench.client_side_id,
    )
    assert isinstance(made, Failure)
    assert made.outcome_unknown
    (found,) = got(await bench.segment.destinations())
    assert (found.source_id, found.client_side_id) == (source.id, bench.client_side_id)


async def test_an_outage_is_a_server_error_after_the_retries() -> None:
    bench = Bench("outage")
    failure = await bench.launchdarkly.caller()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.SERVER
    assert 3 < bench.clock.monotonic() < 15


@pytest.mark.parametrize("scenario", ["slow", "fresh"])
async def test_other_worlds_are_read_too(scenario: str) -> None:
    bench = Bench(scenario)
    got(await bench.launchdarkly.projects())
    got(await bench.segment.workspace())
    assert bench.sandbox.breaches == []
