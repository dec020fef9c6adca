"""The steps by hand: the steps for each plan, their values, and how the wizard sees each one done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from tests.domain.sample_facts import (
    CATALOG,
    CLIENT_SIDE_ID,
    DESTINATION,
    ENGAGE_SOURCE,
    MAPPING,
    NOW,
    SEGMENT,
    SHOP,
    STAGING_ID,
    VIP,
    failure,
    healthy_answers,
    healthy_facts,
    refused,
)
from wizard.domain.answers import NEW_DESTINATION, Answers, ContextKey, Secrets
from wizard.domain.facts import Facts
from wizard.domain.failure import FailureKind, Service
from wizard.domain.planning.change import Action
from wizard.domain.planning.plan import Plan, make_plan
from wizard.domain.services import links
from wizard.domain.services.segment import Activation, Connection, Connections, Delivery, Destination, Source
from wizard.flow.by_hand.step import HandStep, HandValue, Tick, TickState
from wizard.flow.by_hand.steps import hand_steps
from wizard.flow.state import State
from wizard.flow.writing.result import Outcome, Result

TOKEN = "api-11111111-2222-4333-8444-555566661a2b"
SECRETS = Secrets(SecretStr(TOKEN), SecretStr("sgp_planted_segment_token"))
ATTACH = "audience:vip_customers"
WHOLE = [
    "destination.add",
    "destination.source",
    "destination.settings",
    "destination.enable",
    "mapping.new",
    "mapping.fields",
    "mapping.status",
    f"{ATTACH}.add",
    f"{ATTACH}.send",
    f"{ATTACH}.confirm",
    "launchdarkly.segments",
]
NEW = healthy_answers(destination=NEW_DESTINATION)
NOTHING = Connections((), 0)
FRESH = healthy_facts(destinations=(), subscriptions=None, connections={"aud_1": NOTHING}, segments=())
UNATTACHED = healthy_facts(connections={"aud_1": NOTHING}, attach_by_api=False, segments=())
BLIND = Facts(NOW, projects=(SHOP,), launchdarkly_token_last_four="1a2b", segments=())
BY_HAND = healthy_answers(by_hand=True, destination="", space="", audiences=("vip_customers",))


def steps_of(facts: Facts, answers: Answers, results: tuple[Result, ...] = ()) -> tuple[HandStep, ...]:
    return hand_steps(State(facts, answers, SECRETS), make_plan(facts, answers, ()), results)


def ids(steps: tuple[HandStep, ...]) -> list[str]:
    return [step.id for step in steps]


def test_what_was_not_looked_at_is_not_said_to_be_missing() -> None:
    blind, seen = make_plan(BLIND, BY_HAND, ()), make_plan(FRESH, NEW, ())
    assert all("The wizard can't see" in change.reason for change in blind.changes)
    assert not any("The wizard can't see" in change.reason for change in seen.changes)
    assert named(steps_of(BLIND, BY_HAND), "destination.add").note.startswith("If shop / production already has one")
    assert "already" not in named(steps_of(FRESH, replace(NEW, by_hand=True)), "destination.add").note


def named(steps: tuple[HandStep, ...], step_id: str) -> HandStep:
    return next(step for step in steps if step.id == step_id)


# --- which steps ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "answers", "expected"),
    [
        pytest.param(BLIND, BY_HAND, WHOLE, id="whole side, nothing can be read"),
        pytest.param(FRESH, replace(NEW, by_hand=True), WHOLE, id="whole side, with a token that looks"),
        pytest.param(replace(FRESH, destinations=refused()), NEW, WHOLE, id="the token may not read destinations"),
        pytest.param(UNATTACHED, healthy_answers(), WHOLE[7:], id="attaching only"),
        pytest.param(
            healthy_facts(subscriptions=refused()),
            healthy_answers(),
            [*WHOLE[4:7], WHOLE[10]],
            id="mappings are closed",
        ),
        pytest.param(
            healthy_facts(destinations=(replace(DESTINATION, client_side_id="other"),)),
            NEW,
            [*WHOLE[:4], WHOLE[10]],
            id="every source is taken",
        ),
        pytest.param(healthy_facts(), healthy_answers(by_hand=True), [], id="everything is as wanted"),
        pytest.param(FRESH, NEW, [], id="the API does it all"),
    ],
)
def test_each_plan_has_its_steps(facts: Facts, answers: Answers, expected: list[str]) -> None:
    assert ids(steps_of(facts, answers)) == expected


def test_an_activation_is_edited_where_it_is() -> None:
    """The audience is attached already, so nothing is added to it."""
    shown = Activation("act_1", "LaunchDarkly sync", "con_1", True, settings={"context_key": "user_id_only"})
    facts = healthy_facts(activations={"aud_1": (shown,)})
    answers = healthy_answers(by_hand=True, context_key=ContextKey.EMAIL_ONLY)

    step = next(step for step in steps_of(facts, answers) if step.change_id == ATTACH)

    assert step.menu_path == "Engage → Audiences → VIP customers → Activations → LaunchDarkly sync → Mapping → Save"
    assert [(v.label, v.before, v.text) for v in step.values] == [
        ("Context key", "Use Segment UserId only", "Use email only")
    ]
    ticks = {
        key: step.seen(
            State(healthy_facts(activations={"aud_1": (replace(shown, settings=settings),)}), answers, SECRETS)
        )
        for key, settings in (("as it was", shown.settings), ("done", {"context_key": "email_only"}), ("not shown", {}))
    }
    assert ticks["as it was"].state is TickState.DIFFERENT
    assert ticks["as it was"].detail == (
        "In the activation, Context key is Use Segment UserId only, but should be Use email only."
    )
    assert (ticks["done"].state, ticks["not shown"].state) == (TickState.DONE, TickState.CANNOT_TELL)


def test_a_connection_that_is_switched_off_is_only_switched_on() -> None:
    facts = healthy_facts(connections={"aud_1": Connections((Connection("con_1", "dst_1", enabled=False),), 1)})
    step, _last_look = steps_of(facts, healthy_answers())

    assert (step.id, step.subject, step.values) == (
        f"{ATTACH}.resume",
        "aud_1",
        (HandValue("Connect to destination", "On", typed=False),),
    )
    assert step.seen(State(facts, healthy_answers(), SECRETS)).state is TickState.DIFFERENT
    assert step.seen(State(healthy_facts(), healthy_answers(), SECRETS)).is_done


def test_an_activation_that_is_off_is_switched_on() -> None:
    off = Activation("act_1", "LaunchDarkly sync", "con_1", enabled=False)
    facts = healthy_facts(activations={"aud_1": (off,)}, delivery=Delivery(0, 0, 0), segments=())
    (step, _last_look), answers = steps_of(facts, healthy_answers()), healthy_answers()

    assert (step.id, step.subject) == (f"{ATTACH}.activate", "aud_1")
    assert step.values == (HandValue("LaunchDarkly sync", "On", typed=False),)
    assert step.seen(State(facts, answers, SECRETS)).state is TickState.DIFFERENT
    on = replace(facts, activations={"aud_1": (replace(off, enabled=True),)})
    assert step.seen(State(on, answers, SECRETS)).is_done


def test_each_audience_is_added_on_its_own() -> None:
    steps = steps_of(BLIND, replace(BY_HAND, audiences=("vip_customers", "trial")))
    assert ids(steps)[7:13] == [*WHOLE[7:10], "audience:trial.add", "audience:trial.send", "audience:trial.confirm"]
    assert len({step.mark for step in steps}) == len(steps)


def test_what_the_api_handed_over_while_applying_is_done_by_hand() -> None:
    facts = replace(UNATTACHED, attach_by_api=True)
    handed_over = Result(ATTACH, Action.CREATE, Outcome.BY_HAND)
    assert ids(steps_of(facts, healthy_answers())) == []
    assert ids(steps_of(facts, healthy_answers(), (handed_over,))) == WHOLE[7:]


def test_of_a_connected_audience_only_the_switches_are_left() -> None:
    handed_over = Result(ATTACH, Action.CREATE, Outcome.BY_HAND)
    steps = steps_of(healthy_facts(), healthy_answers(), (handed_over,))
    assert ids(steps) == [f"{ATTACH}.send", "launchdarkly.segments"]


@pytest.mark.parametrize(
    ("changed", "step_id", "values"),
    [
        ({"enabled": False}, "destination.enable", [("Enable Destination", "Off", "On")]),
        (
            {"client_side_id": "5f0c0000aaaa"},
            "destination.settings",
            [("LaunchDarkly client-side ID", "5f0c0000aaaa", CLIENT_SIDE_ID)],
        ),
        (
            {"token_last_four": "9z9z"},
            "destination.settings",
            [("LaunchDarkly Service Token", "ends in 9z9z", "ends in 1a2b")],
        ),
    ],
)
def test_of_a_destination_only_what_differs_is_changed(
    changed: dict[str, Any], step_id: str, values: list[tuple[str, str, str]]
) -> None:
    facts = healthy_facts(destinations=(replace(DESTINATION, **changed),), delivery=None, segments=())
    steps = steps_of(facts, healthy_answers(by_hand=True))
    assert ids(steps) == [step_id, "launchdarkly.segments"]
    assert [(value.label, value.before, value.text) for value in steps[0].values] == values
    assert steps[0].subject == DESTINATION.id
    assert DESTINATION.name in steps[0].menu


@pytest.mark.parametrize(
    ("changed", "expected", "values"),
    [
        ({"enabled": False}, ["mapping.status"], [("Status", "Off", "On")]),
        (
            {"settings": {**MAPPING.settings, "context_kind": "account", "enable_batching": False}},
            ["mapping.fields"],
            [("Context kind", "account", "user"), ("Enable batching", "No", "Yes")],
        ),
        (
            {"settings": {**MAPPING.settings, "context_key": "email_only"}},
            ["mapping.fields"],
            [("Context key", "Use email only", "Use Segment UserId only")],
        ),
        (
            {"trigger": 'type = "track"'},
            ["mapping.events"],
            [("Event Type", 'type = "track"', "Identify or Track")],
        ),
        (
            {"settings": {**MAPPING.settings, "segment_audience_id": "edited"}},
            ["mapping.new", "mapping.fields", "mapping.status", "mapping.remove"],
            [("Mapping", "", CATALOG.preset_name)],
        ),
    ],
)
def test_a_mapping_is_changed_where_it_differs_and_remade_for_hidden_fields(
    changed: dict[str, Any], expected: list[str], values: list[tuple[str, str, str]]
) -> None:
    facts = healthy_facts(subscriptions=(replace(MAPPING, **changed),))
    steps = steps_of(facts, healthy_answers(by_hand=True))
    assert ids(steps) == [*expected, "launchdarkly.segments"]
    assert [(value.label, value.before, value.text) for value in steps[0].values] == values


# --- words and values -------------------------------------------------------------------------------------------


def test_the_values_are_those_that_the_api_would_write() -> None:
    answers = replace(NEW, by_hand=True, context_kind="account", context_key=ContextKey.EMAIL_ONLY, batching=False)
    values = {value.label: value for step in steps_of(FRESH, answers)[:-1] for value in step.values}
    assert {label: value.text for label, value in values.items()} == {
        "Search": "LaunchDarkly Audiences",
        "Source": "Personas Production",
        "Name": "LaunchDarkly - shop / production",
        "LaunchDarkly Service Token": "ends in 1a2b",
        "LaunchDarkly client-side ID": CLIENT_SIDE_ID,
        "Enable Destination": "On",
        "Mapping": "Sync Engage Audience to LaunchDarkly",
        "Context kind": "account",
        "Context key": "Use email only",
        "Enable batching": "No",
        "Status": "On",
        "Destination": "LaunchDarkly - shop / production",
        "Send Identify": "On",
        "Send Track": "On",
    }
    assert values["LaunchDarkly Service Token"].to_copy(SECRETS) == TOKEN
    assert values["LaunchDarkly client-side ID"].to_copy(SECRETS) == CLIENT_SIDE_ID


def test_the_name_of_a_new_destination_says_the_environment() -> None:
    settings = named(steps_of(BLIND, BY_HAND), "destination.settings")
    name = next(value for value in settings.values if value.label == "Name")
    assert name.text == "LaunchDarkly - shop / production"


def test_no_secret_is_in_a_step_and_none_is_asked_for_that_is_not_there() -> None:
    steps = steps_of(FRESH, replace(NEW, by_hand=True))
    assert not any(secret in repr(steps) + str(steps) for secret in (TOKEN, TOKEN[:-4], "planted"))
    token = next(value for step in steps for value in step.values if value.secret)
    assert token.to_copy(Secrets()) == ""


@pytest.mark.parametrize(
    "steps",
    [
        steps_of(BLIND, BY_HAND),
        steps_of(FRESH, replace(NEW, by_hand=True)),
        steps_of(UNATTACHED, healthy_answers()),
        steps_of(healthy_facts(destinations=(replace(DESTINATION, enabled=False),)), healthy_answers(by_hand=True)),
        steps_of(BLIND, replace(BY_HAND, project="", environment="")),
    ],
)
def test_every_step_says_where_why_and_links_to_a_known_page(steps: tuple[HandStep, ...]) -> None:
    for step in steps:
        assert links.find(step.link.url), step.link
        assert "{" not in step.link.url
        assert step.docs is None or links.find(step.docs.url)
        assert step.note
        assert step.title
        assert len(step.menu) > 1
        assert step.id.startswith(step.change_id or "launchdarkly")


def test_pages_of_their_own_are_opened_once_they_are_known() -> None:
    attach = steps_of(UNATTACHED, healthy_answers())[0]
    assert attach.link.url == "https://app.segment.com/acme/engage/spaces/prod/audiences/aud_1"
    off = steps_of(healthy_facts(destinations=(replace(DESTINATION, enabled=False),)), healthy_answers(by_hand=True))
    assert off[0].link.url.endswith("/sources/personas_prod/instances/dst_1")
    assert steps_of(BLIND, BY_HAND)[-1].link.url == (
        "https://app.launchdarkly.com/projects/shop/segments?env=production&selected-env=production"
    )


@pytest.mark.parametrize(
    ("kind", "says"), [("ACCOUNTS", "Group calls don't match"), ("USERS", "One of the two is enough")]
)
def test_an_account_audience_sends_identify_or_track_not_group(kind: str, says: str) -> None:
    facts = replace(UNATTACHED, audiences=(replace(VIP, kind=kind),))
    send = named(steps_of(facts, healthy_answers()), f"{ATTACH}.send")
    assert says in send.note
    assert [value.label for value in send.values] == ["Send Identify", "Send Track"]


def test_without_an_engage_source_the_vendors_onboarding_comes_first() -> None:
    facts = replace(FRESH, sources=(Source("src_9", "web", "Website", "javascript"),))
    source = named(steps_of(facts, replace(NEW, by_hand=True)), "destination.source")
    assert source.link == links.ENGAGE_DOCS
    assert "Set up Engage first" in source.note


def test_hostile_names_are_drawn_plain_and_copied_exactly() -> None:
    value = HandValue("Context kind", "us\x1b[31mer\u202e")
    assert value.shown == "us [31mer"
    assert value.to_copy(SECRETS) == "us\x1b[31mer\u202e"
    steps = steps_of(BLIND, replace(BY_HAND, audiences=("[/foo]\x1b[2J",)))
    assert "\x1b" not in "".join(step.title + step.menu_path + step.note for step in steps)


# --- what is seen -----------------------------------------------------------------------------------------------


def tick_of(step_id: str, drawn: tuple[HandStep, ...], facts: Facts, answers: Answers = NEW) -> Tick:
    return named(drawn, step_id).seen(State(facts, replace(answers, by_hand=True), SECRETS))


OTHER = replace(DESTINATION, client_side_id="5f0c0000aaaa")
ON_A_WEBSITE = replace(DESTINATION, source_id="src_9")
WEBSITE = Source("src_9", "web", "Website", "javascript")


@pytest.mark.parametrize(
    ("step_id", "seen", "state", "says"),
    [
        ("destination.add", {}, "not yet", "destination isn't there yet"),
        ("destination.add", {"destinations": (DESTINATION,)}, "done", "is there"),
        ("destination.add", {"destinations": refused()}, "cannot tell", "can't read this"),
        (
            "destination.add",
            {"destinations": failure(FailureKind.TIMEOUT, Service.SEGMENT)},
            "cannot tell",
            "didn't answer",
        ),
        ("destination.add", {"destinations": None}, "not yet", "Not checked"),
        ("destination.source", {"destinations": (DESTINATION,)}, "done", "Personas Production"),
        (
            "destination.source",
            {"destinations": (ON_A_WEBSITE,), "sources": (ENGAGE_SOURCE, WEBSITE)},
            "different",
            "Add it on Personas Production",
        ),
        ("destination.source", {"destinations": (ON_A_WEBSITE,)}, "cannot tell", "can't see the destination's source"),
        ("destination.settings", {"destinations": (DESTINATION,)}, "done", ""),
        (
            "destination.settings",
            {"destinations": (OTHER,)},
            "different",
            "client-side ID is 5f0c…, but should be 57be…",
        ),
        (
            "destination.settings",
            {"destinations": (replace(DESTINATION, token_last_four="9z9z"),), "delivery": None},
            "different",
            "the token ends in 9z9z, but should end in 1a2b",
        ),
        ("destination.settings", {"destinations": (replace(DESTINATION, name="Mine"),)}, "done", "It's called Mine."),
        ("destination.enable", {"destinations": (replace(DESTINATION, enabled=False),)}, "different", "switched off"),
        ("destination.enable", {"destinations": (replace(DESTINATION, enabled=None),)}, "cannot tell", "doesn't say"),
        ("destination.enable", {"destinations": (DESTINATION,)}, "done", ""),
        ("mapping.new", {}, "not yet", "Add the destination first"),
        ("mapping.new", {"destinations": (DESTINATION,), "subscriptions": ()}, "not yet", "mapping isn't there yet"),
        ("mapping.new", {"destinations": (DESTINATION,), "subscriptions": (MAPPING,)}, "done", "is there"),
        ("mapping.new", {"destinations": (DESTINATION,), "subscriptions": refused()}, "cannot tell", "can't read this"),
        (
            "mapping.fields",
            {
                "destinations": (DESTINATION,),
                "subscriptions": (replace(MAPPING, settings={**MAPPING.settings, "context_kind": "account"}),),
            },
            "different",
            "The mapping is there but Context kind is account, but should be user.",
        ),
        (
            "mapping.fields",
            {"destinations": (DESTINATION,), "subscriptions": (replace(MAPPING, trigger=""),)},
            "different",
            "trigger was edited",
        ),
        (
            "mapping.status",
            {"destinations": (DESTINATION,), "subscriptions": (replace(MAPPING, enabled=False),)},
            "different",
            "The mapping exists but is disabled.",
        ),
        ("mapping.status", {"destinations": (DESTINATION,), "subscriptions": (MAPPING,)}, "done", ""),
        (f"{ATTACH}.confirm", {}, "not yet", "isn't in the audience's list"),
        (f"{ATTACH}.confirm", {"connections": {"aud_1": refused()}}, "cannot tell", "can't read this"),
        (f"{ATTACH}.confirm", {"connections": {"aud_1": Connections((), 2)}}, "cannot tell", "can't see all"),
        (
            f"{ATTACH}.confirm",
            {"connections": {"aud_1": Connections((Connection("c", "dst_0", CATALOG.metadata_id),), 1)}},
            "different",
            "another LaunchDarkly destination",
        ),
        (
            f"{ATTACH}.confirm",  # only another environment's destination is attached, as it should be
            {
                "destinations": (DESTINATION, replace(DESTINATION, id="dst_0", client_side_id=STAGING_ID)),
                "connections": {"aud_1": Connections((Connection("c", "dst_0", CATALOG.metadata_id),), 1)},
            },
            "not yet",
            "isn't in the audience's list",
        ),
    ],
)
def test_a_step_of_the_whole_way_is_ticked_by_what_is_seen(
    step_id: str, seen: dict[str, Any], state: str, says: str
) -> None:
    drawn = steps_of(FRESH, replace(NEW, by_hand=True))
    tick = tick_of(step_id, drawn, replace(FRESH, **seen))
    assert tick.state == state, tick
    assert says in tick.detail


@pytest.mark.parametrize(
    ("connection", "confirm", "send"),
    [
        (Connection("c", "dst_1", enabled=True), "done", "cannot tell"),
        (Connection("c", "dst_1", enabled=False), "different", "different"),
        (Connection("c", "dst_0"), "not yet", "not yet"),
    ],
)
def test_a_connection_proves_that_it_is_attached_not_that_it_sends(
    connection: Connection, confirm: str, send: str
) -> None:
    facts = replace(UNATTACHED, connections={"aud_1": Connections((connection,), 1)})
    drawn = steps_of(UNATTACHED, healthy_answers())
    assert tick_of(f"{ATTACH}.confirm", drawn, facts, healthy_answers()).state == confirm
    assert tick_of(f"{ATTACH}.send", drawn, facts, healthy_answers()).state == send


def test_a_new_segment_in_launchdarkly_proves_every_step_that_nobody_can_look_at() -> None:
    drawn = steps_of(BLIND, BY_HAND)
    before, after = (
        State(replace(BLIND, segments=seen), BY_HAND, Secrets(SecretStr(TOKEN))) for seen in ((), (SEGMENT,))
    )
    assert {step.seen(before).state for step in drawn[:-1]} == {TickState.CANNOT_TELL}
    assert {step.seen(after).state for step in drawn} == {TickState.DONE}
    assert "Vip customers" in drawn[0].seen(after).detail


def test_a_segment_that_was_there_before_proves_nothing() -> None:
    plan = make_plan(BLIND, BY_HAND, ())
    state = State(replace(BLIND, segments=(SEGMENT,)), BY_HAND, Secrets(SecretStr(TOKEN)))
    drawn = hand_steps(state, plan, known_segments=frozenset({SEGMENT.key}))
    assert {step.seen(state).state for step in drawn} == {TickState.CANNOT_TELL}


@pytest.mark.parametrize(
    ("segments", "state", "says"),
    [
        (None, "not yet", "Not checked yet."),
        (failure(), "cannot tell", "couldn't read"),
        ((), "not yet", "0 of 1 segment there"),
        ((SEGMENT,), "done", "1 segment is there"),
        (
            (replace(SEGMENT, context_kind="account"),),
            "different",
            "holds account contexts, but should hold user contexts",
        ),
        ((SEGMENT, replace(SEGMENT, key="segment-audiences-x")), "cannot tell", "can't tell which"),
    ],
)
def test_the_last_look_is_at_the_segments_page(segments: Any, state: str, says: str) -> None:
    last = steps_of(BLIND, BY_HAND)[-1]
    tick = last.seen(State(replace(BLIND, segments=segments), BY_HAND, SECRETS))
    assert tick.state == state, tick
    assert says in tick.detail
    assert last.change_id == ""


def test_a_hidden_field_is_repaired_once_the_new_mapping_replaced_the_old() -> None:
    old = replace(MAPPING, settings={**MAPPING.settings, "segment_audience_id": "edited"})
    made = replace(MAPPING, id="sub_2", enabled=False)
    answers = healthy_answers(by_hand=True)
    drawn = steps_of(healthy_facts(subscriptions=(old,)), answers)
    states = []
    for seen in ((old,), (old, made), (old, replace(made, enabled=True)), (replace(made, enabled=True),)):
        facts = healthy_facts(subscriptions=seen)
        states.append([step.seen(State(facts, answers, SECRETS)).state.value for step in drawn[:-1]])
    assert states == [
        ["not yet"] * 4,
        ["done", "done", "different", "not yet"],
        ["done", "done", "done", "not yet"],
        ["done"] * 4,
    ]


def test_an_update_is_judged_by_the_instance_that_is_to_be_changed() -> None:
    answers = healthy_answers(by_hand=True, destination="dst_1", destination_name="Ours")
    drawn = steps_of(healthy_facts(), answers)
    assert ids(drawn) == ["destination.settings", "launchdarkly.segments"]
    renamed: tuple[Destination, ...] = (replace(DESTINATION, name="Ours"),)
    assert tick_of("destination.settings", drawn, healthy_facts(), answers).state == "different"
    assert tick_of("destination.settings", drawn, healthy_facts(destinations=renamed), answers).is_done


def test_a_plan_without_anything_by_hand_has_no_steps() -> None:
    assert hand_steps(State(FRESH, NEW, SECRETS), Plan(())) == ()
