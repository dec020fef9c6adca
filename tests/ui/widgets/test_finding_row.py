"""What the row of a finding says before the finding is opened."""

from __future__ import annotations

import pytest

from wizard.domain.findings import Finding, Status
from wizard.ui.widgets.finding_row import FindingRow


@pytest.mark.parametrize(("evidence", "says"), [({"policy": "[]"}, True), ({}, False)])
def test_a_policy_that_the_fix_speaks_of_is_one_key_away(evidence: dict[str, object], says: bool) -> None:
    finding = Finding("launchdarkly.approvals", "Approvals", Status.WARN, "", fix="See below.", evidence=evidence)
    said = "\n".join(row.plain for row in FindingRow(finding)._laid_out(80))
    assert ("Open this finding to read and copy it." in said) is says
