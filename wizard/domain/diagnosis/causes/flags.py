"""Causes at the flag: no rule uses the segment, another rule comes first, or the flag is off."""

from __future__ import annotations

from wizard.domain.diagnosis.cause import (
    CHECK_AGAIN,
    Cause,
    Proof,
    Sign,
    answer,
    confirms,
    excludes,
    no_answer,
    suggests,
)
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Reason
from wizard.domain.services.naming import flag_rule
from wizard.domain.signals import flag_evaluation
from wizard.text import count

NOTHING = frozenset({"false", "null", '""', "0"})  # values that say "off", whatever the rule
_RULE = flag_rule("{segment}")

FLAG_RULE = Question(
    "flag-rule",
    "In LaunchDarkly, open {flag} in {place}. What does its Targeting tab show?",
    "{why_no_value}",
    (
        Choice("right", "The flag is on, and its first rule is for {segment}"),
        Choice("off", "The flag is off"),
        Choice("no-rule", "No rule uses {segment}"),
        Choice("other-first", "Another rule, or an individual target, comes before the rule for {segment}"),
        Choice("more-conditions", "The rule for {segment} has further conditions"),
        Choice("prerequisite", "The flag has a prerequisite that isn't met"),
    ),
    lambda evidence: _reason(evidence) is None and not evidence.is_right_at_the_flag,
)


def _reason(evidence: Evidence) -> str | None:
    """Return why LaunchDarkly's own evaluation serves the value; None if it doesn't say, or ended in an error."""
    seen = evidence.value
    return seen.reason if seen and seen.reason and seen.reason != Reason.ERROR else None


def _served(*reasons: Reason) -> Sign:
    """Return a sign that confirms on these reasons of LaunchDarkly's evaluation, and excludes on others."""

    def sign(evidence: Evidence) -> Proof | None:
        seen = evidence.value
        if seen is None or _reason(evidence) is None:
            return None
        said = f"{flag_evaluation.evaluation_in_words(seen, evidence.answers.test_user)}."
        is_on = seen.value == "true" and seen.reason == Reason.FALLTHROUGH
        return (confirms if seen.reason in reasons and not is_on else excludes)(said)

    return sign


def _is_switched_off(evidence: Evidence) -> Proof | None:
    """Judge the flag's switch. For a flag that the user didn't choose, only "off" says something."""
    flag = evidence.targeting
    if flag is None or flag.on is None:
        return None
    if flag.on:
        return excludes(f"The flag {flag.key} is on.") if flag.key == evidence.answers.flag else None
    return confirms(f"The flag {flag.key} is off.")


def _is_right(evidence: Evidence) -> Proof | None:
    """Exclude causes in the rules when the rule for the segment comes first."""
    if not evidence.is_right_at_the_flag:
        return None
    return excludes(f"The first rule of {evidence.answers.flag} is for {evidence.name}, and nothing comes before it.")


def _no_flag(evidence: Evidence) -> Proof | None:
    """Judge whether the user's flag uses the segment. Other flags that use it prove nothing."""
    if evidence.flags is None:
        return None
    wanted = evidence.answers.flag
    if not evidence.flags:
        return confirms(f"LaunchDarkly lists no flags that use {evidence.name}.")
    if wanted and wanted not in evidence.flags:
        return confirms(f"The flag {wanted} doesn't use {evidence.name}.")
    if not wanted and evidence.given.get(FLAG_RULE.id) == "no-rule":
        return suggests(f"{_using(evidence)}. If yours is among them, choose it in the First sync step.")
    return excludes(f"{_using(evidence)}.")


def _using(evidence: Evidence) -> str:
    flags = evidence.flags or ()
    return f"{count(len(flags), 'flag uses', 'flags use')} {evidence.name}: {', '.join(flags[:5])}"


NO_FLAG = Cause(
    "no-flag-uses-it",
    "No flag uses the segment",
    (
        _no_flag,
        answer("flag-rule", "No rule of the flag uses the segment, as you saw.", "no-rule"),
        no_answer(
            "flag-rule", "A rule of the flag uses the segment, as you saw.", "right", "other-first", "more-conditions"
        ),
    ),
    "{flag} has no rule for {segment}. A segment does nothing until a flag rule uses it.",
    f"In LaunchDarkly, go to Code → Flags, open {{flag}} and add a rule: {_RULE}. Or let the wizard add it: "
    "press A in First sync (audience-wizard rule {flag_key} --apply).",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_FLAG, links.LAUNCHDARKLY_FLAGS, links.SEGMENTS_DOCS),
    ("segment",),
)
FLAG_OFF = Cause(
    "flag-is-off",
    "The flag is off",
    (
        _served(Reason.OFF),
        answer("flag-rule", "The flag is off, as you saw.", "off"),
        no_answer("flag-rule", "The flag is on, as you saw.", "right", "no-rule", "other-first", "more-conditions"),
        _is_switched_off,
    ),
    "The flag is off in {place}. While a flag is off, every context gets its off variation.",
    "In LaunchDarkly, go to Code → Flags, open {flag} and check its default rule: everyone who matches no other "
    "rule gets it. Then switch the flag on in {place}.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_FLAG, links.LAUNCHDARKLY_FLAGS, links.SEGMENTS_DOCS),
)


def _other_rule(evidence: Evidence) -> Proof | None:
    """Judge whether another rule decided, by the served value: "off" doesn't come from the segment's own rule."""
    seen = evidence.value
    if seen is None or _reason(evidence) is None:
        return None
    said = f"{flag_evaluation.evaluation_in_words(seen, evidence.answers.test_user)}."
    if seen.reason == Reason.TARGET_MATCH:
        return (excludes if seen.value == "true" else confirms)(said)
    if seen.reason == Reason.RULE_MATCH:
        return confirms(said) if seen.value in NOTHING else excludes(said)
    return excludes(said)


OTHER_RULE_FIRST = Cause(
    "other-rule-first",
    "Another rule decides first",
    (
        _other_rule,
        answer("flag-rule", "Another rule or target comes first, as you saw.", "other-first"),
        no_answer("flag-rule", "The rule for the segment comes first, as you saw.", "right", "off", "no-rule"),
        _is_right,
    ),
    "{decides}",
    "In LaunchDarkly, go to Code → Flags, open {flag} and {decide_otherwise}.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_FLAG, links.LAUNCHDARKLY_FLAGS, links.SEGMENTS_DOCS),
)
FELL_THROUGH = Cause(
    "fell-through",
    "No rule matches the user",
    (
        _served(Reason.FALLTHROUGH),
        answer("flag-rule", "The rule for the segment has further conditions, as you saw.", "more-conditions"),
        no_answer(
            "flag-rule", "The rule for the segment has no further conditions, as you saw.", "right", "off", "no-rule"
        ),
        _is_right,
    ),
    "No rule matches the user, so the flag's default rule decides. {why_no_match}",
    "In LaunchDarkly, go to Code → Flags, open {flag} and {let_it_match}.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_FLAG, links.LAUNCHDARKLY_FLAGS, links.SEGMENTS_DOCS),
)
PREREQUISITE = Cause(
    "prerequisite",
    "A prerequisite of the flag isn't met",
    (
        _served(Reason.PREREQUISITE_FAILED),
        answer("flag-rule", "A prerequisite isn't met, as you saw.", "prerequisite"),
        no_answer(
            "flag-rule",
            "No prerequisite blocks the flag, as you saw.",
            "right",
            "off",
            "no-rule",
            "other-first",
            "more-conditions",
        ),
        _is_right,
    ),
    "{prerequisite} serves the user the wrong variation, so LaunchDarkly skips the flag's rules.",
    "In LaunchDarkly, go to Code → Flags, open {flag} and {check_prerequisites}.",
    CHECK_AGAIN,
    (links.LAUNCHDARKLY_FLAG, links.LAUNCHDARKLY_FLAGS),
)

AT_THE_FLAG = (NO_FLAG, FLAG_OFF, PREREQUISITE, FELL_THROUGH, OTHER_RULE_FIRST)
