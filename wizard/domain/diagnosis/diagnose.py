"""From a symptom to one cause, with proof: evidence first, then the question that splits what is left. Pure.

    search = Search(symptom, look(facts, answers, findings))
    while isinstance(search.next, Question):
        search = search.answered(choice_id)

What is excluded is never offered. What is confirmed ends the search. A question is asked only where its answers would
leave different causes. Where nothing is left to ask, one cause that the evidence suggests most is told as most likely;
without one, a report is the way on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from wizard.domain.answers import Answers
from wizard.domain.checks import machine
from wizard.domain.checks.launchdarkly import launchdarkly_environment, launchdarkly_token
from wizard.domain.checks.segment import segment_access, segment_engage
from wizard.domain.commands import of_this_run
from wizard.domain.diagnosis import judging
from wizard.domain.diagnosis.cause import CHECK_AGAIN, Cause, Proof, Verdict, Weighed, suggests, weigh
from wizard.domain.diagnosis.contradictions import Turn
from wizard.domain.diagnosis.evidence import Evidence, look
from wizard.domain.diagnosis.question import DO_NOT_KNOW, UNSURE, Question
from wizard.domain.diagnosis.symptoms.catalogue import symptom_named
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.domain.diagnosis.words import LABELS_OF_COPIES, Copy, copies_of, page, sentence, words
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.plan import Plan, repairing_changes
from wizard.domain.services import links
from wizard.domain.wanted import chosen_audiences
from wizard.text import count

_REPORT = "Save a report with audience-wizard doctor --report FILE and send it to LaunchDarkly and Segment support."
_OR_REPORT = _REPORT.replace("Save", "Or save", 1)
_NAME = (
    "Name the user and troubleshoot again: audience-wizard troubleshoot {} --user KEY, or the test user in the First "
    "sync step."
)
_SUPPORT = (
    Copy("LaunchDarkly support", links.LAUNCHDARKLY_SUPPORT),
    Copy("Segment support", links.SEGMENT_SUPPORT),
)
_CREATE = "The space has no audience. In Segment, go to Engage → Audiences and create one, then choose it here."
_CHOOSE = "Choose an audience in the Audiences step, and troubleshoot again."
NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True)
class Excluded:
    """A cause that it isn't, and why."""

    cause: str  # id
    title: str
    because: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The end: one cause with its proof and fix; or, with `is_found` False, what is left and the way on."""

    id: str
    says: str
    fix: str
    then: str = ""  # how to see that the fix worked
    proofs: tuple[Proof, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    said_first: tuple[str, ...] = ()  # what contradicts the symptom
    links: tuple[str, ...] = ()
    menu: str = ""  # the way through the vendor's menus to the first link
    copies: tuple[Copy, ...] = ()
    finding: Finding | None = None  # that tells of the cause
    repair: tuple[str, ...] = ()  # ids of the plan's changes that would mend it, after a yes
    left: tuple[str, ...] = ()  # titles of the causes that nothing excluded, when none was found
    is_found: bool = True
    is_likely: bool = False  # fits best, and isn't proven
    is_trouble: bool = True  # False: nothing is wrong


@dataclass(frozen=True)
class Search:
    """One search for a cause. `plan`: what could be repaired from here, when there is one."""

    symptom: Symptom
    evidence: Evidence
    plan: Plan | None = None
    options: str = ""  # of this run, for the commands that the end names

    @cached_property
    def next(self) -> Question | Diagnosis:
        step = self._next
        if isinstance(step, Question):
            return step
        return replace(step, fix=of_this_run(step.fix, self.options), then=of_this_run(step.then, self.options))

    @property
    def _next(self) -> Question | Diagnosis:
        if self._end is not None:
            return self._concluded(weigh(self._end, self.evidence))
        confirmed = self._confirmed()
        if confirmed is not None:
            return self._concluded(confirmed)
        if (left := self._left(self.evidence)) is not None:
            return self._concluded(left)
        question = self._to_ask()
        if question is not None:
            return self._filled(question)
        if (left := self._left_when_asked_out()) is not None:
            return self._concluded(left)
        likely = self._most_suggested()
        return self._concluded(likely, is_likely=True) if likely else self._not_found()

    @property
    def has_a_cause(self) -> bool:
        end = self.next
        return isinstance(end, Diagnosis) and end.is_found and end.is_trouble and not end.is_likely

    @property
    def is_seen(self) -> bool:
        return self.evidence.shows_trouble

    @property
    def given(self) -> dict[str, str]:
        return dict(self.evidence.given)

    def answered(self, choice_id: str) -> Search:
        """Return the search with an answer to the question that is next; the same when none is."""
        question = self.next
        if not isinstance(question, Question):
            return self
        return self.with_answers({**self.given, question.id: choice_id})

    def with_answers(self, given: dict[str, str]) -> Search:
        return replace(self, evidence=self.evidence.answered(given))

    def back(self) -> Search:
        """Return the search without the last answer."""
        return self.with_answers(dict(list(self.given.items())[:-1]))

    # --- the contradiction ----------------------------------------------------------------------------------------

    @cached_property
    def _turns(self) -> tuple[tuple[Turn, Symptom], ...]:
        """Each contradiction with the symptom that the search goes on from; none is met twice."""
        turns: list[tuple[Turn, Symptom]] = []
        at, met = self.symptom, {self.symptom.id}
        while turn := next((turn for each in at.contradictions if (turn := each(self.evidence))), None):
            following = symptom_named(turn.becomes) if turn.becomes not in met else None
            turns.append((turn, following or at))
            if following is None:
                break
            at = following
            met.add(at.id)
        return tuple(turns)

    @property
    def said_first(self) -> tuple[str, ...]:
        return tuple(turn.says for turn, _ in self._turns)

    @property
    def _end(self) -> Cause | None:
        """Return the cause that a contradiction ends with."""
        return self._turns[-1][0].cause if self._turns else None

    @property
    def about(self) -> Symptom:
        """Return the symptom that is true."""
        return self._turns[-1][1] if self._turns else self.symptom

    # --- the causes -----------------------------------------------------------------------------------------------

    @cached_property
    def weighed(self) -> tuple[Weighed, ...]:
        return tuple(weigh(cause, self.evidence) for cause in self.about.causes)

    @property
    def remaining(self) -> tuple[Weighed, ...]:
        return tuple(one for one in self.weighed if one.is_open)

    @property
    def excluded(self) -> tuple[Excluded, ...]:
        """Return what it isn't; nothing where a contradiction alone ends the search."""
        if self._end is not None:
            return ()
        ruled_out = (one for one in self.weighed if one.verdict is Verdict.EXCLUDES)
        return tuple(Excluded(one.cause.id, one.cause.title, one.proofs[0].says) for one in ruled_out)

    def _confirmed(self) -> Weighed | None:
        """Return the cause that is proven. What keeps the wizard from looking comes before what it couldn't see."""
        proven = [one for one in self.weighed if one.verdict is Verdict.CONFIRMS and not self._waits(one.cause)]
        kept = (weigh(cause, self.evidence) for cause in self.about.access)
        in_the_way = next((one for one in kept if one.verdict is Verdict.CONFIRMS), None)
        if in_the_way is None:
            return next(iter(proven), None)
        told = in_the_way.proofs[0].finding
        says_more = (one for one in proven if any(proof.finding is told for proof in one.proofs))
        return next(says_more, in_the_way)

    def _waits(self, cause: Cause) -> bool:
        """Return whether a question about the symptom itself comes before a condition that merely stands."""
        before = (one for one in self.about.before_those if one.id not in self.evidence.given)
        return cause in self.about.standing and any(one.asked(self.evidence) for one in before)

    def _left(self, evidence: Evidence) -> Weighed | None:
        """Return the end for a user who can ask nobody, or can't answer, where nothing that was read explains it."""
        cause = self.about.is_left
        if cause is None or any(one.verdict in {Verdict.SUGGESTS, Verdict.CONFIRMS} for one in self.weighed):
            return None
        found = weigh(cause, evidence)
        return found if found.verdict is Verdict.CONFIRMS else None

    def _left_when_asked_out(self) -> Weighed | None:
        """Return that end after the last question, unless something of the symptom itself couldn't be seen."""
        nobody_is_named = not self.evidence.answers.test_user
        gap = self.about.gap(self.evidence)
        if judging.unread(self.evidence) or not self.evidence.given or (gap and not nobody_is_named):
            return None
        if not self.remaining and not gap:
            return None
        return self._left(replace(self.evidence, is_asked_out=True))

    def _most_suggested(self) -> Weighed | None:
        """Return the one cause that more evidence suggests than any other that is left."""
        suggested = [one for one in self.remaining if one.verdict is Verdict.SUGGESTS]
        ranked = sorted(suggested, key=lambda one: -len(one.proofs))
        is_single = len(ranked) == 1 or (len(ranked) > 1 and len(ranked[0].proofs) > len(ranked[1].proofs))
        return ranked[0] if is_single else None

    # --- the question ---------------------------------------------------------------------------------------------

    @property
    def _has_nothing_to_ask_about(self) -> bool:
        return isinstance(self.evidence.facts.audiences, tuple) and not self.evidence.answers.audiences

    def _to_ask(self) -> Question | None:
        """Return the question whose answers decide the most of what is left."""
        if len(self.evidence.given) >= self.about.most_questions or self._has_nothing_to_ask_about:
            return None
        open_ones = self.remaining
        asked = (one for one in self.about.questions if one.id not in self.evidence.given and one.asked(self.evidence))
        worth = [(self._decides(question, open_ones), question) for question in asked]
        best = max(worth, key=lambda pair: pair[0], default=(0.0, None))
        return best[1] if best[0] > 0 else None

    def _decides(self, question: Question, open_ones: tuple[Weighed, ...]) -> float:
        """Return how much of the likelihood that is left an answer would confirm or exclude.

        A cause early in the list is likelier than a later one, and one that the evidence suggests is likelier still.
        """
        after = [self.evidence.answered({**self.given, question.id: choice.id}) for choice in question.choices]
        likelihood = 0.0
        for rank, one in enumerate(open_ones):
            verdicts = {weigh(one.cause, evidence).verdict for evidence in after}
            if verdicts & {Verdict.CONFIRMS, Verdict.EXCLUDES} or one.cause.id in question.settles:
                likelihood += (1 + 3 * len(one.proofs)) / (1 + rank)
        return likelihood

    def _filled(self, question: Question) -> Question:
        named = words(self.evidence)
        choices = tuple(replace(choice, label=sentence(choice.label, named)) for choice in question.choices)
        text, why = sentence(question.text, named), sentence(question.why, named)
        return replace(question, text=text, why=why, choices=(*choices, UNSURE))

    # --- the end --------------------------------------------------------------------------------------------------

    def _concluded(self, found: Weighed, *, is_likely: bool = False) -> Diagnosis:
        cause, named = found.cause, words(self.evidence)
        finding = next((proof.finding for proof in found.proofs if proof.finding), None)
        pages = [link for each in cause.links if (link := page(each, self.evidence))]
        workspace = self.evidence.facts.workspace
        urls = tuple(links.in_region(link.url, workspace) for link in pages) or (finding.links if finding else ())
        says, fix = sentence(cause.says, named) or _cause_of(finding), sentence(cause.fix, named)
        if finding is not None and finding.fix and fix in {"", finding.fix}:  # its pages go with it
            fix, urls = finding.fix, finding.links if fix else urls
        then = "" if cause.then is CHECK_AGAIN and not cause.is_trouble else cause.then  # nothing was to be done
        return Diagnosis(
            id=cause.id,
            says=says,
            fix=fix,
            then=sentence(then, named),
            proofs=found.proofs,
            excluded=self.excluded,
            said_first=self.said_first,
            links=urls,
            menu=_menu(urls),
            copies=self._copies(cause, finding),
            finding=finding,
            repair=repairing_changes(self.plan, finding) if self.plan and finding else (),
            is_likely=is_likely,
            is_trouble=cause.is_trouble,
        )

    def _copies(self, cause: Cause, finding: Finding | None) -> tuple[Copy, ...]:
        named, unnamed = words(self.evidence), words(Evidence(self.evidence.facts, Answers(), ()))
        own = (Copy(LABELS_OF_COPIES[name], named[name]) for name in cause.copies if named[name] != unnamed[name])
        of_finding = copies_of(finding) if finding else ()
        return tuple(dict.fromkeys((*own, *of_finding)))

    def _not_found(self) -> Diagnosis:
        is_chosen = bool(self.evidence.answers.audiences)
        unread = tuple(one for one in self.evidence.findings if _keeps_from_reading(one))
        says = self._why_none(unread)
        fitting = tuple(one for one in self.remaining if one.verdict is Verdict.SUGGESTS)
        proofs = {proof.says: proof for one in fitting for proof in one.proofs}
        return Diagnosis(
            id=NOT_FOUND,
            says=says,
            fix=self._way_on() if is_chosen else _CREATE if self.evidence.facts.audiences == () else _CHOOSE,
            proofs=(*(suggests(one.summary, one) for one in unread), *proofs.values()),
            excluded=self.excluded,
            said_first=self.said_first,
            copies=_SUPPORT if is_chosen else (),
            left=tuple(one.cause.title for one in fitting or self.remaining),
            is_found=False,
        )

    def _way_on(self) -> str:
        """Return what somebody else may know, or how to name a user, before a report to support."""
        if self.about.gap is judging.user_unseen and not self.evidence.answers.test_user:
            return f"{_NAME.format(self.about.id)} {_OR_REPORT}"
        open_ones = tuple(one for one in self.remaining if one.verdict is Verdict.SUGGESTS)
        unknown = (one for one in self.about.questions if self.evidence.given.get(one.id) == DO_NOT_KNOW)
        asked = [self._filled(one).text for one in unknown if self._decides(one, open_ones) > 0]
        if not asked:
            return _REPORT
        return f"Find out what you couldn't answer, and troubleshoot again: {' '.join(asked[:3])} {_OR_REPORT}"

    def _why_none(self, unread: tuple[Finding, ...]) -> str:
        if not self.evidence.answers.audiences:
            return "We can't tell yet: no audience is chosen."
        if unread:
            return "We don't know the cause: we couldn't read everything."
        if gap := judging.unread(self.evidence) or self.about.gap(self.evidence):
            return f"We don't know the cause: {gap}."
        is_wrong = any(one.status is Status.FAIL for one in self.evidence.findings)
        passed = sum(one.status is Status.PASS for one in self.evidence.findings)
        if (
            is_wrong
            or self.evidence.shows_trouble
            or not passed
            or any(one.verdict is Verdict.SUGGESTS for one in self.remaining)
        ):
            return "We don't know the cause."
        return f"We found nothing wrong: {count(passed, 'check')} passed."

    @property
    def hints(self) -> tuple[str, ...]:
        """Return what is worth knowing where no cause was found."""
        named = words(self.evidence)
        return tuple(hint.text.format_map(named) for hint in self.about.hints)

    # --- beside it ------------------------------------------------------------------------------------------------

    @property
    def unknowns(self) -> tuple[Finding, ...]:
        """Return what couldn't be told and matters: worth a mention beside a question."""
        return tuple(one for one in self.evidence.findings if one.status is Status.UNKNOWN and one.matters)

    @property
    def others(self) -> tuple[Finding, ...]:
        """Return the failures that are neither the cause nor, as what became of the sync, its effect."""
        told = self.next.finding if isinstance(self.next, Diagnosis) else None
        failed = (one for one in self.evidence.findings if one.status is Status.FAIL and one is not told)
        return tuple(one for one in failed if not one.id.startswith("sync."))


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
    """Whether a service couldn't be asked, so that nobody can tell what is wrong in it."""
    return finding.id in _ACCESS and finding.status in {Status.FAIL, Status.UNKNOWN}


def _cause_of(finding: Finding | None) -> str:
    return (finding.cause or finding.summary) if finding else ""


def _menu(urls: Iterable[str]) -> str:
    return next((found.menu for url in urls if (found := links.find(url)) and found.menu), "")


def search(
    symptom: Symptom, facts: Facts, answers: Answers, findings: tuple[Finding, ...], plan: Plan | None = None
) -> Search:
    """Begin a search about the first chosen audience that shows the symptom."""
    searches = list(_of_each_audience(symptom, facts, answers, findings, plan))
    showing = [one for one in searches if not one.said_first] or searches
    return next((one for one in showing if one.has_a_cause), next((one for one in showing if one.is_seen), showing[0]))


def _of_each_audience(
    symptom: Symptom, facts: Facts, answers: Answers, findings: tuple[Finding, ...], plan: Plan | None
) -> Iterator[Search]:
    for audience in chosen_audiences(facts, answers) or (None,):
        yield Search(symptom, look(facts, answers, findings, audience), plan)
