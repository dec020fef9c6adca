"""What a check-up found, in short, and what has changed since the one before it."""

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
    """What is kept of a check-up: no name of a person and no secret.

    `problems`: what failed or warned, a check's ID or "ID (audience key)". `members`: by key of an audience, how many
    its segment has.
    """

    at: datetime
    problems: tuple[str, ...] = ()
    members: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckupChanges:
    """What has changed; `at` None: there was no check-up before. `members`: how many before and now, where it differs.

    `token_ends`: when the token expires that Segment sends with, where LaunchDarkly shows it.
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
    """Return what to keep. What is unknown this time keeps its earlier value."""
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
    """Return a check's ID, with the audience that it is about: "ID (audience key)"."""
    return f"{finding.id} ({finding.audience})" if finding.audience else finding.id


def _members(findings: Iterable[Finding]) -> dict[str, int]:
    counts = ((one.audience, one.evidence.get("members")) for one in findings)
    return {key: members for key, members in counts if key and isinstance(members, int)}


def _token_ends(findings: Iterable[Finding]) -> datetime | None:
    said = (one.evidence.get("expires_at") for one in findings if one.id == LIFETIME.id)
    return next((datetime.fromisoformat(moment) for moment in said if moment), None)
