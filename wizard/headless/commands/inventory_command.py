"""`inventory`: every synced segment of the project, with what feeds it and what uses it. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.domain.explain import explain
from wizard.domain.facts import workspace_id
from wizard.domain.findings import Status, root_causes_first
from wizard.domain.inventory.row import are_in_step
from wizard.domain.services.launchdarkly import Project
from wizard.exit_codes import ExitCode
from wizard.flow.inventory.take import READS, Inventory, project_of, take_inventory
from wizard.flow.journey import READINGS_BY_SLOT
from wizard.flow.walk import Walk
from wizard.headless.options import Options
from wizard.headless.printing.inventory_text import csv_lines, inventory_document, inventory_lines, unread_document
from wizard.headless.printing.output import Output
from wizard.headless.printing.progress import every_few_seconds
from wizard.headless.setup.prepare import refuse_unknown, refuse_without_place, take_answers, why_place_unread
from wizard.headless.setup.sandbox_setup import set_up


async def inventory(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Read both services, print the rows, and return the exit code. Raises Refused."""
    await set_up(walk, options)
    project = await read_project(walk, options)
    if project is None:
        return could_not_read(walk, options, out)
    return show((await take(walk, project, out),), walk, options, out)


async def read_project(walk: Walk, options: Options) -> Project | None:
    """Read what an inventory needs, and return the setup's project; None if it can't be read. Raises Refused."""
    given = await take_answers(walk, options.config)
    refuse_without_place(given)
    walk.left_out |= frozenset(READINGS_BY_SLOT) - READS
    await walk.read()
    refuse_unknown(given)
    return project_of(walk.state)


async def take(walk: Walk, project: Project, out: Output) -> Inventory:
    kept = walk.session.kept_look_ups(workspace_id(walk.state.facts))
    if kept.went_on:
        out.say("Continuing the interrupted inventory.")
    return await take_inventory(walk.ports, walk.state, project, kept, every_few_seconds(walk, out))


def show(taken: Sequence[Inventory], walk: Walk, options: Options, out: Output) -> ExitCode:
    """Print the inventories, one for each project, and return the exit code."""
    rows = [row for one in taken for row in one.rows]
    if out.as_json:
        out.document(inventory_document(taken))
    elif options.as_csv:
        out.raw(csv_lines(rows))
    else:
        for place, one in enumerate(taken):
            out.text([""] if place else [])
            out.text(inventory_lines(one, walk.state.answers.space, options.moment))
    in_step = are_in_step(rows)
    if in_step is False:
        return ExitCode.PROBLEM
    return ExitCode.COULD_NOT_TELL if in_step is None or any(one.not_read for one in taken) else ExitCode.OK


def could_not_read(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Say why the project couldn't be read: the first problem in LaunchDarkly, else the failed call."""
    reason = _problem(walk) or _failed_call(walk)
    out.say(" ".join(part for part in ("We couldn't read the project in LaunchDarkly.", reason) if part))
    out.say(f"Next: {options.command('doctor')} finds the cause")
    out.document(unread_document(walk.state.answers.project, reason))
    return ExitCode.COULD_NOT_TELL


def _problem(walk: Walk) -> str:
    own = (one for one in walk.findings if one.id.startswith("launchdarkly.") and one.status is Status.FAIL)
    return next((one.summary for one in root_causes_first(own)), "")


def _failed_call(walk: Walk) -> str:
    failed = why_place_unread(walk)
    return explain(failed).summary if failed else ""
