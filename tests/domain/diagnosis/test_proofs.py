"""A proof that a person gave is retold without its source to people whom that person never talked to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from wizard.domain.diagnosis import causes
from wizard.domain.diagnosis.cause import confirms

_CAUSES = Path(causes.__file__).parent


def test_every_proof_that_a_person_gave_is_a_fact_without_its_source() -> None:
    told = list(_told_by_the_user())
    assert len(told) > 50
    assert not [says for says in told if "as you" in confirms(says).fact]


def _told_by_the_user() -> Iterator[str]:
    for file in _CAUSES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ", as you " in node.value:
                yield node.value


def test_what_was_seen_is_the_fact() -> None:
    assert confirms("Deliveries fail with 401.").fact == "Deliveries fail with 401."
    assert confirms("Deliveries fail with 401, as you read in Segment.").fact == "Deliveries fail with 401."
