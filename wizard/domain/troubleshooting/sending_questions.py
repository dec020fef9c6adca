"""Questions about what Segment sends and LaunchDarkly takes: no segment, no members, too few."""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.checks import audience_attached, launchdarkly_app, sync_delivery, sync_segment
from wizard.domain.findings import Status
from wizard.domain.troubleshooting.question import Choice, Ending, Question, Seen


def _nothing_arrived(seen: Seen) -> bool:
    return not seen.passes(sync_delivery.DELIVERY) and not seen.passes(sync_segment.SEGMENT)


WAITED = Question(
    id="waited",
    text="How long ago was the destination attached to the audience?",
    why="The first sync takes about ten minutes, and up to eight hours for an audience that is computed in batches. "
    "The services do not say when it was attached.",
    choices=(
        Choice(
            "minutes",
            "Less than 20 minutes",
            Ending(
                "The first sync is still within its usual time.",
                "Run audience-wizard watch and wait until the segment appears.",
                (links.SYNCED_SEGMENTS_DOCS,),
            ),
        ),
        Choice(
            "today",
            "Less than 8 hours, and the audience is computed in batches",
            Ending(
                "An audience that is computed in batches is sent about every eight hours.",
                "Run audience-wizard watch again after eight hours.",
                (links.SEGMENT_AUDIENCES_DOCS,),
            ),
        ),
        Choice("longer", "Longer"),
    ),
    asked=_nothing_arrived,
)

SENDS = Question(
    id="sends",
    text="Open the audience in Segment and look at {destination}: is Send Identify or Send Track on?",
    why="No API shows these two switches. With both off nothing is sent, and nothing reports an error.",
    choices=(
        Choice("on", "One of them is on"),
        Choice(
            "off",
            "Both are off",
            Ending(
                "Both switches are off, so the audience sends nothing to the destination.",
                "Switch on Send Track for {destination} on the overview of the audience in Segment.",
                (links.SEND_AUDIENCE_DATA_DOCS,),
            ),
        ),
        Choice(
            "absent",
            "The destination is not listed there",
            Ending(
                "The destination was not added to Engage, so audiences cannot send to it.",
                "Add LaunchDarkly Audiences under Engage → Engage Settings → Destinations in Segment.",
                (links.SEND_AUDIENCE_DATA_DOCS, links.TWILIO_DESTINATION_DOCS),
            ),
        ),
    ),
    asked=_nothing_arrived,
)

LINKED_SCHEDULE = Question(
    id="linked-schedule",
    text="Open the Linked audience in Segment: does its schedule still run?",
    why="A Linked audience that was disabled for 90 days loses its schedule and sends nothing more.",
    choices=(
        Choice("runs", "Yes"),
        Choice(
            "gone",
            "There is none, or it is switched off",
            Ending(
                "Without a schedule the Linked audience is never computed.",
                "Add a schedule to the Linked audience in Segment, then check its activation.",
                (links.SEGMENT_AUDIENCES_DOCS,),
            ),
        ),
    ),
    asked=lambda seen: seen.evidence(audience_attached.KIND, "kind") == "LINKED",
)

ACCOUNT_CALLS = Question(
    id="account-calls",
    text="Which calls were chosen when the account-level audience was attached?",
    why="Group calls do not match the mapping's trigger. No API shows which calls were chosen.",
    choices=(
        Choice(
            "group",
            "Group only",
            Ending(
                "Group calls never reach the mapping.",
                "Choose Identify or Track for {destination} on the overview of the audience in Segment.",
                (links.SEND_AUDIENCE_DATA_DOCS,),
            ),
        ),
        Choice("others", "Identify or Track"),
    ),
    asked=lambda seen: seen.evidence(audience_attached.KIND, "kind") == "ACCOUNTS",
)

ALLOWLIST = Question(
    id="allowlist",
    text="Does your LaunchDarkly account have an IP allowlist?",
    why="It can let this machine in and refuse Segment. LaunchDarkly shows the list to admins only.",
    choices=(
        Choice("no", "No"),
        Choice("with-segment", "Yes, and it holds Segment's addresses for API access"),
        Choice(
            "without-segment",
            "Yes, and Segment's addresses are not in it",
            Ending(
                "LaunchDarkly refuses what Segment sends, because its addresses are not on the allowlist.",
                "Add Segment's egress addresses, for API access, to the IP allowlist in LaunchDarkly.",
                (links.IP_ALLOWLIST_DOCS,),
            ),
        ),
    ),
)

TOKEN_MAKER = Question(
    id="token-maker",
    text="Who created the access token: somebody who may write segments in this project?",
    why="A token never has more rights than its creator had. LaunchDarkly shows the role that was asked for.",
    choices=(
        Choice("admin", "Yes, an admin or a Writer"),
        Choice(
            "less",
            "No, somebody with fewer rights",
            Ending(
                "The token shows a larger role than it has: its creator had fewer rights.",
                "Have an admin create a new service token under Access tokens in LaunchDarkly, and put it into the "
                "destination.",
                (links.LAUNCHDARKLY_NEW_TOKEN, links.ACCESS_TOKENS_DOCS),
            ),
        ),
    ),
    asked=lambda seen: not seen.passes(sync_segment.MEMBERS),
)

PLAN = Question(
    id="plan",
    text="Does your LaunchDarkly plan include synced segments?",
    why="LaunchDarkly offers them on select plans, and no call tells the plan.",
    choices=(
        Choice("yes", "Yes, somebody confirmed it"),
        Choice(
            "no",
            "No",
            Ending(
                "The plan has no synced segments, so LaunchDarkly refuses what Segment sends.",
                "Ask your LaunchDarkly account team for a plan with synced segments.",
                (links.SYNCED_SEGMENTS_DOCS,),
            ),
        ),
    ),
    asked=lambda seen: not seen.passes(launchdarkly_app.PLAN),
)

ENVIRONMENT = Question(
    id="environment",
    text="Is {place} the project and environment that your app and your flag use?",
    why="A client-side ID that was copied from another environment is a valid one: nothing reports an error.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No, it is another one",
            Ending(
                "The segment goes to {place}, and your app uses another environment.",
                "Choose the environment of your app in the LaunchDarkly step, then apply the plan.",
                (links.LAUNCHDARKLY_PROJECTS, links.ENVIRONMENT_KEYS_DOCS),
            ),
        ),
    ),
)

REMOVALS = Question(
    id="removals",
    text="Open the Debugger of the Engage source in Segment and look at one event of the audience: what does the "
    "audience's key say?",
    why="An event without the key, or with the value false, takes a member away, and counts as delivered.",
    choices=(
        Choice("true", "true"),
        Choice(
            "false-or-missing",
            "false, or it is missing",
            Ending(
                "The events take members away instead of adding them.",
                "Put the preset's value back into the field traits_or_props of the mapping: Review does it "
                "(audience-wizard apply).",
                (links.SEGMENT_SOURCES, links.TWILIO_DESTINATION_DOCS),
            ),
        ),
    ),
    asked=lambda seen: not seen.is_any(sync_delivery.DELIVERY, Status.FAIL, Status.SKIPPED),
)

BEFORE_ATTACHING = Question(
    id="before-attaching",
    text="Were the missing members in the audience before the destination was attached?",
    why="Without Include Historical Data only those who enter or leave later are sent.",
    choices=(
        Choice(
            "before",
            "Yes, most of them",
            Ending(
                "Members from before the attaching were not sent.",
                "Ask Segment support for a resync of the audience to {destination}.",
                (links.SEND_AUDIENCE_DATA_DOCS,),
            ),
        ),
        Choice("after", "No, they entered later"),
    ),
    asked=lambda seen: not seen.passes(audience_attached.HISTORY),
)

IDENTIFIERS = Question(
    id="identifiers",
    text="Open a missing member under Unify → Profile explorer in Segment: does the profile have what the "
    "mapping takes ({context_key})?",
    why="A profile without that identifier makes no context. One of them can make its whole batch fail.",
    choices=(
        Choice("has", "Yes"),
        Choice(
            "lacks",
            "No",
            Ending(
                "The missing members lack the identifier that the context key is made from.",
                "Choose a context key in the Mapping step that these profiles have, then apply the plan.",
                (links.TWILIO_DESTINATION_DOCS, links.ID_SYNC_DOCS),
            ),
        ),
    ),
)

STILL_COUNTING = Question(
    id="still-counting",
    text="Was the segment made, or a large change sent, within the last hour?",
    why="LaunchDarkly counts members while they arrive, and does not say when it is done.",
    choices=(
        Choice(
            "yes",
            "Yes",
            Ending(
                "Members are still arriving or being counted.",
                "Run audience-wizard watch and look again in an hour.",
                (links.SYNCED_SEGMENTS_DOCS,),
            ),
        ),
        Choice("no", "No"),
    ),
)
