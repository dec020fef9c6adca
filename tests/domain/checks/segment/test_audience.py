"""The chosen audiences, each on its own: state, members, kind, attachment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.domain.checks.case import Case, table
from tests.domain.sample_facts import (
    DESTINATION,
    MAPPING,
    NOW,
    SEGMENT,
    VIP,
    failure,
    found,
    healthy_answers,
    healthy_facts,
    refused,
)
from wizard.domain.answers import ContextKey
from wizard.domain.checks.catalogue import CHECKS
from wizard.domain.checks.check import run_checks
from wizard.domain.failure import FailureKind, Service
from wizard.domain.findings import healthy
from wizard.domain.services.segment import Activation, Connection, Connections, Delivery, Landing, Space

FEW = replace(SEGMENT, included_count=3)
ALL_KEYS = ContextKey.USER_ID_THEN_EMAIL_THEN_ANONYMOUS_ID
NONE_CHOSEN: dict[str, Any] = {"audiences": ()}
OUTAGE = failure(FailureKind.SERVER, Service.SEGMENT)


def _is(**changed: Any) -> dict[str, Any]:
    return {"audiences": (replace(VIP, **changed),)}


def _some_do_not_fit(**facts: Any) -> dict[str, Any]:
    return {**_is(identifiers=("user_id", "email", "ios.idfa")), **facts}


def _connected(*items: Connection, total: int | None = None) -> dict[str, Any]:
    return {"connections": {"aud_1": Connections(items, total)}}


NOTHING_SENT: dict[str, Any] = {"delivery": Delivery(0, 0, 0)}
EMAIL = {"context_key": "email_only"}
ACTIVATION = Activation("act_1", "LaunchDarkly sync", "con_1", enabled=True)
OWNED = replace(MAPPING, trigger='context.personas.event_emitter_id = "ee_1"')
SWITCHED_OFF = replace(OWNED, id="sub_off", enabled=False, settings=EMAIL)


def _activated(*activations: Activation) -> dict[str, Any]:
    return {**NOTHING_SENT, "activations": {"aud_1": activations}}


def _sends_with(**settings: Any) -> dict[str, Any]:
    """The audience's activation, with these settings in its own mapping."""
    return {"activations": {"aud_1": (replace(ACTIVATION, settings=settings),)}}


def _owned(*context_keys: str) -> dict[str, Any]:
    """The mappings of so many activations in the destination's list."""
    owned = (replace(OWNED, id=key, settings={"context_key": key}) for key in context_keys)
    return {"subscriptions": (MAPPING, *owned)}


def _counted(**by_key: int) -> dict[str, Any]:
    return {"landing": {"aud_1": Landing(NOW, 1234, by_key)}}


CASES = (
    Case("audience.exists", "fail", "deleted", {"audiences": ()}, says="aud_1", root=True),
    Case("audience.exists", "skipped", "none chosen", {}, NONE_CHOSEN),
    Case(
        "audience.exists",
        "unknown",
        "none there",
        {"audiences": ()},
        NONE_CHOSEN,
        says="no audience to sync yet.",
    ),
    Case(
        "audience.exists",
        "unknown",
        "none there, and there are other spaces",
        {"audiences": (), "spaces": (Space("spa_1", "prod", "Production"), Space("spa_2", "dev", "Development"))},
        NONE_CHOSEN,
        says="If your audiences are in another space, choose that space",
    ),
    Case("audience.exists", "skipped", "none named", {"audiences": OUTAGE}, {**NONE_CHOSEN, "by_hand": True}),
    Case("audience.exists", "unknown", "none to choose from", {"audiences": OUTAGE}, NONE_CHOSEN),
    Case("audience.exists", "unknown", "outage", {"audiences": OUTAGE}),
    Case("audience.enabled", "fail", "off", _is(enabled=False), root=True),
    Case("audience.enabled", "fail", "by its status", _is(enabled=None, status="DISABLED"), root=True),
    Case("audience.enabled", "unknown", "not said", _is(enabled=None)),
    Case("audience.enabled", "skipped", "none chosen", {}, NONE_CHOSEN),
    *(Case("audience.computed", "fail", s, _is(status=s), says=s, root=True) for s in ("Failed", "ERROR")),
    *(
        Case("audience.computed", "fail", f"first {s}", _is(status=s, size=None), says="Wait until", root=True)
        for s in ("Preparing", "computing", "Backfilling")
    ),
    Case("audience.computed", "pass", "live, in other letters", _is(status="LIVE")),
    Case("audience.computed", "pass", "computed again", _is(status="Computing")),
    *(
        Case("audience.computed", "warn", s, _is(status=s))
        for s in ("Not Computing", "Awaiting Destinations", "Locked")
    ),
    Case(
        "audience.computed",
        "warn",
        "attached",
        _is(status="Awaiting Destinations"),
        says="wait for its next computation",
    ),
    Case(
        "audience.computed",
        "warn",
        "not attached",
        {**_is(status="Awaiting Destinations"), "connections": {}},
        says="Attach the destination",
    ),
    Case("audience.computed", "unknown", "a new word", _is(status="Simmering"), says="Simmering"),
    Case("audience.computed", "unknown", "no word", _is(status="")),
    Case("audience.computed", "skipped", "none chosen", {}, NONE_CHOSEN),
    Case(
        "audience.size",
        "fail",
        "empty",
        _is(size=0),
        says="definition and has user_id.",
        root=True,
    ),
    Case(
        "audience.size",
        "fail",
        "empty, and nobody sees what it admits",
        _is(size=0, identifiers=()),
        says="No profile matches the audience's definition.",
    ),
    Case("audience.size", "pass", "a single member", _is(size=1), says="has 1 member."),
    Case("audience.size", "unknown", "not said", _is(size=None), says="doesn't show this token its size"),
    Case("audience.size", "pass", "accounts", _is(kind="ACCOUNTS"), says="1,234 accounts"),
    Case("audience.size", "skipped", "not computed", _is(status="Preparing", size=None), says="audience.computed"),
    Case(
        "audience.identifiers",
        "fail",
        "none fits",
        _is(identifiers=("email", "ios.idfa")),
        says="Use email only",
        root=True,
    ),
    Case(
        "audience.identifiers",
        "fail",
        "no key fits",
        _is(identifiers=("ios.idfa",)),
        says="admits people by user_id or email",
    ),
    Case(
        "audience.identifiers",
        "pass",
        "nothing says that someone lacks it",
        _some_do_not_fit(),
        says="People known only by email or ios.idfa don't",
    ),
    Case(
        "audience.identifiers",
        "warn",
        "members are missing",
        _some_do_not_fit(segments=(replace(SEGMENT, included_count=1102),)),
        says="Vip customers has 1,102 of 1,234 members",
    ),
    Case(
        "audience.identifiers",
        "pass",
        "members are still counted",
        _some_do_not_fit(segments=(replace(SEGMENT, included_count=1102, created_at=NOW - timedelta(minutes=5)),)),
    ),
    Case(
        "audience.identifiers",
        "pass",
        "the first sync is under way",
        _some_do_not_fit(segments=(replace(SEGMENT, included_count=1102),), attached_at=NOW - timedelta(minutes=18)),
    ),
    Case(
        "audience.identifiers",
        "pass",
        "only a few are missing",
        _some_do_not_fit(segments=(replace(SEGMENT, included_count=1200),)),
    ),
    Case(
        "audience.identifiers",
        "warn",
        "events are refused as invalid",
        _some_do_not_fit(delivery=Delivery(1200, 9, 0, (("BAD_REQUEST", 9),))),
        says="LaunchDarkly refused 9 events as invalid",
    ),
    Case(
        "audience.identifiers",
        "pass",
        "events are refused for another reason",
        _some_do_not_fit(delivery=Delivery(1200, 9, 0, (("403", 9),))),
    ),
    *(
        Case("audience.identifiers", "pass", name, _some_do_not_fit(**{"segments": (FEW,), **there}))
        for name, there in {
            "history is off": _is(identifiers=("user_id", "email"), history=False),
            "made again": {"segments": (replace(FEW, generation=2),)},
            "refused before a repair": {"delivery": Delivery(3, 1234, 0, (("401", 1234),))},
            "the destination is off": {"destinations": (replace(DESTINATION, enabled=False),)},
            "the mapping was edited": {"subscriptions": (replace(MAPPING, trigger='type = "track"'),)},
        }.items()
    ),
    Case(
        "audience.identifiers",
        "pass",
        "a key that takes both",
        _is(identifiers=("user_id", "email")),
        {"context_key": ALL_KEYS},
    ),
    Case(
        "audience.identifiers",
        "warn",
        "counted, and some have no user ID",
        _counted(user_id_only=1102, user_id_then_email=1234),
        says="1,102 of 1,234 members of VIP customers can sync with “Use Segment UserId only”. 132 members have none",
    ),
    Case(
        "audience.identifiers",
        "warn",
        "counted, and another key reaches more",
        _counted(user_id_only=1102, user_id_then_email=1230),
        says="choose “Use Segment UserId or email”, which 1,230 members have",
    ),
    Case("audience.identifiers", "warn", "counted, no key reaches more", _counted(user_id_only=1102), says="Identify"),
    Case("audience.identifiers", "pass", "counted, all have it", _counted(user_id_only=1234), says="1,234 of 1,234"),
    Case("audience.identifiers", "fail", "counted, nobody has it", _counted(user_id_only=0), says="No member of VIP"),
    Case("audience.identifiers", "pass", "the count can't be right", _counted(user_id_only=5000), says="covers every"),
    Case("audience.identifiers", "pass", "counting failed", {"landing": {"aud_1": refused()}}, says="covers every"),
    Case("audience.identifiers", "unknown", "not said", _is(identifiers=())),
    Case(
        "audience.identifiers",
        "skipped",
        "no key yet",
        {"destinations": ()},
        {"destination": "new", "context_key": None},
    ),
    Case("audience.kind", "warn", "accounts", _is(kind="ACCOUNTS"), says="Group"),
    Case("audience.kind", "warn", "linked", _is(kind="LINKED"), says="doesn't document"),
    Case("audience.kind", "skipped", "none chosen", {}, NONE_CHOSEN),
    Case("audience.cadence", "warn", "batch", _is(cadence="BATCH"), says="eight hours"),
    Case("audience.cadence", "skipped", "not said", _is(cadence="")),
    Case("audience.history", "warn", "off", _is(history=False), says="resync"),
    Case("audience.history", "skipped", "not said", _is(history=None)),
    Case("audience.attach_by_api", "warn", "not listed", {"attach_by_api": False}, says="+ Add destination"),
    Case("audience.attach_by_api", "unknown", "closed", {"attach_by_api": refused()}),
    Case("audience.attach_by_api", "skipped", "not asked", {"attach_by_api": None}),
    Case("audience.attached", "fail", "no connection", _connected(total=0), says="+ Add destination", root=True),
    Case("audience.attached", "fail", "another destination", _connected(Connection("con_2", "dst_2")), root=True),
    Case(
        "audience.attached", "fail", "switched off", _connected(Connection("con_1", "dst_1", enabled=False)), root=True
    ),
    Case("audience.attached", "pass", "not said whether on", _connected(Connection("con_1", "dst_1"))),
    Case("audience.attached", "unknown", "one is hidden", _connected(total=1), says="can't see 1 connection"),
    Case("audience.attached", "unknown", "closed", {"connections": {"aud_1": refused()}}),
    Case("audience.attached", "skipped", "not read", {"connections": {}}),
    Case("audience.attached", "skipped", "no destination yet", {"destinations": ()}, {"destination": "new"}),
    Case("audience.activation", "pass", "events are sent", {"activations": {}}),
    Case("audience.activation", "pass", "events are refused", {"activations": {}, "delivery": Delivery(0, 9, 0)}),
    Case("audience.activation", "pass", "activated", NOTHING_SENT, says="LaunchDarkly sync"),
    Case(
        "audience.activation", "pass", "without its connection's id", _activated(replace(ACTIVATION, connection_id=""))
    ),
    Case("audience.activation", "unknown", "not activated", _activated(), says="Send Identify"),
    Case(
        "audience.activation",
        "pass",
        "members arrived since",
        {**_activated(), "attached_at": NOW - timedelta(hours=1), "segments": (replace(SEGMENT, created_at=NOW),)},
        says="members have arrived",
    ),
    Case(
        "audience.activation",
        "unknown",
        "members arrived before",
        {**_activated(), "attached_at": NOW, "segments": (replace(SEGMENT, created_at=NOW - timedelta(hours=1)),)},
    ),
    Case("audience.activation", "warn", "switched off", _activated(replace(ACTIVATION, enabled=False))),
    Case(
        "audience.activation",
        "unknown",
        "switched off, and nobody counts",
        {**_activated(replace(ACTIVATION, enabled=False)), "delivery": None},
        says="is switched off",
    ),
    Case("audience.activation", "unknown", "another's", _activated(replace(ACTIVATION, connection_id="con_9"))),
    Case("audience.activation", "unknown", "closed", {**NOTHING_SENT, "activations": {"aud_1": refused()}}),
    Case(
        "audience.activation",
        "fail",
        "a Linked audience without one",
        {**_activated(), "audiences": (replace(VIP, kind="LINKED"),)},
        says="only through activations",
    ),
    Case("audience.activation", "skipped", "not attached", _connected(total=0)),
    Case("audience.activation", "skipped", "not read", {"connections": {}}),
    Case("audience.activation_mapping", "pass", "sends through the mapping"),
    Case("audience.activation_mapping", "pass", "the same settings", _sends_with(context_key="user_id_only")),
    Case(
        "audience.activation_mapping",
        "fail",
        "another key",
        _sends_with(context_key="email_only"),
        says="sends with Context key “Use email only” instead of “Use Segment UserId only”",
        root=True,
    ),
    Case("audience.activation_mapping", "fail", "another kind", _sends_with(context_kind="account"), root=True),
    Case("audience.activation_mapping", "warn", "batching only", _sends_with(enable_batching=False), says="off"),
    Case("audience.activation_mapping", "fail", "batching and key", _sends_with(**EMAIL, enable_batching=False)),
    Case("audience.activation_mapping", "fail", "found among the mappings", _owned("email_only"), root=True),
    Case("audience.activation_mapping", "pass", "not shown, and all the same", _owned("user_id_only")),
    Case(
        "audience.activation_mapping", "unknown", "not shown", _owned("user_id_only", "email_only"), says="can't tell"
    ),
    Case("audience.activation_mapping", "unknown", "closed", {"activations": {"aud_1": refused()}}),
    Case("audience.activation_mapping", "skipped", "not attached", _connected(total=0)),
    Case(
        "audience.activation_mapping",
        "skipped",
        "the mapping itself is other than wanted",
        answers={"context_key": ALL_KEYS},
        says="mapping.context_key",
    ),
    Case("audience.other_activations", "pass", "none", _owned("user_id_only")),
    Case("audience.other_activations", "pass", "the chosen audience's own", _owned("email_only")),
    Case(
        "audience.other_activations",
        "pass",
        "one is switched off",
        {"subscriptions": (MAPPING, SWITCHED_OFF), **_sends_with(context_key="user_id_only")},
    ),
    Case(
        "audience.other_activations",
        "warn",
        "of an audience that was not chosen",
        {**_owned("email_only"), **_sends_with(context_key="user_id_only")},
        says="1 activation of other audiences sends",
    ),
)


def test_a_live_audience_without_a_size_leaves_a_setup_healthy() -> None:
    assert healthy(found(healthy_facts(**_is(size=None))).values()) is True
    assert healthy(found(healthy_facts(**_is(size=None, status="odd"))).values()) is None


@pytest.mark.parametrize("case", table(CASES))
def test_audience(case: Case) -> None:
    case.holds()


def test_each_audience_has_its_own_finding_and_its_own_root() -> None:
    empty = replace(VIP, id="aud_2", key="lapsed", name="Lapsed", enabled=False)
    facts = healthy_facts(audiences=(VIP, empty))
    findings = run_checks(CHECKS, facts, healthy_answers(audiences=("aud_1", "aud_2", "aud_3")))
    sizes = {one.evidence["audience"]: one for one in findings if one.id == "audience.size"}
    assert sizes["vip_customers"].status == "pass"
    assert sizes["lapsed"].summary == "Not checked: `audience.enabled` comes first."
    assert sizes["aud_3"].summary == "Not checked: `audience.exists` comes first."


def test_one_audience_that_cannot_be_looked_at_says_nothing_of_the_other() -> None:
    second = replace(VIP, id="aud_2", key="lapsed")
    seen = {"aud_1": Connections((Connection("con_1", "dst_1"),), 1), "aud_2": refused()}
    findings = run_checks(
        CHECKS, healthy_facts(audiences=(VIP, second), connections=seen), healthy_answers(audiences=("aud_1", "aud_2"))
    )
    assert [str(one.status) for one in findings if one.id == "audience.attached"] == ["pass", "unknown"]


def test_every_finding_about_an_audience_names_it() -> None:
    evidence = found(healthy_facts(**_is(size=0)))["audience.size"].evidence
    assert evidence["audience"] == "vip_customers"


def test_an_audiences_page_is_linked() -> None:
    (page, _) = found(healthy_facts(**_is(size=0)))["audience.size"].links
    assert page == "https://app.segment.com/acme/engage/spaces/prod/audiences/aud_1"
