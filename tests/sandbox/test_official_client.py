"""LaunchDarkly's own Python client reads the sandbox, served on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import launchdarkly_api
import pytest
from launchdarkly_api import (
    AccessTokensApi,
    AuditLogApi,
    ContextsApi,
    CustomRolesApi,
    EnvironmentsApi,
    OtherApi,
    PersistentStoreIntegrationsBetaApi,
    ProjectsApi,
    SegmentsApi,
)

from wizard.sandbox.serve import LoopbackServer


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    served = LoopbackServer("happy")
    thread = threading.Thread(target=served.run, args=(lambda _: None,))
    thread.start()
    yield served
    served.stop()
    thread.join(timeout=10)


@pytest.fixture
def client(server: LoopbackServer) -> Iterator[launchdarkly_api.ApiClient]:
    configuration = launchdarkly_api.Configuration(
        host=server.facts.launchdarkly_url, api_key={"ApiKey": server.facts.launchdarkly_access_token}
    )
    with launchdarkly_api.ApiClient(configuration) as opened:
        yield opened


def test_it_reads_projects_with_their_environments(client: launchdarkly_api.ApiClient) -> None:
    projects = ProjectsApi(client).get_projects(expand="environments", limit=100)
    shop = next(project for project in projects.items if project.key == "shop")
    assert shop.environments is not None
    assert [environment.key for environment in shop.environments.items] == ["production", "staging", "test"]
    environments = EnvironmentsApi(client).get_environments_by_project("platform")
    assert (len(environments.items), environments.total_count) == (20, 24)


def test_it_reads_segments(client: launchdarkly_api.ApiClient) -> None:
    segments = SegmentsApi(client)
    listed = segments.get_segments("shop", "production", filter="external exists true")
    assert [one.key for one in listed.items] == ["amplitude-9f3k2"]
    assert segments.get_segment("shop", "production", "amplitude-9f3k2").generation == 1


def test_it_reads_who_the_token_is(client: launchdarkly_api.ApiClient) -> None:
    identity = OtherApi(client).get_caller_identity()
    token = AccessTokensApi(client).get_token(identity.token_id or "")
    assert (token.role, token.service_token) == ("writer", True)
    assert CustomRolesApi(client).get_custom_roles().items == []


def test_it_reads_context_kinds_and_the_audit_log(client: launchdarkly_api.ApiClient) -> None:
    kinds = ContextsApi(client).get_context_kinds_by_project_key("shop")
    assert [kind.key for kind in kinds.items] == ["user", "organization", "device"]
    assert AuditLogApi(client).get_audit_log_entries().items is not None


def test_it_reads_stores_with_the_beta_header(client: launchdarkly_api.ApiClient) -> None:
    client.set_default_header("LD-API-Version", "beta")  # type: ignore[no-untyped-call]
    stores = PersistentStoreIntegrationsBetaApi(client).get_big_segment_store_integrations()
    assert [store.name for store in stores.items] == ["Production Redis"]
