"""Each end of a diagnosis that the sandbox can play, reached through the flow: read, asked, answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.walks import stage, walk_to_review
from wizard.domain.diagnosis.diagnose import Diagnosis
from wizard.domain.diagnosis.question import DO_NOT_KNOW, Question
from wizard.domain.diagnosis.symptom import symptom_named
from wizard.flow.diagnosing import ask_for_evidence, read_what_was_agreed_to, search_for_cause
from wizard.sandbox.scenarios.symptoms import SYMPTOMS


@dataclass(frozen=True)
class End:
    symptom: str
    scenario: str
    cause: str
    asks: int = 0  # at most
    given: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)  # of the set-up


ON_A_FLAG = {"test_user": "user-0001", "flag": "new-checkout"}
ENDS = (
    End("never-appeared", "synced", "is-there"),
    End("never-appeared", "switches-off", "switches-off", 2, {"sends": "off"}),
    End("never-appeared", "silent-audience", "sends-nothing", 3, {"sends": "on"}),
    End("never-appeared", "destination-disabled", "destination-off"),
    End("never-appeared", "mapping-disabled", "mapping-off"),
    End("empty", "members-refused", "token-role"),
    End("empty", "approvals-empty", "approvals"),
    End("empty", "empty-audience", "audience-empty"),
    End("empty", "synced", "nothing-wrong"),
    End("fewer-members", "synced", "nothing-wrong"),
    End("fewer-members", "some-without-user-id", "identifiers"),
    End("fewer-members", "left-out", "identifiers", 1, {"count": "yes"}),
    End("fewer-members", "segment-made-again", "segment-made-again"),
    End("fewer-members", "no-history", "history-off"),
    End("more-members", "stale-members", "stale-members", 1),
    End("flag-off", "no-flag", "no-flag-uses-it", 1, {}, {"test_user": "user-0001"}),
    End("flag-off", "flag-off", "flag-is-off", 1, {}, ON_A_FLAG),
    End("flag-off", "other-rule-first", "other-rule-first", 1, {}, ON_A_FLAG),
    End("flag-off", "fell-through", "fell-through", 1, {}, ON_A_FLAG),
    End("flag-off", "other-kind", "other-kind", 1, {}, {"flag": "new-checkout"}),
    End("flag-off", "other-keys", "key-differs", 1, {"flag-rule": "right"}),
    End("browser-not-server", "store-missing", "no-store", 2, {"sdk": "server"}),
    End("browser-not-server", "store-stale", "store-stale", 2),
    End("browser-not-server", "synced", "wrong-prefix", 2, {"sdk": "server", "store": "prefix"}),
    End("browser-not-server", "sdk-too-old", "sdk-too-old", 2, {"sdk": "old"}),
    End("browser-not-server", "sdk-unsupported", "sdk-unsupported", 2, {"sdk": "edge"}),
    End("failed-deliveries", "plan-without-segments", "plan", 3, {"plan": "no"}),
    End("failed-deliveries", "token-of-a-reader", "token-maker", 3, {"plan": "yes", "token-maker": "no"}),
    End(
        "failed-deliveries", "delivery-failing", "allowlist", 3, {"token-maker": "yes", "allowlist": "without-segment"}
    ),
    End("failed-deliveries", "approvals-empty", "approvals", 3, {"token-maker": "yes", "allowlist": "no"}),
    End("failed-deliveries", "token-reset", "token-reset"),
    End("failed-deliveries", "token-expired-since", "token-expired"),
    End("failed-deliveries", "eu-set-up", "eu-account"),
    End("two-of-one-name", "audience-made-again", "audience-made-again"),
    End("odd-name", "synced", "name-from-key"),
    End("never-removed", "audience-deleted", "audience-deleted", 0, {}, {"audiences": ("aud_gone",)}),
    End("never-removed", "detached", "audience-detached"),
    End("never-removed", "trigger-without-exits", "trigger-drops-exits"),
    End("never-removed", "synced", "removals-work"),
    End("worked-before", "synced", "nothing-wrong"),
    End("fewer-members", "support-token", "nothing-wrong"),
    End("failed-deliveries", "support-token", "no-failure"),
    End("user-missing", "synced", "is-a-member", 0, {}, ON_A_FLAG),
)


def test_every_scenario_of_a_symptom_is_walked() -> None:
    assert {one.name for one in SYMPTOMS} <= {end.scenario for end in ENDS}


@pytest.mark.parametrize("end", ENDS, ids=lambda end: f"{end.symptom} in {end.scenario}")
async def test_a_symptom_ends_at_its_cause(end: End) -> None:
    staged, symptom = stage(end.scenario), symptom_named(end.symptom)
    assert symptom is not None
    await walk_to_review(staged)
    walk = staged.walk
    walk.take(replace(walk.state.answers, server_side=None, **end.answers))
    ask_for_evidence(walk, symptom)
    await walk.read_again()

    found, asked = search_for_cause(walk, symptom, {}), list[str]()
    while isinstance(question := found.next, Question):
        asked.append(question.id)
        given = found.answered(end.given.get(question.id, DO_NOT_KNOW)).given
        await read_what_was_agreed_to(walk, given)
        found = search_for_cause(walk, symptom, given)
    assert isinstance(found.next, Diagnosis)
    assert (found.next.id, len(asked) <= end.asks) == (end.cause, True), (found.next, asked)
    assert not staged.sandbox.breaches
