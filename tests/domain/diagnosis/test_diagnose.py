"""Diagnosis: a symptom in a world, with a person's answers, ends at one cause. Worlds are made from facts."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.domain.sample_facts import (
    DESTINATION,
    ENGAGE_SOURCE,
    MAPPING,
    NOW,
    PRODUCTION,
    SEGMENT,
    SHOP,
    STORE,
    TOKEN,
    VIP,
    allow,
    failure,
    healthy_answers,
    healthy_facts,
    token_with,
    unknown_token,
)
from wizard.domain.answers import Answers, ContextKey
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.credentials import Shape
from wizard.domain.diagnosis.cause import Cause, Verdict, weigh
from wizard.domain.diagnosis.causes import changes
from wizard.domain.diagnosis.causes.members import too_few
from wizard.domain.diagnosis.conclusion import NOT_FOUND, Diagnosis
from wizard.domain.diagnosis.diagnose import Search, search
from wizard.domain.diagnosis.evidence.evidence import Evidence, gather_evidence
from wizard.domain.diagnosis.question import DO_NOT_KNOW, Question
from wizard.domain.diagnosis.question_id import Given
from wizard.domain.diagnosis.symptom_id import SymptomId
from wizard.domain.diagnosis.symptoms.catalogue import CAUSES, QUESTIONS, SYMPTOMS, symptom_named, symptom_of
from wizard.domain.diagnosis.words import words
from wizard.domain.facts import Facts
from wizard.domain.failure import FailureKind, Service
from wizard.domain.findings import Finding, Status
from wizard.domain.planning.plan import make_plan
from wizard.domain.services.flag import Clause, FlagDetails, FlagRule, Variation
from wizard.domain.services.launchdarkly import (
    Allowlist,
    ContextKind,
    FlagValue,
    Instance,
    KeyShape,
    KeyShapes,
    LaunchDarklySegment,
    Sdk,
    SegmentWrite,
)
from wizard.domain.services.segment import Connection, Connections, Delivery, Intake, Landing

# --- worlds -------------------------------------------------------------------------------------------------------

World = Mapping[str, Any]

LONG_AGO = NOW - timedelta(days=3)
BY_APP: World = {  # attached in Segment's web app: no activation
    "connections": {"aud_1": Connections((Connection("con_1", "dst_1", enabled=True, created_at=LONG_AGO),), 1)},
    "activations": {"aud_1": ()},
}
NO_SEGMENT: World = {"segments": (), "segment_details": {}, "test_user_member": {}}
SILENT: World = {**NO_SEGMENT, **BY_APP, "delivery": Delivery(0, 0, 0), "intake": Intake(0, 0, 0)}
QUIET: World = {**BY_APP, "delivery": Delivery(0, 0, 0), "intake": Intake(0, 0, 0)}
DEFAULT_IDENTIFIERS = replace(VIP, identifiers=("user_id", "email", "android.idfa", "ios.idfa"))
EVERYTHING = allow("*", "*")
BY_HAND: World = {  # without a Segment token
    **NO_SEGMENT, "segment_token_shape": None, "workspace": None, "spaces": None, "sources": None,
    "destinations": None, "subscriptions": None, "audiences": None, "connections": {}, "activations": {},
    "delivery": None, "intake": None, "attach_by_api": None, "catalog": None,
}  # fmt: skip
HAND_MADE = {"by_hand": True, "audiences": ("vip_customers",)}
ACTIVATION_OFF = {"aud_1": tuple(replace(one, enabled=False) for one in healthy_facts().activations["aud_1"])}  # type: ignore[union-attr]
UNKNOWN_KIND: World = {
    "subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_kind": "person"}),),
    "audiences": (DEFAULT_IDENTIFIERS,),
}
ALL_RIGHT: Given = {
    "flag-rule": "right", "sdk": "server", "store": "right", "app-key": "same", "app-kind": "same",
    "environment": "yes",
}  # fmt: skip
NEEDS_A_VIEW = replace(SHOP, segments_need_a_view=True)
UNREADABLE: World = {"segments": failure(), "segment_details": {"aud_1": failure()}, "test_user_member": {}}
SEGMENT_DOWN: World = {"segment_reach": failure(FailureKind.SERVER, Service.SEGMENT)}
DOWN = failure(FailureKind.SERVER)
LAUNCHDARKLY_DOWN: World = {**NO_SEGMENT, "launchdarkly_reach": DOWN, "caller": DOWN, "segments": DOWN}


NEW = replace(VIP, id="aud_2", key="new_signups", name="New sign-ups")
AUDIENCE_GONE: World = {  # its segment stays; another audience is chosen, which isn't attached
    "audiences": (NEW,), "every_audience": (NEW,), "connections": {"aud_2": Connections((), 0)},
    "activations": {"aud_2": ()}, "test_user_member": {}, "segment_details": {},
}  # fmt: skip


def with_segment(audience: Any = VIP, **changed: Any) -> World:
    segment = replace(SEGMENT, **changed)
    return {
        "segments": (segment,),
        "segment_details": {"aud_1": replace(segment, flags=("new-checkout",))},
        "audiences": (audience,),
    }


EMPTY: World = {**with_segment(included_count=0), "test_user_member": {}}


def refused(reason: str, many: int = 100, **more: Any) -> World:
    return {**NO_SEGMENT, "delivery": Delivery(0, many, 0, ((reason, many),)), **more}


def attached(ago: timedelta) -> World:
    """Attached in Segment's web app so long before NOW, which is the machine's time."""
    made = Connection("con_1", "dst_1", enabled=True, created_at=NOW - ago)
    return {"connections": {"aud_1": Connections((made,), 1)}, "activations": {"aud_1": ()}}


def approvals() -> World:
    production = replace(PRODUCTION, segment_approvals_required=True)
    shop = replace(SHOP, environments=(production,))
    return {"project": shop, "projects": (shop,)}


def serves(value: str, reason: str, **more: Any) -> World:
    return {
        "flag_values": {"new-checkout": FlagValue("new-checkout", value, reason, **more)},
        "evaluated_member": {"aud_1": True},
    }


FOR_IT = FlagRule("r1", (Clause("segmentMatch", (SEGMENT.key,)),), 0)
NOT_IN_IT = replace(FOR_IT.clauses[0], negate=True)
EVALUATION_FAILS: World = {"flag_values": {"new-checkout": failure()}, "evaluated_member": {"aud_1": True}}
NO_USER, CHECKOUT = {"test_user": ""}, {"flag": "new-checkout"}


def says(**changed: Any) -> World:
    """The flag that uses the segment, as its rules were read."""
    values = (Variation("v0", True), Variation("v1", False))
    flag = FlagDetails("new-checkout", "New checkout", values, on=True, rules=(FOR_IT,))
    return {"flag_targeting": {flag.key: replace(flag, **changed)}, "test_user_member": {}}


def holding(last_four: str) -> World:
    return {"destinations": (replace(DESTINATION, token_last_four=last_four),)}


BY_EMAIL: World = {"subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_key": "email_only"}),)}
KIND_ELSEWHERE: World = {"context_kinds": (ContextKind("user", "User", last_seen=NOW, seen_in={"staging": NOW}),)}
CHANGED = SegmentWrite(SEGMENT.key, "updateIncluded", NOW - timedelta(hours=1))
FAILED_BEFORE = Delivery(  # all that failed is over
    500, 400, 0, (("401", 400),), first_at=NOW - timedelta(hours=4), last_at=NOW - timedelta(minutes=6),
    last_failed_at=NOW - timedelta(hours=3),
)  # fmt: skip
FAILED_LATELY = replace(  # nothing was taken any more
    FAILED_BEFORE, last_at=NOW - timedelta(minutes=40), last_failed_at=NOW - timedelta(minutes=6)
)
OLD = LaunchDarklySegment(
    "segment-audiences-aud_0", "Vip customers", "segment-audiences", unbounded=True, context_kind="user",
    created_at=NOW - timedelta(days=90), included_count=900,
)  # fmt: skip
TWO_SEGMENTS: World = {"segments": (SEGMENT, OLD), "flag_uses": {OLD.key: ("new-checkout",)}}
SERVER_AND_CLIENT = (Sdk("node-server-sdk", "9.7.3", "server"), Sdk("js-client-sdk", "3.5.0", "client"))


@dataclass(frozen=True)
class Case:
    says: str
    symptom: str
    world: World
    end: str
    asks: int = 0  # at most
    given: Given = field(default_factory=dict)  # anything else is answered with "I don't know"
    answers: Mapping[str, Any] = field(default_factory=dict)  # of the setup


SEVERAL_EMAILS: tuple[str, Given] = ("several-keys", {"ids": "several"})
ONE_EMAIL: tuple[str, Given] = ("stale-members", {"ids": "one"})
RIGHT_FLAG = Case(
    "the chosen flag's first rule is for it", "flag-off", says(), "flag-is-left", 5, ALL_RIGHT,
    {**NO_USER, **CHECKOUT},
)  # fmt: skip
CASES = (
    # never appeared
    Case("it is there under another name", "never-appeared", {}, "is-there"),
    Case("both switches are off", "never-appeared", SILENT, "switches-off", 2, {"sends": "off"}),
    Case("switches on, source silent", "never-appeared", SILENT, "sends-nothing", 3, {"sends": "on"}),
    Case(
        "switches on, source silent, default identifiers",
        "never-appeared", {**SILENT, "audiences": (DEFAULT_IDENTIFIERS,)}, "sends-nothing", 3, {"sends": "on"},
    ),
    Case(
        "switches on, source silent, no history",
        "never-appeared", {**SILENT, "audiences": (replace(VIP, history=False),)}, "history-off", 3, {"sends": "on"},
    ),
    Case("the destination isn't in Engage", "never-appeared", SILENT, "not-in-engage", 2, {"sends": "absent"}),
    Case(
        "attached a minute ago", "never-appeared",
        {**SILENT, "attached_at": NOW - timedelta(minutes=1)}, "still-early",
    ),
    Case(
        "nobody knows anything", "never-appeared", {**SILENT, "audiences": (DEFAULT_IDENTIFIERS,)}, NOT_FOUND, 5,
    ),
    Case("switches off, and support looks with a token of its own", "never-appeared",
         {**SILENT, **holding("9z9z"), "destination_tokens": ()}, "switches-off", 2, {"sends": "off"}),
    Case("every tenth has no user ID, and every batch is refused", "fewer-members",
         {**refused("BAD_REQUEST"), "audiences": (DEFAULT_IDENTIFIERS,)}, "identifiers"),
    Case("by hand, without a Segment token", "never-appeared", BY_HAND, "switches-off", 2, {"sends": "off"}, HAND_MADE),
    Case("it may be there, under another key and name", "never-appeared",
         {**with_segment(key="odd-key", name="Odd name"), "attached_at": LONG_AGO}, "maybe-there", 1,
         {"candidate": "yes"}),
    Case("the destination's token made it, under another key and name", "never-appeared",
         {**with_segment(key="odd-key", name="Odd name"), "attached_at": LONG_AGO,
          "segment_writes": (SegmentWrite("odd-key", "createSegment", NOW - timedelta(days=2)),)}, "maybe-there"),
    Case("renamed in LaunchDarkly", "never-appeared", with_segment(name="VIPs (do not touch)"), "is-there"),
    Case("destination off", "never-appeared", {**NO_SEGMENT, "destinations": (replace(DESTINATION, enabled=False),)},
         "destination-off"),
    Case("mapping off", "never-appeared", {**NO_SEGMENT, "subscriptions": (replace(MAPPING, enabled=False),)},
         "mapping-off"),
    Case("not attached", "never-appeared", {**NO_SEGMENT, "connections": {"aud_1": Connections((), 0)}},
         "not-attached"),
    Case("it went to staging", "never-appeared",
         {**NO_SEGMENT, "delivery": Delivery(900, 0, 0), "attached_at": LONG_AGO,
          "segments_elsewhere": {"staging": (SEGMENT,)}}, "segment-elsewhere"),
    Case("it was deleted", "never-appeared", {**NO_SEGMENT, "found_segments": {"vip_customers": SEGMENT.key},
                                              "attached_at": LONG_AGO}, "segment-deleted"),
    Case("it's there and empty because of the role", "never-appeared",
         {**with_segment(included_count=0),
          "token": token_with(allow("proj/shop:env/production:segment/*", "createSegment"))}, "token-role"),
    Case("a Linked audience without an activation", "never-appeared",
         {**SILENT, "audiences": (replace(VIP, kind="LINKED"),)}, "not-activated"),
    Case("a Linked audience without a schedule", "never-appeared",
         {**SILENT, "audiences": (replace(VIP, kind="LINKED"),), "activations": healthy_facts().activations},
         "schedule-gone", 1, {"schedule": "gone"}),
    Case("an account-level audience of Group calls", "never-appeared",
         {**SILENT, "audiences": (replace(VIP, kind="ACCOUNTS", history=False),)}, "group-calls", 2,
         {"sends": "on", "calls": "group"}),
    Case("new segments need a view, and all else is well", "never-appeared",
         {**refused("403"), "project": NEEDS_A_VIEW, "projects": (NEEDS_A_VIEW,)}, "required-view", 4,
         {"plan": "yes", "token-maker": "yes", "allowlist": "no"}),
    Case("the space has no audience", "never-appeared", {**NO_SEGMENT, "audiences": (), "connections": {}},
         "no-audience", 0, {}, {"audiences": ()}),
    *(
        Case(f"nothing is set up, and Segment holds no destination: {symptom}", symptom,
             {**NO_SEGMENT, "destinations": (), "connections": {}}, "no-destination", 0, {},
             {"client_side_id": "", "project": "", "environment": "", "audiences": (), "destination": ""})
        for symptom in ("never-appeared", "empty", "fewer-members")
    ),
    Case("the mapping has another key than was chosen", "never-appeared",
         {**NO_SEGMENT, **BY_EMAIL, "delivery": Delivery(0, 100, 0, (("400", 100),))}, "mapping-differs"),
    Case("the mapping has another key, and the token is refused", "never-appeared",
         {**NO_SEGMENT, **BY_EMAIL, "delivery": Delivery(0, 100, 0, (("401", 100),)), "destination_tokens": (),
          **holding("9z9z")}, "token-reset"),
    Case("approvals and no segment yet", "failed-deliveries", {**refused("403"), **approvals()}, "approvals", 3,
         {"plan": "yes", "token-maker": "yes", "allowlist": "no"}),
    Case("approvals, and an allowlist", "failed-deliveries", {**refused("403"), **approvals()}, "allowlist", 3,
         {"plan": "yes", "token-maker": "yes", "allowlist": "without-segment"}),
    Case("approvals, and nobody knows more", "failed-deliveries", {**refused("403"), **approvals()}, "approvals", 3),
    Case("approvals, and a Reader made the token", "failed-deliveries",
         {**refused("403"), **approvals(), "token": replace(TOKEN, member_role="reader")}, "token-maker", 3,
         {"plan": "yes", "token-maker": "no"}),
    Case("a personal token of a Reader", "failed-deliveries",
         {**refused("403"), "token": replace(TOKEN, service_token=False, member_role="reader")}, "token-maker"),
    Case("the app's kind is seen in staging only", "flag-off",
         {**KIND_ELSEWHERE, **serves("true", "RULE_MATCH", rule=1), "flag_values": {}}, "other-environment", 5),
    Case("by hand, 401: nothing is asked about what isn't sent", "never-appeared", BY_HAND, "token-reset", 3,
         {"code": "401"}, HAND_MADE),
    Case("by hand, none fails, another client-side ID", "never-appeared", BY_HAND, "wrong-environment", 3,
         {"code": "none", "sends": "on", "held-id": "no"}, HAND_MADE),
    Case("deliveries are taken, and the segment isn't there", "never-appeared",
         {**NO_SEGMENT, "attached_at": LONG_AGO}, "segment-deleted", 3),
    Case("nobody may read the segments", "never-appeared", UNREADABLE, NOT_FOUND, 3),
    *(Case("the activation is switched off", symptom,
           {**SILENT, **world, "connections": healthy_facts().connections, "activations": ACTIVATION_OFF},
           "activation-off")
      for symptom, world in (("never-appeared", {}), ("fewer-members", with_segment(included_count=1000)),
                             ("never-removed", with_segment(included_count=1400)))),
    # empty
    Case("the role lacks updateIncluded", "empty",
         {**with_segment(included_count=0),
          "token": token_with(allow("proj/shop:env/production:segment/*", "createSegment"))}, "token-role"),
    Case("approvals and a Writer's service token", "empty",
         {**with_segment(included_count=0), **approvals(), "delivery": Delivery(0, 50, 0, (("403", 50),))},
         "approvals"),
    Case("approvals, deliveries not counted", "empty",
         {**with_segment(included_count=0), **approvals(), "delivery": None}, "approvals"),
    Case("approvals stand, and members lack the identifier", "empty",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=0), **approvals(),
          "delivery": Delivery(0, 50, 0, (("BAD_REQUEST", 50),))}, "identifiers"),
    Case("nothing is wrong", "empty", {}, "nothing-wrong"),
    Case("the audience is empty", "empty", with_segment(replace(VIP, size=0), included_count=0), "audience-empty"),
    Case("the events remove members", "empty", EMPTY, "removals-only", 2, {"event": "false"}),
    Case("all events were taken, and the count comes late", "empty", EMPTY, "count-late", 3,
         {"event": "true", "recent": "no"}),
    Case("the count is late, and the test user is in", "empty", with_segment(included_count=0), "count-late"),
    Case("the repair begins to work", "empty",
         {**with_segment(included_count=0, created_at=NOW - timedelta(minutes=4)), "test_user_member": {},
          "delivery": Delivery(0, 1234, 0, (("403", 1234),), last_failed_at=NOW - timedelta(hours=2))},
         "still-counting"),
    *(Case("LaunchDarkly limits the rate", symptom, {**world, "delivery": Delivery(0, 500, 0, (("429", 500),))}, "busy")
      for symptom, world in (("never-appeared", NO_SEGMENT), ("empty", EMPTY))),
    Case("a few wait, and they are no reason for so many", "fewer-members",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=1111), "delivery": Delivery(1111, 3, 0, (("429", 3),))},
         "identifiers", 2, {"profile": "lacks"}),
    *(Case("the project doesn't have the mapping's kind", symptom, {**world, **UNKNOWN_KIND}, "kind-unknown", 0, {},
           {"context_kind": "person"})
      for symptom, world in (("never-appeared", refused("400")), ("failed-deliveries", refused("BAD_REQUEST")),
                             ("empty", {**EMPTY, "delivery": Delivery(0, 100, 0, (("400", 100),))}))),
    Case("it's being computed again", "never-appeared",
         {**SILENT, "audiences": (replace(VIP, status="Backfilling"),)}, "sends-nothing", 3),
    # fewer
    Case("nothing is missing", "fewer-members", {}, "nothing-wrong"),
    Case("the mapping has another key than was chosen", "fewer-members",
         {**with_segment(included_count=900), **BY_EMAIL}, "mapping-differs"),
    Case("a few joined between the counts", "fewer-members", with_segment(included_count=1230), "nothing-wrong"),
    Case("every tenth has no user ID, as counted", "fewer-members",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=1111),
          "landing": {"aud_1": Landing(NOW, 1234, {"user_id_only": 1111})}}, "identifiers"),
    Case("every tenth has no user ID, refused as invalid", "fewer-members",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=1111),
          "delivery": Delivery(1111, 900, 0, (("BAD_REQUEST", 900),))}, "identifiers"),
    Case("silent, and default identifiers: a person is asked about those first", "fewer-members",
         {**QUIET, **with_segment(DEFAULT_IDENTIFIERS, included_count=1111)}, "identifiers", 1, {"profile": "lacks"}),
    Case("default identifiers, and nobody knows anything", "fewer-members",
         with_segment(DEFAULT_IDENTIFIERS, included_count=1102), NOT_FOUND, 3),
    Case("everyone has a user ID, an incident", "fewer-members",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=1111),
          "landing": {"aud_1": Landing(NOW, 1234, {"user_id_only": 1234})}}, "lost-in-incident", 2,
         {"incident": "yes", "recent": "no"}),
    Case("default identifiers, and a profile that has one", "fewer-members",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=1111)}, "lost-in-incident", 3,
         {"profile": "has", "recent": "no", "incident": "yes"}),
    Case("deleted and made again", "fewer-members", with_segment(included_count=44, generation=2),
         "segment-made-again"),
    Case("refused before a repair", "fewer-members",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=3),
          "delivery": Delivery(3, 1234, 0, (("401", 1234),), last_at=NOW, last_failed_at=NOW - timedelta(hours=2))},
         "before-a-repair"),
    Case("not sent before a repair", "fewer-members",
         {**with_segment(included_count=3), "delivery": Delivery(3, 0, 0),
          "connections": {"aud_1": Connections((Connection("con_1", "dst_1", created_at=LONG_AGO),), 1)}},
         "before-a-repair", 2),
    Case("refused before a repair", "worked-before",
         {**with_segment(included_count=3),
          "delivery": Delivery(3, 1234, 0, (("401", 1234),), last_at=NOW, last_failed_at=NOW - timedelta(hours=2))},
         "before-a-repair"),
    Case("default identifiers, and a segment that came late", "fewer-members",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=1102), "delivery": Delivery(1102, 0, 0),
          "connections": {"aud_1": Connections((Connection("con_1", "dst_1", created_at=LONG_AGO),), 1)}},
         "identifiers", 1, {"profile": "lacks"}),
    Case("no history", "fewer-members", with_segment(replace(VIP, history=False), included_count=44), "history-off"),
    Case("the first sync is still running", "fewer-members",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=300), "attached_at": NOW - timedelta(minutes=14)},
         "still-counting"),
    Case("one hour old", "fewer-members",
         with_segment(included_count=500, created_at=NOW - timedelta(minutes=5)), "still-counting", 3),
    # more
    Case("reused key", "more-members", with_segment(included_count=2234), "stale-members", 1),
    *(
        Case(f"the wizard changed the context key to {key}", "more-members",
             {**with_segment(included_count=2468, created_at=LONG_AGO), "rekeyed_at": NOW - timedelta(days=1),
              "subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_key": str(key)}),)},
             "old-keys", 0, {}, {"context_key": key})
        for key in (ContextKey.USER_ID_ONLY, ContextKey.EMAIL_ONLY)
    ),
    Case("a few more, and a change an hour ago", "more-members", with_segment(included_count=1270), "still-counting", 1,
         {"recent": "yes"}),
    Case("a few more, and no change", "more-members", with_segment(included_count=1270), "stale-members", 1,
         {"recent": "no"}),
    Case("a few more, and nobody knows", "more-members", with_segment(included_count=1270), NOT_FOUND, 1),
    Case("said to be empty, and it has more", "empty", with_segment(included_count=2234), "stale-members", 1),
    Case("removals are delayed", "more-members",
         {**with_segment(included_count=2234), "delivery": Delivery(100, 900, 0, (("429", 900),))}, "busy"),
    Case("the destination is off", "more-members",
         {**with_segment(included_count=2234), "destinations": (replace(DESTINATION, enabled=False),)},
         "destination-off"),
    Case("detached", "more-members",
         {**with_segment(included_count=1400), "connections": {"aud_1": Connections((), 0)}}, "audience-detached"),
    Case("the trigger drops exits", "more-members",
         {**with_segment(included_count=1400), "subscriptions": (replace(MAPPING, trigger='type = "identify"'),)},
         "trigger-drops-exits"),
    Case("several identifiers", "more-members",
         {**with_segment(included_count=2234),
          "subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_key": "user_id_then_email"}),)},
         "several-keys", 1, {"ids": "several"}, {"context_key": ContextKey.USER_ID_THEN_EMAIL}),
    *(
        Case(f"the context key is email: {end}", "more-members",
             {**with_segment(included_count=2234),
              "subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_key": "email_only"}),)},
             end, 1, given, {"context_key": ContextKey.EMAIL_ONLY})
        for end, given in (SEVERAL_EMAILS, ONE_EMAIL)
    ),
    Case("several identifiers, and nobody knows: nothing is deleted on a guess", "more-members",
         {**with_segment(included_count=2234),
          "subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_key": "user_id_then_email"}),)},
         NOT_FOUND, 2, {}, {"context_key": ContextKey.USER_ID_THEN_EMAIL}),
    # flag off
    Case("no flag uses it", "flag-off", {"segment_details": {"aud_1": replace(SEGMENT, flags=())}},
         "no-flag-uses-it", 1),
    Case("the flag is off", "flag-off", serves("false", "OFF"), "flag-is-off"),
    Case("LaunchDarkly couldn't evaluate the flag, a person sees it", "flag-off", serves("false", "ERROR"),
         "fell-through", 1, {"flag-rule": "more-conditions"}),
    Case("LaunchDarkly serves the rule's value", "flag-off", serves("true", "RULE_MATCH", rule=2), "other-kind", 1,
         {"app-kind": "other"}),
    Case("the default rule serves what is missed", "flag-off", serves("true", "FALLTHROUGH"), "other-kind", 1,
         {"app-kind": "other"}),
    Case("targeted individually, with what is missed", "flag-off", serves("true", "TARGET_MATCH"), "other-kind", 1,
         {"app-kind": "other"}),
    Case("a rule before decides", "flag-off", serves("false", "RULE_MATCH", rule=1), "other-rule-first"),
    Case("no rule matches", "flag-off", serves("false", "FALLTHROUGH"), "fell-through"),
    Case("a prerequisite", "flag-off", serves("false", "PREREQUISITE_FAILED"), "prerequisite"),
    Case("the flag is off, as a person saw", "flag-off", {}, "flag-is-off", 1, {"flag-rule": "off"}),
    Case("the switch of the only flag that uses it", "flag-off", says(on=False), "flag-is-off", 0, {}, NO_USER),
    Case("the switch of the chosen flag", "flag-off", {**says(on=False), **EVALUATION_FAILS}, "flag-is-off", 0, {},
         CHECKOUT),
    RIGHT_FLAG,
    *(
        Case(f"{what}: a person has to look", "flag-off", seen, "fell-through", 1, {"flag-rule": "more-conditions"},
             {**NO_USER, **CHECKOUT})
        for what, seen in {
            "a person is targeted": says(targets=1),
            "a prerequisite may not be met": says(prerequisites=("payments",)),
            "another rule is first": says(rules=(FlagRule("r0", (Clause("matches"),), 0), FOR_IT)),
            "the rule has two conditions": says(rules=(FlagRule("r1", (*FOR_IT.clauses, Clause("in")), 0),)),
            "the rule is for everyone else": says(rules=(FlagRule("r1", (NOT_IN_IT,), 0),)),
            "the rule serves false": says(rules=(replace(FOR_IT, variation=1),)),
            "the rule is a rollout": says(rules=(replace(FOR_IT, variation=None),)),
            "the rules aren't shown": says(rules=None),
        }.items()
    ),
    Case("another flag may be meant: the tab is asked for", "flag-off", says(), "flag-is-off", 1,
         {"flag-rule": "off"}, NO_USER),
    Case("another kind", "flag-off", with_segment(context_kind="account"), "other-kind"),
    Case("nobody is named, and nobody knows anything", "flag-off", {"test_user_member": {}}, "flag-is-left", 5, {},
         {"test_user": ""}),
    Case("nobody is named, and all looks right", "flag-off", {"test_user_member": {}}, "flag-is-left", 5, ALL_RIGHT,
         {"test_user": ""}),
    Case("a kind that LaunchDarkly has never seen, and another one that it sees", "flag-off",
         {"context_kinds": (ContextKind("user", "User"), ContextKind("account", "Account", last_seen=NOW))},
         "other-kind"),
    Case("a kind that LaunchDarkly has never seen, as none", "flag-off",
         {"context_kinds": (ContextKind("user", "User"),)}, "flag-is-off", 1, {"flag-rule": "off"}),
    Case("another shape of keys", "flag-off",
         {"key_shapes": KeyShapes("user", {KeyShape.EMAIL: 48, KeyShape.OPAQUE: 2})}, "key-differs", 1),
    Case("another shape of keys, mapping by email", "flag-off",
         {"key_shapes": KeyShapes("user", {KeyShape.UUID: 50}),
          "subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_key": "email_only"}),)},
         "key-differs", 1, {}, {"context_key": ContextKey.EMAIL_ONLY}),
    Case("the user isn't in at all", "flag-off", {"test_user_member": {"aud_1": False}}, "not-in-audience", 1,
         {"in-audience": "no"}),
    Case("the flag uses the old segment", "flag-off",
         {**TWO_SEGMENTS, "segment_details": {"aud_1": replace(SEGMENT, flags=())}}, "flag-uses-old-segment"),
    # right in the browser, wrong on the server
    Case("no store", "browser-not-server", {"stores": ()}, "no-store", 2, {"sdk": "server"}),
    Case("no store, SDKs known", "browser-not-server", {"stores": (), "sdks_in_use": SERVER_AND_CLIENT}, "no-store"),
    Case("a stale store", "browser-not-server", {"stores": (replace(STORE, stale=True),)}, "store-stale", 2),
    Case("a wrong prefix", "browser-not-server", {}, "wrong-prefix", 2, {"sdk": "server", "store": "prefix"}),
    Case("no big segments configured", "browser-not-server", {}, "store-not-configured", 2,
         {"sdk": "server", "store": "none"}),
    Case("too old", "browser-not-server", {}, "sdk-too-old", 2, {"sdk": "old"}),
    Case("too old, SDKs known", "browser-not-server",
         {"sdks_in_use": (Sdk("python-server-sdk", "7.2.1", "server"),)}, "sdk-too-old"),
    Case("two SDKs, one of them old", "browser-not-server",
         {"sdks_in_use": (Sdk("python-server-sdk", "7.2.1", "server"), Sdk("node-server-sdk", "9.7.3", "server"))},
         "sdk-too-old", 2, {"sdk": "old"}),
    Case("the SDKs are fine, wrong prefix", "browser-not-server", {"sdks_in_use": SERVER_AND_CLIENT}, "wrong-prefix", 1,
         {"store": "prefix"}),
    Case("a server-side SDK, and LaunchDarkly saw none here", "browser-not-server",
         {"sdks_in_use": (Sdk("js-client-sdk", "3.5.0", "client"),)}, "other-environment", 5, {"sdk": "server",
                                                                                            "store": "right"}),
    Case("Rust", "browser-not-server", {}, "sdk-unsupported", 2, {"sdk": "edge"}),
    Case("Rust, SDKs known", "browser-not-server", {"sdks_in_use": (Sdk("rust-server-sdk", "2.1.0", "server"),)},
         "sdk-unsupported"),
    # failed deliveries
    Case("403, the plan", "failed-deliveries", refused("403"), "plan", 3, {"plan": "no"}),
    Case("403, the token's maker", "failed-deliveries", refused("403"), "token-maker", 3,
         {"plan": "yes", "token-maker": "no"}),
    Case("403, the allowlist", "failed-deliveries", refused("403"), "allowlist", 3,
         {"plan": "yes", "token-maker": "yes", "allowlist": "without-segment"}),
    Case("403, the allowlist is all that is left", "failed-deliveries",
         {**refused("403"), "allowlist": Allowlist(refuses_tokens=True, refuses_sessions=False, entries=2)},
         "allowlist", 3, {"plan": "yes", "token-maker": "yes"}),
    Case("403, approvals", "failed-deliveries", {**refused("403"), **approvals()}, "approvals", 3,
         {"plan": "yes", "token-maker": "yes", "allowlist": "no"}),
    Case("403, the role", "failed-deliveries", {**refused("HTTP 403"), "token": replace(TOKEN, role="reader")},
         "token-role"),
    Case("401, reset", "failed-deliveries",
         {**refused("401"), **holding("9z9z"), "destination_tokens": ()}, "token-reset"),
    Case("401, reset and this token too", "failed-deliveries", {**refused("401"), "caller": unknown_token()},
         "token-reset"),
    Case("401, expired", "failed-deliveries",
         {**refused("401"), **holding("9z9z"),
          "destination_tokens": (replace(TOKEN, last_four="9z9z", expires_at=NOW - timedelta(days=2)),)},
         "token-expired"),
    Case("the destination is off, and nobody read its deliveries", "failed-deliveries",
         {"destinations": (replace(DESTINATION, enabled=False),), "delivery": None}, "destination-off"),
    Case("it isn't attached, and nobody read its deliveries", "failed-deliveries",
         {"connections": {"aud_1": Connections((), 0)}, "delivery": None}, "not-attached"),
    Case("401, EU account", "failed-deliveries",
         {**refused("401"), "caller": unknown_token(), "other_instance": Instance.EU}, "eu-account"),
    Case("400 in words", "failed-deliveries",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=900),
          "delivery": Delivery(0, 9, 0, (("BAD_REQUEST", 9),))},
         "identifiers"),
    Case("404, the client-side ID", "failed-deliveries",
         {**refused("404"), "destinations": (replace(DESTINATION, client_side_id="0" * 24),)}, "wrong-environment"),
    Case("401, and the same token works from here", "failed-deliveries", refused("401"), "allowlist", 3),
    Case("403, a reader's own token", "failed-deliveries",
         {**refused("403"), **holding("9z9z"),
          "destination_tokens": (replace(TOKEN, last_four="9z9z", service_token=False, member_role="reader"),)},
         "token-role", 0),
    Case("403, nobody knows anything", "failed-deliveries", refused("403"), NOT_FOUND, 3),
    Case("404, allowlist all that's left", "failed-deliveries", {**refused("404"), "segments": (OLD,)}, "allowlist", 1),
    Case("400, and every member has the identifier", "failed-deliveries", refused("BAD_REQUEST"),
         "activation-events", 2, {"profile": "has"}),
    Case("a few failed, and everyone is there", "failed-deliveries",
         {"delivery": Delivery(1300, 3, 0, (("400", 3),))}, "nothing-wrong"),
    *(Case(f"{code} passes", "failed-deliveries", {"delivery": Delivery(60, 15, 0, ((code, 15),))}, "busy")
      for code in ("409", "CONFLICT")),
    Case("only a conflict", "failed-deliveries", {"delivery": Delivery(0, 15, 0, (("409", 15),))}, "busy"),
    Case("429 passes", "failed-deliveries", {"delivery": Delivery(900, 80, 0, (("429", 80),))}, "busy"),
    Case("503 passes", "failed-deliveries", {"delivery": Delivery(0, 80, 0, (("503", 80),))}, "busy"),
    Case("a timeout passes", "failed-deliveries", refused("TIMEOUT"), "busy"),
    Case("a reason that Segment never documented, a person sees the status", "failed-deliveries",
         refused("SOMETHING_NEW"), "busy", 1, {"code": "429"}),
    Case("by hand, 401, the token expired", "failed-deliveries", BY_HAND, "token-expired", 2,
         {"code": "401", "token-listed": "expired"}, HAND_MADE),
    Case("by hand, 401, the token is gone", "failed-deliveries", BY_HAND, "token-reset", 2,
         {"code": "401", "token-listed": "no"}, HAND_MADE),
    Case("by hand, 401, the token is valid", "failed-deliveries", BY_HAND, "allowlist", 3,
         {"code": "401", "token-listed": "valid", "allowlist": "without-segment"}, HAND_MADE),
    Case("by hand, 401, the token is valid and nothing blocks Segment", "failed-deliveries", BY_HAND,
         "token-damaged", 3, {"code": "401", "token-listed": "valid", "allowlist": "no"}, HAND_MADE),
    *(Case(f"401, the same token works from here, and no allowlist: {symptom}", symptom,
           {**refused("401"), "allowlist": Allowlist(refuses_tokens=False, refuses_sessions=False, entries=0)},
           "token-damaged")
      for symptom in ("failed-deliveries", "never-appeared", "worked-before")),
    Case("401, the same token works from here, and someone says that no allowlist is on", "failed-deliveries",
         refused("401"), "token-damaged", 1, {"allowlist": "no"}),
    Case("401, and the destination's other token is listed as valid", "failed-deliveries",
         {**refused("401"), **holding("9z9z"), "destination_tokens": (replace(TOKEN, last_four="9z9z"),)},
         "token-damaged", 1, {"allowlist": "with-segment"}),
    Case("by hand, 401, and no more is known", "failed-deliveries", BY_HAND, "token-reset", 3, {"code": "401"},
         HAND_MADE),
    Case("401 until the token was replaced", "failed-deliveries", {"delivery": FAILED_BEFORE}, "nothing-wrong"),
    Case("401 until the token was replaced, and no time is known", "failed-deliveries",
         {"delivery": Delivery(500, 400, 0, (("401", 400),))}, NOT_FOUND, 1),
    *(Case(f"{many} times {code} lately, and nobody may read the allowlist", "failed-deliveries",
           {"delivery": replace(FAILED_LATELY, failed=many, failure_reasons=((code, many),)), "allowlist": failure()},
           "allowlist", 3, {"allowlist": "without-segment", "plan": "yes", "token-maker": "yes"})
      for many, code in ((400, "401"), (3, "401"), (3, "403"))),
    Case("401 now and then between deliveries that are taken", "failed-deliveries",
         {"delivery": replace(FAILED_BEFORE, last_failed_at=NOW - timedelta(minutes=9))}, "allowlist", 1,
         {"allowlist": "without-segment"}),
    *(Case(f"401 until something was taken again, and no allowlist: {symptom}", symptom,
           {"delivery": replace(FAILED_BEFORE, last_failed_at=NOW - timedelta(minutes=9))}, "refusals-ended", 3,
           {"allowlist": "no", "changed": "nothing", "incident": "no"})
      for symptom in ("failed-deliveries", "worked-before")),
    Case("401 lately, and an allowlist", "failed-deliveries",
         {"delivery": Delivery(500, 400, 0, (("401", 400),)),
          "allowlist": Allowlist(refuses_tokens=True, refuses_sessions=False, entries=2)}, "allowlist", 1),
    Case("by hand, 404, another client-side ID", "failed-deliveries", BY_HAND, "wrong-environment", 2,
         {"code": "404", "held-id": "no"}, HAND_MADE),
    Case("none fails", "failed-deliveries", {}, "no-failure"),
    Case("none is counted lately", "failed-deliveries", {"delivery": Delivery(0, 0, 0)}, "nothing-wrong"),
    Case("400, a hidden field was edited", "failed-deliveries",
         {**refused("400"), "audiences": (DEFAULT_IDENTIFIERS,), "subscriptions": (replace(
             MAPPING, settings={**MAPPING.settings, "segment_audience_id": {"@path": "$.properties.id"}}),)},
         "fields-edited"),
    Case("not counted, 403 as a person saw, the plan", "failed-deliveries", {**refused("403"), "delivery": None},
         "plan", 3, {"code": "403", "plan": "no"}),
    # worked before
    Case("every member is there, and deliveries are taken", "worked-before", {}, "nothing-wrong"),
    Case("some were refused and others taken, and nobody knows anything", "worked-before",
         {"delivery": Delivery(500, 400, 0, (("401", 400),))}, NOT_FOUND, 3),
    Case("by hand, 401, the token expired", "worked-before", BY_HAND, "token-expired", 2,
         {"code": "401", "token-listed": "expired"}, HAND_MADE),
    Case("the segment isn't there any more, and the audience is quiet", "worked-before",
         {**NO_SEGMENT, **QUIET, "attached_at": LONG_AGO}, "segment-gone"),
    Case("destination off", "worked-before", {"destinations": (replace(DESTINATION, enabled=False),)},
         "destination-off"),
    Case("deleted and made again", "worked-before", with_segment(included_count=44, generation=2),
         "segment-made-again"),
    Case("the token isn't listed, and nothing was sent with it since", "worked-before",
         {**holding("9z9z"), "destination_tokens": ()}, "token-not-listed"),
    Case("the token isn't listed, and nothing was refused yet", "failed-deliveries",
         {**holding("9z9z"), "destination_tokens": ()}, "token-not-listed"),
    Case("the token isn't listed, and nobody may read deliveries", "worked-before",
         {**holding("9z9z"), "destination_tokens": (), "delivery": None}, "token-not-listed"),
    Case("nothing changed, nobody may read deliveries, and the token is known", "worked-before", {"delivery": None},
         "nothing-wrong"),
    Case("everything is invalid, and the project lacks the mapping's kind", "worked-before",
         {**refused("400"), **UNKNOWN_KIND}, "kind-unknown"),
    Case("401 until the token was replaced", "worked-before", {"delivery": FAILED_BEFORE}, "nothing-wrong"),
    Case("every member is there, and nothing is left to send", "worked-before",
         {"delivery": Delivery(0, 0, 0), "intake": Intake(0, 0, 0)}, "nothing-wrong"),
    Case("403, and nobody knows anything", "worked-before", refused("403"), NOT_FOUND, 5),
    Case("silent, and nobody knows anything", "worked-before", {**SILENT, **with_segment(included_count=900),
         "delivery": Delivery(0, 0, 0), "intake": Intake(0, 0, 0)}, NOT_FOUND, 5),
    Case("members lack the identifier", "worked-before",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=900), "delivery": Delivery(900, 400, 0, (("400", 400),))},
         "identifiers"),
    # names
    Case("made again, a flag uses the old one", "two-of-one-name", TWO_SEGMENTS, "audience-made-again"),
    *(
        Case("all is well with one of two segments: the other one was looked at", symptom, TWO_SEGMENTS,
             "audience-made-again", 0, {}, {"test_user": ""})
        for symptom in ("empty", "fewer-members", "more-members", "never-removed", "user-missing")
    ),
    Case("nobody is missing, but they are contexts of another kind", "user-missing",
         with_segment(context_kind="account"), "other-kind", 0, {}, {"test_user": ""}),
    Case("made by hand", "two-of-one-name",
         {"namesakes": (LaunchDarklySegment("vip", "Vip customers"),)}, "made-by-hand"),
    Case("only one", "two-of-one-name", {}, "only-one"),
    Case("another audience's segment is newer", "two-of-one-name",
         {"segments": (SEGMENT, replace(OLD, created_at=NOW)), "flag_uses": {OLD.key: ()}}, "same-key"),
    Case("renamed in LaunchDarkly", "odd-name", with_segment(name="VIPs (do not touch)"), "name-edited"),
    Case("healthy", "odd-name", {}, "name-from-key"),
    # never removed
    Case("audience deleted", "never-removed", {"audiences": ()}, "audience-deleted"),
    Case("detached", "never-removed", {"connections": {"aud_1": Connections((), 0)}}, "audience-detached"),
    Case("removals are delayed", "never-removed",
         {**with_segment(included_count=1500), "delivery": Delivery(100, 900, 0, (("503", 900),))}, "busy"),
    Case("by hand, the audience lists no destination", "never-removed", {**BY_HAND, "segments": (SEGMENT,)},
         "audience-detached", 1, {"sends": "absent"}, HAND_MADE),
    Case("paused", "never-removed",
         {"connections": {"aud_1": Connections((Connection("con_1", "dst_1", enabled=False),), 1)}},
         "connection-paused"),
    Case("trigger edited", "never-removed",
         {**with_segment(included_count=1400),
          "subscriptions": (replace(MAPPING, trigger='type = "identify"'),)}, "trigger-drops-exits"),
    Case("all well", "never-removed", {}, "removals-work"),
    Case("removals lost", "never-removed", with_segment(included_count=1400), "stale-members"),
    Case("the destination is off", "never-removed",
         {**with_segment(included_count=1400), "destinations": (replace(DESTINATION, enabled=False),)},
         "destination-off"),
    # another audience than the chosen one is gone
    *(Case("the segment's audience was deleted", symptom, AUDIENCE_GONE, "segment-without-audience", 0, {},
           {"audiences": ("aud_2",)}) for symptom in ("worked-before", "more-members", "never-removed")),
    Case("another tool's segment has no audience in Segment", "worked-before",
         {**AUDIENCE_GONE, "segments": (replace(SEGMENT, key="amplitude-1", external="amplitude"),)}, "not-attached",
         0, {}, {"audiences": ("aud_2",)}),
    Case("an audience of another space may feed it", "worked-before",
         {**AUDIENCE_GONE, "sources": (ENGAGE_SOURCE, replace(ENGAGE_SOURCE, id="src_2", slug="w", metadata_slug="js")),
          "destinations": (DESTINATION, replace(DESTINATION, id="dst_2", source_id="src_2"))},
         "not-attached", 0, {}, {"audiences": ("aud_2",)}),
    # the wizard can't look
    Case("LaunchDarkly is down, and nothing in Segment is blamed", "never-appeared",
         {**LAUNCHDARKLY_DOWN, "destinations": ()}, "launchdarkly-unreachable"),
    Case("Segment is down", "never-appeared",
         {**NO_SEGMENT, **SEGMENT_DOWN}, "segment-unreachable"),
    Case("the flag is LaunchDarkly's own", "flag-off",
         {**SEGMENT_DOWN, **serves("false", "OFF")}, "flag-is-off", 0, {},
         {"test_user": "user-1"}),
    Case("Segment's token can't read the setup", "never-appeared",
         {**NO_SEGMENT, **{slot: failure(FailureKind.FORBIDDEN, Service.SEGMENT)
                           for slot in ("destinations", "audiences", "subscriptions", "delivery")}}, "segment-closed"),
    Case("the workspace has no Engage", "never-appeared", {**NO_SEGMENT, "spaces": ()}, "no-engage"),
    Case("an SDK key was pasted", "never-appeared",
         {**NO_SEGMENT, "launchdarkly_token_shape": Shape.SDK_KEY, "caller": None}, "launchdarkly-token-kind"),
    Case("the wizard's token expired before there was a destination", "failed-deliveries",
         {**NO_SEGMENT, "destinations": (), "delivery": None, "caller": failure(FailureKind.UNAUTHORIZED)},
         "launchdarkly-token-refused"),
    Case("deliveries are closed, a person saw that none failed", "failed-deliveries", {"delivery": None},
         "nothing-wrong", 1, {"code": "none"}),
    Case("overdue, deliveries are closed, and a person saw that none failed", "never-appeared",
         {**NO_SEGMENT, **BY_APP, "delivery": None, "intake": None}, "sends-nothing", 5,
         {"code": "none", "sends": "on"}),
    *(Case("every member is there, and the newest deliveries are refused", symptom,
           {"delivery": FAILED_LATELY, "allowlist": failure()}, "allowlist", 1, {"allowlist": "without-segment"})
      for symptom in ("empty", "fewer-members", "more-members", "never-removed")),
    Case("none failed, because nothing is sent", "failed-deliveries", SILENT, "switches-off", 2, {"sends": "off"}),
    *(Case("it's empty for everyone", symptom,
           {**with_segment(included_count=0), **approvals(), "test_user_member": {}}, "approvals", 0, {},
           {"test_user": ""}) for symptom in ("flag-off", "browser-not-server")),
    Case("it isn't there at all", "never-removed", {**NO_SEGMENT, "destinations": ()}, "destination-missing"),
    Case("silent, and nobody sees how many members it has", "worked-before",
         {**QUIET, **with_segment(included_count=None)}, NOT_FOUND, 3, {"sends": "on"}),
    Case("silent, and nobody may read the segments", "never-appeared", {**QUIET, **UNREADABLE}, NOT_FOUND, 3,
         {"sends": "on"}),
    Case("no delivery is counted, failed or not", "failed-deliveries",
         {**QUIET, **with_segment(included_count=None)}, "no-failure"),
    *(Case("every member is there, and the destination is off", symptom,
           {**QUIET, "destinations": (replace(DESTINATION, enabled=False),)}, "destination-off")
      for symptom in ("empty", "fewer-members", "more-members", "failed-deliveries", "never-removed")),
    Case("one of its name came since attaching, with another ID in its key", "never-appeared",
         {**with_segment(key="segment-audiences-aud_9"), **BY_APP, "segment_details": {}}, "maybe-there", 1,
         {"candidate": "yes"}),
    Case("401, the token works from here, and nobody knows anything", "failed-deliveries",
         {**refused("401"), "token": replace(TOKEN, expires_at=None), "allowlist": failure()}, "allowlist", 1),
    Case("no store stands, and the flag is off", "flag-off", {"stores": (), "sdks_in_use": SERVER_AND_CLIENT},
         "flag-is-off", 1, {"flag-rule": "off"}),
    Case("no store stands, and the flag is right", "flag-off", {"stores": (), "sdks_in_use": SERVER_AND_CLIENT},
         "no-store", 1, {"flag-rule": "right"}),
    Case("no store stands, and LaunchDarkly serves what is missed", "flag-off",
         {**serves("true", "RULE_MATCH"), "stores": (), "sdks_in_use": SERVER_AND_CLIENT}, "no-store"),
    Case("nothing is delivered, and too many are in", "failed-deliveries",
         {**QUIET, **with_segment(included_count=2234)}, "stale-members", 1),
    Case("deliveries are closed, a person saw that none failed, and it isn't there", "failed-deliveries",
         {**NO_SEGMENT, **BY_APP, "delivery": None, "intake": None}, "switches-off", 2,
         {"code": "none", "sends": "off"}),
    Case("it's empty, so nobody is left over", "never-removed",
         {**with_segment(included_count=0), **approvals(), "delivery": None}, "approvals"),
    *(Case("every member is there, and the audience was detached", symptom,
           {"connections": {"aud_1": Connections((), 0)}}, "not-attached", 0, {}, {"test_user": ""})
      for symptom in ("empty", "fewer-members", "more-members", "user-missing")),
    Case("deleted and made again, so nobody is left over", "never-removed",
         with_segment(included_count=44, generation=2), "segment-made-again"),
    # one user
    Case("is in", "user-missing", {}, "is-a-member"),
    Case("the mapping has another key than was chosen", "user-missing",
         {**with_segment(included_count=900), **BY_EMAIL, "test_user_member": {"aud_1": False}}, "mapping-differs"),
    Case("nobody is named, and nobody is missing", "user-missing", {}, "everybody-is-there", 0, {}, {"test_user": ""}),
    Case("nobody is named, and the app sends other keys", "user-missing",
         {"key_shapes": KeyShapes("user", {KeyShape.EMAIL: 40})}, "key-differs", 0, {}, {"test_user": ""}),
    Case("the audience is gone", "worked-before", {"audiences": ()}, "audience-deleted"),
    Case("isn't in the audience", "user-missing", {"test_user_member": {"aud_1": False}}, "not-in-audience", 1,
         {"in-audience": "no"}),
    Case("no identifier", "user-missing",
         {**with_segment(DEFAULT_IDENTIFIERS, included_count=1111), "test_user_member": {"aud_1": False}},
         "identifiers", 2, {"in-audience": "yes", "profile": "lacks"}),
)  # fmt: skip


def begun(case: Case) -> Search:
    facts, answers = healthy_facts(**case.world), healthy_answers(**case.answers)
    findings = run_checks(CHECKS, facts, answers)
    about = symptom_named(case.symptom)
    assert about is not None
    return search(about, facts, answers, findings, make_plan(facts, answers, findings))


def ended(case: Case) -> tuple[Diagnosis, list[str]]:
    """The end, and the questions that led to it."""
    now, asked = begun(case), list[str]()
    while isinstance(question := now.next, Question):
        asked.append(question.id)
        now = now.answered(case.given.get(question.id, DO_NOT_KNOW))
    assert isinstance(now.next, Diagnosis)
    return now.next, asked


def test_nothing_is_called_right_while_a_failed_check_keeps_the_next_change_out() -> None:
    right = Case("", "worked-before", {}, "nothing-wrong", 3, {"changed": "nothing", "incident": "no"})
    archived = {"context_kinds": (ContextKind("user", "User", archived=True),)}
    assert ended(right)[0].id == "nothing-wrong"
    assert ended(replace(right, world=archived))[0].id != "nothing-wrong"


def test_what_the_rules_of_the_chosen_flag_tell_is_not_asked() -> None:
    _, asked = ended(RIGHT_FLAG)
    assert "flag-rule" not in asked
    _, asked = ended(replace(RIGHT_FLAG, world=says(targets=1)))
    assert "flag-rule" in asked


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.symptom}: {case.says}")
def test_a_symptom_in_a_world_ends_at_its_cause(case: Case) -> None:
    end, asked = ended(case)
    assert (end.id, len(asked) <= case.asks) == (case.end, True), (end.id, end.says, asked, end.left)
    assert end.is_found is (case.end != NOT_FOUND)
    assert end.says
    assert end.fix
    assert "{" not in f"{end.says}{end.fix}{end.then}"
    assert case.end not in [one.cause for one in end.excluded]
    assert end.is_likely or not end.says.startswith("Most likely")


@pytest.mark.parametrize(
    ("reason", "given", "likely"),
    [
        ("401", {"allowlist": "no"}, "token-damaged"),
        ("403", {"plan": "yes", "token-maker": "no", "allowlist": "no"}, "token-maker"),
        ("403", {"plan": "no", "token-maker": "yes", "allowlist": "no"}, "plan"),
    ],
)
def test_an_answer_that_what_was_delivered_contradicts_proves_no_cause(reason: str, given: Given, likely: str) -> None:
    taken_before = Delivery(
        36, 8, 0, ((reason, 8),), last_at=NOW - timedelta(hours=2), last_failed_at=NOW - timedelta(minutes=6)
    )
    for delivery, is_likely in ((Delivery(0, 8, 0, ((reason, 8),)), False), (taken_before, True)):
        segments = () if likely == "plan" else (SEGMENT,)
        end = _end(healthy_facts(delivery=delivery, segments=segments), given)
        assert (end.id, end.is_likely) == (likely, is_likely)


_TAKEN_SINCE = replace(FAILED_BEFORE, last_failed_at=NOW - timedelta(minutes=9))
_BUSY = Delivery(1300, 60, 0, (("503", 60),), last_at=NOW, last_failed_at=NOW - timedelta(minutes=30))


def _refused_all(reason: str) -> Delivery:
    return Delivery(0, 8, 0, ((reason, 8),))


@pytest.mark.parametrize(
    ("cause", "given", "delivery", "verdict"),
    [
        (changes.TOKEN_REPLACED, {"changed": "token"}, _refused_all("401"), Verdict.CONFIRMS),
        (changes.TOKEN_REPLACED, {"changed": "token"}, None, Verdict.CONFIRMS),
        (changes.TOKEN_REPLACED, {"changed": "token"}, _refused_all("403"), Verdict.EXCLUDES),
        (changes.TOKEN_REPLACED, {"changed": "token"}, _TAKEN_SINCE, Verdict.SUGGESTS),
        (changes.PERSON_LEFT, {"changed": "person"}, _refused_all("403"), Verdict.CONFIRMS),
        (changes.PERSON_LEFT, {"changed": "person"}, _refused_all("400"), Verdict.EXCLUDES),
        (changes.PERSON_LEFT, {"changed": "person"}, _TAKEN_SINCE, Verdict.SUGGESTS),
        (changes.EDITED, {"changed": "edited"}, _refused_all("401"), Verdict.CONFIRMS),
        (changes.EDITED, {"changed": "edited"}, _refused_all("503"), Verdict.EXCLUDES),
        (changes.EDITED, {"changed": "edited"}, Delivery(1300, 0, 0), Verdict.EXCLUDES),
        (too_few.LOST_IN_INCIDENT, {"incident": "yes"}, _BUSY, Verdict.CONFIRMS),
        (too_few.LOST_IN_INCIDENT, {"incident": "yes"}, None, Verdict.CONFIRMS),
        (too_few.LOST_IN_INCIDENT, {"incident": "yes"}, Delivery(1300, 0, 0), Verdict.SUGGESTS),
    ],
)
def test_an_answer_counts_for_as_much_as_the_deliveries_allow(
    cause: Cause, given: Given, delivery: Delivery | None, verdict: Verdict
) -> None:
    facts, answers = healthy_facts(delivery=delivery, **holding("9z9z")), healthy_answers()
    evidence = gather_evidence(facts, answers, run_checks(CHECKS, facts, answers)).answered(given)

    assert weigh(cause, evidence).verdict is verdict


def _end(facts: Facts, given: Given) -> Diagnosis:
    answers = healthy_answers()
    findings = run_checks(CHECKS, facts, answers)
    symptom = symptom_named("failed-deliveries")
    assert symptom is not None
    end = search(symptom, facts, answers, findings).with_answers(given).next
    assert isinstance(end, Diagnosis)
    return end


def test_every_symptom_has_a_case() -> None:
    assert {case.symptom for case in CASES} == {one.id for one in SYMPTOMS}


# --- how it reasons -----------------------------------------------------------------------------------------------


def case(symptom: str, world: World | None = None) -> Case:
    return Case("", symptom, world or {}, "")


def test_the_contradiction_is_said_first() -> None:
    end, _ = ended(case("never-appeared"))
    assert end.said_first == ("The segment is there: Vip customers, 1,234 of 1,234 members.",)
    end, _ = ended(case("empty", with_segment(included_count=44, generation=2)))
    assert end.said_first[0].startswith("The segment isn't empty: Vip customers has 44 of 1,234 members.")


def test_what_agrees_says_what_was_compared_and_when() -> None:
    end, _ = ended(case("fewer-members"))
    (proof,) = end.proofs
    assert proof.says == (
        "At 12:00 UTC, LaunchDarkly counted 1,234 in Vip customers, and Segment counted 1,234 members."
    )


def test_the_forecast_gives_the_number() -> None:
    landing = {"aud_1": Landing(NOW, 1234, {"user_id_only": 1102})}
    end, _ = ended(
        case("fewer-members", {**with_segment(DEFAULT_IDENTIFIERS, included_count=1102), "landing": landing})
    )
    assert end.proofs[0].says == "132 members have no value for the context key, which explains the whole difference."


@pytest.mark.parametrize(
    ("symptom", "world", "answers", "says"),
    [
        ("never-appeared", UNREADABLE, {}, "we couldn't read LaunchDarkly's segments."),
        ("never-appeared", BY_HAND, HAND_MADE, "without a Segment token, we can't see what Segment sends."),
        ("user-missing", with_segment(included_count=1230), {"test_user": ""},
         "no test user is set, so we couldn't look anyone up."),
        ("flag-off", {"test_user_member": {"aud_1": failure()}}, {}, "we couldn't look up u_42 in LaunchDarkly."),
        ("more-members", with_segment(replace(VIP, size=None)), {}, "Segment doesn't say how many members the audience "
                                                                    "has."),
    ],
)  # fmt: skip
def test_nothing_is_called_right_that_could_not_be_seen(
    symptom: str, world: World, answers: Mapping[str, Any], says: str
) -> None:
    end, _ = ended(Case("", symptom, world, "", answers=answers))
    assert end.says == f"We don't know the cause: {says}"


def test_nothing_is_called_right_where_the_symptom_is_seen() -> None:
    for symptom, world in (
        ("never-appeared", {**NO_SEGMENT, "attached_at": LONG_AGO, "delivery": None}),
        ("fewer-members", with_segment(DEFAULT_IDENTIFIERS, included_count=1102)),
        ("more-members", with_segment(included_count=1270)),
    ):
        end, _ = ended(case(symptom, world))
        assert end.says == "We don't know the cause."


def test_what_the_flag_serves_is_said_before_the_app_is_asked_about() -> None:
    end, asked = ended(case("flag-off", serves("true", "RULE_MATCH", rule=2)))
    assert end.said_first == (
        "The flag new-checkout serves true to u_42 (rule 2). If your app gets another value, the difference is in the "
        "app.",
    )
    assert "flag-rule" not in asked


def test_a_field_that_is_as_it_should_be_is_never_to_be_restored() -> None:
    removals = Case("", "empty", EMPTY, "", given={"event": "false"})
    assert "--resync vip_customers" in ended(removals)[0].fix
    edited = {**MAPPING.settings, "traits_or_props": {"@path": "$.context"}}
    world = {**removals.world, "subscriptions": (replace(MAPPING, settings=edited),)}
    assert "Review" in ended(replace(removals, world=world))[0].fix


def test_members_who_are_missing_are_no_count_of_those_without_the_identifier() -> None:
    world = with_segment(DEFAULT_IDENTIFIERS, included_count=1111)
    end, _ = ended(Case("", "fewer-members", world, "", given={"profile": "lacks"}))
    assert end.says.endswith("123 of 1,234 members are missing.")


def test_counting_is_asked_for_with_what_it_costs_and_once() -> None:
    counted = replace(DEFAULT_IDENTIFIERS, definition="event('Purchased').count() >= 3")
    world = with_segment(counted, included_count=1111)
    asked = begun(case("fewer-members", world)).next
    assert isinstance(asked, Question)
    assert asked.id == "count"
    assert "It allows 5 a minute and 700 a month" in asked.why
    landing = {"aud_1": Landing(NOW, 1234, {"user_id_only": 1111})}
    end, questions = ended(case("fewer-members", {**world, "landing": landing}))
    assert (end.id, questions) == ("identifiers", [])
    assert end.says.endswith("They are 123 of 1,234 members.")


def test_a_question_that_splits_nothing_is_not_asked() -> None:
    """What is excluded, or decided by what was read, leaves nothing to answer."""
    search_now = begun(case("failed-deliveries", {**refused("403"), "segments": (OLD,)}))  # so the plan includes them
    asked = []
    while isinstance(question := search_now.next, Question):
        asked.append(question.id)
        search_now = search_now.answered(DO_NOT_KNOW)
    assert "plan" not in asked
    assert "plan" in [one.cause for one in search_now.excluded]


def test_a_workspace_with_a_destination_is_never_said_to_have_none() -> None:
    excluded = [one.cause for one in begun(case("never-appeared", {"segments": ()})).excluded]
    assert {"no-destination", "destination-missing"} <= set(excluded)


def test_no_more_than_five_questions_are_asked_whatever_the_symptom() -> None:
    for one in SYMPTOMS:
        for world in ({}, SILENT, {**NO_SEGMENT, "delivery": None, "intake": None}):
            _, asked = ended(case(one.id, world))
            assert len(asked) == len(set(asked)) <= 5, (one.id, asked)


def test_a_standing_warning_is_never_concluded_from() -> None:
    """The audience admits other identifiers, as every audience with Segment's defaults does."""
    for one in SYMPTOMS:
        for world in ({"audiences": (DEFAULT_IDENTIFIERS,)}, {**SILENT, "audiences": (DEFAULT_IDENTIFIERS,)}):
            end, _ = ended(case(one.id, world))
            assert end.id != "identifiers", one.id


def test_a_failure_that_fits_another_symptom_does_not_end_the_search() -> None:
    end, _ = ended(case("odd-name", {"stores": (), "destinations": (replace(DESTINATION, enabled=False),)}))
    assert end.id == "name-from-key"


def test_a_failure_beside_the_cause_is_named() -> None:
    off = {"destinations": (replace(DESTINATION, enabled=False),), "subscriptions": (replace(MAPPING, enabled=False),)}
    found = begun(case("worked-before", off))
    assert isinstance(found.next, Diagnosis)
    assert [one.id for one in found.others if one is not found.next.finding]


@pytest.mark.parametrize(
    ("world", "repair"),
    [
        ({"subscriptions": (replace(MAPPING, enabled=False),)}, ("mapping",)),
        ({"destinations": (replace(DESTINATION, enabled=False),)}, ("destination",)),
        ({"connections": {"aud_1": Connections((), 0)}}, ("audience:vip_customers",)),
        (with_segment(included_count=44, generation=2), ("audience:vip_customers",)),  # all members are sent again
    ],
)
def test_what_the_plan_fixes_is_offered(world: World, repair: tuple[str, ...]) -> None:
    end, _ = ended(case("worked-before", world))
    assert end.repair == repair


def test_a_change_in_the_audit_log_rules_out_what_keeps_the_token_from_writing() -> None:
    unseen = {**NO_SEGMENT, **BY_APP, "delivery": failure(), "intake": failure()}
    made = replace(CHANGED, action="createSegment")
    for writes in (None, (), (made,)):  # making a segment needs another right than changing it
        open_ones = begun(case("never-appeared", {**unseen, "segment_writes": writes}))
        assert not {"token-maker", "allowlist"} & {one.cause for one in open_ones.excluded}
    found = begun(case("never-appeared", {**unseen, "segment_writes": (CHANGED,)}))
    said = {one.cause: one.because for one in found.excluded}
    assert said["token-maker"] == "The destination's token changed segment-audiences-aud_1 at 11:00 UTC."
    assert said["allowlist"] == said["token-maker"]


def test_a_segment_that_a_flag_uses_is_never_to_be_deleted_first() -> None:
    end, _ = ended(case("two-of-one-name", TWO_SEGMENTS))
    assert end.fix == (
        "In LaunchDarkly, go to Code → Flags and point new-checkout at the new Vip customers first. In "
        "Segment, open the old audience, if it still exists, and choose Remove destination from audience. Delete "
        "segment-audiences-aud_0 last."
    )
    assert "/flags?" in end.links[0], "the page that the fix names first"
    stale, _ = ended(case("more-members", with_segment(included_count=2234)))
    assert stale.fix == (
        "In Segment, recreate the audience with a key that was never used, and attach it. In LaunchDarkly, go to "
        "Code → Flags and point new-checkout at its new segment, and delete Vip customers last."
    )
    gone, _ = ended(case("never-removed", {"connections": {"aud_1": Connections((), 0)}}))
    assert "point new-checkout at another segment, and only then delete Vip customers" in gone.fix


def test_a_kind_that_nobody_looked_up_is_not_excluded() -> None:
    unread = begun(case("never-appeared", {**NO_SEGMENT, "context_kinds": None}))
    read = begun(case("never-appeared", NO_SEGMENT))
    assert "kind-unknown" not in {one.cause for one in unread.excluded}
    assert "kind-unknown" in {one.cause for one in read.excluded}


def test_historical_data_that_is_off_explains_the_silence_alone() -> None:
    off = begun(case("never-appeared", {**SILENT, "audiences": (replace(VIP, history=False),)}))
    on = begun(case("never-appeared", SILENT))
    assert "sends-nothing" in {one.cause for one in off.excluded}
    assert "sends-nothing" not in {one.cause for one in on.excluded}


def test_a_source_that_is_counted_later_is_not_said_to_have_received_nothing() -> None:
    late, _ = ended(case("failed-deliveries", {"intake": Intake(0, 0, 0)}))
    counted, _ = ended(case("failed-deliveries"))
    assert late.proofs[0].says.endswith("accepted 1,300 events and refused none.")
    assert counted.proofs[0].says.endswith("The source received 1,320 events.")


def test_an_expired_token_is_told_once_and_replaced_as_its_check_says() -> None:
    expired = (replace(TOKEN, last_four="9z9z", expires_at=NOW - timedelta(days=2)),)
    now = begun(case("failed-deliveries", {**refused("401"), **holding("9z9z"), "destination_tokens": expired}))
    assert isinstance(now.next, Diagnosis)
    assert "put the token that ends in 1a2b into LaunchDarkly Service Token" in now.next.fix
    assert ("destination" in now.next.repair, now.others) == (True, ())


def test_events_that_do_not_fit_are_explained_by_what_was_read() -> None:
    unfit = refused("PAYLOAD_VALIDATION_FAILED")
    activated, _ = ended(case("failed-deliveries", unfit))
    attached_in_the_app, _ = ended(case("failed-deliveries", {**unfit, **BY_APP}))
    assert "the activation's events lack a field" in activated.says
    assert "a computed trait is attached" in attached_in_the_app.says


def test_an_audience_that_sent_members_before_was_not_computed_since() -> None:
    switched_on: Given = {"sends": "on"}
    never, _ = ended(replace(case("never-appeared", SILENT), given=switched_on))
    fewer, _ = ended(
        replace(
            case("worked-before", {**QUIET, **with_segment(included_count=900, created_at=LONG_AGO)}), given=switched_on
        )
    )
    assert never.says.endswith("Most likely Segment hasn't computed it since you attached the destination.")
    assert fewer.says.endswith("Most likely Segment hasn't computed it since its last members arrived.")


@pytest.mark.parametrize(
    ("created_at", "why"),
    [
        (NOW - timedelta(hours=1), "They're from an earlier audience with the same key"),
        (None, "LaunchDarkly got no removal for them"),
    ],
)
def test_members_who_stay_have_one_reason(created_at: datetime | None, why: str) -> None:
    world = {**with_segment(included_count=2234), "audiences": (replace(VIP, created_at=created_at),)}
    end, _ = ended(case("more-members", world))
    assert end.id == "stale-members"
    assert why in end.says
    assert " or " not in end.says


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        ({"client_side_id": "", "token_last_four": "1a2b"}, "The destination has no client-side ID."),
        ({"token_last_four": ""}, "Most likely the destination has no token: its client-side ID is set."),
        ({}, "The destination's token or client-side ID is missing."),
    ],
)
def test_the_setting_that_is_missing_is_named_where_segment_shows_it(shown: dict[str, Any], missing: str) -> None:
    world = {**refused("INVALID_SETTINGS"), "destinations": (replace(DESTINATION, **shown),)}
    facts, answers = healthy_facts(**world), healthy_answers()
    assert words(gather_evidence(facts, answers, (), VIP))["missing_setting"] == missing


def test_a_segment_that_no_flag_uses_may_be_deleted_at_once() -> None:
    unused = {"segment_details": {"aud_1": replace(SEGMENT, flags=())}}
    gone, _ = ended(case("never-removed", {"connections": {"aud_1": Connections((), 0)}, **unused}))
    assert "go to Code → Segments and delete Vip customers, which no flag uses" in gone.fix


def test_nothing_is_to_be_deleted_where_nobody_can_tell_the_two_apart() -> None:
    twins = (replace(SEGMENT, key="one"), replace(SEGMENT, key="two"))
    end, _ = ended(case("two-of-one-name", {"segments": twins, "segment_details": {}}))
    assert end.fix.endswith("Don't delete any of them until you're certain.")


def test_a_new_token_is_followed_into_the_destination() -> None:
    reader = {**refused("403"), "token": replace(TOKEN, role="reader")}
    end, _ = ended(case("failed-deliveries", reader))
    assert end.fix.endswith(
        "put it into LaunchDarkly Service Token on the Settings tab of LaunchDarkly - shop / production."
    )
    assert [copy.label for copy in end.copies] == ["Policy"]


LOOKED_AT_BY_SUPPORT: World = {  # a different token that LaunchDarkly knows, in a destination that works
    **holding("9z9z"), "destination_tokens": (replace(TOKEN, last_four="9z9z"),)
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "answers"),
    [
        ({}, {}),
        ({}, {"test_user": ""}),
        ({"destination_tokens": ()}, {}),
        (serves("true", "RULE_MATCH", rule=2), {}),
        ({"sdks_in_use": SERVER_AND_CLIENT}, {}),
        ({"sdks_in_use": failure(), "key_shapes": failure(), "allowlist": failure()}, {"test_user": ""}),
    ],
)
def test_a_healthy_setup_is_called_that_without_a_question_to_support(more: World, answers: Mapping[str, Any]) -> None:
    """Whatever the symptom: support can't answer what only the app's developers know."""
    of_a_stop = {"worked-before", "failed-deliveries"} if more == {"destination_tokens": ()} else set()
    for symptom in (one for one in SYMPTOMS if one.id not in of_a_stop):
        end, asked = ended(Case("", symptom.id, {**LOOKED_AT_BY_SUPPORT, **more}, "", answers=answers))
        assert (end.is_found, end.is_trouble, end.is_likely, asked) == (True, False, False, []), (symptom.id, end.says)
        assert len(end.proofs) >= 1, symptom.id


@pytest.mark.parametrize(
    ("symptom", "world", "end"),
    [
        ("browser-not-server", {"stores": ()}, None),
        ("browser-not-server", {"stores": failure()}, None),
        ("browser-not-server", {"stores": (replace(STORE, stale=True),)}, "store-stale"),
        ("browser-not-server", with_segment(included_count=900), None),
        ("flag-off", serves("false", "OFF"), "flag-is-off"),
        ("flag-off", {"segment_details": {}}, None),
        ("flag-off", {"segment_details": {"aud_1": replace(SEGMENT, flags=())}}, "no-flag-uses-it"),
    ],
)
def test_nothing_is_called_healthy_to_support_that_is_not(symptom: str, world: World, end: str | None) -> None:
    now = begun(case(symptom, {**LOOKED_AT_BY_SUPPORT, **world})).next
    assert (now.id if isinstance(now, Diagnosis) else None) == end


def test_support_may_still_pass_what_the_developers_answer() -> None:
    start = begun(case("browser-not-server", LOOKED_AT_BY_SUPPORT))
    end = start.with_answers({"sdk": "server", "store": "prefix"}).next
    assert isinstance(end, Diagnosis)
    assert end.id == "wrong-prefix"


def test_an_answer_can_be_taken_back() -> None:
    start = begun(case("browser-not-server"))
    assert isinstance(start.next, Question)
    then = start.answered("edge")
    assert isinstance(then.next, Diagnosis)
    assert then.back().next == start.next
    assert start.back().next == start.next
    assert then.answered("edge") is then


def test_of_several_audiences_the_one_that_shows_the_symptom_is_meant() -> None:
    other = replace(VIP, id="aud_2", key="trial_users", name="Trial users")
    world: World = {"audiences": (VIP, other), "connections": {}, "delivery": None}
    facts, answers = healthy_facts(**world), healthy_answers(audiences=("aud_1", "aud_2"))
    never = symptom_named("never-appeared")
    assert never is not None
    found = search(never, facts, answers, run_checks(CHECKS, facts, answers))
    assert found.evidence.audience == other
    assert not found.said_first


def test_of_several_audiences_the_one_with_a_cause_is_meant() -> None:
    other = replace(VIP, id="aud_2", key="trial_users", name="Trial users")
    theirs = replace(SEGMENT, key="segment-audiences-aud_2", name="Trial users")
    facts = healthy_facts(
        audiences=(VIP, other),
        segments=(SEGMENT, theirs),
        connections={
            "aud_1": Connections((Connection("con_1", "dst_1", enabled=True),), 1),
            "aud_2": Connections((), 0),
        },
    )
    answers, worked = healthy_answers(audiences=("aud_1", "aud_2")), symptom_named("worked-before")
    assert worked is not None
    end = search(worked, facts, answers, run_checks(CHECKS, facts, answers)).next
    assert isinstance(end, Diagnosis)
    assert (end.id, "Trial users" in end.proofs[0].says) == ("not-attached", True)


def test_only_what_was_refused_as_invalid_is_counted_as_that() -> None:
    mixed = Delivery(700, 800, 0, (("TOO_MANY_REQUESTS", 500), ("BAD_REQUEST", 300)))
    end, _ = ended(case("fewer-members", {**with_segment(DEFAULT_IDENTIFIERS, included_count=700), "delivery": mixed}))
    assert "refused 300 events as invalid (400)" in end.proofs[0].says


def test_where_nothing_is_known_every_text_still_reads_well() -> None:
    facts = Facts(now=NOW)
    for one in SYMPTOMS:
        now = search(one, facts, Answers(), run_checks(CHECKS, facts, Answers()))
        while isinstance(question := now.next, Question):
            assert "{" not in "".join((question.text, question.why, *(each.label for each in question.choices)))
            now = now.answered(DO_NOT_KNOW)
        assert isinstance(now.next, Diagnosis)
        assert not now.next.is_found


def test_names_with_braces_are_only_text() -> None:
    odd = "{0} {x} {segment!r}"
    world = {**SILENT, "destinations": (replace(DESTINATION, name=odd),)}
    question = begun(case("never-appeared", world)).next
    assert isinstance(question, Question)
    assert odd in question.text


def shown(check: str, status: Status, world: World, **evidence: Any) -> str | None:
    found = symptom_of(Finding(check, "", status, "", evidence=evidence), healthy_facts(**world), healthy_answers())
    return found.id if found else None


@pytest.mark.parametrize(
    ("check", "evidence", "symptom"),
    [
        ("sync.members", {"members": 0}, "empty"),
        ("sync.members", {"members": 44}, "fewer-members"),
        ("sync.members", {"members": 44, "audience_size": 1234}, "fewer-members"),
        ("sync.members", {"members": 2234, "audience_size": 1234}, "more-members"),
        ("sync.delivery", {}, "failed-deliveries"),
        ("sync.duplicate", {}, "two-of-one-name"),
        ("destination.token", {}, "failed-deliveries"),
        ("destination.enabled", {}, "never-appeared"),
        ("audience.history", {}, "fewer-members"),
        ("launchdarkly.store", {}, "browser-not-server"),
        ("launchdarkly.context_kind", {}, "flag-off"),
        ("launchdarkly.context_kind", {"is_unknown": True}, "failed-deliveries"),
        ("machine.clock", {}, None),
    ],
)
def test_a_finding_starts_with_the_symptom_that_it_shows(
    check: str, evidence: dict[str, Any], symptom: str | None
) -> None:
    assert shown(check, Status.FAIL, NO_SEGMENT, **evidence) == symptom
    assert shown(check, Status.PASS, NO_SEGMENT, **evidence) is None


def test_where_no_member_can_sync_the_segment_never_appears_and_where_some_can_it_has_fewer() -> None:
    found = [shown("audience.identifiers", status, NO_SEGMENT) for status in (Status.FAIL, Status.WARN)]
    assert found == ["never-appeared", "fewer-members"]


@pytest.mark.parametrize(
    ("world", "symptom"),
    [
        ({}, None),
        (with_segment(included_count=0), "empty"),
        (with_segment(included_count=44), "fewer-members"),
        (with_segment(included_count=2234), "more-members"),
        (NO_SEGMENT, "never-appeared"),
        (UNREADABLE, "never-appeared"),
        ({"known_segments": {SEGMENT.key: None}, "attached_at": NOW, "delivery": Delivery(0, 0, 0)}, "never-appeared"),
    ],
)
@pytest.mark.parametrize("check", ["sync.delivery", "sync.source", "destination.enabled"])
def test_a_segment_that_is_there_never_leads_to_one_that_did_not_appear(
    check: str, world: World, symptom: str | None
) -> None:
    assert shown(check, Status.UNKNOWN, world) == symptom


def test_a_finding_of_one_audience_asks_about_that_audiences_segment() -> None:
    both = {"audiences": (VIP, NEW)}
    answers = healthy_answers(audiences=(VIP.id, NEW.id))
    found = [
        symptom_of(Finding("audience.attached", "", Status.FAIL, "", evidence=about), healthy_facts(**both), answers)
        for about in ({"audience": VIP.key}, {"audience": NEW.key}, {})
    ]
    assert [one.id if one else None for one in found] == [None, "never-appeared", "never-appeared"]


# --- the data -----------------------------------------------------------------------------------------------------


def test_ids_are_unique_and_every_symptom_that_is_led_to_exists() -> None:
    assert sorted(one.id for one in SYMPTOMS) == sorted(SymptomId)
    ids = [check.id for check in CHECKS]
    for one in SYMPTOMS:
        assert all(any(check.startswith(name) for check in ids) for name in one.starts_with), one.id
        assert len({cause.id for cause in one.causes}) == len(one.causes), one.id
        assert all(symptom_named(led) for led in one.leads_to)
    by_id: dict[str, object] = {}
    for one in SYMPTOMS:
        for cause in one.causes:
            assert by_id.setdefault(cause.id, cause) is cause, cause.id
    for question in QUESTIONS:
        assert DO_NOT_KNOW not in [choice.id for choice in question.choices]


def test_texts_are_sentences_and_hold_known_names_only() -> None:
    names = set(words(Evidence(Facts(now=NOW), Answers(), ())))
    texts = [text for cause in CAUSES for text in (cause.says, cause.whole_fix, cause.then) if text]
    texts += [text for question in QUESTIONS for text in (question.text, question.why)]
    for text in texts:
        assert re.search(r"[.?}]$", text), text
        assert not re.search(r"!|  |\b(please|simply|successfully|unfortunately)\b", text), text
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= names, text
    assert all(cause.links or not cause.says or cause.id == "no-failure" for cause in CAUSES)
    requests = [(cause, cause.request) for cause in CAUSES if cause.request]
    assert all("{request}" in cause.fix and request.to[0].islower() for cause, request in requests)
    assert not [cause.id for cause in CAUSES if re.search(r"\b[Aa]sk (?!\{)", cause.fix)], "what others do can be sent"


def test_without_an_audience_the_way_on_is_to_choose_one_and_no_report() -> None:
    end, _ = ended(replace(case("two-of-one-name"), answers={"audiences": ()}))
    assert (end.id, end.says) == (NOT_FOUND, "We can't tell yet: no audience is chosen.")
    assert end.fix == "Choose an audience in the Audiences step, and troubleshoot again."
    assert end.ask == "audiences"
    assert not end.copies


def test_a_space_without_audiences_leads_to_making_one() -> None:
    none = replace(case("never-appeared", {"audiences": (), "connections": {}}), answers={"audiences": ()})
    end, asked = ended(none)
    assert (end.says, asked) == ("The space has no audience, so it has nothing to sync.", [])
    assert end.fix.startswith("In Segment, go to Engage → Audiences and create one")


def test_before_there_is_a_destination_the_token_is_the_wizards() -> None:
    reader = {**with_segment(included_count=0), "token": token_with(allow("proj/shop", "viewProject"))}
    assert ended(case("empty", reader))[0].says.startswith("The destination's token isn't allowed")
    early, _ = ended(case("empty", {**reader, **NO_SEGMENT, "destinations": (), "delivery": None}))
    assert early.says.startswith("The access token isn't allowed")
    assert "Settings tab" not in early.fix


def test_a_question_about_no_audience_reads_as_a_sentence() -> None:
    facts = healthy_facts(**SILENT)
    about = symptom_named("never-appeared")
    assert about is not None
    named = words(Evidence(facts, Answers(), ()))
    texts = [text.format_map(named) for one in QUESTIONS for text in (one.text, one.why)]
    assert not [text for text in texts if "the audience the audience" in text or "a matching" in text]


def test_a_wider_context_key_is_named_where_one_is_known() -> None:
    refused_as_invalid = {**refused("BAD_REQUEST"), **with_segment(included_count=1111)}
    end, _ = ended(case("fewer-members", {**refused_as_invalid, "audiences": (DEFAULT_IDENTIFIERS,)}))
    assert "choose “Use Segment UserId or email” as the context key" in end.fix
    named = words(Evidence(healthy_facts(), healthy_answers(), ()))
    assert named["wider_key"] == "a context key that falls back to an identifier of these members"


def test_a_page_goes_with_the_fix_that_needs_it() -> None:
    """A token that only has to be pasted needs no page to create one."""
    world = {**refused("401"), **holding("9z9z"), "destination_tokens": ()}
    end, _ = ended(case("failed-deliveries", world))
    assert end.id == "token-reset"
    assert end.finding is not None
    assert (end.fix, end.links) == (end.finding.fix, end.finding.links)


def test_more_members_than_the_audience_are_never_so_many_of_it() -> None:
    end, _ = ended(case("never-removed", with_segment(included_count=2234)))
    assert "2,234 of 1,234" not in f"{end.says} {' '.join(proof.says for proof in end.proofs)}"


def test_nobody_has_the_identifier() -> None:
    by_email = replace(VIP, identifiers=("email",))
    end, _ = ended(case("never-appeared", {**NO_SEGMENT, "audiences": (by_email,)}))
    assert (end.id, end.says.split(" of ")[0]) == ("identifiers", "All members")


@pytest.mark.parametrize(
    ("flag", "ends", "first"),
    [
        ("", "no-flag-uses-it", ()),
        (
            "new-checkout",
            None,
            ("You saw no rule for Vip customers, but LaunchDarkly lists new-checkout as using it.",),
        ),
    ],
)
def test_what_a_person_saw_is_held_against_what_launchdarkly_lists(
    flag: str, ends: str | None, first: tuple[str, ...]
) -> None:
    """Without a flag of their own to compare, the person is believed; other flags that use the segment are named."""
    world = {**with_segment(), "test_user_member": {}}
    asked = begun(replace(case("flag-off", world), answers={"flag": flag, "test_user": ""}))
    now = asked.with_answers({"flag-rule": "no-rule"})
    assert now.said_first == first
    if ends is not None:
        assert isinstance(now.next, Diagnosis)
        assert now.next.id == ends
        assert any("new-checkout" in proof.says for proof in now.next.proofs)


def test_after_a_fix_it_asks_again_what_the_cause_rests_on() -> None:
    found = begun(case("never-appeared", SILENT))
    assert isinstance(found.next, Question)
    off = found.with_answers({"event": "none", "sends": "off"})
    assert isinstance(off.next, Diagnosis)
    assert off.reopened().given == {"event": "none"}
    read = begun(case("never-appeared", {**NO_SEGMENT, "destinations": (replace(DESTINATION, enabled=False),)}))
    told = read.with_answers({"sends": "on"})
    assert told.reopened().given == {"sends": "on"}, "what was read needs no answer"


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"code": "401", "allowlist": "without-segment"}, "allowlist"),
        ({"code": "403", "token-maker": "no"}, "token-maker"),
    ],
)
def test_after_a_fix_no_answer_that_speaks_for_the_cause_stays(given: Given, cause: str) -> None:
    asked = begun(case("never-appeared", {**NO_SEGMENT, "delivery": None, "intake": None}))
    end = asked.with_answers({"event": "none", **given})
    assert isinstance(end.next, Diagnosis)
    assert end.next.id == cause
    assert end.reopened().given == {"event": "none"}


def test_an_activation_that_was_off_can_send_all_members_again() -> None:
    off = {**SILENT, "connections": healthy_facts().connections, "activations": ACTIVATION_OFF}
    end, _ = ended(case("never-appeared", off))
    assert (end.id, "--resync vip_customers" in end.then) == ("activation-off", True)


def test_what_stays_in_the_segment_is_said_before_the_fix() -> None:
    """Segment removes nobody afterwards: neither who left meanwhile, nor the keys from before."""
    without_exits = (replace(MAPPING, trigger='type = "identify"'),)
    trigger, _ = ended(case("more-members", {**with_segment(included_count=1400), "subscriptions": without_exits}))
    assert "Members who left earlier stay in Vip customers." in trigger.fix
    assert "delete Vip customers" in trigger.then or "delete it once no flag does" in trigger.then
    other_keys = {"key_shapes": KeyShapes("user", {KeyShape.EMAIL: 40})}
    keys, _ = ended(replace(case("user-missing", other_keys), answers={"test_user": ""}))
    assert "members with the old keys stay in Vip customers" in keys.then


def test_the_segment_of_a_deleted_audience_is_named_and_never_deleted_before_its_flags_are_known() -> None:
    gone = replace(case("never-removed", AUDIENCE_GONE), answers={"audiences": ("vip_customers",)})
    end, _ = ended(gone)
    assert (end.id, end.links[0].endswith("/docs")) == ("audience-deleted", False)
    assert "open Vip customers, check which flags use it, and delete it once no flag does" in end.fix
    used = replace(gone, world={**AUDIENCE_GONE, "flag_uses": {SEGMENT.key: ("new-checkout",)}})
    assert "point new-checkout at another segment, and only then delete" in ended(used)[0].fix
