"""Whether the test user is a member."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import failure, found, healthy_facts
from wizard.domain.failure import FailureKind
from wizard.domain.services.segment import Delivery

NOT_THERE: dict[str, Any] = {
    "segments": (),
    "delivery": Delivery(0, 0, 0),
    "segment_details": {},
    "test_user_member": {},
}


NO_LIST: dict[str, Any] = {**NOT_THERE, "segments": failure(FailureKind.SERVER)}


CASES = (
    Case("sync.test_user", "pass", "a member"),
    Case("sync.test_user", "warn", "no member", {"test_user_member": {"aud_1": False}}, says="Use Segment UserId only"),
    Case("sync.test_user", "unknown", "closed", {"test_user_member": {"aud_1": failure()}}),
    Case("sync.test_user", "unknown", "outage", {"test_user_member": {"aud_1": failure(FailureKind.SERVER)}}),
    Case("sync.test_user", "skipped", "nobody was named", answers={"test_user": ""}),
    Case("sync.test_user", "skipped", "no segment", NOT_THERE),
    Case("sync.test_user", "skipped", "nobody could look", NO_LIST, says="See `sync.segment`"),
)


@pytest.mark.parametrize("case", table(CASES))
def test_the_test_user(case: Case) -> None:
    case.holds()


def test_what_is_not_known_here_keeps_no_setup_from_being_healthy() -> None:
    assert not found(healthy_facts(test_user_member={"aud_1": failure()}))["sync.test_user"].matters
