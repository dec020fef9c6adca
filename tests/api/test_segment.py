"""Requests to Segment, and what the client makes of the responses."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle
from typing import Any

import httpx
import pytest

from tests.api.fakes import SEGMENT_TOKEN, Fake, Handler, always, data, in_turn, reply
from tests.fake_clock import START
from wizard.api.segment.catalog import METADATA_ID, SLUG, names_the_destination
from wizard.api.services import BaseUrls
from wizard.domain.explain import explain
from wizard.domain.facts import Reach
from wizard.domain.failure import KNOWN_NOWHERE, Failure, FailureKind
from wizard.domain.services.mapping import FALLBACK_CATALOG_ENTRY
from wizard.domain.services.segment import (
    Activation,
    Audience,
    AuditEvent,
    Connection,
    Connections,
    Delivery,
    Destination,
    Intake,
    Region,
    Subscription,
    Workspace,
)

V1 = "application/vnd.segment.v1+json"
V1BETA = "application/vnd.segment.v1beta+json"
V1ALPHA = "application/vnd.segment.v1alpha+json"
WORKSPACE = {"id": "w1", "slug": "acme", "name": "Acme"}
PRESET = {
    "actionId": "act-9",
    "name": "Sync",
    "trigger": 'type = "identify"',
    "fields": {"context_kind": "user", "segment_user_id": {"@path": "$.userId"}},
}
ENTRY = {
    "id": METADATA_ID,
    "slug": SLUG,
    "name": "LaunchDarkly Audiences",
    "actions": [{"id": "act-1", "slug": "other"}, {"id": "act-9", "slug": "syncAudience"}],
    "presets": [PRESET | {"actionId": "act-1"}, PRESET],
}


async def called(fake: Fake, name: str) -> Any:
    """Call a read by name with as many ids as it takes."""
    client = fake.segment
    match name:
        case "subscriptions":
            return await client.subscriptions("d1")
        case "audiences":
            return await client.audiences("s1")
        case "audience":
            return await client.audience("s1", "a1")
        case "connections":
            return await client.connections("s1", "a1")
        case "activations":
            return await client.activations("s1", "a1")
        case "attach_by_api":
            return await client.attach_by_api("s1", "USERS")
        case _:
            return await getattr(client, name)()


@pytest.mark.parametrize(
    ("name", "target", "media"),
    [
        ("workspace", "/", V1),
        ("spaces", "/spaces?pagination.count=200", V1ALPHA),
        ("sources", "/sources?pagination.count=200", V1),
        ("catalog", f"/catalog/destinations/{METADATA_ID}", V1),
        ("destinations", "/destinations?pagination.count=200", V1),
        ("subscriptions", "/destinations/d1/subscriptions?pagination.count=200", V1ALPHA),
        ("audiences", "/spaces/s1/audiences?pagination.count=200", V1ALPHA),
        ("audience", "/spaces/s1/audiences/a1", V1),
        ("connections", "/spaces/s1/audiences/a1/destination-connections?pagination.count=200", V1ALPHA),
        ("activations", "/spaces/s1/audiences/a1/activations?pagination.count=200", V1ALPHA),
        ("attach_by_api", f"/spaces/s1/audienceType/USERS/supported-destinations?slug={SLUG}", V1ALPHA),
    ],
)
async def test_each_read_goes_to_its_address_in_its_media_type(name: str, target: str, media: str) -> None:
    fake = Fake(always(200, {"data": {}}))
    await called(fake, name)
    request = fake.requests[0]
    assert fake.targets[0] == f"GET {target}"
    assert request.headers["accept"] == media
    assert request.headers["authorization"] == f"Bearer {SEGMENT_TOKEN.get_secret_value()}"
    assert "content-type" not in request.headers
    assert request.url.host == "api.segmentapis.com"


def cursors(*names: str | None, key: str = "spaces") -> Handler:
    """Return a service with one item a page, each page naming the next cursor."""
    left = list(names)

    def answer(_: httpx.Request) -> httpx.Response:
        cursor = left.pop(0)
        return data(**{key: [{"id": f"id-{len(left)}"}], "pagination": {"current": "x", "next": cursor}})

    return answer


async def test_a_list_is_read_cursor_by_cursor() -> None:
    fake = Fake(cursors("Mg==", "Mw==", None))
    spaces = await fake.segment.spaces()
    assert not isinstance(spaces, Failure)
    assert [space.id for space in spaces] == ["id-2", "id-1", "id-0"]
    assert fake.targets == [
        "GET /spaces?pagination.count=200",
        "GET /spaces?pagination.count=200&pagination.cursor=Mg%3D%3D",
        "GET /spaces?pagination.count=200&pagination.cursor=Mw%3D%3D",
    ]


async def test_what_is_known_by_its_id_is_asked_for_alone() -> None:
    fake = Fake(
        in_turn(
            data(destination={"id": "d1", "name": "Ours"}),
            data(subscription={"id": "m1"}),
            data(activation={"id": "act_1", "connectionId": "ii_1"}),
            reply(404, {}),
        )
    )
    destination = await fake.segment.destination("d1")
    mapping = await fake.segment.subscription("d1", "m1")
    activation = await fake.segment.activation("s1", "a1", "act_1")
    gone = await fake.segment.destination("d2")

    assert isinstance(destination, Destination)
    assert destination.name == "Ours"
    assert isinstance(mapping, Subscription)
    assert mapping.destination_id == "d1"
    assert isinstance(activation, Activation)
    assert activation.connection_id == "ii_1"
    assert isinstance(gone, Failure)
    assert [(request.url.path, request.headers["accept"]) for request in fake.requests] == [
        ("/destinations/d1", V1),
        ("/destinations/d1/subscriptions/m1", V1ALPHA),
        ("/spaces/s1/audiences/a1/activations/act_1", V1ALPHA),
        ("/destinations/d2", V1),
    ]


async def test_a_page_that_comes_again_under_new_cursors_ends_the_list() -> None:
    numbers = iter(range(1_000))
    again = lambda _: data(audiences=[{"id": "a"}], pagination={"current": "x", "next": str(next(numbers))})  # noqa: E731
    fake = Fake(again)
    found = await fake.segment.audiences("spa_1")
    assert not isinstance(found, Failure)
    assert [one.id for one in found] == ["a"]
    assert len(fake.requests) == 2
    (note,) = fake.notes
    assert note.endswith("didn't end within 2 pages. The wizard goes on with the 1 audiences that it read.")


async def test_a_cursor_that_no_address_can_hold_is_a_failure() -> None:
    answer = b'{"data": {"spaces": [{"id": "a"}], "pagination": {"current": "x", "next": "\\ud800"}}}'
    failure = await Fake(lambda _: reply(200, answer)).segment.spaces()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.NOT_THE_SERVICE


async def test_a_cursor_that_is_a_number_is_followed() -> None:
    fake = Fake(in_turn(data(spaces=[{"id": "a"}], pagination={"next": 2}), data(spaces=[{"id": "b"}], pagination={})))
    spaces = await fake.segment.spaces()
    assert not isinstance(spaces, Failure)
    assert [space.id for space in spaces] == ["a", "b"]
    assert fake.last.url.params["pagination.cursor"] == "2"


@pytest.mark.parametrize("cursor", [{"cursor": "x"}, ["x"], True, 1.5])
async def test_a_next_page_that_cannot_be_asked_for_is_no_end_of_the_list(cursor: object) -> None:
    answer = data(spaces=[{"id": "a"}], audiences=[{"id": "a"}], pagination={"next": cursor})
    fake = Fake(lambda _: answer)
    failure = await fake.segment.spaces()
    assert isinstance(failure, Failure)
    assert "names its next page in a form that the wizard doesn't know" in failure.message
    audiences = await fake.segment.audiences("s1")
    assert not isinstance(audiences, Failure)
    assert len(audiences) == 1
    assert "names its next page" in fake.notes[0]
    assert await fake.segment.some_audiences("s1") == (audiences, 1)


@pytest.mark.parametrize("following", [None, "c2"])
async def test_a_key_is_missing_only_where_the_whole_search_was_seen(following: str | None) -> None:
    found = {"audiences": [{"id": "aud_1", "key": "vip_old"}], "pagination": {"next": following}}
    fake = Fake(always(200, {"data": found}))
    missing = await fake.segment.audience_of_key("s1", "vip")
    assert isinstance(missing, Failure) if following else missing is None
    assert isinstance(await fake.segment.audience_of_key("s1", "vip_old"), Audience)


@pytest.mark.parametrize("cursor", [None, "", False, 0, {}, []])
async def test_an_empty_cursor_ends_the_list(cursor: object) -> None:
    fake = Fake(always(200, {"data": {"spaces": [{"id": "a"}], "pagination": {"next": cursor}}}))
    assert not isinstance(await fake.segment.spaces(), Failure)
    assert len(fake.requests) == 1


async def test_a_cursor_that_repeats_ends_the_list() -> None:
    fake = Fake(cursors("a", "b", "a"))
    await fake.segment.spaces()
    assert len(fake.requests) == 3


async def test_a_list_of_audiences_that_does_not_end_is_read_in_part_and_the_user_hears_of_it() -> None:
    fake = Fake(cursors(*map(str, range(1_000)), key="audiences"))
    audiences = await fake.segment.audiences("spa_1")
    assert not isinstance(audiences, Failure)
    assert len(audiences) == len(fake.requests) == 100
    said = "Segment's list of audiences didn't end within 100 pages. The wizard goes on with the 100 audiences that it"
    assert fake.notes == [f"{said} read."]


async def test_any_other_list_that_does_not_end_is_no_list() -> None:
    failure = await Fake(cursors(*map(str, range(1_000)))).segment.spaces()
    assert isinstance(failure, Failure)
    assert "didn't end within 100 pages" in failure.message


@pytest.mark.parametrize("key", ["spaces", "audiences"])
async def test_a_list_that_takes_minutes_because_the_service_asks_to_wait_is_read_to_its_end(key: str) -> None:
    slow = cycle([reply(429, None, {"Retry-After": "9"}), None])
    pages = cursors(*map(str, range(30)), None, key=key)
    fake = Fake(lambda request: next(slow) or pages(request))
    found = await (fake.segment.audiences("spa_1") if key == "audiences" else fake.segment.spaces())
    assert not isinstance(found, Failure)
    assert len(found) == 31
    assert fake.notes == []
    assert fake.clock.monotonic() > 240


async def test_a_page_that_fails_fails_the_list() -> None:
    failure = await Fake(in_turn(cursors("a")(httpx.Request("GET", "/")), reply(403, {}))).segment.spaces()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.FORBIDDEN


async def test_an_item_that_is_shown_twice_is_one() -> None:
    fake = Fake(always(200, {"data": {"spaces": [{"id": "a"}, {"id": "a"}, {"id": "b"}]}}))
    spaces = await fake.segment.spaces()
    assert not isinstance(spaces, Failure)
    assert len(spaces) == 2


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": []}, {"items": []}])
async def test_an_answer_without_its_envelope_is_not_the_service(body: Any) -> None:
    failure = await Fake(always(200, body)).segment.spaces()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.NOT_THE_SERVICE
    assert explain(failure).summary.startswith("Something other than Twilio Segment answered")


@pytest.mark.parametrize("found", [{"spaces": {"0": {"id": "a"}}}, {"spaces": [{"name": "no ID"}]}])
async def test_an_unknown_form_in_the_services_envelope_is_no_proxys(found: dict[str, Any]) -> None:
    failure = await Fake(always(200, {"data": found})).segment.spaces()
    assert isinstance(failure, Failure)
    assert explain(failure).cause.startswith("Most likely Twilio Segment changed its API")


def in_region(host: str, status: int = 401) -> Handler:
    return lambda request: data(workspace=WORKSPACE, spaces=[]) if request.url.host == host else reply(status, {})


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_the_other_region_is_asked_once_and_remembered(status: int) -> None:
    fake = Fake(in_region("eu1.api.segmentapis.com", status))
    found = await fake.segment.workspace()
    assert isinstance(found, Workspace)
    assert (found, found.refused_at) == (
        Workspace("w1", "acme", "Acme", Region.EU),
        f"api.segmentapis.com answered {status}",
    )
    await fake.segment.spaces()
    assert [request.url.host for request in fake.requests] == [
        "api.segmentapis.com",
        "eu1.api.segmentapis.com",
        "eu1.api.segmentapis.com",
    ]


PAGE = "<html>No.</html>"
ELSEWHERE = {"location": "https://eu1.api.segmentapis.com/"}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        *((reply(status, PAGE), f"{status} with a web page") for status in (400, 401, 403, 404, 422)),
        (reply(302, None, ELSEWHERE), "302 with a redirect"),
    ],
)
async def test_a_region_may_refuse_with_a_page_or_a_redirect(page: httpx.Response, said: str) -> None:
    known = in_region("eu1.api.segmentapis.com")
    fake = Fake(lambda request: page if request.url.host == "api.segmentapis.com" else known(request))
    client = fake.segment
    assert await client.reach() == Reach("eu1.api.segmentapis.com", None)
    found = await client.workspace()
    assert isinstance(found, Workspace)
    assert (found.region, found.refused_at) == (Region.EU, f"api.segmentapis.com answered {said}")


async def test_a_page_at_one_host_and_a_refusal_at_the_other_may_be_the_token_or_a_proxy() -> None:
    fake = Fake(lambda request: reply(403, PAGE) if request.url.host.startswith("api.") else reply(401, {}))
    failure = await fake.segment.workspace()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.UNAUTHORIZED
    assert failure.message == (
        "api.segmentapis.com answered 403 with a web page and eu1.api.segmentapis.com answered 401. "
        "A web page or a redirect may be a proxy's."
    )


@pytest.mark.parametrize("page", [reply(403, PAGE), reply(302, None, {"location": "https://login.example"})])
async def test_a_page_at_every_host_is_a_proxys(page: httpx.Response) -> None:
    client = Fake(lambda _: page).segment
    for answer in (await client.reach(), await client.workspace()):
        assert isinstance(answer, Failure)
        assert (answer.kind, answer.host) == (FailureKind.NOT_THE_SERVICE, "api.segmentapis.com")


async def test_a_page_at_a_host_that_was_given_is_asked_about_nowhere_else() -> None:
    fake = Fake(always(403, PAGE), BaseUrls(segment="https://api.segmentapis.com"))
    await fake.segment.reach()
    await fake.segment.workspace()
    assert {request.url.host for request in fake.requests} == {"api.segmentapis.com"}


async def test_a_known_region_is_asked_first() -> None:
    fake = Fake(in_region("eu1.api.segmentapis.com"))
    await fake.services.segment(SEGMENT_TOKEN, Region.EU).workspace()
    assert len(fake.requests) == 1


async def test_a_token_that_no_region_knows_is_refused_by_the_first() -> None:
    fake = Fake(in_region("nowhere"))
    failure = await fake.segment.workspace()
    assert isinstance(failure, Failure)
    assert (failure.host, failure.status, failure.code) == ("api.segmentapis.com", 401, KNOWN_NOWHERE)
    assert failure.message == "api.segmentapis.com answered 401 and eu1.api.segmentapis.com answered 401."
    assert [request.url.host for request in fake.requests] == [region.host for region in Region]
    await fake.segment.spaces()
    assert fake.last.url.host == "api.segmentapis.com"


async def test_whatever_both_regions_answer_the_token_is_known_nowhere() -> None:
    fake = Fake(lambda request: reply(400 if request.url.host.startswith("api.") else 422, {}))
    failure = await fake.segment.workspace()
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.is_closed) == (FailureKind.UNAUTHORIZED, True)
    assert failure.message == "api.segmentapis.com answered 400 and eu1.api.segmentapis.com answered 422."


async def test_a_region_that_is_down_is_no_refusal() -> None:
    fake = Fake(lambda request: reply(401 if request.url.host.startswith("api.") else 500, {}))
    failure = await fake.segment.workspace()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.SERVER


async def test_the_other_region_is_not_asked_when_this_one_has_trouble() -> None:
    fake = Fake(in_region("nowhere", 500))
    await fake.segment.workspace()
    assert {request.url.host for request in fake.requests} == {"api.segmentapis.com"}


@pytest.mark.parametrize(
    ("has_next", "total", "is_whole"), [(False, 200, True), (False, 201, False), (True, 600, False)]
)
async def test_a_list_that_ends_early_is_no_whole_list(has_next: bool, total: int, is_whole: bool) -> None:
    """Without a cursor, or with the same one again, there is no way to the rest."""
    pagination = {"totalEntries": total, **({"next": "SAME"} if has_next else {})}
    sources = [{"id": f"s{number}"} for number in range(200)]
    fake = Fake(always(200, {"data": {"sources": sources, "pagination": pagination}}))
    assert isinstance(await fake.segment.sources(), tuple) is is_whole


async def test_the_token_for_a_given_host_is_sent_nowhere_else() -> None:
    fake = Fake(always(401, {}), BaseUrls(segment="http://127.0.0.1:8000"))
    assert isinstance(await fake.segment.workspace(), Failure)
    assert [str(request.url) for request in fake.requests] == ["http://127.0.0.1:8000/"]
    assert fake.services.segment_host == "127.0.0.1:8000"


async def test_the_catalogs_preset_of_the_right_action_is_taken() -> None:
    entry = await Fake(always(200, {"data": {"destinationMetadata": ENTRY}})).segment.catalog()
    assert not isinstance(entry, Failure)
    assert (entry.action_id, entry.preset_name, entry.trigger) == ("act-9", "Sync", 'type = "identify"')
    assert entry.fields == PRESET["fields"]
    assert entry.from_catalog


async def test_an_entry_that_moved_is_found_by_its_slug() -> None:
    others = [{"id": "x", "slug": "other"}, {"slug": "no id"}, ENTRY | {"id": "moved"}]
    entry = await Fake(in_turn(reply(404, {}), data(destinationsCatalog=others))).segment.catalog()
    assert not isinstance(entry, Failure)
    assert (entry.metadata_id, entry.from_catalog) == ("moved", True)


@pytest.mark.parametrize(
    "responses",
    [
        [reply(404, {}), data(destinationsCatalog=[])],
        [reply(404, {}), reply(403, {})],
        [reply(401, {})],
        [reply(403, {})],
        [data(destinationMetadata=ENTRY | {"presets": []})],
        [data(destinationMetadata=ENTRY | {"actions": None})],
    ],
)
async def test_without_a_catalog_the_contracts_own_table_is_used(responses: list[httpx.Response]) -> None:
    assert await Fake(in_turn(*responses)).segment.catalog() == FALLBACK_CATALOG_ENTRY


async def test_an_outage_is_not_a_missing_catalog() -> None:
    failure = await Fake(always(500)).segment.catalog()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.SERVER


async def test_only_launchdarkly_audiences_is_kept_of_all_destinations() -> None:
    items = [
        {"id": "1", "metadata": {"id": METADATA_ID}, "settings": {"apiKey": "\u2022" * 10 + "dada", "clientId": "c1"}},
        {"id": "2", "metadata": {"slug": SLUG}},
        {"id": "3", "metadata": {"id": "other"}, "settings": {"apiKey": "secret"}},
        {"id": "4", "metadata": None},
    ]
    found = await Fake(always(200, {"data": {"destinations": items}})).segment.destinations()
    assert not isinstance(found, Failure)
    assert [(d.id, d.token_last_four, d.client_side_id) for d in found] == [("1", "dada", "c1"), ("2", "", "")]


async def test_connections_that_the_token_may_not_see_still_count() -> None:
    item = {"id": "ii_1", "destinationId": "d1", "metadata": {"id": METADATA_ID}, "sourceId": "src", "enabled": True}
    fake = Fake(always(200, {"data": {"connections": [item], "pagination": {"totalEntries": 2}}}))
    assert await fake.segment.connections("s", "a") == Connections(
        (Connection("ii_1", "d1", METADATA_ID, "src", True),), 2
    )


@pytest.mark.parametrize(
    ("destinations", "listed"),
    [
        ({}, False),
        ([], False),
        ([{"slug": "other"}], False),
        ([{"slug": SLUG}], True),
        ([{"id": METADATA_ID, "actions": []}], True),
        ({METADATA_ID: {}}, True),
        ({"0": {"metadata": {"slug": SLUG}}}, True),
        ({"slug": SLUG}, True),
    ],
)
async def test_supported_destinations_are_understood_in_any_shape(destinations: Any, listed: bool) -> None:
    fake = Fake(always(200, {"data": {"destinations": destinations}}))
    assert await fake.segment.attach_by_api("s", "USERS") is listed


@pytest.mark.parametrize("destinations", [None, "?"])
async def test_without_a_list_of_supported_destinations_nobody_knows(destinations: Any) -> None:
    fake = Fake(always(200, {"data": {"destinations": destinations}}))
    assert isinstance(await fake.segment.attach_by_api("s", "USERS"), Failure)


def test_looking_into_an_answer_ends() -> None:
    deep: Any = SLUG
    for _ in range(1_000):
        deep = [deep]
    assert not names_the_destination(deep)


def overview(request: httpx.Request) -> httpx.Response:
    rows = {
        "successful-delivery": [{"total": 40}, {"total": 2, "discardReason": "successes.attempt.1"}],
        "failed-delivery": [
            {"discardReason": "403", "total": 3},
            {"discardReason": "401", "total": 9},
            {"discardReason": "403", "total": 1},
            {"discardReason": None, "total": 5},
            "odd",
        ],
        "filtered-at-destination": [{"discardReason": "FILTERED_BY_INTEGRATIONS_OBJECT", "total": 700}],
    }
    name = request.url.path.rpartition("/")[2]
    total = {"total": 42} if name == "successful-delivery" else {}
    return data(dataset=rows[name], **total)


async def test_deliveries_are_counted_by_reason() -> None:
    fake = Fake(overview)
    delivery = await fake.segment.delivery("src", "dst", START - timedelta(hours=1), START)
    assert delivery == Delivery(
        delivered=42,
        failed=18,
        filtered=700,
        failure_reasons=(("401", 9), ("403", 4)),
        filter_reasons=(("FILTERED_BY_INTEGRATIONS_OBJECT", 700),),
    )
    assert len(fake.requests) == 3
    assert dict(fake.last.url.params) == {
        "sourceId": "src",
        "destinationConfigId": "dst",
        "startTime": "2026-09-01T11:00:00Z",
        "endTime": "2026-09-01T12:00:00Z",
        "granularity": "MINUTE",
        "groupBy.0": "discardReason",
        "pagination.count": "200",
    }
    assert fake.last.headers["accept"] == V1BETA


def series(*points: object) -> dict[str, Any]:
    return {"total": 1, "series": list(points)}


def point(time: str, count: object) -> dict[str, Any]:
    return {"time": time, "count": count, "retryCount": 0}


@pytest.mark.parametrize(
    ("rows", "per_minute"),
    [
        ((), ()),
        ((series(point("2026-09-01T11:03:00.000Z", 7)),), (7,)),
        (
            (
                series(point("2026-09-01T11:03:00.000Z", 7), point("2026-09-01T11:06:30.000Z", 2)),
                series(
                    point("2026-09-01T11:03:20.000Z", 1), "odd", point("never", 5), point("2026-09-01T11:04:00Z", "x")
                ),
            ),
            (8, 0, 0, 2),
        ),
        ((series(point("2026-09-01T11:03:00Z", 7), point("1970-01-01T00:00:00Z", 7)),), ()),
    ],
)
async def test_deliveries_are_counted_minute_by_minute(rows: tuple[object, ...], per_minute: tuple[int, ...]) -> None:
    fake = Fake(lambda request: data(dataset=list(rows)) if "successful" in request.url.path else data(dataset=[]))
    short = await fake.segment.delivery("src", "dst", START - timedelta(hours=1), START)
    long = await fake.segment.delivery("src", "dst", START - timedelta(hours=9), START)
    assert isinstance(short, Delivery)
    assert isinstance(long, Delivery)
    assert (short.per_minute, long.per_minute) == (per_minute, ())


async def test_each_reason_has_the_moment_in_which_a_delivery_last_failed_with_it() -> None:
    rows = [
        series(point("2026-09-01T11:03:00Z", 7), point("2026-09-01T11:09:00Z", 0)) | {"discardReason": "401"},
        series(point("2026-09-01T11:05:00Z", 2)) | {"discardReason": "401"},
        series(point("2026-09-01T11:40:00Z", 1)) | {"discardReason": "503"},
        series() | {"discardReason": "404"},
    ]
    fake = Fake(lambda request: data(dataset=rows if "failed" in request.url.path else []))
    seen = await fake.segment.delivery("src", "dst", START - timedelta(hours=1), START)
    assert isinstance(seen, Delivery)
    assert {reason: at.strftime("%H:%M") for reason, at in seen.failed_at.items()} == {"401": "11:05", "503": "11:40"}


def of_audiences(request: httpx.Request) -> httpx.Response:
    """Return the delivery overview of a workspace that names the audience in each row."""
    rows = {
        "successful-delivery": [
            series(point("2026-09-01T11:03:00Z", 40)) | {"audienceId": "aud_1", "total": 40, "discardReason": ""}
        ],
        "failed-delivery": [
            {"audienceId": "aud_2", "discardReason": "400", "total": 9},
            series(point("2026-09-01T11:30:00Z", 1)) | {"audienceId": "aud_1", "discardReason": "403"},
            {"audienceId": "aud_2", "discardReason": "503", "total": 2},
        ],
    }
    return data(dataset=rows[request.url.path.rpartition("/")[2]], total=52)


async def test_deliveries_are_distinguished_where_segment_names_the_audience() -> None:
    fake = Fake(of_audiences)
    found = await fake.segment.delivery_by_audience("src", "dst", START - timedelta(hours=1), START)
    assert isinstance(found, dict)
    first, second = found["aud_1"], found["aud_2"]
    assert (first.failed, first.failure_reasons) == (1, (("403", 1),))
    assert (second.delivered, second.failed, second.failure_reasons) == (0, 11, (("400", 9), ("503", 2)))
    assert first.first_at == first.last_at == START - timedelta(minutes=57)
    assert first.last_failed_at == START - timedelta(minutes=30)
    assert (second.first_at, second.last_at, second.last_failed_at) == (None, None, None)
    assert len(fake.requests) == 2
    assert fake.last.url.params["groupBy.1"] == "audienceId"


async def test_where_a_row_names_no_audience_none_is_distinguished() -> None:
    assert await Fake(overview).segment.delivery_by_audience("src", "dst", START - timedelta(hours=1), START) == {}
    refusing = Fake(always(400, {"errors": []}))
    assert isinstance(await refusing.segment.delivery_by_audience("src", "dst", START, START), Failure)


@pytest.mark.parametrize(
    ("begins", "lasts", "granularity"),
    [
        (timedelta(hours=4), timedelta(hours=4), "MINUTE"),
        (timedelta(hours=5), timedelta(hours=5), "HOUR"),
        (timedelta(hours=49), timedelta(hours=1), "HOUR"),
        (timedelta(days=20), timedelta(days=20), "DAY"),
    ],
)
async def test_the_finest_granularity_for_the_span_is_asked_for(
    begins: timedelta, lasts: timedelta, granularity: str
) -> None:
    fake = Fake(overview)
    await fake.segment.delivery("src", "dst", START - begins, START - begins + lasts)
    assert fake.last.url.params["granularity"] == granularity


@pytest.mark.parametrize("closed", ["successful-delivery", "failed-delivery", "filtered-at-destination"])
async def test_half_a_delivery_overview_is_none(closed: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return reply(403, {}) if request.url.path.endswith(closed) else overview(request)

    assert isinstance(await Fake(answer).segment.delivery("s", "d", START, START), Failure)


async def test_what_reached_the_source_is_counted_by_reason() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        rows = {
            "successfully-received": [{"total": 40}],
            "failed-on-ingest": [{"discardReason": "id_required", "total": 2}],
            "filtered-at-source": [{"discardReason": "unplanned", "total": 3}, {"discardReason": "x", "total": 1}],
        }
        return data(dataset=rows[request.url.path.rpartition("/")[2]])

    fake = Fake(answer)
    intake = await fake.segment.intake("src", START - timedelta(hours=1), START)
    assert intake == Intake(40, 2, 4, (("unplanned", 3), ("id_required", 2), ("x", 1)))
    assert "destinationConfigId" not in fake.last.url.params
    refusing = Fake(always(403, {"errors": []}))
    assert isinstance(await refusing.segment.intake("src", START, START), Failure)


async def test_the_audit_trail_names_who_did_what() -> None:
    events = [
        {"timestamp": "2026-09-01T11:00:00Z", "type": "Integration Disabled", "actorEmail": "a@b.c", "actor": "u_1"},
        {"type": "Integration Modified", "actor": "u_1", "resourceName": "LaunchDarkly"},
    ]
    fake = Fake(lambda _: data(events=events))
    assert await fake.segment.audit_events("dst", START - timedelta(days=90), START) == (
        AuditEvent(START - timedelta(hours=1), "Integration Disabled", "a@b.c"),
        AuditEvent(None, "Integration Modified", "u_1", "LaunchDarkly"),
    )
    assert fake.last.url.params["resourceId"] == "dst"


async def test_reach_needs_no_token() -> None:
    fake = Fake(always(401, {"errors": []}))
    assert await fake.services.segment(None, None).reach() == Reach("api.segmentapis.com", None)
    assert fake.last.headers["authorization"].startswith("Bearer ")


def page_of_sources(many: int, **pagination: Any) -> dict[str, Any]:
    return {"sources": [{"id": f"s{number}"} for number in range(many)], "pagination": pagination}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (page_of_sources(50, totalEntries=120), "shows 50 of 120. The token may not see the others."),
        (page_of_sources(200), "ended after 200, a full page, and doesn't say whether there are more."),
        (page_of_sources(50), ""),
        (page_of_sources(50, totalEntries=50), ""),
    ],
)
async def test_a_list_that_may_have_more_items_says_so_once(page: dict[str, Any], said: str) -> None:
    fake = Fake(always(200, {"data": page}))
    await fake.segment.sources()
    await fake.segment.sources()
    assert fake.notes == ([f"Segment's list of sources {said}"] if said else [])


async def test_a_cursor_that_leads_back_is_no_end_of_a_list_that_has_more() -> None:
    page = page_of_sources(1, next="again", totalEntries=9)
    failure = await Fake(always(200, {"data": page})).segment.sources()
    assert isinstance(failure, Failure)
    assert failure.message == "the list of sources ended after 1 of 9"
