"""The writes of Segment's Public API, with exactly the documented keys.

See docs/segment.md#destination-calls, docs/segment.md#mapping-calls, docs/segment.md#connections and
docs/segment.md#activations.

The service refuses unknown keys and nulls, so a value that isn't given is left out. A masked value is never sent back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import SecretStr

from wizard.api.call import Call, path
from wizard.api.errors import unusable
from wizard.api.lenient import Remote, parse_one
from wizard.api.segment import models
from wizard.api.segment.wire import V1, V1ALPHA, Wire, refuse_masked
from wizard.domain.failure import Failure
from wizard.domain.services import segment as model

M = TypeVar("M", bound=Remote)
T = TypeVar("T")


class SegmentWrites:
    """The writing half of `SegmentClient`. No method reads first; callers do."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def create_destination(
        self, *, source_id: str, metadata_id: str, name: str, token: SecretStr, client_side_id: str
    ) -> model.Destination | Failure:
        """Create an enabled destination; `enabled` is sent because its default isn't documented."""
        body = {
            "sourceId": source_id,
            "metadataId": metadata_id,
            "name": name,
            "enabled": True,
            "settings": _credentials(token, client_side_id),
        }
        call = self._wire.call("POST", "/destinations", V1, body=body, secrets=(token.get_secret_value(),))
        return await self._one(call, "destination", models.DestinationItem, models.DestinationItem.to_domain)

    async def update_destination(
        self,
        destination_id: str,
        *,
        name: str | None = None,
        enabled: bool | None = None,
        credentials: tuple[SecretStr, str] | None = None,
    ) -> model.Destination | Failure:
        settings = _credentials(*credentials) if credentials is not None else None
        body = _given(name=name, enabled=enabled, settings=settings)
        secrets = (credentials[0].get_secret_value(),) if credentials is not None else ()
        call = self._wire.call("PATCH", path("/destinations/{}", destination_id), V1, body=body, secrets=secrets)
        return await self._one(call, "destination", models.DestinationItem, models.DestinationItem.to_domain)

    async def create_subscription(
        self,
        destination_id: str,
        *,
        name: str,
        action_id: str,
        trigger: str,
        enabled: bool,
        settings: Mapping[str, Any],
    ) -> model.Subscription | Failure:
        refuse_masked(settings)
        body = {
            "name": name,
            "actionId": action_id,
            "trigger": trigger,
            "enabled": enabled,
            "settings": dict(settings),
        }
        call = self._wire.call("POST", path("/destinations/{}/subscriptions", destination_id), V1ALPHA, body=body)
        return await self._one(
            call, "destinationSubscription", models.SubscriptionItem, lambda item: item.to_domain(destination_id)
        )

    async def update_subscription(
        self,
        destination_id: str,
        subscription_id: str,
        *,
        trigger: str | None = None,
        enabled: bool | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> model.Subscription | Failure:
        refuse_masked(settings)
        given = _given(trigger=trigger, enabled=enabled, settings=None if settings is None else dict(settings))
        where = path("/destinations/{}/subscriptions/{}", destination_id, subscription_id)
        call = self._wire.call("PATCH", where, V1ALPHA, body={"input": given})
        return await self._one(
            call, "subscription", models.SubscriptionItem, lambda item: item.to_domain(destination_id)
        )

    async def connect(self, space_id: str, audience_id: str, destination_id: str) -> model.Connection | Failure:
        where = path("/spaces/{}/audiences/{}/destination-connections", space_id, audience_id)
        body = {"destination": {"id": destination_id, "type": "destination"}}
        call = self._wire.call("POST", where, V1ALPHA, body=body)
        return await self._one(call, "connection", models.ConnectionItem, lambda item: item.to_domain(destination_id))

    async def activate(
        self,
        space_id: str,
        audience_id: str,
        connection_id: str,
        *,
        name: str,
        action_id: str,
        settings: Mapping[str, Any],
    ) -> model.Activation | Failure:
        refuse_masked(settings)
        where = path(
            "/spaces/{}/audiences/{}/destination-connections/{}/activations", space_id, audience_id, connection_id
        )
        body = {
            "activationName": name,
            "activationType": "Audience Membership Changed",
            "enabled": True,
            "performResync": True,
            "destinationMapping": {"actionId": action_id, "settings": dict(settings)},
        }
        call = self._wire.call("POST", where, V1ALPHA, body=body)
        return await self._one(call, "activation", models.ActivationItem, lambda item: item.to_domain(connection_id))

    async def update_activation(
        self,
        space_id: str,
        audience_id: str,
        activation_id: str,
        *,
        action_id: str,
        settings: Mapping[str, Any],
        enabled: bool | None = None,
    ) -> model.Activation | Failure:
        """Set the activation's settings and resync it: without a resync only later changes use them."""
        refuse_masked(settings)
        where = path("/spaces/{}/audiences/{}/activations/{}", space_id, audience_id, activation_id)
        mapping = {"actionId": action_id, "settings": dict(settings)}
        body = _given(enabled=enabled, destinationMapping=mapping, performResync=True)
        call = self._wire.call("PATCH", where, V1ALPHA, body=body)
        return await self._one(call, "activation", models.ActivationItem, models.ActivationItem.to_domain)

    async def resync(self, space_id: str, audience_id: str, activation_id: str) -> model.Activation | Failure:
        """Send all members again, and change nothing else."""
        where = path("/spaces/{}/audiences/{}/activations/{}", space_id, audience_id, activation_id)
        call = self._wire.call("PATCH", where, V1ALPHA, body={"performResync": True})
        return await self._one(call, "activation", models.ActivationItem, models.ActivationItem.to_domain)

    async def delete_activation(self, space_id: str, audience_id: str, activation_id: str) -> Failure | None:
        return await self._delete(
            path("/spaces/{}/audiences/{}/activations/{}", space_id, audience_id, activation_id), V1ALPHA
        )

    async def disconnect(self, space_id: str, audience_id: str, connection: model.Connection) -> Failure | None:
        """Delete a connection by its ID; if that is refused, by the destination's (docs/segment.md#connections)."""
        template = "/spaces/{}/audiences/{}/destination-connections/{}"
        failure = await self._delete(path(template, space_id, audience_id, connection.id), V1ALPHA)
        if failure is None or failure.status not in {400, 404, 422} or not connection.destination_id:
            return failure
        return await self._delete(path(template, space_id, audience_id, connection.destination_id), V1ALPHA)

    async def delete_subscription(self, destination_id: str, subscription_id: str) -> Failure | None:
        return await self._delete(path("/destinations/{}/subscriptions/{}", destination_id, subscription_id), V1ALPHA)

    async def delete_destination(self, destination_id: str) -> Failure | None:
        return await self._delete(path("/destinations/{}", destination_id), V1)

    async def _one(self, call: Call, key: str, item: type[M], seen: Callable[[M], T]) -> T | Failure:
        data = await self._wire.data(call)
        if isinstance(data, Failure):
            return data
        found = parse_one(item, data.get(key))
        return unusable(call, f"the answer holds no {key}") if found is None else seen(found)

    async def _delete(self, where: str, media: str) -> Failure | None:
        """Return None only if the answer confirms the deletion; any other 2xx leaves that open."""
        call = self._wire.call("DELETE", where, media)
        done = await self._wire.data(call)
        if isinstance(done, Failure):
            return done
        is_said = str(done.get("status")).casefold() == "success"
        return None if is_said else unusable(call, "the answer doesn't say that it was deleted")


def _credentials(token: SecretStr, client_side_id: str) -> dict[str, str]:
    """Return both credentials with their real values, because the docs don't say whether settings are merged.

    See docs/segment.md#secret-settings.
    """
    settings = {"apiKey": token.get_secret_value(), "clientId": client_side_id}
    refuse_masked(settings)
    return settings


def _given(**values: Any) -> dict[str, Any]:
    """Return the values that aren't None; raise ValueError when nothing is left to change."""
    given = {name: value for name, value in values.items() if value is not None}
    if not given:
        raise ValueError("nothing to change")
    return given
