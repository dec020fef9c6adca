"""The list of audiences says which ones need nothing more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.sample_facts import SEGMENT, VIP, healthy_answers, healthy_facts
from wizard.domain.facts import Facts
from wizard.flow.state import State
from wizard.flow.steps.audiences import AUDIENCES

LIST = AUDIENCES.asks[0]
OTHER = replace(VIP, id="aud_2", key="others", name="Others")
SYNCED = replace(SEGMENT, key=f"segment-audiences-{VIP.id}")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (healthy_facts(audiences=(VIP, OTHER), segments=(SYNCED,)), "synced"),
        (healthy_facts(audiences=(VIP, OTHER), segments=()), "attached"),
        (healthy_facts(audiences=(VIP, OTHER), segments=(), connections={}), ""),
    ],
)
def test_an_audience_that_is_synced_or_attached_is_marked(facts: Facts, said: str) -> None:
    first, other = LIST.choices(State(facts, healthy_answers()))
    assert (first.details[0], other.details[0]) == (said, "")
