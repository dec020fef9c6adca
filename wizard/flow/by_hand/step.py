"""One thing that a person does in a web app, as data: where, with which values, and how to see that it's done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from wizard.domain.answers import Secrets
from wizard.domain.credentials import Credential
from wizard.domain.facts import Slot
from wizard.domain.services.links import Link
from wizard.flow.state import State
from wizard.text import KEY_LIMIT, plain


class TickState(StrEnum):
    """How a step by hand stands. Interfaces draw it with a glyph and a word, never by color alone."""

    DONE = "done"
    NOT_YET = "not yet"
    DIFFERENT = "different"  # it exists, but something about it isn't as wanted
    CANNOT_TELL = "cannot tell"  # only the user can say


ONCE_TICKED = {  # the answer when the user marks a step as done
    TickState.DONE: "seen",
    TickState.NOT_YET: "marked as done; the wizard doesn't see it yet",
    TickState.CANNOT_TELL: "marked as done",
    TickState.DIFFERENT: "still different",
}


@dataclass(frozen=True, slots=True)
class Tick:
    """What the wizard sees of a step. `detail` is one sentence, which names each difference if there are some."""

    state: TickState
    detail: str = ""

    @property
    def is_done(self) -> bool:
        return self.state is TickState.DONE


@dataclass(frozen=True, slots=True)
class HandValue:
    """One field of a web app's form and what goes into it."""

    label: str  # as the web app calls the field
    text: str = ""  # exactly as to be entered; for a secret, what may be shown of it
    before: str = ""  # the current value, if one is replaced
    secret: Credential | None = None  # copied, never drawn
    made: bool = False  # a secret that the wizard made, so only the wizard has it
    typed: bool = True  # False: chosen from a list or switched, so there's nothing to paste

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
    """One step by hand. `change_id` is the plan's change that it's part of; empty for the final check."""

    id: str  # `destination.settings`, `mapping.status`, `audience:vip_customers.send`
    change_id: str
    title: str  # in the vendor's words
    menu: tuple[str, ...]  # the way there through the vendor's menus
    link: Link
    seen: Judge = field(repr=False, compare=False)
    slot: Slot  # the slot of facts that shows whether it's done
    values: tuple[HandValue, ...] = ()
    note: str = ""  # why, or what to watch out for
    docs: Link | None = None
    subject: str = ""  # ID of what is changed, or of the audience (else its key); empty for a new resource

    @property
    def menu_path(self) -> str:
        return " → ".join(self.menu)

    @property
    def mark(self) -> str:
        """The name under which a tick is saved. It differs for other values or another resource."""
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
