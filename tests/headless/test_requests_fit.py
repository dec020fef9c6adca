"""Every request of a whole setup, and every answer, fits LaunchDarkly's official specification."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest
from referencing import Registry, Resource

from tests.fake_clock import in_minutes
from tests.headless.runs import SETUP, World
from tests.headless.test_make_token import MAKE

Json = dict[str, Any]
SPECIFICATION = Path(__file__).parent.parent / "contracts" / "launchdarkly-openapi.json"
NOT_IN_IT = {
    "/api/v2/account",  # `ldcli whoami` reads it (docs/launchdarkly.md#account-name)
    "/api/v2/account/ip-allowlist",  # in the official client (docs/launchdarkly.md#ip-allowlist)
}
NEWER_THAN_IT = {  # in the official client (tests/sandbox/test_official_client.py)
    ("/api/v2/projects/{projectKey}/context-kinds", "expand"),  # docs/launchdarkly.md#context-kinds
    ("/api/v2/auditlog", "token"),  # docs/launchdarkly.md#audit-log
}
COMMANDS = ("apply", "watch", "plan", "doctor", "undo")


class Recorder:
    """Keeps every different request to LaunchDarkly's API, and every different answer."""

    def __init__(self) -> None:
        self.requests: dict[tuple[str, str, bytes], httpx.Request] = {}
        self.answers: dict[tuple[str, int, bytes], httpx.Request] = {}

    def wrap(self, inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return _Recorded(self, inner)


class _Recorded(httpx.AsyncBaseTransport):
    def __init__(self, recorder: Recorder, inner: httpx.AsyncBaseTransport) -> None:
        self._recorder, self._inner = recorder, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.url.path.startswith("/api/v2/"):
            where = f"{request.method} {request.url.path}"
            self._recorder.requests[request.method, str(request.url), request.content] = request
            self._recorder.answers[where, response.status_code, await response.aread()] = request
        return response


class Specification:
    """The official specification, which says what is wrong with a request or an answer."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._registry: Any = Registry().with_resource("spec", Resource.opaque(document))
        self._paths = {re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)): path for path in document["paths"]}

    def faults(self, request: httpx.Request) -> Iterator[str]:
        path, operation = self._operation(request)
        if operation is None:
            if request.url.path not in NOT_IN_IT:
                yield f"{request.method} {request.url.path} isn't in the specification"
            return
        yield from self._of_the_query(request, path, operation)
        yield from self._of_the_body(request, operation)

    def faults_of_an_answer(self, request: httpx.Request, status: int, body: bytes) -> Iterator[str]:
        _, operation = self._operation(request)
        described = (operation or {}).get("responses", {}).get(str(status), {}).get("content", {})
        if "application/json" in described:
            yield from self._unfit(request.url.path, described["application/json"]["schema"], json.loads(body))

    def _operation(self, request: httpx.Request) -> tuple[str, Json | None]:
        path = next((path for form, path in self._paths.items() if form.fullmatch(request.url.path)), "")
        return path, self._document["paths"].get(path, {}).get(request.method.lower())

    def _of_the_query(self, request: httpx.Request, path: str, operation: Json) -> Iterator[str]:
        given = [*self._document["paths"][path].get("parameters", ()), *operation.get("parameters", ())]
        known = {one["name"]: one for one in given if one["in"] == "query"}
        for name, value in request.url.params.multi_items():
            if (path, name) in NEWER_THAN_IT:
                continue
            if name not in known:
                yield f"{request.method} {path} takes no parameter {name}"
            else:
                schema = known[name].get("schema", {})
                yield from self._unfit(f"{path} {name}", schema, _typed(value, schema.get("type")))

    def _of_the_body(self, request: httpx.Request, operation: Json) -> Iterator[str]:
        described = operation.get("requestBody")
        if bool(request.content) and described is None:
            yield f"{request.method} {request.url.path} takes no body"
        elif described and request.content:
            schema = described["content"]["application/json"]["schema"]
            yield from self._unfit(request.url.path, schema, json.loads(request.content))

    def _unfit(self, where: str, schema: Json, value: Any) -> Iterator[str]:
        absolute = json.loads(json.dumps(schema).replace('"#/components', '"spec#/components'))
        for error in jsonschema.Draft202012Validator(absolute, registry=self._registry).iter_errors(value):
            yield f"{where}: {error.message}"


def _typed(value: str, kind: str | None) -> object:
    """Return a query parameter's value with the type that the specification says."""
    is_plain = kind in {"integer", "number", "boolean"}
    return json.loads(value) if is_plain else value


@pytest.fixture(scope="module")
def specification() -> Specification:
    return Specification(json.loads(SPECIFICATION.read_text()))


@pytest.mark.parametrize(
    "scenario", ["happy", "no-store", "custom-role-missing-update", "make-token", "no-custom-roles"]
)
async def test_every_request_of_a_whole_setup_fits(tmp_path: Path, specification: Specification, scenario: str) -> None:
    world, recorder = World(tmp_path, scenario, in_minutes()), Recorder()
    setup = MAKE if world.sandbox.scenario.makes_token else SETUP

    for command in COMMANDS:
        await world.run(command, setup=setup, wrap=recorder.wrap, timeout_s=1200.0)

    requests = recorder.requests.values()
    assert len({request.url.path for request in requests}) > 8
    faults = [fault for request in requests for fault in specification.faults(request)]
    assert sorted(set(faults)) == []
    of_answers = [
        fault
        for (_, status, body), request in recorder.answers.items()
        for fault in specification.faults_of_an_answer(request, status, body)
    ]
    assert sorted(set(of_answers)) == []
    assert {request.headers["LD-API-Version"] for request in requests} <= {"20240415", "beta"}


def test_a_wrong_request_is_noticed(specification: Specification) -> None:
    host = "https://app.launchdarkly.com"
    wrong = {
        httpx.Request("GET", f"{host}/api/v2/project/shop"): "isn't in the specification",
        httpx.Request("GET", f"{host}/api/v2/projects?size=5"): "takes no parameter size",
        httpx.Request("POST", f"{host}/api/v2/projects/p/environments/e/contexts/search", json={"limit": "x"}): "limit",
    }
    for request, said in wrong.items():
        assert any(said in fault or "not of type" in fault for fault in specification.faults(request)), said
