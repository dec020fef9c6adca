"""A question of the walk, declared once as data with functions; each interface renders it by its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from functools import cache
from typing import Any, TypeAlias

from wizard.domain.answers import AskId
from wizard.domain.facts import Slot
from wizard.domain.findings import Finding, Status
from wizard.domain.services.links import in_region
from wizard.domain.services.segment import Region, Workspace
from wizard.domain.step_id import StepId
from wizard.domain.tokens.credentials import Credential
from wizard.flow.state import State

Value: TypeAlias = str | tuple[str, ...]


class Kind(StrEnum):
    SECRET = "secret"  # noqa: S105 - hidden, pasted in one go, never shown again but for its last four
    TEXT = "text"
    CHOICE = "choice"  # a few, all shown, each with its why
    PICK = "pick"  # one from a list that filters as one types
    PICK_MANY = "pick_many"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. `label` and `details` are clean text, never markup."""

    value: str
    label: str
    details: tuple[str, ...] = ()  # beside the label, the most telling first: a count, a status, a key
    recommended: bool = False
    why: str = ""  # one sentence, shown while it is highlighted
    search: str = ""  # further text that the filter looks at: keys, ids

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
    TARGET = auto()  # each may have its own, under the name of `Setting.answer` in its table of [[targets]]
    OWN = auto()  # each has its own, there


@dataclass(frozen=True, slots=True)
class Setting:
    """How an answer is read from a file, and written to one that leads to the same plan."""

    key: str  # "launchdarkly.project"
    answer: str  # the field of `Answers`
    write: Callable[[State], Held | None]  # None leaves the key out
    holds: type = str  # str, bool or list (of texts)
    valid: tuple[str, ...] = ()  # the only values that exist; empty: any
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
    `suggest` is what is taken when the user just goes on. `waits_for` says what has to be read before it can be
    answered ("the projects of this token"), empty when it can be answered now.
    What is said about a question (`help`, `hint`) may change with the run, and leaves it the same question.
    """

    id: AskId
    kind: Kind
    label: str
    help: Help = field(compare=False)
    get: Callable[[State], Value]
    put: Callable[[State, Value], State] = lambda state, _: state
    hint: str = field(default="", compare=False)
    hint_of_run: Callable[[State], str] = lambda _: ""  # what to add to the hint in this run
    choices: Callable[[State], tuple[Choice, ...]] = lambda _: ()
    free: Callable[[str, State], Choice | None] = lambda _, __: None  # typed text that is a choice though not listed
    suggest: Callable[[State], Value] = lambda _: ""
    clean: Callable[[str], str] = str.strip
    mistake: Callable[[str, State], str] = lambda _, __: ""  # of a cleaned text, before any call; empty when fine
    applies: Callable[[State], bool] = lambda _: True
    waits_for: Callable[[State], str] = lambda _: ""
    awaits: tuple[StepId, ...] = ()  # the steps whose answers it can't do without
    words: Callable[[State], str] = lambda _: ""  # the answer as text, though its choices can't be read
    takes_the_only: bool = False  # a single choice is taken without asking
    optional: bool = False
    settings: tuple[Setting, ...] = ()  # the keys of setup.toml that answer it
    variable: str = ""  # its environment variable
    about: tuple[str, ...] = ()  # beginnings of the ids of checks that another answer here fixes
    around: tuple[str, ...] = ()  # the same, of checks that are fixed elsewhere: another answer only avoids them
    evidence: tuple[Slot, ...] = ()  # slots that nothing else needs: read once someone wants to answer
    secret: Credential | None = None  # for Kind.SECRET: the token that is pasted

    @property
    def setting(self) -> str:
        """Return the key that a person is asked to set; empty when there is none."""
        return next((setting.key for setting in reversed(self.settings) if not setting.optional), "")

    def fixes(self, finding: Finding) -> bool:
        """Return whether another answer is what fixes the finding."""
        return finding.status in {Status.FAIL, Status.WARN} and finding.id.startswith(self.about)

    def is_answered(self, state: State) -> bool:
        return bool(self.get(state))

    def in_words(self, state: State) -> str:
        """Return the answer without looking at the choices; empty while unanswered."""
        return (self.words(state) or "answered") if self.is_answered(state) else ""


@cache
def in_the_app_of(ask: Ask, region: Region) -> Ask:
    """Return the question with its page in the web app of the workspace's region; the usual one is as it is."""
    page = in_region(ask.help.link, Workspace("", "", "", region))
    return ask if page == ask.help.link else replace(ask, help=replace(ask.help, link=page))


_BLANKS_AND_SIGNS = re.compile(r"[^\w\n]|_")
LEAST_OF_AN_ID = 6  # shorter words occur in too many IDs by chance


class Narrowing:
    """The choices that hold every typed word. Ids are searched only for a word that looks like part of one."""

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
    """Return a text without blanks and signs: where Space selects, nobody can type a blank."""
    return _BLANKS_AND_SIGNS.sub("", text)
