"""Several environments line by line: they are picked, reviewed together, made with one yes and followed together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx

from tests.fake_clock import FakeClock
from tests.headless.plain.plain_script import (
    AUDIENCES,
    DESTINATION,
    ENTER,
    MAPPING,
    PREREQUISITES,
    SEGMENT,
    TO_REVIEW,
    Script,
    staged,
    talk,
)
from tests.headless.runs import SETUP, World, applied
from tests.walks import stage, stage_on
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.walk import Walk
from wizard.headless.plain.asides.environments import add_more
from wizard.headless.plain.asides.letters import ASIDES
from wizard.headless.plain.dialogue.dialogue import Dialogue


async def told(walk: Walk, *typed: str) -> list[str]:
    script = Script(typed)
    await add_more(Dialogue(walk, script, ASIDES))
    return script.text.splitlines()


async def on_a_setup(world: World) -> Walk:
    walk = stage_on(world.sandbox, session=world.session()).walk
    walk.state = replace(walk.state, sandbox="")
    await load_secrets(walk)
    walk.resume()
    await walk.read(StepId.LAUNCHDARKLY)
    return walk


async def test_environments_are_added_by_number_and_review_shows_them(tmp_path: Path) -> None:
    world = await applied(tmp_path, SETUP)
    walk = await on_a_setup(world)

    said = await told(walk, "shop", "1, 2")

    assert "  1. Shop / Staging (shop / staging)" in said
    assert said[-1] == "Review shows what the wizard will make in each environment."
    assert walk.state.answers.other_environments == ("shop/staging", "shop/test")

    again = await told(walk, "shop", "")
    assert not any("Shop / " in line for line in again)  # they have been picked already


async def test_before_an_environment_is_chosen_nothing_is_added(tmp_path: Path) -> None:
    walk = stage_on(World(tmp_path).sandbox).walk

    (said,) = await told(walk)

    assert said.startswith("Pick this setup's own environment first")


_PICK_STAGING = ("1", "3", "shop", "1", ENTER, ENTER)
_TO_REVIEW = (*PREREQUISITES, *_PICK_STAGING, *SEGMENT, *DESTINATION, *MAPPING, *AUDIENCES)


async def test_one_yes_is_for_all_and_what_segment_refuses_is_done_by_hand() -> None:
    set_up = staged(clock=FakeClock(auto=True))

    code, script = await talk(set_up.walk, *_TO_REVIEW, "yes", *[ENTER] * 4, "yes", *[ENTER] * 2)

    assert code == 0
    assert "3 to add, 1 by hand, then 2 more in 2 environments." in script.text
    assert "The same in all: Space Production, Context kind user," in script.text
    assert "Type yes to make 3 changes, do 1 by hand." in script.text
    assert script.text.count("Type yes to") == 2  # the second is for changes that waited for the steps by hand
    assert "Type yes to make 2 changes." in script.text
    assert "shop / production: Synced after 10 min." in script.text
    assert "shop / staging: Synced after 10 min." in script.text
    assert set_up.sandbox.breaches == []


async def test_a_space_of_its_own_spares_the_steps_by_hand() -> None:
    set_up = staged(clock=FakeClock(auto=True))
    in_development = ("1", "4", "1", ENTER, ENTER)
    answers = (*PREREQUISITES, *_PICK_STAGING, *in_development, *DESTINATION, *MAPPING, *AUDIENCES)

    code, script = await talk(set_up.walk, *answers, "yes", ENTER, ENTER)

    assert code == 0
    assert "Other spaces: shop / staging ← Development" in script.text
    assert "Only here: Space Development, Audiences VIP customers (dev)" in script.text
    assert "Type yes to make 6 changes in 2 environments." in script.text
    assert "By hand" not in script.text
    assert script.text.count("Synced after 10 min.") == 2
    assert "Made: 1 destination, 1 mapping, 1 connection.\nAlso set up: shop/staging." in script.text
    assert set_up.sandbox.breaches == []


async def test_troubleshooting_and_the_rule_ask_which_environment_is_meant() -> None:
    set_up = staged()
    in_development = ("1", "4", "1", ENTER, ENTER)
    answers = (*PREREQUISITES, *_PICK_STAGING, *in_development, *DESTINATION, *MAPPING, *AUDIENCES)

    _, script = await talk(set_up.walk, *answers, "yes", "t", "2", "1", "e", ENTER, ENTER, "2", "vip-lounge", "yes")

    assert "Troubleshoot which environment?\n  1. shop / production\n  2. shop / staging" in script.text
    assert "The destination LaunchDarkly - shop / staging is there." in script.text
    assert script.text.count("Meanwhile: decide which flag will use the segment.") == 1
    assert "In which environment does a flag get the rule?" in script.text
    environments = set_up.sandbox.world.accounts[0].projects["shop"].environments
    changed = [key for key, one in environments.items() for flag in one.flags.values() if flag.version > 1]
    assert changed == ["staging"]


async def test_an_environment_that_is_added_at_the_yes_is_shown_first() -> None:
    set_up = staged()

    _, script = await talk(set_up.walk, *TO_REVIEW, "e", "shop", "1", "yes")

    assert set_up.writes == []
    assert "You've picked other environments." in script.text
    assert "3 to add, 1 by hand, then 2 more in 2 environments." in script.text


class _Refuses(httpx.AsyncBaseTransport):
    """A transport on which Segment doesn't create one environment's destination."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and "shop / production" in request.content.decode():
            return httpx.Response(500, json={"errors": [{"type": "internal", "message": "Internal error"}]})
        return await self._inner.handle_async_request(request)


async def test_what_fails_in_one_leaves_the_other_done_and_is_left_in_the_next_plan() -> None:
    set_up = stage("happy", wrap=_Refuses)
    in_development = ("1", "4", "1", ENTER, ENTER)
    answers = (*PREREQUISITES, *_PICK_STAGING, *in_development, *DESTINATION, *MAPPING, *AUDIENCES)

    code, script = await talk(set_up.walk, *answers, "yes", ENTER)

    assert code == 1
    assert "Failed: Destination LaunchDarkly - shop / production" in script.text
    assert "Done: Connection to VIP customers" in script.text
    assert "Some changes failed. The changes that were made stay." in script.text
    assert script.said[-1].count("destination in shop / staging") == 1
    assert "3 to add, 0 to change, 0 already right." in script.text.partition("Some changes failed")[2]
    names = [one.name for one in set_up.sandbox.world.workspaces[0].destinations.values()]
    assert "LaunchDarkly - shop / staging" in names
