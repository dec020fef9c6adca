"""What a flag serves, and why, in words."""

from __future__ import annotations

import pytest

from wizard.domain.services.launchdarkly import FlagValue, Reason
from wizard.domain.signals.flag_evaluation import reason_in_words


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (FlagValue("a", "true", Reason.RULE_MATCH, 2), "rule 2"),
        (FlagValue("a", "true", Reason.RULE_MATCH), "a rule matched"),
        (FlagValue("a", "true", Reason.OFF), "the flag is off"),
        (FlagValue("a", "true", Reason.FALLTHROUGH), "no rule matched, so the default rule decides"),
        (FlagValue("a", "true", Reason.TARGET_MATCH), "the user is targeted individually"),
        (FlagValue("a", "true", Reason.PREREQUISITE_FAILED), "a prerequisite isn't met"),
        (FlagValue("a", "true", Reason.PREREQUISITE_FAILED, prerequisite="beta"), "its prerequisite beta isn't met"),
        (FlagValue("a", "true", "SPLIT"), "split"),
    ],
)
def test_the_reason_is_launchdarklys_in_words(seen: FlagValue, said: str) -> None:
    assert reason_in_words(seen) == said
