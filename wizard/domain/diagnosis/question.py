"""Questions about what only a person knows, with their choices. The causes say what each answer decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question_id import ChoiceId, QuestionId

DO_NOT_KNOW: Final = "do-not-know"


@dataclass(frozen=True, slots=True)
class Choice:
    id: ChoiceId
    label: str


YES: Final = "yes"
NO: Final = "no"
UNSURE = Choice(DO_NOT_KNOW, "I don't know")
Asked: TypeAlias = Callable[[Evidence], bool]


def always(_: Evidence) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `text`, `why` and labels may hold `{names}`, which `filled` fills in for the interfaces.

    `asked`: whether the question makes sense, and the wizard can't read the answer itself.
    """

    id: QuestionId
    text: str
    why: str  # why the wizard has to ask
    choices: tuple[Choice, ...]
    asked: Asked = always
