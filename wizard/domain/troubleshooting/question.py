"""What guided troubleshooting is made of: symptoms, questions that no API can answer, and the one end. Data only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from wizard.domain.checks.check import Check
from wizard.domain.findings import Finding, Status
from wizard.domain.links import Link

DO_NOT_KNOW = "do-not-know"


@dataclass(frozen=True, slots=True)
class Copy:
    """A value that is pasted somewhere else."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The end: one cause and one fix; or, with `is_found` False, that none was found and a report is the way on."""

    cause: str
    fix: str
    summary: str = ""  # what was seen; empty when an answer told it
    links: tuple[str, ...] = ()
    menu: str = ""  # the way through the vendor's menus to the first link
    copies: tuple[Copy, ...] = ()
    check_id: str | None = None  # of the finding that told it
    repair: tuple[str, ...] = ()  # ids of the plan's changes that would mend it, after a yes
    is_found: bool = True


@dataclass(frozen=True, slots=True)
class Ending:
    """What an answer concludes. Texts may hold `{names}` of what is known; `copies` are such names too."""

    cause: str
    fix: str
    links: tuple[Link, ...] = ()
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer; without an ending the next question follows."""

    id: str
    label: str
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the checks say and what was answered so far: what decides whether a question is worth asking."""

    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)  # by check id
    answers: Mapping[str, str] = field(default_factory=dict)  # choice id by question id

    def is_any(self, check: Check, *statuses: Status) -> bool:
        return any(finding.status in statuses for finding in self.findings.get(check.id, ()))

    def passes(self, check: Check) -> bool:
        found = self.findings.get(check.id, ())
        return bool(found) and all(finding.status is Status.PASS for finding in found)

    def evidence(self, check: Check, name: str) -> object:
        """The first finding's; None when there is none."""
        return next((f.evidence[name] for f in self.findings.get(check.id, ()) if name in f.evidence), None)


Asked: TypeAlias = Callable[[Seen], bool]


def always(_: Seen) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """`text` and labels may hold `{names}`; a face gets them filled in. `Do not know` is always a choice."""

    id: str
    text: str
    why: str  # why it is asked: what no API shows
    choices: tuple[Choice, ...]
    asked: Asked = always


@dataclass(frozen=True, slots=True)
class Hint:
    """Worth knowing; nothing to decide."""

    id: str
    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Symptom:
    """`checks`: ids, or beginnings of ids, in the order in which their failures explain the symptom."""

    id: str
    title: str
    checks: tuple[str, ...]
    suspects: tuple[Check, ...]  # checks whose warning alone explains it
    questions: tuple[Question, ...]
    hints: tuple[Hint, ...] = ()
