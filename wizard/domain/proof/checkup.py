"""What a check-up found, in short, and what has changed since the previous one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wizard.domain.checks.launchdarkly.launchdarkly_token import LIFETIME
from wizard.domain.findings import Finding, Status

_IS_NEWS = {Status.FAIL, Status.WARN}
_IS_KNOWN = {*_IS_NEWS, Status.PASS}


@dataclass(frozen=True, slots=True)
class Checkup:
    """What is kept of a check-up. It holds no person's name and no secret.

    `problems`: the checks that failed or warned, as "ID" or "ID (audience key)". `members`: how many members the
    segment has, by audience key.
    """

    at: datetime
    problems: tuple[str, ...] = ()
    members: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckupChanges:
    """What has changed since the check-up at `at`; None: there was none before.

    `members`: how many members a segment had before and has now, by audience key, if the numbers differ. `token_ends`:
    when the token that Segment sends with expires, if LaunchDarkly shows it.
    """

    at: datetime | None
    new: tuple[str, ...]
    gone: tuple[str, ...]
    members: Mapping[str, tuple[int | None, int]]
    token_ends: datetime | None = None

    @property
    def is_nothing(self) -> bool:
        return not (self.new or self.gone or self.members)


def checkup_of(findings: Iterable[Finding], before: Checkup | None, at: datetime) -> Checkup:
    """Return what to keep of a check-up. What is unknown this time keeps its value from `before`."""
    found = tuple(findings)
    known = {about(one) for one in found if one.status in _IS_KNOWN}
    stands = [one for one in before.problems if one not in known] if before else []
    problems = [about(one) for one in found if one.status in _IS_NEWS]
    members = {**(before.members if before else {}), **_members(found)}
    return Checkup(at, tuple(dict.fromkeys([*problems, *stands])), members)


def changes_since(before: Checkup | None, now: Checkup, findings: Iterable[Finding]) -> CheckupChanges:
    earlier, members = before or Checkup(now.at), before.members if before else {}
    return CheckupChanges(
        before.at if before else None,
        tuple(one for one in now.problems if one not in earlier.problems),
        tuple(one for one in earlier.problems if one not in now.problems),
        {key: (members.get(key), many) for key, many in now.members.items() if members.get(key) != many},
        _token_ends(findings),
    )


def about(finding: Finding) -> str:
    """Return a check's ID, or "ID (audience key)" for a finding about an audience."""
    return f"{finding.id} ({finding.audience})" if finding.audience else finding.id


def _members(findings: Iterable[Finding]) -> dict[str, int]:
    counts = ((one.audience, one.evidence.get("members")) for one in findings)
    return {key: members for key, members in counts if key and isinstance(members, int)}


def _token_ends(findings: Iterable[Finding]) -> datetime | None:
    said = (one.evidence.get("expires_at") for one in findings if one.id == LIFETIME.id)
    return next((datetime.fromisoformat(moment) for moment in said if moment), None)
