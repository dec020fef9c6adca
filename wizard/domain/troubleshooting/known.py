"""What the findings tell of this set-up, for the texts of questions and for values to copy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from wizard.domain.answers import ContextKey
from wizard.domain.checks import (
    destination,
    launchdarkly_app,
    launchdarkly_approvals,
    launchdarkly_environment,
    launchdarkly_permissions,
    mapping,
    sync_segment,
)
from wizard.domain.findings import Finding
from wizard.domain.mapping import LABELS
from wizard.domain.troubleshooting.question import Copy

# By name: which evidence tells it, and what is said when nothing does.
_SOURCES: Mapping[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "segment": (((sync_segment.SEGMENT.id, "name"),), "the segment"),
    "destination": (((destination.EXISTS.id, "name"),), "the LaunchDarkly destination"),
    "client_side_id": (
        ((destination.EXISTS.id, "client_side_id"), (launchdarkly_environment.CLIENT_SIDE_ID.id, "client_side_id")),
        "the environment's client-side ID",
    ),
    "context_kind": (
        ((mapping.CONTEXT_KIND.id, "context_kind"), (launchdarkly_app.CONTEXT_KIND.id, "context_kind")),
        "of the mapping",
    ),
    "context_key": (((mapping.CONTEXT_KEY.id, "context_key"),), "the mapping's context key"),
}
_COPIED: Mapping[str, tuple[tuple[str, str], ...]] = {
    launchdarkly_permissions.PERMISSIONS.id: (("Policy", "policy"),),
    launchdarkly_approvals.APPROVALS.id: (("Policy", "policy"),),
    destination.EXISTS.id: (("Client-side ID", "client_side_id"),),
    destination.CLIENT_SIDE_ID.id: (("Client-side ID", "wanted"),),
    mapping.TRIGGER.id: (("Trigger", "wanted"),),
    mapping.CONTEXT_KIND.id: (("Context kind", "wanted"),),
    mapping.CONTEXT_KEY.id: (("Context key", "wanted"),),
    sync_segment.SEGMENT.id: (("Segment", "name"),),
}


def known(findings: Iterable[Finding]) -> dict[str, str]:
    """A value for every name that a text may hold."""
    seen = {(f.id, name): value for f in findings for name, value in f.evidence.items() if isinstance(value, str)}
    values = {
        name: next((seen[source] for source in sources if seen.get(source)), unnamed)
        for name, (sources, unnamed) in _SOURCES.items()
    }
    key = next((key for key in ContextKey if key == values["context_key"]), None)
    project, environment = (seen.get((launchdarkly_environment.PAIR.id, name)) for name in ("project", "environment"))
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
