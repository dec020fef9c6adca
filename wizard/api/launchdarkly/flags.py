"""Flags with their rules: which of them use a segment, one flag by its key, and the change of its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wizard.api.call import path
from wizard.api.errors import unusable
from wizard.api.launchdarkly.models.flags import FlagDetailsItem
from wizard.api.launchdarkly.wire import Wire
from wizard.api.lenient import parse_each
from wizard.domain.failure import Failure
from wizard.domain.flag_rule import CONTENT_TYPE
from wizard.domain.services.flag import FlagDetails

_FLAGS = "/api/v2/flags/{}"


class FlagCalls:
    """The calls of `LaunchDarklyClient` about the rules of flags."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def flags_by_segment(self, project: str, environment: str) -> dict[str, tuple[str, ...]] | Failure:
        """Read every flag's rules in one environment (docs/launchdarkly.md#listing-flags)."""
        query = (("env", environment), ("summary", "0"), ("sort", "name"))
        call = self._wire.get(path(_FLAGS, project), query)
        found = await self._wire.lists.all_items(call)
        if isinstance(found, Failure):
            return found
        flags = [item.to_domain(environment) for item in parse_each(FlagDetailsItem, found)]
        if found and all(flag.rules is None for flag in flags):
            return unusable(call, "no flag of the list shows its rules")
        return _by_segment(flags)

    async def flag(self, project: str, environment: str, key: str) -> FlagDetails | Failure:
        """Read one flag with its rules in one environment (docs/launchdarkly.md#one-flag)."""
        call = self._wire.get(path(_FLAGS + "/{}", project, key), (("env", environment),))
        return await self._wire.fetch_one(call, FlagDetailsItem, lambda item: item.to_domain(environment))

    async def change_rules(self, project: str, flag: str, body: Mapping[str, Any]) -> FlagDetails | Failure:
        """Send a semantic patch, and return the flag after it (docs/launchdarkly.md#adding-a-rule)."""
        asked = self._wire.get(path(_FLAGS + "/{}", project, flag))
        call = replace(asked, method="PATCH", headers={**asked.headers, "Content-Type": CONTENT_TYPE}, body=body)
        return await self._wire.fetch_one(
            call, FlagDetailsItem, lambda item: item.to_domain(str(body["environmentKey"]))
        )


def _by_segment(flags: list[FlagDetails]) -> dict[str, tuple[str, ...]]:
    uses: dict[str, list[str]] = {}
    for flag in flags:
        for segment in dict.fromkeys(key for rule in flag.rules or () for key in rule.segments):
            uses.setdefault(segment, []).append(flag.key)
    return {segment: tuple(keys) for segment, keys in uses.items()}
