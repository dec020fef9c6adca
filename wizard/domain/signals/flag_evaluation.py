"""What a flag serves to the test user, in one sentence (docs/launchdarkly.md#what-a-flag-serves)."""

from __future__ import annotations

from wizard.domain.services.launchdarkly import FlagValue, Reason

_WHY = {
    Reason.OFF: "the flag is off",
    Reason.FALLTHROUGH: "no rule matched, so the default rule decides",
    Reason.TARGET_MATCH: "the user is targeted individually",
    Reason.PREREQUISITE_FAILED: "a prerequisite isn't met",
}


def reason_in_words(seen: FlagValue) -> str:
    """Return LaunchDarkly's reason in words. Rules are numbered as in the web app."""
    if seen.reason == Reason.RULE_MATCH:
        return f"rule {seen.rule}" if seen.rule else "a rule matched"
    if seen.reason == Reason.PREREQUISITE_FAILED and seen.prerequisite:
        return f"its prerequisite {seen.prerequisite} isn't met"
    return next((said for known, said in _WHY.items() if known == seen.reason), seen.reason.casefold())


def evaluation_in_words(seen: FlagValue, user: str) -> str:
    """Return what the flag serves, such as "The flag new-checkout serves true to u_42 (rule 2)"."""
    reason = reason_in_words(seen)
    return f"The flag {seen.flag} serves {seen.value} to {user}{f' ({reason})' if reason else ''}"
