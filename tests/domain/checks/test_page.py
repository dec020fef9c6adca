"""docs/checks.md is what the code says today."""

from __future__ import annotations

import re

from tests.domain.checks.page import PAGE, page
from wizard.domain.checks.catalogue import CHECKS


def test_every_sentence_of_a_cause_begins_with_a_capital_letter() -> None:
    causes = [line for line in page().splitlines() if line.startswith("- `cause:")]
    assert [line for line in causes if re.search(r"(\*\*|\.) (the|your|other|in) ", line)] == []
    assert "contexts of the segment's kind." not in page()


def test_the_page_is_not_stale_and_each_check_says_on_it_when_it_fails_or_warns() -> None:
    text = page()
    assert PAGE.read_text(encoding="utf-8") == text, "run: python -m tests.domain.checks.page"
    for check in CHECKS:
        own = text.partition(f"### `{check.id}`\n")[2].partition("\n### ")[0]
        assert "**Fix:**" in own, check.id
