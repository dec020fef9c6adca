"""The LaunchDarkly access token: its kind, its owner and its expiry.

See docs/launchdarkly.md#credential-problems and docs/launchdarkly.md#permission-problems.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from wizard.domain.answers import Answers
from wizard.domain.checks import machine
from wizard.domain.checks.check import (
    Check,
    Findings,
    Judge,
    failed,
    need,
    not_judged,
    passed,
    skipped,
    unknown,
    warned,
)
from wizard.domain.credentials import WHAT_IT_IS, Shape
from wizard.domain.explain import evidence_of
from wizard.domain.explanations.launchdarkly import CREATE_ONE_IN_LAUNCHDARKLY
from wizard.domain.facts import Facts, is_failure, is_making_a_token, known
from wizard.domain.failure import FailureKind
from wizard.domain.findings import Finding
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Caller, Instance, Token
from wizard.domain.step_id import StepId
from wizard.domain.tokens import held_token
from wizard.domain.tokens.held_token import Holding

STEP = StepId.LAUNCHDARKLY
_KINDS = "Segment needs an access token (api-…). SDK keys, mobile keys and client-side IDs are for apps and browsers."
_MORE_CAME_ALONG = "Something else was pasted along with the token. The wizard sent none of it to LaunchDarkly."
_WHY = {
    Shape.SEGMENT_TOKEN: "Most likely the two tokens were swapped. The wizard didn't send this one to LaunchDarkly.",
    Shape.SEVERAL: _MORE_CAME_ALONG,
    Shape.WORDS: _MORE_CAME_ALONG,
}
_ANOTHER_ADMINS = "Paste an admin's access token, which begins with api-, or set LAUNCHDARKLY_ADMIN_TOKEN to it."
_ALONE = "Paste the access token alone, which begins with api-."
_INSTEAD = {
    Shape.SEGMENT_TOKEN: "Paste this token in the Twilio Segment step (SEGMENT_PUBLIC_API_TOKEN), and paste the "
    "access token, which begins with api-, here (LAUNCHDARKLY_ACCESS_TOKEN).",
    Shape.SEVERAL: _ALONE,
    Shape.WORDS: _ALONE,
}
_SDK_TOKEN_KINDS = {"server": "an SDK key", "mobile": "a mobile key", "client": "a client-side ID"}
_MAKE_ONE = "In LaunchDarkly, go to Organization settings → Authorization and create a service token"
_NOT_IN_USE = "The destination holds another token, so Segment doesn't use yours."
_SOON = timedelta(days=30)
_OTHERS_NOT_ASKED = (
    "The wizard hasn't asked LaunchDarkly's EU and federal instances about it. To ask them, answer Other instances "
    "in the LaunchDarkly step, or set ask_other_instances = true under [launchdarkly] in setup.toml."
)
_OTHER_HOSTS = {"app.eu.launchdarkly.com": Instance.EU, "app.launchdarkly.us": Instance.FEDERAL}


def _with_its_fix(judge: Judge) -> Judge:
    """Return the judge, whose failures take another admin's token if LaunchDarkly is read with an admin's."""

    def judged(facts: Facts, answers: Answers) -> Findings:
        findings = judge(facts, answers)
        return tuple(map(_of_the_admins, findings)) if is_making_a_token(facts, answers) else findings

    return judged


def _of_the_admins(finding: Finding) -> Finding:
    return replace(finding, fix=_ANOTHER_ADMINS, links=(links.LAUNCHDARKLY_TOKENS.url,)) if finding.blocks else finding


def _kind(facts: Facts, answers: Answers) -> Findings:
    """Judge the kind by the token's form, else by LaunchDarkly's answer (docs/launchdarkly.md#caller-identity)."""
    caller = facts.caller
    is_making = is_making_a_token(facts, answers)
    this = "The admin's token" if is_making else "This"
    shape = facts.maker_token_shape if is_making else facts.launchdarkly_token_shape
    if shape is None and caller is None:
        return not_judged("Not given yet: the access token.")
    what = WHAT_IT_IS.get(shape, "") if shape and shape is not Shape.ACCESS_TOKEN else ""
    if not what and isinstance(caller, Caller):
        what = _SDK_TOKEN_KINDS.get(caller.token_kind, "an SDK key" if caller.environment_id else "")
    if what:
        return failed(
            f"{this} is {what}, not an access token.",
            cause=_WHY.get(shape, _KINDS) if shape else _KINDS,
            fix=_INSTEAD.get(shape, CREATE_ONE_IN_LAUNCHDARKLY) if shape else CREATE_ONE_IN_LAUNCHDARKLY,
            links=(links.LAUNCHDARKLY_NEW_TOKEN, links.ENVIRONMENT_KEYS_DOCS),
            evidence={"kind": what},
        )
    if shape is Shape.OTHER and is_failure(caller, FailureKind.UNAUTHORIZED):
        return failed(
            f"{this} doesn't look like an access token, and LaunchDarkly doesn't know it.",
            cause="An access token begins with api-.",
            fix=CREATE_ONE_IN_LAUNCHDARKLY,
            links=(links.LAUNCHDARKLY_NEW_TOKEN, links.LAUNCHDARKLY_TOKENS),
            evidence={"kind": "something else"},
        )
    if shape is Shape.OTHER and not isinstance(caller, Caller):
        return unknown(
            "This doesn't look like an access token, which begins with api-. The wizard asks LaunchDarkly about it.",
            fix="Compare it with the token under Organization settings → Authorization in LaunchDarkly.",
            links=(links.LAUNCHDARKLY_TOKENS,),
            matters=False,
        )
    return passed("This is an access token.")


def _instance(facts: Facts, _: Answers) -> Findings:
    """Fail outside the commercial instance, the destination's only one (docs/launchdarkly.md#instances-and-hosts)."""
    here = _OTHER_HOSTS.get(facts.launchdarkly_host.lower())
    if here:
        return _unreachable_instance(here)
    caller = facts.caller
    if isinstance(caller, Caller):
        return passed("The account is in LaunchDarkly's commercial instance, app.launchdarkly.com.")
    if caller is None or caller.kind is not FailureKind.UNAUTHORIZED:
        return not_judged("Not read yet: the token's identity.")
    if _is_known_nowhere(facts):
        return skipped("No other LaunchDarkly instance knows this token either.")
    elsewhere = need(facts.other_instance, "whether another LaunchDarkly instance knows this token")
    return _unreachable_instance(elsewhere)


def _is_known_nowhere(facts: Facts) -> bool:
    asked = facts.other_instance
    return asked is Instance.COMMERCIAL or (is_failure(asked, FailureKind.UNAUTHORIZED))


def _unreachable_instance(instance: Instance) -> Findings:
    page = links.EU_DOCS if instance is Instance.EU else links.FEDERAL_DOCS
    return failed(
        f"This account is in LaunchDarkly's {instance} instance.",
        cause="LaunchDarkly Audiences in Segment only sends to app.launchdarkly.com. No setting changes that.",
        fix="Use an account on app.launchdarkly.com, or ask LaunchDarkly support for another way to sync segments.",
        links=(page, links.TWILIO_DOCS),
        evidence={"instance": str(instance)},
    )


def _valid(facts: Facts, answers: Answers) -> Findings:
    """Fail only on 401. No other answer is about the token."""
    caller = facts.caller
    if is_failure(caller, FailureKind.UNAUTHORIZED):
        nowhere = _is_known_nowhere(facts)
        elsewhere = "The EU and federal instances don't accept it either." if nowhere else _OTHERS_NOT_ASKED
        whose = "the admin's token" if is_making_a_token(facts, answers) else "this token"
        return failed(
            f"LaunchDarkly doesn't accept {whose}.",
            cause=f"Most likely the token was mistyped, deleted or reset, or it has expired. {elsewhere}",
            fix="In LaunchDarkly, go to Organization settings → Authorization, create a service token and paste it. If "
            "that one is refused too, ask an admin to add this machine to the IP allowlist.",
            links=(links.LAUNCHDARKLY_NEW_TOKEN, links.TOKEN_EXPIRY_DOCS, links.IP_ALLOWLIST_DOCS),
            evidence=evidence_of(caller),
        )
    known = need(caller, "the token's identity")
    name = f"“{known.token_name}”" if known.token_name else "this token"
    return passed(f"LaunchDarkly knows {name}.", evidence={"token": known.token_name, "account": known.account_id})


def _personal(facts: Facts, answers: Answers) -> Findings:
    """Judge Segment's token; ours doesn't matter when the destination holds another one."""
    match held_token.holding(facts, answers):
        case Holding.KNOWN:
            return _personal_in_the_destination(held_token.other_token(facts, answers))
        case Holding.UNKNOWN if held_token.works(facts, answers):
            return skipped(_NOT_IN_USE)
        case _:
            return _not_made_yet() if is_making_a_token(facts, answers) else _ours_is_personal(facts)


def _personal_in_the_destination(token: Token | None) -> Findings:
    if token is None or token.service_token is None:
        return skipped("LaunchDarkly doesn't say whether the destination's token is a service token.")
    name = token.name or f"ends in {token.last_four}"
    if token.service_token:
        return passed(f"The destination holds a service token ({name}), so it doesn't depend on a person.")
    whose = f" of {token.owner}" if token.owner else ""
    return warned(
        f"The destination holds a personal token{whose} ({name}).",
        cause="It loses rights when its owner does, and it stops working when the owner leaves.",
        fix=f"{_MAKE_ONE}, if your plan has them, and put it into the destination.",
        links=(links.LAUNCHDARKLY_NEW_TOKEN, links.ACCESS_TOKENS_DOCS),
        evidence={"token": token.name, "owner": token.owner},
    )


def _not_made_yet() -> Findings:
    return skipped("The wizard creates a service token, which doesn't depend on a person.")


def _ours_is_personal(facts: Facts) -> Findings:
    caller = need(facts.caller, "the token's identity")
    token = known(facts.token)
    service = caller.service_token if caller.service_token is not None else token and token.service_token
    if service is None:
        return skipped("LaunchDarkly doesn't say whether this is a service token.")
    if service:
        return passed("This is a service token, so it doesn't depend on a person.")
    return warned(
        "This is a personal token.",
        cause="It loses rights when its owner does, and it stops working when the owner leaves.",
        fix=f"{_MAKE_ONE}, if your plan has them.",
        links=(links.LAUNCHDARKLY_NEW_TOKEN, links.ACCESS_TOKENS_DOCS),
    )


def _lifetime(facts: Facts, answers: Answers) -> Findings:
    """Judge the expiry of Segment's token, if LaunchDarkly shows one.

    See docs/launchdarkly.md#token-expiry.
    """
    if held_token.holding(facts, answers) is Holding.UNKNOWN and held_token.works(facts, answers):
        return skipped(_NOT_IN_USE)
    token = held_token.token_in_use(facts, answers)
    if is_making_a_token(facts, answers) and not held_token.other_token(facts, answers):
        return skipped("The wizard hasn't created the service token yet.")
    if token is None:
        return not_judged("Not read: the token's details.")
    who = "this token" if token == facts.token else f"the destination's token {token.name}"
    ends = token.expires_at or _ends_by_identity(token, facts)
    if ends is None:
        return skipped(f"LaunchDarkly shows no expiry date for {who}.")
    left, day = ends - facts.now, f"{ends.day} {ends:%B %Y}"
    evidence = {"expires_at": ends.isoformat()}
    if left > _SOON:
        return passed(f"{who[0].upper()}{who[1:]} expires on {day}.", evidence=evidence)
    if left <= timedelta() and token == facts.token:  # LaunchDarkly has just accepted it
        return _is_accepted_after(day, evidence)
    return warned(
        f"{who[0].upper()}{who[1:]} {'expires' if left > timedelta() else 'expired'} on {day}.",
        cause="With an expired token, LaunchDarkly refuses what Segment sends, so members no longer update.",
        fix="In LaunchDarkly, go to Organization settings → Authorization and create a service token that lasts "
        "longer, then put it into the destination.",
        links=(links.LAUNCHDARKLY_NEW_TOKEN, links.TOKEN_EXPIRY_DOCS),
        evidence=evidence,
    )


def _is_accepted_after(day: str, evidence: Mapping[str, str]) -> Findings:
    return warned(
        f"LaunchDarkly shows {day} as this token's expiry date, and still accepts the token.",
        cause="The expiry date has passed. If LaunchDarkly starts to refuse the token, members no longer update.",
        fix="In LaunchDarkly, go to Organization settings → Authorization and check the token's expiry date.",
        links=(links.LAUNCHDARKLY_TOKENS, links.TOKEN_EXPIRY_DOCS),
        evidence=evidence,
    )


def _ends_by_identity(token: Token, facts: Facts) -> datetime | None:
    """Return when the wizard's own token expires, as its identity says (docs/launchdarkly.md#token-expiry)."""
    caller = facts.caller
    return caller.expires_at if isinstance(caller, Caller) and caller.token_id == token.id else None


KIND = Check(
    "launchdarkly.token.kind", "Kind of LaunchDarkly credential", STEP, _with_its_fix(_kind), reads=("caller",)
)
INSTANCE = Check(
    "launchdarkly.instance",
    "LaunchDarkly instance",
    STEP,
    _instance,
    (machine.LAUNCHDARKLY_REACHABLE, KIND),
    matters=False,
    reads=("caller", "other_instance"),
)
_ALIVE = (machine.LAUNCHDARKLY_REACHABLE, KIND, INSTANCE)
VALID = Check("launchdarkly.token.valid", "LaunchDarkly token", STEP, _with_its_fix(_valid), _ALIVE, reads=("caller",))
PERSONAL = Check(
    "launchdarkly.token.personal",
    "Token owner",
    STEP,
    _personal,
    (VALID,),
    matters=False,
    reads=("caller", "token", "destination_tokens"),
)
LIFETIME = Check(
    "launchdarkly.token.lifetime",
    "Token expiry",
    STEP,
    _lifetime,
    (VALID,),
    matters=False,
    reads=("token", "destination_tokens"),
)
CHECKS = (KIND, INSTANCE, VALID, PERSONAL, LIFETIME)
