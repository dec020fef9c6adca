"""From a symptom to one cause, with proof: evidence first, then the question that splits what is left. Pure.

    found = search(symptom, facts, answers, findings)
    while isinstance(found.next, Question):
        found = found.answered(choice_id)

An excluded cause is never offered, and a confirmed cause ends the search. A question is asked only if its answers lead
to different causes. When no question is left, the cause that the evidence suggests most is offered as most likely.
Without such a cause, a report is the next step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from wizard.domain.answers import Answers
from wizard.domain.commands import of_this_run
from wizard.domain.diagnosis import judging
from wizard.domain.diagnosis.asking import filled, most_telling
from wizard.domain.diagnosis.cause import Cause, Verdict, Weighed, weigh
from wizard.domain.diagnosis.conclusion import Conclusion, Diagnosis, Excluded, gone
from wizard.domain.diagnosis.contradictions import Redirect
from wizard.domain.diagnosis.evidence.evidence import Evidence, gather_evidence
from wizard.domain.diagnosis.question import Question
from wizard.domain.diagnosis.question_id import ChoiceId, Given, QuestionId
from wizard.domain.diagnosis.symptoms.catalogue import symptom_named
from wizard.domain.diagnosis.symptoms.symptom import Symptom
from wizard.domain.diagnosis.words import words
from wizard.domain.facts import Facts
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.plan import Plan
from wizard.domain.wanted import chosen_audiences


@dataclass(frozen=True)
class Search:
    """One search for a cause. `plan`: what the wizard could repair, if there's a plan."""

    symptom: Symptom
    evidence: Evidence
    plan: Plan | None = None
    options: str = ""  # of this run, for the commands that the end names
    before: Diagnosis | None = None  # the proven cause that an earlier search ended with

    @cached_property
    def next(self) -> Question | Diagnosis:
        step = self._next
        is_proven = isinstance(step, Diagnosis) and step.is_found and not step.is_likely
        if not is_proven and self._gone is not None:
            step = self._gone
        if isinstance(step, Question):
            return step
        return replace(step, fix=of_this_run(step.fix, self.options), then=of_this_run(step.then, self.options))

    @property
    def _next(self) -> Question | Diagnosis:
        if self._end is not None:
            return self._conclusion.found(weigh(self._end, self.evidence))
        confirmed = self._confirmed()
        if confirmed is not None:
            return self._conclusion.found(confirmed)
        if (left := self._left(self.evidence)) is not None:
            return self._conclusion.found(left)
        question = self._to_ask()
        if question is not None:
            return filled(question, self.evidence)
        if (left := self._left_when_asked_out()) is not None:
            return self._conclusion.found(left)
        likely = self._most_suggested()
        return self._conclusion.found(likely, is_likely=True) if likely else self._conclusion.not_found()

    @property
    def _gone(self) -> Diagnosis | None:
        """Return that the earlier search's cause is gone; nobody then has to answer questions to be told."""
        if self.before is None:
            return None
        was = next((one for one in self.weighed if one.cause.id == self.before.id), None)
        return gone(self.before, was) if was is not None and was.verdict is Verdict.EXCLUDES else None

    @property
    def is_fixed(self) -> bool:
        """Return whether the search ends with the news that the earlier search's cause is gone."""
        end = self.next
        return (
            self.before is not None and isinstance(end, Diagnosis) and end.id == self.before.id and not end.is_trouble
        )

    @property
    def has_a_cause(self) -> bool:
        end = self.next
        return isinstance(end, Diagnosis) and end.is_found and end.is_trouble and not end.is_likely

    @property
    def is_seen(self) -> bool:
        return self.evidence.shows_trouble

    @property
    def can_name_user(self) -> bool:
        """Return whether the symptom is about a user whom the wizard could look up, named already or not."""
        return self.about.gap is judging.user_unseen and self.evidence.segment is not None

    @property
    def flags_to_name(self) -> tuple[str, ...] | None:
        """Return the flags that use the segment, the chosen one first; None where the symptom isn't about a flag."""
        if "flag_values" not in self.about.reads:
            return None
        chosen = self.evidence.answers.flag
        return tuple(dict.fromkeys((*((chosen,) if chosen else ()), *(self.evidence.flags or ()))))

    @property
    def given(self) -> dict[QuestionId, ChoiceId]:
        return dict(self.evidence.given)

    def answered(self, choice: ChoiceId) -> Search:
        """Return the search with an answer to the next question; the same search if there's no question."""
        question = self.next
        if not isinstance(question, Question):
            return self
        return self.with_answers({**self.given, question.id: choice})

    def with_answers(self, given: Given) -> Search:
        return replace(self, evidence=self.evidence.answered(given))

    def back(self) -> Search:
        """Return the search without the last answer."""
        return self.with_answers(dict(list(self.given.items())[:-1]))

    def reopened(self) -> Search:
        """Return the search without the answers that its end rests on, so that they're asked again after a fix.

        Those are the answers that speak for the cause. Without any, it's the first that leads to another end.
        """
        end, given = self.next, self.given
        now = next((one for one in self.weighed if one.cause.id == end.id), None)
        without = {one: self.with_answers(_without({one}, given)) for one in given}
        rests_on = {one for one, other in without.items() if now and weigh(now.cause, other.evidence) != now}
        ends = {one: other.next for one, other in without.items()}
        decisive = (one for one, other in ends.items() if not isinstance(other, Diagnosis) or other.id != end.id)
        return self.with_answers(_without(rests_on or set(islice(decisive, 1)), given))

    # --- the contradiction ----------------------------------------------------------------------------------------

    @cached_property
    def _redirects(self) -> tuple[tuple[Redirect, Symptom], ...]:
        """Return each contradiction with the symptom from which the search goes on. No symptom is met twice."""
        redirects: list[tuple[Redirect, Symptom]] = []
        at, met = self.symptom, {self.symptom.id}
        while redirect := next((redirect for each in at.contradictions if (redirect := each(self.evidence))), None):
            following = symptom_named(redirect.becomes) if redirect.becomes not in met else None
            redirects.append((redirect, following or at))
            if following is None:
                break
            at = following
            met.add(at.id)
        return tuple(redirects)

    @property
    def said_first(self) -> tuple[str, ...]:
        return tuple(redirect.says for redirect, _ in self._redirects)

    @property
    def _end(self) -> Cause | None:
        """Return the cause with which a contradiction ends the search."""
        return self._redirects[-1][0].cause if self._redirects else None

    @property
    def about(self) -> Symptom:
        """Return the symptom that is true, after all contradictions."""
        return self._redirects[-1][1] if self._redirects else self.symptom

    # --- the causes -----------------------------------------------------------------------------------------------

    @cached_property
    def weighed(self) -> tuple[Weighed, ...]:
        return tuple(weigh(cause, self.evidence) for cause in self.about.causes)

    @property
    def remaining(self) -> tuple[Weighed, ...]:
        return tuple(one for one in self.weighed if one.is_open)

    @property
    def excluded(self) -> tuple[Excluded, ...]:
        """Return the causes that were excluded; none if a contradiction alone ends the search."""
        if self._end is not None:
            return ()
        ruled_out = (one for one in self.weighed if one.verdict is Verdict.EXCLUDES)
        return tuple(Excluded(one.cause.id, one.cause.title, one.proofs[0].says) for one in ruled_out)

    def _confirmed(self) -> Weighed | None:
        """Return the cause that is proven.

        A cause that keeps the wizard from reading comes first, unless another proven cause says more about the same
        finding.
        """
        proven = [one for one in self.weighed if one.verdict is Verdict.CONFIRMS and not self._waits(one.cause)]
        kept = (weigh(cause, self.evidence) for cause in self.about.access)
        blocker = next((one for one in kept if one.verdict is Verdict.CONFIRMS), None)
        if blocker is None:
            return next(iter(proven), None)
        told = blocker.proofs[0].finding
        says_more = (one for one in proven if any(proof.finding is told for proof in one.proofs))
        return next(says_more, blocker)

    def _waits(self, cause: Cause) -> bool:
        """Return whether a question about the symptom comes before this cause, a condition that exists anyway."""
        before = (one for one in self.about.before_those if one.id not in self.evidence.given)
        return cause in self.about.standing and any(one.asked(self.evidence) for one in before)

    def _left(self, evidence: Evidence) -> Weighed | None:
        """Return the end for a user who can't answer more questions, if nothing that was read explains the symptom."""
        cause = self.about.remaining_cause
        if cause is None or any(one.verdict in {Verdict.SUGGESTS, Verdict.CONFIRMS} for one in self.weighed):
            return None
        found = weigh(cause, evidence)
        return found if found.verdict is Verdict.CONFIRMS else None

    def _left_when_asked_out(self) -> Weighed | None:
        """Return that end after the last question, unless something about the symptom couldn't be read."""
        nobody_is_named = not self.evidence.answers.test_user
        gap = self.about.gap(self.evidence)
        if judging.unread(self.evidence) or not self.evidence.given or (gap and not nobody_is_named):
            return None
        if not self.remaining and not gap:
            return None
        return self._left(replace(self.evidence, is_out_of_questions=True))

    def _most_suggested(self) -> Weighed | None:
        """Return the open cause that more evidence suggests than any other; None on a tie."""
        suggested = [one for one in self.remaining if one.verdict is Verdict.SUGGESTS]
        ranked = sorted(suggested, key=lambda one: -len(one.proofs))
        is_single = len(ranked) == 1 or (len(ranked) > 1 and len(ranked[0].proofs) > len(ranked[1].proofs))
        return ranked[0] if is_single else None

    # --- the question ---------------------------------------------------------------------------------------------

    @property
    def _has_nothing_to_ask_about(self) -> bool:
        return isinstance(self.evidence.facts.audiences, tuple) and not self.evidence.answers.audiences

    def _to_ask(self) -> Question | None:
        if len(self.evidence.given) >= self.about.most_questions or self._has_nothing_to_ask_about:
            return None
        return most_telling(self.about, self.remaining, self.evidence)

    # --- the end --------------------------------------------------------------------------------------------------

    @property
    def _conclusion(self) -> Conclusion:
        return Conclusion(self.about, self.evidence, self.said_first, self.excluded, self.remaining, self.plan)

    @property
    def hints(self) -> tuple[str, ...]:
        """Return what is worth knowing when no cause was found."""
        named = words(self.evidence)
        return tuple(hint.text.format_map(named) for hint in self.about.hints)

    # --- beside it ------------------------------------------------------------------------------------------------

    @property
    def unknowns(self) -> tuple[Finding, ...]:
        """Return the findings that couldn't be determined and that matter, to mention beside a question."""
        return tuple(one for one in self.evidence.findings if one.status is Status.UNKNOWN and one.matters)

    @property
    def others(self) -> tuple[Finding, ...]:
        """Return the failures that are neither the cause nor its effect on the sync."""
        told = self.next.finding if isinstance(self.next, Diagnosis) else None
        failed = (one for one in self.evidence.findings if one.status is Status.FAIL and one is not told)
        return tuple(one for one in failed if not one.id.startswith("sync."))


def _without(questions: Collection[QuestionId], given: Given) -> Given:
    return {one: choice for one, choice in given.items() if one not in questions}


def search(
    symptom: Symptom, facts: Facts, answers: Answers, findings: tuple[Finding, ...], plan: Plan | None = None
) -> Search:
    """Return a search about the first chosen audience that shows the symptom, preferring one with a cause."""
    searches = list(_of_each_audience(symptom, facts, answers, findings, plan))
    showing = [one for one in searches if not one.said_first] or searches
    return next((one for one in showing if one.has_a_cause), next((one for one in showing if one.is_seen), showing[0]))


def _of_each_audience(
    symptom: Symptom, facts: Facts, answers: Answers, findings: tuple[Finding, ...], plan: Plan | None
) -> Iterator[Search]:
    for audience in chosen_audiences(facts, answers) or (None,):
        yield Search(symptom, gather_evidence(facts, answers, findings, audience), plan)
