"""The setup saved as a file from the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.plain import text_on
from tests.ui.waiting import until
from tests.walks import Staged, stage, walk_to_review
from wizard.flow.handouts.setup_toml import save_setup
from wizard.ui.app import AudienceWizard
from wizard.ui.widgets.buttons.button import Button


async def on_real_accounts() -> Staged:
    """Return a walk that doesn't know that its services are simulated."""
    staged = stage("happy")
    await walk_to_review(staged)
    staged.walk.state = replace(staged.walk.state, sandbox="")
    return staged


@asynccontextmanager
async def saved(staged: Staged) -> AsyncIterator[list[str]]:
    """Press Ctrl+S on an opened walk, and return the toast's text."""
    app = AudienceWizard(lambda: staged.walk, calm=True)
    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await until(pilot, lambda: app.walk_screen.walk is not None)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(app._notifications) > 0)
        yield [notification.message for notification in app._notifications]


async def test_in_the_sandbox_no_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    staged = stage("happy")
    await walk_to_review(staged)
    async with saved(staged) as said:
        assert said == ["Not saved: the setup in the sandbox is simulated."]
        assert not (tmp_path / "setup.toml").exists()


async def test_ctrl_s_writes_the_setup_beside_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "setup.toml").write_text("mine")
    staged = await on_real_accounts()
    async with saved(staged):
        assert (tmp_path / "setup.toml").read_text() == "mine"
        written = (tmp_path / "setup-2.toml").read_text()
        assert 'include = ["vip_customers"]' in written
        assert staged.sandbox.tokens.launchdarkly_access_token not in written


async def test_a_folder_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Path:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("wizard.flow.handouts.setup_toml.save_setup", refuse)
    async with saved(await on_real_accounts()) as said:
        assert said == ["Not written: Read-only file system"]


async def test_a_saved_setup_can_be_looked_through() -> None:
    staged = stage("happy")
    await walk_to_review(staged)
    saved = staged.walk.session.saved.answers
    again = stage("happy")
    again.walk.session.keep(saved, ("prerequisites", "launchdarkly"))
    app = AudienceWizard(lambda: again.walk, calm=True)

    async with app.run_test(notifications=True, tooltips=True) as pilot:
        await until(pilot, lambda: any(one.is_on_screen for one in app.query("#through")))
        assert "shop / production, 2 of 8 steps done, saved" in " ".join(text_on(app).split())
        app.query_one("#through", Button).press()
        await until(pilot, lambda: app.walk_screen.at == "prerequisites")
        assert again.walk.state.answers.client_side_id == saved.client_side_id


def test_the_file_takes_the_next_free_name(tmp_path: Path) -> None:
    staged = stage("happy")
    state = staged.walk.state
    names = [save_setup(tmp_path, state.answers, state.facts).name for _ in range(3)]

    assert names == ["setup.toml", "setup-2.toml", "setup-3.toml"]
