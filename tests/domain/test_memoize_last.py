"""The last result is kept for the same arguments, and nothing before it."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass

from wizard.domain.memoize_last import memoize_last


@dataclass(frozen=True)
class Facts:
    names: tuple[str, ...]


def test_it_is_made_once_for_the_same_arguments_and_again_for_any_others() -> None:
    asked: list[tuple[Facts, dict[str, str], str]] = []

    @memoize_last
    def first_name(facts: Facts, more: dict[str, str], otherwise: str = "nobody") -> str:
        asked.append((facts, more, otherwise))
        return next(iter(facts.names), more.get("name", otherwise))

    facts = Facts(())
    assert [first_name(facts, {}), first_name(facts, {}), len(asked)] == ["nobody", "nobody", 1], "equal dictionaries"
    assert [first_name(facts, {}, "me"), len(asked)] == ["me", 2], "one argument more"
    assert [first_name(facts, {}), len(asked)] == ["nobody", 3], "one argument less"
    assert [first_name(facts, {}, otherwise="you"), len(asked)] == ["you", 4], "a named one"
    assert [first_name(facts, {"name": "Ada"}, otherwise="you"), len(asked)] == ["Ada", 5], "another dictionary"
    assert [first_name(Facts(()), {"name": "Ada"}, otherwise="you"), len(asked)] == ["Ada", 6], "facts read anew"


def test_no_earlier_state_stays_in_memory() -> None:
    @memoize_last
    def how_many(facts: Facts) -> int:
        return len(facts.names)

    earlier = Facts(("a",))
    gone = weakref.ref(earlier)
    how_many(earlier)
    del earlier
    how_many(Facts(("b",)))
    gc.collect()
    assert gone() is None


def test_another_thread_that_asks_meanwhile_changes_no_answer() -> None:
    """A dictionary that asks for something else while it is compared stands for the thread."""

    @memoize_last
    def doubled(number: int, beside: dict[str, int]) -> int:
        return 2 * number + len(beside)

    class Meddling(dict[str, int]):
        def __eq__(self, other: object) -> bool:
            doubled(50, {})
            return super().__eq__(other)

        __hash__ = None

    assert doubled(1, Meddling()) == 2
    assert doubled(1, Meddling()) == 2
