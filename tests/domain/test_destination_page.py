"""The page of a destination in Segment's web app."""

from __future__ import annotations

import pytest

from tests.domain.sample_facts import DESTINATION, healthy_facts
from wizard.domain.services import links
from wizard.domain.services.segment import Region, Workspace
from wizard.domain.wanted import destination_page


@pytest.mark.parametrize(
    ("region", "app"), [(Region.US, "https://app.segment.com/"), (Region.EU, "https://eu1.app.segment.com/")]
)
def test_a_destination_has_its_own_page_in_the_app_of_the_workspaces_region(region: Region, app: str) -> None:
    page = destination_page(DESTINATION, healthy_facts(workspace=Workspace("ws_1", "acme", "Acme", region)))
    assert page.url.startswith(f"{app}acme/destinations/")
    assert page.url.endswith(f"/instances/{DESTINATION.id}")


def test_the_list_has_to_do_while_the_address_is_not_known() -> None:
    assert destination_page(DESTINATION, healthy_facts(workspace=None)) == links.SEGMENT_DESTINATIONS
