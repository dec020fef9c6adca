"""A cause: what is wrong, what it predicts, its fix, and how to see that the fix worked. Data, and the signs it reads.

A cause's signs look at the evidence in order, the strongest first. The first sign that confirms or excludes decides.
If no sign does, every sign that fits suggests the cause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from wizard.domain.answers import AskId
from wizard.domain.checks.check import Check
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question_id import ChoiceId, QuestionId
from wizard.domain.findings import Finding, Status
from wizard.domain.services.links import Link
from wizard.domain.signals import deliveries
from wizard.text import count

WATCH = "Open First sync (audience-wizard watch): members arrive about 10 minutes after the fix."
REPAIRED = (  # for a repair after which Segment doesn't send again what was refused or kept back until then
    "Open First sync (audience-wizard watch): changes arrive about 10 minutes after the fix. If earlier members "
    "are missing then, {resync_clause}."
)
CHECK_AGAIN = "Check again. If the fix worked, this cause is gone."


_HEARD = (", as you said.", ", as you saw.", ", as you read in Segment.")  # how a proof ends that a person gave


class Verdict(Enum):
    """What a sign says about its cause."""

    CONFIRMS = auto()
    SUGGESTS = auto()  # fits, but so do other causes
    EXCLUDES = auto()


@dataclass(frozen=True, slots=True)
class Proof:
    """One sentence of evidence, and the finding that it comes from."""

    verdict: Verdict
    says: str
    finding: Finding | None = None

    @property
    def fact(self) -> str:
        """Return the sentence without who said so, for those to whom the user said nothing."""
        heard = next((one for one in _HEARD if self.says.endswith(one)), "")
        return f"{self.says.removesuffix(heard)}." if heard else self.says


Sign: TypeAlias = Callable[[Evidence], Proof | None]


ADMIN, DEVELOPERS = "a LaunchDarkly admin", "the app's developers"


@dataclass(frozen=True, slots=True)
class Request:
    """What someone else has to do. `to` follows "Ask … to", and may hold `{names}` as a cause's texts do."""

    of: str  # "a LaunchDarkly admin"
    to: str
    makes_token: bool = False  # whether they then send the user a token


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause. `says`, `fix` and `then` may hold `{names}` (see `words`); empty ones are taken from the finding.

    `{request}` in a fix stands for what to ask of someone else. `ask`: the wizard's question whose answer the fix
    changes.
    """

    id: str
    title: str  # in a list of what was excluded
    signs: tuple[Sign, ...]
    says: str = ""
    fix: str = ""
    then: str = CHECK_AGAIN  # how to see that it worked
    links: tuple[Link, ...] = ()
    copies: tuple[str, ...] = ()  # names of values to copy
    request: Request | None = None
    ask: AskId | None = None
    settled_by: QuestionId | None = None  # after a yes to this, the wizard reads what decides
    is_trouble: bool = True  # False: nothing is wrong, and the cause says why it seems so
    explains: bool = True  # False: nothing is wrong in what was read, and the symptom isn't explained yet

    @property
    def proof_of_the_fix(self) -> str:
        """Return how to see that the fix worked; empty if nothing had to be fixed."""
        return "" if self.then is CHECK_AGAIN and not self.is_trouble else self.then

    @property
    def whole_fix(self) -> str:
        """Return the fix with its request in words."""
        if self.request is None:
            return self.fix
        asked = f"ask {self.request.of} to {self.request.to}"
        return self.fix.replace("{request}", asked if self.fix.index("{request}") else f"A{asked[1:]}")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A cause with what the evidence says about it. Without a verdict, the evidence says nothing."""

    cause: Cause
    verdict: Verdict | None = None
    proofs: tuple[Proof, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.verdict in {None, Verdict.SUGGESTS}


def weigh(cause: Cause, evidence: Evidence) -> Weighed:
    said = [proof for sign in cause.signs if (proof := sign(evidence))]
    if not said:
        return Weighed(cause)
    verdict = next((proof.verdict for proof in said if proof.verdict is not Verdict.SUGGESTS), Verdict.SUGGESTS)
    agrees = {verdict, Verdict.SUGGESTS} if verdict is Verdict.CONFIRMS else {verdict}
    proofs = dict.fromkeys(proof.says for proof in said if proof.verdict in agrees)
    first = {proof.says: proof for proof in reversed(said) if proof.verdict in agrees}
    return Weighed(cause, verdict, tuple(first[says] for says in proofs))


# --- what a sign answers ------------------------------------------------------------------------------------------


def confirms(says: str, finding: Finding | None = None) -> Proof:
    return Proof(Verdict.CONFIRMS, says, finding)


def suggests(says: str, finding: Finding | None = None) -> Proof:
    return Proof(Verdict.SUGGESTS, says, finding)


def excludes(says: str, finding: Finding | None = None) -> Proof:
    return Proof(Verdict.EXCLUDES, says, finding)


# --- signs that many causes share ---------------------------------------------------------------------------------


def fails(check: Check) -> Sign:
    """Return a sign: a failure of the check confirms, a pass excludes."""

    def sign(evidence: Evidence) -> Proof | None:
        finding = evidence.finding(check)
        if finding is None or finding.status not in {Status.FAIL, Status.PASS}:
            return None
        return (confirms if finding.status is Status.FAIL else excludes)(finding.summary, finding)

    return sign


def shows(check: Check, *statuses: Status) -> Sign:
    """Return a sign that confirms on one of these results of a check, and says nothing on others."""

    def sign(evidence: Evidence) -> Proof | None:
        finding = evidence.finding(check)
        return confirms(finding.summary, finding) if finding is not None and finding.status in statuses else None

    return sign


def answer(
    question: QuestionId, says: str, *choices: ChoiceId, doubted: Callable[[Evidence], bool] = lambda _: False
) -> Sign:
    """Return a sign that confirms on one of these answers; it only suggests if what was read speaks against them."""

    def sign(evidence: Evidence) -> Proof | None:
        if evidence.given.get(question) not in choices:
            return None
        return (suggests if doubted(evidence) else confirms)(says)

    return sign


def no_answer(question: QuestionId, says: str, *choices: ChoiceId) -> Sign:
    """Return a sign that excludes on one of these answers."""
    return lambda evidence: excludes(says) if evidence.given.get(question) in choices else None


def refused_with(*codes: int) -> Sign:
    """Return a sign for a cause that predicts these statuses of failed deliveries, and no others."""

    def sign(evidence: Evidence) -> Proof | None:
        seen, code = evidence.delivery, evidence.code
        if seen and seen.delivered and not seen.failed:
            return excludes(f"LaunchDarkly accepted {count(seen.delivered, 'event')} and refused none.")
        if evidence.sends_nothing:
            return excludes("Segment counted no failed deliveries.")
        if evidence.given.get("code") == "none" and not (seen and seen.failed):
            return excludes("Segment shows no failed deliveries.")
        if code is None:
            return None
        shown = f"Deliveries fail with {code}"
        return suggests(f"{shown}.") if code in codes else excludes(f"{shown}, but this cause gives another status.")

    return sign


def fails_with(mark: str, says: str) -> Sign:
    """Return a sign that confirms on a failure reason with this word, else excludes; `says` may have `{reason}`."""

    def sign(evidence: Evidence) -> Proof | None:
        seen = evidence.delivery
        reason = deliveries.main_reason(seen).upper() if seen and seen.failed else ""
        if mark in reason:
            return confirms(says.format(reason=reason))
        return excludes(f"Deliveries fail with {reason}.") if reason else None

    return sign


def deliveries_work(evidence: Evidence) -> Proof | None:
    """Exclude the cause when LaunchDarkly accepts what Segment sends."""
    if written := evidence.last_change:
        return excludes(f"The destination's token changed {written.segment} at {written.at:%H:%M} UTC.")
    if not evidence.works or evidence.delivery is None:
        return None
    return excludes(f"LaunchDarkly recently accepted {count(evidence.delivery.delivered, 'event')} from Segment.")


def counts_agree(evidence: Evidence) -> Proof | None:
    if not evidence.counts_agree:
        return None
    return excludes(f"{evidence.name} has {evidence.counts}.")
