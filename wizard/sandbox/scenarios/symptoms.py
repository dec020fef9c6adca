"""Scenarios of symptoms in a setup that has run for hours: one for each cause that a diagnosis can find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.ids import hex_id, key_with_uuid, letters_id
from wizard.sandbox.scenarios.accounts import VIEW_SHOP
from wizard.sandbox.scenarios.acme import Acme, acme, add_good_token
from wizard.sandbox.scenarios.existing import AGE, Setup, attached
from wizard.sandbox.scenarios.scenario import Prepared, Scenario, prepared
from wizard.sandbox.state.account import ContextKind, CustomRole, Flag, Rule, SdkSeen, SeenContext, Segment
from wizard.sandbox.state.segment_workspace import Delivered, GeneratedProfiles, Pace
from wizard.sandbox.sync.destination import sentence_case

FLAG = "new-checkout"
_NEVER_S = 1e9  # seconds between two changes of an audience, so that nothing happens anymore
_SENT = 1_000_000  # batches, more than any audience has, so that nothing is left to send
_KEY = "segment-audiences-{}"


def _wrong(change: Callable[[Setup], None], *, in_app: bool = False) -> Callable[[datetime], Prepared]:
    """Return a builder of a setup that was made hours ago and in which one thing is wrong."""

    def build(start: datetime) -> Prepared:
        setup = attached(acme(start), in_app=in_app)
        change(setup)
        return prepared(setup.company)

    return build


def _nothing(_: Setup) -> None:
    """Leave the setup unchanged."""


def _is_used(setup: Setup, flag: Flag | None = None, **segment: str) -> None:
    """Put the setup after its first sync, with every member counted and a flag that uses the segment."""
    found = _counted(setup, len(setup.audience.members))
    found.flag_keys = [FLAG]
    found.context_kind = segment.get("context_kind", found.context_kind)
    flags = setup.company.production.flags
    flags[FLAG] = flag or replace(flags[FLAG], rules=[*flags[FLAG].rules, Rule(found.key)])


def _counted(setup: Setup, members: int, *, generation: int = 1) -> Segment:
    """Add the segment with `members` members counted, stop all sending, and return the segment."""
    company, audience = setup.company, setup.audience
    made = company.start - AGE + timedelta(minutes=10)
    keys = [f"user-{number:04d}" for number in range(1, members + 1)]
    segment = Segment(
        _KEY.format(audience.id),
        sentence_case(audience.key),
        made,
        made,
        "segment-audiences",
        generation=generation,
        counted_at=dict.fromkeys(keys, made),
    )
    company.production.segments[segment.key] = segment
    _stop(setup)
    return segment


def _stop(setup: Setup) -> None:
    setup.company.workspace.pace, setup.company.workspace.rests = Pace(between_trickles=_NEVER_S), True
    for connection in setup.company.workspace.connections_of(setup.audience.id):
        connection.batches_sent = _SENT


# --- nothing arrives ----------------------------------------------------------------------------------------------


def _switch_both_off(setup: Setup) -> None:
    for connection in setup.company.workspace.connections_of(setup.audience.id):
        connection.send_identify = connection.send_track = False


def _members_refused(start: datetime) -> Prepared:
    company = attached(acme(start)).company
    role = CustomRole(
        hex_id("role", "create-only"),
        "create-only",
        "Create only",
        [
            VIEW_SHOP,
            {"effect": "allow", "resources": ["proj/shop:env/production:segment/*"], "actions": ["createSegment"]},
        ],
        "reader",
    )
    company.account.roles[role.key] = role
    company.token.role, company.token.custom_role_ids = None, [role.id]
    return prepared(company, good_token=add_good_token(company))


def _require_approvals(setup: Setup) -> None:
    setup.company.production.segment_approvals = True


def _some_without_user_id(setup: Setup) -> None:
    """Let every tenth member be known by email only. Without batching, a refusal affects only that member."""
    setup.audience.members = GeneratedProfiles(1234, without_user_id_every=10)
    setup.mapping.settings["enable_batching"] = False


def _left_out(setup: Setup) -> None:
    """Let every tenth member be known by email only, and stop sending: only a count shows why members are missing."""
    setup.audience.members = GeneratedProfiles(1230, without_user_id_every=10)
    _counted(setup, 1107)


def _make_segment_again(setup: Setup) -> None:
    _counted(setup, 44, generation=2)


def _keep_who_left(setup: Setup) -> None:
    _counted(setup, 2234)


# --- what LaunchDarkly refuses ------------------------------------------------------------------------------------


def _without_the_plan(setup: Setup) -> None:
    setup.company.account.synced_segments_on_plan = False
    del setup.company.production.segments["amplitude-9f3k2"]


def _made_by_a_reader(setup: Setup) -> None:
    setup.company.token.ceiling = "reader"


def _seen_by_another_token(company: Acme) -> Prepared:
    """Return the world in which the user has another, working service token than the destination's."""
    return prepared(company, token=add_good_token(company))


def _expired_in_destination(start: datetime) -> Prepared:
    company = attached(acme(start)).company
    seen = _seen_by_another_token(company)
    company.token.expires_at = start - AGE
    return seen


def _reset_in_destination(start: datetime) -> Prepared:
    setup = attached(acme(start))
    setup.destination.settings["apiKey"] = key_with_uuid("api", "reset")
    return prepared(setup.company)


def _european(setup: Setup) -> None:
    setup.company.account.instance = "eu"


# --- flags and SDKs -----------------------------------------------------------------------------------------------


def _flag_off(setup: Setup) -> None:
    _is_used(setup, Flag(FLAG, on=False, rules=[Rule(_KEY.format(setup.audience.id))]))


def _other_rule_first(setup: Setup) -> None:
    _is_used(setup, Flag(FLAG, rules=[Rule("", False), Rule(_KEY.format(setup.audience.id))]))


def _rule_of_another_segment(setup: Setup) -> None:
    _is_used(setup, Flag(FLAG, rules=[Rule("early-adopters")]))


def _other_kind(setup: Setup) -> None:
    _is_used(setup, context_kind="organization")
    made = setup.company.start - timedelta(days=400)
    setup.company.shop.context_kinds.append(ContextKind("account", "Account", made, setup.company.start))


def _app_sends_emails(setup: Setup) -> None:
    _is_used(setup)
    start = setup.company.start
    setup.company.production.contexts = [
        SeenContext("user", f"person{number}@example.com", start - timedelta(minutes=number)) for number in range(1, 41)
    ]


def _without_a_store(setup: Setup) -> None:
    _is_used(setup)
    setup.company.account.stores.clear()


def _stale_store(setup: Setup) -> None:
    _is_used(setup)
    setup.company.account.stores[0].potentially_stale = True


def _sdk(name: str, version: str) -> Callable[[Setup], None]:
    def change(setup: Setup) -> None:
        _is_used(setup)
        setup.company.account.sdks = [SdkSeen(name, version, "server", "shop", "production")]

    return change


# --- names and endings --------------------------------------------------------------------------------------------


def _made_again(setup: Setup) -> None:
    """Add the segment of an earlier, deleted audience of the same name, and the flag that still uses it."""
    _counted(setup, len(setup.audience.members))
    old_id = "aud_" + letters_id("audience", "deleted", length=27)
    made = setup.company.start - timedelta(days=90)
    counted = {f"user-{number:04d}": made for number in range(1, 901)}
    name = sentence_case(setup.audience.key)
    old = Segment(_KEY.format(old_id), name, made, made, "segment-audiences", counted_at=counted, flag_keys=[FLAG])
    setup.company.production.segments[old.key] = old


def _detached(setup: Setup) -> None:
    _counted(setup, len(setup.audience.members))
    setup.company.workspace.connections = [
        one for one in setup.company.workspace.connections if one.audience_id != setup.audience.id
    ]


def _paused(setup: Setup) -> None:
    """Pause the sync; thirty members have joined since and aren't sent."""
    _counted(setup, len(setup.audience.members) - 30)
    for connection in setup.company.workspace.connections_of(setup.audience.id):
        connection.paused = True


def _empty_space(start: datetime) -> Prepared:
    company = acme(start)
    space = company.workspace.spaces[0]
    kept = company.workspace.audiences.items()
    company.workspace.audiences = {key: one for key, one in kept if one.space_id != space.id}
    left = company.workspace.audiences.keys()
    company.workspace.connections = [one for one in company.workspace.connections if one.audience_id in left]
    return prepared(company)


def _deleted(setup: Setup) -> None:
    _detached(setup)
    del setup.company.workspace.audiences[setup.audience.id]


def _trigger_without_exits(setup: Setup) -> None:
    _counted(setup, 1400)
    setup.mapping.trigger = 'type = "track" and event = "Audience Entered"'


def _silent_without_history(setup: Setup) -> None:
    _stop(setup)
    setup.audience.history = False


def _activation_off(setup: Setup) -> None:
    for connection in setup.company.workspace.connections_of(setup.audience.id):
        for activation in connection.activations.values():
            activation.enabled = False


def _ask_for_the_kind(setup: Setup) -> None:
    """Refuse the sync for a context kind that the project doesn't have. The docs don't mention such a refusal."""
    setup.mapping.settings["context_kind"] = "person"
    setup.company.world.behaviors.add(Behavior.KIND_ASKED_FOR)


def _count_late(setup: Setup) -> None:
    """Let every member's event have been accepted two hours ago, with a count that is a day late."""
    segment = _counted(setup, len(setup.audience.members))
    segment.counted_at = dict.fromkeys(segment.counted_at, setup.company.start + timedelta(days=1))
    _delivered(setup, timedelta(hours=2), "successful-delivery", len(setup.audience.members))


def _limit_the_rate(setup: Setup) -> None:
    _stop(setup)
    for minutes in range(10, 60, 10):
        _delivered(setup, timedelta(minutes=minutes), "failed-delivery", 500, "429")


def _delivered(setup: Setup, ago: timedelta, stage: str, many: int, reason: str = "") -> None:
    at, to = setup.company.start - ago, setup.destination
    setup.company.workspace.deliveries.append(
        Delivered(at, stage, to.source_id, to.id, "identify", "", many, reason, setup.mapping.id, setup.audience.id)
    )


# --- refused for a while ------------------------------------------------------------------------------------------


def _refused(setup: Setup, *, began: timedelta, reason: str) -> None:
    """Let the changes after a finished first sync be refused for one hour and be accepted before and after it."""
    _is_used(setup)
    for minutes in range(15, int(AGE.total_seconds() / 60), 15):
        ago = timedelta(minutes=minutes)
        if began - timedelta(hours=1) < ago <= began:
            _delivered(setup, ago, "failed-delivery", 4, reason)
        else:
            _delivered(setup, ago, "successful-delivery", 4)


def _refused_before(setup: Setup) -> None:
    _refused(setup, began=timedelta(hours=3), reason="401")


def _refused_lately(setup: Setup) -> None:
    """Let an allowlist have refused Segment for half an hour; the wizard's token can't read the allowlist."""
    _refused(setup, began=timedelta(minutes=30), reason="401")
    setup.company.account.allowlist_refuses_segment = True


SYMPTOMS = (
    Scenario(
        "synced", "Everything works: the setup has run for three hours, and a flag uses the segment", _wrong(_is_used)
    ),
    Scenario("switches-off", "Send Identify and Send Track are both off", _wrong(_switch_both_off, in_app=True)),
    Scenario("silent-audience", "The audience has sent nothing since it was attached", _wrong(_stop, in_app=True)),
    Scenario(
        "silent-without-history",
        "The audience has sent nothing since it was attached, and historical data is off",
        _wrong(_silent_without_history, in_app=True),
    ),
    Scenario("members-refused", "The destination's token can create segments but not change members", _members_refused),
    Scenario("approvals-empty", "Approvals block every change, so the segment stays empty", _wrong(_require_approvals)),
    Scenario("some-without-user-id", "Every tenth member is known by email only", _wrong(_some_without_user_id)),
    Scenario(
        "left-out", "Every tenth member has no user ID, and LaunchDarkly no longer refuses anything", _wrong(_left_out)
    ),
    Scenario(
        "segment-made-again", "The segment was deleted in LaunchDarkly and recreated", _wrong(_make_segment_again)
    ),
    Scenario("stale-members", "The segment keeps 1,000 members who left the audience", _wrong(_keep_who_left)),
    Scenario(
        "plan-without-segments", "The LaunchDarkly plan doesn't include synced segments", _wrong(_without_the_plan)
    ),
    Scenario(
        "token-of-a-reader",
        "The destination's token shows the Writer role, but a Reader created it",
        _wrong(_made_by_a_reader),
    ),
    Scenario(
        "token-expired-since", "The destination's token expired; you look with another one", _expired_in_destination
    ),
    Scenario(
        "refused-before",
        "LaunchDarkly refused a token for an hour, and has accepted everything since",
        _wrong(_refused_before),
    ),
    Scenario(
        "refused-lately", "An IP allowlist has refused Segment's deliveries for half an hour", _wrong(_refused_lately)
    ),
    Scenario("token-reset", "The destination's token was reset", _reset_in_destination),
    Scenario("eu-setup", "Someone set up an account in the EU instance", _wrong(_european)),
    Scenario("activation-off", "The activation that sends the audience is switched off", _wrong(_activation_off)),
    Scenario("kind-refused", "LaunchDarkly refuses the sync for an unknown context kind", _wrong(_ask_for_the_kind)),
    Scenario("counted-late", "Segment sent every member, but the count is a day behind", _wrong(_count_late)),
    Scenario("deliveries-limited", "LaunchDarkly limits the rate of all deliveries", _wrong(_limit_the_rate)),
    Scenario("no-flag", "No flag uses the segment", _wrong(_nothing)),
    Scenario("flag-off", "The flag that uses the segment is off", _wrong(_flag_off)),
    Scenario("other-rule-first", "Another rule of the flag decides first", _wrong(_other_rule_first)),
    Scenario("fell-through", "The flag's rule is for another segment", _wrong(_rule_of_another_segment)),
    Scenario("other-kind", "The segment holds another context kind than the mapping", _wrong(_other_kind)),
    Scenario(
        "other-keys",
        "The app sends email addresses as context keys, but the mapping sends user IDs",
        _wrong(_app_sends_emails),
    ),
    Scenario("store-missing", "A server-side SDK is in use, without a persistent store", _wrong(_without_a_store)),
    Scenario("store-stale", "The persistent store is stale", _wrong(_stale_store)),
    Scenario(
        "sdk-too-old", "The server-side SDK is too old for synced segments", _wrong(_sdk("python-server-sdk", "7.2.1"))
    ),
    Scenario(
        "wrong-prefix",
        "The app reads the persistent store with another prefix, which only you can see",
        _wrong(_is_used),
    ),
    Scenario("sdk-unsupported", "The Rust SDK can't use synced segments", _wrong(_sdk("rust-server-sdk", "2.1.0"))),
    Scenario("audience-made-again", "The audience was recreated, and a flag uses the old segment", _wrong(_made_again)),
    Scenario("detached", "The audience was detached, and its members stay", _wrong(_detached)),
    Scenario("paused", "Someone paused the sync: Connect to destination is off", _wrong(_paused)),
    Scenario("empty-space", "The space has no audience", _empty_space),
    Scenario(
        "audience-deleted",
        "The audience was deleted, and its members stay",
        _wrong(_deleted),
        audience="vip_customers",
    ),
    Scenario("trigger-without-exits", "The mapping's trigger drops removals", _wrong(_trigger_without_exits)),
)
