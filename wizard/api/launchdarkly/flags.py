"""Flags with their rules: which of them use a segment, and one flag by its key."""

from __future__ import annotations

from wizard.api.call import path
from wizard.api.errors import unusable
from wizard.api.launchdarkly.flag_models import FlagDetailsItem
from wizard.api.launchdarkly.wire import Wire
from wizard.api.lenient import each
from wizard.domain.failure import Failure
from wizard.domain.flag import FlagDetails

_FLAGS = "/api/v2/flags/{}"


class FlagReads:
    """The reads of `LaunchDarklyClient` that show the rules of flags."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def flags_by_segment(self, project: str, environment: str) -> dict[str, tuple[str, ...]] | Failure:
        """Read every flag's rules in one environment (docs/launchdarkly.md#listing-flags)."""
        query = (("env", environment), ("summary", "0"), ("sort", "name"))
        call = self._wire.get(path(_FLAGS, project), query)
        found = await self._wire.lists.all_items(call)
        if isinstance(found, Failure):
            return found
        flags = [item.seen(environment) for item in each(FlagDetailsItem, found)]
        if found and all(flag.rules is None for flag in flags):
            return unusable(call, "no flag of the list shows its rules")
        return _by_segment(flags)

    async def flag(self, project: str, environment: str, key: str) -> FlagDetails | Failure:
        """Read one flag with its rules in one environment (docs/launchdarkly.md#one-flag)."""
        call = self._wire.get(path(_FLAGS + "/{}", project, key), (("env", environment),))
        return await self._wire.one(call, FlagDetailsItem, lambda item: item.seen(environment))


def _by_segment(flags: list[FlagDetails]) -> dict[str, tuple[str, ...]]:
    uses: dict[str, list[str]] = {}
    for flag in flags:
        for segment in dict.fromkeys(key for rule in flag.rules or () for key in rule.segments):
            uses.setdefault(segment, []).append(flag.key)
    return {segment: tuple(keys) for segment, keys in uses.items()}
