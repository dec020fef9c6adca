"""The diagnoses that the sandbox can lead to: a symptom in a scenario, with a person's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.walks import Staged, stage, walk_to_review
from wizard.domain.diagnosis.conclusion import Diagnosis
from wizard.domain.diagnosis.evidence.gathered import COMMANDS, Keys
from wizard.domain.diagnosis.question import DO_NOT_KNOW, Question
from wizard.domain.diagnosis.question_id import ChoiceId, Given, QuestionId
from wizard.domain.diagnosis.symptoms.catalogue import SYMPTOMS as EVERY_SYMPTOM
from wizard.domain.diagnosis.symptoms.catalogue import symptom_named
from wizard.flow.diagnosing import FirstAction, ask_for_evidence, read_what_was_agreed_to, search_for_cause
from wizard.headless.setup.prepare import take_answers
from wizard.wiring import Wrap, answers_of


@dataclass(frozen=True)
class End:
    symptom: str
    scenario: str
    cause: str
    asks: int = 0  # at most
    given: Given = field(default_factory=dict)  # any other question is answered with "I don't know"
    answers: Mapping[str, Any] = field(default_factory=dict)  # the setup's answers that differ
    first: FirstAction | None = None  # what the diagnosis offers to do first

    def answer_to(self, question: QuestionId) -> ChoiceId:
        return self.given.get(question, DO_NOT_KNOW)

    def __str__(self) -> str:
        return f"{self.symptom} in {self.scenario}" + "".join(f", {one}" for one in self.given.values())


@dataclass(frozen=True)
class Found:
    """The result of a search: the diagnosis, the answer to each question, and the answers' numbers."""

    end: Diagnosis
    given: Given
    numbers: tuple[int, ...]


NOBODY = {"test_user": ""}
ON_A_FLAG = {"test_user": "user-0001", "flag": "new-checkout"}
TO_ALL_403: Given = {"plan": "yes", "token-maker": "yes", "allowlist": "no"}
UNCHANGED: Given = {"changed": "nothing", "incident": "no"}

PROMISED = (  # the promise includes the most questions that are asked
    End("never-appeared", "synced", "is-there", first=FirstAction.PAGE),
    End("never-appeared", "switches-off", "switches-off", 2, {"sends": "off"}, first=FirstAction.COLLEAGUE),
    End("never-appeared", "silent-audience", "sends-nothing", 3, {"sends": "on"}),
    End("never-appeared", "silent-without-history", "history-off", 3, {"sends": "on"}),
    End("empty", "members-refused", "token-role", first=FirstAction.REQUEST),
    End("empty", "approvals-empty", "approvals"),
    End("empty", "synced", "nothing-wrong", first=FirstAction.AGAIN),
    End("fewer-members", "synced", "nothing-wrong"),
    End("fewer-members", "some-without-user-id", "identifiers"),
    End("fewer-members", "segment-made-again", "segment-made-again", first=FirstAction.REPAIR),
    End("more-members", "stale-members", "stale-members", 1),
    End("flag-off", "no-flag", "no-flag-uses-it", 1, {}, {"test_user": "user-0001"}),
    End("flag-off", "no-flag", "no-flag-uses-it", 1, {}, NOBODY),
    End("flag-off", "flag-off", "flag-is-off", 1, {}, ON_A_FLAG),
    End("flag-off", "flag-off", "flag-is-off", 0, {}, NOBODY),
    End("flag-off", "fell-through", "fell-through", 1, {}, ON_A_FLAG),
    End("flag-off", "fell-through", "fell-through", 1, {"flag-rule": "more-conditions"}, NOBODY),
    End("flag-off", "other-rule-first", "other-rule-first", 1, {}, ON_A_FLAG),
    End("flag-off", "other-rule-first", "other-rule-first", 1, {"flag-rule": "other-first"}, NOBODY),
    End("flag-off", "other-kind", "other-kind", 1, {}, {"flag": "new-checkout"}),
    End("flag-off", "other-keys", "key-differs", 1, {"flag-rule": "right"}),
    End("browser-not-server", "store-missing", "no-store", 2, {"sdk": "server"}),
    End("browser-not-server", "store-stale", "store-stale", 2),
    End("browser-not-server", "wrong-prefix", "wrong-prefix", 2, {"sdk": "server", "store": "prefix"}),
    End("browser-not-server", "sdk-too-old", "sdk-too-old", 2, {"sdk": "old"}),
    End("browser-not-server", "sdk-unsupported", "sdk-unsupported", 2, {"sdk": "edge"}),
    End("failed-deliveries", "plan-without-segments", "plan", 3, {**TO_ALL_403, "plan": "no"}),
    End("failed-deliveries", "token-of-a-reader", "token-maker", 3, {**TO_ALL_403, "token-maker": "no"}),
    End("failed-deliveries", "delivery-failing", "allowlist", 3, {**TO_ALL_403, "allowlist": "without-segment"}),
    End("failed-deliveries", "approvals-empty", "approvals", 3, TO_ALL_403),
    End("failed-deliveries", "token-reset", "token-reset"),
    End("failed-deliveries", "token-expired-since", "token-expired"),
    End("failed-deliveries", "eu-setup", "eu-account"),
    End("two-of-one-name", "audience-made-again", "audience-made-again"),
    End("odd-name", "synced", "name-from-key"),
    End("never-removed", "audience-deleted", "audience-deleted", 2, {}, {"audiences": ("aud_gone",)}),
    End("never-removed", "detached", "audience-detached", 2),
    End("never-appeared", "empty-space", "no-audience"),
    End("fewer-members", "empty-space", "no-audience"),
    End("fewer-members", "paused", "connection-paused"),
    End("worked-before", "paused", "connection-paused"),
    End("never-removed", "trigger-without-exits", "trigger-drops-exits", 2),
    End("never-removed", "synced", "removals-work", 2),
    End("worked-before", "synced", "nothing-wrong", 3, UNCHANGED),
    End("browser-not-server", "synced", "server-is-left", 4),
    End("browser-not-server", "synced", "server-is-left", 4, {"store": "right", "app-key": "same"}),
    *(
        End(symptom, "support-token", cause, 0, {}, answers)
        for symptom, cause, answers in (
            ("never-appeared", "is-there", {}),
            ("empty", "nothing-wrong", {}),
            ("fewer-members", "nothing-wrong", {}),
            ("more-members", "nothing-wrong", {}),
            ("flag-off", "flag-is-left", {}),
            ("flag-off", "flag-is-left", ON_A_FLAG),
            ("browser-not-server", "server-is-left", {}),
            ("failed-deliveries", "no-failure", {}),
            ("worked-before", "nothing-wrong", {}),
            ("two-of-one-name", "only-one", {}),
            ("odd-name", "name-from-key", {}),
            ("never-removed", "removals-work", {}),
            ("user-missing", "everybody-is-there", {}),
            ("user-missing", "is-a-member", ON_A_FLAG),
        )
    ),
)
FURTHER = (
    End("never-appeared", "destination-disabled", "destination-off"),
    End("never-appeared", "mapping-disabled", "mapping-off"),
    End("empty", "empty-audience", "audience-empty"),
    End("fewer-members", "left-out", "identifiers", 1, {"count": "yes"}, first=FirstAction.ANSWER),
    End("fewer-members", "no-history", "history-off"),
    End("failed-deliveries", "silent-audience", "sends-nothing", 3, {"sends": "on"}),
    End("failed-deliveries", "refused-before", "nothing-wrong"),
    End("worked-before", "refused-before", "nothing-wrong"),
    *(
        End(symptom, "refused-lately", "allowlist", 1, {"allowlist": "without-segment"})
        for symptom in ("failed-deliveries", "worked-before", "fewer-members", "never-removed")
    ),
    End("browser-not-server", "approvals-empty", "approvals"),
    End("user-missing", "synced", "is-a-member", 0, {}, ON_A_FLAG),
    End("never-appeared", "activation-off", "activation-off"),
    End("never-appeared", "kind-refused", "kind-unknown", 0, {}, {"context_kind": "person"}),
    End("never-appeared", "deliveries-limited", "busy"),
    End("empty", "counted-late", "count-late", 3, {"event": "true", "recent": "no"}, NOBODY),
    End("worked-before", "silent-audience", "segment-gone"),
    End("flag-off", "synced", "flag-is-left", 5, {}, NOBODY),
)
ENDS = (*PROMISED, *FURTHER)

# The ends that each interface is tested with: for each symptom the end with the most questions, and two ends that need
# reads of the interface's own: after a yes (the members' count) or at the start (the flag's rules). It shows all other
# ends in the same way.
_MOST_ASKED = {end.symptom: end for end in sorted(ENDS, key=lambda end: (end.asks, "count" in end.given))}
SHOWN = (*_MOST_ASKED.values(), next(end for end in ENDS if end.cause == "flag-is-off"))

# All ways through the screen: without questions, with up to five, from one end to the next, and with reads after a yes
# (the members' count) or at the start (the flag's rules). The texts are the flow's, so they aren't tested again.
ON_THE_SCREEN = (
    "never-removed",
    "worked-before",
    "browser-not-server",
    "empty",
    "flag-off",
    "fewer-members",
    "odd-name",
)
# The other symptoms' ends, and the end with a count, which each interface offers in its own way.
LINE_BY_LINE = tuple(end for end in SHOWN if end.symptom not in ON_THE_SCREEN or end.symptom == "fewer-members")


def by_setup(ends: Iterable[End]) -> list[dict[str, End]]:
    """Return groups of ends by name: each group has the same scenario and the same setup."""
    together: dict[str, dict[str, End]] = {}
    for end in ends:
        together.setdefault(f"{end.scenario} {end.answers}", {})[str(end)] = end
    return list(together.values())


def saved(end: End) -> Staged:
    """Return a walk that has read nothing yet, with the scenario's setup saved in its profile."""
    staged = stage(end.scenario)
    staged.walk.session.keep(replace(answers_of(staged.sandbox), **end.answers), ())
    return staged


async def at_review(end: End, wrap: Wrap = lambda transport: transport) -> Staged:
    """Return a walk up to Review in the scenario, without the reads that only a diagnosis needs."""
    staged = stage(end.scenario, wrap=wrap)
    await walk_to_review(staged)
    staged.walk.take(replace(staged.walk.state.answers, server_side=None, **end.answers))
    return staged


async def begun(end: End) -> Staged:
    """Return a walk with the scenario's setup, after reading everything that the symptom needs."""
    staged = saved(end)
    walk, symptom = staged.walk, symptom_named(end.symptom)
    assert symptom is not None
    await take_answers(walk, None)
    ask_for_evidence(walk, symptom)
    await walk.read()
    return staged


async def searched(staged: Staged, end: End, keys: Keys = COMMANDS) -> Found:
    """Search for the cause, answer the questions, and return the result. `keys` are those of the interface."""
    walk, symptom = staged.walk, symptom_named(end.symptom)
    assert symptom is not None
    found, numbers = search_for_cause(walk, symptom, {}, keys=keys), list[int]()
    while isinstance(question := found.next, Question):
        answer = end.answer_to(question.id)
        numbers.append([choice.id for choice in question.choices].index(answer) + 1)
        given = found.answered(answer).given
        await read_what_was_agreed_to(walk, given)
        found = search_for_cause(walk, symptom, given, keys=keys)
    assert isinstance(found.next, Diagnosis)
    return Found(found.next, found.given, tuple(numbers))


def number_of(symptom: str) -> int:
    """Return the symptom's number in every list of symptoms."""
    return [str(one.id) for one in EVERY_SYMPTOM].index(symptom) + 1
