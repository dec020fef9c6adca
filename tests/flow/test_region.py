"""The token goes to a second region only if the user was told before; a workspace there works like any other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.headless.plain.plain_script import ENTER, staged, talk
from tests.walk_copies import at_review
from tests.walks import Staged, stage
from wizard.domain.answers import AskId
from wizard.domain.findings import Status
from wizard.domain.step_id import StepId
from wizard.flow.kept_secrets import load_secrets
from wizard.flow.steps.ask import Ask
from wizard.vault import MemoryVault

BOTH = "The wizard asks api.segmentapis.com about it, and eu1.api.segmentapis.com if that host refuses it."


def asked(at: Staged, ask_id: AskId) -> Ask:
    walk = at.walk
    return next(ask for step in walk.steps for ask in walk.asks(step) if ask.id == ask_id)


def test_the_tokens_question_names_every_host_that_may_get_it() -> None:
    at = stage("happy")
    assert asked(at, "segment_token").hint.endswith(BOTH)

    state = at.walk.state
    at.walk.set_state(replace(state, facts=replace(state.facts, segment_host="eu1.api.segmentapis.com")))
    assert asked(at, "segment_token").hint.endswith("The wizard asks only eu1.api.segmentapis.com about it.")


async def test_line_by_line_the_hosts_are_said_before_the_token_is_asked_for() -> None:
    at = staged(vault=MemoryVault("no keyring", {}))
    token = at.sandbox.tokens.launchdarkly_access_token

    _, script = await talk(at.walk, ENTER, "2", ENTER, "1", token, "1", ENTER)

    assert BOTH in script.text
    assert not [
        one for one in at.sandbox.requests if "segmentapis" in one.host and one.path == "/" and one.status < 300
    ]


async def test_a_workspace_in_the_other_region_says_what_each_host_answered() -> None:
    at = stage("wrong-region")
    await load_secrets(at.walk)
    await at.walk.read(StepId.SEGMENT)

    found = at.finding("segment.region")

    assert found.status is Status.WARN
    assert found.cause.startswith("api.segmentapis.com answered 401. eu1.api.segmentapis.com knows the token")


@pytest.mark.parametrize("ask_id", ["destination_name", "engage_source"])
async def test_a_question_with_a_page_of_the_other_regions_app_can_be_answered(ask_id: AskId) -> None:
    at = await at_review("wrong-region")
    ask = asked(at, ask_id)
    value = ask.choices(at.walk.state)[0].value if ask.choices(at.walk.state) else "LaunchDarkly - other name"

    assert ask.help.link.startswith("https://eu1.app.segment.com/")
    assert at.walk.answer(ask, value) == ""
