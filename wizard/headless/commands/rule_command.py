"""`rule`: the rule that a flag needs to use a synced segment, in words and as code; added after a yes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from shlex import quote
from urllib.parse import unquote

from wizard.domain.explain import explain
from wizard.domain.facts import Slot, listed
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.flag_rule import variation_in_words
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Environment, LaunchDarklySegment, Project
from wizard.domain.wanted import chosen_environment
from wizard.exit_codes import ExitCode
from wizard.flow.journey import READINGS_BY_SLOT
from wizard.flow.reading.clients import launchdarkly_of
from wizard.flow.rules.add import add_rule, already_there, not_added
from wizard.flow.rules.draft import DraftedRule, NoVariation, draft_rule, segments_by_key
from wizard.flow.steps.questions.target_flag import found_segments, key_of_flag
from wizard.flow.walk import Walk
from wizard.flow.writing.record import why_unrecorded
from wizard.flow.writing.result import Outcome, Result
from wizard.flow.writing.undo.rules import confirm_rules
from wizard.headless.consent import agreed
from wizard.headless.options import Options
from wizard.headless.plain.changes import result_lines
from wizard.headless.printing.endings import code_of, interrupted, no_journal, not_agreed
from wizard.headless.printing.output import Output
from wizard.headless.printing.rule_text import flag_lines, flags_document, in_short, print_rule, rule_document
from wizard.headless.refusal import Refused, did_you_mean, quoted
from wizard.headless.setup.other_place import use_other_place
from wizard.headless.setup.prepare import refuse_unknown, refuse_without_place, take_answers, why_place_unread
from wizard.headless.setup.sandbox_setup import set_up
from wizard.text import plain

_READS: frozenset[Slot] = frozenset(
    {"caller", "token", "roles", "member", "project", "projects", "segments", "workspace", "spaces"}
)
_NOT_AGREED, _INTERRUPTED = not_agreed("added"), interrupted("rule")


async def rule(walk: Walk, options: Options, out: Output) -> ExitCode:
    """Show the rule, and with `--apply` add it after a yes. Raises Refused, Busy."""
    _refuse_unattended(options, out)
    if options.apply:
        walk.session.lock()
    await set_up(walk, options)
    given = await take_answers(walk, options.config)
    refuse_without_place(given)
    use_other_place(walk, options.environment)
    walk.left_out |= frozenset(READINGS_BY_SLOT) - _READS - ({"audiences"} if not options.segments else set())
    await walk.read()
    if not options.environment:
        refuse_unknown(given)
    place = chosen_environment(walk.state.facts, walk.state.answers)
    if place is None:
        return _could_not_read("the environment", why_place_unread(walk), out)
    if not options.flag:
        return await _list(walk, place, out)
    return await _of_flag(walk, place, options, out)


def _refuse_unattended(options: Options, out: Output) -> None:
    if options.apply and not options.flag:
        raise Refused("rule --apply needs a flag.", "The flags: audience-wizard rule")
    if options.apply and not options.yes and out.ask is None:
        raise Refused(
            "rule --apply asks before it changes anything, but has no terminal to ask on.",
            f"To say yes in advance: {options.command(f'rule {options.flag}')} --apply --yes",
        )


def _could_not_read(what: str, failure: Failure | None, out: Output) -> ExitCode:
    why = explain(failure) if failure else None
    out.say(f"We couldn't read {what}.{f' {why.summary}' if why else ''}", *([f"Fix: {why.fix}"] if why else []))
    return ExitCode.COULD_NOT_TELL


async def _list(walk: Walk, place: tuple[Project, Environment], out: Output) -> ExitCode:
    """List the flags to choose from."""
    flags = await launchdarkly_of(walk.ports, walk.state).flags(place[0].key, place[1].key)
    if isinstance(flags, Failure):
        return _could_not_read("the flags", flags, out)
    out.document(flags_document(flags))
    out.text(flag_lines(flags, place))
    return ExitCode.OK


# --- one flag -----------------------------------------------------------------------------------------------------


async def _of_flag(walk: Walk, place: tuple[Project, Environment], options: Options, out: Output) -> ExitCode:
    flag = key_of_flag(options.flag)
    segments = await _segments(walk, place, options)
    if isinstance(segments, Failure):
        return _could_not_read("the segment", segments, out)
    if options.apply:
        await confirm_rules(walk.ports, walk.state, walk.session)
    drafted = await draft_rule(walk.ports, walk.state, place, flag, segments, options.variation)
    if isinstance(drafted, Failure):
        if drafted.status == 404:
            raise Refused(await _no_such_flag(walk, place, flag), "All flags: audience-wizard rule")
        return _could_not_read(f"the flag {quoted(flag)}", drafted, out)
    if isinstance(drafted, NoVariation):
        raise Refused(*_which_variation(drafted, options))
    if not options.apply:
        _show(drafted, None, options, out)
        return ExitCode.OK
    return await _apply(walk, drafted, options, out)


async def _segments(
    walk: Walk, place: tuple[Project, Environment], options: Options
) -> tuple[LaunchDarklySegment, ...] | Failure:
    """Return the segments of `--segment`, else those of the setup's audiences. Raises Refused if there are none."""
    if options.segments:
        named = await segments_by_key(walk.ports, walk.state, place, options.segments)
        if isinstance(named, Failure) and named.kind is FailureKind.NOT_FOUND:
            raise Refused(_no_such_segment(walk, place, unquote(named.path.rpartition("/")[2])))
        return named
    if isinstance(walk.state.facts.segments, Failure):
        return walk.state.facts.segments
    found = found_segments(walk.state)
    if not found:
        raise Refused(
            "The setup's audience has no segment in LaunchDarkly yet, so no rule can use it.",
            "To follow the first sync: audience-wizard watch. To name a segment: --segment KEY",
        )
    return found


async def _no_such_flag(walk: Walk, place: tuple[Project, Environment], flag: str) -> str:
    flags = await launchdarkly_of(walk.ports, walk.state).flags(place[0].key, place[1].key)
    near = did_you_mean(flag, (one.key for one in flags)) if isinstance(flags, tuple) else ""
    return f"{place[0].key} has no flag {quoted(flag)}.{near}"


def _no_such_segment(walk: Walk, place: tuple[Project, Environment], key: str) -> str:
    """Say that the environment, which was read, has no such segment, and which synced segment is near."""
    near = did_you_mean(key, (one.key for one in listed(walk.state.facts.segments)))
    return f"{place[0].key} / {place[1].key} has no segment “{plain(key, 80)}”.{near}"


def _which_variation(drafted: NoVariation, options: Options) -> Iterator[str]:
    name = drafted.flag.key
    if options.variation:
        yield f"The flag {name} has no variation {quoted(options.variation)}."
    else:
        yield f"The flag {name} isn't a boolean, so name the variation that members get: --variation VALUE"
    if not drafted.variations:
        yield "LaunchDarkly doesn't show the flag's variations, so add the rule in LaunchDarkly."
        return
    yield f"Its variations: {', '.join(variation_in_words(one) for one in drafted.variations)}"


def _show(drafted: DraftedRule, result: Result | None, options: Options, out: Output) -> None:
    if out.as_json:
        out.document(rule_document(drafted, result))
    elif result is None:
        again = options.command(f"rule {drafted.draft.flag.key}")
        print_rule(out, drafted, f"{again}{_typed(options)} --apply")


def _typed(options: Options) -> str:
    """Return the typed options that lead to the same rule."""
    segments = "".join(f" --segment {quote(key)}" for key in options.segments)
    environment = f" --environment {quote(options.environment)}" if options.environment else ""
    return f"{segments}{environment}{f' --variation {quote(options.variation)}' if options.variation else ''}"


# --- adding it ----------------------------------------------------------------------------------------------------


async def _apply(walk: Walk, drafted: DraftedRule, options: Options, out: Output) -> ExitCode:
    """Add the rule after a yes. What the wizard can't add is left to do by hand."""
    draft = drafted.draft
    if not drafted.may_add:
        there = drafted.existing_rule
        _show(drafted, already_there(there) if there and out.as_json else None, options, out)
        return ExitCode.OK if there else ExitCode.WAITING
    if not out.as_json:
        out.say(*in_short(drafted))
    if why := why_unrecorded(walk.session):
        trouble = no_journal(why)
        out.say(trouble.summary, f"Fix: {trouble.fix}")
        out.document(rule_document(drafted, not_added(trouble)))
        return ExitCode.PROBLEM
    question = f"Add this rule to {draft.flag.name} in {draft.project} / {draft.environment.key}?"
    if not await agreed(options, out, question):
        out.say(_NOT_AGREED.summary)
        out.document(rule_document(drafted, None))
        return ExitCode.WAITING
    out.say(f"{walk.ports.services.launchdarkly_host}: adding the rule …")
    try:
        result = await add_rule(walk.ports, walk.state, draft, walk.session)
    except asyncio.CancelledError:
        out.say(f"{_INTERRUPTED.summary} {_INTERRUPTED.fix}")
        raise
    _show(drafted, result, options, out)
    out.text(result_lines(replace(result, detail=""), f"the rule of {draft.flag.key}"))
    if result.outcome is Outcome.DONE:
        page = links.LAUNCHDARKLY_FLAG.to(project=draft.project, environment=draft.environment.key, flag=draft.flag.key)
        out.text((f"  {page.url}", options.sandbox_hint or f"To take it back: {options.command('undo')}"))
    return code_of((result,))
