"""Make a scenario's setup, so that a command with `--sandbox` has one to check, watch or undo."""

from __future__ import annotations

from pathlib import Path

from wizard.domain.planning.change import Action
from wizard.domain.step_id import StepId
from wizard.flow.journey import new_walk
from wizard.flow.walk import Walk
from wizard.flow.watching.watch import follow
from wizard.flow.writing.review import apply_reviewed, review
from wizard.headless.options import Options
from wizard.headless.refusal import Refused
from wizard.headless.setup.prepare import prepare, read_segments

WATCHED_S = 35 * 60.0  # in sandbox time: longer than a first sync usually takes, so that a late one shows
_LOOK_EVERY_S = 300.0  # also in sandbox time; polls are rare, because nobody watches them
_TRIES = 4  # runs of apply: some scenarios lose answers, and in others a colleague must do a step first


async def set_up(walk: Walk, options: Options, *, syncs: bool = True) -> None:
    """Apply the scenario's setup if the command needs one, and with `syncs` wait for its first sync.

    Change nothing in a setup that the scenario already has, and skip what the scenario prevents. The command reads the
    result later with its own walk. A scenario's outage begins after the setup.
    Raises Refused for a mistake in the file. Without a file, missing answers are the scenario's doing, not a mistake.
    """
    if options.makes_setup:
        with walk.ports.before_outage():
            await _make(new_walk(walk.ports, walk.session), options.config, syncs=syncs)


async def _make(walk: Walk, config: Path | None, *, syncs: bool) -> None:
    try:
        await prepare(walk, config)
    except Refused:
        if config is not None:
            raise
        return
    if any(change.action in {Action.ADOPT, Action.UPDATE, Action.NONE} for change in walk.plan().changes):
        return
    await read_segments(walk)
    for run in range(_TRIES):
        reviewed = review(walk)
        if reviewed.plan.blocked_by:
            walk.forget_failures()
            await walk.read()
            continue
        if not (reviewed.plan.made_at_once if run else reviewed.plan.pending):
            break
        async for _event in apply_reviewed(walk, reviewed):
            pass
        walk.session.keep(
            walk.answers_to_save, tuple(step.id for step in walk.steps if step.id is not StepId.FIRST_SYNC)
        )
        if syncs:
            await _let_it_sync(walk)
        walk.forget_what_is_made()
        await walk.read()
    await walk.close()


async def _let_it_sync(walk: Walk) -> None:
    async for _progress in follow(walk, timeout_s=WATCHED_S, stop_when_stuck=True, every_s=_LOOK_EVERY_S):
        pass
