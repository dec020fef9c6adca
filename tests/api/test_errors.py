"""Failures from bad responses and exceptions."""

from __future__ import annotations

import json
import socket
import ssl
from typing import Any

import httpx
import pytest

from tests.api.fakes import LAUNCHDARKLY_TOKEN, reply
from wizard.api import errors
from wizard.api.call import Call
from wizard.api.errors import Answer
from wizard.domain.explain import explain
from wizard.domain.failure import Failure, FailureKind, Service

SECRET = LAUNCHDARKLY_TOKEN.get_secret_value()
PAGE = "<!doctype html><title>Access denied</title>"
HTML = {"content-type": "text/html"}


def call(method: str = "GET", service: Service = Service.LAUNCHDARKLY) -> Call:
    return Call(service, method, "https://app.launchdarkly.com", "/api/v2/x", secrets=(SECRET,))


def failed(response: httpx.Response, method: str = "GET") -> Failure:
    found = errors.read(call(method), response)
    assert isinstance(found, Failure)
    return found


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, FailureKind.NOT_THE_SERVICE),
        (400, FailureKind.INVALID),
        (401, FailureKind.UNAUTHORIZED),
        (403, FailureKind.FORBIDDEN),
        (404, FailureKind.NOT_FOUND),
        (405, FailureKind.INVALID),
        (406, FailureKind.INVALID),
        (407, FailureKind.PROXY),
        (409, FailureKind.CONFLICT),
        (410, FailureKind.NOT_FOUND),
        (413, FailureKind.INVALID),
        (415, FailureKind.INVALID),
        (418, FailureKind.INVALID),
        (422, FailureKind.INVALID),
        (429, FailureKind.RATE_LIMITED),
        (500, FailureKind.SERVER),
        (502, FailureKind.SERVER),
        (503, FailureKind.SERVER),
        (599, FailureKind.SERVER),
    ],
)
@pytest.mark.parametrize("body", [None, {}, {"code": 7, "message": None}, "no JSON", "[1]", '{"errors":[1]}'])
def test_the_status_decides_whatever_the_body(status: int, kind: FailureKind, body: Any) -> None:
    failure = failed(reply(status, body))
    assert (failure.kind, failure.status, failure.host) == (kind, status, "app.launchdarkly.com")


@pytest.mark.parametrize("status", [200, 201, 301, 400, 401, 403, 404, 422])
def test_a_web_page_is_not_the_service(status: int) -> None:
    failure = failed(reply(status, PAGE, HTML))
    assert failure.kind is FailureKind.NOT_THE_SERVICE
    assert failure.is_network
    assert PAGE not in failure.message


def test_a_page_that_is_missing_need_not_be_a_proxys() -> None:
    said = explain(failed(reply(404, PAGE, HTML)))
    assert said.summary == "app.launchdarkly.com answered with a web page: not found (404)."
    assert "doesn't have this part of LaunchDarkly's API" in said.cause
    assert "Wi-Fi" not in f"{said.cause} {said.fix}"


@pytest.mark.parametrize(("status", "moved"), [(301, True), (308, True), (302, False), (307, False)])
def test_what_has_moved_for_good_is_no_login_page(status: int, moved: bool) -> None:
    said = explain(failed(reply(status, "", {"location": "https://new.example.com/api"})))
    assert "redirected to https://new.example.com/api" in said.summary
    assert ("set the new one" in said.fix, "login page" in said.cause) == (moved, not moved)


def test_a_web_page_with_a_server_error_is_still_a_server_error() -> None:
    failure = failed(reply(502, PAGE, HTML))
    assert failure.kind is FailureKind.SERVER
    assert not failure.message, "our own words are no answer of the service"


@pytest.mark.parametrize("body", ["", "null", "[]", '"text"', "7", "{", "[" * 100_000, b"\xff\xfe{}"])
def test_a_success_that_is_no_object_is_not_the_service(body: str | bytes) -> None:
    assert failed(reply(200, body)).kind is FailureKind.NOT_THE_SERVICE


def test_an_object_is_an_answer() -> None:
    assert errors.read(call(), reply(201, {"items": []})) == Answer(201, {"items": []})


def test_nothing_at_all_is_an_answer_where_nothing_was_expected() -> None:
    assert errors.read(call("DELETE"), reply(200)) == Answer(200, {})
    assert errors.read(call("POST"), reply(204)) == Answer(204, {})


def test_launchdarklys_words_are_kept() -> None:
    failure = failed(reply(403, {"code": "forbidden", "message": "approval is required", "id": "uuid-1"}))
    assert (failure.code, failure.message, failure.request_id) == ("forbidden", "approval is required", "uuid-1")


def test_segments_first_error_is_kept_with_its_field() -> None:
    body = {"errors": [{"type": "input-validation", "message": "must be a string", "field": "input.name"}, {}]}
    failure = failed(reply(422, body))
    assert (failure.code, failure.message) == ("input-validation", "must be a string (field input.name)")


@pytest.mark.parametrize("header", ["X-Request-Id", "x-amzn-trace-id", "X-B3-Trace-Id"])
def test_a_header_names_the_request(header: str) -> None:
    assert failed(reply(500, {"id": "body"}, {header: "r-1"})).request_id == "r-1"


@pytest.mark.parametrize(
    "said",
    [
        f"bad token {SECRET}",
        f"bad token Bearer {SECRET}",
        "bad token api-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        "bad key sdk-aaaaaaaa-bbbb",
        "bad key mob-aaaaaaaa-bbbb",
        "bad token sgp_aaaaaaaa0000",
        "bad header Authorization: Bearer aaaaaaaa0000",
    ],
)
def test_no_secret_survives_in_a_message(said: str) -> None:
    message = failed(reply(401, {"message": said, "code": said})).message
    assert "aaaa" not in message
    assert SECRET not in message
    assert message.startswith("bad ")


def test_hostile_words_are_cleaned_and_cut() -> None:
    failure = failed(reply(400, {"message": "\x1b]52;c;eA==\x07" + "x\u202e" * 4_000}))
    assert "\x1b" not in failure.message
    assert "\u202e" not in failure.message
    assert len(failure.message) <= errors.MESSAGE_LIMIT


def raised(error: httpx.RequestError, cause: BaseException | None = None) -> httpx.RequestError:
    """Raise `error` as httpx does: from the transport's own error, which came from the socket's."""
    middle = OSError("transport")
    middle.__cause__ = cause
    error.__cause__ = middle
    return error


NOT_YET_VALID = ssl.SSLCertVerificationError(1, "certificate verify failed: certificate is not yet valid")
SELF_SIGNED = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate in certificate chain")


@pytest.mark.parametrize(
    ("error", "kind", "may_have_happened"),
    [
        (raised(httpx.ConnectError("x"), socket.gaierror(-2, "Name or service not known")), FailureKind.DNS, False),
        (raised(httpx.ConnectError("All connection attempts failed")), FailureKind.CONNECT, False),
        (raised(httpx.ConnectError("x"), SELF_SIGNED), FailureKind.CERTIFICATE, False),
        (raised(httpx.ConnectError("x"), ssl.SSLError(1, "wrong version number")), FailureKind.CONNECT, False),
        (httpx.ConnectTimeout(""), FailureKind.TIMEOUT, False),
        (httpx.PoolTimeout(""), FailureKind.TIMEOUT, False),
        (httpx.ReadTimeout(""), FailureKind.TIMEOUT, True),
        (httpx.WriteTimeout(""), FailureKind.TIMEOUT, True),
        (httpx.ReadError(""), FailureKind.CONNECT, True),
        (httpx.WriteError(""), FailureKind.CONNECT, True),
        (httpx.RemoteProtocolError("Server disconnected"), FailureKind.CONNECT, True),
        (httpx.DecodingError("x"), FailureKind.NOT_THE_SERVICE, True),
        (httpx.RemoteProtocolError("Invalid URL in location header: x."), FailureKind.NOT_THE_SERVICE, True),
        (httpx.ProxyError("407 Proxy Authentication Required"), FailureKind.PROXY, False),
    ],
)
def test_an_exception_says_whose_fault_it_is(
    error: httpx.RequestError, kind: FailureKind, may_have_happened: bool
) -> None:
    read, write = errors.from_exception(call(), error), errors.from_exception(call("POST"), error)
    assert (read.kind, read.outcome_unknown) == (kind, False)
    assert (write.kind, write.outcome_unknown) == (kind, may_have_happened)
    assert read.message
    assert read.is_network


@pytest.mark.parametrize("error", [httpx.ReadError(""), httpx.RemoteProtocolError("illegal status line")])
def test_a_connection_that_was_made_and_broke_off_is_not_called_unreachable(error: httpx.TransportError) -> None:
    said = explain(errors.from_exception(call(), error)).summary
    assert said == f"The connection to {call().host} ended before the whole answer arrived."


def test_a_certificate_from_the_future_points_at_the_clock() -> None:
    failure = errors.from_exception(call(), raised(httpx.ConnectError("x"), NOT_YET_VALID))
    assert "clock" in explain(failure).cause


@pytest.mark.parametrize(
    ("status", "body", "may_have_happened"),
    [(500, None, True), (503, PAGE, True), (200, PAGE, True), (400, {}, False), (403, PAGE, False), (429, {}, False)],
)
def test_a_write_may_have_happened_after_a_server_error_or_an_odd_success(
    status: int, body: Any, may_have_happened: bool
) -> None:
    assert failed(reply(status, body), "POST").outcome_unknown is may_have_happened
    assert not failed(reply(status, body), "GET").outcome_unknown


def test_a_call_shows_neither_its_token_nor_its_body() -> None:
    shown = repr(
        Call(
            Service.SEGMENT,
            "POST",
            "https://api.segmentapis.com",
            "/destinations",
            headers={"Authorization": f"Bearer {SECRET}"},
            body={"settings": {"apiKey": SECRET}},
            secrets=(SECRET,),
        )
    )
    assert SECRET not in shown
    assert json.dumps(SECRET) not in shown


@pytest.mark.parametrize(
    ("base_url", "page"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://127.0.0.1:8000", "https://127.0.0.1:8000"),
        ("https://app.launchdarkly.com", "https://app.launchdarkly.com"),
    ],
)
def test_a_page_to_open_has_the_scheme_that_was_asked(base_url: str, page: str) -> None:
    lost = errors.from_exception(Call(Service.LAUNCHDARKLY, "GET", base_url, "/api/v2/x"), httpx.ReadTimeout(""))
    assert f"Open {page} in a browser" in explain(lost).fix
