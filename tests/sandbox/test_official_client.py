"""LaunchDarkly's own Python client reads the sandbox, served on loopback."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from wizard.sandbox.serve import LoopbackServer

if TYPE_CHECKING:
    from launchdarkly_api import ApiClient


class Package(ModuleType):
    """A package of LaunchDarkly's client that loads what it exports when it is used: all of it takes three seconds."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        spec = self.__spec__ = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        self.__path__ = list(spec.submodule_search_locations or ())
        exports = re.findall(r"^from (\S+) import (\w+)", Path(spec.origin).read_text(), re.MULTILINE)
        self._modules = {export: module for module, export in exports}
        sys.modules[name] = self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._modules:
            raise AttributeError(name)
        return getattr(import_module(self._modules[name]), name)


@pytest.fixture(scope="session")
def official() -> ModuleType:
    """LaunchDarkly's client."""
    client, api, models = (Package(f"launchdarkly_api{part}") for part in ("", ".api", ".models"))
    vars(client).update(api=api, models=models)
    return client


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    served = LoopbackServer("happy")
    thread = threading.Thread(target=served.run, args=(lambda _: None,))
    thread.start()
    yield served
    served.stop()
    thread.join(timeout=10)


@pytest.fixture
def client(official: ModuleType, server: LoopbackServer) -> Iterator[ApiClient]:
    configuration = official.Configuration(
        host=server.facts.launchdarkly_url, api_key={"ApiKey": server.facts.launchdarkly_access_token}
    )
    with official.ApiClient(configuration) as opened:
        yield opened


def test_it_reads_projects_with_their_environments(official: ModuleType, client: ApiClient) -> None:
    projects = official.ProjectsApi(client).get_projects(expand="environments", limit=100)
    shop = next(project for project in projects.items if project.key == "shop")
    assert shop.environments is not None
    assert [environment.key for environment in shop.environments.items] == ["production", "staging", "test"]
    environments = official.EnvironmentsApi(client).get_environments_by_project("platform")
    assert (len(environments.items), environments.total_count) == (20, 24)


def test_it_reads_segments(official: ModuleType, client: ApiClient) -> None:
    segments = official.SegmentsApi(client)
    listed = segments.get_segments("shop", "production", filter="external exists true")
    assert [one.key for one in listed.items] == ["amplitude-9f3k2"]
    assert segments.get_segment("shop", "production", "amplitude-9f3k2").generation == 1


def test_it_reads_who_the_token_is(official: ModuleType, client: ApiClient) -> None:
    identity = official.OtherApi(client).get_caller_identity()
    token = official.AccessTokensApi(client).get_token(identity.token_id or "")
    assert (token.role, token.service_token) == ("writer", True)
    assert official.CustomRolesApi(client).get_custom_roles().items == []


def test_it_reads_context_kinds_and_the_audit_log(official: ModuleType, client: ApiClient) -> None:
    """Both with parameters that the specification doesn't have yet."""
    contexts = official.ContextsApi(client)
    kinds = contexts.get_context_kinds_by_project_key("shop", expand="environmentObservations")
    assert [kind.key for kind in kinds.items] == ["user", "organization", "device"]
    seen = [[one.environment_key for one in kind.environment_observations or ()] for kind in kinds.items]
    assert seen == [["production"], [], []]
    assert contexts.get_context_kinds_by_project_key("shop").items[0].environment_observations is None
    assert official.AuditLogApi(client).get_audit_log_entries(token="nobody", limit=20).items == []


def test_it_reads_what_a_flag_serves_and_which_contexts_were_seen(official: ModuleType, client: ApiClient) -> None:
    contexts = official.ContextsApi(client)
    asked = {"kind": "user", "key": "user-0001"}
    served = contexts.evaluate_context_instance("shop", "production", asked, filter="query equals new-checkout")
    assert [(one.key, one.value, one.reason and one.reason.rule_index) for one in served.items] == [
        ("new-checkout", True, 0)
    ]
    search = official.ContextSearch(filter='kind equals "user"', sort="-ts", limit=50)
    assert len(contexts.search_contexts("shop", "production", search).items) == 30


def test_it_lists_the_flags_of_a_project(official: ModuleType, client: ApiClient) -> None:
    flags = official.FeatureFlagsApi(client)
    listed = flags.get_feature_flags("shop", env="production", sort="name", limit=2)
    states = [(one.key, one.environments and one.environments["production"].on) for one in listed.items]
    assert (states, listed.total_count) == ([("free-shipping", False), ("new-checkout", True)], 5)
    assert [one.key for one in flags.get_feature_flags("shop", filter="query:VIP p").items] == ["vip-prices"]


def test_it_reads_the_rules_of_flags(official: ModuleType, client: ApiClient) -> None:
    flags = official.FeatureFlagsApi(client)
    listed = flags.get_feature_flags("shop", env="production", summary=False).items
    rules = {one.key: one.environments["production"].rules for one in listed}
    assert [rule.clauses[0].values for rule in rules["new-checkout"]] == [["beta-testers"]]
    one = flags.get_feature_flag("shop", "new-checkout", env="production")
    assert [variation.value for variation in one.variations] == [True, False]
    assert one.environments["production"].off_variation == 1


def test_a_rule_is_added_and_removed_by_a_semantic_patch(official: ModuleType, client: ApiClient) -> None:
    flags = official.FeatureFlagsApi(client)
    on = flags.get_feature_flag("shop", "vip-lounge").variations[0].id
    clause = {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["amplitude-9f3k2"], "negate": False}
    added = _patched(client, {"kind": "addRule", "variationId": on, "clauses": [clause]})
    (rule,) = added["environments"]["production"]["rules"]
    assert (rule["variation"], rule["clauses"][0]["values"]) == (0, ["amplitude-9f3k2"])
    used = official.SegmentsApi(client).get_segment("shop", "production", "amplitude-9f3k2").flags
    assert [flag.key for flag in used] == ["vip-lounge"]
    assert _patched(client, {"kind": "removeRule", "ruleId": rule["_id"]})["environments"]["production"]["rules"] == []


def _patched(client: ApiClient, instruction: dict[str, Any]) -> dict[str, Any]:
    """Send it without the client's models, which know no semantic patch."""
    import httpx

    answer = httpx.patch(
        f"{client.configuration.host}/api/v2/flags/shop/vip-lounge",
        json={"environmentKey": "production", "instructions": [instruction]},
        headers={
            "Authorization": client.configuration.api_key["ApiKey"],
            "LD-API-Version": "20240415",
            "Content-Type": "application/json; domain-model=launchdarkly.semanticpatch",
        },
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_it_lists_the_tokens_that_the_service_token_may_see(official: ModuleType, client: ApiClient) -> None:
    listed = official.AccessTokensApi(client).get_tokens(show_all=True)
    assert [(token.name, token.service_token) for token in listed.items or ()] == [("segment-sync", True)]


def test_it_reads_the_sdks_in_use_and_is_refused_the_allowlist(official: ModuleType, client: ApiClient) -> None:
    client.set_default_header("LD-API-Version", "beta")  # type: ignore[no-untyped-call]
    sdks = official.AccountUsageBetaApi(client).get_sdk_versions_details()
    assert [sdk.name for sdk in sdks] == ["node-server-sdk", "js-client-sdk"]
    with pytest.raises(official.exceptions.ForbiddenException):
        official.IPAllowlistBetaApi(client).get_ip_allowlist()


def test_it_reads_stores_with_the_beta_header(official: ModuleType, client: ApiClient) -> None:
    client.set_default_header("LD-API-Version", "beta")  # type: ignore[no-untyped-call]
    stores = official.PersistentStoreIntegrationsBetaApi(client).get_big_segment_store_integrations()
    assert [store.name for store in stores.items] == ["Production Redis"]
