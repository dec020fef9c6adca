"""LaunchDarkly's flags with their rules as models (docs/launchdarkly.md#one-flag)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from wizard.api.lenient import Id, Key, Keys, Name, Remote, cleaned, items_of, parse_one
from wizard.domain.services import flag as model


class ClauseItem(Remote):
    op: Key = ""
    values: Keys = ()
    negate: bool = False

    def to_domain(self) -> model.Clause:
        return model.Clause(self.op, self.values, self.negate)


class RuleItem(Remote):
    id: Key = Field(default="", validation_alias="_id")
    variation: int | None = None
    clauses: Annotated[tuple[ClauseItem, ...], items_of(ClauseItem)] = ()

    def to_domain(self) -> model.FlagRule:
        return model.FlagRule(self.id, tuple(clause.to_domain() for clause in self.clauses), self.variation)


class Rollout(Remote):
    experiment: dict[str, Any] | None = Field(default=None, validation_alias="experimentAllocation")


class Fallthrough(Remote):
    """What a flag serves when no rule matches: a variation, or a rollout, which may be an experiment's."""

    variation: int | None = None
    rollout: Rollout | None = None


def _rules(raw: object) -> tuple[RuleItem, ...] | None:
    """Return the rules; None if the answer leaves them out, as with `summary`."""
    return tuple(rule for item in raw if (rule := parse_one(RuleItem, item))) if isinstance(raw, list) else None


class TargetItem(Remote):
    values: Keys = ()


class PrerequisiteItem(Remote):
    key: Id


class TargetingItem(Remote):
    """A flag's targeting in one environment."""

    on: bool | None = None
    rules: Annotated[tuple[RuleItem, ...] | None, BeforeValidator(_rules)] = None
    off_variation: int | None = Field(default=None, validation_alias="offVariation")
    fallthrough: Fallthrough = Fallthrough()
    targets: Annotated[tuple[TargetItem, ...], items_of(TargetItem)] = ()
    context_targets: Annotated[tuple[TargetItem, ...], items_of(TargetItem)] = Field(
        default=(), validation_alias="contextTargets"
    )
    prerequisites: Annotated[tuple[PrerequisiteItem, ...], items_of(PrerequisiteItem)] = ()


def _by_environment(raw: object) -> dict[str, TargetingItem]:
    found = raw if isinstance(raw, dict) else {}
    return {str(key): seen for key, body in found.items() if (seen := parse_one(TargetingItem, body)) is not None}


class VariationItem(Remote):
    id: Id = Field(validation_alias="_id")
    value: Annotated[Any, BeforeValidator(cleaned)] = None
    name: Name = ""

    def to_domain(self) -> model.Variation:
        return model.Variation(self.id, self.value, self.name)


class FlagDetailsItem(Remote):
    """A flag with its rules, from a list with `summary=0` or read by its key."""

    key: Id
    name: Name = ""
    archived: bool = False
    tags: Keys = ()
    variations: Annotated[tuple[VariationItem, ...], items_of(VariationItem)] = ()
    environments: Annotated[Mapping[str, TargetingItem], BeforeValidator(_by_environment)] = Field(default_factory=dict)

    def to_domain(self, environment: str) -> model.FlagDetails:
        here = self.environments.get(environment) or TargetingItem()
        return model.FlagDetails(
            key=self.key,
            name=self.name or self.key,
            variations=tuple(variation.to_domain() for variation in self.variations),
            tags=self.tags,
            archived=self.archived,
            on=here.on,
            rules=tuple(rule.to_domain() for rule in here.rules) if here.rules is not None else None,
            off_variation=here.off_variation,
            fallthrough=here.fallthrough.variation,
            targets=sum(len(target.values) for target in (*here.targets, *here.context_targets)),
            prerequisites=tuple(one.key for one in here.prerequisites),
            has_experiment=bool(here.fallthrough.rollout and here.fallthrough.rollout.experiment),
        )
