"""The beginning of every command: take answers from a file, variables and the profile, then read both services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from wizard.domain.answers import Answers
from wizard.domain.credentials import CLIENT_SIDE_ID, LAUNCHDARKLY_TOKEN
from wizard.domain.facts import Facts, Slot, is_closed, listed
from wizard.domain.failure import Failure
from wizard.domain.planning.plan import GOING_ON_IS_POSSIBLE
from wizard.domain.step_id import StepId
from wizard.domain.tokens import held_token
from wizard.domain.tokens.held_token import Holding
from wizard.domain.wanted import chosen_audiences, chosen_environment
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.walk import Walk
from wizard.flow.writing.send_again import why_not_sent_again
from wizard.headless.given_file import shown
from wizard.headless.refusal import Mistake, Refused, did_you_mean, quoted
from wizard.headless.setup.missing import missing_asks, missing_lines
from wizard.headless.setup.setup_file import SetupFile, parse_setup, read_setup
from wizard.headless.setup.setup_values import contradictions, unknown_values


@dataclass(frozen=True, slots=True)
class Given:
    """A command's answers, from the file `setup`, or from the profile if `setup` is None."""

    walk: Walk
    setup: SetupFile | None

    @property
    def file(self) -> str:
        return shown(self.setup.path) if self.setup else ""

    @property
    def answers(self) -> Answers:
        return self.setup.answers if self.setup else self.walk.session.saved.answers


async def take_answers(walk: Walk, config: Path | None, read: Callable[[Path, str], SetupFile] = read_setup) -> Given:
    """Take secrets and answers without asking the services. Raises Refused.

    From a file with several environments, take the answers of the walk's environment.

    From here on, the chosen project and audiences are read by their keys. Whole lists are read only if that fails.
    """
    given = Given(walk, read(config, walk.session.target) if config else None)
    answers = given.answers
    names_place = bool(answers.client_side_id or (answers.project and answers.environment))
    await load_secrets(walk, needs_id=not names_place)
    from_vault = walk.state.answers.client_side_id
    if walk.where.get(CLIENT_SIDE_ID.slot) == CLIENT_SIDE_ID.variable:
        _refuse_another_id(given, from_vault)
        answers = replace(answers, client_side_id=from_vault)
    elif not names_place:
        answers = replace(answers, client_side_id=from_vault)
    walk.set_state(replace(walk.state, looks_up=True))
    walk.take(answers)
    return given


def _refuse_another_id(given: Given, from_variable: str) -> None:
    """Raise Refused when the variable and the file or profile name different environments.

    The variable only overrides the keyring. If it differs from a file or profile, one of the two is a mistake.
    """
    known = given.answers.client_side_id
    if not known or known == from_variable:
        return
    whose = f"launchdarkly.client_side_id in {given.file}" if given.file else "the setup that this profile saved"
    raise Refused(f"{CLIENT_SIDE_ID.variable} and {whose} name two different environments: leave one of them out.")


# A plan doesn't need the results of a sync, and the services ask clients not to poll for them.
NOT_FOR_A_PLAN: frozenset[Slot] = frozenset(
    {
        "segments",
        "delivery",
        "intake",
        "audit",
        "namesakes",
        "segment_details",
        "test_user_member",
        "segments_elsewhere",
        "flag_uses",
        "every_audience",
        "key_shapes",
        "sdks_in_use",
        "allowlist",
        "segment_writes",
    }
)


def read_as_maker(walk: Walk) -> None:
    """Read LaunchDarkly with the admin's token that makes tokens, so that no other token is needed or used."""
    answers = replace(walk.state.answers, make_token=True)
    walk.set_state(replace(walk.state, answers=answers, reads_as_maker=True))


def _refuse_making_by_hand(walk: Walk) -> None:
    """Raise Refused if a person would have to paste a token that the wizard makes, since no command shows tokens."""
    state = walk.state
    if state.answers.by_hand and state.answers.make_token and state.secrets.launchdarkly_token is None:
        raise Refused(
            "launchdarkly.make_token: to do Segment's part by hand, you have to paste the token, but commands never "
            "show tokens.",
            "Create the token in the wizard, which copies it without showing it: audience-wizard",
        )


def _as_given(_: Walk) -> None:
    """Change nothing before the first read."""


async def prepare(
    walk: Walk,
    config: Path | None,
    resync: tuple[str, ...] = (),
    accept: tuple[str, ...] = (),
    begin: Callable[[Walk], None] = _as_given,
) -> Given:
    """Take answers, read what a plan needs, and answer the rest as the wizard suggests. Raises Refused.

    `resync` has the keys of audiences whose members to send again. `begin` is called before the first read.
    """
    walk.left_out |= NOT_FOR_A_PLAN
    given = await take_answers(walk, config, parse_setup)
    _refuse_making_by_hand(walk)
    begin(walk)
    _refuse_missing(given, before_reading=True)
    await walk.read_and_suggest()
    await _read_what_became_of_it(walk)
    _take_resync(walk, resync)
    _take_accepted(walk, accept)
    refuse_unknown(given)
    _refuse_missing(given)
    take_the_test_user(walk)
    return given


async def _read_what_became_of_it(walk: Walk) -> None:
    """Read the deliveries if only they show whether the destination's token may stay, or if an activation is off.

    Read the segments if all members can be sent again, which a deleted segment needs. Read them too if Segment hides
    connections or shows no activation: then they are the only proof that an audience sends.
    """
    facts = walk.state.facts
    if held_token.holding(facts, walk.state.answers) is Holding.UNKNOWN or _has_an_activation_that_is_off(facts):
        walk.use("delivery")
    is_begun = facts.attached_at is not None and bool(facts.activations)
    if is_begun or any(facts.activations.values()) or any(map(is_closed, facts.connections.values())):
        walk.use("segments")
    await walk.read()


def _has_an_activation_that_is_off(facts: Facts) -> bool:
    return any(one.enabled is False for seen in facts.activations.values() for one in listed(seen))


def _take_resync(walk: Walk, keys: tuple[str, ...]) -> None:
    """Note the audiences whose members to send again. Raises Refused for one that can't be sent again."""
    by_key = {audience.key: audience for audience in chosen_audiences(walk.state.facts, walk.state.answers)}
    for key in keys:
        if key not in by_key:
            raise Refused(f"--resync {quoted(key)}: this setup doesn't have this audience.{did_you_mean(key, by_key)}")
        if why := why_not_sent_again(walk, by_key[key]):
            raise Refused(f"--resync {quoted(key)}: {why}")
    walk.resync |= set(keys)


def _take_accepted(walk: Walk, checks: tuple[str, ...]) -> None:
    """Accept the failures of these checks. Raises Refused for a check whose failure can't be accepted."""
    for check in checks:
        if check not in GOING_ON_IS_POSSIBLE:
            near = did_you_mean(check, GOING_ON_IS_POSSIBLE)
            names = ", ".join(sorted(GOING_ON_IS_POSSIBLE))
            raise Refused(f"--accept {quoted(check)}: you can't accept this check.{near}", f"You can accept: {names}")
    for finding in walk.findings:
        if finding.id in checks:
            walk.waive(finding)


async def read_segments(walk: Walk) -> None:
    """Read the synced segments that exist now."""
    walk.use("segments")
    walk.set_state(walk.state)  # settle what the profile knows of the sync now; otherwise the list would be read again
    await walk.read(StepId.LAUNCHDARKLY)


def take_the_test_user(walk: Walk) -> None:
    """Take the test user from the profile if its environment is the same, because files have no setting for it."""
    answers, saved = walk.state.answers, walk.session.saved.answers
    same = (answers.project, answers.environment) == (saved.project, saved.environment)
    if same and saved.test_user and not answers.test_user:
        walk.take(replace(answers, test_user=saved.test_user))


def _refuse_missing(given: Given, *, before_reading: bool = False) -> None:
    """Raise Refused when answers are missing.

    Before reading, all missing answers are named, but only if a token is among them: nothing can be read without it.
    After reading, only answers with something to choose from are named; findings explain the others.
    """
    walk, missing = given.walk, missing_asks(given.walk)
    if before_reading:
        missing = missing if any(ask.secret for ask in missing) else ()
    else:
        missing = tuple(ask for ask in missing if not ask.waits_for(walk.state))
    if missing:
        mistakes = (mistake.at(given.file) for mistake in given.setup.mistakes) if given.setup else ()
        raise Refused(*mistakes, *missing_lines(missing, walk, given.file))


def refuse_without_place(given: Given) -> None:
    """Raise Refused if the LaunchDarkly token or the environment is missing."""
    asks = tuple(ask for ask in missing_asks(given.walk) if ask.secret is LAUNCHDARKLY_TOKEN or ask.id == "environment")
    if asks:
        raise Refused(*missing_lines(asks, given.walk, given.file))


def why_place_unread(walk: Walk) -> Failure | None:
    """Return the failed call that kept the project and environment from being read, if one did."""
    facts = walk.state.facts
    return next((one for one in (facts.caller, facts.project, facts.projects) if isinstance(one, Failure)), None)


def refuse_unknown(given: Given) -> None:
    """Raise Refused if the file names something that the services don't have. Call this after reading."""
    if given.setup is not None:
        given.setup.refuse(_unknown(given, given.setup))


def unknown_lines(given: Given) -> tuple[str, ...]:
    """Return lines about what the file names but the services lack, for a command that continues with the rest."""
    return given.setup.told(_unknown(given, given.setup)) if given.setup else ()


def refuse_two_environments(given: Given) -> None:
    """Raise Refused when the file and the variable name two environments, before the wrong one is changed."""
    if given.setup is not None:
        state = given.walk.state
        given.setup.refuse(tuple(contradictions(given.setup, state.facts, state.answers)))


def _unknown(given: Given, setup: SetupFile) -> tuple[Mistake, ...]:
    return unknown_values(setup, given.walk.state.facts, given.walk.state.answers)


def place(walk: Walk) -> str:
    """Return "shop / production" for a heading, or words with the client-side ID, or an empty text if none is known."""
    found = chosen_environment(walk.state.facts, walk.state.answers)
    if found:
        return f"{found[0].key} / {found[1].key}"
    client_side_id = walk.state.answers.client_side_id
    return f"the environment with the client-side ID {client_side_id}" if client_side_id else ""
