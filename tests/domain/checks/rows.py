"""Which row of the contracts' two tables "what can go wrong" is covered by what.

A bare id is a check. `question:` and `hint:` are the guided troubleshooting's; `explain:` is the explanation of a
failed call (`wizard.domain.explain`), by its kind.
"""

from __future__ import annotations

from collections.abc import Mapping

LAUNCHDARKLY: Mapping[int, tuple[str, ...]] = {
    1: ("launchdarkly.token.valid",),
    2: (
        "launchdarkly.token.valid",
        "launchdarkly.token.lifetime",
        "question:changed",
    ),
    3: ("launchdarkly.token.kind",),
    4: ("launchdarkly.token.kind",),
    5: ("launchdarkly.token.kind",),
    6: (
        "launchdarkly.token.kind",
        "launchdarkly.client_side_id",
    ),
    7: ("launchdarkly.client_side_id",),
    8: ("launchdarkly.client_side_id",),
    9: ("launchdarkly.pair",),
    10: (
        "launchdarkly.environment",
        "question:environment",
    ),
    11: ("launchdarkly.instance",),
    12: ("launchdarkly.token.permissions",),
    13: ("launchdarkly.token.permissions",),
    14: ("launchdarkly.token.permissions",),
    15: ("launchdarkly.token.permissions",),
    16: ("launchdarkly.token.permissions",),
    17: ("launchdarkly.token.permissions",),
    18: ("launchdarkly.token.permissions",),
    19: ("launchdarkly.token.permissions",),
    20: (
        "launchdarkly.project",
        "launchdarkly.token.permissions",
    ),
    21: (
        "sync.delivery",
        "question:token-maker",
    ),
    22: (
        "launchdarkly.token.personal",
        "question:changed",
    ),
    23: ("launchdarkly.token.permissions",),
    24: (
        "launchdarkly.token.personal",
        "hint:personal-token",
    ),
    25: (
        "launchdarkly.plan",
        "question:plan",
    ),
    26: ("launchdarkly.approvals",),
    27: ("launchdarkly.view",),
    28: (
        "question:allowlist",
        "explain:forbidden",
    ),
    29: ("explain:rate_limited",),
    30: (
        "launchdarkly.store",
        "explain:forbidden",
    ),
    31: ("hint:whole-lists",),
    32: (
        "launchdarkly.project",
        "launchdarkly.environment",
    ),
    33: ("sync.duplicate",),
    34: (
        "explain:conflict",
        "hint:conflict",
    ),
    35: (
        "sync.segment",
        "question:waited",
    ),
    36: (
        "destination.enabled",
        "mapping.enabled",
        "audience.attached",
        "hint:last-used",
    ),
    37: (
        "sync.segment",
        "destination.client_side_id",
    ),
    38: (
        "sync.members",
        "question:still-counting",
    ),
    39: (
        "sync.delivery",
        "audience.identifiers",
        "question:identifiers",
    ),
    40: (
        "launchdarkly.context_kind",
        "question:app-kind",
    ),
    41: ("sync.context_kind",),
    42: ("launchdarkly.context_kind",),
    43: (
        "sync.test_user",
        "question:app-key",
    ),
    44: (
        "sync.test_user",
        "question:app-key",
    ),
    45: (
        "sync.duplicate",
        "question:changed",
    ),
    46: (
        "sync.segment",
        "hint:name-from-key",
    ),
    47: (
        "sync.segment",
        "question:changed",
    ),
    48: (
        "launchdarkly.store",
        "question:store",
    ),
    49: ("launchdarkly.store",),
    50: ("question:prefix",),
    51: (
        "question:sdk",
        "question:sdk-version",
    ),
    52: (
        "launchdarkly.flags",
        "question:flag-rule",
    ),
    53: (
        "launchdarkly.reachable",
        "explain:server",
        "question:outage",
    ),
    54: (
        "launchdarkly.reachable",
        "explain:proxy",
        "explain:certificate",
        "explain:not_the_service",
    ),
    55: (
        "machine.clock",
        "explain:certificate",
    ),
    56: ("hint:green-test",),
}

SEGMENT: Mapping[int, tuple[str, ...]] = {
    1: (
        "segment.token.valid",
        "segment.token.kind",
    ),
    2: (
        "segment.region",
        "segment.token.valid",
    ),
    3: ("segment.token.permissions",),
    4: ("segment.engage",),
    5: (
        "segment.token.permissions",
        "segment.engage",
    ),
    6: (
        "segment.engage",
        "segment.engage.source",
    ),
    7: ("segment.engage.source",),
    8: ("segment.token.permissions",),
    9: ("segment.token.permissions",),
    10: (
        "explain:invalid",
        "hint:closed-apis",
    ),
    11: ("explain:invalid",),
    12: (
        "explain:rate_limited",
        "hint:limits",
    ),
    13: ("explain:rate_limited",),
    14: ("hint:whole-lists",),
    15: (
        "destination.single",
        "explain:invalid",
    ),
    16: ("destination.source",),
    17: ("destination.enabled",),
    18: (
        "destination.token",
        "sync.delivery",
    ),
    19: (
        "sync.delivery",
        "launchdarkly.token.permissions",
    ),
    20: (
        "destination.client_side_id",
        "sync.delivery",
    ),
    21: ("launchdarkly.instance",),
    22: (
        "sync.delivery",
        "question:plan",
    ),
    23: (
        "mapping.exists",
        "sync.filtered",
    ),
    24: (
        "mapping.enabled",
        "sync.filtered",
    ),
    25: (
        "mapping.trigger",
        "sync.filtered",
    ),
    26: ("mapping.single",),
    27: (
        "mapping.fields",
        "sync.delivery",
    ),
    28: (
        "audience.identifiers",
        "sync.delivery",
        "question:identifiers",
    ),
    29: (
        "mapping.context_kind",
        "mapping.context_key",
        "audience.activation_mapping",
        "audience.other_activations",
        "question:app-kind",
        "question:app-key",
    ),
    30: (
        "mapping.fields",
        "sync.segment",
        "question:removals",
    ),
    31: ("audience.attached",),
    32: ("question:sends",),
    33: (
        "audience.activation",
        "question:sends",
    ),
    34: (
        "sync.filtered",
        "hint:other-audiences",
    ),
    35: (
        "audience.attached",
        "segment.token.permissions",
    ),
    36: ("audience.enabled",),
    37: ("audience.computed",),
    38: (
        "audience.computed",
        "hint:queue",
    ),
    39: ("audience.computed",),
    40: ("audience.computed",),
    41: ("audience.size",),
    42: (
        "audience.history",
        "question:before-attaching",
    ),
    43: (
        "audience.cadence",
        "question:waited",
    ),
    44: (
        "audience.kind",
        "question:account-calls",
    ),
    45: ("hint:no-forced-run",),
    46: (
        "audience.kind",
        "audience.activation",
        "question:linked-schedule",
    ),
    47: (
        "audience.activation",
        "hint:closed-apis",
    ),
    48: (
        "explain:conflict",
        "hint:detach-first",
    ),
    49: ("sync.filtered",),
    50: ("sync.filtered",),
    51: ("sync.source",),
    52: (
        "sync.source",
        "segment.engage.source",
    ),
    53: (
        "sync.delivery",
        "hint:lag",
    ),
    54: ("sync.delivery",),
    55: (
        "sync.segment",
        "hint:name-from-key",
    ),
    56: ("sync.duplicate",),
    57: ("question:changed",),
    58: ("mapping.room",),
    59: ("audience.attach_by_api",),
    60: ("hint:twice",),
    61: ("mapping.fields",),
    62: (
        "destination.enabled",
        "mapping.enabled",
        "mapping.trigger",
        "question:changed",
    ),
}


def rows_of(covering: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Numbers of the rows of LaunchDarkly's and of Segment's table that an id covers."""
    launchdarkly = tuple(row for row, ids in LAUNCHDARKLY.items() if covering in ids)
    return launchdarkly, tuple(row for row, ids in SEGMENT.items() if covering in ids)
