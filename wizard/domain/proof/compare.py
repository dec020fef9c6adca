"""Compare the earlier state of a setup with its state now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from wizard.domain.findings import Status
from wizard.domain.proof.proof import GONE, TRIGGER, Claim, Proof, Value
from wizard.domain.services.trigger import same_trigger


@dataclass(frozen=True, slots=True)
class Change:
    """A fact with another value, or a check with another status. `now` is None if it's unknown."""

    id: str
    label: str
    before: Value
    now: Value | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is the same (only how many), what differs, and what is unknown this time."""

    at: datetime
    place: str
    same_facts: int
    same_checks: int
    facts: tuple[Change, ...]
    checks: tuple[Change, ...]
    unknown: tuple[Change, ...]
    counts: tuple[Change, ...]

    @property
    def is_same(self) -> bool | None:
        """Return whether nothing has changed; None if no change is visible but something is unknown."""
        if self.facts or self.checks:
            return False
        return None if self.unknown else True


def compare(before: Proof, now: Proof) -> Comparison:
    """Compare two states. What was unknown in the earlier state is left out."""
    facts = tuple(_compared(before.facts, now.facts))
    known = {*now.checks, *now.unknown}  # a check that is no longer needed has neither changed nor become unknown
    checks = tuple(one for one in _compared(_as_claims(before.checks), _as_claims(now.checks)) if one.id in known)
    return Comparison(
        before.at,
        before.place,
        sum(one.now is not None and _is_same(one) for one in facts),
        sum(one.now is not None and _is_same(one) for one in checks),
        tuple(one for one in facts if one.now is not None and not _is_same(one)),
        tuple(one for one in checks if one.now is not None and not _is_same(one)),
        tuple(one for one in (*facts, *checks) if one.now is None),
        tuple(one for one in _compared(before.counts, now.counts) if one.now not in {None, one.before}),
    )


def _as_claims(checks: Mapping[str, Status]) -> tuple[Claim, ...]:
    return tuple(Claim(check, check, status.value) for check, status in checks.items())


def _compared(before: Iterable[Claim], now: Iterable[Claim]) -> Iterator[Change]:
    """Yield each earlier claim with its value now, without the parts of an object that is gone."""
    values = {claim.id: claim.value for claim in now}
    gone = tuple(f"{claim_id.removesuffix('/id')}/" for claim_id, value in values.items() if value == GONE)
    for claim in before:
        if claim.id in values or not claim.id.startswith(gone):
            yield Change(claim.id, claim.label, claim.value, values.get(claim.id))


def _is_same(change: Change) -> bool:
    if change.id == TRIGGER:
        return same_trigger(str(change.before), str(change.now))
    return change.before == change.now
