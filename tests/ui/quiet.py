"""Wait until an app has handled everything that was done to it, as the event loop shows, without sleeping.

Only then the screen is laid out. It's painted when a test looks at it, when a dialog closes and before the app ends, so
that no error in drawing is missed; frames that nobody looks at would take a third of a screen test. Screens that a test
only passes through are painted by their own pictures, and by random keys.

A pilot of Textual sleeps after each key until the process has been idle for a while, and sends each widget a message.
Here it waits until nothing is left that could run. Timers that draw are run at once. Tests that depend on another
timer, a thread or a clock wait for its effect with `until`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from textual._compositor import Compositor
from textual._context import active_app, visible_screen_stack
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import UPDATE_PERIOD, Screen

PATIENCE_S = 60.0  # enough for a machine that is far slower than ours
A_MOMENT_S = 0.001  # real time, for threads and the terminal
_render_update = Compositor.render_update
_LEAVES: tuple[tuple[type, str], ...] = (
    (App, "pop_screen"),
    (App, "_shutdown"),
)


async def quiet(app: App[Any]) -> None:
    """Wait until each widget has handled all its messages, and the results are drawn."""
    loop: Any = asyncio.get_running_loop()
    end = time.monotonic() + PATIENCE_S
    while app._running and app._exception is None:
        await asyncio.sleep(0)  # noqa: TID251 - gives the loop a turn, takes no time
        if loop._ready:
            assert time.monotonic() < end, "something runs on and on"
        elif waiting := [screen for screen in _shown(app) if _is_to_be_drawn(screen)]:
            assert time.monotonic() < end, "something is never drawn"
            _draw(waiting)
        elif app._resize_event is not None or any(_is_busy(pump) for pump in (app, *app._registry)):
            assert time.monotonic() < end, "a message was not taken"
            await a_moment()  # its handler waits for a thread or a timer
        else:
            return


def _draw(waiting: list[Screen[Any]]) -> None:
    """Do the work of each screen's update timer, and handle an error in it as the app would."""
    for screen in waiting:
        with screen.app._context(), screen._context():
            try:
                screen._on_timer_update()
            except Exception as error:  # noqa: BLE001 - as a timer of Textual does
                screen.app._handle_exception(error)


def _paint(app: App[Any]) -> None:
    """Have each widget in view draw itself, if any changed since the last time, without joining the lines."""
    if not (app._running and app._exception is None and app.screen_stack and app.screen._compositor._dirty_regions):
        return
    app.screen._compositor._dirty_regions.clear()
    visible_screen_stack.set(app._background_screens)
    try:
        for _ in app.screen._compositor._get_renders():
            pass
    except Exception as error:  # noqa: BLE001 - as in `_draw`
        app._handle_exception(error)


def _painted_before(leave: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method of an app or a screen that first paints what it leaves."""

    def leave_painted(node: DOMNode, *args: Any, **more: Any) -> Any:
        _paint(node.app)
        return leave(node, *args, **more)

    return leave_painted


async def a_moment() -> None:
    await asyncio.sleep(A_MOMENT_S)  # noqa: TID251 - real time


def _is_busy(pump: MessagePump) -> bool:
    """Return whether `pump` does anything but wait for its next message."""
    is_open = pump._running and not pump._closing and not pump._closed
    return is_open and (bool(pump._next_callbacks) or not pump._message_queue.ready_event._waiters)


def _shown(app: App[Any]) -> tuple[Screen[Any], ...]:
    """Return the screens in view; a hidden screen is drawn when it's in view again."""
    if not app.screen_stack or app._batch_count:
        return ()
    return (app.screen, *(app._background_screens if app.screen.is_modal else ()))


def _is_to_be_drawn(screen: Screen[Any]) -> bool:
    return _is_to_be_laid_out(screen) or _is_to_be_painted(screen)


def _is_to_be_laid_out(screen: Screen[Any]) -> bool:
    wanted = screen._layout_required, screen._scroll_required, screen._recompose_required
    return any(wanted) or bool(screen._callbacks)


def _is_to_be_painted(screen: Screen[Any]) -> bool:
    """Return whether the topmost screen needs painting; that paints the screens below it too."""
    return screen is screen.app.screen and (screen._repaint_required or bool(screen._dirty_widgets))


@pytest.fixture
def pilots_wait_for_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for_the_loop(monkeypatch)


@pytest.fixture
def painted_when_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    paint_when_quiet(monkeypatch)


def paint_when_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the frames in between; everything is laid out once the app is quiet.

    A full frame is drawn again only if something has changed.
    """
    last: WeakKeyDictionary[Compositor, tuple[Any, Any]] = WeakKeyDictionary()

    def painted(compositor: Compositor, full: bool = False, screen_stack: Any = None, simplify: bool = False) -> Any:
        if not full:
            return None
        below = tuple(screen_stack or ())
        asked = below, simplify, compositor.size
        is_changed = compositor._dirty_regions or any(screen._compositor._dirty_regions for screen in below)
        if is_changed or last.get(compositor, (None,))[0] != asked:
            last[compositor] = asked, _render_update(compositor, full, screen_stack, simplify)
        return last[compositor][1]

    monkeypatch.setattr(Compositor, "render_update", painted)
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 3600.0)
    for cls, name in _LEAVES:
        monkeypatch.setattr(cls, name, _painted_before(getattr(cls, name)))


def paint_every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint every frame, as Textual does, for tests of what no single frame may do."""
    monkeypatch.setattr(Compositor, "render_update", _render_update)
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", UPDATE_PERIOD)


def wait_for_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pilots wait for `quiet` after each key and at each pause."""

    async def wait_for_idle(*_: float) -> None:
        await quiet(active_app.get())

    async def wait_for_screen(pilot: Pilot[Any], *_: float) -> bool:
        await quiet(pilot.app)
        return pilot.app._exception is None

    async def pause(pilot: Pilot[Any], _: float | None = None) -> None:
        await quiet(pilot.app)

    monkeypatch.setattr("textual.app.wait_for_idle", wait_for_idle)
    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_for_screen)
    monkeypatch.setattr(Pilot, "pause", pause)
