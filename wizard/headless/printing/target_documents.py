"""JSON documents of commands on several environments: as for one environment, but with `target` on each item.

See docs/reference.md#several-environments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from wizard.exit_codes import ExitCode
from wizard.headless.printing.documents import SCHEMA

Document: TypeAlias = Mapping[str, Any]
Part: TypeAlias = tuple[str, Document]  # an environment's name and its document


def plans_document(parts: Sequence[Part]) -> dict[str, Any]:
    blocked = [check for _, document in parts for check in document["blocked_by"]]
    return {
        "schema": SCHEMA,
        "changes": _items(parts, "changes"),
        "blocked_by": list(dict.fromkeys(blocked)),
        "targets": [{"target": name, "blocked_by": document["blocked_by"]} for name, document in parts],
    }


def all_results_document(parts: Sequence[Part], codes: Mapping[str, ExitCode]) -> dict[str, Any]:
    """Return the document of `apply` and `undo`; `codes` has each environment's own exit code."""
    return {
        "schema": SCHEMA,
        "results": _items(parts, "results"),
        "targets": [{"target": _named(name), "exit_code": int(code)} for name, code in codes.items()],
    }


def doctors_document(parts: Sequence[Part], healthy: bool | None) -> dict[str, Any]:
    kept = ("healthy", "since_last")
    return {
        "schema": SCHEMA,
        "healthy": healthy,
        "checks": _items(parts, "checks"),
        "targets": [
            {"target": name, **{key: document[key] for key in kept if key in document}} for name, document in parts
        ],
    }


def all_watched_document(parts: Sequence[Part], outcome: str) -> dict[str, Any]:
    """Return the last document of `watch`: how all ended, with the same fields as for one environment."""
    ends = [document for _, document in parts]
    fields = ("outcome", "elapsed_s", "test_user", "trouble")
    return {
        "schema": SCHEMA,
        "event": "result",
        "outcome": outcome,
        "at": max((end["at"] for end in ends), default=""),
        "elapsed_s": max((end["elapsed_s"] for end in ends), default=0.0),
        "segments": _items(parts, "segments"),
        "test_user": None,
        "next_steps": list(dict.fromkeys(step for end in ends for step in end["next_steps"])),
        "trouble": next((end["trouble"] for end in ends if end["trouble"]), None),
        "targets": [{"target": name, **{key: document[key] for key in fields}} for name, document in parts],
    } | ({"interrupted": True} if any(end.get("interrupted") for end in ends) else {})


def event_document(name: str, document: Document) -> dict[str, Any]:
    """Return one environment's document of `watch`; only the last document of all is called the result."""
    event = "target" if document["event"] == "result" else document["event"]
    return {**document, "event": event, "target": name}


def _items(parts: Iterable[Part], key: str) -> list[dict[str, Any]]:
    return [{**item, "target": _named(name)} for name, document in parts for item in document[key]]


def _named(name: str) -> str | None:
    """Return the environment's name; None for what the profile made without a target."""
    return name or None
