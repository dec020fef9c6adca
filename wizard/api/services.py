"""The clients for the run's tokens, over one connection pool per service."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from wizard.api.call import host_of, scheme_of
from wizard.api.launchdarkly import client, client_side
from wizard.api.launchdarkly import wire as launchdarkly_wire
from wizard.api.launchdarkly.access_tokens import AccessTokensClient
from wizard.api.launchdarkly.client import LaunchDarklyClient
from wizard.api.launchdarkly.client_side import ClientSideHost
from wizard.api.segment.client import SegmentClient
from wizard.api.segment.wire import HOSTS, Wire
from wizard.api.transport import OpenClient, Runtime, Transport
from wizard.domain.credentials import LAUNCHDARKLY_TOKEN, MAKER_TOKEN, Credential
from wizard.domain.failure import Service
from wizard.domain.services.segment import Region


@dataclass(frozen=True, slots=True)
class BaseUrls:
    """The services' addresses, with a scheme; `segment` None means the vendor's host of the token's region.

    `wrong` has, by service, why its address can't be used. Nothing is sent to such a service.
    """

    launchdarkly: str = client.COMMERCIAL
    client_side: str = client_side.COMMERCIAL
    segment: str | None = None
    wrong: Mapping[Service, str] = field(default_factory=dict)


class HttpServices:
    """The real `wizard.flow.outside.ports.Services`: one per process; `close()` it on the loop that used it.

    Clients are kept by token, because they remember a workspace's region and refused filters.
    """

    def __init__(self, urls: BaseUrls, runtime: Runtime, open_client: OpenClient) -> None:
        self._launchdarkly_url = urls.launchdarkly.rstrip("/")
        self._client_side_url = urls.client_side.rstrip("/")
        self._segment_url = urls.segment.rstrip("/") if urls.segment is not None else None
        self.launchdarkly_host = host_of(self._launchdarkly_url)
        self.client_side_host = host_of(self._client_side_url)
        self.segment_host = host_of(self._segment_url or HOSTS[Region.US])
        self._transports = {
            service: Transport(service, open_client, runtime, urls.wrong.get(service, "")) for service in Service
        }
        self._launchdarkly_clients: dict[tuple[SecretStr | None, bool, str], LaunchDarklyClient] = {}
        self._segment_clients: dict[tuple[SecretStr | None, Region | None], SegmentClient] = {}

    def launchdarkly(
        self, token: SecretStr | None, *, polls: bool = False, credential: Credential = LAUNCHDARKLY_TOKEN
    ) -> LaunchDarklyClient:
        known = self._launchdarkly_clients.get((token, polls, credential.slot))
        if known is None:
            transport, url = self._transports[Service.LAUNCHDARKLY], self._launchdarkly_url
            wire = launchdarkly_wire.Wire(transport, url, token, polls=polls, credential=credential)
            known = self._launchdarkly_clients[token, polls, credential.slot] = LaunchDarklyClient(wire)
        return known

    def access_tokens(self, token: SecretStr | None) -> AccessTokensClient:
        transport = self._transports[Service.LAUNCHDARKLY]
        wire = launchdarkly_wire.Wire(transport, self._launchdarkly_url, token, credential=MAKER_TOKEN)
        return AccessTokensClient(wire)

    def client_side(self) -> ClientSideHost:
        return ClientSideHost(self._transports[Service.CLIENT_SIDE], self._client_side_url)

    def segment(self, token: SecretStr | None, region: Region | None) -> SegmentClient:
        known = self._segment_clients.get((token, region))
        if known is None:
            wire = Wire(self._transports[Service.SEGMENT], token, region or Region.US, self._segment_url)
            known = self._segment_clients[token, region] = SegmentClient(wire)
        return known

    def owner_of(self, host: str) -> Service:
        """Return the service that a host belongs to; any host but LaunchDarkly's is one of Segment's regions."""
        owners = {self.launchdarkly_host: Service.LAUNCHDARKLY, self.client_side_host: Service.CLIENT_SIDE}
        return owners.get(host, Service.SEGMENT)

    def scheme_of(self, host: str) -> str:
        """Return the URL scheme for a host: "https", or "http" for a host on this machine if its base URL says so."""
        urls = (self._launchdarkly_url, self._client_side_url, self._segment_url or "")
        return next((scheme_of(url) for url in urls if url and host_of(url) == host), "https")

    async def close(self) -> None:
        await asyncio.gather(*(transport.close() for transport in self._transports.values()))
