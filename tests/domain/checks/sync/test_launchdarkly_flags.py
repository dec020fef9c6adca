"""Whether a flag uses the segment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import NOW, SEGMENT, failure, found, healthy_facts
from wizard.domain.failure import FailureKind
from wizard.domain.services.segment import Delivery

NOT_THERE: dict[str, Any] = {
    "segments": (),
    "delivery": Delivery(0, 0, 0),
    "segment_details": {},
    "test_user_member": {},
}


NO_LIST: dict[str, Any] = {**NOT_THERE, "segments": failure(FailureKind.SERVER)}


def _flags(flags: tuple[str, ...] | None, **changed: Any) -> dict[str, Any]:
    return {"segment_details": {"aud_1": replace(SEGMENT, flags=flags, **changed)}}


CASES = (
    Case("launchdarkly.flags", "pass", "one", _flags(("checkout",)), says="1 flag uses"),
    Case("launchdarkly.flags", "warn", "none", _flags(()), says="until a flag rule uses it"),
    Case(
        "launchdarkly.flags", "skipped", "none yet", _flags((), created_at=NOW), says="Context in segment Vip customers"
    ),
    Case("launchdarkly.flags", "skipped", "not said", _flags(None)),
    Case("launchdarkly.flags", "skipped", "no segment", NOT_THERE),
    Case("launchdarkly.flags", "unknown", "closed", {"segment_details": {"aud_1": failure()}}),
    Case("launchdarkly.flags", "skipped", "nobody could look", NO_LIST, says="See `sync.segment`"),
)


@pytest.mark.parametrize("case", table(CASES))
def test_the_flags(case: Case) -> None:
    case.holds()


def test_what_is_not_known_here_keeps_no_setup_from_being_healthy() -> None:
    assert not found(healthy_facts(segment_details={"aud_1": failure()}))["launchdarkly.flags"].matters
