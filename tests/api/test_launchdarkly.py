"""Requests to LaunchDarkly, and what the client makes of the responses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.api.fakes import LAUNCHDARKLY_TOKEN, Fake, Handler, always, in_turn, reply
from tests.fake_clock import FakeClock
from wizard.api.services import BaseUrls
from wizard.domain.explain import explain
from wizard.domain.facts import Reach
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.launchdarkly import UNNAMED, Instance, PersistentStore, Project
from wizard.sandbox.app import Sandbox
from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.state.account import Segment
from wizard.wiring import ports_of

ENVIRONMENT = {"_id": "57be1db38b75bf0772d11384", "key": "production", "name": "Production"}


def environments(*numbers: int, total: int | None = None) -> dict[str, Any]:
    items = [{"_id": f"id-{n}", "key": f"env-{n}", "name": f"Env {n}"} for n in numbers]
    return {"items": items, "_links": {}} | ({} if total is None else {"totalCount": total})


def paged(total: int, cap: int = 100, make: Any = lambda n: {"key": f"k{n}", "_external": "x"}) -> Handler:
    """Return a service with a list of `total` items, at most `cap` a page."""

    def answer(request: httpx.Request) -> httpx.Response:
        limit = min(int(request.url.params.get("limit", "20")), cap)
        offset = int(request.url.params.get("offset", "0"))
        items = [make(n) for n in range(offset, min(total, offset + limit))]
        return reply(200, {"items": items, "totalCount": total, "_links": {}})

    return answer


async def test_every_call_carries_the_raw_token_and_the_version() -> None:
    fake = Fake(always(200, {"items": []}))
    client = fake.launchdarkly
    await client.caller()
    await client.projects()
    await client.context_kinds("p")
    await client.synced_segments("p", "e")
    for request in fake.requests:
        assert request.headers["authorization"] == LAUNCHDARKLY_TOKEN.get_secret_value()
        assert request.headers["ld-api-version"] == "20240415"
        assert request.headers["accept"] == "application/json"
        assert "content-type" not in request.headers


async def test_the_stores_are_a_beta_resource() -> None:
    item = {
        "_id": "1",
        "integrationKey": "redis",
        "projectKey": "shop",
        "environmentKey": "production",
        "name": "prod redis",
        "on": True,
        "config": {"password": "x"},
        "_status": {"available": False, "potentiallyStale": True, "errors": [{"statusCode": 500, "message": "no"}]},
    }
    fake = Fake(always(200, {"items": [item, None, {"name": "no id"}]}))
    assert await fake.launchdarkly.stores() == (
        PersistentStore("shop", "production", "redis", "prod redis", True, False, True, ("500: no",)),
    )
    assert fake.last.headers["ld-api-version"] == "beta"


async def test_a_store_is_off_only_where_it_is_said() -> None:
    stores = await Fake(always(200, {"items": [{"_id": "1"}, {"_id": "2", "on": None}]})).launchdarkly.stores()
    assert not isinstance(stores, Failure)
    assert [store.on for store in stores] == [True, True]


@pytest.mark.parametrize(
    ("total", "cap", "requests"), [(0, 100, 1), (100, 100, 1), (101, 100, 2), (450, 100, 5), (45, 20, 3)]
)
async def test_a_list_is_read_to_its_end(total: int, cap: int, requests: int) -> None:
    fake = Fake(paged(total, cap))
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert len(segments) == total
    assert len(fake.requests) == requests


async def test_pages_that_are_shorter_than_the_first_leave_nothing_out() -> None:
    def shrinking(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params.get("offset", "0"))
        items = [{"key": f"k{n}", "_external": "x"} for n in range(offset, min(70, offset + (10 if offset else 30)))]
        return reply(200, {"items": items, "totalCount": 70})

    segments = await Fake(shrinking).launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert len({segment.key for segment in segments}) == 70


async def test_a_total_that_counts_more_than_is_shown_is_reported_once() -> None:
    shown = {"": [{"key": "k", "_external": "x"}]}
    fake = Fake(lambda asked: reply(200, {"items": shown.get(asked.url.params.get("offset", ""), []), "totalCount": 3}))
    for _ in range(2):
        segments = await fake.launchdarkly.synced_segments("p", "e")
        assert not isinstance(segments, Failure)
        assert len({one.key for one in segments}) == 1
    (note,) = fake.notes
    assert note == "LaunchDarkly's list /api/v2/segments/p/e shows 1 of 3. The token may not see the others."


@pytest.mark.parametrize(("shown", "total", "requests"), [(1, 300, 2), (2, 501, 2), (19, 10_000, 2), (0, 300, 1)])
async def test_a_short_first_page_with_a_larger_total_costs_one_more_request(
    shown: int, total: int, requests: int
) -> None:
    fake = Fake(lambda asked: reply(200, {**json.loads(paged(shown)(asked).content), "totalCount": total}))
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert len(segments) == shown
    assert len(fake.requests) == requests
    (note,) = fake.notes
    assert f"shows {shown:,} of {total:,}" in note


async def test_a_list_that_shows_its_first_page_at_every_offset_ends() -> None:
    fake = Fake(always(200, {"items": [{"key": "k", "_external": "x"}], "totalCount": 300}))
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert len(fake.requests) == 2


async def test_short_pages_are_read_on_one_by_one() -> None:
    fake = Fake(paged(45, cap=10))
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert len(segments) == 45
    assert [request.url.params.get("offset") for request in fake.requests] == [None, "10", "20", "30", "40"]
    assert fake.notes == []


@pytest.mark.parametrize("total", [-1, 0, True, "2", 1.5])
async def test_a_total_that_cannot_be_right_ends_no_list(total: object) -> None:
    where = "/api/v2/segments/p/e"
    pages = iter(
        [
            {
                "items": [{"key": "a", "_external": "x"}],
                "totalCount": total,
                "_links": {"next": {"href": f"{where}?offset=1"}},
            },
            {"items": [{"key": "b", "_external": "x"}], "totalCount": total},
        ]
    )
    segments = await Fake(lambda _: reply(200, next(pages))).launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert [one.key for one in segments] == ["a", "b"]


@pytest.mark.parametrize("body", [{}, {"items": 5}, {"items": None}, {"items": {"a": 1}}])
async def test_an_answer_without_a_list_is_not_an_empty_list(body: dict[str, Any]) -> None:
    client = Fake(always(200, body)).launchdarkly
    for read in (
        client.context_kinds("p"),
        client.stores(),
        client.fillers_listed("p", "e"),
        client.key_shapes("p", "e", "user"),
        client.segment_writes("p", "e", "t", None),
    ):
        failure = await read
        assert isinstance(failure, Failure)
        assert failure.kind is FailureKind.NOT_THE_SERVICE
        assert "has a form that this wizard doesn't know: the answer has no list." in explain(failure).summary


async def test_the_pages_after_the_first_are_asked_for_at_once() -> None:
    fake = Fake(paged(2_000, make=lambda n: {"key": f"k{n}", "name": "P", "environments": environments(total=0)}))
    projects = await fake.launchdarkly.projects()
    assert not isinstance(projects, Failure)
    assert len(projects) == 2_000
    assert fake.targets[0] == "GET /api/v2/projects?expand=environments&limit=100"
    assert fake.targets[1] == "GET /api/v2/projects?expand=environments&limit=100&offset=100"
    assert len(fake.requests) == 20


async def test_a_page_that_fails_fails_the_list() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return reply(403, {}) if "offset" in request.url.params else paged(300)(request)

    failure = await Fake(answer).launchdarkly.synced_segments("p", "e")
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.FORBIDDEN


@pytest.mark.parametrize("status", [400, 422])
async def test_a_service_that_refuses_long_pages_is_asked_for_its_own(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return reply(status, {}) if request.url.params.get("limit") == "100" else paged(30, 20)(request)

    fake = Fake(answer)
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert len(segments) == 30
    asked = len(fake.requests)
    await fake.launchdarkly.synced_segments("p", "e")
    assert len(fake.requests) == asked + 2, "a poll asks for the pages, and never again for longer ones"
    assert {request.url.params["filter"] for request in fake.requests} == {"external exists true"}


def linked(*hrefs: object) -> Handler:
    """Return a service with pages without a total: page n holds item n and links to `hrefs[n]`."""
    pages = iter(enumerate(hrefs))

    def answer(_: httpx.Request) -> httpx.Response:
        number, href = next(pages)
        return reply(200, {"items": [{"key": f"k{number}", "_external": "x"}], "_links": {"next": {"href": href}}})

    return answer


async def test_without_a_total_the_links_are_followed() -> None:
    absolute = "https://app.launchdarkly.com/api/v2/segments/p/e?a=%20b"
    fake = Fake(linked("/api/v2/segments/p/e?limit=1&offset=1", absolute, None))
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert [segment.key for segment in segments] == ["k0", "k1", "k2"]
    assert fake.targets[1:] == ["GET /api/v2/segments/p/e?limit=1&offset=1", "GET /api/v2/segments/p/e?a=%20b"]


@pytest.mark.parametrize(
    "href",
    [
        "https://evil.example/api/v2/segments/p/e",
        "//evil.example/api",
        "//evil.example:443/",
        "javascript:x",
        "x/y",
        "/api/v2/tokens?offset=1",
        "https://[::1",
        "https://app.launchdarkly.com:x/api/v2/segments/p/e",
    ],
)
async def test_a_link_to_another_place_is_not_followed_and_half_a_list_is_no_list(href: str) -> None:
    fake = Fake(linked(href))
    failure = await fake.launchdarkly.synced_segments("p", "e")
    assert len(fake.requests) == 1
    assert isinstance(failure, Failure)
    assert "at another address" in failure.message


@pytest.mark.parametrize(
    "host", ["HTTPS://App.LaunchDarkly.com", "https://app.launchdarkly.com:443", "//app.launchdarkly.com"]
)
async def test_a_link_with_the_services_own_host_written_otherwise_is_followed(host: str) -> None:
    fake = Fake(linked(f"{host}/api/v2/segments/p/e?offset=1", None))
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert fake.targets[1:] == ["GET /api/v2/segments/p/e?offset=1"]


async def test_a_link_with_a_slash_at_the_end_is_followed() -> None:
    fake = Fake(linked("/api/v2/segments/p/e/?offset=1", None))
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert [segment.key for segment in segments] == ["k0", "k1"]


async def test_a_link_that_repeats_ends_the_list() -> None:
    fake = Fake(linked(*(f"/api/v2/segments/p/e?offset={n}" for n in (1, 2, 1))))
    await fake.launchdarkly.synced_segments("p", "e")
    assert len(fake.requests) == 3


async def test_a_list_that_does_not_end_is_given_up() -> None:
    fake = Fake(linked(*(f"/api/v2/segments/p/e?offset={n}" for n in range(1_000))))
    failure = await fake.launchdarkly.synced_segments("p", "e")
    assert isinstance(failure, Failure)
    assert "didn't end within 200 items" in failure.message


async def test_a_list_that_takes_minutes_because_the_service_asks_to_wait_is_read_to_its_end() -> None:
    slow = cycle([reply(429, {}, {"Retry-After": "9"}), None])
    pages = linked(*(f"/api/v2/segments/p/e?offset={n}" for n in range(30)), None)
    fake = Fake(lambda request: next(slow) or pages(request))
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert len(segments) == 31
    assert fake.clock.monotonic() > 240


async def test_a_list_that_claims_to_be_endless_is_not_read() -> None:
    fake = Fake(paged(10**9))
    assert isinstance(await fake.launchdarkly.synced_segments("p", "e"), Failure)
    assert len(fake.requests) == 1


async def test_segments_are_asked_for_by_the_filter_which_is_trusted_with_big_ones() -> None:
    listed = [{"key": "a", "unbounded": True}, {"key": "b", "_external": "segment-audiences"}]
    fake = Fake(always(200, {"items": listed, "totalCount": 2}))
    segments = await fake.launchdarkly.synced_segments("shop", "production")
    assert not isinstance(segments, Failure)
    assert [(segment.key, segment.external) for segment in segments] == [("a", UNNAMED), ("b", "segment-audiences")]
    assert fake.targets == [
        "GET /api/v2/segments/shop/production?filter=external%20exists%20true&sort=-creationDate&limit=100"
    ]


@pytest.mark.parametrize(
    ("listed", "alone", "filler"),
    [
        ({"key": "a"}, {"_external": "x"}, "x"),
        ({"key": "a"}, {}, None),
        ({"key": "SEGMENT-AUDIENCES-AUD_1"}, {}, UNNAMED),
        ({"key": "segment-audiences-aud_1"}, None, UNNAMED),
        ({"key": "a"}, None, None),
    ],
)
@pytest.mark.parametrize("takes_filters", [True, False])
async def test_a_segment_is_opened_before_it_is_thrown_away(
    listed: dict[str, str], alone: dict[str, str] | None, filler: str | None, takes_filters: bool
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(f"/{listed['key']}"):
            return reply(404, {}) if alone is None else reply(200, listed | alone)
        is_refused = "filter" in request.url.params and not takes_filters
        big = {"unbounded": not takes_filters}  # a filter that isn't honored lists ordinary ones too
        return reply(400, {}) if is_refused else reply(200, {"items": [listed | big], "totalCount": 1})

    fake = Fake(answer)
    for _ in range(2):
        segments = await fake.launchdarkly.synced_segments("shop", "production")
        assert not isinstance(segments, Failure)
        assert [segment.external for segment in segments] == ([filler] if filler else [])
    opened = [target for target in fake.targets if target.endswith(f"/{listed['key']}")]
    assert len(opened) == (1 if alone is not None else 2)


def hiding(listed: list[str], synced: str, opens: bool = True, deleted: str = "") -> Handler:
    """Return a service without filters whose lists of big segments don't show what fills each."""

    def answer(request: httpx.Request) -> httpx.Response:
        key = request.url.path.rpartition("/")[2]
        if key == deleted:
            return reply(404, {})
        if key in listed:
            return reply(200, {"key": key} | ({"_external": "x"} if key == synced else {})) if opens else reply(403, {})
        if request.url.params.get("filter", "").startswith(("external", "unbounded")):
            return reply(400, {})
        items = [{"key": one, "name": "Vip" if one == synced else one, "unbounded": True} for one in listed]
        return reply(200, {"items": items, "totalCount": len(items)})

    return answer


def many_opened(fake: Fake) -> int:
    return sum("/segments/p/e/" in target for target in fake.targets)


async def test_the_newest_segments_are_opened_at_each_reading_however_many_were_opened_before() -> None:
    listed = [f"big-{number}" for number in range(22)]
    fake = Fake(hiding(listed, "vip"))
    client = fake.launchdarkly
    assert await client.synced_segments("p", "e") == ()
    assert many_opened(fake) == 20
    assert await client.synced_segments("p", "e") == ()
    assert many_opened(fake) == 22
    listed.insert(0, "vip")
    segments = await client.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert [segment.key for segment in segments] == ["vip"]
    assert many_opened(fake) == 23


async def test_an_inventory_opens_every_segment_that_hides_its_filler_or_fails() -> None:
    listed = [*(f"big-{number}" for number in range(44)), "vip"]
    segments = await Fake(hiding(listed, "vip")).launchdarkly.synced_segments("p", "e", every=True)
    assert not isinstance(segments, Failure)
    assert [segment.key for segment in segments] == ["vip"]
    meanwhile = await Fake(hiding(listed, "vip", deleted="big-7")).launchdarkly.synced_segments("p", "e", every=True)
    assert meanwhile == segments, "one that was deleted since it was listed is no failure"
    closed = await Fake(hiding(listed, "vip", opens=False)).launchdarkly.synced_segments("p", "e", every=True)
    assert isinstance(closed, Failure)


async def test_a_big_segment_of_the_name_is_opened_before_it_is_called_made_by_hand() -> None:
    listed = [f"big-{number}" for number in range(22)]
    client = Fake(hiding([*listed, "vip"], "vip")).launchdarkly
    assert await client.synced_segments("p", "e") == ()
    named = await client.segments_named("p", "e", "Vip")
    assert not isinstance(named, Failure)
    assert [(segment.key, segment.external) for segment in named] == [("vip", "x")]
    segments = await client.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert [segment.key for segment in segments] == ["vip"]


async def test_a_segment_of_the_name_that_cannot_be_opened_is_not_known_to_be_made_by_hand() -> None:
    assert await Fake(hiding(["vip"], "vip", opens=False)).launchdarkly.segments_named("p", "e", "Vip") == ()


async def test_a_refused_filter_is_widened() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return reply(400, {}) if "filter" in request.url.params else paged(1)(request)

    fake = Fake(answer)
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert not isinstance(segments, Failure)
    assert len(segments) == 1
    filters = list(dict.fromkeys(request.url.params.get("filter") for request in fake.requests))
    assert filters == ["external exists true", "unbounded equals true", None]
    asked = len(fake.requests)
    await fake.launchdarkly.synced_segments("p", "e")
    assert len(fake.requests) == asked + 1


async def test_a_refusal_that_no_filter_mends_uses_up_no_filter() -> None:
    is_open = False
    fake = Fake(lambda request: paged(1)(request) if is_open else reply(422, {}))
    client = fake.launchdarkly
    assert isinstance(await client.synced_segments("p", "e"), Failure)
    is_open = True
    await client.synced_segments("p", "e")
    assert fake.last.url.params["filter"] == "external exists true"


async def test_environments_that_were_cut_off_are_fetched() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/cut/environments"):
            return reply(200, environments(*range(25), total=25))
        if request.url.path.endswith("/bare/environments"):
            return reply(200, environments(1, total=1))
        if request.url.path.endswith("/closed/environments"):
            return reply(403, {})
        items = [
            {"key": "whole", "environments": environments(1, 2, total=2)},
            {"key": "cut", "environments": environments(*range(20), total=25)},
            {"key": "bare"},
            {"key": "closed", "environments": environments(1, total=9)},
        ]
        return reply(200, {"items": items, "totalCount": 4})

    projects = await Fake(answer).launchdarkly.projects()
    assert not isinstance(projects, Failure)
    assert {p.key: len(p.environments) for p in projects} == {"whole": 2, "cut": 25, "bare": 1, "closed": 1}


async def test_a_project_comes_with_all_its_environments() -> None:
    page = environments(1, total=1)
    fake = Fake(in_turn(reply(200, {"key": "shop", "environments": environments(total=1)}), reply(200, page)))
    project = await fake.launchdarkly.project("shop")
    assert isinstance(project, Project)
    assert [environment.client_side_id for environment in project.environments] == ["id-1"]
    assert fake.targets == [
        "GET /api/v2/projects/shop?expand=environments",
        "GET /api/v2/projects/shop/environments?limit=100",
    ]


async def test_a_failing_environment_list_is_not_passed_over() -> None:
    fake = Fake(in_turn(reply(200, {"key": "shop"}), *(reply(500) for _ in range(5))))
    failure = await fake.launchdarkly.project("shop")
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.SERVER


async def test_the_simple_reads_go_where_the_contract_says() -> None:
    fake = Fake(always(200, {"_id": "x", "tokenId": "x", "organization": "Acme"}))
    client = fake.launchdarkly
    await client.token("t/1")
    await client.role("r1")
    await client.member()
    assert await client.account_name() == "Acme"
    assert fake.targets == [
        "GET /api/v2/tokens/t%2F1",
        "GET /api/v2/roles/r1",
        "GET /api/v2/members/me?expand=roleAttributes",
        "GET /api/v2/account",
    ]


async def test_a_member_of_a_big_segment_is_reported_by_the_segment() -> None:
    fake = Fake(always(200, {"userKey": "u 1", "included": True, "excluded": False}))
    assert await fake.launchdarkly.is_member("p", "e", "s", "u 1/2") is True
    assert fake.targets == ["GET /api/v2/segments/p/e/s/contexts/u%201%2F2"]


@pytest.mark.parametrize(("included", "excluded", "member"), [(False, False, False), (True, True, False)])
async def test_who_is_not_included_is_no_member(included: bool, excluded: bool, member: bool) -> None:
    fake = Fake(always(200, {"included": included, "excluded": excluded}))
    assert await fake.launchdarkly.is_member("p", "e", "s", "u") is member


async def test_where_the_segment_does_not_tell_the_context_is_evaluated() -> None:
    fake = Fake(
        in_turn(
            reply(404, {}),
            reply(200, {"key": "s", "unboundedContextKind": "account"}),
            reply(200, {"items": [{"key": "other", "isMember": False}, {"key": "s", "isMember": True}]}),
        )
    )
    assert await fake.launchdarkly.is_member("p", "e", "s", "u") is True
    assert fake.targets[-1] == "POST /api/v2/projects/p/environments/e/segments/evaluate"
    assert fake.last_body == {"kind": "account", "key": "u"}
    assert fake.last.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "responses",
    [
        [reply(404, {"code": "first"}), reply(404, {})],
        [reply(404, {"code": "first"}), reply(200, {"key": "s"}), reply(403, {})],
        [reply(404, {"code": "first"}), reply(200, {"key": "s"}), reply(200, {"items": []})],
        [reply(403, {"code": "first"})],
    ],
)
async def test_when_nobody_tells_the_first_refusal_is_the_answer(responses: list[httpx.Response]) -> None:
    failure = await Fake(in_turn(*responses)).launchdarkly.is_member("p", "e", "s", "u")
    assert isinstance(failure, Failure)
    assert failure.code == "first"


def on_host(host: str) -> Handler:
    return lambda request: reply(200 if request.url.host == host else 401, {"tokenId": "t"})


@pytest.mark.parametrize(
    ("host", "instance"),
    [("app.eu.launchdarkly.com", Instance.EU), ("app.launchdarkly.us", Instance.FEDERAL)],
)
async def test_the_installation_that_knows_the_token_is_found(host: str, instance: Instance) -> None:
    fake = Fake(on_host(host))
    assert await fake.launchdarkly.instance() is instance
    assert sorted(str(request.url) for request in fake.requests) == [
        "https://app.eu.launchdarkly.com/api/v2/caller-identity",
        "https://app.launchdarkly.us/api/v2/caller-identity",
    ]


async def test_a_token_that_nobody_knows_is_a_failure() -> None:
    failure = await Fake(on_host("nobody")).launchdarkly.instance()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.UNAUTHORIZED


async def test_the_token_for_another_host_is_sent_nowhere_else() -> None:
    fake = Fake(always(), BaseUrls(launchdarkly="http://127.0.0.1:8000/"))
    assert isinstance(await fake.launchdarkly.instance(), Failure)
    assert fake.requests == []
    assert fake.services.launchdarkly_host == "127.0.0.1:8000"


@pytest.mark.parametrize(("status", "known"), [(200, True), (204, True), (404, False)])
async def test_the_client_side_host_says_whether_it_knows_an_id(status: int, known: bool) -> None:
    fake = Fake(always(status))
    assert await fake.services.client_side().knows("57be/1") is known
    assert fake.targets == ["HEAD /sdk/goals/57be%2F1"]
    assert fake.last.url.host == "clientsdk.launchdarkly.com"
    assert "authorization" not in fake.last.headers


@pytest.mark.parametrize("refusal", [405, 501])
@pytest.mark.parametrize(("status", "known"), [(200, True), (404, False)])
async def test_where_a_gateway_takes_no_head_it_is_asked_with_get(refusal: int, status: int, known: bool) -> None:
    fake = Fake(lambda request: always(refusal if request.method == "HEAD" else status, "[]")(request))
    assert await fake.services.client_side().knows("57be") is known
    assert fake.targets == ["HEAD /sdk/goals/57be", "GET /sdk/goals/57be"]
    assert isinstance(await fake.services.client_side().reach(), Reach)


async def test_a_login_page_does_not_know_an_id() -> None:
    failure = await Fake(always(200, None, content_type="text/html")).services.client_side().knows("x")
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.NOT_THE_SERVICE


@pytest.mark.parametrize("status", [200, 401, 403, 404, 429])
async def test_any_answer_of_the_service_shows_that_it_is_reached(status: int) -> None:
    fake = Fake(always(status, {"addresses": []}, date="Tue, 01 Sep 2026 11:58:30 GMT", retry_after="500"))
    assert await fake.launchdarkly.reach() == Reach("app.launchdarkly.com", 90.0)


@pytest.mark.parametrize(("answer", "skew"), [({}, 90.0), ({"simulated_clock": "?1"}, 0.0)])
async def test_only_a_host_that_says_so_has_a_time_of_its_own(answer: dict[str, str], skew: float) -> None:
    """Another host on this machine, such as a gateway, passes on the service's time."""
    dated = always(200, {"addresses": []}, date="Tue, 01 Sep 2026 11:58:30 GMT", **answer)
    fake = Fake(dated, BaseUrls(launchdarkly="http://127.0.0.1:8000/"))
    assert await fake.launchdarkly.reach() == Reach("127.0.0.1:8000", skew)


async def test_a_service_that_is_asked_too_often_is_reached_and_not_asked_again() -> None:
    fake = Fake(always(429, {"code": "rate_limited"}, retry_after="5"))
    assert isinstance(await fake.launchdarkly.reach(), Reach)
    assert len(fake.requests) == 1


async def test_one_bad_answer_of_a_gateway_is_no_outage() -> None:
    answers = iter([(502, "<html>Bad Gateway</html>"), (200, {"addresses": []})])
    fake = Fake(lambda request: always(*next(answers))(request))
    assert isinstance(await fake.launchdarkly.reach(), Reach)
    outage = Fake(always(502, "<html>Bad Gateway</html>"))
    failure = await outage.launchdarkly.reach()
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.message, len(outage.requests)) == (FailureKind.SERVER, "", 2)


@pytest.mark.parametrize(("status", "kind"), [(200, "not_the_service"), (403, "not_the_service"), (503, "server")])
async def test_a_page_or_an_outage_is_not_the_service(status: int, kind: str) -> None:
    reached = await Fake(always(status, "<html>")).launchdarkly.reach()
    assert isinstance(reached, Failure)
    assert reached.kind == kind


@pytest.mark.parametrize("status", [404, 501])
@pytest.mark.parametrize("caller", [(200, {"tokenId": "t"}), (401, {"message": "invalid token"})])
async def test_a_host_without_the_address_list_is_reached_by_its_other_answers(
    status: int, caller: tuple[int, object]
) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        is_caller = request.url.path == "/api/v2/caller-identity"
        return always(*(caller if is_caller else (status, "<!doctype html><title>Not Found</title>")))(request)

    assert isinstance(await Fake(answers).launchdarkly.reach(), Reach)
    assert isinstance(await Fake(answers).services.launchdarkly(None).reach(), Reach)


async def test_a_host_with_pages_only_is_not_the_service() -> None:
    reached = await Fake(always(404, "<html>")).launchdarkly.reach()
    assert isinstance(reached, Failure)
    assert (reached.kind, reached.path) == (FailureKind.NOT_THE_SERVICE, "/api/v2/public-ip-list")


async def test_reach_needs_no_token() -> None:
    fake = Fake(always(200, {"addresses": []}))
    assert await fake.services.launchdarkly(None).reach() == Reach("app.launchdarkly.com", None)
    assert fake.targets == ["GET /api/v2/public-ip-list"]
    assert fake.last.headers["authorization"]


async def test_the_client_side_host_is_reached_without_knowing_an_id() -> None:
    fake = Fake(always(404, None, content_type="text/html"))
    assert await fake.services.client_side().reach() == Reach("clientsdk.launchdarkly.com", None)
    assert isinstance(await Fake(always(302)).services.client_side().reach(), Failure)
    assert isinstance(await Fake(always(200, None, content_type="text/html")).services.client_side().reach(), Failure)


async def test_an_answer_without_its_id_is_not_the_service() -> None:
    failure = await Fake(always(200, {"name": "x"})).launchdarkly.token("t")
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.NOT_THE_SERVICE


async def test_segments_are_looked_up_by_their_whole_name() -> None:
    items = [{"key": "a", "name": 'The "best"'}, {"key": "b", "name": 'The "best" ones'}]
    fake = Fake(always(200, {"items": items, "totalCount": 2}))
    found = await fake.launchdarkly.segments_named("p", "e", 'The "best"')
    assert not isinstance(found, Failure)
    assert [segment.key for segment in found] == ["a"]
    assert fake.last.url.params["filter"] == 'query equals "The \\"best\\""'


@pytest.mark.parametrize(
    ("raw", "flags"),
    [({"_flags": [{"key": "checkout"}, {"name": "no key"}]}, ("checkout",)), ({"_flags": []}, ()), ({}, None)],
)
async def test_one_segment_tells_which_flags_use_it(raw: dict[str, Any], flags: tuple[str, ...] | None) -> None:
    segment = await Fake(always(200, {"key": "vip", "name": "VIP", **raw})).launchdarkly.segment("p", "e", "vip")
    assert not isinstance(segment, Failure)
    assert segment.flags == flags


async def test_the_expiry_date_is_read_from_the_token_and_from_the_identity() -> None:
    ends = datetime(2026, 9, 1, 12, tzinfo=UTC)
    body = {"_id": "t", "expiry": 1788264000000, "expiresAt": 1788264000000}
    token, caller = (
        await Fake(always(200, body)).launchdarkly.token("t"),
        await Fake(always(200, body)).launchdarkly.caller(),
    )
    assert not isinstance(token, Failure)
    assert not isinstance(caller, Failure)
    assert (token.expires_at, caller.expires_at) == (ends, ends)


async def test_no_other_name_of_an_expiry_date_is_believed() -> None:
    """The specification has these two only (docs/launchdarkly.md#token-expiry)."""
    others = dict.fromkeys(("expiresAt", "_expiresAt", "expirationDate", "expires"), 1788264000000)
    token = await Fake(always(200, {"_id": "t", **others})).launchdarkly.token("t")
    caller = await Fake(always(200, {"tokenId": "t", "expiry": 1788264000000})).launchdarkly.caller()
    assert not isinstance(token, Failure)
    assert not isinstance(caller, Failure)
    assert (token.expires_at, caller.expires_at) == (None, None)


@pytest.mark.parametrize("body", [{}, {"items": None}, {"message": "back soon"}])
async def test_an_answer_without_a_list_is_no_empty_list(body: dict[str, Any]) -> None:
    whole = Fake(always(200, body))
    second = Fake(lambda request: reply(200, body) if "offset" in request.url.params else paged(250)(request))
    assert isinstance(await whole.launchdarkly.synced_segments("p", "e"), Failure)
    assert isinstance(await second.launchdarkly.synced_segments("p", "e"), Failure)


@pytest.mark.parametrize("behavior", [one for one in Behavior if one.startswith(("lists-", "limit-"))])
async def test_no_way_of_paging_ends_a_list_early(behavior: Behavior) -> None:
    """230 segments and 30 environments, whichever parts of paging the service leaves out."""
    sandbox = Sandbox("happy", FakeClock(auto=True), behaviors=[behavior])
    shop = sandbox.world.accounts[0].projects["shop"]
    production, now = shop.environments["production"], sandbox.clock.now()
    for number in range(30):
        shop.environments[f"e-{number}"] = replace(production, id=f"{number:024}", key=f"e-{number}", segments={})
    for number in range(230):
        production.segments[f"s-{number}"] = Segment(f"s-{number}", f"S {number}", now, now, external="amplitude")
    client = ports_of(sandbox, stopwatch=sandbox.clock).services.launchdarkly(
        SecretStr(sandbox.tokens.launchdarkly_access_token)
    )
    segments = await client.synced_segments("shop", "production")
    project = await client.project("shop")
    assert isinstance(segments, tuple)
    assert isinstance(project, Project)
    assert len(segments) == 231
    assert len(project.environments) == 33
    assert sandbox.breaches == []


async def test_a_service_that_ignores_the_offset_ends_the_list() -> None:
    fake = Fake(always(200, {"items": [{"key": f"s-{n}", "_external": "x"} for n in range(100)]}))
    segments = await fake.launchdarkly.synced_segments("p", "e")
    assert isinstance(segments, tuple)
    assert (len(segments), len(fake.requests)) == (100, 2)
