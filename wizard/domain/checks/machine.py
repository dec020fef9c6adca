"""This machine and the way to the services: keyring, clock, network.

See docs/launchdarkly.md#service-and-network-problems.
"""

from __future__ import annotations

from collections.abc import Callable

from wizard.domain.answers import Answers
from wizard.domain.checks.check import REACHABLE, Check, Findings, failed, need, not_judged, passed, unknown, warned
from wizard.domain.explain import evidence_of, explain
from wizard.domain.facts import Facts, Reach, Seen
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services import links
from wizard.domain.services.links import Link
from wizard.domain.step_id import StepId
from wizard.text import capitalized, lasting, sentence

STEP = StepId.PREREQUISITES
_SKEW_SECONDS = 120.0
_INSTALL = "Install a keyring that doesn't keep secrets in a plain file, such as GNOME Keyring"
_SET_VARIABLES = "set LAUNCHDARKLY_ACCESS_TOKEN and SEGMENT_PUBLIC_API_TOKEN first"


def _keyring(facts: Facts, _: Answers) -> Findings:
    vault = need(facts.vault, "which keyring this machine has")
    if vault.usable:
        return passed(f"The wizard can keep tokens in {vault.backend}.", evidence={"backend": vault.backend})
    if not vault.wanted:
        return passed(f"The wizard doesn't use a keyring: {vault.why_not}.")
    return warned(
        "The wizard found no keyring that it can use, so it keeps tokens only in memory.",
        cause=sentence(capitalized(vault.why_not or "this machine has no keyring, or the keyring is locked")),
        fix=f"{'Start or unlock the keyring' if vault.can_open else _INSTALL}, or {_SET_VARIABLES}.",
        evidence={"backend": vault.backend},
    )


def _clock(facts: Facts, _: Answers) -> Findings:
    reaches = (facts.launchdarkly_reach, facts.segment_reach, facts.client_side_reach)
    skews = [reach.clock_skew_seconds for reach in reaches if isinstance(reach, Reach)]
    known = [skew for skew in skews if skew is not None]
    if not known:
        return not_judged("Not read yet: the services' time.")
    skew = max(known, key=abs)
    if abs(skew) <= _SKEW_SECONDS:
        return passed("This machine's clock is right.")
    return warned(
        f"This machine's clock is {lasting(abs(skew))} {'ahead' if skew > 0 else 'behind'}.",
        cause="With a wrong clock, certificates can look invalid. The wizard goes by the services' clocks.",
        fix="Turn on automatic time in this machine's date and time settings.",
        evidence={"seconds": round(skew)},
    )


def _reachable(slot: Callable[[Facts], Seen[Reach]], what: str) -> Callable[[Facts, Answers], Findings]:
    """Return a judge of a host. A refusal counts as an answer, but a page from something in between doesn't."""

    def judge(facts: Facts, _: Answers) -> Findings:
        reach = slot(facts)
        if reach is None:
            return not_judged(f"Not read yet: whether {what} answers.")
        if isinstance(reach, Reach):
            return passed(f"{reach.host} answers.", evidence={"host": reach.host})
        return _no_way(reach) or passed(f"{reach.host} answers.", evidence=evidence_of(reach))

    return judge


def _no_way(failure: Failure) -> Findings:
    why = explain(failure)
    if failure.kind in {FailureKind.SERVER, FailureKind.NOT_THE_SERVICE}:
        return unknown(why.summary, cause=why.cause, fix=why.fix, links=why.links, evidence=evidence_of(failure))
    if failure.is_network:
        return failed(why.summary, cause=why.cause, fix=why.fix, links=why.links, evidence=evidence_of(failure))
    return ()


def _client_side(facts: Facts, answers: Answers) -> Findings:
    """Warn at most: this host only proves the client-side ID, which the list of environments can prove too."""
    findings = _reachable(lambda seen: seen.client_side_reach, "the client-side host")(facts, answers)
    (finding,) = findings
    if not finding.blocks:
        return findings
    return warned(
        finding.summary,
        cause=f"{finding.cause} Until then, the wizard finds a client-side ID only in projects that the token can see.",
        fix=finding.fix,
        links=_pages(finding.links),
        evidence=finding.evidence,
    )


def _pages(urls: tuple[str, ...]) -> tuple[Link, ...]:
    return tuple(found for url in urls if (found := links.find(url)))


KEYRING = Check("machine.keyring", "Keyring", STEP, _keyring, matters=False, reads=("vault",))
LAUNCHDARKLY_REACHABLE = Check(
    REACHABLE[Service.LAUNCHDARKLY],
    "Connection to LaunchDarkly",
    STEP,
    _reachable(lambda facts: facts.launchdarkly_reach, "LaunchDarkly"),
    reads=("launchdarkly_reach",),
)
CLIENT_SIDE_REACHABLE = Check(
    REACHABLE[Service.CLIENT_SIDE],
    "Connection to LaunchDarkly's client-side host",
    STEP,
    _client_side,
    matters=False,
    reads=("client_side_reach",),
)
SEGMENT_REACHABLE = Check(
    REACHABLE[Service.SEGMENT],
    "Connection to Twilio Segment",
    STEP,
    _reachable(lambda facts: facts.segment_reach, "Twilio Segment"),
    reads=("segment_reach",),
)
CLOCK = Check(
    "machine.clock",
    "Clock",
    STEP,
    _clock,
    matters=False,
    reads=("launchdarkly_reach", "client_side_reach", "segment_reach"),
)
CHECKS = (KEYRING, LAUNCHDARKLY_REACHABLE, CLIENT_SIDE_REACHABLE, SEGMENT_REACHABLE, CLOCK)
