"""Where the answer behind a finding is set, for a user who only knows the setup file or variables."""

from __future__ import annotations

from wizard.domain.credentials import CLIENT_SIDE_ID, CREDENTIALS
from wizard.domain.findings import Finding
from wizard.flow.steps.ask import Ask
from wizard.flow.walk import Walk
from wizard.headless.given_file import shown
from wizard.headless.setup.setup_file import SetupFile


def set_in(walk: Walk, finding: Finding, setup: SetupFile | None = None) -> str:
    """Return the variable or the file's line to change to fix the finding; empty if it's neither."""
    ask = next((ask for step in walk.steps for ask in step.asks if ask.fixes(finding)), None)
    if ask is None or (ask.secret and finding.id.startswith("destination.")):  # that token is corrected in Segment
        return ""
    return _variable(ask, walk) or (_line(ask, setup) if setup else "")


def _variable(ask: Ask, walk: Walk) -> str:
    credential = CLIENT_SIDE_ID if ask.id == "environment" else ask.secret
    origin = walk.where.get(credential.slot, "") if credential else ""
    variables = {name for one in CREDENTIALS for name in one.variables}
    return f"the variable {origin}" if origin in variables else ""


def _line(ask: Ask, setup: SetupFile) -> str:
    key = next((setting.key for setting in reversed(ask.settings) if setting.key in setup.given), "")
    return f"{shown(setup.path)}:{setup.lines[key]} ({setup.called.get(key, key)})" if key in setup.lines else ""
