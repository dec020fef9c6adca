"""From a file, variables and what the profile saved to a walk that has read everything: how every command begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from wizard.domain.answers import Answers
from wizard.domain.step_id import StepId
from wizard.domain.wanted import chosen_environment
from wizard.flow.walk import Walk
from wizard.headless.missing import missing_asks, told
from wizard.headless.refusal import Refused
from wizard.headless.setup_file import SetupFile, read_setup
from wizard.headless.setup_values import unknown_values

CLIENT_SIDE_ID = "LAUNCHDARKLY_CLIENT_SIDE_ID"


@dataclass(frozen=True, slots=True)
class Given:
    """Where a command's answers come from. `setup` None: from what the profile saved."""

    walk: Walk
    setup: SetupFile | None

    @property
    def file(self) -> str:
        return str(self.setup.path) if self.setup else ""

    @property
    def answers(self) -> Answers:
        return self.setup.answers if self.setup else self.walk.session.saved.answers


async def take_answers(walk: Walk, config: Path | None) -> Given:
    """Takes secrets and answers; asks the services nothing. Raises Refused."""
    given = Given(walk, read_setup(config) if config else None)
    await walk.load_secrets()
    from_vault = walk.state.answers.client_side_id
    answers = given.answers
    if walk.where.get("client_side_id") == CLIENT_SIDE_ID:
        _refuse_another_id(given, from_vault)
        answers = replace(answers, client_side_id=from_vault)
    elif not (answers.client_side_id or (answers.project and answers.environment)):
        answers = replace(answers, client_side_id=from_vault)
    walk.take(answers)
    return given


def _refuse_another_id(given: Given, from_variable: str) -> None:
    """The variable wins over the keyring; over what a file or a profile says it does not: one of them is a mistake."""
    known = given.answers.client_side_id
    if not known or known == from_variable:
        return
    whose = f"launchdarkly.client_side_id in {given.file}" if given.file else "the set-up that this profile saved"
    raise Refused(f"{CLIENT_SIDE_ID} and {whose} name two different environments: leave one of them out.")


# What became of a sync is for `doctor` and `watch`; the services ask not to be polled for it.
NOT_FOR_A_PLAN = frozenset(
    {
        "segments",
        "delivery",
        "intake",
        "audit",
        "namesakes",
        "segment_details",
        "test_user_member",
        "segments_elsewhere",
    }
)


async def prepare(walk: Walk, config: Path | None) -> Given:
    """Takes answers, reads what a plan rests on, answers what follows as the wizard would. Raises Refused."""
    walk.left_out |= NOT_FOR_A_PLAN
    given = await take_answers(walk, config)
    _refuse_missing(given, before_reading=True)
    await read_and_suggest(walk)
    _refuse_unknown(given)
    _refuse_missing(given)
    take_the_test_user(walk)
    return given


async def read_segments(walk: Walk) -> None:
    """The synced segments that are there now, for those who need them."""
    walk.left_out -= {"segments"}
    await walk.read(StepId.LAUNCHDARKLY)


async def read_and_suggest(walk: Walk) -> None:
    """What nobody said is answered as the wizard suggests; where tokens are kept is nobody's wish here."""
    keep, before = walk.state.answers.keep_secrets, None
    while before != walk.state.answers:
        before = walk.state.answers
        for step in walk.steps:
            await walk.read()
            walk.suggest(step)
    walk.take(replace(walk.state.answers, keep_secrets=keep))


def take_the_test_user(walk: Walk) -> None:
    """A file has no place for one: the wizard asked for it, and its profile remembers, for the same environment."""
    answers, saved = walk.state.answers, walk.session.saved.answers
    same = (answers.project, answers.environment) == (saved.project, saved.environment)
    if same and saved.test_user and not answers.test_user:
        walk.take(replace(answers, test_user=saved.test_user))


def _refuse_missing(given: Given, *, before_reading: bool = False) -> None:
    """Without a token nothing can be read: then everything that nobody said is named at once.

    After reading only what could have been chosen counts; for what could not be read the findings say why.
    """
    walk, missing = given.walk, missing_asks(given.walk)
    if before_reading:
        missing = missing if any(ask.secret_slot for ask in missing) else ()
    else:
        missing = tuple(ask for ask in missing if not ask.waits_for(walk.state))
    if missing:
        raise Refused(*told(missing, walk, given.file))


def _refuse_unknown(given: Given) -> None:
    if given.setup is not None:
        state = given.walk.state
        given.setup.refuse(unknown_values(given.setup, state.facts, state.answers))


def place(walk: Walk) -> str:
    """ "shop / production" for a heading; the client-side ID when nobody knows whose it is."""
    found = chosen_environment(walk.state.facts, walk.state.answers)
    return f"{found[0].key} / {found[1].key}" if found else walk.state.answers.client_side_id
