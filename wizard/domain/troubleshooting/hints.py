"""What is worth knowing where a symptom has no cause that can be seen. Nothing here is asked or judged."""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.troubleshooting.question import Hint

GREEN_TEST = Hint(
    "green-test",
    "A green credential test in Segment proves that the client-side ID exists and that the token is valid. It says "
    "nothing about what the token may do, or whether both belong together.",
    (links.TWILIO_DESTINATION_DOCS,),
)
NAME_FROM_KEY = Hint(
    "name-from-key",
    "The segment is named after the audience's key, not its name: {segment}. Underscores become spaces.",
)
LAST_USED = Hint(
    "last-used",
    "When LaunchDarkly says that the token was used, that may have been this wizard: it is no sign of a delivery.",
)
QUEUE = Hint(
    "queue",
    "Segment computes at most five new audiences of a space at once; others wait, for up to a day.",
    (links.SEGMENT_AUDIENCES_DOCS,),
)
LAG = Hint(
    "lag",
    "Segment's Delivery Overview is about five minutes late, and some workspaces have none for Engage.",
    (links.PUBLIC_API_DELIVERY_DOCS,),
)
OTHER_AUDIENCES = Hint(
    "other-audiences",
    "Many events that are filtered as FILTERED_BY_INTEGRATIONS_OBJECT are normal: they belong to other audiences.",
)
NO_FORCED_RUN = Hint(
    "no-forced-run",
    "A run can be forced for Linked audiences only. Any other audience is computed when Segment's schedule says so.",
)
PERSONAL_TOKEN = Hint(
    "personal-token",
    "Where LaunchDarkly offers no service token, the plan lacks them: use a personal token of an account that stays.",
    (links.ACCESS_TOKENS_DOCS,),
)
WHOLE_LISTS = Hint(
    "whole-lists",
    "Every list is read to its last page: what the wizard does not show, this token cannot see or it is not there.",
)
CONFLICT = Hint(
    "conflict",
    "A delivery that failed with 409 met another change at that moment. Segment sends it again by itself.",
)
TWICE = Hint(
    "twice",
    "With Send Identify and Send Track both on, or a mapping beside an activation, each change is sent twice. That "
    "does no harm.",
)
DETACH_FIRST = Hint(
    "detach-first",
    "Segment refuses to detach an audience (409) while an activation exists: delete the activation first.",
)
LIMITS = Hint(
    "limits",
    "Segment takes five changes of mappings a minute, and other tools with the same token count too. The wizard waits.",
    (links.PUBLIC_API_LIMITS_DOCS,),
)
CLOSED_APIS = Hint(
    "closed-apis",
    "Some workspaces do not open every API. What the API refuses can be done by hand in Segment's web app.",
    (links.PUBLIC_API_DOCS,),
)

OF_SENDING = (
    GREEN_TEST, NAME_FROM_KEY, LAST_USED, QUEUE, LAG, OTHER_AUDIENCES, NO_FORCED_RUN, CONFLICT, CLOSED_APIS
)  # fmt: skip
OF_A_SET_UP = (PERSONAL_TOKEN, WHOLE_LISTS, TWICE, DETACH_FIRST, LIMITS)
