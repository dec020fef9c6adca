"""Textual's repeated look-ups in unchanged code, done only once: they are a tenth of a screen test.

A class always has the same handlers for a message and the same computed attributes. All functions from the same `def`
take the same number of parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import pytest
from textual import _callback
from textual.message import Message
from textual.message_pump import MessagePump
from textual.reactive import Reactive

_asked: Any = MessagePump._get_dispatch_methods
_read: Any = Reactive.__get__
_counted = _callback._count_parameters
_HANDLERS: dict[tuple[type, str, type], tuple[tuple[type, Any], ...] | None] = {}
_COMPUTED: dict[tuple[type, str], bool] = {}
_COUNTS: dict[CodeType, int] = {}


@pytest.fixture
def classes_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MessagePump, "_get_dispatch_methods", _handlers)
    monkeypatch.setattr(Reactive, "__get__", _value)
    monkeypatch.setattr(_callback, "_count_parameters", _parameters)
    monkeypatch.setattr("textual.strip.FIFOCache", lambda _: {})  # seven for each line that is drawn, few used


def _handlers(pump: MessagePump, name: str, message: Message) -> Iterator[tuple[type, Any]]:
    key = type(pump), name, type(message)
    if key not in _HANDLERS:
        _HANDLERS[key] = _named(*key)
    if (known := _HANDLERS[key]) is None:
        yield from _asked(pump, name, message)
        return
    for cls, method in known:
        if message._no_default_action:
            return
        yield cls, method.__get__(pump, cls)


def _named(pump: type, name: str, message: type) -> tuple[tuple[type, Any], ...] | None:
    """Return the handlers of that name, nearest class first; None if a decorated handler depends on the sender."""
    if any(cls.__dict__.get("_decorated_handlers", {}).keys() & set(message.__mro__) for cls in pump.__mro__):
        return None
    found = ((cls, cls.__dict__.get(f"_{name}") or cls.__dict__.get(name)) for cls in pump.__mro__)
    return tuple((cls, method) for cls, method in found if method is not None and not hasattr(method, "_textual_on"))


def _value(reactive: Reactive[Any], obj: Any, owner: type) -> Any:
    if obj is None:
        return reactive
    key = type(obj), reactive.name
    if key not in _COMPUTED:
        _COMPUTED[key] = hasattr(obj, reactive.compute_name)
    name = reactive.internal_name
    return _read(reactive, obj, owner) if _COMPUTED[key] or name not in obj.__dict__ else obj.__dict__[name]


def _parameters(function: Callable[..., Any]) -> int:
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__"):
        return _counted(function)
    if code not in _COUNTS:
        _COUNTS[code] = _counted(function)
    return _COUNTS[code]
