"""The full screen tells which hosts get the Segment token, and opens the web app of the workspace's region."""

from __future__ import annotations

from tests.ui.plain import text_of
from tests.ui.scenarios import SimulatedWizard, reach, settled


async def test_hosts_are_shown_beside_the_token_and_pages_open_in_the_workspaces_region() -> None:
    app = SimulatedWizard("wrong-region")
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot, ("until:segment",))
        app.walk_screen.open_question("segment", "segment_token")
        await settled(pilot)
        said = text_of(app.export_screenshot())
        assert "The wizard asks api.segmentapis.com about it, and" in said
        assert "eu1.api.segmentapis.com if that host refuses it." in said

        app.walk_screen.go("destination")
        await settled(pilot)
        pane = app.walk_screen.pane
        assert pane is not None
        pages = {question.ask.help.link for question in pane.questions}
        assert pages == {"https://eu1.app.segment.com/goto-my-workspace/destinations"}
