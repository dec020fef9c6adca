"""Compare what was so at an earlier moment with what is so now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from wizard.domain.findings import Status
from wizard.domain.proof.proof import GONE, TRIGGER, Claim, Proof, Value
from wizard.domain.services.trigger import same_trigger


@dataclass(frozen=True, slots=True)
class Change:
    """Something that isn't as it was: of a fact its value, of a check its status; None: it isn't known now."""

    id: str
    label: str
    before: Value
    now: Value | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is the same (a number of each), what differs, and what couldn't be told this time."""

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
        """Return whether all is as it was; None when nothing differs and something couldn't be told."""
        if self.facts or self.checks:
            return False
        return None if self.unknown else True


def compare(before: Proof, now: Proof) -> Comparison:
    """Compare what was so with what is so; what wasn't known before isn't asked for."""
    facts = tuple(_compared(before.facts, now.facts))
    known = {*now.checks, *now.unknown}  # a check that isn't needed any more is neither another nor unknown
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
    """Yield each earlier claim beside its value now, but not the parts of a thing that is gone."""
    values = {claim.id: claim.value for claim in now}
    gone = tuple(f"{claim_id.removesuffix('/id')}/" for claim_id, value in values.items() if value == GONE)
    for claim in before:
        if claim.id in values or not claim.id.startswith(gone):
            yield Change(claim.id, claim.label, claim.value, values.get(claim.id))


def _is_same(change: Change) -> bool:
    if change.id == TRIGGER:
        return same_trigger(str(change.before), str(change.now))
    return change.before == change.now
