"""One thing that a person does in a web app, as data: where, with which values, and how it is seen to be done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from wizard.domain.answers import Secrets
from wizard.domain.facts import Slot
from wizard.domain.services.links import Link
from wizard.domain.tokens.credentials import Credential
from wizard.flow.state import State
from wizard.text import KEY_LIMIT, plain


class TickState(StrEnum):
    """Each interface draws it with a glyph and a word, never by color alone."""

    DONE = "done"
    NOT_YET = "not yet"
    DIFFERENT = "different"  # it is there, and something about it is not as wanted
    CANNOT_TELL = "cannot tell"  # the user's word has to do


ONCE_TICKED = {  # what is said when the user says that a step is done
    TickState.DONE: "seen",
    TickState.NOT_YET: "marked as done; the wizard doesn't see it yet",
    TickState.CANNOT_TELL: "marked as done",
    TickState.DIFFERENT: "still different",
}


@dataclass(frozen=True, slots=True)
class Tick:
    """What was seen of a step. `detail` is one sentence; of something different it names each difference."""

    state: TickState
    detail: str = ""

    @property
    def is_done(self) -> bool:
        return self.state is TickState.DONE


@dataclass(frozen=True, slots=True)
class HandValue:
    """One field of a web app's form and what goes into it."""

    label: str  # as the web app calls the field
    text: str = ""  # exactly as it has to be; of a secret, what may be shown of it
    before: str = ""  # the current value, where one is replaced
    secret: Credential | None = None  # copied, never drawn
    made: bool = False  # a secret that the wizard made, so that nobody else has it
    typed: bool = True  # False: chosen from a list or switched, nothing to paste

    @property
    def shown(self) -> str:
        """Return `text` as a screen may draw it."""
        return plain(self.text, KEY_LIMIT)

    def to_copy(self, secrets: Secrets) -> str:
        """Return the text for the clipboard; empty for a secret that the wizard doesn't have."""
        if not self.secret:
            return self.text
        secret = secrets.of(self.secret)
        return secret.get_secret_value() if secret else ""


Judge = Callable[[State], Tick]


@dataclass(frozen=True, slots=True)
class HandStep:
    """`id` begins with `change_id`, which is empty for what belongs to no change: the last look at LaunchDarkly."""

    id: str  # `destination.settings`, `mapping.status`, `audience:vip_customers.send`
    change_id: str
    title: str  # in the vendor's words
    menu: tuple[str, ...]  # the way there through the vendor's menus
    link: Link
    seen: Judge = field(repr=False, compare=False)
    slot: Slot  # in which it is seen
    values: tuple[HandValue, ...] = ()
    note: str = ""  # why, or what to watch out for
    docs: Link | None = None
    subject: str = ""  # id of what is changed, or of the audience (else its key); empty for what has to be made

    @property
    def menu_path(self) -> str:
        return " → ".join(self.menu)

    @property
    def mark(self) -> str:
        """The name of a user's tick: another value or another resource needs a tick of its own."""
        what = [self.subject, *(f"{value.label}: {value.text}" for value in self.values)]
        return f"{self.id} {hashlib.sha256(repr(what).encode()).hexdigest()[:12]}"


def done(detail: str = "") -> Tick:
    return Tick(TickState.DONE, detail)


def not_yet(detail: str = "") -> Tick:
    return Tick(TickState.NOT_YET, detail)


def different(detail: str) -> Tick:
    return Tick(TickState.DIFFERENT, detail)


def cannot_tell(detail: str) -> Tick:
    return Tick(TickState.CANNOT_TELL, detail)
