"""A flag with its variations and rules in one environment. Frozen, pure, made by `wizard.api` from answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SEGMENT_MATCH = "segmentMatch"
"""The operator, and the attribute, of a clause about segments (docs/launchdarkly.md#adding-a-rule)."""


@dataclass(frozen=True, slots=True)
class Variation:
    id: str
    value: Any  # a boolean, a number, a text or a JSON document
    name: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    op: str
    values: tuple[str, ...] = ()
    negate: bool = False

    @property
    def segments(self) -> tuple[str, ...]:
        """Return the keys of the segments that the clause asks for; empty for any other clause."""
        return self.values if self.op == SEGMENT_MATCH else ()


@dataclass(frozen=True, slots=True)
class FlagRule:
    id: str
    clauses: tuple[Clause, ...] = ()
    variation: int | None = None  # index in the flag's variations; None for a percentage rollout

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(key for clause in self.clauses for key in clause.segments)


@dataclass(frozen=True, slots=True)
class FlagDetails:
    """One flag as it was read by its key, with its targeting in one environment.

    See docs/launchdarkly.md#one-flag.
    """

    key: str
    name: str
    variations: tuple[Variation, ...] = ()
    tags: tuple[str, ...] = ()
    archived: bool = False
    on: bool | None = None
    rules: tuple[FlagRule, ...] | None = None  # None: the answer has no rules of this environment
    off_variation: int | None = None
    fallthrough: int | None = None  # index in `variations`; None for a percentage rollout
    targets: int = 0  # number of contexts that are targeted individually, before any rule
    prerequisites: tuple[str, ...] = ()  # keys of flags that are evaluated before this one
    has_experiment: bool = False  # whether an experiment runs on the default rule

    def serves_segment(self, segment: str) -> bool:
        """Return whether the flag certainly serves a truthy value to members of the segment, by its first rule."""
        if not (self.on and self.rules) or self.targets or self.prerequisites:
            return False
        rule = self.rules[0]
        only = rule.clauses[0] if len(rule.clauses) == 1 else Clause("")
        return only.segments == (segment,) and not only.negate and self._serves_something(rule)

    def _serves_something(self, rule: FlagRule) -> bool:
        place = rule.variation
        return place is not None and 0 <= place < len(self.variations) and bool(self.variations[place].value)
