"""The result of each change of a plan, as every interface shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from wizard.domain.explain import explain
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.planning.change import Action, Change
from wizard.text import sentence


class Outcome(StrEnum):
    """How one change ended; the values are part of the JSON documents (docs/reference.md#json-documents)."""

    DONE = "done"
    ALREADY = "already"  # it already was as wanted
    BY_HAND = "by_hand"
    FAILED = "failed"
    SKIPPED = "skipped"


_WORST_FIRST = (Outcome.FAILED, Outcome.BY_HAND, Outcome.SKIPPED, Outcome.DONE, Outcome.ALREADY)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a change wasn't made (docs/reference.md#json-documents)."""

    code: str
    summary: str
    cause: str = ""
    fix: str = ""
    request_id: str = ""
    policy: str = ""  # the policy that the token needs, if the fix names it
    could_not_tell: bool = False  # something couldn't be read, so nobody knows whether there is a problem
    goes_on: bool = False  # the fix goes on from what this run did, which a sandbox forgets


@dataclass(frozen=True, slots=True)
class Started:
    """A change is being made now."""

    id: str
    doing: str
    host: str


@dataclass(frozen=True, slots=True)
class Result:
    """How one change ended."""

    id: str
    action: Action
    outcome: Outcome
    resource_id: str = ""
    detail: str = ""  # one sentence for a person
    error: Trouble | None = None
    waits_for_hands: bool = False  # skipped because a person has to do steps by hand first


def worst_of(results: Iterable[Result]) -> Result:
    """Return the worst result; of several equally bad ones, the first."""
    return min(results, key=lambda result: _WORST_FIRST.index(result.outcome))


def ended(change: Change, outcome: Outcome, resource_id: str = "", detail: str = "") -> Result:
    return Result(change.id, change.action, outcome, resource_id or change.resource_id, detail)


def failed(change: Change, trouble: Trouble, resource_id: str = "") -> Result:
    resource_id = resource_id or change.resource_id
    return Result(change.id, change.action, Outcome.FAILED, resource_id, trouble.summary, trouble)


def skipped(change: Change, trouble: Trouble) -> Result:
    return Result(change.id, change.action, Outcome.SKIPPED, change.resource_id, trouble.summary, trouble)


def left_to_do_by_hand(change: Change, failure: Failure, why: str, what_to_do: str, resource_id: str = "") -> Result:
    """Return the result of a change that the API doesn't make here: a person makes it, and the watch notices.

    See docs/segment.md#attaching-an-audience.
    """
    resource_id = resource_id or change.resource_id
    detail = f"{why} {what_to_do}"
    trouble = replace(trouble_of(failure), fix=detail)
    return Result(change.id, change.action, Outcome.BY_HAND, resource_id, detail, trouble)


def done_by_hand(left: Result) -> Result:
    """Return the result of a change that was left to do by hand, once a person has done it."""
    return Result(left.id, Action.BY_HAND, Outcome.DONE, left.resource_id)


def is_not_offered(failure: Failure) -> bool:
    """Return whether a retry can't help, because this workspace or token has to do it in the web app."""
    return failure.is_closed or failure.kind is FailureKind.INVALID


def trouble_of(failure: Failure) -> Trouble:
    said = explain(failure)
    return Trouble(failure.code or failure.kind, said.summary, said.cause, said.fix, failure.request_id)


NO_POLICY = "no_policy"


def no_policy(failure: Failure, *, is_likely: bool) -> Trouble:
    """Return the trouble that LaunchDarkly doesn't make a token with an inline policy, and the way around it."""
    others = "" if is_likely else ", or the admin's token can't create tokens"
    return Trouble(
        NO_POLICY,
        "LaunchDarkly refused to create a service token with its own policy.",
        f"Most likely your plan has no custom roles{others}.{_said(failure)}",
        "To let the wizard create it with the Writer role, answer New token rights in the LaunchDarkly step "
        '(launchdarkly.token_role = "writer" in setup.toml). Or paste your own token.',
        failure.request_id,
    )


def maker_may_not(failure: Failure) -> Trouble:
    """Return the trouble that the admin's token isn't allowed to make tokens."""
    return Trouble(
        MAKER_TOO_WEAK.code,
        "LaunchDarkly doesn't let the admin's token create or reset service tokens.",
        f"Most likely the token's role doesn't allow it (createAccessToken, resetAccessToken).{_said(failure)}",
        MAKER_TOO_WEAK.fix,
        failure.request_id,
    )


def _said(failure: Failure) -> str:
    return f" LaunchDarkly said: {sentence(failure.message)}" if failure.message else ""


def sends_elsewhere(shown: str, wanted: str) -> Trouble:
    """Return the trouble that a new destination has another client-side ID than was sent."""
    return Trouble(
        "not_as_asked",
        f"Segment created the destination with the client-side ID {shown} instead of {wanted}.",
        "Segment's API didn't set the ID that the wizard sent.",
        "In Segment, go to Connections → Destinations, open the destination's Settings tab and set LaunchDarkly "
        f"client-side ID to {wanted}.",
    )


def mappings_unseen(failure: Failure) -> Trouble:
    """Return the trouble that Segment doesn't show the mappings of a new destination."""
    return replace(
        trouble_of(failure),
        summary="Segment created the destination, but doesn't show its mappings (404). The wizard created no mapping.",
        cause="Segment may show them a few minutes later, or this token can't see them.",
        fix="Wait a minute, then apply again: the plan starts from what Segment says.",
    )


def mapping_differs(keys: Iterable[str]) -> Trouble:
    """Return the trouble that a new mapping has other values than were sent, under these keys."""
    return Trouble(
        "not_as_asked",
        f"Segment created the mapping with another value for {', '.join(keys)}.",
        "Segment's API didn't set what the wizard sent.",
        "Check again: the plan starts from what Segment says. If the value stays wrong, delete the mapping in "
        "Segment under Connections → Destinations → the destination → Mappings, and add the pre-built one there.",
    )


_UNDO_DELETES_IT = "The wizard created the token, but no destination holds it. To delete it, run audience-wizard undo."
NO_MAKER = Trouble(
    "no_maker",
    "The wizard has no token to create the service token with.",
    fix="Paste an admin's token in the LaunchDarkly step, or set LAUNCHDARKLY_ADMIN_TOKEN.",
)
MAKER_TOO_WEAK = Trouble(
    "maker_too_weak",
    "The admin's token can't write segments here, so a token that it creates can't either.",
    "A token can't create a token with more rights than its own.",
    "Paste an admin's access token, or set LAUNCHDARKLY_ADMIN_TOKEN to it.",
)
MAKER_REFUSED = Trouble(
    "maker_refused",
    "LaunchDarkly doesn't accept the admin's token.",
    "Most likely it was mistyped, deleted or reset, or it has expired.",
    "Paste another admin's token, or set LAUNCHDARKLY_ADMIN_TOKEN to one. If that one is refused too, add this machine "
    "to the account's IP allowlist.",
)
MAKER_ELSEWHERE = Trouble(
    "maker_elsewhere",
    "The admin's token can't see the destination's environment.",
    "The token belongs to another LaunchDarkly account, or its role doesn't let it view the project.",
    "Paste the token of an admin of the account that the destination syncs to.",
)
NEW_TOKEN_TOO_WEAK = Trouble(
    "too_weak",
    "The new service token can't write segments here.",
    "LaunchDarkly gave it fewer rights than the wizard asked for.",
    f"Paste an admin's token. {_UNDO_DELETES_IT}",
)
NEW_TOKEN_SEES_NO_PROJECT = Trouble(
    "too_weak",
    "The new service token can't view the project.",
    "Its creator can't view the project either, or LaunchDarkly didn't accept the policy.",
    f"Paste an admin's token. {_UNDO_DELETES_IT}",
)
NO_SERVICE_TOKEN = Trouble(
    "no_service_token",
    "LaunchDarkly created a personal token instead of a service token.",
    "Most likely your plan has no service tokens.",
    f"Paste the personal token of an account that stays. {_UNDO_DELETES_IT}",
)
NEEDS_ANOTHER_MAKER = {one.code for one in (MAKER_TOO_WEAK, MAKER_REFUSED, MAKER_ELSEWHERE, NEW_TOKEN_TOO_WEAK)}
_DELETE_IT_FIRST = (
    "The destination still holds the old token. Delete the new one in LaunchDarkly under Organization settings → "
    "Authorization, then rotate again (audience-wizard rotate)."
)


def of_a_rotation(new_token: Trouble) -> Trouble:
    """Return the trouble without its advice to undo, which in a rotation would take the whole setup back."""
    fix = new_token.fix.replace(_UNDO_DELETES_IT, _DELETE_IT_FIRST)
    return replace(new_token, fix=fix, goes_on=fix != new_token.fix)


def not_stored(why: str) -> Trouble:
    """Return the trouble that the keyring, which holds the old token, didn't take the new one."""
    return Trouble(
        "not_stored",
        "The keyring didn't take the new token, so the destination still holds the old one.",
        sentence(why),
        "Unlock the keyring, then rotate again (audience-wizard rotate): it goes on from here. To keep the new token "
        "nowhere, add --no-keyring.",
        goes_on=True,
    )


ROTATE_BY_HAND = Trouble(
    "by_hand",
    "You do Segment's part by hand, so the wizard can't put another token into the destination.",
    fix="Create a service token in LaunchDarkly, put it into the destination's settings in Segment, then delete the "
    "old token.",
)
NOTHING_TO_ROTATE = Trouble(
    "no_destination",
    "The setup has no destination yet, so it has no token to replace.",
    fix="Set one up first: audience-wizard apply.",
)
ENDING_NOT_SHOWN = Trouble(
    "not_shown",
    "Segment doesn't show how the destination's token ends, so we couldn't see whether it holds the new one.",
    fix="Put another token into the destination's settings in Segment.",
)
ROTATION_MOVED = Trouble(
    "moved",
    "The tokens or the destination have changed since this was shown. Nothing was done.",
    "Someone else may be replacing the token.",
    "Rotate again (audience-wizard rotate): it starts from the current state.",
    goes_on=True,
)
ROTATION_STOPPED = Trouble(
    "stopped",
    "The step before this one isn't done.",
    "",
    "Rotate again (audience-wizard rotate): it continues from here.",
    goes_on=True,
)
NO_PROOF_YET = Trouble(
    "no_proof",
    "Nothing has shown yet that Segment uses the new token. Both tokens work.",
    "Most likely no member has changed since, so Segment had nothing to send.",
    "Rotate again later (audience-wizard rotate): it continues from here.",
    goes_on=True,
)
NO_PROOF_WHILE_OFF = Trouble(
    "no_proof",
    "Nothing can show that Segment uses the new token: the destination is switched off. Both tokens work.",
    "Segment sends nothing to a destination that is off.",
    "Switch the destination on (audience-wizard apply).",
)
NO_PROOF = Trouble(
    "no_proof",
    "The old token stays, because nothing has shown yet that Segment uses the new one.",
    "",
    "Rotate again later (audience-wizard rotate): it continues from here.",
    goes_on=True,
)
SEE_THE_USE = (
    "In LaunchDarkly, go to Organization settings → Authorization and see when the new token was last used. Don't "
    "rotate again for that: the wizard would create another token."
)
OLD_TOKEN_HELD = Trouble(
    "still_used",
    "The old token stays: a destination still holds it.",
    "",
    "Look at the destinations in Segment under Connections → Destinations.",
)
ADD_BY_HAND = "In Segment: Connections → Catalog → LaunchDarkly Audiences → Add destination."
MAP_BY_HAND = "In Segment: Connections → Destinations → the destination → Mappings → New Mapping."
ADD_BESIDE = (
    "In Segment: Engage → Engage Settings → Destinations → add LaunchDarkly Audiences. Segment adds a source for it."
)
ATTACH_BY_HAND = (
    "In Segment: Engage → Audiences → the audience → + Add destination → switch on Send Identify or Send Track → Save."
)
ADD_IN_ENGAGE = (
    "In Segment: Engage → Engage Settings → Destinations → add LaunchDarkly Audiences to the space, then attach the "
    "audience again."
)
NOT_STARTED = "Connected, but the API didn't activate it."
START_BY_HAND = (
    "In Segment: Engage → Audiences → the audience → the destination → switch on Send Identify or Send Track → Save."
)
CONNECT = "In Segment: Engage → Audiences → the audience → the destination → switch on Connect to destination."
NOT_REALIGNED = "The API doesn't change the activation here."
REALIGN_BY_HAND = (
    "In Segment: Engage → Audiences → the audience → the activation → "
    "Mapping: set the same values as in the destination's mapping → Save."
)
NOT_SENT_AGAIN = "The API doesn't send the members of this audience again."
SEND_AGAIN_BY_HAND = (
    "In Segment: Engage → Audiences → the audience → the destination → switch Connect to destination off and on again. "
    "Or ask Segment support for a resync."
)
NO_ACTIVATION = Trouble(
    "no_activation",
    "Nothing can send the members again: the audience has no activation.",
    "It was removed since the review, or the audience was attached in Segment's app.",
    SEND_AGAIN_BY_HAND,
)
NOT_LISTED = "Segment has created it but doesn't list it yet."
NO_CLIENT_SIDE_ID = "Segment doesn't show its client-side ID, so we can't tell whether it's set."
NOT_SEEN = Trouble(
    "not_seen",
    "Segment accepted the change but doesn't show it.",
    "Someone may have changed it back, or Segment shows it later.",
    "Check again: the plan starts from what Segment says.",
)
STAYS_OFF = Trouble(
    "stays_off",
    "Segment created the destination, but it's switched off.",
    "Segment's API didn't switch it on.",
    "In Segment, go to Connections → Destinations, open the destination's Settings tab and switch on Enable "
    "Destination.",
)
MAPPING_STAYS_OFF = Trouble(
    "stays_off",
    "Segment created the mapping, but it's switched off.",
    "Segment's API didn't switch it on.",
    "In Segment, go to Connections → Destinations, open the destination's Mappings tab and switch on the mapping.",
)
ACTIVATION_STAYS_OFF = Trouble(
    "stays_off",
    "Segment created the activation, but it's switched off.",
    "Segment's API didn't switch it on.",
    "In Segment, go to Engage → Audiences, open the audience and switch on Send Identify or Send Track for the "
    "destination.",
)
MOVED = Trouble(
    "moved",
    "Someone created a destination for this environment since the review. It's off or holds another token.",
    "Someone else is setting this up too.",
    "Go back to Review: the plan starts from what Segment says now.",
)
NO_TOKEN = Trouble(
    "no_token",
    "The wizard has no LaunchDarkly token to put into the destination.",
    fix="Paste the access token in the LaunchDarkly step.",
)
NO_SOURCE = Trouble(
    "no_source",
    "The Engage source for a new destination is no longer free.",
    "Someone added a destination to it since the review.",
    "Go back to Review: the plan starts from what Segment says now.",
)
NO_DESTINATION = Trouble("no_destination", "The destination doesn't exist yet.")
NO_AUDIENCE = Trouble("no_audience", "The audience is no longer in this space.")
