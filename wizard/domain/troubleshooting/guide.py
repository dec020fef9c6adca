"""Guided troubleshooting: from a symptom over what the checks say and a few questions to one cause. Pure.

    guide = Troubleshooting(symptom("no-segment"), walk.findings, plan=walk.plan())
    while isinstance(guide.next, Question):
        guide = guide.answered(choice_id)

A failure that matters ends it at once. Then a warning that explains the symptom by itself; then what a person
answers; then any other warning; and where nothing is left, a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from wizard.domain import links
from wizard.domain.findings import Finding, Status
from wizard.domain.plan import Plan, mended_by
from wizard.domain.troubleshooting.known import copies_of, known
from wizard.domain.troubleshooting.question import (
    DO_NOT_KNOW,
    Choice,
    Conclusion,
    Copy,
    Ending,
    Hint,
    Question,
    Seen,
    Symptom,
)

_UNSURE = Choice(DO_NOT_KNOW, "I don't know")
_COPY_LABELS = {"segment": "Segment", "client_side_id": "Client-side ID"}
NOTHING_FOUND = Conclusion(
    cause="We didn't find the cause: nothing that the wizard can check explains this.",
    fix="Save the report with audience-wizard doctor --report FILE and send it to LaunchDarkly and Segment support.",
    copies=(Copy("LaunchDarkly support", links.LAUNCHDARKLY_SUPPORT), Copy("Segment support", links.SEGMENT_SUPPORT)),
    is_found=False,
)


@dataclass(frozen=True, slots=True)
class Troubleshooting:
    """Where one search for a cause stands.

    `plan`: what could be repaired from here, when there is one. `known`: answers that nobody has to be asked for.
    """

    symptom: Symptom
    findings: tuple[Finding, ...]
    answers: Mapping[str, str] = field(default_factory=dict)  # choice id by question id
    plan: Plan | None = None
    known: Mapping[str, str] = field(default_factory=dict)  # choice id by question id

    @property
    def next(self) -> Question | Conclusion:
        found = self._first(Status.FAIL) or self._suspect()
        if found is not None:
            return self._concluded(found)
        ending = self._ending()
        if ending is not None:
            return self._ended(ending)
        asked = self._to_ask()
        if asked is not None:
            return self._filled(asked)
        warned = self._first(Status.WARN, only_related=True)
        return self._concluded(warned) if warned else NOTHING_FOUND

    @property
    def unknowns(self) -> tuple[Finding, ...]:
        """What bears on the symptom and could not be told: worth a mention beside the next question."""
        return tuple(one for one in self._related() if one.status is Status.UNKNOWN)

    @property
    def others(self) -> tuple[Finding, ...]:
        """Further failures, when the conclusion tells of one."""
        first = self._first(Status.FAIL)
        return tuple(one for one in self._ordered() if one.status is Status.FAIL and one is not first)

    @property
    def hints(self) -> tuple[Hint, ...]:
        return tuple(replace(hint, text=self._words(hint.text)) for hint in self.symptom.hints)

    def answered(self, choice_id: str) -> Troubleshooting:
        """With an answer to the question that is next; the same when none is."""
        question = self.next
        if not isinstance(question, Question):
            return self
        return replace(self, answers={**self.answers, question.id: choice_id})

    def back(self) -> Troubleshooting:
        """Without the last answer."""
        return replace(self, answers=dict(list(self.answers.items())[:-1]))

    # --- findings -----------------------------------------------------------------------------------------------

    def _related(self) -> tuple[Finding, ...]:
        """In the order in which the symptom is explained by them."""
        ranks = ((self._rank(finding), finding) for finding in self.findings)
        return tuple(finding for rank, finding in sorted(ranks, key=lambda pair: pair[0]) if rank < self._last)

    def _ordered(self) -> tuple[Finding, ...]:
        return tuple(sorted(self.findings, key=self._rank))

    @property
    def _last(self) -> int:
        return len(self.symptom.checks)

    def _rank(self, finding: Finding) -> int:
        fitting = (place for place, check in enumerate(self.symptom.checks) if _is(finding.id, check))
        return next(fitting, self._last)

    def _first(self, status: Status, *, only_related: bool = False) -> Finding | None:
        among = self._related() if only_related else self._ordered()
        return next((finding for finding in among if finding.status is status), None)

    def _suspect(self) -> Finding | None:
        order = [check.id for check in self.symptom.suspects]
        warned = [one for one in self.findings if one.status is Status.WARN and one.id in order]
        return min(warned, key=lambda one: order.index(one.id), default=None)

    def _concluded(self, finding: Finding) -> Conclusion:
        page = next((found for url in finding.links if (found := links.find(url)) and found.menu), None)
        return Conclusion(
            cause=finding.cause or finding.summary,
            fix=finding.fix,
            summary=finding.summary,
            links=finding.links,
            menu=page.menu if page else "",
            copies=copies_of(finding),
            check_id=finding.id,
            repair=mended_by(self.plan, finding) if self.plan else (),
        )

    # --- questions ----------------------------------------------------------------------------------------------

    def _seen(self) -> Seen:
        by_id: dict[str, tuple[Finding, ...]] = {}
        for finding in self.findings:
            by_id[finding.id] = (*by_id.get(finding.id, ()), finding)
        return Seen(by_id, self.answers)

    def _asked(self) -> Iterable[Question]:
        seen = self._seen()
        return (question for question in self.symptom.questions if question.asked(seen))

    def _to_ask(self) -> Question | None:
        given = self._given()
        return next((question for question in self._asked() if question.id not in given), None)

    def _given(self) -> dict[str, str]:
        """What is known counts where it would be asked for."""
        asked = {question.id for question in self._asked()}
        return {**{question: choice for question, choice in self.known.items() if question in asked}, **self.answers}

    def _ending(self) -> Ending | None:
        """Of the first answer that concludes something."""
        given = self._given()
        chosen = (
            choice
            for question in self.symptom.questions
            for choice in question.choices
            if given.get(question.id) == choice.id
        )
        return next((choice.ending for choice in chosen if choice.ending), None)

    def _ended(self, ending: Ending) -> Conclusion:
        values, unnamed = known(self.findings), known(())
        page = next((link for link in ending.links if link.menu), None)
        return Conclusion(
            cause=self._words(ending.cause),
            fix=self._words(ending.fix),
            links=tuple(link.url for link in ending.links),
            menu=page.menu if page else "",
            copies=tuple(
                Copy(_COPY_LABELS[name], values[name]) for name in ending.copies if values[name] != unnamed[name]
            ),
        )

    def _filled(self, question: Question) -> Question:
        choices = tuple(replace(choice, label=self._words(choice.label)) for choice in question.choices)
        text, why = self._words(question.text), self._words(question.why)
        return replace(question, text=text, why=why, choices=(*choices, _UNSURE))

    def _words(self, text: str) -> str:
        return text.format_map(known(self.findings))


def _is(check_id: str, named: str) -> bool:
    """A name that ends with a dot stands for every check that begins so."""
    return check_id.startswith(named) if named.endswith(".") else check_id == named
