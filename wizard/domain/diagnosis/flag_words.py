"""The names about a flag that texts of causes may hold: what decides there, as far as LaunchDarkly's answer says."""

from __future__ import annotations

from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.services.flag import FlagRule
from wizard.domain.services.launchdarkly import Reason
from wizard.domain.services.naming import flag_rule

_TARGETS_FIRST = "Individual targets always come first: remove the user from them."


def about_the_flag(evidence: Evidence, segment: str) -> dict[str, str]:
    key = _key(evidence)
    return {
        "flag": key or "your flag",
        "flag_key": key or "FLAG",
        **_about_the_user(evidence, segment),
        **_about_what_decides(evidence, key or "your flag", segment),
        **_about_no_match(evidence, key or "your flag", segment),
        **_about_the_prerequisite(evidence, key or "your flag"),
    }


def _key(evidence: Evidence) -> str:
    """Return the chosen flag's key, else that of the flag whose value or rules were read."""
    value, read = evidence.value, evidence.targeting
    return evidence.answers.flag or (value.flag if value else "") or (read.key if read else "")


def _about_the_user(evidence: Evidence, segment: str) -> dict[str, str]:
    """Return what is left where the sync is right: the app where the flag's value is known, else the flag."""
    user = evidence.answers.test_user
    if evidence.value is None:
        flag = _key(evidence) or _only(evidence.flags) or "FLAG"
        way = evidence.keys.name_user or f"audience-wizard troubleshoot flag-off --user KEY --flag {flag}"
        return {
            "what_is_left": "We don't know yet what the flag serves the user.",
            "look_at_the_flag": f"Name the user and the flag ({way}). The wizard then says what the flag serves, and "
            "why. Or go to Code → Flags in LaunchDarkly and open the flag: it has to be on, and its first rule has to "
            f"be for {segment}.",
        }
    return {
        "what_is_left": f"The flag serves {evidence.value.value} to {user}, so only the app that evaluates it is left.",
        "look_at_the_flag": "Ask the app's developers which context kind, context key and SDK key the app uses where "
        f"{user} gets another value. On a server, troubleshoot “It's right in the browser and wrong on the server”.",
    }


def _only(flags: tuple[str, ...] | None) -> str:
    """Return the only flag that uses the segment; empty if there are none or several."""
    return flags[0] if flags and len(flags) == 1 else ""


# --- what comes before the segment's rule -------------------------------------------------------------------------


def _about_what_decides(evidence: Evidence, flag: str, segment: str) -> dict[str, str]:
    seen, user = evidence.value, evidence.answers.test_user
    if seen is not None and seen.reason == Reason.TARGET_MATCH:
        says = f"{flag} targets {user} individually, and individual targets come before all rules."
        return {"decides": says, "decide_otherwise": f"remove {user} from its individual targets"}
    if seen is None or not seen.rule:
        says = f"Another rule or an individual target of {flag} decides before the rule for {segment}."
        return {"decides": says, "decide_otherwise": f"move the rule for {segment} to the top. {_TARGETS_FIRST[:-1]}"}
    decides = f"Rule {seen.rule} of {flag} decides for {user} and serves {seen.value}."
    move = f"move the rule for {segment} above rule {seen.rule}"
    rule = _rule(evidence, seen.rule)
    if rule is None:
        change = f"If rule {seen.rule} is the rule for {segment}, change what it serves"
        return {"decides": decides, "decide_otherwise": f"{move}. {change}"}
    if _is_for_the_segment(rule, evidence):
        says = f"Rule {seen.rule} of {flag} is for {segment}, and it serves {seen.value}."
        return {"decides": says, "decide_otherwise": f"change what rule {seen.rule} serves"}
    if not _own_rules(evidence):
        return {"decides": decides, "decide_otherwise": f"add a rule above rule {seen.rule}: {flag_rule(segment)}"}
    return {"decides": f"{decides} It comes before the rule for {segment}.", "decide_otherwise": move}


def _about_no_match(evidence: Evidence, flag: str, segment: str) -> dict[str, str]:
    own, rules = _own_rules(evidence), _rules(evidence)
    why = f"The rule has a further condition, or it's for a segment other than {segment}."
    check = f"check that one rule has only this condition: {flag_rule(segment)}"
    if rules is not None and not own:
        why, check = f"{flag} has no rule for {segment}.", f"add a rule: {flag_rule(segment)}"
    elif own and all(len(rule.clauses) > 1 for rule in own):
        why = f"The rule for {segment} has further conditions, which the user doesn't meet."
        check = f"remove the further conditions from the rule for {segment}"
    return {"why_no_match": why, "let_it_match": check}


def _about_the_prerequisite(evidence: Evidence, flag: str) -> dict[str, str]:
    known = evidence.value.prerequisite if evidence.value else ""
    return {
        "prerequisite": f"The prerequisite {known} of {flag}" if known else f"A prerequisite of {flag}",
        "check_prerequisites": f"check which variation {known} has to serve. Then check the rules of {known}"
        if known
        else "check which variation each prerequisite has to serve. Then check the prerequisite's own rules",
    }


# --- its rules ----------------------------------------------------------------------------------------------------


def _rules(evidence: Evidence) -> tuple[FlagRule, ...] | None:
    """Return the rules of the flag in question; None if nobody read them."""
    read = evidence.targeting
    return read.rules if read is not None and read.key == _key(evidence) else None


def _rule(evidence: Evidence, number: int) -> FlagRule | None:
    rules = _rules(evidence) or ()
    return rules[number - 1] if 0 < number <= len(rules) else None


def _own_rules(evidence: Evidence) -> tuple[FlagRule, ...]:
    return tuple(rule for rule in _rules(evidence) or () if _is_for_the_segment(rule, evidence))


def _is_for_the_segment(rule: FlagRule, evidence: Evidence) -> bool:
    return evidence.segment is not None and evidence.segment.key in rule.segments
