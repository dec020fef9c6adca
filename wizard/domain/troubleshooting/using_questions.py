"""Questions about who uses the segment, and about what changed: flags, SDKs, a set-up that worked before."""

from __future__ import annotations

from wizard.domain import links
from wizard.domain.checks import sync_delivery
from wizard.domain.findings import Status
from wizard.domain.troubleshooting.question import Choice, Ending, Question, Seen


def _server_side(seen: Seen) -> bool:
    return seen.answers.get("sdk") in {"server", "relay"}


FLAG_RULE = Question(
    id="flag-rule",
    text="Does a rule of your flag name {segment}, and is targeting switched on in {place}?",
    why="A segment changes nothing by itself. LaunchDarkly did not say which flags use it.",
    choices=(
        Choice("yes", "Yes, both"),
        Choice(
            "no-rule",
            "No rule names it",
            Ending(
                "No rule of the flag names the segment.",
                "Add a rule to your flag in LaunchDarkly that says: Context is in {segment}.",
                (links.SEGMENTS_DOCS,),
                copies=("segment",),
            ),
        ),
        Choice(
            "off",
            "Targeting is off",
            Ending(
                "While targeting is off every context gets the flag's default.",
                "Switch on targeting of your flag in {place} in LaunchDarkly.",
                (links.SEGMENTS_DOCS,),
            ),
        ),
    ),
)

SDK = Question(
    id="sdk",
    text="Which SDK evaluates the flag?",
    why="Server-side SDKs need a persistent store for synced segments, and edge SDKs cannot use them at all.",
    choices=(
        Choice("client", "A client-side or mobile SDK"),
        Choice("server", "A server-side SDK"),
        Choice("relay", "Any SDK behind a Relay Proxy"),
        Choice(
            "edge",
            "An edge SDK",
            Ending(
                "Edge SDKs do not support synced segments.",
                "Evaluate the flag with a client-side or server-side SDK instead.",
                (links.BIG_SEGMENTS_DOCS,),
            ),
        ),
    ),
)

SDK_VERSION = Question(
    id="sdk-version",
    text="Is your server-side SDK at least .NET 6.2, Go 5.5, Java 5.7, Node 6.2, PHP 6.4, Python 7.3 or Ruby 6.3?",
    why="Older versions treat everybody as no member, without an error.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No, it is older",
            Ending(
                "This version of the SDK cannot read synced segments.",
                "Upgrade the server-side SDK of your app to a version that supports big segments.",
                (links.BIG_SEGMENTS_DOCS,),
            ),
        ),
    ),
    asked=_server_side,
)

STORE = Question(
    id="store",
    text="Does your app or Relay Proxy read from a persistent store (Redis or DynamoDB) of {place}?",
    why="Server-side SDKs look up members there. How your app is configured cannot be seen from here.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No",
            Ending(
                "Without a persistent store a server-side SDK finds nobody in the segment.",
                "Add a Redis or DynamoDB persistent store for {place} under Integrations in LaunchDarkly, and "
                "configure your SDK for it.",
                (links.BIG_SEGMENTS_DOCS, links.REDIS_DOCS, links.DYNAMODB_DOCS),
            ),
        ),
    ),
    asked=_server_side,
)

PREFIX = Question(
    id="prefix",
    text="Is the prefix of the store in your SDK's configuration {client_side_id}?",
    why="LaunchDarkly writes under the environment's client-side ID. With another prefix the SDK reads an empty store.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No, or none is set",
            Ending(
                "The SDK reads the store under another prefix than LaunchDarkly writes.",
                "Set the prefix of the big segment store in your SDK to {client_side_id}.",
                (links.BIG_SEGMENTS_DOCS,),
                copies=("client_side_id",),
            ),
        ),
    ),
    asked=_server_side,
)

APP_KIND = Question(
    id="app-kind",
    text="Does your app evaluate the flag with a context of the kind {context_kind}?",
    why="A synced segment holds one context kind. A context of another kind is never a member.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No, with another kind",
            Ending(
                "Your app sends another context kind than the segment holds.",
                "Choose your app's context kind in the Mapping step, delete {segment} in LaunchDarkly and attach the "
                "audience again.",
                (links.CONTEXT_KINDS_DOCS,),
            ),
        ),
    ),
)

APP_KEY = Question(
    id="app-key",
    text="What does your app send as the context key?",
    why="The segment matches by the context key only, character by character. The mapping makes it by {context_key}.",
    choices=(
        Choice("same", "The same value as Segment's identifier"),
        Choice(
            "another",
            "Another value: an email instead of an id, or an id of its own",
            Ending(
                "Your app and the mapping use different keys for the same person.",
                "Choose the context key in the Mapping step that equals what your app sends as key.",
                (links.SEGMENTS_DOCS, links.TWILIO_DESTINATION_DOCS),
            ),
        ),
        Choice(
            "anonymous",
            "Nothing stable: the visitors have not signed in",
            Ending(
                "Visitors who have not signed in have no userId, so the mapping makes no context for them.",
                "Choose a context key with AnonymousId in the Mapping step, and send that anonymousId as key from your "
                "SDK.",
                (links.ANONYMOUS_CONTEXTS_DOCS, links.TWILIO_DESTINATION_DOCS),
            ),
        ),
    ),
)

CHANGED = Question(
    id="changed",
    text="What happened about the time when it stopped?",
    why="The services show how things are now. What was there before, and who left, they show to admins at best.",
    choices=(
        Choice(
            "token",
            "The access token was reset, replaced or has expired",
            Ending(
                "The destination still holds the former token.",
                "Put the new token and the client-side ID into the destination: paste the token in the LaunchDarkly "
                "step and apply the plan.",
                (links.SEGMENT_DESTINATIONS, links.TOKEN_EXPIRY_DOCS),
            ),
        ),
        Choice(
            "person",
            "Somebody left, or their role changed",
            Ending(
                "A personal token loses its rights with its owner.",
                "Create a service token under Access tokens in LaunchDarkly and put it into the destination.",
                (links.LAUNCHDARKLY_NEW_TOKEN, links.ACCESS_TOKENS_DOCS),
            ),
        ),
        Choice(
            "audience",
            "The audience was deleted and made again",
            Ending(
                "A new audience makes a new segment; the flag still names the former one.",
                "Name the new segment in your flag's rule in LaunchDarkly, and delete the former one.",
                (links.SEGMENTS_DOCS, links.SEGMENT_MANAGEMENT_DOCS),
            ),
        ),
        Choice(
            "segment",
            "The segment was deleted in LaunchDarkly",
            Ending(
                "Segment goes on sending changes, but not the members from before.",
                "Take the audience off the destination in Segment and attach it again.",
                (links.SEND_AUDIENCE_DATA_DOCS, links.SYNCED_SEGMENTS_DOCS),
            ),
        ),
        Choice(
            "detached",
            "The audience was detached or deleted, and members are still there",
            Ending(
                "Segment sends no removals when an audience is detached or deleted.",
                "Delete the segment under Segments in LaunchDarkly once no flag uses it.",
                (links.SEGMENT_MANAGEMENT_DOCS,),
            ),
        ),
        Choice(
            "edited",
            "Somebody edited the destination, the mapping or the audience",
            Ending(
                "An edit changed what is sent.",
                "Open the Audit Trail in Segment, find the edit and take it back, or let Review do it "
                "(audience-wizard apply).",
                (links.SEGMENT_AUDIT_TRAIL,),
            ),
        ),
        Choice("nothing", "Nothing that anybody knows of"),
    ),
)

OUTAGE = Question(
    id="outage",
    text="Do the status pages of LaunchDarkly and Segment report an incident at that time?",
    why="Segment tries again for four hours and gives up then. The services do not show that afterwards.",
    choices=(
        Choice("no", "No"),
        Choice(
            "yes",
            "Yes",
            Ending(
                "Deliveries failed during the incident and were given up.",
                "Ask Segment support for a resync of the audience to {destination}.",
                (links.LAUNCHDARKLY_STATUS, links.SEGMENT_STATUS),
            ),
        ),
    ),
    asked=lambda seen: not seen.is_any(sync_delivery.DELIVERY, Status.FAIL),
)
