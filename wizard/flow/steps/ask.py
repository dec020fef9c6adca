"""A question of the walk, declared once as data with functions; each interface renders it by its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from functools import cache
from typing import Any, TypeAlias

from wizard.domain.answers import AskId
from wizard.domain.credentials import Credential
from wizard.domain.facts import Slot
from wizard.domain.findings import Finding, Status
from wizard.domain.services.links import in_region
from wizard.domain.services.segment import Region, Workspace
from wizard.domain.step_id import StepId
from wizard.flow.state import State

Value: TypeAlias = str | tuple[str, ...]


class Kind(StrEnum):
    SECRET = "secret"  # noqa: S105 - hidden, pasted at once; only its last four are shown again
    TEXT = "text"
    CHOICE = "choice"  # one of a few, all shown, each with a reason
    PICK = "pick"  # one from a list that is filtered by typing
    PICK_MANY = "pick_many"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. `label` and `details` are clean text, never markup."""

    value: str
    label: str
    details: tuple[str, ...] = ()  # beside the label, most important first: a count, a status, a key
    recommended: bool = False
    why: str = ""  # one sentence, shown while it is highlighted
    search: str = ""  # more text to filter by: keys, IDs

    @property
    def detail(self) -> str:
        """Return the details in one line."""
        return " · ".join(part for part in self.details if part)


@dataclass(frozen=True, slots=True)
class Help:
    """What F1 says about a question."""

    what: str
    where: str  # the vendor's menu path
    link: str = ""


Held: TypeAlias = str | bool | tuple[str, ...]


class Scope(Enum):
    """Whether several environments of a setup share a setting."""

    SETUP = auto()  # all of them share it
    TARGET = auto()  # each may have its own, in its [[targets]] table, under the name of `Setting.answer`
    OWN = auto()  # each has its own, in the same place


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of `setup.toml`: how an answer is read from it, and written so that it leads to the same plan."""

    key: str  # "launchdarkly.project"
    answer: str  # the field of `Answers`
    write: Callable[[State], Held | None]  # None leaves the key out
    holds: type = str  # str, bool or list (of texts)
    valid: tuple[str, ...] = ()  # the allowed values; empty: any
    convert: Callable[[Any], Any] = lambda value: value
    mistake: Callable[[str], str] = lambda _: ""
    optional: bool = False  # True: no command asks for a missing value
    scope: Scope = Scope.SETUP

    @property
    def table(self) -> str:
        return self.key.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question.

    `get` is empty while unanswered; for a secret it gives its last four characters. `put` takes a cleaned value; a
    secret is taken by `State.with_token` and needs neither `put`, `clean` nor `mistake`.
    `suggest` returns the answer if the user just goes on. `waits_for` says what has to be read before anyone can answer
    ("the projects of this token"); it's empty when the question can be answered now. `help` and `hint` may differ from
    run to run, so two questions that differ only there are equal.
    """

    id: AskId
    kind: Kind
    label: str
    help: Help = field(compare=False)
    get: Callable[[State], Value]
    put: Callable[[State, Value], State] = lambda state, _: state
    hint: str = field(default="", compare=False)
    hint_of_run: Callable[[State], str] = lambda _: ""  # what to add to the hint in this run
    hints_at_keys: bool = False  # the hint is about the keys of a list on the full screen
    choices: Callable[[State], tuple[Choice, ...]] = lambda _: ()
    free: Callable[[str, State], Choice | None] = lambda _, __: None  # a typed text as a choice that isn't listed
    suggest: Callable[[State], Value] = lambda _: ""
    clean: Callable[[str], str] = str.strip
    mistake: Callable[[str, State], str] = lambda _, __: ""  # in a cleaned text, before any call; empty when fine
    applies: Callable[[State], bool] = lambda _: True
    waits_for: Callable[[State], str] = lambda _: ""
    awaits: tuple[StepId, ...] = ()  # the steps whose answers it needs
    words: Callable[[State], str] = lambda _: ""  # the answer as text, even if its choices can't be read
    takes_the_only: bool = False  # take a single choice without asking
    optional: bool = False
    settings: tuple[Setting, ...] = ()  # the keys of setup.toml that answer it
    variable: str = ""  # its environment variable
    about: tuple[str, ...] = ()  # beginnings of the IDs of checks that another answer here fixes
    around: tuple[str, ...] = ()  # the same for checks that another answer here only avoids
    evidence: tuple[Slot, ...] = ()  # slots to read only once someone wants to answer
    secret: Credential | None = None  # for Kind.SECRET: the token that is pasted

    @property
    def setting(self) -> str:
        """Return the key of `setup.toml` that a command asks the user to set; empty when there is none."""
        return next((setting.key for setting in reversed(self.settings) if not setting.optional), "")

    def fixes(self, finding: Finding) -> bool:
        """Return whether another answer to this question fixes the finding."""
        return finding.status in {Status.FAIL, Status.WARN} and finding.id.startswith(self.about)

    def is_answered(self, state: State) -> bool:
        return bool(self.get(state))

    def in_words(self, state: State) -> str:
        """Return the answer without looking at the choices; empty while unanswered."""
        return (self.words(state) or "answered") if self.is_answered(state) else ""


@cache
def in_the_app_of(ask: Ask, region: Region) -> Ask:
    """Return the question with its link in the region's web app; the same object if the link doesn't change."""
    page = in_region(ask.help.link, Workspace("", "", "", region))
    return ask if page == ask.help.link else replace(ask, help=replace(ask.help, link=page))


_BLANKS_AND_SIGNS = re.compile(r"[^\w\n]|_")
LEAST_OF_AN_ID = 6  # shorter words occur in too many IDs by chance


class Narrowing:
    """A filter for choices that contain every typed word. IDs are searched only for words of 6 characters or more."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self._shown = ["\n".join((choice.label, *choice.details)).casefold() for choice in choices]
        self._bare = [_bare(shown) for shown in self._shown]
        self._hidden = [choice.search.casefold() for choice in choices]

    def matching(self, typed: str) -> list[Choice]:
        left: Sequence[int] = range(len(self._choices))
        for word in typed.casefold().split():
            by_id, bare = len(word) >= LEAST_OF_AN_ID, _bare(word)
            left = [
                i
                for i in left
                if word in self._shown[i] or (bare and bare in self._bare[i]) or (by_id and word in self._hidden[i])
            ]
        return [self._choices[index] for index in left]


def _bare(text: str) -> str:
    """Return a text without spaces and signs: nobody can type a space in lists where Space selects."""
    return _BLANKS_AND_SIGNS.sub("", text)
