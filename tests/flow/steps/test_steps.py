"""What every question declares, suggests and refuses; every scenario walked to the review."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from pydantic import SecretStr

from tests.walk_copies import at_review
from tests.walks import Staged, stage, stage_on, walk_to_review
from wizard.domain.answers import Answers, AskId, Secrets
from wizard.domain.credentials import TOKENS, Credential, read_paste
from wizard.domain.facts import Facts, VaultSeen
from wizard.domain.findings import Status
from wizard.domain.step_id import StepId
from wizard.flow.journey import STEPS
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.profile.journal import Entry, EntryStage, Resource
from wizard.flow.state import State
from wizard.flow.steps.ask import Ask, Kind
from wizard.flow.steps.prerequisites import NO, YES
from wizard.flow.steps.questions.make_token import MAKE_TOKEN
from wizard.vault import MemoryVault

EVERY_ASK = [ask for step in STEPS for ask in step.asks]
ONE_LINE = 58  # cells beside the rail on a screen of 80 columns
BLAME = re.compile(r"!|\byou (?:must|should have|forgot|failed)\b|\b(?:illegal|invalid input|wrongly)\b", re.IGNORECASE)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_a_purpose_is_one_sentence_on_one_line(step: object) -> None:
    purpose = getattr(step, "purpose")  # noqa: B009
    assert 0 < len(purpose) <= ONE_LINE
    assert purpose.endswith(".")


@pytest.mark.parametrize("ask", EVERY_ASK, ids=lambda ask: ask.id)
def test_a_question_says_what_it_is_and_where_to_find_it(ask: Ask) -> None:
    assert ask.label
    assert ask.help.what
    assert ask.help.where
    assert ask.hint
    assert not ask.help.link or ask.help.link.startswith("https://")
    for text in (ask.label, ask.hint, ask.help.what, ask.help.where):
        assert not BLAME.search(text), text


def test_what_later_steps_check_looks_like_no_check_of_this_step() -> None:
    notes = STEPS[0].notes(stage("happy").walk.state)
    assert [note.text.partition(" checks ")[0] for note in notes if " checks " in note.text] == ["Step 2", "Step 3"]
    assert not any(note.mark for note in notes)


def test_ids_of_questions_and_steps_are_unique() -> None:
    for ids in ([ask.id for ask in EVERY_ASK], [step.id for step in STEPS]):
        assert len(set(ids)) == len(ids)


def test_a_hidden_question_and_no_other_takes_a_credential_which_a_variable_may_hold() -> None:
    for ask in EVERY_ASK:
        assert (ask.secret is not None) is (ask.kind is Kind.SECRET)
        assert ask.secret is None or ask.variable == ask.secret.variable


async def test_what_is_suggested_is_among_the_choices() -> None:
    staged = await at_review("happy")
    for ask in EVERY_ASK:
        choices, suggested = ask.choices(staged.walk.state), ask.suggest(staged.walk.state)
        wanted = suggested if isinstance(suggested, tuple) else (suggested,)
        values = {choice.value for choice in choices}
        assert len(values) == len(choices)
        assert not values or set(wanted) - {""} <= values, ask.id


def test_a_keyring_that_was_chosen_and_is_locked_now_keeps_its_name() -> None:
    (ask,) = (one for one in EVERY_ASK if one.id == "keep_secrets")
    state = replace(stage("happy").walk.state, sandbox="")
    state = replace(state, facts=replace(state.facts, vault=VaultSeen(usable=False, backend="", why_not="locked")))
    chosen = replace(state, answers=replace(state.answers, keep_secrets=True))

    assert not ask.applies(state), "a question with one answer isn't asked"
    assert ask.applies(chosen)
    assert [choice.label for choice in ask.choices(chosen)][1] == "In the keyring, once it can be used"


async def test_all_choices_have_a_label() -> None:
    staged = await at_review("hostile-names")
    for ask in EVERY_ASK:
        for choice in ask.choices(staged.walk.state):
            assert choice.label.strip(), (ask.id, choice)
            assert choice.label.replace("\u200d", "").isprintable()  # it joins the parts of an emoji


# --- answering --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask_id", "pasted", "said"),
    [
        ("launchdarkly_token", "sdk-11111111-2222-3333-4444-555555555555", "an SDK key"),
        ("launchdarkly_token", "mob-11111111-2222-3333-4444-555555555555", "a mobile key"),
        ("launchdarkly_token", "57be1db38b75bf0772d11384", "a client-side ID"),
        ("launchdarkly_token", "", "Nothing was pasted"),
        (
            "launchdarkly_token",
            "api-11111111-2222-3333-4444-555555555555 api-99999999-2222-3333-4444-555555555555",
            "more than one",
        ),
        ("segment_token", "api-11111111-2222-3333-4444-555555555555", "a LaunchDarkly access token"),
        ("segment_token", "57be1db38b75bf0772d11384", "a LaunchDarkly client-side ID"),
        ("environment", "production", "an environment's key"),
        ("environment", "api-11111111-2222-3333-4444-555555555555", "an access token"),
    ],
)
async def test_a_credential_of_another_kind_is_named_before_any_call(ask_id: AskId, pasted: str, said: str) -> None:
    staged = stage("happy")
    mistake = staged.walk.answer(staged.ask(ask_id), pasted)
    assert said in mistake
    assert not BLAME.search(mistake)
    assert not staged.ask(ask_id).is_answered(staged.walk.state)
    assert list(staged.sandbox.requests) == []


@pytest.mark.parametrize("credential", TOKENS, ids=lambda one: one.slot)
async def test_a_credential_of_another_kind_in_a_variable_is_never_sent(credential: Credential) -> None:
    staged = stage("happy")
    paste = read_paste("sdk-11111111-2222-3333-4444-555555555555")
    staged.walk.state = staged.walk.state.with_token(credential, paste)
    await staged.walk.read()
    reach = {"/api/v2/public-ip-list", "/"}
    assert {request.path for request in staged.sandbox.requests if "/sdk/goals" not in request.path} <= reach


async def test_a_client_side_id_that_is_in_no_list_is_taken_and_judged() -> None:
    staged = stage("happy")
    await load_secrets(staged.walk)
    await staged.walk.read(StepId.LAUNCHDARKLY)
    ask, unknown_id = staged.ask("environment"), "0123456789abcdef01234567"
    choice = ask.free(f" {unknown_id} ", staged.walk.state)
    assert choice is not None
    assert choice.value == unknown_id
    assert staged.walk.answer(ask, choice.value) == ""
    assert staged.walk.state.answers.client_side_id == unknown_id
    assert staged.walk.state.answers.project == ""
    await staged.walk.read(StepId.LAUNCHDARKLY)
    assert staged.finding("launchdarkly.client_side_id").status is Status.FAIL
    known = ask.choices(staged.walk.state)[0].value
    assert ask.free(known, staged.walk.state) is None
    assert ask.free("prod", staged.walk.state) is None


def test_by_hand_segment_asks_for_no_token_and_the_destination_only_for_its_name() -> None:
    staged = stage("happy")
    staged.walk.take(Answers(by_hand=True))
    assert "segment_token" not in asked(staged, StepId.SEGMENT)
    assert asked(staged, StepId.DESTINATION) == ["destination_name"]
    assert asked(staged, StepId.AUDIENCES) == ["audience_keys"]
    staged.walk.take(Answers(by_hand=False))
    assert "segment_token" in asked(staged, StepId.SEGMENT)
    assert asked(staged, StepId.AUDIENCES) == ["audiences"]


def asked(staged: Staged, step: StepId) -> list[str]:
    return [ask.id for ask in staged.walk.asks(staged.walk.step(step))]


async def test_a_mapping_that_is_there_is_suggested_as_it_is() -> None:
    staged = stage("resume")
    every = (one for one in staged.sandbox.world.workspaces[0].destinations.values())
    (mapping,) = next(one.mappings.values() for one in every if one.mappings)
    mapping.settings["context_key"] = "email_only"
    await walk_to_review(staged)
    assert staged.walk.state.answers.context_key == "email_only"
    assert {change.id: change.writes for change in staged.walk.plan().changes}["mapping"] is False


async def test_a_space_without_audiences_leads_to_making_one() -> None:
    staged = stage("happy")
    workspace = staged.sandbox.world.workspaces[0]
    workspace.audiences.clear()
    workspace.connections.clear()
    await walk_to_review(staged)
    note, _ = staged.walk.step(StepId.AUDIENCES).notes(staged.walk.state)
    assert note.text.startswith("Production has no audiences. In Segment, go to Engage → Audiences → New audience")
    assert note.text.endswith("/audiences/new")


def test_keys_of_audiences_may_be_typed_in_many_ways() -> None:
    staged = stage("happy")
    staged.walk.take(Answers(by_hand=True))
    staged.walk.answer(staged.ask("audience_keys"), " vip, trial_users  vip ")
    assert staged.walk.state.answers.audiences == ("vip", "trial_users")
    assert staged.ask("audience_keys").get(staged.walk.state) == "vip, trial_users"


async def test_the_walk_with_an_sdk_key_breaks_nothing_and_no_rule_of_the_services() -> None:
    """With an SDK key no project can be read, so no environment chosen. Other scenarios: `tests.test_scenarios`."""
    staged = stage("sdk-key-pasted")
    await load_secrets(staged.walk)
    for step in staged.walk.steps:
        await staged.walk.read(step.id)
        staged.walk.accept(step)
    staged.walk.plan()
    assert staged.walk.under_way == {}
    assert list(staged.sandbox.breaches) == []


async def test_by_hand_a_segment_token_may_be_given_to_watch_with() -> None:
    sandbox = stage("happy").sandbox
    given = {"launchdarkly_token": (sandbox.tokens.launchdarkly_access_token, "from the sandbox")}
    staged = stage_on(sandbox, vault=MemoryVault("no keyring", given))
    walk, step = staged.walk, staged.walk.step(StepId.SEGMENT)
    await load_secrets(walk)
    walk.answer(staged.ask("by_hand"), "yes")
    assert [ask.id for ask in walk.asks(step)] == ["segment_token_that_watches"]
    assert walk.missing(step) == ()

    assert walk.answer(staged.ask("segment_token_that_watches"), sandbox.tokens.segment_public_api_token) == ""
    await walk.read()
    assert [ask.id for ask in walk.asks(step)] == ["segment_token_that_watches", "space"]
    assert isinstance(walk.state.facts.destinations, tuple)
    assert any("only to see what's done" in note.text for note in step.notes(walk.state))


async def test_which_sdks_use_the_segment_has_no_default_and_may_stay_open() -> None:
    walk = stage("happy").walk
    step = walk.step(StepId.PREREQUISITES)
    walk.suggest(step)
    (ask,) = walk.missing(step)
    assert (ask.id, ask.suggest(walk.state), ask.choices(walk.state)[0].recommended) == ("server_side", "", False)

    made = Entry(walk.state.facts.now, EntryStage.MADE, Resource.DESTINATION, "destination", "dst_1")
    walk.state = replace(walk.state, made=(made,))
    assert walk.missing(step) == ()
    (later,) = (ask for ask in walk.asks(step) if ask.id == "server_side_later")
    assert walk.answer(later, "yes") == ""
    assert walk.state.answers.server_side is True
    assert walk.answer(later, "") == ""
    assert walk.state.answers.server_side is None


def test_where_nobody_has_a_service_token_and_an_admins_is_there_the_wizard_makes_one() -> None:
    without = State(Facts(datetime(2026, 1, 1, tzinfo=UTC)))
    admins = replace(without, secrets=Secrets(maker_token=SecretStr("api-admin")))
    suggested = [(MAKE_TOKEN.suggest(state), _recommended(state)) for state in (without, admins)]
    assert suggested == [(NO, ["Paste one"]), (YES, ["Let the wizard create one"])]


def _recommended(state: State) -> list[str]:
    return [choice.label for choice in MAKE_TOKEN.choices(state) if choice.recommended]


def test_each_id_that_a_cause_may_name_is_of_a_question() -> None:
    asks = [ask for step in stage("happy").walk.steps for ask in step.asks]
    assert sorted(ask.id for ask in asks) == sorted(get_args(AskId))
    assert all(ask.id.startswith(ask.secret.slot) for ask in asks if ask.secret)
