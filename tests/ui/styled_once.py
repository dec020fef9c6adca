"""One answer for all apps of a process to which rules hold for a node: asking them is a fifth of a screen test.

The answer depends on the style sheet, and on type, name, classes and state of the node and of all that it is in. Rules
that depend on anything else, such as the place among its siblings, are asked each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

_apply = Stylesheet.apply
_STATES = {"hover", "focus", "blur", "can-focus", "disabled", "enabled", "dark", "light", "inline", "ansi", "nocolor"}
_SHEETS: dict[tuple[int, ...], int] = {}  # which rules, as a number; the rules themselves live on in `parsed_once`
_NUMBERS: WeakKeyDictionary[Stylesheet, tuple[list[Any], int]] = WeakKeyDictionary()
_KNOWN: dict[tuple[Any, ...], tuple[dict[str, Any], tuple[bool, ...]] | None] = {}
_FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")


@pytest.fixture
def nodes_styled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    style_once(monkeypatch)


def style_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stylesheet, "apply", _applied)


def _applied(sheet: Stylesheet, node: DOMNode, *, animate: bool = False, cache: Any = None) -> None:
    del cache  # Textual's own, of one pass
    key = _number_of(sheet), _state_of(node)
    if key not in _KNOWN:
        _KNOWN[key] = _asked(sheet, node, animate)
    elif (known := _KNOWN[key]) is None:
        _apply(sheet, node, animate=animate)
    else:
        rules, flags = known
        for name, flag in zip(_FLAGS, flags, strict=True):
            setattr(node, name, flag)
        if rules:
            _style(node, rules)
        sheet._process_component_classes(node)


def _style(node: DOMNode, rules: dict[str, Any]) -> None:
    """Give the node these rules in the place of those it has: a new node all at once, another what changes."""
    base = node.styles.base
    if not base._rules:
        base._rules.update(rules)  # type: ignore[typeddict-item]
        base._updates += 1
        base.refresh(layout=True)
    elif base._rules != rules:
        for name in base._rules.keys() | rules.keys():
            if base._rules.get(name) != rules.get(name):
                setattr(base, name, rules.get(name))
    node.notify_style_update()


def _asked(sheet: Stylesheet, node: DOMNode, animate: bool) -> tuple[dict[str, Any], tuple[bool, ...]] | None:
    """Style the node as Textual does; return what held, or None when it depends on more than its state."""
    passing: dict[Any, Any] = {}
    _apply(sheet, node, animate=animate, cache=passing)
    names = sheet.rules_map.keys() & node._selector_names
    asked: Iterable[set[str]] = (rule.pseudo_classes for name in names for rule in sheet.rules_map[name])
    if not _STATES.issuperset(set().union(*asked)):
        return None
    held = dict(node.styles.base._rules) if next(iter(passing.values()), {}) else {}
    return held, tuple(getattr(node, name) for name in _FLAGS)


def _number_of(sheet: Stylesheet) -> int:
    rules, number = _NUMBERS.get(sheet, (None, 0))
    if rules is not sheet.rules:
        number = _SHEETS.setdefault(tuple(map(id, sheet.rules)), len(_SHEETS))
        _NUMBERS[sheet] = sheet.rules, number
    return number


def _state_of(node: DOMNode) -> tuple[Any, ...]:
    """Whether it is in an app yet counts too: a class may be set before."""
    path, app = node.css_path_nodes, node.app
    return path[0] is app, *map(_own_state, path), type(app), app.current_theme.dark, app.native_ansi_color


def _own_state(node: DOMNode) -> tuple[Any, ...]:
    state: tuple[Any, ...] = ()
    if isinstance(node, Widget):
        state = node.mouse_hover, node.has_focus, node.disabled, node.allow_focus()
    elif isinstance(node, App):
        state = node.app_focus, node.is_inline, node.no_color
    return type(node), node._id, node.classes, state
