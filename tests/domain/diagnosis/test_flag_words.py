"""A cause at the flag or its store says what the evidence decides, without an "or" about it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.diagnosis.test_diagnose import FOR_IT, SERVER_AND_CLIENT, World, case, ended, says, serves
from wizard.domain.services.flag import Clause, FlagRule

OTHER = FlagRule("r0", (Clause("in", ("de",)),), 1)
NARROW = FlagRule("r2", (*FOR_IT.clauses, Clause("in", ("de",))), 0)


def told(value: World, **rules: Any) -> tuple[str, str]:
    read = {"flag_targeting": says(**rules)["flag_targeting"]} if rules else {}
    end, _ = ended(case("flag-off", {**value, **read}))
    return end.says, end.fix


FIRST = serves("false", "RULE_MATCH", rule=1)
NO_MATCH = serves("false", "FALLTHROUGH")


@pytest.mark.parametrize(
    ("value", "rules", "why", "fix"),
    [
        (FIRST, {"rules": (OTHER, FOR_IT)}, "It comes before the rule for Vip", "for Vip customers above rule 1."),
        (FIRST, {"rules": (FOR_IT,)}, "Rule 1 of new-checkout is for Vip customers, and", "change what rule 1 serves."),
        (FIRST, {"rules": (OTHER,)}, "decides for u_42 and serves false.", "and add a rule above rule 1: "),
        (FIRST, {}, "Rule 1 of new-checkout decides for u_42", "If rule 1 is the rule for Vip customers, change what"),
        (
            serves("false", "TARGET_MATCH"),
            {},
            "new-checkout targets u_42 individually",
            "open new-checkout and remove u_42 from its individual targets.",
        ),
        (NO_MATCH, {"rules": (NARROW,)}, "has further conditions", "remove the further conditions from the rule for"),
        (NO_MATCH, {"rules": (OTHER,)}, "new-checkout has no rule for Vip customers.", "open new-checkout and add a"),
        (
            serves("false", "PREREQUISITE_FAILED", prerequisite="payments"),
            {},
            "The prerequisite payments of new-checkout serves",
            "check which variation payments has to serve.",
        ),
    ],
)
def test_what_decides_at_the_flag_is_named(value: World, rules: dict[str, Any], why: str, fix: str) -> None:
    said, to_do = told(value, **rules)
    assert why in said
    assert " Or " not in said
    assert fix in to_do


def test_a_store_that_was_looked_for_is_missing_and_nothing_else() -> None:
    end, _ = ended(case("browser-not-server", {"stores": (), "sdks_in_use": SERVER_AND_CLIENT}))
    assert end.says.endswith("has no persistent store. Without a store, server-side SDKs treat nobody as a member.")
