"""However the services behave where their behavior is unproven, a setup succeeds, or the wizard says what is wrong.

Each switch of the sandbox is on in some world, in which all commands run one after the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.fake_clock import FakeClock
from tests.headless.runs import ALL_MADE, NOTHING, SETUP, World
from tests.walks import stage_on, walk_to_review
from wizard.domain.services import links
from wizard.sandbox.app import Sandbox
from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.state.account import Segment

COMMANDS = ("plan", "apply", "watch", "apply again", "doctor", "undo")
RIGHT = dict(zip(COMMANDS, (4, 0, 0, 0, 0, 0), strict=True))
A_WHILE = 420.0  # seconds between two commands, so that the segment is due one or two minutes after the watch begins
WATCHED_S = 600.0
End = tuple[int, str]

_ALLOWLIST = "Most likely an IP allowlist in LaunchDarkly blocks Segment"
_REFUSED: Mapping[str, End] = {"watch": (1, _ALLOWLIST), "doctor": (1, _ALLOWLIST)}
_SHUT_OUT = "Most likely the account's IP allowlist doesn't include this machine."
_CANNOT_LOOK: Mapping[str, End] = {
    "plan": (3, _SHUT_OUT),
    "apply": (3, _SHUT_OUT),
    "watch": (1, "this setup isn't applied"),
    "apply again": (3, ""),
    "doctor": (3, _SHUT_OUT),
}
_BY_HAND: Mapping[str, End] = {
    "apply": (4, "By hand, 1 of 3: Add destination: VIP customers"),
    "watch": (3, "waiting for it to be added in Segment"),
    "apply again": (4, "1 left to do by hand"),
    "doctor": (1, "LaunchDarkly - shop / production isn't attached to VIP customers."),
}
_NOT_STARTED: Mapping[str, End] = {
    "apply": (4, "Connected, but the API didn't activate it. In Segment: Engage → Audiences"),
    "watch": (3, "Is Send Identify or Send Track on?"),
    "apply again": (4, "1 left to do by hand"),
    "doctor": (3, "check that Send Identify or Send Track is on"),
}
_UNSEEN: Mapping[str, End] = {
    **_NOT_STARTED,
    "apply again": (4, "we can't tell whether the connection sends"),
    "doctor": (3, "what activates VIP customers"),
}
_HIDDEN = {**_UNSEEN, "doctor": (3, "(audience.activation)")}
_OR_AN_ALLOWLIST = "If that one is refused too, ask an admin to add this machine to the IP allowlist."
OTHER_ENDS: Mapping[Behavior, Mapping[str, End]] = {
    Behavior.WIZARD_SHUT_OUT_401: {
        "plan": (1, _OR_AN_ALLOWLIST),
        "apply": (1, ""),
        "watch": (3, _OR_AN_ALLOWLIST),
        "apply again": (1, ""),
        "doctor": (1, _OR_AN_ALLOWLIST),
    },
    Behavior.WIZARD_SHUT_OUT_403: _CANNOT_LOOK,
    Behavior.WIZARD_SHUT_OUT_404: _CANNOT_LOOK,
    Behavior.SEGMENT_SHUT_OUT_401: _REFUSED,
    Behavior.SEGMENT_SHUT_OUT_403: _REFUSED,
    Behavior.SEGMENT_SHUT_OUT_404: _REFUSED,
    Behavior.EVENT_ID_DIFFERS: {
        "watch": (3, "most likely Vip customers; its key has another ID"),
        "doctor": (3, "is most likely VIP customers. It has 1,234 members."),
    },
    Behavior.CLASS_NOT_SENT: {
        "watch": (1, "switch on Send Identify or Send Track"),
        "doctor": (1, "such as the audience's class"),
    },
    Behavior.ATTACHING_REFUSED_400: _BY_HAND,
    Behavior.ATTACHING_REFUSED_403: _BY_HAND,
    Behavior.ATTACHING_REFUSED_404: _BY_HAND,
    Behavior.ATTACHING_REFUSED_422: _BY_HAND,
    Behavior.SUPPORTED_NONE: _BY_HAND,
    Behavior.SUPPORTED_HIDDEN: _BY_HAND,
    Behavior.ACTIVATING_REFUSED_400: _NOT_STARTED,
    Behavior.ACTIVATING_REFUSED_403: _NOT_STARTED,
    Behavior.ACTIVATIONS_HIDDEN_403: _UNSEEN,
    Behavior.ACTIVATIONS_HIDDEN_404: _HIDDEN,
}
"""By behavior and command its exit code and what it says; what isn't named ends right."""
SEEN_BY_DOCTOR: Mapping[Behavior, str] = {
    Behavior.TOKEN_HIDDEN: "We can't tell whether this token can write segments",
    Behavior.KINDS_HIDDEN: "doesn't let this token read the project's context kinds",
    Behavior.PROJECT_HIDDEN: "This token can't view the project shop",
    Behavior.MASK_WITHOUT_END: "doesn't show the last four characters of the token",
    Behavior.STATUS_HIDDEN: "VIP customers",
}
"""By behavior what `doctor` alone says of it: a setup ends right, and nobody can tell whether it is well."""
MADE = {
    id(_BY_HAND): {**ALL_MADE, "connections": 0, "activations": 0},
    id(_NOT_STARTED): {**ALL_MADE, "activations": 0},
    id(_UNSEEN): {**ALL_MADE, "activations": 0},
    id(_HIDDEN): {**ALL_MADE, "activations": 0},
}
"""By end what is there before undo, where it isn't all or nothing."""
_EUROPEAN = [one for one in Behavior if one.startswith("other-region")]
OF_ONE_ANSWER = (
    (
        Behavior.KEY_IN_LOWER_CASE,
        Behavior.KEY_IN_UPPER_CASE,
        Behavior.KEY_FROM_NAME,
        Behavior.KEY_IS_THE_ID,
        Behavior.EXTERNAL_NOT_LISTED,
        Behavior.EXTERNAL_NOWHERE,
        Behavior.EXTERNAL_OTHER_WORD,
        Behavior.EXTERNAL_FILTER_REFUSED,
    ),
    (
        Behavior.FILTERS_REFUSED,
        Behavior.FILTERS_IGNORED,
        Behavior.COUNT_NOT_SHOWN,
        Behavior.SEGMENT_NAMES_ITS_PAGE,
    ),
    (
        Behavior.LISTS_WITHOUT_TOTAL,
        Behavior.LISTS_WITHOUT_LINKS,
        Behavior.LISTS_WITHOUT_BOTH,
        Behavior.LISTS_OF_TWENTY,
        Behavior.LIMIT_FIFTY,
        Behavior.ACCOUNT_HIDDEN,
        Behavior.SIZE_HIDDEN,
        Behavior.MEMBERSHIP_HIDDEN,
    ),
    (
        Behavior.DESTINATION_STARTS_OFF,
        Behavior.MAPPING_STARTS_OFF,
        Behavior.SETTINGS_GAIN_KEYS,
        Behavior.PRESET_AT_ONCE,
        Behavior.PRESET_LATER,
        Behavior.CATALOG_HIDDEN,
        Behavior.CATALOG_WITHOUT_PRESETS,
    ),
    (
        Behavior.TRIGGER_IN_PARENTHESES,
        Behavior.TRIGGER_TIGHT,
        Behavior.TRIGGER_REORDERED,
    ),
    (
        Behavior.SUPPORTED_LIST,
        Behavior.ATTACHED_WITHOUT_ID,
        Behavior.ACTIVATION_STARTS_OFF,
        Behavior.DETACH_BY_DESTINATION_400,
        Behavior.DETACH_BY_DESTINATION_404,
        Behavior.DETACH_BY_DESTINATION_422,
    ),
    (
        Behavior.ENGAGE_SLUG_DIFFERS,
        Behavior.ENGAGE_TYPE_DIFFERS,
        Behavior.WRITE_KEYS_HIDDEN,
        Behavior.DELIVERY_HIDDEN_403,
        Behavior.DELIVERY_HIDDEN_404,
        Behavior.AUDIT_HIDDEN,
    ),
    (
        *_EUROPEAN,
        Behavior.SEARCH_IGNORED,
        Behavior.SEARCH_REFUSED,
        Behavior.PAGES_WITHOUT_TOTAL,
    ),
)
"""What ends right, by what it changes: the segment, how segments are asked for, LaunchDarkly's lists, what is made, the
trigger, the connection, the source, Segment's lists. A world has one of each: none of them spares the wizard another
one's trouble.
"""
_HARDER_STILL = (
    (Behavior.EXTERNAL_NOT_LISTED, Behavior.EVENT_ID_DIFFERS),
    (Behavior.MAPPING_STARTS_OFF, Behavior.ATTACHING_REFUSED_404),
    (Behavior.FILTERS_REFUSED, Behavior.CLASS_NOT_SENT),
)
AT_ONCE: tuple[tuple[Behavior, ...], ...] = (
    *(tuple(one for one in of_each if one) for of_each in zip_longest(*OF_ONE_ANSWER)),
    tuple(SEEN_BY_DOCTOR),
    *((one,) for one in OTHER_ENDS if one not in {harder for _, harder in _HARDER_STILL}),
    *_HARDER_STILL,
)


def in_steps() -> FakeClock:
    """Return a clock on which each wait takes two minutes; other tests are about what a watch sees in between."""
    return FakeClock(auto=True, at_least=120.0)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def ran(world: World, command: str) -> End:
    name, _, _ = command.partition(" ")
    result = await world.run(name, as_json=False, timeout_s=WATCHED_S)
    await world.clock.sleep(A_WHILE)
    return result.code, result.out + result.err


def written(world: World) -> list[tuple[str, str]]:
    """Return the method and path of every write that Segment accepted. LaunchDarkly is only read, even by POST."""
    asked = (one for one in world.sandbox.requests if one.method not in {"GET", "HEAD"} and one.status < 300)
    return [(one.method, one.path) for one in asked if not one.path.startswith("/api/v2/")]


def test_every_behavior_is_on_in_a_world() -> None:
    asked_for_by_the_sync = {Behavior.APPROVAL_NOT_ASKED_FOR, Behavior.VIEW_ASKED_FOR, Behavior.KIND_ASKED_FOR}
    assert {one for world in AT_ONCE for one in world} == set(
        Behavior
    ) - asked_for_by_the_sync  # these are on below, in tests of what the sync requires


@pytest.mark.parametrize("behaviors", AT_ONCE, ids=" ".join)
async def test_every_behavior_ends_right_or_is_reported(world: World, behaviors: tuple[Behavior, ...]) -> None:
    scenario = "wrong-region" if set(behaviors) & set(_EUROPEAN) else "happy"
    world.begin(Sandbox(scenario, in_steps(), behaviors=behaviors))
    others = next((OTHER_ENDS[one] for one in behaviors if one in OTHER_ENDS), {})
    if set(behaviors) & set(SEEN_BY_DOCTOR):
        others = {"doctor": (3, "")}
    made = MADE.get(id(others), ALL_MADE if others.get("apply", (0, ""))[0] == 0 else NOTHING)
    for command in COMMANDS:
        before = written(world)
        code, said = await ran(world, command)
        wanted, words = others.get(command, (RIGHT[command], ""))
        assert (command, code) == (command, wanted), said
        assert words in said
        if command not in ("apply", "undo"):
            assert written(world) == before
        if command != "undo" and command != "plan":
            assert world.made() == made
    assert world.made() == NOTHING
    assert set(Counter(path for method, path in written(world) if method == "POST").values()) <= {1}
    assert not [why for why in world.breaches if "polling" not in why]


async def test_what_only_doctor_sees_is_reported(tmp_path: Path) -> None:
    """Each behavior is on alone, in a copy of a synced setup."""
    folder = tmp_path / "synced"
    folder.mkdir()
    synced = World(folder)
    synced.begin(Sandbox("happy", in_steps()))
    assert [(await ran(synced, command))[0] for command in ("apply", "watch", "doctor")] == [0, 0, 0]
    for behavior, words in SEEN_BY_DOCTOR.items():
        world = synced.copy(tmp_path / behavior)
        world.sandbox.world.behaviors.add(behavior)
        code, said = await ran(world, "doctor")
        assert (behavior, code) == (behavior, 3), said
        assert words in said


async def test_what_was_attached_by_hand_is_proven_by_what_arrives(tmp_path: Path) -> None:
    """If Segment shows no connections, a step by hand comes first, and nothing is left to do after the segment came."""
    world = World(tmp_path)
    world.begin(Sandbox("no-attach-api", in_steps()))
    before = [(await ran(world, command))[0] for command in ("plan", "apply")]
    await ran(world, "watch")
    after = {command: await ran(world, command) for command in ("plan", "apply", "plan", "doctor")}

    assert before == [4, 4]
    assert [code for code, _ in after.values()] == [0, 0, 0], after
    findings = {one["id"]: one for one in (await world.run("doctor")).document["checks"]}
    assert findings["audience.attached"]["summary"].endswith("the segment Vip customers appeared after that.")


@pytest.mark.parametrize("behavior", [Behavior.ACTIVATIONS_HIDDEN_403, Behavior.ACTIVATING_REFUSED_400])
async def test_switches_that_a_person_set_are_proven_by_what_arrives(world: World, behavior: Behavior) -> None:
    world.begin(Sandbox("happy", in_steps(), behaviors=[behavior]))
    before = [(await ran(world, command))[0] for command in ("apply", "apply again")]
    workspace = world.sandbox.world.workspaces[0]
    (connection,) = (
        one for one in workspace.connections if "LaunchDarkly" in workspace.destinations[one.destination_id].name
    )
    connection.send_identify, connection.created_at = True, world.clock.now()
    watched = await ran(world, "watch")
    after = {command: await ran(world, command) for command in ("plan", "apply again", "doctor", "undo")}

    assert (before, watched[0]) == ([4, 4], 0), watched
    assert {command: code for command, (code, _) in after.items()} == dict.fromkeys(after, 0), after


async def test_a_segment_from_before_proves_no_attachment(tmp_path: Path) -> None:
    world = World(tmp_path, "no-attach-api")
    workspace = world.sandbox.world.workspaces[0]
    workspace.colleague_attaches = ""
    audience = next(one for one in workspace.audiences.values() if one.key == "vip_customers")
    made = world.clock.now() - timedelta(days=9)
    old = Segment(f"segment-audiences-{audience.id}", "Vip customers", made, made, "segment-audiences")
    old.counted_at = {"user-0001": made}
    world.sandbox.world.accounts[0].projects["shop"].environments["production"].segments[old.key] = old

    assert [(await ran(world, command))[0] for command in ("apply", "plan", "apply", "plan")] == [4, 4, 4, 4]


async def test_every_host_that_is_reported_is_in_the_workspaces_region(tmp_path: Path) -> None:
    world = World(tmp_path, "wrong-region")

    told = [await world.run(command, as_json=False) for command in ("plan", "apply", "undo")]

    hosts = [host for ran in told for host in re.findall(r"[\w.]*api\.segmentapis\.com", ran.out + ran.err)]
    assert set(hosts) == {"eu1.api.segmentapis.com"}


async def test_every_page_of_segments_app_is_in_the_workspaces_region(tmp_path: Path) -> None:
    world = World(tmp_path, "wrong-region")
    world.sandbox.world.workspaces[0].attaching = "off"

    told = [
        await world.run(command, as_json=as_json)
        for command in ("plan", "apply", "doctor")
        for as_json in (False, True)
    ]
    staged = stage_on(world.sandbox)
    await walk_to_review(staged)

    pages = [page for ran in told for page in re.findall(r"[\w.]*app\.segment\.com", ran.out + ran.err)]
    asked = [ask.help.link for step in staged.walk.steps for ask in staged.walk.asks(step)]
    assert set(pages) == {"eu1.app.segment.com"}
    assert not [link for link in asked if link.startswith("https://app.segment.com")]
    assert links.find("https://eu1.app.segment.com/goto-my-workspace/sources") == replace(
        links.SEGMENT_SOURCES, url="https://eu1.app.segment.com/goto-my-workspace/sources"
    )


async def test_a_segments_page_is_the_one_that_launchdarkly_names(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.begin(Sandbox("happy", in_steps(), behaviors=[Behavior.SEGMENT_NAMES_ITS_PAGE]))
    await world.run("apply")
    await world.clock.sleep(A_WHILE)

    watched = await world.run("watch", timeout_s=WATCHED_S)

    (segment,) = watched.documents[-1]["segments"]
    assert segment["url"] == f"https://app.launchdarkly.com/shop/production/segments/{segment['key']}"


def asked_for(world: World, *what: str) -> str:
    """Let the account require what the sync may or may not need; return the setup file's text."""
    project = world.sandbox.world.accounts[0].projects["shop"]
    project.segments_need_a_view = "view" in what
    project.environments["production"].segment_approvals = "approval" in what
    return SETUP + ('\n[mapping]\ncontext_kind = "robot"\n' if "kind" in what else "")


WARNED = {"approval": "approval", "view": "view", "kind": "This project has no context kind robot"}


@pytest.mark.parametrize(
    ("what", "behaviors", "arrives"),
    [
        (("approval", "view", "kind"), (Behavior.APPROVAL_NOT_ASKED_FOR,), True),
        (("approval",), (), False),
        (("view",), (Behavior.VIEW_ASKED_FOR,), False),
        (("kind",), (Behavior.KIND_ASKED_FOR,), False),
    ],
)
async def test_what_the_sync_may_ask_for_is_said_and_holds_up_nobody(
    world: World, what: tuple[str, ...], behaviors: tuple[Behavior, ...], arrives: bool
) -> None:
    world.begin(Sandbox("happy", in_steps(), behaviors=behaviors))
    setup = asked_for(world, *what)

    plan, applied = [await world.run(command, setup=setup, as_json=False) for command in ("plan", "apply")]
    await world.clock.sleep(A_WHILE)
    watched = await world.run("watch", setup=setup, timeout_s=WATCHED_S)

    assert (plan.code, applied.code) == (4, 0)
    assert plan.out.count("Warning:") >= len(what)
    assert not [one for one in what if WARNED[one] not in plan.out]
    assert (watched.code == 0) is arrives, watched.out
