"""The table of vendor links."""

from __future__ import annotations

import pytest

from wizard.domain.services import links
from wizard.domain.services.links import ALL, Link, find

VENDORS = (
    "https://app.launchdarkly.com/",
    "https://launchdarkly.com/docs/",
    "https://launchdarkly.com/contact-sales/",
    "https://status.launchdarkly.com/",
    "https://app.segment.com/",
    "https://status.segment.com/",
    "https://www.twilio.com/docs/segment/",
    "https://docs.segmentapis.com/",
)


def test_every_link_is_a_vendors_page_over_https() -> None:
    assert all(link.url.startswith(VENDORS) for link in ALL)


def test_names_and_urls_are_unique() -> None:
    assert len({link.name for link in ALL}) == len({link.url for link in ALL}) == len(ALL)


@pytest.mark.parametrize("link", [link for link in ALL if link.url.startswith(VENDORS[0]) or "app.segment" in link.url])
def test_every_page_of_an_app_has_its_menu_path(link: Link) -> None:
    assert link.menu


def test_keys_are_percent_encoded() -> None:
    page = links.LAUNCHDARKLY_SEGMENT.to(project="a/b", environment="pré prod", segment="x?y&z#w")
    assert page.url == (
        "https://app.launchdarkly.com/projects/a%2Fb/segments/x%3Fy%26z%23w/targeting"
        "?env=pr%C3%A9%20prod&selected-env=pr%C3%A9%20prod"
    )


def test_a_filled_in_link_is_found_with_its_menu_path() -> None:
    page = links.SEGMENT_AUDIENCE.to(workspace="acme", space="prod", audience="aud_1")
    assert find(page.url) == page
    assert page.menu == links.SEGMENT_AUDIENCE.menu


@pytest.mark.parametrize("link", [link for link in ALL if "{" not in link.url])
def test_every_fixed_link_is_found(link: Link) -> None:
    assert find(link.url) == link


def test_a_strangers_url_is_not_in_the_table() -> None:
    assert find("https://app.launchdarkly.com.example.org/settings/authorization") is None
