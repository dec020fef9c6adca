"""What the findings tell of this set-up, for the texts of questions and for values to copy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from wizard.domain.answers import ContextKey
from wizard.domain.findings import Finding
from wizard.domain.mapping import LABELS
from wizard.domain.troubleshooting.question import Copy

# By name: which evidence tells it, and what is said when nothing does.
_SOURCES: Mapping[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "segment": ((("sync.segment", "name"),), "the segment"),
    "destination": ((("destination.exists", "name"),), "the LaunchDarkly destination"),
    "client_side_id": (
        (("destination.exists", "client_side_id"), ("launchdarkly.client_side_id", "client_side_id")),
        "the environment's client-side ID",
    ),
    "context_kind": (
        (("mapping.context_kind", "context_kind"), ("launchdarkly.context_kind", "context_kind")),
        "that the mapping sets",
    ),
    "context_key": ((("mapping.context_key", "context_key"),), "the context key of the mapping"),
}
_COPIED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "launchdarkly.token.permissions": (("Policy", "policy"),),
    "launchdarkly.approvals": (("Policy", "policy"),),
    "destination.exists": (("Client-side ID", "client_side_id"),),
    "destination.client_side_id": (("Client-side ID", "wanted"),),
    "mapping.trigger": (("Trigger", "wanted"),),
    "mapping.context_kind": (("Context kind", "wanted"),),
    "mapping.context_key": (("Context key", "wanted"),),
    "sync.segment": (("Segment", "name"),),
}


def known(findings: Iterable[Finding]) -> dict[str, str]:
    """A value for every name that a text may hold."""
    seen = {(f.id, name): value for f in findings for name, value in f.evidence.items() if isinstance(value, str)}
    values = {
        name: next((seen[source] for source in sources if seen.get(source)), unnamed)
        for name, (sources, unnamed) in _SOURCES.items()
    }
    key = next((key for key in ContextKey if key == values["context_key"]), None)
    project, environment = seen.get(("launchdarkly.pair", "project")), seen.get(("launchdarkly.pair", "environment"))
    return {
        **values,
        "context_key": f"“{LABELS[key]}”" if key else values["context_key"],
        "place": f"{project} / {environment}" if project and environment else "the environment of the set-up",
    }


def copies_of(finding: Finding) -> tuple[Copy, ...]:
    """The values of a finding that its fix asks to paste somewhere."""
    named = ((label, finding.evidence.get(name)) for label, name in _COPIED.get(finding.id, ()))
    return tuple(Copy(label, _text(value)) for label, value in named if value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2)
