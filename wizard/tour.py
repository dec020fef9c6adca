"""The tour of the sandbox: its scenarios in groups, each with its lesson. Imports no module of the wizard."""

from __future__ import annotations

from typing import NamedTuple


class World(NamedTuple):
    name: str  # the scenario
    lesson: str


class Group(NamedTuple):
    title: str
    worlds: tuple[World, ...]


TOUR = (
    Group(
        "Start here",
        (
            World("happy", "The whole way, from tokens to a segment"),
            World("fresh", "New accounts, one project, one new audience"),
            World("make-token", "Let the wizard make the service token"),
            World("no-custom-roles", "Make the token on a plan without custom roles"),
        ),
    ),
    Group(
        "A token or an ID is wrong",
        (
            World("reader-token", "A token that can read but not write"),
            World("sdk-key-pasted", "An SDK key where the access token belongs"),
            World("expired-token", "A token that expired yesterday"),
            World("custom-role-missing-update", "A custom role that lacks one action"),
            World("other-environment-role", "A role for staging, used for production"),
            World("wrong-pair", "A client-side ID from another account"),
            World("member-token", "A Segment token whose owner has no role"),
        ),
    ),
    Group(
        "An account isn't ready",
        (
            World("approvals-required", "Segment changes that need an approval"),
            World("no-store", "Server-side SDKs without a persistent store"),
            World("no-engage", "A Segment workspace without Engage"),
            World("wrong-region", "A workspace in Segment's EU region"),
            World("eu-account", "An account in LaunchDarkly's EU instance"),
        ),
    ),
    Group(
        "Some steps are done by hand",
        (
            World("attach-needs-app", "Attach the audience in Segment's web app"),
            World("no-attach-api", "Attach it there, unseen by the API"),
            World("create-needs-app", "Create the destination in the web app"),
        ),
    ),
    Group(
        "Several environments, from a shell",
        (
            World("environments", "Two environments, a space for each"),
            World("shared-space", "Two environments that share a space"),
        ),
    ),
    Group(
        "Repair a setup that exists",
        (
            World("resume", "Continue a half-finished setup"),
            World("two-destinations", "Two destinations for one environment"),
            World("destination-disabled", "A destination that is off"),
            World("wrong-token-in-destination", "A destination that holds another token"),
            World("mapping-disabled", "A mapping that is off"),
            World("mapping-edited", "A mapping that someone edited"),
            World("context-kind-unseen", "A context kind that doesn't exist"),
            World("delivery-failing", "Deliveries that an IP allowlist refuses"),
            World("empty-audience", "An audience without members"),
            World("anonymous-audience", "Members without a user ID"),
            World("no-history", "An audience that sends only changes"),
        ),
    ),
    Group(
        "Troubleshoot with F2: it never appeared",
        (
            World("synced", "Nothing is wrong, and it has an odd name"),
            World("support-token", "Nothing is wrong, seen with support's token"),
            World("empty-space", "It never appeared: no audience"),
            World("switches-off", "It never appeared: both Send switches are off"),
            World("silent-audience", "It never appeared: the audience is silent"),
            World("silent-without-history", "It never appeared: no historical data"),
            World("activation-off", "It never appeared: the activation is off"),
            World("kind-refused", "It never appeared: an unknown context kind"),
            World("deliveries-limited", "It never appeared: the rate is limited"),
        ),
    ),
    Group(
        "Troubleshoot with F2: deliveries and members",
        (
            World("plan-without-segments", "Failed deliveries: the plan"),
            World("token-of-a-reader", "Failed deliveries: the token's creator"),
            World("token-expired-since", "Failed deliveries: an expired token"),
            World("token-reset", "Failed deliveries: a token that was reset"),
            World("eu-setup", "Failed deliveries: an EU account"),
            World("refused-before", "Failed deliveries: it's over"),
            World("refused-lately", "Failed deliveries: a new IP allowlist"),
            World("members-refused", "It's empty: one action is missing"),
            World("approvals-empty", "It's empty: changes need an approval"),
            World("counted-late", "It's empty: the count comes late"),
            World("some-without-user-id", "Fewer members: no user ID"),
            World("left-out", "Fewer members: count who has a user ID"),
            World("segment-made-again", "Fewer members: the segment was deleted"),
            World("stale-members", "More members than the audience"),
        ),
    ),
    Group(
        "Troubleshoot with F2: flags, names, endings",
        (
            World("no-flag", "The flag is off: no rule uses the segment"),
            World("flag-off", "The flag is off: it's switched off"),
            World("other-rule-first", "The flag is off: another rule comes first"),
            World("fell-through", "The flag is off: no rule matches"),
            World("other-kind", "The flag is off: another context kind"),
            World("other-keys", "The flag is off: another context key"),
            World("store-missing", "Wrong on the server: no store"),
            World("store-stale", "Wrong on the server: a stale store"),
            World("wrong-prefix", "Wrong on the server: another prefix"),
            World("sdk-too-old", "Wrong on the server: an old SDK"),
            World("sdk-unsupported", "Wrong on the server: a Rust SDK"),
            World("audience-made-again", "Two segments with one name"),
            World("paused", "It worked before: the sync is paused"),
            World("detached", "Members stay: the audience is detached"),
            World("audience-deleted", "Members stay: the audience is deleted"),
            World("trigger-without-exits", "Members stay: the trigger was edited"),
        ),
    ),
    Group(
        "Slow, late or down",
        (
            World("segment-late", "A first delivery that takes 40 minutes"),
            World("batch-audience", "An audience computed every few hours"),
            World("slow", "Services that take seconds to answer"),
            World("flaky", "Requests that fail now and then"),
            World("rate-limited", "Services that ask to wait"),
            World("outage", "LaunchDarkly is down"),
        ),
    ),
    Group(
        "Many things, odd names",
        (
            World("many-segments", "Synced segments in every state"),
            World("huge", "2,000 projects and 10,000 audiences"),
            World("hostile-names", "Names with escape codes and markup"),
        ),
    ),
)
WORLDS = tuple(world for group in TOUR for world in group.worlds)
