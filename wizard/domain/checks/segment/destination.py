"""The instance of LaunchDarkly Audiences that writes to the chosen environment.

See docs/segment.md#destination-problems and docs/segment.md#mapping-problems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wizard.domain.answers import NEW_DESTINATION, Answers
from wizard.domain.checks import subjects
from wizard.domain.checks.check import (
    Check,
    Findings,
    failed,
    need,
    need_answer,
    not_judged,
    passed,
    skipped,
    unknown,
    warned,
)
from wizard.domain.checks.last_changes import with_last_changes
from wizard.domain.checks.launchdarkly import (
    launchdarkly_approvals,
    launchdarkly_environment,
    launchdarkly_permissions,
    launchdarkly_token,
)
from wizard.domain.checks.segment import segment_access, segment_engage
from wizard.domain.facts import Facts, is_closed, is_making_a_token, listed
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Token
from wizard.domain.services.naming import engage_sources, is_engage
from wizard.domain.services.segment import Destination, Source
from wizard.domain.step_id import StepId
from wizard.domain.tokens import held_token
from wizard.domain.tokens.held_token import Holding
from wizard.domain.wanted import chosen_destination, chosen_space, full_source, source_of, use_of
from wizard.text import count

STEP = StepId.DESTINATION
_PAGES = (links.SEGMENT_DESTINATIONS, links.TWILIO_DESTINATION_DOCS)


def _exists(facts: Facts, answers: Answers) -> Findings:
    instances = need(facts.destinations, "the workspace's destinations")
    wanted = subjects.need_client_side_id(facts, answers)
    if found := chosen_destination(facts, answers):
        return passed(f"The destination {found.name} is there.", evidence=_evidence(found))
    if answers.destination == NEW_DESTINATION:
        return _one_is_to_be_made(subjects.matching_destinations(facts, answers))
    matching = subjects.matching_destinations(facts, answers)
    misplaced, full = next(iter(matching), None), full_source(facts, answers)
    return failed(
        "The space has no LaunchDarkly Audiences destination for this environment.",
        cause=_why_misplaced(misplaced, facts) if misplaced else _why_none(len(instances), full),
        fix=_how_to_create_it(full) + _what_of_the(misplaced, facts),
        links=_PAGES,
        evidence={
            "client_side_id": wanted,
            "instances": len(instances),
            "misplaced": [{"destination": one.id, "source": one.source_id} for one in matching],
        },
    )


def _how_to_create_it(full: Source | None) -> str:
    page = "Engage → Engage Settings → Destinations"
    if full:
        return f"In Segment, add LaunchDarkly Audiences under {page}, as Review (audience-wizard apply) shows."
    return f"Create one in Review (audience-wizard apply), or add LaunchDarkly Audiences under {page} in Segment."


def _why_misplaced(misplaced: Destination, facts: Facts) -> str:
    source = source_of(misplaced, facts)
    place = f"the source {source.name}" if source else "a source"
    return (
        f"The destination {misplaced.name} has this client-side ID, but it's on {place}, which this space's audiences "
        "don't use. Segment can't move it."
    )


def _what_of_the(misplaced: Destination | None, facts: Facts) -> str:
    """Return what to do with a destination that no audience can use; empty if another space's audiences may use it."""
    source = source_of(misplaced, facts) if misplaced else None
    if misplaced is None or source is None or is_engage(source):
        return ""
    return f" Then delete {misplaced.name} under Connections → Destinations, unless someone needs it on {source.name}."


def _one_is_to_be_made(matching: tuple[Destination, ...]) -> Findings:
    if not matching:
        return skipped("The destination doesn't exist yet. The wizard creates it in Review.")
    return warned(
        f"The destination {matching[0].name} already sends to this environment.",
        cause="A second destination for the same environment would send every change twice.",
        fix=f"Choose {matching[0].name} in the Destination step.",
        links=_PAGES,
        evidence=_evidence(matching[0]),
    )


def _why_none(instances: int, full: Source | None) -> str:
    if not instances:
        return "Nobody created the destination yet, or someone deleted it."
    only_there = f" Only Segment's web app can add a second destination to {full.name}." if full else ""
    return f"The existing destinations send to other environments.{only_there}"


def _evidence(instance: Destination) -> dict[str, object]:
    return {"destination": instance.id, "name": instance.name, "client_side_id": instance.client_side_id}


def _single(facts: Facts, answers: Answers) -> Findings:
    same = [d for d in subjects.matching_destinations(facts, answers) if _serves_the_space(d, facts, answers)]
    if not same:
        return not_judged("Not checked: this environment has no destination yet.")
    if len(same) == 1:
        return passed("One destination sends to this environment.")
    return failed(
        f"{len(same)} destinations send to this environment: {', '.join(f'{d.name} ({d.id})' for d in same[:5])}.",
        cause="Audiences may send every change twice, and fixing one destination doesn't fix the other.",
        fix=f"In Segment, go to Connections → Destinations, {_which_to_keep(same, facts)}.",
        links=_PAGES,
        evidence={"destinations": [d.id for d in same]},
    )


def _which_to_keep(same: Sequence[Destination], facts: Facts) -> str:
    """Return which destination to keep and which to delete, by ID and use, or in words if several have equal use."""
    by_use = sorted(same, key=lambda one: use_of(one, facts).audiences, reverse=True)
    kept, *others = by_use
    most = use_of(kept, facts).audiences
    if most == use_of(others[0], facts).audiences:
        return "keep the destination that your audiences use and delete the others"
    rest = ", ".join(f"{one.id} ({count(use_of(one, facts).audiences, 'audience')})" for one in others[:4])
    return f"keep {kept.id} ({count(most, 'audience')}) and delete {rest}"


def _serves_the_space(instance: Destination, facts: Facts, answers: Answers) -> bool:
    """Return whether the destination is on this space's Engage source, or may be because its source can't be seen."""
    source = source_of(instance, facts)
    if source is None:
        return True
    if not is_engage(source):
        return False
    spaces = listed(facts.spaces)
    sources = listed(facts.sources)
    own = chosen_space(facts, answers)
    others = (space for space in spaces if own and space.id != own.id)
    return not any(source in engage_sources(space, sources, spaces=spaces) for space in others)


def _source(facts: Facts, answers: Answers) -> Findings:
    """Fail for a wrong source: a destination can't be moved (docs/segment.md#one-instance-for-an-environment)."""
    instance = subjects.need_destination(facts, answers)
    source = source_of(instance, facts)
    if source is None:
        need(facts.sources, "the workspace's sources")
        return unknown(
            f"This token can't see the source of {instance.name}.",
            fix=f"In Segment, go to Connections → Destinations → {instance.name} and check that it's on the space's "
            "Engage source.",
            links=_PAGES,
            matters=False,
        )
    if is_engage(source):
        return passed(f"{instance.name} is on the Engage source {source.name}.", evidence={"source": source.id})
    return failed(
        f"{instance.name} is on the source {source.name}, which isn't an Engage source.",
        cause="Audiences send only to destinations on their space's Engage source.",
        fix="In Segment, go to Engage → Engage Settings → Destinations and add LaunchDarkly Audiences to the Engage "
        "source.",
        links=_PAGES,
        evidence={"source": source.id},
    )


def _enabled(facts: Facts, answers: Answers) -> Findings:
    instance = subjects.need_destination(facts, answers)
    if instance.enabled is None:
        return unknown(
            f"Segment doesn't say whether {instance.name} is switched on.",
            fix=f"In Segment, open the Settings tab of {instance.name} and check Enable Destination.",
            links=_PAGES,
        )
    if instance.enabled:
        return passed(f"{instance.name} is switched on.")
    return failed(
        f"The destination {instance.name} is switched off.",
        cause="A destination that is switched off sends nothing. Segment's Audit Trail shows who changed it.",
        fix=f"In Segment, open the Settings tab of {instance.name} and switch on Enable Destination.",
        links=(links.SEGMENT_DESTINATIONS, links.SEGMENT_AUDIT_TRAIL),
        evidence=_evidence(instance),
    )


def _client_side_id(facts: Facts, answers: Answers) -> Findings:
    instance = subjects.need_destination(facts, answers)
    wanted = subjects.need_client_side_id(facts, answers)
    if instance.client_side_id == wanted:
        return passed(f"{instance.name} sends to the chosen environment.", evidence=_evidence(instance))
    place = subjects.find_environment(instance.client_side_id, facts) if instance.client_side_id else None
    elsewhere = f"sends to {subjects.place_name(place) if place else 'another environment'}"
    return failed(
        f"{instance.name} {elsewhere if instance.client_side_id else 'has no client-side ID'}.",
        cause="The destination doesn't hold the client-side ID of the chosen environment.",
        fix=f"In Segment, open the Settings tab of {instance.name} and set LaunchDarkly client-side ID to {wanted}.",
        links=_PAGES,
        evidence={**_evidence(instance), "wanted": wanted},
    )


def _token(facts: Facts, answers: Answers) -> Findings:
    """Compare the last four characters: the rest of the token is masked (docs/segment.md#secret-settings)."""
    instance = subjects.need_destination(facts, answers)
    is_making = is_making_a_token(facts, answers)
    ours = "" if is_making else need_answer(facts.launchdarkly_token_last_four, "the access token")
    evidence = {"destination": instance.id, "last_four": instance.token_last_four, "ours": ours}
    if not instance.token_last_four:
        return unknown(
            f"Segment doesn't show the last four characters of the token in {instance.name}.",
            fix=f"In Segment, open the Settings tab of {instance.name} and check LaunchDarkly Service Token.",
            links=_PAGES,
        )
    match held_token.holding(facts, answers):
        case Holding.OURS:
            return passed(f"{instance.name} holds the token that ends in {ours}.", evidence=evidence)
        case Holding.KNOWN:
            return _holds_a_known_one(instance, evidence, facts, answers)
        case _:
            return _holds_an_unknown_one(instance, evidence, facts, answers)


def _holds_a_known_one(
    instance: Destination, evidence: Mapping[str, object], facts: Facts, answers: Answers
) -> Findings:
    """Judge a listed token that isn't ours: it's fine as long as it works, for example when support looks."""
    token = held_token.other_token(facts, answers) or Token("")
    kind = "personal token" if token.service_token is False else "service token"
    named = f"the {kind} {token.name or 'without a name'}, which ends in {token.last_four}"
    evidence = {**evidence, "token": token.name, "owner": token.owner, "kind": kind, "role": token.role}
    if held_token.is_expired(token, facts):
        return _has_to_be_replaced(instance, f"{named} and has expired", "", evidence, facts, answers)
    if held_token.is_refused(facts):
        because = "Someone has reset it, or the destination holds another token with the same ending."
        return _has_to_be_replaced(instance, f"{named}. LaunchDarkly refuses it", because, evidence, facts, answers)
    yours = " You use a different token, which is fine." if evidence["ours"] else ""
    used = f"{token.last_used:%Y-%m-%d %H:%M} UTC" if token.last_used else "never"
    return passed(
        f"{instance.name} holds {named}. It was last used: {used}.{yours}",
        evidence=evidence,
    )


def _holds_an_unknown_one(
    instance: Destination, evidence: Mapping[str, object], facts: Facts, answers: Answers
) -> Findings:
    ending = f"a token that ends in {instance.token_last_four}"
    if held_token.works(facts, answers):
        if facts.destination_tokens == ():
            return _worked_and_may_be_gone(instance, evidence, facts, answers)
        return passed(f"{instance.name} holds {ending}. It isn't your token, but it works.", evidence=evidence)
    yours = f"{ending}, but yours ends in {evidence['ours']}" if evidence["ours"] else ending
    if held_token.is_refused(facts):
        because = "LaunchDarkly refuses it: it was deleted or reset, it has expired, or it belongs to another account."
        return _has_to_be_replaced(instance, yours, because, evidence, facts, answers)
    if facts.destination_tokens == () and held_token.is_ours_fit(facts, answers):
        because = f"Nothing shows that it works. {_why_unknown(facts, instance)}"
        return _has_to_be_replaced(instance, yours, because, evidence, facts, answers)
    return unknown(
        f"{instance.name} holds {yours}. We can't tell whether it works.",
        cause=_why_unknown(facts, instance),
        fix=_replacing(instance, facts, answers),
        links=_PAGES,
        evidence=evidence,
    )


def _worked_and_may_be_gone(
    instance: Destination, evidence: Mapping[str, object], facts: Facts, answers: Answers
) -> Findings:
    """Warn: earlier deliveries don't show that the token still works, and Segment sends only when members change."""
    return warned(
        f"LaunchDarkly shows no token that ends in {instance.token_last_four}, which {instance.name} holds.",
        cause="It worked when members last changed. If it was deleted or reset since, the next changes are refused. If "
        "it's someone else's personal token, it still works.",
        fix=_replacing(instance, facts, answers),
        links=_PAGES,
        evidence=evidence,
    )


def _why_unknown(facts: Facts, instance: Destination) -> str:
    if is_closed(facts.destination_tokens):
        return "Your token can't list the account's access tokens (GET /tokens)."
    if not isinstance(facts.destination_tokens, tuple):
        return "We couldn't read the account's access tokens."
    same = sum(token.last_four == instance.token_last_four for token in facts.destination_tokens)
    if same > 1:
        return f"{same} tokens of the account have this ending."
    return "Your token can't see it in LaunchDarkly: it was deleted or reset, or it's someone else's personal token."


def _has_to_be_replaced(
    instance: Destination, holds: str, because: str, evidence: Mapping[str, object], facts: Facts, answers: Answers
) -> Findings:
    return failed(
        f"{instance.name} holds {holds}.",
        cause=because or "LaunchDarkly refuses what Segment sends with it.",
        fix=_replacing(instance, facts, answers),
        links=_PAGES,
        evidence=evidence,
    )


def _replacing(instance: Destination, facts: Facts, answers: Answers) -> str:
    """Return how to replace the token: ours goes into the destination only if it's a service token that can write."""
    if is_making_a_token(facts, answers):
        return "In Review, let the wizard create a service token for it (audience-wizard apply)."
    if held_token.is_ours_fit(facts, answers):
        return (
            f"In Segment, open the Settings tab of {instance.name} and put the token that ends in "
            f"{facts.launchdarkly_token_last_four} into LaunchDarkly Service Token."
        )
    return (
        "In LaunchDarkly, go to Organization settings → Authorization and create a service token with the Writer "
        f"role. Then put it into LaunchDarkly Service Token on the Settings tab of {instance.name} in Segment."
    )


_NEEDS = (
    segment_access.VALID,
    segment_access.REGION,
    segment_engage.ENGAGE,
    launchdarkly_token.VALID,
    launchdarkly_environment.CLIENT_SIDE_ID,
    launchdarkly_environment.PAIR,
    launchdarkly_environment.ENVIRONMENT,
)
EXISTS = Check(
    "destination.exists",
    "Destination",
    STEP,
    _exists,
    _NEEDS,
    explained_by=(launchdarkly_permissions.PERMISSIONS, launchdarkly_approvals.APPROVALS, segment_engage.SOURCE),
    reads=("destinations",),
)
_THERE = (EXISTS,)
SINGLE = Check(
    "destination.single",
    "Number of destinations",
    STEP,
    _single,
    _NEEDS,
    reads=("destinations", "sources", "destination_use"),
)
SOURCE = Check(
    "destination.source",
    "Destination's source",
    STEP,
    _source,
    _THERE,
    reads=("destinations", "sources"),
)
ENABLED = Check(
    "destination.enabled",
    "Destination status",
    STEP,
    with_last_changes(_enabled),
    _THERE,
    reads=("destinations", "audit"),
)
CLIENT_SIDE_ID = Check(
    "destination.client_side_id",
    "Destination's environment",
    STEP,
    with_last_changes(_client_side_id),
    _THERE,
    reads=("destinations", "audit"),
)
TOKEN = Check(
    "destination.token",
    "Destination's token",
    STEP,
    with_last_changes(_token),
    _THERE,
    reads=("destinations", "destination_tokens", "delivery", "audit"),
)
CHECKS = (EXISTS, SINGLE, SOURCE, ENABLED, CLIENT_SIDE_ID, TOKEN)
