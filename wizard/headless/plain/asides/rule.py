"""A flag's rule line by line: pick the flag, read the rule, and add it after a yes."""

from __future__ import annotations

import json

from wizard.domain.facts import listed
from wizard.domain.failure import Failure
from wizard.domain.flag_rule import as_request, as_terraform, variation_in_words
from wizard.domain.services.launchdarkly import Flag
from wizard.domain.wanted import chosen_environment
from wizard.flow.reading.clients import launchdarkly_of
from wizard.flow.rules.add import add_rule
from wizard.flow.rules.draft import DraftedRule, NoVariation, draft_rule, why_no_rule
from wizard.flow.steps.questions.target_flag import found_segments, key_of_flag
from wizard.flow.walk import Walk
from wizard.flow.writing.record import why_unrecorded
from wizard.flow.writing.undo.rules import confirm_rules
from wizard.headless.consent import is_yes
from wizard.headless.plain.asides.troubleshooting import AskLine, Read, Say
from wizard.headless.plain.changes import result_lines
from wizard.headless.plain.dialogue.numbers import number_in
from wizard.headless.printing.rule_text import in_short
from wizard.text import plain

_SHOWN = 20  # flags; a longer list is read in LaunchDarkly


async def offer_rule(walk: Walk, say: Say, ask: AskLine, read: Read) -> None:
    """Ask for a flag, show its rule as words and as code, and add it after a yes. Enter alone leaves."""
    say("", "A segment changes nothing until a flag has a rule that uses it.")
    flags = await _flags(walk, read)
    say(*(f"  {number}. {plain(flag.name)} ({flag.key})" for number, flag in enumerate(flags[:_SHOWN], 1)))
    while typed := (await ask("Flag: a number, a key or the address of its page, Enter to leave it: ")).strip():
        number = number_in(typed, min(len(flags), _SHOWN))
        key = flags[number - 1].key if number else key_of_flag(typed)
        drafted = await _drafted(walk, key, say, ask, read)
        if drafted is not None:
            await _show_and_add(walk, drafted, say, ask, read)
            return


async def _flags(walk: Walk, read: Read) -> tuple[Flag, ...]:
    found: list[tuple[Flag, ...]] = []

    async def look() -> None:
        place = chosen_environment(walk.state.facts, walk.state.answers)
        if place:
            flags = await launchdarkly_of(walk.ports, walk.state).flags(place[0].key, place[1].key)
            found.append(listed(flags))

    await read(look())
    return found[0] if found else ()


async def _drafted(walk: Walk, key: str, say: Say, ask: AskLine, read: Read) -> DraftedRule | None:
    """Return the rule; a flag that isn't a boolean needs a variation, which is asked for."""
    variation = ""
    while True:
        drafted = await _draft(walk, key, variation, read)
        if isinstance(drafted, Failure):
            say(f"Problem: {why_no_rule(drafted, key)}")
            return None
        if not isinstance(drafted, NoVariation):
            return drafted
        say(
            f"{plain(drafted.flag.name)} has these variations:",
            *(f"  {variation_in_words(one)}" for one in drafted.variations),
        )
        variation = (await ask("Variation that members get, Enter to leave it: ")).strip()
        if not variation:
            return None


async def _draft(walk: Walk, key: str, variation: str, read: Read) -> DraftedRule | NoVariation | Failure | None:
    found: list[DraftedRule | NoVariation | Failure] = []

    async def look() -> None:
        place = chosen_environment(walk.state.facts, walk.state.answers)
        if place:
            await confirm_rules(walk.ports, walk.state, walk.session)
            segments = found_segments(walk.state)
            found.append(await draft_rule(walk.ports, walk.state, place, key, segments, variation))

    await read(look())
    return found[0] if found else None


async def _show_and_add(walk: Walk, drafted: DraftedRule, say: Say, ask: AskLine, read: Read) -> None:
    draft = drafted.draft
    say("", *in_short(drafted))
    if drafted.existing_rule:
        return
    say("As a request:", json.dumps(as_request(draft), ensure_ascii=False), "As Terraform:", as_terraform(draft))
    if drafted.not_added:
        say(drafted.not_added)
        return
    if why := why_unrecorded(walk.session):
        say(f"Warning: {why}")
    if not is_yes(await ask("yes to add the rule, Enter to leave it: ")):
        return

    async def add() -> None:
        result = await add_rule(walk.ports, walk.state, draft, walk.session)
        say(*result_lines(result, f"the rule of {draft.flag.key}"))

    await read(add())
