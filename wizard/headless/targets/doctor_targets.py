"""`doctor` for several environments: all are read at the same time, and each is judged separately."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wizard.exit_codes import ExitCode
from wizard.flow.walk import Walk
from wizard.headless.commands.doctor.doctor_command import (
    Examined,
    beside_the_report,
    doctor,
    examine,
    refuse_unfit,
    write_report,
)
from wizard.headless.options import Options
from wizard.headless.printing.output import Output
from wizard.headless.printing.target_documents import doctors_document
from wizard.headless.refusal import Refused
from wizard.headless.setup.prepare import place
from wizard.headless.targets.plan_targets import called
from wizard.headless.targets.targets import Target, commands_for_one, set_up_all, together, worst
from wizard.headless.targets.without_repeats import without_repeats


async def doctor_targets(walk: Walk, targets: tuple[Target, ...], options: Options, out: Output) -> ExitCode:
    """Check every environment, show the findings of each and return the worst exit code. Raises Refused."""
    if options.list_checks:
        return await doctor(walk, options, out)
    refuse_unfit(options)
    if options.against:
        one = commands_for_one(targets, "doctor", "--against", str(options.against))
        raise Refused("--against compares one environment. Name it with --target.", *one)
    targets = await set_up_all(targets)
    found = await _examined(targets, out)
    parts = [(target.name, one.document) for target, one in zip(targets, found, strict=True)]
    out.document(doctors_document(parts, _healthy(one.verdict for one in found)))
    groups = without_repeats([(target.name, one.lines) for target, one in zip(targets, found, strict=True)])
    shown = beside_the_report(out, options)
    for target, lines in zip(targets, groups, strict=True):
        shown.text(_lines(target, lines, options))
    page = "\n\n".join(one.page for one in found)
    is_written = write_report(walk, page, options, out)
    return worst(one.code for one in found) if is_written else ExitCode.PROBLEM


async def _examined(targets: Sequence[Target], out: Output) -> list[Examined]:
    calls = [examine(one.walk, one.options, one.output(out, out.document, named=True)) for one in targets]
    if any(one.options.count_members for one in targets):
        return [await call for call in calls]  # previews are limited, and their lines belong together
    return await together(calls)


def _lines(target: Target, found: Sequence[str], options: Options) -> tuple[str, ...]:
    """Return the lines about one environment; with `--since-last`, its one line."""
    heading, *lines = map(target.options.of_this_run, found)
    if options.since_last:
        where = place(target.walk)
        return (f"{where}{called(target)}{heading.removeprefix(where)}" if where else f"{target.title}: {heading}",)
    return (f"{heading}{called(target)}", *lines, "")


def _healthy(verdicts: Iterable[bool | None]) -> bool | None:
    """Return whether all are healthy: False if any isn't, else None if we couldn't judge one, else True."""
    every = set(verdicts)
    return next((verdict for verdict in (False, None) if verdict in every), True)
