"""Named situations for pictures: a simulated world, what the user does, and what must be seen.

A step of `does` is a key; `paste:TEXT`; `wait:SECONDS` of the world's time; `leap:SECONDS`, a wait with one look at
the end; `until:STOP`, Enter until that step is reached; `finding`, Enter until a finding stops the walk; or
`mute:SERVICE=ANSWER`, a service's answer to every request from then on (`mute:` ends it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from textual import events
from textual.geometry import Size
from textual.pilot import Pilot

from tests.fake_clock import FakeClock
from tests.ui.plain import text_on
from tests.ui.waiting import until
from tests.walks import go_on_to, stage_on
from wizard.domain.step_id import StepId
from wizard.flow.state import State
from wizard.flow.walk import Walk
from wizard.sandbox.app import Sandbox
from wizard.ui.app import AudienceWizard
from wizard.ui.screens.by_hand import ByHandScreen
from wizard.ui.screens.dialogs.finding import FindingScreen
from wizard.ui.walk.screen import WELCOME
from wizard.ui.widgets.buttons.button import Button
from wizard.ui.widgets.lists.picker import Picker
from wizard.vault import MemoryVault
from wizard.wiring import Wrap

SMALL, LARGE = (80, 24), (120, 40)
_BUSY = {"load", "read", "next", "apply", "keep", "copy", "check", "report"}
_WATCHING = "first_sync"


@dataclass(frozen=True)
class Situation:
    name: str
    shows: str  # what a reviewer must see
    world: str = "happy"
    does: tuple[str, ...] = ()
    comes_back: bool = False  # a day after the setup was finished: `does` begins on the home page

    def app(self) -> SimulatedWizard:
        return SimulatedWizard(self.world)


class SimulatedWizard(AudienceWizard):
    """The wizard on a simulated world whose time stands still unless a test moves it."""

    def __init__(self, world: str, *, segment_token: bool = True, wrap: Wrap = lambda transport: transport) -> None:
        self._wrap = wrap
        self.asked = 0  # the number of requests in progress
        self.clock = FakeClock(auto=True)
        self.segment_token = segment_token
        self.client_side_id = ""
        self.frozen = False  # some calls in progress will not end, so the app doesn't settle
        self.world = world
        self.mute: dict[str, str] = {}  # by service, its answer to everything: see `wizard.sandbox.faults`
        super().__init__(self._build, calm=True)

    def _build(self) -> Walk:
        sandbox = Sandbox(self.world, self.clock)
        self.mute = sandbox.world.mute
        given = {"launchdarkly_token": (sandbox.tokens.launchdarkly_access_token, "from the sandbox")}
        vault = None if self.segment_token else MemoryVault("no keyring", given)
        staged = stage_on(sandbox, wrap=lambda inner: Counted(self._wrap(inner), self), vault=vault)
        self.sandbox = staged.sandbox
        self.client_side_id = staged.sandbox.tokens.launchdarkly_client_side_id
        return staged.walk

    @property
    def walk(self) -> Walk:
        assert self.walk_screen.walk is not None
        return self.walk_screen.walk

    @property
    def state(self) -> State:
        return self.walk.state

    @contextmanager
    def undrawn(self) -> Iterator[None]:
        """Leave changes of the walk undrawn until something is shown next."""
        changed, self.walk.changed = self.walk.changed, lambda: None
        try:
            yield
        finally:
            self.walk.changed = changed


class Counted(httpx.AsyncBaseTransport):
    """A transport that counts the requests in progress."""

    def __init__(self, inner: httpx.AsyncBaseTransport, app: SimulatedWizard) -> None:
        self._inner, self._app = inner, app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._app.asked += 1
        try:
            return await self._inner.handle_async_request(request)
        finally:
            self._app.asked -= 1


async def reach(pilot: Pilot[Any], does: Iterable[str]) -> None:
    """Do the steps of a situation, each once the one before has settled."""
    await settled(pilot)
    for step in does:
        await _do(pilot, step)
        await settled(pilot)


async def _do(pilot: Pilot[Any], step: str) -> None:
    verb, _, what = step.partition(":")
    if verb == "until":
        await _until(pilot, what)
    elif verb == "finding":
        await _finding(pilot)
    elif verb == "paste":
        await _paste(pilot, what)
    elif verb == "client-side-id":
        await _paste(pilot, wizard(pilot).client_side_id)
    elif verb in {"wait", "leap"}:
        clock = wizard(pilot).clock
        await (clock.advance if verb == "wait" else clock.leap)(float(what))
        wizard(pilot).walk_screen.show_walk()  # by itself the screen updates its times once a second of real time
    elif verb == "mute":
        service, _, answer = what.partition("=")
        wizard(pilot).mute.clear()
        wizard(pilot).mute.update({service: answer} if service else {})
    elif verb == "still":
        wizard(pilot).clock.auto = False  # from here on time moves only by `wait`
    elif verb == "freeze":
        wizard(pilot).clock.auto = False
        wizard(pilot).frozen = True
    else:
        await pilot.press(step)


async def _until(pilot: Pilot[Any], stop: str) -> None:
    await _on_with_enter(pilot, lambda: _at_last(pilot) or wizard(pilot).walk_screen.at == stop)
    await _skip_to(pilot, StepId.REVIEW if stop == _WATCHING else StepId(stop), anyway=True)
    await _on_with_enter(pilot, lambda: wizard(pilot).walk_screen.at == stop, yes=stop == _WATCHING)


async def _finding(pilot: Pilot[Any]) -> None:
    """Press Enter until a finding stops the walk."""
    await _on_with_enter(pilot, lambda: _at_last(pilot) or isinstance(pilot.app.screen, FindingScreen))
    await _skip_to(pilot, StepId.REVIEW)
    await _on_with_enter(pilot, lambda: isinstance(pilot.app.screen, FindingScreen))


_MOST_ENTERS = 200  # a colleague needs a while, and an Enter advances ten seconds


async def _on_with_enter(pilot: Pilot[Any], is_there: Callable[[], bool], *, yes: bool = False) -> None:
    """Press Enter until a condition holds; say `yes` at Review."""
    for _ in range(_MOST_ENTERS):
        if is_there():
            return
        if isinstance(pilot.app.screen, ByHandScreen):
            await wizard(pilot).clock.advance(10)  # until the wizard checks what the colleague does
        elif yes and wizard(pilot).walk_screen.at == "review":
            wizard(pilot).clock.auto = False  # from here on time moves only by `wait`
            await pilot.press("y")
            await settled(pilot)
        if isinstance(pilot.app.screen, FindingScreen):
            pilot.app.screen.query_one("#anyway", Button).press()  # a click needs the button in view
        else:
            await pilot.press(*on_with(pilot))
        await settled(pilot)
    raise AssertionError("it was not reached:\n" + text_on(pilot.app))


def on_with(pilot: Pilot[Any]) -> tuple[str, ...]:
    """Return the keys for the next step: Enter, with Down before it where a question has no default."""
    pane = wizard(pilot).walk_screen.pane
    picker = next(iter(pane.current.query(Picker)), None) if pane is not None and pane.current is not None else None
    waits = picker is not None and picker.is_on_screen and not picker.enter_does
    return ("down", "enter") if waits else ("enter",)


def _at_last(pilot: Pilot[Any]) -> bool:
    """Return whether every question of this step is answered."""
    pane = wizard(pilot).walk_screen.pane
    return pane is None or pane.first_missing() is None


async def _skip_to(pilot: Pilot[Any], stop: StepId, *, anyway: bool = False) -> None:
    """Go to a step in the flow, without drawing the steps before; stop at a blocking finding unless `anyway`."""
    screen = wizard(pilot).walk_screen
    ids = [step.id for step in wizard(pilot).walk.steps]
    here = ids.index(StepId(screen.at)) if screen.at in ids else -1
    if here < ids.index(stop) and pilot.app.screen is screen:
        if screen.at == WELCOME:
            _leave_welcome(pilot)
        with wizard(pilot).undrawn():
            ended = await go_on_to(wizard(pilot).walk, stop, StepId(screen.at) if here >= 0 else None, anyway=anyway)
        screen.go(ended)
        await settled(pilot)


_WELCOMED: set[tuple[str, Size]] = set()


def _leave_welcome(pilot: Pilot[Any]) -> None:
    """Leave Welcome unpainted, except in the first app of a world and size: it's the same in all others."""
    app = wizard(pilot)
    if (app.world, app.size) in _WELCOMED and not app.frozen:
        app.screen._compositor._dirty_regions.clear()
    _WELCOMED.add((app.world, app.size))


async def _paste(pilot: Pilot[Any], text: str) -> None:
    focused = pilot.app.screen.focused
    assert focused is not None
    focused.post_message(events.Paste(text))


def wizard(pilot: Pilot[Any]) -> SimulatedWizard:
    assert isinstance(pilot.app, SimulatedWizard)
    return pilot.app


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read, applied or drawn, except for a watch that waits for the clock.

    An apply reads again some seconds later, so the clock is moved until the apply ends.
    """
    await until(pilot, lambda: not _is_busy(pilot) or _apply_sleeps(pilot))
    while _apply_sleeps(pilot):
        await wizard(pilot).clock.advance(1)
        await until(pilot, lambda: not _is_busy(pilot) or _apply_sleeps(pilot))


def _apply_sleeps(pilot: Pilot[Any]) -> bool:
    app = wizard(pilot)
    return app.is_applying and not app.frozen and not app.asked and bool(app.clock.sleepers)


def _is_busy(pilot: Pilot[Any]) -> bool:
    app, walk = wizard(pilot), wizard(pilot).walk_screen.walk
    if walk is None:
        return True
    is_asking = bool(app.asked) and not app.sandbox.world.faults  # muted requests may wait for the clock
    return not app.frozen and (is_asking or bool(walk.under_way) or _is_working(pilot))


def _is_working(pilot: Pilot[Any]) -> bool:
    return any(worker.is_running and worker.group in _BUSY for worker in pilot.app.workers)


def _at(stop: str, *keys: str) -> tuple[str, ...]:
    return (f"until:{stop}", *keys)


_TOKEN_FIELD = _at("launchdarkly", "shift+tab", "enter")
_SDK_KEY = "sdk-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"

_PASTED_ID = ("until:launchdarkly", "client-side-id", "enter")
_HOSTILE = _at("audiences", "end", "space", "up", "space", "up", "space")
_DOWN = ("pagedown", "pagedown", "pagedown", "pagedown")

_BY_HAND = ("enter", "down", "enter", "until:review", "still", "y", "enter", "wait:1")
_TO_VALUES = ("right", "right", "1", "2")
_TICK = ("space", "wait:1")
_ATTACH_BY_HAND = ("until:review", "still", "y", "enter", "wait:1", "enter", "wait:1")

_OPEN_THE_LAST = ("shift+tab", "shift+tab", "enter")  # question of a step whose Next is focused
PICK_STAGING = (*_at("segment"), "escape", *_OPEN_THE_LAST, *"shop", "space", "enter")
IN_DEVELOPMENT = (*_at("destination"), "escape", "enter", *_OPEN_THE_LAST, "down", "space", "enter")

_TROUBLE = _at("review", "f2")
_MANY = _at("audiences", "space", "down", "space", "down", "space", "down", "space")
_LATER = ("leap:420",)
_RULE = ("a", "enter")
_INVENTORY = _at("review", "ctrl+p", *"inventory", "enter")
_MADE_TOKEN = _at("launchdarkly", "down", "enter", "until:review")

SITUATIONS: tuple[Situation, ...] = (
    Situation("welcome", "What the wizard will do, what is needed, that nothing changes before Review."),
    Situation("prerequisites", "Two questions, the first open; what is checked where.", does=("enter",)),
    Situation("launchdarkly", "The token folded with its last four; the environments.", does=_at("launchdarkly")),
    Situation("filtered", "The list narrowed to what was typed, with a count.", does=_at("launchdarkly", *"mob")),
    Situation("token-open", "The hidden field, open again, empty.", does=_TOKEN_FIELD),
    Situation("sdk-key-pasted", "The mistake, named before any call.", does=(*_TOKEN_FIELD, f"paste:{_SDK_KEY}")),
    Situation("segment", "The space to choose.", does=_at("segment")),
    Situation("destination", "Use one that exists or make a new one.", does=_at("destination")),
    Situation("mapping", "Context kind with its recommendation; the others suggested.", does=_at("mapping")),
    Situation("audiences", "Two marked, the count says so.", does=_at("audiences", "space", "down", "space")),
    Situation("review", "Each change with value, why, where, undo; Yes says how many.", does=_at("review")),
    Situation("applied", "Each change done and read back; on to the first sync.", does=_at("review", "y", "enter")),
    Situation("first-sync-begun", "The stages, the first ones under way.", does=_at("first_sync", "wait:60")),
    Situation("first-sync", "The segment is there, and its members come in.", does=_at("first_sync", "wait:585")),
    Situation("appeared", "The segment's name, key, members and link.", does=_at("first_sync", "wait:3600")),
    Situation(
        "late",
        "Which stage is late, why perhaps, what next.",
        "segment-late",
        _at("first_sync", "wait:270", "leap:1220", "wait:10"),
    ),
    Situation(
        "stuck", "What waiting will not mend: its cause and fix.", "delivery-failing", _at("first_sync", *_LATER)
    ),
    Situation(
        "could-not-look",
        "Coming back to a silent LaunchDarkly: nobody could look, and nothing is said to be gone.",
        does=_at("first_sync", "leap:3570", "wait:30", "escape", "mute:launchdarkly=503", "enter", "wait:5"),
    ),
    Situation("many-audiences", "One whole, the others a line each.", does=(*_MANY, "until:first_sync", "wait:400")),
    Situation("other-environments", "Picked among the others, with a count.", does=PICK_STAGING[:-1]),
    Situation(
        "several-review",
        "A group for each environment; what all share is said once, and one is partly by hand.",
        does=(*PICK_STAGING, "until:review"),
    ),
    Situation(
        "several-sync",
        "A line for each environment, then the own one's stages.",
        does=(*PICK_STAGING, *IN_DEVELOPMENT, "until:first_sync", "wait:300"),
    ),
    Situation("ask-an-admin", "What a LaunchDarkly admin is to make, with the policy.", does=_at("launchdarkly", "f4")),
    Situation("help", "What the question is, where its answer is found.", does=_at("launchdarkly", "f1")),
    Situation("troubleshoot", "What do you see, and what was checked so far.", "destination-disabled", _TROUBLE),
    Situation("question", "What no API can tell, with its why.", does=("f2", "6")),
    Situation("cause", "One cause, its fix, where; a repair after a yes.", "destination-disabled", (*_TROUBLE, "8")),
    Situation(
        "cause-with-values", "The values that the fix asks for, to copy.", "reader-token", ("finding", "f2", "1")
    ),
    Situation("repair", "Review with exactly what mends it.", "destination-disabled", (*_TROUBLE, "8", "enter")),
    Situation("work-shown", "The requests behind it, as lines for a shell.", "reader-token", ("finding", "w")),
    Situation("quit-question", "A pasted token would be lost.", does=(*_TOKEN_FIELD, "paste:api-0123456789", "f10")),
    Situation("rule", "The rule in words and as code, before a yes.", does=_at("first_sync", "wait:3600", *_RULE)),
    # coming back to a finished setup
    Situation("home", "How it stands, and what to do next.", comes_back=True),
    Situation("inventory", "Every synced segment, the worst first; why, and what to do.", "many-segments", _INVENTORY),
    Situation("undo", "What a yes takes back, what stays.", comes_back=True, does=("5",)),
    Situation("undone", "What was taken back, what is left.", comes_back=True, does=("5", "y", "enter")),
    Situation("rotate", "The new token's way in, before a yes.", comes_back=True, does=("9",)),
    # a token that the wizard makes
    Situation("make-token", "Paste a token, or let the wizard make one.", "make-token", _at("launchdarkly")),
    Situation("make-token-review", "The token among the changes.", "make-token", _MADE_TOKEN),
    # one thing is wrong
    Situation("reader-token", "This token can't write segments: cause, fix.", "reader-token", ("finding",)),
    Situation("wrong-pair", "Another account's client-side ID.", "wrong-pair", (*_PASTED_ID, "finding")),
    Situation("eu-account", "The destination cannot reach this account.", "eu-account", ("finding",)),
    Situation("sdk-key-known", "An SDK key was given as the token.", "sdk-key-pasted", ("finding",)),
    Situation("waiting", "Which host is called, for what, for how long.", "slow", ("freeze", "enter")),
    Situation("attach-needs-app", "What is left by hand, and where.", "attach-needs-app", _at("review", "y", "enter")),
    Situation("fresh-review", "One project, one audience: all is made.", "fresh", _at("review")),
    Situation(
        "flaky-applied",
        "Requests that fail now and then end well.",
        "flaky",
        _at("review", "y", "enter"),
    ),
    # by hand
    Situation("by-hand", "The first step: where, its page, the value to copy, when it is looked again.", does=_BY_HAND),
    Situation("by-hand-values", "Values copied, the token too without being drawn.", does=(*_BY_HAND, *_TO_VALUES)),
    Situation("by-hand-different", "The destination is there but off.", does=(*_BY_HAND, *_TO_VALUES, *_TICK)),
    Situation("by-hand-done", "All is done: on to the first sync.", does=(*_BY_HAND, *_TO_VALUES, *_TICK * 8)),
    Situation("request-card", "The colleague's part as plain text.", does=(*_BY_HAND, "r", "enter")),
    Situation(
        "attach-by-hand",
        "Only attaching is left to do by hand.",
        "attach-needs-app",
        (*_ATTACH_BY_HAND, "enter", "wait:1"),
    ),
    # names that strangers typed
    Situation("hostile-environments", "Names as plain text.", "hostile-names", _at("launchdarkly", "down", "end")),
    Situation("hostile-audiences", "Names as plain text.", "hostile-names", _HOSTILE),
    Situation(
        "hostile-review", "Names as plain text.", "hostile-names", _at("audiences", *_HOSTILE, "until:review", "end")
    ),
    Situation(
        "hostile-sync",
        "Names.",
        "hostile-names",
        _at("audiences", *_HOSTILE, "until:first_sync", "leap:570", "wait:3030"),
    ),
)

SCREENSHOTS = (
    "by-hand-values",
    "cause",
    "welcome",
    "launchdarkly",
    "mapping",
    "audiences",
    "review",
    "first-sync",
    "appeared",
    "reader-token",
)
