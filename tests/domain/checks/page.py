"""Write docs/checks.md from the code: `python -m tests.domain.checks.page`.

No text is written twice: each finding comes from its check, on the facts of the check's own table test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.domain.checks.test_catalogue import CASES
from tests.domain.sample_facts import NOW
from wizard.domain.answers import Answers
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import Check
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Question
from wizard.domain.diagnosis.symptoms.catalogue import CAUSES, HINTS, QUESTIONS, SYMPTOMS
from wizard.domain.diagnosis.words import sentence, words
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.flow.journey import READINGS_BY_SLOT as READINGS
from wizard.flow.journey import STEPS

PAGE = Path(__file__).parents[3] / "docs" / "checks.md"
_HEAD = """# What the wizard checks

Generated from the code by `python -m tests.domain.checks.page`; a test fails when it is stale.

Each check returns `pass`, `warn`, `fail`, `unknown` (we couldn't tell) or `skipped`. The findings below are from
made-up setups: the shop of a company called Acme. [LaunchDarkly](launchdarkly.md) and [Twilio Segment](segment.md) say
what the services do, and how sure that is.
"""
_SHOWN_AS_NAMES = (
    *("audience", "audience_key", "segment", "destination", "place", "elsewhere", "client_side_id", "context_kind"),
    *("context_key", "test_user", "counts", "surplus", "others", "candidates"),
)
_UNNAMED = words(Evidence(Facts(now=NOW), Answers(), ())) | {
    name: f"*{name.replace('_', ' ')}*" for name in _SHOWN_AS_NAMES
}
_TOLD = (Status.FAIL, Status.WARN, Status.UNKNOWN)


def page() -> str:
    """The whole page."""
    parts = (_HEAD, *_checks(), *_symptoms(), *_causes(), *_questions(), *_hints())
    return "\n".join(parts)


def _checks() -> Iterator[str]:
    findings = _findings()
    for step in STEPS:
        own = [check for check in CHECKS if check.step == step.id]
        if own:
            yield f"## {step.title}\n"
        for check in own:
            yield _check(check, findings[check.id])


def _findings() -> dict[str, list[Finding]]:
    """What each check's own cases bring about, failures first; one of each kind."""
    found: dict[str, list[Finding]] = {check.id: [] for check in CHECKS}
    for case in CASES:
        finding = case.findings[case.check]
        known_already = {(one.status, one.cause, one.fix) for one in found[case.check]}
        if finding.status in _TOLD and (finding.status, finding.cause, finding.fix) not in known_already:
            found[case.check].append(finding)
    return {check: sorted(ones, key=lambda one: _TOLD.index(one.status)) for check, ones in found.items()}


def _check(check: Check, findings: Iterable[Finding]) -> str:
    looks = "; ".join(dict.fromkeys(READINGS[slot].doing for slot in check.reads))
    lines = [f"### `{check.id}`", "", f"**{check.title}.** By {looks}.", ""]
    for finding in findings:
        cause = f" {finding.cause}" if finding.cause else ""
        lines.append(f"- `{finding.status}` {finding.summary}{cause} **Fix:** {finding.fix}")
    return "\n".join([*lines, ""])


def _symptoms() -> Iterator[str]:
    yield "## Symptoms, and the causes that a diagnosis looks for\n"
    yield "`audience-wizard troubleshoot` and F2 begin with a symptom. The likeliest cause comes first.\n"
    for symptom in SYMPTOMS:
        yield f"- `{symptom.id}` **{symptom.title}.** {', '.join(f'`{one.id}`' for one in symptom.causes)}"
    yield ""


def _causes() -> Iterator[str]:
    yield "## Causes\n"
    yield "A cause without a text of its own says what its check says.\n"
    for cause in CAUSES:
        says, fix, then = (sentence(text, _UNNAMED) for text in (cause.says, cause.whole_fix, cause.proof_of_the_fix))
        said = f" {says} **Fix:** {fix}{f' **Then:** {then}' if then else ''}" if says else ""
        yield f"- `cause:{cause.id}` **{cause.title}.**{said}"
    yield ""


def _questions() -> Iterator[str]:
    yield "## Questions of a diagnosis\n"
    yield "They are about what no API can answer. Each is asked only where its answers leave different causes.\n"
    for question in QUESTIONS:
        yield _question(question)


def _question(question: Question) -> str:
    lines = [f"### `question:{question.id}`", "", f"**{question.text}** {question.why}".format_map(_UNNAMED), ""]
    lines += [f"- `{choice.id}` {choice.label.format_map(_UNNAMED)}" for choice in question.choices]
    return "\n".join([*lines, ""])


def _hints() -> Iterator[str]:
    yield "## Worth knowing\n"
    for hint in HINTS:
        yield f"- `hint:{hint.id}` {hint.text.format_map(_UNNAMED)}"
    yield ""


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
