"""Hints that are worth reading when no cause was found. Nothing here is asked or judged."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.domain.services import links
from wizard.domain.services.links import Link


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth knowing that decides nothing. `text` may hold `{names}` (see `words`)."""

    id: str
    text: str
    links: tuple[Link, ...] = ()


GREEN_TEST = Hint(
    "green-test",
    "A green credential test in Segment only shows that the client-side ID exists and the token is valid. It "
    "doesn't check the token's permissions, or whether both belong to the same account.",
    (links.TWILIO_DESTINATION_DOCS,),
)
NAME_FROM_KEY = Hint(
    "name-from-key",
    "LaunchDarkly names the segment after the audience's key, not after its name: {segment}. Underscores become "
    "spaces.",
)
LAST_USED = Hint(
    "last-used",
    "If LaunchDarkly shows that the token was used, this wizard may have used it. It doesn't prove a delivery.",
)
QUEUE = Hint(
    "queue",
    "Segment computes at most five new audiences of a space at a time. Others can wait for up to a day.",
    (links.SEGMENT_AUDIENCES_DOCS,),
)
LAG = Hint(
    "lag",
    "Segment's Delivery Overview is about five minutes late. Some workspaces don't have one for Engage.",
    (links.PUBLIC_API_DELIVERY_DOCS,),
)
OTHER_AUDIENCES = Hint(
    "other-audiences",
    "Many events with the filter reason FILTERED_BY_INTEGRATIONS_OBJECT are normal: they belong to other audiences.",
)
NO_FORCED_RUN = Hint(
    "no-forced-run",
    "You can start a run of Linked audiences only. Segment computes every other audience on its own schedule.",
)
PERSONAL_TOKEN = Hint(
    "personal-token",
    "If LaunchDarkly doesn't offer service tokens, your plan doesn't include them. Then use the personal token of "
    "an account that stays.",
    (links.ACCESS_TOKENS_DOCS,),
)
WHOLE_LISTS = Hint(
    "whole-lists",
    "The wizard reads every list to its last page. Anything that's missing doesn't exist, or this token can't see it.",
)
CONFLICT = Hint(
    "conflict",
    "A delivery fails with 409 when LaunchDarkly is processing another change. Segment retries the delivery on its "
    "own.",
)
TWICE = Hint(
    "twice",
    "Send Identify and Send Track are both on by default, so Segment sends each change twice. This does no harm, and "
    "you can leave both on.",
)
DETACH_FIRST = Hint(
    "detach-first",
    "Delete the activation before you detach an audience: otherwise Segment refuses (409).",
)
LIMITS = Hint(
    "limits",
    "Segment allows five mapping changes a minute, including those of other tools with the same token. The wizard "
    "waits.",
    (links.PUBLIC_API_LIMITS_DOCS,),
)
CLOSED_APIS = Hint(
    "closed-apis",
    "Some workspaces don't offer every API. You can do by hand in Segment's web app what the API refuses.",
    (links.PUBLIC_API_DOCS,),
)

ALERTS = Hint(
    "alerts",
    "To watch an audience over time, use the Alerts tab of the audience in Segment.",
    (links.SEGMENT_AUDIENCES_DOCS,),
)

BREAKDOWN = Hint(
    "identifier-breakdown",
    "Members without the identifier that {context_key} sends don't sync. In Segment, open {audience} and choose "
    "Preview → Insights → Identifier breakdown to see how many members have this identifier.",
    (links.ID_SYNC_DOCS,),
)

OF_SENDING = (
    GREEN_TEST, NAME_FROM_KEY, LAST_USED, QUEUE, LAG, OTHER_AUDIENCES, NO_FORCED_RUN, CONFLICT, CLOSED_APIS
)  # fmt: skip
OF_A_SETUP = (ALERTS, PERSONAL_TOKEN, WHOLE_LISTS, TWICE, DETACH_FIRST, LIMITS)
