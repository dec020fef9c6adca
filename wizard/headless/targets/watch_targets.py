"""`watch` for several environments at the same time, each with its own poll of LaunchDarkly."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from wizard.exit_codes import ExitCode
from wizard.flow.walk import Walk
from wizard.flow.watching.progress import WatchOutcome
from wizard.headless.commands.watch_command import follow, tell, watch_sync
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.printing.target_documents import Part, all_watched_document, event_document
from wizard.headless.targets.targets import Target, set_up_all, together, worst

_WORST_WATCH_FIRST = (WatchOutcome.FAILED, WatchOutcome.TIMEOUT, WatchOutcome.APPEARED)
_Begin: TypeAlias = Callable[[Walk, Options, Output], Awaitable[ExitCode]]


async def watch_targets(walk: Walk, targets: tuple[Target, ...], options: Options, out: Output) -> ExitCode:
    """Follow the first sync of all environments and return the worst exit code. Raises Refused."""
    del options
    return await _side_by_side(walk, await set_up_all(targets, syncs=False), watch_sync, out)


async def follow_targets(walk: Walk, targets: Sequence[Target], out: Output) -> ExitCode:
    """Follow the first sync of environments that were just applied, and return the worst exit code."""
    return await _side_by_side(walk, targets, follow, out)


async def _side_by_side(walk: Walk, targets: Sequence[Target], begin: _Begin, out: Output) -> ExitCode:
    ends: list[Part] = []
    walk.ports.notices.listen(lambda notice: tell(notice, walk, out))

    async def watch(target: Target) -> ExitCode:
        return await begin(target.walk, target.options, target.output(out, lambda one: take(target, one), named=True))

    def take(target: Target, document: Mapping[str, Any]) -> None:
        if document["event"] == "result":
            ends.append((target.name, document))
        out.document(event_document(target.name, document))

    try:
        return worst(await together(watch(target) for target in targets))
    finally:
        if ends:
            out.document(all_watched_document(_in_order(ends, targets), _worst(ends)))


def _in_order(ends: Sequence[Part], targets: Sequence[Target]) -> list[Part]:
    names = [target.name for target in targets]
    return sorted(ends, key=lambda part: names.index(part[0]))


def _worst(ends: Sequence[Part]) -> str:
    seen = {document["outcome"] for _, document in ends}
    return next(one.value for one in _WORST_WATCH_FIRST if one.value in seen)
