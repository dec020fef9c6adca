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
from wizard.headless.plain.changes import result_lines
from wizard.headless.plain.dialogue.dialogue import Dialogue
from wizard.headless.plain.dialogue.numbers import number_in
from wizard.headless.printing.rule_text import in_short
from wizard.text import plain

_SHOWN = 20  # flags; for more, the user looks in LaunchDarkly


async def offer_rule(dialogue: Dialogue, walk: Walk) -> None:
    """Ask for a flag, show its rule as words and as code, and add it after a yes. Enter alone leaves."""
    dialogue.say("", "A segment does nothing until a flag rule uses it.")
    flags = await dialogue.reading(_flags(walk))
    dialogue.say(*(f"  {number}. {plain(flag.name)} ({flag.key})" for number, flag in enumerate(flags[:_SHOWN], 1)))
    asked = "Flag: a number, a key or the address of its page, Enter to cancel: "
    while typed := (await dialogue.ask_aside(asked)).strip():
        number = number_in(typed, min(len(flags), _SHOWN))
        key = flags[number - 1].key if number else key_of_flag(typed)
        drafted = await _drafted(dialogue, walk, key)
        if drafted is not None:
            await _show_and_add(dialogue, walk, drafted)
            return


async def _flags(walk: Walk) -> tuple[Flag, ...]:
    place = chosen_environment(walk.state.facts, walk.state.answers)
    if place is None:
        return ()
    return listed(await launchdarkly_of(walk.ports, walk.state).flags(place[0].key, place[1].key))


async def _drafted(dialogue: Dialogue, walk: Walk, key: str) -> DraftedRule | None:
    """Return the drafted rule, or None. For a flag that isn't a boolean, ask for a variation."""
    variation = ""
    while True:
        drafted = await dialogue.reading(_draft(walk, key, variation))
        if isinstance(drafted, Failure):
            dialogue.say(f"Problem: {why_no_rule(drafted, key)}")
            return None
        if not isinstance(drafted, NoVariation):
            return drafted
        dialogue.say(
            f"{plain(drafted.flag.name)} has these variations:",
            *(f"  {variation_in_words(one)}" for one in drafted.variations),
        )
        variation = (await dialogue.ask_aside("Variation that members get, Enter to cancel: ")).strip()
        if not variation:
            return None


async def _draft(walk: Walk, key: str, variation: str) -> DraftedRule | NoVariation | Failure | None:
    place = chosen_environment(walk.state.facts, walk.state.answers)
    if place is None:
        return None
    await confirm_rules(walk.ports, walk.state, walk.session)
    return await draft_rule(walk.ports, walk.state, place, key, found_segments(walk.state), variation)


async def _show_and_add(dialogue: Dialogue, walk: Walk, drafted: DraftedRule) -> None:
    draft = drafted.draft
    dialogue.say("", *in_short(drafted))
    if drafted.existing_rule:
        return
    request = json.dumps(as_request(draft), ensure_ascii=False)
    dialogue.say("As a request:", request, "As Terraform:", as_terraform(draft))
    if drafted.not_added:
        dialogue.say(drafted.not_added)
        return
    if why := why_unrecorded(walk.session):
        dialogue.say(f"Warning: {why}")
    if is_yes(await dialogue.ask_aside("yes to add the rule, Enter to cancel: ")):
        result = await dialogue.reading(add_rule(walk.ports, walk.state, draft, walk.session))
        dialogue.say(*result_lines(result, f"the rule of {draft.flag.key}"))
