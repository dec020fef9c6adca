"""The support report has what support asks for and no secret, and only its owner can read the file."""

from __future__ import annotations

import os
import stat
import traceback
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.fake_clock import FakeClock
from tests.walks import Staged, apply_all, stage, stage_on, walk_to_review
from wizard.domain.tokens.scrub import leaks
from wizard.flow.handouts.report import HoldsASecret, report, save, secrets_of, versions
from wizard.log_file import LogFile
from wizard.sandbox.app import Sandbox
from wizard.ui.screens.dialogs.bug import BugScreen


async def _walked(name: str) -> Staged:
    staged = stage(name)
    await walk_to_review(staged)
    return staged


def _section(text: str, title: str) -> str:
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


async def test_it_holds_what_support_asks_for() -> None:
    staged = stage("destination-disabled")
    await walk_to_review(staged, ("predicted_ltv",))  # a batch audience, which gets a warning
    text = report(staged.walk, versions())
    assert "scenario destination-disabled" in text
    assert "- Python: 3." in _section(text, "Versions")
    assert "textual" in _section(text, "Versions")
    assert "answered: server_side, by_hand, project" in _section(text, "Settings, by name")
    wrong = _section(text, "What is wrong")
    assert wrong.index("### Failed: `destination.enabled`") < wrong.index("### Warning:")
    assert "Integration Disabled, by ada@example.com" in wrong
    assert "`sync.delivery`" in _section(text, "Not checked")
    assert "GET app.launchdarkly.com/api/v2/caller-identity 200" in _section(text, "Requests")


async def test_request_ids_of_refusals_are_in_it() -> None:
    staged = await _walked("expired-token")
    failed = [one for one in staged.walk.ports.requests.all if one.request_id]
    text = _section(report(staged.walk, versions()), "Requests")
    assert all(one.request_id in text for one in failed)


async def test_the_timeline_tells_what_was_made() -> None:
    staged = await _walked("happy")
    await apply_all(staged)
    timeline = _section(report(staged.walk, versions()), "Timeline")
    assert "intended destination" in timeline
    assert "made mapping" in timeline
    assert "attaching began" in timeline


async def test_before_anything_was_given_it_is_short_and_whole() -> None:
    text = report(stage("happy").walk, {})
    assert "Nothing." in _section(text, "Timeline")
    assert "answered: nothing" in text


async def test_text_of_strangers_is_no_markup() -> None:
    sandbox = Sandbox("destination-disabled", FakeClock(auto=True))
    workspace = sandbox.world.workspaces[0]
    for destination in workspace.destinations.values():
        destination.name = "```\n# [click](http://x) <script>|"
    staged = stage_on(sandbox)
    await walk_to_review(staged)
    text = report(staged.walk, versions())
    assert "\\[click\\]" in text
    assert not any(line.startswith(("```", "# [")) for line in text.splitlines())


def test_a_report_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        save(tmp_path / "report.md", "half a character: \ud800", ())
    assert list(tmp_path.iterdir()) == []


# --- planted secrets ----------------------------------------------------------------------------------------------

STRANGERS = "sdk-0a1b2c3d-0000-4000-8000-123456789abc"


async def _planted() -> Staged:
    """Return a setup with secrets, whole and in parts, in names that people choose and in services' messages."""
    sandbox = Sandbox("destination-disabled", FakeClock(auto=True))
    token, public = sandbox.tokens.launchdarkly_access_token, sandbox.tokens.segment_public_api_token
    workspace, account = sandbox.world.workspaces[0], sandbox.world.accounts[0]
    workspace.name = f"Acme {public}"
    workspace.sources[0].name = f"Personas Production {public[10:30]}"
    for destination in workspace.destinations.values():
        destination.name = f"LaunchDarkly {token} {STRANGERS}"
    account.projects["shop"].name = f"Shop {token[6:20]}"
    account.tokens[0].name = f"Bearer {token}"
    workspace.note(sandbox.clock.now(), f"Integration {token}", next(iter(workspace.destinations)), "integration", "x")
    staged = stage_on(sandbox)
    await walk_to_review(staged)
    return staged


async def test_no_planted_secret_is_in_the_report(tmp_path: Path) -> None:
    staged = await _planted()
    secrets = (*secrets_of(staged.walk), STRANGERS)
    assert len(secrets) == 4
    before = report(staged.walk, versions())
    assert "(hidden)" in before
    await apply_all(staged)
    for text in (before, report(staged.walk, versions())):
        assert leaks(text, secrets) == ()
        save(tmp_path / "report.md", text, secrets)


async def test_no_secret_is_in_the_log_or_in_a_crash(tmp_path: Path) -> None:
    staged = await _planted()
    log, secrets = LogFile(tmp_path / "log"), secrets_of(staged.walk)
    for request in staged.walk.ports.requests.all:
        log.request(request)
    try:
        raise RuntimeError(f"what went wrong with {secrets[0]}")
    except RuntimeError as error:
        log.problem(error, secrets)
        text = "".join(traceback.format_exception_only(type(error), RuntimeError("…")))
        shown = repr(vars(BugScreen("checking", error))["_doing"]) + text
    written = (tmp_path / "log").read_text()
    for secret in secrets:
        assert secret not in written
        assert secret not in shown
        assert secret not in repr(staged.walk.ports.requests.all)


def test_a_client_side_id_in_the_tokens_place_is_no_secret() -> None:
    staged = stage("happy")
    given = replace(staged.walk.state.secrets, launchdarkly_token=SecretStr("57be1db38b75bf0772d11384"))
    staged.walk.state = replace(staged.walk.state, secrets=given)
    assert secrets_of(staged.walk) == ()


# --- the file -----------------------------------------------------------------------------------------------------

SECRET = "api-11112222-3333-4444-5555-666677778888"


def test_the_file_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("before")
    path.chmod(0o644)
    save(path, "# Report\n", (SECRET,))
    assert path.read_text() == "# Report\n"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", [f"whole {SECRET}", f"a part {SECRET[10:20]}", f"a stranger's {STRANGERS}"])
def test_a_report_with_a_secret_is_not_kept(tmp_path: Path, text: str) -> None:
    with pytest.raises(HoldsASecret) as refused:
        save(tmp_path / "report.md", text, (SECRET,))
    assert list(tmp_path.iterdir()) == []
    assert SECRET[10:20] not in str(refused.value)


def test_what_was_there_before_stays_when_the_new_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("former")
    with pytest.raises(HoldsASecret):
        save(tmp_path / "report.md", SECRET, (SECRET,))
    assert (tmp_path / "report.md").read_text() == "former"


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="it's a folder"):
        save(tmp_path, "x", ())
    with pytest.raises(OSError, match="No such file"):
        save(tmp_path / "missing" / "report.md", "x", ())
    assert list(tmp_path.iterdir()) == []
