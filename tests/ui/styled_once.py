"""Style rules matched to a node once for all apps of a process: matching takes a fifth of a screen test.

The result depends on the rules that may match, and on type, name, classes and state of the node and its ancestors, as
far as these rules mention them. Rules that depend on anything else, such as the place among the node's siblings, are
matched each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

_apply = Stylesheet.apply
_STATES = {"hover", "focus", "blur", "can-focus", "disabled", "enabled", "dark", "light", "inline", "ansi", "nocolor"}
_GETTERS: tuple[tuple[frozenset[str], Callable[[Any], object]], ...] = (
    (frozenset({"hover"}), lambda widget: widget.mouse_hover),
    (frozenset({"focus", "blur"}), lambda widget: widget.has_focus),
    (frozenset({"disabled", "enabled"}), lambda widget: widget.disabled),
    (frozenset({"can-focus"}), lambda widget: widget.allow_focus()),
)


@dataclass(frozen=True)
class _Rules:
    """The rules that may match a node: a number for them in their order, and what they mention."""

    number: int
    names: frozenset[str]
    states: tuple[Callable[[Any], object], ...]


_RULES: dict[tuple[int, ...], _Rules] = {}  # the rules themselves live on in `parsed_once`
_SHEETS: WeakKeyDictionary[Stylesheet, tuple[list[Any], dict[tuple[Any, ...], _Rules]]] = WeakKeyDictionary()
_KNOWN: dict[tuple[Any, ...], tuple[dict[str, Any], tuple[bool, ...]] | None] = {}
_FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")


@pytest.fixture
def nodes_styled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    style_once(monkeypatch)


def style_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stylesheet, "apply", _applied)


def _applied(sheet: Stylesheet, node: DOMNode, *, animate: bool = False, cache: Any = None) -> None:
    del cache  # Textual's own, of one pass
    rules_for_it = _rules_for(sheet, node)
    key = rules_for_it.number, _state_of(node, rules_for_it)
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
    """Replace the node's rules: a new node gets them all at once, any other only the changes."""
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
    """Style the node as Textual does; return what matched, or None when that depends on more than its state."""
    passing: dict[Any, Any] = {}
    _apply(sheet, node, animate=animate, cache=passing)
    names = sheet.rules_map.keys() & node._selector_names
    asked: Iterable[set[str]] = (rule.pseudo_classes for name in names for rule in sheet.rules_map[name])
    if not _STATES.issuperset(set().union(*asked)):
        return None
    held = dict(node.styles.base._rules) if next(iter(passing.values()), {}) else {}
    return held, tuple(getattr(node, name) for name in _FLAGS)


def _rules_for(sheet: Stylesheet, node: DOMNode) -> _Rules:
    rules, known = _SHEETS.get(sheet, (None, {}))
    if rules is not sheet.rules:
        known = {}
        _SHEETS[sheet] = sheet.rules, known
    key = type(node), node._id, node.classes
    if key not in known:
        names = sheet.rules_map.keys() & node._selector_names
        may_hold = {id(rule) for name in names for rule in sheet.rules_map[name]}
        known[key] = _known_rules([rule for rule in sheet.rules if id(rule) in may_hold])
    return known[key]


def _known_rules(rules: list[RuleSet]) -> _Rules:
    key = tuple(map(id, rules))
    if key not in _RULES:
        names = frozenset(one.name for rule in rules for each in rule.selector_set for one in each.selectors)
        asked = frozenset[str]().union(*(rule.pseudo_classes for rule in rules))
        states = tuple(get for states, get in _GETTERS if states & asked)
        _RULES[key] = _Rules(len(_RULES), names, states)
    return _RULES[key]


def _state_of(node: DOMNode, rules: _Rules) -> tuple[Any, ...]:
    """Return the state that decides on styles, including whether the node is in an app yet."""
    path, app = node.css_path_nodes, node.app
    states = [_own_state(one, rules) for one in path]
    return path[0] is app, *states, type(app), app.current_theme.dark, app.native_ansi_color


def _own_state(node: DOMNode, rules: _Rules) -> tuple[Any, ...]:
    state: tuple[Any, ...] = ()
    if isinstance(node, Widget):
        state = tuple(get(node) for get in rules.states)
    elif isinstance(node, App):
        state = node.app_focus, node.is_inline, node.no_color
    return type(node), node._id if node._id in rules.names else None, node.classes & rules.names, state
