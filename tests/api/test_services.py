"""The clients satisfy the flow's protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.fakes import SEGMENT_TOKEN, Fake, always
from wizard.api.services import BaseUrls, HttpServices

if TYPE_CHECKING:
    from wizard.flow.outside.ports import Services


def fits(services: HttpServices) -> Services:
    """Assign every client to its protocol, for mypy to check."""
    return services


async def test_hosts_are_named_without_a_scheme() -> None:
    services = Fake(always()).services
    assert (services.launchdarkly_host, services.client_side_host, services.segment_host) == (
        "app.launchdarkly.com",
        "clientsdk.launchdarkly.com",
        "api.segmentapis.com",
    )


async def test_a_late_answer_is_told_with_the_scheme_that_was_asked() -> None:
    services = Fake(always(), urls=BaseUrls("http://127.0.0.1:8001", "http://127.0.0.1:8002")).services
    assert [services.scheme_of(host) for host in ("127.0.0.1:8001", "127.0.0.1:8002")] == ["http", "http"]
    assert services.scheme_of("api.segmentapis.com") == "https"


async def test_a_segment_client_is_kept_so_that_its_region_is() -> None:
    services = Fake(always()).services
    assert services.segment(SEGMENT_TOKEN, None) is services.segment(SEGMENT_TOKEN, None)
    assert services.segment(None, None) is not services.segment(SEGMENT_TOKEN, None)
