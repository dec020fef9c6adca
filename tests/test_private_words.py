"""No text for the user has one of our private words, which the vendors and the docs don't use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import wizard

PACKAGE = Path(wizard.__file__).parent
_INSTEAD = {
    "lit": "highlighted",
    "world": "scenario",
    "worlds": "scenarios",
    "hop": "stage",
    "staged": "set up",
}
_PRIVATE = re.compile(rf"\b(?:{'|'.join(_INSTEAD)})\b", re.IGNORECASE)


def _texts(path: Path) -> Iterator[str]:
    """Yield the strings of a module, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    statements = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in statements:
            yield node.value


def test_no_text_has_a_private_word() -> None:
    found = {
        (path.name, text)
        for path in PACKAGE.rglob("*.py")
        for text in _texts(path)
        if len(text.split()) > 2 and _PRIVATE.search(text)
    }
    assert not found, f"Write instead: {_INSTEAD}"
