"""The end of a search: one cause with its proof and fix; without a cause, those that are left and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wizard.domain.answers import Answers, AskId
from wizard.domain.checks import machine
from wizard.domain.checks.launchdarkly import launchdarkly_environment, launchdarkly_token
from wizard.domain.checks.segment import segment_access, segment_engage
from wizard.domain.diagnosis import judging
from wizard.domain.diagnosis.asking import decides, filled
from wizard.domain.diagnosis.cause import CHECK_AGAIN, Cause, Proof, Request, Verdict, Weighed, suggests
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import DO_NOT_KNOW
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.domain.diagnosis.words import LABELS_OF_COPIES, Copy, copies_of, name_user, page, sentence, words
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.plan import Plan, repairing_changes
from wizard.domain.services import links
from wizard.text import capitalized, count

_REPORT = "save a report (audience-wizard doctor --report FILE) and send it to LaunchDarkly and Segment support."
_OR_REPORT = f"Or {_REPORT}"
_SUPPORT = (
    Copy("LaunchDarkly support", links.LAUNCHDARKLY_SUPPORT),
    Copy("Segment support", links.SEGMENT_SUPPORT),
)
_CREATE = "The space has no audience. In Segment, go to Engage → Audiences and create one, then choose it here."
_CHOOSE = "Choose an audience in the Audiences step, and troubleshoot again."
NOT_FOUND = "not-found"
HEDGE = "Most likely "  # how a cause begins that nothing proves


@dataclass(frozen=True, slots=True)
class Excluded:
    """A cause that was excluded, and why."""

    cause: str  # id
    title: str
    because: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The end: one cause with its proof and fix; or, with `is_found` False, the causes left and what to do next."""

    id: str
    says: str
    fix: str
    then: str = ""  # how to see that the fix worked
    proofs: tuple[Proof, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    said_first: tuple[str, ...] = ()  # sentences that contradict the symptom
    links: tuple[str, ...] = ()
    menu: str = ""  # the way through the vendor's menus to the first link
    copies: tuple[Copy, ...] = ()
    finding: Finding | None = None  # reports the cause
    repair: tuple[str, ...] = ()  # ids of the plan's changes that would repair it, after a yes
    request: Request | None = None  # what someone else has to do, in words that can be sent to them
    ask: AskId | None = None  # the wizard's own question whose answer the fix changes
    left: tuple[str, ...] = ()  # titles of the causes that nothing excluded, when none was found
    is_found: bool = True
    is_likely: bool = False  # the cause fits best, but isn't proven
    is_trouble: bool = True  # False: nothing is wrong
    explains: bool = True  # False: and the symptom isn't explained yet


@dataclass(frozen=True)
class Conclusion:
    """The result of a search, from which its end is worded."""

    about: Symptom
    evidence: Evidence
    said_first: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    remaining: tuple[Weighed, ...]
    plan: Plan | None = None

    @property
    def _fitting(self) -> tuple[Weighed, ...]:
        return tuple(one for one in self.remaining if one.verdict is Verdict.SUGGESTS)

    def found(self, found: Weighed, *, is_likely: bool = False) -> Diagnosis:
        cause, named = found.cause, words(self.evidence)
        finding = next((proof.finding for proof in found.proofs if proof.finding), None)
        says, fix = sentence(cause.says, named) or _cause_of(finding), sentence(cause.whole_fix, named)
        urls = self._pages(cause, fix) or (finding.links if finding else ())
        if finding is not None and finding.fix and fix in {"", finding.fix}:  # take its pages too
            fix, urls = finding.fix, finding.links if fix else urls
        return Diagnosis(
            id=cause.id,
            says=says,
            fix=fix,
            then=sentence(cause.proof_of_the_fix, named),
            proofs=found.proofs,
            excluded=self.excluded,
            said_first=self.said_first,
            links=urls,
            menu=_menu(urls, fix),
            copies=self._copies(cause, finding),
            finding=finding,
            repair=repairing_changes(self.plan, finding) if self.plan and finding else (),
            request=self._request(cause, named),
            ask=cause.ask or ("test_user" if not cause.explains and self._is_user_unnamed else None),
            is_likely=is_likely or says.startswith(HEDGE),  # what was seen may be proven, and why not
            is_trouble=cause.is_trouble,
            explains=cause.explains,
        )

    def _pages(self, cause: Cause, fix: str) -> tuple[str, ...]:
        """Return the URLs of the cause's pages, in the order in which the fix names them."""
        pages = [link for each in cause.links if (link := page(each, self.evidence))]
        ordered = sorted(pages, key=lambda link: _place_in(fix, link.menu))
        return tuple(links.in_region(link.url, self.evidence.facts.workspace) for link in ordered)

    @staticmethod
    def _request(cause: Cause, named: dict[str, str]) -> Request | None:
        one = cause.request
        return replace(one, of=one.of.format_map(named), to=one.to.format_map(named)) if one else None

    def _copies(self, cause: Cause, finding: Finding | None) -> tuple[Copy, ...]:
        named, unnamed = words(self.evidence), words(Evidence(self.evidence.facts, Answers(), ()))
        own = (Copy(LABELS_OF_COPIES[name], named[name]) for name in cause.copies if named[name] != unnamed[name])
        of_finding = copies_of(finding) if finding else ()
        return tuple(dict.fromkeys((*own, *of_finding)))

    def not_found(self) -> Diagnosis:
        is_chosen = bool(self.evidence.answers.audiences)
        unread = tuple(one for one in self.evidence.findings if _keeps_from_reading(one))
        says = self._why_none(unread)
        proofs = {proof.says: proof for one in self._fitting for proof in one.proofs}
        return Diagnosis(
            id=NOT_FOUND,
            says=says,
            fix=self._way_on() if is_chosen else _CREATE if self.evidence.facts.audiences == () else _CHOOSE,
            proofs=(*(suggests(one.summary, one) for one in unread), *proofs.values()),
            excluded=self.excluded,
            said_first=self.said_first,
            copies=_SUPPORT if is_chosen else (),
            left=tuple(one.cause.title for one in self._fitting or self.remaining),
            ask="audiences" if not is_chosen else "test_user" if self._is_user_unnamed else None,
            is_found=False,
        )

    @property
    def _is_user_unnamed(self) -> bool:
        return judging.lacks_a_user(self.about.gap, self.evidence)

    def _way_on(self) -> str:
        """Return what to do next: find out what others may know, or name a user, before a report to support."""
        if self._is_user_unnamed:
            way = name_user(self.evidence, self.about.id)
            return f"Name the user ({way}), so that the wizard can look the user up. {_OR_REPORT}"
        unknown = (one for one in self.about.questions if self.evidence.given.get(one.id) == DO_NOT_KNOW)
        asked = [filled(one, self.evidence).text for one in unknown if decides(one, self._fitting, self.evidence)]
        if not asked:
            return capitalized(_REPORT)
        return f"Find out what you couldn't answer, then troubleshoot again: {' '.join(asked[:3])} {_OR_REPORT}"

    def _why_none(self, unread: tuple[Finding, ...]) -> str:
        if not self.evidence.answers.audiences:
            return "We can't tell yet: no audience is chosen."
        if unread:
            return "We don't know the cause: we couldn't read everything."
        if gap := judging.unread(self.evidence) or self.about.gap(self.evidence):
            return f"We don't know the cause: {gap}."
        is_wrong = any(one.status is Status.FAIL for one in self.evidence.findings)
        passed = sum(one.status is Status.PASS for one in self.evidence.findings)
        if is_wrong or self.evidence.shows_trouble or not passed or self._fitting:
            return "We don't know the cause."
        return f"We found nothing wrong: {count(passed, 'check')} passed."


def gone(before: Diagnosis, now: Weighed) -> Diagnosis:
    """Return the end that says that a cause is gone, and what to do next. Who said so was said at the question."""
    next_up = before.then if now.cause.then is not CHECK_AGAIN else ""
    again = f"If you still see the symptom{' then' if next_up else ''}, check again: the wizard asks about what's left."
    return Diagnosis(
        id=before.id, says=now.proofs[0].fact, fix=next_up or again, then=again if next_up else "", is_trouble=False
    )


_ACCESS = {
    one.id
    for one in (
        machine.LAUNCHDARKLY_REACHABLE,
        machine.SEGMENT_REACHABLE,
        launchdarkly_token.KIND,
        launchdarkly_token.INSTANCE,
        launchdarkly_token.VALID,
        launchdarkly_environment.PAIR,
        segment_access.KIND,
        segment_access.VALID,
        segment_access.PERMISSIONS,
        segment_engage.ENGAGE,
    )
}


def _keeps_from_reading(finding: Finding) -> bool:
    """Return whether a service couldn't be read, so that nobody can tell what is wrong in it."""
    return finding.id in _ACCESS and finding.status in {Status.FAIL, Status.UNKNOWN}


def _cause_of(finding: Finding | None) -> str:
    return (finding.cause or finding.summary) if finding else ""


def _menu(urls: Iterable[str], fix: str) -> str:
    """Return the menu path to the first page that has one; empty if the fix already says it."""
    menu = next((found.menu for url in urls if (found := links.find(url)) and found.menu), "")
    return "" if _place_in(fix, menu) < len(fix) else menu


def _place_in(fix: str, menu: str) -> int:
    """Return where a fix names a page by the beginning of its menu path; the fix's length if it doesn't."""
    at = fix.find(" → ".join(menu.split(" → ")[:2])) if menu else -1
    return at if at >= 0 else len(fix)
