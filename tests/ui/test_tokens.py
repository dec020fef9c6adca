"""A token that is typed or pasted on the full screen never goes to the other vendor: see tests/test_tokens.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.pilot import Pilot

from tests.test_tokens import LAUNCHDARKLY, OLD_SEGMENT, SDK_KEY, SEGMENT, Overheard, bare, overheard
from tests.ui.plain import text_on
from tests.ui.scenarios import SimulatedWizard, settled, wizard
from tests.walks import Staged
from wizard.flow.walk import Walk
from wizard.ui.widgets.fields.secret_input import SecretInput

__all__ = ["overheard"]


class Opened(SimulatedWizard):
    """The full screen on a prepared walk."""

    def __init__(self, staged: Staged) -> None:
        self._staged = staged
        super().__init__("happy")
        self.clock = staged.clock

    def _build(self) -> Walk:
        return self._staged.walk


async def walked_to(pilot: Pilot[Any], step: str) -> None:
    """Press Enter until the focus is in the hidden field of a step."""
    for _ in range(30):
        if wizard(pilot).walk_screen.at == step and isinstance(pilot.app.screen.focused, SecretInput):
            return
        if "↑↓ choose one" in seen(pilot):
            await pilot.press("down")
        await pilot.press("enter")
        await settled(pilot)
    raise AssertionError(f"{step} was not reached: {seen(pilot)}")


async def opened_again(pilot: Pilot[Any]) -> None:
    pane = wizard(pilot).walk_screen.pane
    assert pane is not None
    pane.open_ask("launchdarkly_token")
    await settled(pilot)


def seen(pilot: Pilot[Any]) -> str:
    return text_on(pilot.app)


async def typed(pilot: Pilot[Any], text: str) -> None:
    """Type a text in one write, as a terminal sends keys typed ahead or an unmarked paste."""
    for event in XTermParser().feed(text):
        pilot.app.post_message(event)
    await settled(pilot)


async def pasted(pilot: Pilot[Any], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await settled(pilot)
    await pilot.press("enter")
    await settled(pilot)


def kept(staged: Staged) -> str | None:
    token = staged.walk.state.secrets.launchdarkly_token
    return token.get_secret_value() if token is not None else None


# All interfaces refuse tokens by one rule; the fields' own job is line breaks and blanks.
AT_THE_FIELDS = (SEGMENT, f"{LAUNCHDARKLY}\n{SEGMENT}", f"{LAUNCHDARKLY}\r\n{OLD_SEGMENT}", f"{LAUNCHDARKLY} {SEGMENT}")
AT_SEGMENTS = (LAUNCHDARKLY, f"{SEGMENT}\n{LAUNCHDARKLY}", f"Bearer {LAUNCHDARKLY}")
OTHER = f"{LAUNCHDARKLY[:-4]}ffff"


async def test_the_full_screen_refuses_a_token_before_any_request(
    overheard: Overheard,
) -> None:
    staged = bare(overheard)
    account = staged.sandbox.world.accounts[0]
    account.tokens.append(replace(account.tokens[0], id="f" * 24, secret=OTHER))
    async with Opened(staged).run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        await walked_to(pilot, "launchdarkly")
        await _what_is_segments_is_refused(pilot)
        assert kept(staged) is None
        assert LAUNCHDARKLY not in overheard.launchdarkly_heard()

        await typed(pilot, f"{SDK_KEY}\r{LAUNCHDARKLY}\r")
        assert kept(staged) == LAUNCHDARKLY
        assert LAUNCHDARKLY in overheard.launchdarkly_heard()
        await _another_is_taken_and_nothing_after_its_line(pilot, staged, overheard)

        await walked_to(pilot, "segment")
        for wrong in AT_SEGMENTS:
            await pasted(pilot, wrong)
            assert "✗ This" in seen(pilot), wrong
        assert staged.walk.state.secrets.segment_token is None
    assert overheard.each_heard_only_its_own()


async def _what_is_segments_is_refused(pilot: Pilot[Any]) -> None:
    for wrong in AT_THE_FIELDS:
        await pasted(pilot, wrong)
        assert "✗ This" in seen(pilot), wrong
    for wrong in (one for one in AT_THE_FIELDS if "\n" not in one):
        await typed(pilot, f"{wrong}\r")
        assert "✗ This" in seen(pilot), wrong
    await pilot.resize_terminal(60, 15)
    await pasted(pilot, SEGMENT)
    assert "✗ This is a Segment Public API" in seen(pilot), "in a low terminal"
    await pilot.resize_terminal(80, 24)
    await settled(pilot)


async def _another_is_taken_and_nothing_after_its_line(pilot: Pilot[Any], staged: Staged, overheard: Overheard) -> None:
    """Type each token into a field that was opened again."""
    typed_on = ((OTHER, "\r\n", SEGMENT), (LAUNCHDARKLY, "\n", OLD_SEGMENT), (OTHER, "\r", SEGMENT))
    for token, end, rest in typed_on:
        await opened_again(pilot)
        await typed(pilot, f"{token}{end}{rest}{end}")
        assert kept(staged) == token
        assert token in overheard.launchdarkly_heard()
        assert rest not in seen(pilot)
    await opened_again(pilot)
    await pasted(pilot, f"{LAUNCHDARKLY}\r\n")
    assert kept(staged) == LAUNCHDARKLY, "a line break at the end of a paste is no mistake"
