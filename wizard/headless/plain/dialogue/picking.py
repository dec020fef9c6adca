"""Choosing from a numbered list: one or many, twenty at a time, narrowed by words."""

from __future__ import annotations

import re

from wizard.domain.failure import Failure
from wizard.flow.steps.ask import Ask, Kind, Narrowing, Value
from wizard.flow.watching.stages.evidence import why
from wizard.headless.plain.dialogue import words
from wizard.headless.plain.dialogue.dialogue import Dialogue
from wizard.headless.plain.dialogue.numbers import numbers_in
from wizard.text import plain

PAGE = 20
_MORE = "m"


class Picking:
    """One question with choices, while it's being asked."""

    def __init__(self, dialogue: Dialogue, ask: Ask) -> None:
        self._dialogue = dialogue
        self._ask = ask
        self._state = dialogue.walk.state
        self._all = ask.choices(self._state)
        self._shown = self._all
        self._listed = self._all  # as last printed; after words that match nothing, its numbers are still on screen
        self._words = ""
        self._first = 0
        self._is_toggled = False  # whether a number was typed since the list was narrowed
        self._default = _as_tuple(ask.get(self._state) or ask.suggest(self._state)) or self._first_row
        self._selected = self._default if self._is_many else ()

    @property
    def _is_many(self) -> bool:
        return self._ask.kind is Kind.PICK_MANY

    @property
    def _narrows(self) -> bool:
        return self._ask.kind is not Kind.CHOICE

    async def run(self) -> None:
        """Ask until the walk has taken an answer. Raises LeftPrompt."""
        self._show()
        while True:
            given = await self._dialogue.ask(self._prompt, self._ask)
            if self._is_answered_by(given):
                return

    @property
    def _first_row(self) -> tuple[str, ...]:
        """The first choice, which Enter takes if nothing is suggested; the full screen highlights the same row."""
        is_default = self._ask.kind is Kind.PICK and not self._ask.optional and bool(self._all)
        return (self._all[0].value,) if is_default else ()

    @property
    def _prompt(self) -> str:
        number = "Numbers" if self._is_many else "Number"
        return f"{number} or words" if self._narrows else number

    def _is_answered_by(self, given: str) -> bool:
        if not given:
            return self._enter()
        if given == _MORE and self._first + PAGE < len(self._shown):
            self._first += PAGE
            self._show()
        elif numbers := self._numbers(given):
            return self._take_numbers(numbers)
        elif _are_numbers(given) and not any(given in one.label or given in one.value for one in self._all):
            self._dialogue.say(f"Type {'numbers' if self._is_many else 'a number'} from 1 to {len(self._listed):,}.")
        elif self._narrows:
            self._narrow(given)
        else:
            self._ask_for_a_number()
        return False

    def _ask_for_a_number(self) -> None:
        many = "Nothing is selected. Type at least one number."
        self._dialogue.say(many if self._is_many else f"Type a number from 1 to {len(self._shown)}.")

    # --- numbers and words ---------------------------------------------------------------------------------------

    def _numbers(self, given: str) -> list[int]:
        """Return the typed numbers if all are on the list; else none, and the text is words to filter by."""
        if not _are_numbers(given):
            return []
        numbers = numbers_in(given, len(self._listed))
        return numbers if self._is_many or len(numbers) == 1 else []

    def _take_numbers(self, numbers: list[int]) -> bool:
        values = [self._listed[number - 1].value for number in numbers]
        if not self._is_many:
            return self._take(values[0])
        for value in dict.fromkeys(values):
            kept = tuple(one for one in self._selected if one != value)
            self._selected = kept if value in self._selected else (*kept, value)
        self._is_toggled = True
        self._dialogue.say(*(self._what_enter_does() if self._selected else ["Nothing is selected."]))
        return False

    def _narrow(self, given: str) -> None:
        self._words, self._first, self._is_toggled = given, 0, False
        unlisted = self._ask.free(given, self._state)
        self._shown = ((unlisted,) if unlisted else ()) + tuple(Narrowing(self._all).matching(given))
        self._show()

    def _enter(self) -> bool:
        """Do what the list says Enter does: take the selection, the only match or the default, or show all again."""
        only = self._only_match
        if self._is_many and (self._selected or only):
            order = {one.value: index for index, one in enumerate(self._all)}
            values = dict.fromkeys((*self._selected, *only))
            return self._take(tuple(sorted(values, key=lambda value: order.get(value, len(order)))))
        if only:
            return self._take(only[0])
        if self._words:
            self._words, self._shown, self._first = "", self._all, 0
            self._show()
            return False
        if self._is_left_open:
            self._dialogue.say(f"{self._ask.label}: left open.")
            return True
        if self._default and not self._is_many:
            return self._take(self._default[0])
        self._ask_for_a_number()
        return False

    @property
    def _is_left_open(self) -> bool:
        """Return whether Enter leaves the question open. For some questions, an empty text would be an answer."""
        return self._ask.optional and not self._default

    @property
    def _only_match(self) -> tuple[str, ...]:
        """The only choice that matches the typed words, which Enter takes; none after a number was typed."""
        is_left = self._words and len(self._shown) == 1 and not self._is_toggled
        return (self._shown[0].value,) if is_left else ()

    def _take(self, value: Value) -> bool:
        taken = self._dialogue.take(self._ask, value)
        if taken:
            listed = {one.value for one in self._all}
            choices = self._all + tuple(one for one in self._listed if one.value not in listed)
            self._dialogue.say(f"{self._ask.label}: {words.labels(value, choices)}.")
        return taken

    # --- what is said --------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self._listed = self._shown or self._listed
        page = self._shown[self._first : self._first + PAGE]
        lines = [
            "  " + words.choice(number, one, with_why=not self._narrows)
            for number, one in enumerate(page, self._first + 1)
        ]
        self._dialogue.say(*lines, *self._tally(len(page)), *self._what_enter_does())

    def _tally(self, listed: int) -> list[str]:
        if not self._narrows:
            return []
        if not self._shown:
            return ["Nothing matches. Type other words."] if self._all else self._why_empty()
        of = f"{len(self._shown):,} that match “{plain(self._words)}”" if self._words else f"{len(self._shown):,}"
        last = self._first + listed
        which = f"{self._first + 1} to {last}" if self._first else f"{listed}"
        rest = f", {_MORE} for more" if last < len(self._shown) else ""
        return [f"{which} of {of}. Type a number, or words to filter{rest}."]

    def _why_empty(self) -> list[str]:
        """Return why there is no list, if a service refused it or gave no answer."""
        seen = [getattr(self._state.facts, slot) for slot in self._ask.evidence]
        return [*(f"{why(one)}." for one in seen if isinstance(one, Failure)), "Nothing is listed. Type it."]

    def _what_enter_does(self) -> list[str]:
        if self._is_many and self._selected:
            chosen = tuple(dict.fromkeys((*self._selected, *self._only_match)))
            takes = f"Enter takes {words.labels(chosen, self._all)}."
            return [f"Selected: {words.labels(self._selected, self._all)}. A number adds one or takes it away. {takes}"]
        if self._words:
            return ["Enter takes it." if self._only_match else "Enter shows the whole list again."]
        if self._is_many:
            return ["Type numbers, with spaces between them: 1 3 5."]
        if self._default:
            return [f"Enter takes {words.labels(self._default[0], self._all)}."]
        if self._is_left_open:
            return ["Enter leaves this open."]
        return [] if self._narrows else ["No answer is suggested. Type its number."]


def _as_tuple(value: Value) -> tuple[str, ...]:
    return ((value,) if value else ()) if isinstance(value, str) else value


def _are_numbers(given: str) -> bool:
    return re.fullmatch(r"[\d\s,]+", given) is not None
