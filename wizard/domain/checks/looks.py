"""Which readings a check rests on: slots of `Facts`, the deciding one first. What "show your work" starts from."""

from __future__ import annotations

from collections.abc import Mapping

LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    "machine.keyring": ("vault",),
    "machine.clock": (
        "launchdarkly_reach",
        "client_side_reach",
        "segment_reach",
    ),
    "launchdarkly.reachable": ("launchdarkly_reach",),
    "launchdarkly.client_side.reachable": ("client_side_reach",),
    "segment.reachable": ("segment_reach",),
    "launchdarkly.token.kind": ("caller",),
    "launchdarkly.instance": (
        "caller",
        "other_instance",
    ),
    "launchdarkly.token.valid": ("caller",),
    "launchdarkly.token.personal": (
        "caller",
        "token",
    ),
    "launchdarkly.token.lifetime": ("token",),
    "launchdarkly.token.permissions": (
        "token",
        "roles",
        "member",
        "project",
    ),
    "launchdarkly.client_side_id": (
        "client_side_id_exists",
        "projects",
    ),
    "launchdarkly.pair": (
        "projects",
        "account_name",
    ),
    "launchdarkly.project": ("project",),
    "launchdarkly.environment": ("project",),
    "launchdarkly.approvals": (
        "project",
        "token",
        "roles",
    ),
    "launchdarkly.view": ("project",),
    "launchdarkly.context_kind": ("context_kinds",),
    "launchdarkly.store": ("stores",),
    "launchdarkly.plan": (
        "segments",
        "stores",
        "roles",
    ),
    "launchdarkly.flags": ("segment_details",),
    "segment.token.kind": ("workspace",),
    "segment.token.valid": ("workspace",),
    "segment.region": ("workspace",),
    "segment.token.permissions": (
        "workspace",
        "spaces",
        "sources",
        "catalog",
        "destinations",
        "audiences",
        "subscriptions",
        "connections",
    ),
    "segment.catalog": ("catalog",),
    "segment.engage": (
        "spaces",
        "sources",
    ),
    "segment.engage.source": ("sources",),
    "destination.exists": ("destinations",),
    "destination.single": (
        "destinations",
        "sources",
    ),
    "destination.source": (
        "destinations",
        "sources",
    ),
    "destination.enabled": (
        "destinations",
        "audit",
    ),
    "destination.client_side_id": (
        "destinations",
        "audit",
    ),
    "destination.token": (
        "destinations",
        "audit",
    ),
    "mapping.exists": ("subscriptions",),
    "mapping.single": ("subscriptions",),
    "mapping.enabled": (
        "subscriptions",
        "audit",
    ),
    "mapping.trigger": (
        "subscriptions",
        "catalog",
        "audit",
    ),
    "mapping.fields": (
        "subscriptions",
        "catalog",
        "audit",
    ),
    "mapping.context_kind": (
        "subscriptions",
        "audit",
    ),
    "mapping.context_key": (
        "subscriptions",
        "audit",
    ),
    "mapping.batching": ("subscriptions",),
    "mapping.room": ("subscriptions",),
    "audience.exists": ("audiences",),
    "audience.enabled": ("audiences",),
    "audience.computed": ("audiences",),
    "audience.size": ("audiences",),
    "audience.identifiers": ("audiences",),
    "audience.kind": ("audiences",),
    "audience.cadence": ("audiences",),
    "audience.history": ("audiences",),
    "audience.attached": ("connections",),
    "audience.activation": (
        "connections",
        "activations",
        "delivery",
    ),
    "audience.activation_mapping": (
        "connections",
        "activations",
        "subscriptions",
    ),
    "audience.other_activations": (
        "subscriptions",
        "connections",
        "activations",
    ),
    "audience.attach_by_api": ("attach_by_api",),
    "sync.source": (
        "intake",
        "delivery",
    ),
    "sync.delivery": ("delivery",),
    "sync.filtered": ("delivery",),
    "sync.segment": (
        "segments",
        "delivery",
        "segments_elsewhere",
    ),
    "sync.members": (
        "segments",
        "audiences",
    ),
    "sync.context_kind": (
        "segments",
        "subscriptions",
    ),
    "sync.duplicate": (
        "segments",
        "namesakes",
    ),
    "sync.test_user": ("test_user_member",),
}
