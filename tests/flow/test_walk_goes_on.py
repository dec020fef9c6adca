"""What a walk takes over: from an earlier run, from the keyring, from an apply, and from earlier readings."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from tests.fake_clock import FakeClock
from tests.walk_copies import applied, at_review
from tests.walks import Staged, accept, apply_all, stage, stage_on
from wizard.domain.answers import NEW_DESTINATION, Answers, Secrets
from wizard.domain.planning.change import Action
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import keep_secrets, load_secrets
from wizard.flow.outside.vault import IN_MEMORY, Stored
from wizard.flow.profile.journal import Resource, Write
from wizard.flow.profile.session import Session
from wizard.vault import MemoryVault

# --- resume, start over, take up --------------------------------------------------------------------------------


async def test_a_run_goes_on_where_the_one_before_it_stopped() -> None:
    staged = await at_review("happy")
    later = stage_on(staged.sandbox, session=staged.walk.session)
    await load_secrets(later.walk)
    later.walk.resume()
    await later.walk.read()
    assert later.walk.state.answers == staged.walk.state.answers
    assert later.walk.accepted == staged.walk.accepted
    assert [c.action for c in later.walk.plan().changes] == [c.action for c in staged.walk.plan().changes]


async def test_a_killed_run_that_made_a_destination_goes_on_with_it() -> None:
    staged = await at_review("happy")
    plan, session = staged.walk.plan(), staged.walk.session
    results = await apply_all(staged, replace(plan, changes=plan.changes[:1]))
    session.keep(replace(session.saved.answers, destination=NEW_DESTINATION), session.saved.accepted)
    later = stage_on(staged.sandbox, session=session)
    await load_secrets(later.walk)
    later.walk.resume()
    await later.walk.read()
    by_id = {change.id: change for change in later.walk.plan().changes}
    assert by_id["destination"].action is Action.NONE
    assert by_id["destination"].resource_id == results["destination"].resource_id
    assert by_id["mapping"].action is Action.CREATE


async def test_starting_over_forgets_answers_but_not_secrets_nor_what_was_made() -> None:
    staged = await applied("happy")
    ours = staged.walk.made_by_us
    staged.walk.resync.add("vip_customers")
    staged.walk.waived.add(("launchdarkly.store", "No store."))
    staged.walk.hand_makes_the_destination = True
    staged.walk.start_over()
    assert (staged.walk.resync, staged.walk.waived) == (set(), set()), "what was asked of the former setup is over"
    assert not staged.walk.hand_makes_the_destination
    assert staged.walk.state.answers == Answers()
    assert staged.walk.state.secrets.launchdarkly_token is not None
    assert staged.walk.accepted == set()
    assert staged.walk.made_by_us == ours != frozenset()
    assert staged.walk.state.facts.audiences is None


async def test_what_an_apply_made_is_ours_and_is_read_again() -> None:
    staged = await applied("happy")
    facts, answers = staged.walk.state.facts, staged.walk.state.answers
    assert isinstance(facts.destinations, tuple)
    assert answers.destination in {destination.id for destination in facts.destinations}
    assert staged.walk.session.saved.answers == answers
    assert {change.action for change in staged.walk.plan().changes} == {Action.NONE}


async def test_what_was_there_and_is_right_stays_somebody_elses() -> None:
    staged = await at_review("resume")
    before = [change.action for change in staged.walk.plan().changes]
    await apply_all(staged)
    after = [change.action for change in staged.walk.plan().changes]
    assert before == [Action.ADOPT, Action.ADOPT, Action.CREATE]
    assert after == [Action.ADOPT, Action.ADOPT, Action.NONE]


def test_what_was_changed_by_us_is_not_made_by_us() -> None:
    session = Session(None, FakeClock(auto=True))
    session.made(Write(Resource.DESTINATION, "destination", before={"enabled": False}), "dst_1")
    session.made(Write(Resource.MAPPING, "mapping"), "map_1")
    assert stage("happy", session=session).walk.made_by_us == {"map_1"}


# --- secrets ----------------------------------------------------------------------------------------------------


class Keeps(MemoryVault):
    """A vault that holds `stored`, and records what it's given."""

    def __init__(self, stored: Stored = Stored(Secrets())) -> None:  # noqa: B008 - frozen
        super().__init__("a test", {})
        self.stored = stored
        self.kept: list[tuple[Secrets, str]] = []

    async def load(self, *, needs_id: bool = True) -> Stored:  # noqa: ARG002 - the port's signature
        return self.stored

    async def save(self, secrets: Secrets, client_side_id: str) -> str:
        self.kept.append((secrets, client_side_id))
        return "Test keyring"


def real_walk(vault: Keeps) -> Staged:
    """Return a walk on the sandbox's services that takes them for real, so that secrets are kept."""
    staged = stage("happy", vault=vault)
    staged.walk.state = replace(staged.walk.state, sandbox="")
    return staged


TOKEN, PUBLIC = SecretStr("api-11111111-2222-3333-4444-55555555dada"), SecretStr("sgp_0123456789abcdefghij")
IN_VARIABLE = Stored(
    Secrets(TOKEN, PUBLIC),
    "57be1db38b75bf0772d11384",
    {"launchdarkly_token": "LD_ACCESS_TOKEN", "segment_token": "KWallet"},
)


async def test_stored_secrets_are_taken_as_if_they_had_been_pasted() -> None:
    staged = real_walk(Keeps(IN_VARIABLE))
    await load_secrets(staged.walk)
    state = staged.walk.state
    assert state.secrets == Secrets(TOKEN, PUBLIC)
    assert state.answers.client_side_id == "57be1db38b75bf0772d11384"
    assert state.facts.launchdarkly_token_last_four == "dada"
    assert staged.walk.where["launchdarkly_token"] == "LD_ACCESS_TOKEN"
    assert staged.ask("launchdarkly_token").get(state) == "dada"


async def test_what_was_pasted_before_the_keyring_answered_stays() -> None:
    staged = real_walk(Keeps(IN_VARIABLE))
    staged.walk.answer(staged.ask("launchdarkly_token"), "api-99999999-2222-3333-4444-55555555beef")
    await load_secrets(staged.walk)
    assert staged.ask("launchdarkly_token").get(staged.walk.state) == "beef"
    assert "launchdarkly_token" not in staged.walk.where


async def test_another_paste_no_longer_comes_from_where_the_former_came_from() -> None:
    staged = real_walk(Keeps(IN_VARIABLE))
    await load_secrets(staged.walk)
    staged.walk.answer(staged.ask("segment_token"), "sgp_another_token_0123456789")
    staged.walk.answer(staged.ask("keep_secrets"), "yes")
    assert await keep_secrets(staged.walk) == "Test keyring"
    assert staged.walk.where["launchdarkly_token"] == "LD_ACCESS_TOKEN"
    assert staged.walk.where["segment_token"] == "Test keyring"


async def test_secrets_are_kept_only_when_the_user_wants_it() -> None:
    vault = Keeps()
    staged = real_walk(vault)
    staged.walk.answer(staged.ask("launchdarkly_token"), TOKEN.get_secret_value())
    assert await keep_secrets(staged.walk) == IN_MEMORY
    staged.walk.answer(staged.ask("keep_secrets"), "no")
    assert await keep_secrets(staged.walk) == IN_MEMORY
    assert vault.kept == []
    staged.walk.answer(staged.ask("keep_secrets"), "yes")
    await keep_secrets(staged.walk)
    assert vault.kept == [(Secrets(TOKEN, None), "")]


async def test_in_the_sandbox_nothing_is_kept_whatever_was_answered() -> None:
    vault = Keeps(IN_VARIABLE)
    staged = stage("happy", vault=vault)
    await load_secrets(staged.walk)
    staged.walk.answer(staged.ask("keep_secrets"), "yes")
    assert "sandbox" in await keep_secrets(staged.walk)
    assert vault.kept == []


async def test_why_the_keyring_could_not_be_read_is_known() -> None:
    staged = real_walk(Keeps(Stored(Secrets(), why_not="it is locked")))
    await load_secrets(staged.walk)
    assert staged.walk.vault_trouble == "it is locked"


# --- answers that follow from what was read ---------------------------------------------------------------------


async def test_a_client_side_id_names_its_project_and_environment_and_they_name_it() -> None:
    staged = stage("happy")
    await load_secrets(staged.walk)
    wanted = staged.sandbox.tokens.launchdarkly_client_side_id
    staged.walk.take(Answers(client_side_id=wanted))
    await staged.walk.read(StepId.LAUNCHDARKLY)
    answers = staged.walk.state.answers
    assert (answers.project, answers.environment) == ("shop", "production")
    staged.walk.take(Answers(project="shop", environment="production"))
    await staged.walk.read(StepId.LAUNCHDARKLY)
    assert staged.walk.state.answers.client_side_id == wanted


async def test_names_of_space_and_audiences_become_ids_before_anything_is_asked_with_them() -> None:
    known = await at_review("happy")
    answers = known.walk.state.answers
    assert isinstance(known.walk.state.facts.spaces, tuple)
    slug = next(space.slug for space in known.walk.state.facts.spaces if space.id == answers.space)
    staged = stage("happy")
    await load_secrets(staged.walk)
    staged.walk.take(Answers(space=slug, audiences=("vip_customers", "No such audience")))
    await staged.walk.read()
    assert staged.walk.state.answers.space == answers.space
    assert staged.walk.state.answers.audiences == (*answers.audiences, "No such audience")
    asked_of_segment = [request for request in staged.sandbox.requests if "segment" in request.host]
    assert {request.status for request in asked_of_segment if request.path != "/"} == {200}


async def test_a_name_that_several_audiences_carry_stays_a_name() -> None:
    staged = await at_review("happy")
    for audience in staged.sandbox.world.workspaces[0].audiences_of(staged.walk.state.answers.space)[:2]:
        audience.name = "Twins"
    staged.walk.take(replace(staged.walk.state.answers, audiences=("Twins",)))
    await staged.walk.read_again()
    assert staged.walk.state.answers.audiences == ("Twins",)
    assert "audience.exists" in staged.walk.plan().blocked_by


async def test_another_environment_asks_for_its_destination_and_name_again() -> None:
    staged = await at_review("happy")
    assert staged.walk.state.answers.destination_name == "LaunchDarkly - shop / production"
    other = next(c for c in staged.ask("environment").choices(staged.walk.state) if "shop / staging" in c.detail)
    staged.walk.answer(staged.ask("environment"), other.value)
    assert staged.walk.state.answers.destination_name == ""
    await accept(staged, StepId.DESTINATION)
    assert staged.walk.state.answers.destination_name == "LaunchDarkly - shop / staging"


async def test_a_destination_that_is_gone_is_asked_for_again() -> None:
    staged = await at_review("resume")
    del staged.sandbox.world.workspaces[0].destinations[staged.walk.state.answers.destination]
    await staged.walk.read_again()
    assert staged.walk.state.answers.destination == NEW_DESTINATION


async def test_going_by_hand_with_a_token_keeps_what_was_chosen() -> None:
    staged = await at_review("happy")
    ids = staged.walk.state.answers.audiences
    staged.walk.answer(staged.ask("by_hand"), "yes")
    await staged.walk.read()
    assert staged.walk.state.answers.audiences == ids
    assert {change.action for change in staged.walk.plan().changes} == {Action.BY_HAND}


async def test_by_hand_without_a_token_nothing_is_asked_of_segment() -> None:
    tokens = stage("happy").sandbox.tokens
    only_launchdarkly = Secrets(SecretStr(tokens.launchdarkly_access_token), None)
    staged = stage("happy", vault=Keeps(Stored(only_launchdarkly)))
    await load_secrets(staged.walk)
    staged.walk.take(Answers(by_hand=True, audiences=("vip_customers",)))
    await staged.walk.read()
    assert [request.path for request in staged.sandbox.requests if "segment" in request.host] == []
