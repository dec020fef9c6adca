"""Words and sentences that all interfaces share. Light to import, because the first frame needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wizard.domain.findings import Finding, Status
from wizard.domain.step_id import StepId
from wizard.text import count

_NUMBERS = ("Six", "Seven", "Eight", "Nine", "Ten")
HOW_LONG = f"{_NUMBERS[len(StepId) - 6]} steps, about ten minutes."
NOTHING_CHANGES_YET = "Nothing changes before you say yes at Review."
NEEDS = (
    "You need a LaunchDarkly access token. For Segment, you need a Public API token, or someone who works in its "
    "web app."
)
SIMULATED = "Both services are simulated: no account is needed, and nothing is stored anywhere."
_KEPT = "The wizard stores tokens only in this machine's keyring, if you want."
_NOT_KEPT = "Tokens stay in memory for this run. The keyring is off."
NOTHING_GIVEN = "Answer this to continue."
CHECKED = "Checked just now."
SAME_RESULT = "Checked just now: same result."
DONE_BY_A_COLLEAGUE = "Your colleague did it. Segment's delivery counts catch up in a few minutes."
NOT_ALL_CHECKED = "We couldn't check everything."
WHAT_DO_YOU_SEE = "What do you see?"
OUTSIDE_THE_SETUP = "This is outside your setup. To change it, open the wizard for that environment."
WHICH_GETS_THE_RULE = "In which environment does a flag get the rule?"

STATUSES: Mapping[Status, str] = {
    Status.PASS: "pass",
    Status.WARN: "warning",
    Status.FAIL: "failed",
    Status.UNKNOWN: "unknown",
    Status.SKIPPED: "skipped",
}


def where_tokens_go(*, is_simulated: bool, stores: bool) -> str:
    """Say what happens to tokens, before the first one is asked for. `stores` is the value of `Vault.stores`."""
    return SIMULATED if is_simulated else _KEPT if stores else _NOT_KEPT


def resume_line(command: str) -> str:
    """Say that the answers are saved, and which command continues with them."""
    return f"Your answers are saved. Continue with: {command}"


def notable_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return failures, warnings and unknowns. Interfaces show them in full, and only count the others."""
    return tuple(one for one in findings if one.status in {Status.FAIL, Status.WARN, Status.UNKNOWN})


def no_problem_text(findings: Iterable[Finding]) -> str:
    """Say that no problem was found; "so far" where checks that matter still wait for an answer or a read."""
    waits = any(one.matters and not one.judged for one in findings)
    return "No problems found so far. Some checks haven't run." if waits else "No problems found."


def passed_and_waiting(findings: tuple[Finding, ...]) -> tuple[str, str]:
    """Return "9 checks passed" and "2 wait for the fix"; each is empty when there is nothing to count."""
    passed = sum(one.status is Status.PASS for one in findings)
    skipped = sum(one.status is Status.SKIPPED for one in findings)
    is_awaited = skipped and any(one.status is Status.FAIL for one in findings)
    waiting = f"{skipped} {'waits' if skipped == 1 else 'wait'} for the fix" if is_awaited else ""
    return f"{count(passed, 'check')} passed" if passed else "", waiting
