"""Why a part of Segment's API is closed: because of the workspace, because of the token, or unknown.

A part of the API may be off for a whole workspace. Then no role opens it for a token, and only the web app is left.
"""

from __future__ import annotations

from enum import StrEnum

from wizard.domain.failure import Failure, FailureKind


class ClosedBy(StrEnum):
    """What keeps an API closed, and how sure that is."""

    WORKSPACE = "workspace"  # Segment says so
    PROBABLY_WORKSPACE = "probably the workspace"  # the same token opens everything else
    PROBABLY_TOKEN = "probably the token"  # noqa: S105 - no secret
    UNKNOWN = "unknown"  # Segment gives the same answer in both cases

    @property
    def is_workspace(self) -> bool:
        return self in {ClosedBy.WORKSPACE, ClosedBy.PROBABLY_WORKSPACE}


ADD, MAP, ATTACH = "create a destination", "create a mapping", "attach a destination to an audience"
SHOW_ACTIVATIONS, SHOW_MAPPINGS = "show activations", "show mappings"

_SAID_OF_A_WORKSPACE = ("not enabled", "not available", "feature")


def closed_by(failure: Failure) -> ClosedBy:
    """Return what closed the API, by Segment's words, else by 401, which is documented for a lack of permission."""
    said = failure.message.casefold()
    if any(words in said for words in _SAID_OF_A_WORKSPACE):
        return ClosedBy.WORKSPACE
    return ClosedBy.PROBABLY_TOKEN if failure.kind is FailureKind.UNAUTHORIZED else ClosedBy.UNKNOWN


def wants_it_in_engage(failure: Failure) -> bool:
    """Return whether Segment's message says that the destination has to be added in Engage Settings first."""
    return "engage settings" in failure.message.casefold()


def is_second_instance(failure: Failure) -> bool:
    """Return whether the Engage source has a destination of this type already (docs/segment.md#engage-sources)."""
    return failure.kind is FailureKind.INVALID and "multiple configurations" in failure.message.casefold()


def why_not_done(failure: Failure, job: str) -> str:
    """Return why Segment's API didn't do `job` ("create a mapping"): the workspace, the token, or unknown."""
    if wants_it_in_engage(failure):
        return "Segment requires you to add the destination in Engage Settings first."
    if is_second_instance(failure):
        return "This Engage source already has a LaunchDarkly destination. Only Segment's web app can add another one."
    if not failure.is_closed:
        return f"Segment's API didn't {job}."
    match closed_by(failure):
        case ClosedBy.WORKSPACE | ClosedBy.PROBABLY_WORKSPACE:
            return f"This workspace doesn't let the API {job}."
        case ClosedBy.PROBABLY_TOKEN:
            return f"Segment's API refused to {job}: most likely the token lacks a role."
        case ClosedBy.UNKNOWN:
            return (
                f"Segment's API refused to {job}. We can't tell whether the token lacks a role or the workspace "
                "doesn't have this API."
            )
