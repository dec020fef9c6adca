"""The request card for a Segment admin: the steps left to do by hand, as plain text for a chat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.domain.planning.plan import Plan
from wizard.flow.by_hand.step import HandStep, HandValue
from wizard.flow.by_hand.steps import hand_steps
from wizard.flow.request_card import card, page, roles, section, segment_token_request_card, why
from wizard.flow.state import State
from wizard.flow.writing.result import Result
from wizard.text import plain


def segment_request_card(state: State, plan: Plan, results: Iterable[Result] = ()) -> str:
    """Return the card for the steps left to do by hand; without any, for the Public API token."""
    steps = hand_steps(state, plan, results)
    return card(_steps_wanted(state, steps)) if steps else segment_token_request_card(state)


def _steps_wanted(state: State, steps: tuple[HandStep, ...]) -> Iterator[str]:
    yield "Request: steps in Twilio Segment, for syncing audiences to LaunchDarkly"
    yield from why(state)
    yield section("Rights needed", roles(state))
    in_segment = [step for step in steps if step.change_id]
    yield section("What to do, in this order", "About ten minutes, in the Segment web app.")
    yield from (_as_text(number, step) for number, step in enumerate(in_segment, 1))
    yield section("Learn more", *dict.fromkeys(step.docs.url for step in in_segment if step.docs))
    if any(value.secret for step in in_segment for value in step.values):
        yield section(
            "The service token",
            "I'll share it through our password manager, not in this message. Don't forward it.",
        )
    yield section(
        "When it's done",
        "Tell me when it's done, or which step looks different. You don't have to send me any secrets.",
        "The segment should then appear on its own: after about ten minutes, or up to eight hours for batch and "
        "account audiences.",
        *page(steps[-1].link, steps[-1].menu_path),
    )


def _as_text(number: int, step: HandStep) -> str:
    head = [f"{number}. {step.title}", f"   {step.menu_path}", f"   {step.link.url}"]
    return "\n".join([*head, *(f"   - {_pair(value)}" for value in step.values), f"   {step.note}"])


def _pair(value: HandValue) -> str:
    """Return a field and its value. Of a secret, show nothing, not even the last characters."""
    if value.secret:
        return f"{value.label}: the service token that you get through the password manager"
    now = f" (now: {plain(value.before)})" if value.before else ""
    return f"{value.label}: {value.shown}{now}"
