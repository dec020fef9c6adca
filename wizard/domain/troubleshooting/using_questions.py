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
    text="Does your flag have a rule for the segment {segment}, and is the flag on in {place}?",
    why="A segment changes nothing by itself, and LaunchDarkly didn't say which flags use it.",
    choices=(
        Choice("yes", "Yes, both"),
        Choice(
            "no-rule",
            "The flag has no rule for it",
            Ending(
                "Your flag has no rule for the segment.",
                "In LaunchDarkly, go to Code → Flags, open your flag and add a rule: Context is in {segment}.",
                (links.SEGMENTS_DOCS,),
                copies=("segment",),
            ),
        ),
        Choice(
            "off",
            "The flag is off",
            Ending(
                "While a flag is off, every context gets its off variation.",
                "In LaunchDarkly, go to Code → Flags, open your flag and switch it on in {place}.",
                (links.SEGMENTS_DOCS,),
            ),
        ),
    ),
)

SDK = Question(
    id="sdk",
    text="Which SDK evaluates the flag?",
    why="Server-side SDKs need a persistent store for synced segments. Rust, Haskell and edge SDKs can't use them.",
    choices=(
        Choice("client", "A client-side or mobile SDK"),
        Choice("server", "A server-side SDK"),
        Choice("relay", "Any SDK behind a Relay Proxy"),
        Choice(
            "edge",
            "A Rust, Haskell or edge SDK",
            Ending(
                "Rust, Haskell and edge SDKs can't use synced segments.",
                "Evaluate the flag with a client-side SDK or another server-side SDK.",
                (links.BIG_SEGMENTS_DOCS,),
            ),
        ),
    ),
)

SDK_VERSION = Question(
    id="sdk-version",
    text="Is your server-side SDK at least C++ 3.11, .NET 6.2, Go 5.5, Java 5.7, Node 6.2, PHP 6.4, Python 7.3 or Ruby "
    "6.3?",
    why="Older versions treat nobody as a member, and they don't report an error.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No, it's older",
            Ending(
                "This SDK version can't read synced segments.",
                "Upgrade your app's server-side SDK to a version that supports big segments.",
                (links.BIG_SEGMENTS_DOCS,),
            ),
        ),
    ),
    asked=lambda seen: seen.answers.get("sdk") == "server",  # behind a Relay Proxy its store decides, not the SDK
)

STORE = Question(
    id="store",
    text="Does your app or Relay Proxy read from a persistent store (Redis or DynamoDB) for {place}?",
    why="Server-side SDKs look up members there. The wizard can't see how your app is configured.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No",
            Ending(
                "Without a persistent store, a server-side SDK finds nobody in the segment.",
                "In LaunchDarkly, go to Integrations and add a Redis or DynamoDB persistent store for {place}, then "
                "configure your SDK for it.",
                (links.BIG_SEGMENTS_DOCS, links.REDIS_DOCS, links.DYNAMODB_DOCS),
            ),
        ),
    ),
    asked=_server_side,
)

PREFIX = Question(
    id="prefix",
    text="Does your SDK's or Relay Proxy's configuration use {client_side_id} as the store's prefix?",
    why="LaunchDarkly writes with the environment's client-side ID as prefix. With another prefix, they find nobody.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No, or it sets no prefix",
            Ending(
                "Your SDK or Relay Proxy reads the store with another prefix than LaunchDarkly writes.",
                "In your SDK's or Relay Proxy's configuration, set the prefix of the big segment store to "
                "{client_side_id}.",
                (links.BIG_SEGMENTS_DOCS,),
                copies=("client_side_id",),
            ),
        ),
    ),
    asked=_server_side,
)

APP_KIND = Question(
    id="app-kind",
    text="Does your app evaluate the flag with the context kind {context_kind}?",
    why="A synced segment holds contexts of one kind. A context of another kind is never a member.",
    choices=(
        Choice("yes", "Yes"),
        Choice(
            "no",
            "No, with another kind",
            Ending(
                "Your app sends another context kind than the segment holds.",
                "Choose your app's context kind in the Mapping step, and once no flag uses {segment}, delete it in "
                "LaunchDarkly and attach the audience again.",
                (links.CONTEXT_KINDS_DOCS,),
            ),
        ),
    ),
)

APP_KEY = Question(
    id="app-key",
    text="What does your app send as the context key?",
    why="A segment matches by the context key only, character for character. The mapping is set to {context_key}.",
    choices=(
        Choice("same", "The same value as Segment's identifier"),
        Choice(
            "another",
            "Another value, such as an email or an ID of its own",
            Ending(
                "Your app and the mapping use different keys for the same person.",
                "In the Mapping step, choose the context key that your app sends.",
                (links.SEGMENTS_DOCS, links.TWILIO_DESTINATION_DOCS),
            ),
        ),
        Choice(
            "anonymous",
            "An anonymous key: the visitors haven't signed in",
            Ending(
                "Visitors who haven't signed in have no userId, so the mapping doesn't sync them.",
                "Choose a context key with AnonymousId in the Mapping step, and send Segment's anonymousId as the key "
                "from your SDK.",
                (links.ANONYMOUS_CONTEXTS_DOCS, links.TWILIO_DESTINATION_DOCS),
            ),
        ),
    ),
)

CHANGED = Question(
    id="changed",
    text="What changed around the time when it stopped?",
    why="The wizard sees how things are now, but not what they were like before.",
    choices=(
        Choice(
            "token",
            "The access token was reset or replaced, or it expired",
            Ending(
                "The destination still holds the old token.",
                "Paste the new token in the LaunchDarkly step and apply the plan.",
                (links.SEGMENT_DESTINATIONS, links.TOKEN_EXPIRY_DOCS),
            ),
        ),
        Choice(
            "person",
            "Someone left, or their role changed",
            Ending(
                "A personal token loses its rights when its owner does.",
                "In LaunchDarkly, go to Organization settings → Authorization, create a service token and put it "
                "into the destination.",
                (links.LAUNCHDARKLY_NEW_TOKEN, links.ACCESS_TOKENS_DOCS),
            ),
        ),
        Choice(
            "audience",
            "The audience was deleted and created again",
            Ending(
                "A new audience makes a new segment, and your flag still uses the old one.",
                "In LaunchDarkly, point your flag's rule at the new segment, and then delete the old segment.",
                (links.SEGMENTS_DOCS, links.SEGMENT_MANAGEMENT_DOCS),
            ),
        ),
        Choice(
            "segment",
            "The segment was deleted in LaunchDarkly",
            Ending(
                "Segment still sends changes, but it doesn't send the members from before again.",
                "In Segment, go to Engage → Audiences, open the audience, remove the destination and attach it again.",
                (links.SEND_AUDIENCE_DATA_DOCS, links.SYNCED_SEGMENTS_DOCS),
            ),
        ),
        Choice(
            "detached",
            "The audience was detached or deleted, and members are still there",
            Ending(
                "Segment doesn't remove members when an audience is detached or deleted.",
                "In LaunchDarkly, go to Code → Segments and delete the segment once no flag uses it.",
                (links.SEGMENT_MANAGEMENT_DOCS,),
            ),
        ),
        Choice(
            "edited",
            "Someone edited the destination, the mapping or the audience",
            Ending(
                "The edit changed what Segment sends.",
                "In Segment, go to Settings → Admin → Audit Trail, find the edit and undo it, or restore it in Review "
                "(audience-wizard apply).",
                (links.SEGMENT_AUDIT_TRAIL,),
            ),
        ),
        Choice("nothing", "Nothing that we know of"),
    ),
)

OUTAGE = Question(
    id="outage",
    text="Do LaunchDarkly's or Segment's status pages report an incident at that time?",
    why="Segment tries again for four hours and then gives up. Neither service shows this afterwards.",
    choices=(
        Choice("no", "No"),
        Choice(
            "yes",
            "Yes",
            Ending(
                "Deliveries failed during the incident, and Segment gave up on them.",
                "Ask Segment support to resync the audience to {destination}.",
                (links.LAUNCHDARKLY_STATUS, links.SEGMENT_STATUS),
            ),
        ),
    ),
    asked=lambda seen: not seen.is_any(sync_delivery.DELIVERY, Status.FAIL),
)
