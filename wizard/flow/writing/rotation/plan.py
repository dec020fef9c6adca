"""The plan of a rotation: the changes that every interface shows before the yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.domain.checks.check import REACHABLE, run_checks
from wizard.domain.credentials import MAKER_TOKEN
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.findings import Finding, Status, root_causes_first
from wizard.domain.planning.change import DESTINATION, TOKEN, Action, Change
from wizard.domain.planning.plan import Plan
from wizard.domain.services.launchdarkly import Token, environment_of
from wizard.domain.step_id import StepId
from wizard.domain.tokens import made_token
from wizard.domain.tokens.rotation import Rotation, rotation_of
from wizard.domain.wanted import chosen_destination, chosen_environment
from wizard.flow.outside.launchdarkly import LaunchDarkly
from wizard.flow.reading.segment_lists import lists_of
from wizard.flow.writing import result as results
from wizard.flow.writing.result import Trouble, trouble_of
from wizard.text import count

if TYPE_CHECKING:
    from wizard.flow.walk import Walk

PROOF, OLD_TOKEN = "proof", "old_token"
IDS = (TOKEN, DESTINATION, PROOF, OLD_TOKEN)
PROOF_WITHIN_S = 30 * 60.0


@dataclass(frozen=True, slots=True)
class ReviewedRotation:
    """A rotation's plan as it was shown, and the state of the tokens and the destination that it's based on."""

    rotation: Rotation
    plan: Plan


async def review_rotation(walk: Walk, within_s: float = PROOF_WITHIN_S) -> ReviewedRotation | Trouble:
    """Read how far a rotation has come, and return what is left to do, or why it can't be done."""
    state = walk.state
    maker = state.secrets.maker_token
    if maker is None:
        return results.NO_MAKER
    if state.answers.by_hand:
        return results.ROTATE_BY_HAND
    seen = await lists_of(walk.ports, state).destinations()
    if isinstance(seen, Failure):
        return _unread(seen)
    destination = chosen_destination(replace(state.facts, destinations=seen), state.answers, walk.made_by_us)
    if destination is None:
        return _why_none(walk)
    if not destination.token_last_four:
        return results.ENDING_NOT_SHOWN
    client = walk.ports.services.launchdarkly(maker, credential=MAKER_TOKEN)
    tokens = await client.tokens()
    if isinstance(tokens, Failure):
        return results.MAKER_REFUSED if tokens.kind is FailureKind.UNAUTHORIZED else _unread(tokens)
    if trouble := await _not_seen_by(client, walk):
        return trouble
    rotation = rotation_of(destination, seen, tokens, state.facts, state.answers)
    return ReviewedRotation(rotation, Plan(tuple(_changes(walk, rotation, within_s))))


async def _not_seen_by(client: LaunchDarkly, walk: Walk) -> Trouble | None:
    """Return the trouble if the maker can't see the environment, because a token that it makes couldn't either."""
    chosen, state = chosen_environment(walk.state.facts, walk.state.answers), walk.state
    if chosen is None or state.launchdarkly_reader is state.secrets.maker_token:  # the maker has read the environment
        return None
    seen = await client.project(chosen[0].key)
    if isinstance(seen, Failure):
        return results.MAKER_ELSEWHERE if seen.is_closed else _unread(seen)
    return None if environment_of(chosen[1].client_side_id, (seen,)) else results.MAKER_ELSEWHERE


def _unread(failure: Failure) -> Trouble:
    return replace(trouble_of(failure), could_not_tell=True)


def _why_none(walk: Walk) -> Trouble:
    """Return why there's no destination to rotate: the environment wasn't found, or it has no destination."""
    if chosen_environment(walk.state.facts, walk.state.answers):
        return results.NOTHING_TO_ROTATE
    ids = {check.id for check in walk.checks if check.step is StepId.LAUNCHDARKLY}
    return next((blocked_by(one) for one in in_the_way(walk) if one.id in ids), results.NOTHING_TO_ROTATE)


def in_the_way(walk: Walk) -> Iterator[Finding]:
    """Yield the findings that prevent a rotation, root causes first, about the token that LaunchDarkly is read with."""
    facts, answers = walk.state.facts, walk.state.answers
    facts = replace(facts, launchdarkly_token_shape=None) if walk.state.reads_as_maker else facts
    for finding in root_causes_first(run_checks(walk.checks, facts, answers)):
        if finding.blocks or (finding.status is Status.UNKNOWN and finding.matters):
            yield finding.of_this_run(walk.ports.options)


def blocked_by(finding: Finding) -> Trouble:
    """Return the trouble that a finding prevents the rotation."""
    is_open = finding.status is Status.UNKNOWN or finding.id in REACHABLE.values()
    return Trouble("blocked", finding.summary, finding.cause, finding.fix, "", finding.policy, is_open)


def _changes(walk: Walk, rotation: Rotation, within_s: float) -> tuple[Change, ...]:
    return (_token(walk, rotation), _destination(walk, rotation), _proof(walk, within_s), _old(walk, rotation))


def _token(walk: Walk, rotation: Rotation) -> Change:
    facts, answers, new = walk.state.facts, walk.state.answers, rotation.new
    host, name = facts.launchdarkly_host, made_token.wanted_name(facts, answers)
    title = f"Token {name}"
    if new is not None and (rotation.is_in_place or _is_given(walk, new)):
        said = f"{title}: continue with the token that ends in {new.last_four}."
        return Change(TOKEN, Action.NONE, title, said, _BEGUN, host, None, None, undoable=False, resource_id=new.id)
    if new is not None:
        said = f"Reset the service token {name}, which ends in {new.last_four}."
        before, after = {"secret": f"ends in {new.last_four}"}, {"secret": "a new one"}
        return Change(TOKEN, Action.UPDATE, title, said, _BEGUN, host, before, after, undoable=True, resource_id=new.id)
    said, why = f"Create another service token {name}.", "The destination gets a new token before the old one goes."
    wanted = made_token.as_asked_for(facts, answers)
    return Change(TOKEN, Action.CREATE, title, said, why, host, None, wanted, undoable=True)


_BEGUN = "An earlier rotation created it and ended early."


def _is_given(walk: Walk, token: Token) -> bool:
    """Return whether this run has the token's secret, judged by its last four characters."""
    return walk.state.facts.launchdarkly_token_last_four == token.last_four != ""


def _destination(walk: Walk, rotation: Rotation) -> Change:
    there, host = rotation.destination, walk.state.facts.segment_host
    title, now = f"Destination {there.name}", f"ends in {there.token_last_four}"
    if rotation.is_in_place:
        said = f"{title}: it holds the new token, which {now}."
        return Change(DESTINATION, Action.NONE, title, said, "", host, None, None, undoable=False, resource_id=there.id)
    whose = (
        f"It holds the token {rotation.old.name}."
        if rotation.old
        else "LaunchDarkly doesn't show for certain which token it is."
    )
    return Change(
        DESTINATION,
        Action.UPDATE,
        title,
        f"{title}: set the new token.",
        whose,
        host,
        {"settings": {"token": now}},
        {"settings": {"token": "the new service token"}},
        undoable=False,
        resource_id=there.id,
        needs=(TOKEN,),
    )


def _proof(walk: Walk, within_s: float) -> Change:
    at_most = count(round(within_s / 60), "minute") if within_s >= 60 else count(round(within_s), "second")
    return Change(
        PROOF,
        Action.NONE,
        "Proof",
        f"Wait up to {at_most} until LaunchDarkly sees the new token in use, or Segment delivers with it.",
        "Without proof, the old token stays.",
        walk.state.facts.launchdarkly_host,
        None,
        None,
        undoable=False,
        needs=(DESTINATION,),
    )


def _old(walk: Walk, rotation: Rotation) -> Change:
    host, old = walk.state.facts.launchdarkly_host, rotation.old
    title = f"Old token {old.name or old.last_four}" if old else "Old token"
    why_not = why_it_stays(rotation)
    more = f" {count(len(rotation.left), 'token')} left over from earlier runs too." if rotation.left else ""
    said = why_not or f"Delete the service token that ends in {old.last_four if old else ''}."
    return Change(
        OLD_TOKEN,
        Action.BY_HAND if why_not else Action.UPDATE,
        title,
        f"{said}{more}",
        "" if why_not else "Nothing uses it now.",
        host,
        None,
        None,
        undoable=False,
        resource_id=old.id if old else "",
        needs=(PROOF,),
    )


def without_proof(trouble: Trouble, rotation: Rotation) -> Trouble:
    """Return the trouble of a missing proof. If the old token has to stay, don't advise to rotate again."""
    return trouble if rotation.may_delete_the_old else replace(trouble, fix=results.SEE_THE_USE)


def why_it_stays(rotation: Rotation) -> str:
    """Return why the wizard doesn't delete the old token; empty when it does."""
    old, ending = rotation.old, rotation.destination.token_last_four
    if old is None:
        return f"The old token stays: LaunchDarkly doesn't show which token ends in {ending}. Look for it there."
    if rotation.may_delete_the_old:
        return ""
    if rotation.also_held_by:
        return (
            f"The old token stays: {rotation.also_held_by} holds it too. Put another token into that destination, then "
            "delete the old one in LaunchDarkly under Organization settings → Authorization."
        )
    if old.expires_at is not None:
        ends = f"{old.expires_at.day} {old.expires_at:%B %Y}"
        return f"The old token stays until it expires on {ends}: the wizard didn't create {old.name}."
    return (
        f"The old token stays: the wizard didn't create {old.name}, and something else may use it. Once nothing "
        "does, delete it in LaunchDarkly under Organization settings → Authorization."
    )
