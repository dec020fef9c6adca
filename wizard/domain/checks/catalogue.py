"""Every check, in the order of the walk. `CHECKS` is what the steps, `doctor` and the troubleshooting run."""

from __future__ import annotations

from wizard.domain.checks.check import Check

CHECKS: tuple[Check, ...] = ()
