"""`plan` for several environments: one plan with a group for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from wizard.domain.planning.plan import Plan
from wizard.domain.wanted import wanted_client_side_id
from wizard.exit_codes import ExitCode
from wizard.flow.targets.shared_answers import own_lines, shared_lines
from wizard.flow.targets.targets import review_in_order
from wizard.flow.walk import Walk
from wizard.flow.writing.change_words import AS_WANTED
from wizard.flow.writing.review import Reviewed
from wizard.headless.commands.plan_command import check_file, code_of, gave_no_answer, how_to_go_on, plan_lines
from wizard.headless.options import Options
from wizard.headless.printing.documents import plan_document
from wizard.headless.printing.findings_text import once_answered
from wizard.headless.printing.output import Output
from wizard.headless.printing.target_documents import plans_document
from wizard.headless.refusal import Refused
from wizard.headless.setup.prepare import place, prepare
from wizard.headless.targets.targets import Target, commands_for_one, together, worst
from wizard.headless.targets.without_repeats import without_repeats
from wizard.text import count


async def plan_targets(walk: Walk, targets: tuple[Target, ...], options: Options, out: Output) -> ExitCode:
    """Show the plan of all environments and return the worst exit code. Raises Refused."""
    del walk
    if options.check_only:
        return check_file(options, out)
    await prepare_all(targets, options, "plan")
    drawn = [reviewed.plan for reviewed in review_in_order(targets, lambda one: Reviewed(one.plan(), {}))]
    out.document(plans_document([(one.name, plan_document(plan)) for one, plan in zip(targets, drawn, strict=True)]))
    out.text(chain(plans_lines(targets, drawn), _ending(targets, drawn, options)))
    return worst(code_of(plan, target.walk.findings) for target, plan in zip(targets, drawn, strict=True))


async def prepare_all(targets: Sequence[Target], options: Options, command: str) -> None:
    """Read for all environments at the same time; shared requests are sent once. Raises Refused."""
    if options.resync:
        typed = [word for key in options.resync for word in ("--resync", key)]
        one = commands_for_one(targets, command, *typed)
        raise Refused("--resync is about one environment. Name it with --target.", *one)
    await together(prepare(target.walk, options.config, (), options.accept) for target in targets)
    _refuse_twins(targets)


def _refuse_twins(targets: Sequence[Target]) -> None:
    """Raise Refused if two targets are the same environment: one may name it by its keys, the other by its ID."""
    by_id: dict[str, str] = {}
    for target in targets:
        client_side_id = wanted_client_side_id(target.walk.state.facts, target.walk.state.answers)
        if client_side_id in by_id:
            raise Refused(f"{by_id[client_side_id]} and {target.name} are the same environment. Leave one of them out.")
        by_id |= {client_side_id: target.name} if client_side_id else {}


def plans_lines(targets: Sequence[Target], plans: Sequence[Plan]) -> Iterator[str]:
    """Yield what the environments share, then each one's plan and own settings."""
    yield f"Plan for {count(len(targets), 'environment')}"
    yield from shared_lines(targets)
    drawn = [(target.name, plan_lines(target.walk, plan)) for target, plan in zip(targets, plans, strict=True)]
    for target, (heading, *lines) in zip(targets, without_repeats(drawn), strict=True):
        yield ""
        yield f"{heading}{called(target)}"
        yield from own_lines(target, targets)
        yield from map(target.options.of_this_run, lines)


def called(target: Target) -> str:
    """Return the environment's name to add to its heading; empty if the heading already has it."""
    is_said = target.name == place(target.walk).replace(" / ", "/")
    return "" if is_said else f", called {target.name}"


def _ending(targets: Sequence[Target], plans: Sequence[Plan], options: Options) -> Iterator[str]:
    """Yield the result of all environments, and the next command."""
    blocked = [target for target, plan in zip(targets, plans, strict=True) if plan.blocked_by]
    pending = [plan for plan in plans if plan.pending and not plan.blocked_by]
    yield ""
    if blocked:
        others = " You can apply the others without them." if len(blocked) < len(targets) else ""
        yield f"Blocked: {', '.join(target.name for target in blocked)}.{others}"
        for target, plan in zip(targets, plans, strict=True):
            yield from (how_to_go_on(plan, target.options) if plan.blocked_by else ())
    if pending:
        yield f"{count(sum(len(plan.pending) for plan in pending), 'change')} in {_environments(pending)}."
        yield f"Nothing was changed. Next: {options.apply_command}"
    elif blocked:
        each = zip(targets, plans, strict=True)
        silent = [gave_no_answer(plan, target.walk.findings) for target, plan in each if plan.blocked_by]
        again = options.command("plan")
        yield f"Next: {once_answered(again, max(silent)) if all(silent) else f'fix the problems, then {again}'}"
    else:
        yield f"{AS_WANTED} Next: {options.command('doctor')}"


def _environments(plans: Sequence[Plan]) -> str:
    return count(len(plans), "environment")
