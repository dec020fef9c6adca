"""Questions about what Segment sends and LaunchDarkly takes: no segment, no members, too few."""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.checks import audience_attached, launchdarkly_app, sync_delivery, sync_segment
from wizard.domain.findings import Status
from wizard.domain.model import AudienceKind
from wizard.domain.troubleshooting.question import Choice, Ending, Question, Seen


def _nothing_arrived(seen: Seen) -> bool:
    return not seen.passes(sync_delivery.DELIVERY) and not seen.passes(sync_segment.SEGMENT)


WAITED = Question(
    id="waited",
    text="How long ago was the destination attached to the audience?",
    why="The first sync usually takes about 10 minutes, and up to eight hours for a batch audience. Neither service "
    "shows when you attached the destination.",
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
            "Less than 8 hours, and Segment computes the audience in batches",
            Ending(
                "Segment computes and sends a batch audience about every eight hours.",
                "Run audience-wizard watch again after eight hours.",
                (links.SEGMENT_AUDIENCES_DOCS,),
            ),
        ),
        Choice("longer", "Longer ago"),
    ),
    asked=_nothing_arrived,
)

SENDS = Question(
    id="sends",
    text="Open the audience in Segment and look at {destination}: is Send Identify or Send Track on?",
    why="Segment's API doesn't show these two switches. With both off, Segment sends nothing and reports no error.",
    choices=(
        Choice("on", "One of them is on"),
        Choice(
            "off",
            "Both are off",
            Ending(
                "Both switches are off, so the audience sends nothing to the destination.",
                "In Segment, go to Engage → Audiences, open the audience and switch on Send Track for {destination}.",
                (links.SEND_AUDIENCE_DATA_DOCS,),
            ),
        ),
        Choice(
            "absent",
            "The destination isn't listed there",
            Ending(
                "The destination wasn't added to Engage, so audiences can't send to it.",
                "In Segment, go to Engage → Engage Settings → Destinations and add LaunchDarkly Audiences.",
                (links.SEND_AUDIENCE_DATA_DOCS, links.TWILIO_DESTINATION_DOCS),
            ),
        ),
    ),
    asked=_nothing_arrived,
)

LINKED_SCHEDULE = Question(
    id="linked-schedule",
    text="Open the Linked audience in Segment. Does its schedule still run?",
    why="A Linked audience that was disabled for 90 days loses its schedule and stops sending.",
    choices=(
        Choice("runs", "Yes"),
        Choice(
            "gone",
            "No, the schedule is missing or switched off",
            Ending(
                "Segment never computes a Linked audience without a schedule.",
                "In Segment, go to Engage → Audiences, open the Linked audience and add a schedule, then check its "
                "activation.",
                (links.SEGMENT_AUDIENCES_DOCS,),
            ),
        ),
    ),
    asked=lambda seen: seen.evidence(audience_attached.KIND, "kind") == AudienceKind.LINKED,
)

ACCOUNT_CALLS = Question(
    id="account-calls",
    text="Which calls did you choose when you attached the account-level audience?",
    why="Group calls don't match the mapping's trigger. Segment's API doesn't show which calls were chosen.",
    choices=(
        Choice(
            "group",
            "Group only",
            Ending(
                "Group calls never reach the mapping.",
                "In Segment, go to Engage → Audiences, open the audience and choose Identify or Track for "
                "{destination}.",
                (links.SEND_AUDIENCE_DATA_DOCS,),
            ),
        ),
        Choice("others", "Identify or Track"),
    ),
    asked=lambda seen: seen.evidence(audience_attached.KIND, "kind") == AudienceKind.ACCOUNTS,
)

ALLOWLIST = Question(
    id="allowlist",
    text="Does your LaunchDarkly account have an IP allowlist?",
    why="The allowlist can admit this machine and block Segment. LaunchDarkly shows the list to admins only.",
    choices=(
        Choice("no", "No"),
        Choice("with-segment", "Yes, and it includes Segment's addresses for API access"),
        Choice(
            "without-segment",
            "Yes, and it doesn't include Segment's addresses",
            Ending(
                "LaunchDarkly refuses what Segment sends because the allowlist doesn't include Segment's addresses.",
                "In Segment, go to Settings → Workspace settings → Destination IP settings, switch it on, and add "
                "its addresses to the IP allowlist under Organization settings → Security in LaunchDarkly.",
                (links.IP_ALLOWLIST_DOCS,),
            ),
        ),
    ),
)

TOKEN_MAKER = Question(
    id="token-maker",
    text="Can the person who created the access token write segments in this project?",
    why="A token never has more rights than its creator had, whatever role LaunchDarkly shows.",
    choices=(
        Choice("admin", "Yes, an admin or a Writer"),
        Choice(
            "less",
            "No, that person has fewer rights",
            Ending(
                "The token has fewer rights than its role shows, because its creator had fewer rights.",
                "Ask an admin to create a service token under Organization settings → Authorization in LaunchDarkly, "
                "and put it into the destination.",
                (links.LAUNCHDARKLY_NEW_TOKEN, links.ACCESS_TOKENS_DOCS),
            ),
        ),
    ),
    asked=lambda seen: not seen.passes(sync_segment.MEMBERS),
)

PLAN = Question(
    id="plan",
    text="Does your LaunchDarkly plan include synced segments?",
    why="LaunchDarkly offers synced segments on select plans only, and its API doesn't show the plan.",
    choices=(
        Choice("yes", "Yes, someone confirmed it"),
        Choice(
            "no",
            "No",
            Ending(
                "Your plan doesn't include synced segments, so LaunchDarkly refuses what Segment sends.",
                "Ask LaunchDarkly sales for a plan that includes synced segments (Enterprise).",
                (links.LAUNCHDARKLY_SALES, links.SYNCED_SEGMENTS_DOCS),
            ),
        ),
    ),
    asked=lambda seen: not seen.passes(launchdarkly_app.PLAN),
)

ENVIRONMENT = Question(
    id="environment",
    text="Is {place} the project and environment that your app and your flag use?",
    why="The client-side ID of another environment is valid too, so neither service reports an error.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No, they use another one",
            Ending(
                "The segment goes to {place}, but your app uses another environment.",
                "Choose your app's environment in the LaunchDarkly step, then apply the plan.",
                (links.LAUNCHDARKLY_PROJECTS, links.ENVIRONMENT_KEYS_DOCS),
            ),
        ),
    ),
)

REMOVALS = Question(
    id="removals",
    text="In Segment, open the Engage source's Debugger tab and look at an event of the audience. What value does the "
    "audience's key have?",
    why="An event with the value false, or without the key, removes a member and still counts as delivered.",
    choices=(
        Choice("true", "true"),
        Choice(
            "false-or-missing",
            "false, or the key is missing",
            Ending(
                "The events remove members instead of adding them.",
                "Restore the preset's value of the mapping's field traits_or_props in Review (audience-wizard apply).",
                (links.SEGMENT_SOURCES, links.TWILIO_DESTINATION_DOCS),
            ),
        ),
    ),
    asked=lambda seen: not seen.is_any(sync_delivery.DELIVERY, Status.FAIL, Status.SKIPPED),
)

BEFORE_ATTACHING = Question(
    id="before-attaching",
    text="Were the missing members in the audience before you attached the destination?",
    why="Without Include Historical Event Data, Segment sends only members who enter or leave later.",
    choices=(
        Choice(
            "before",
            "Yes, most of them",
            Ending(
                "Segment didn't send the members from before you attached the destination.",
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
    text="In Segment, go to Unify → Profile explorer and open a missing member. Does the profile have "
    "what {context_key} needs?",
    why="A profile without this identifier doesn't sync, and it can make its whole batch fail.",
    choices=(
        Choice("has", "Yes"),
        Choice(
            "lacks",
            "No",
            Ending(
                "The missing members don't have the identifier that the context key needs.",
                "Choose a context key in the Mapping step that these profiles have, then apply the plan.",
                (links.TWILIO_DESTINATION_DOCS, links.ID_SYNC_DOCS),
            ),
        ),
    ),
)

STILL_COUNTING = Question(
    id="still-counting",
    text="Did the segment appear, or did a large change happen, within the last hour?",
    why="LaunchDarkly counts members while they arrive, and it doesn't say when the count is complete.",
    choices=(
        Choice(
            "yes",
            "Yes",
            Ending(
                "Members are still arriving, or LaunchDarkly is still counting them.",
                "Run audience-wizard watch, and check again in an hour.",
                (links.SYNCED_SEGMENTS_DOCS,),
            ),
        ),
        Choice("no", "No"),
    ),
)
