"""What only a person knows: questions with their choices. Which cause an answer decides is said by the causes."""

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
    """`text`, `why` and labels may hold `{names}`. Interfaces get them filled in, with "I don't know" as last choice.

    `asked`: whether it makes sense, and the wizard can't read the answer itself.
    """

    id: QuestionId
    text: str
    why: str  # what no API shows
    choices: tuple[Choice, ...]
    asked: Asked = always
