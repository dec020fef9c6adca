"""A body is read up to a limit of size and time, whatever it unpacks to."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from tests.api.fakes import LAUNCHDARKLY_TOKEN, SEGMENT_TOKEN, Fake
from tests.fake_clock import FakeClock
from wizard.api import body
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import Runtime, new_client
from wizard.clock import ServicesClock
from wizard.domain.explain import explain
from wizard.domain.failure import Failure, FailureKind, Service
from wizard.domain.services.launchdarkly import Caller
from wizard.domain.services.segment import Region

CALLER = json.dumps({"tokenId": "t-1"}).encode()


def encoded(content: bytes, encoding: str) -> Fake:
    return Fake(lambda _: httpx.Response(200, stream=httpx.ByteStream(content), headers={"Content-Encoding": encoding}))


@pytest.mark.parametrize(
    ("pack", "encoding"),
    [(lambda raw: raw, ""), (gzip.compress, "gzip"), (gzip.compress, "X-GZIP"), (zlib.compress, "deflate")],
)
async def test_what_is_asked_for_is_unpacked(pack: Callable[[bytes], bytes], encoding: str) -> None:
    fake = encoded(pack(CALLER), encoding)
    assert isinstance(await fake.launchdarkly.caller(), Caller)
    assert fake.last.headers["accept-encoding"] == "gzip, deflate"


async def test_a_header_in_another_encoding_spoils_no_answer() -> None:
    answer = httpx.Response(200, content=CALLER, headers=[(b"Via", b"Firmen-Pr\xfcfung \xff")])
    assert isinstance(await Fake(lambda _: answer).launchdarkly.caller(), Caller)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip"])
async def test_what_cannot_be_unpacked_is_not_the_service(encoding: str) -> None:
    failure = await encoded(b"\x1f\x8bnot gzip", encoding).launchdarkly.caller()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.NOT_THE_SERVICE


async def test_a_small_body_that_unpacks_to_a_huge_one_is_refused_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[int] = []
    monkeypatch.setattr(body, "_unpacker", lambda _, make=body._unpacker: _counted(make("gzip"), unpacked))
    failure = await encoded(gzip.compress(bytes(20 * 2**20)), "gzip").launchdarkly.caller()
    assert isinstance(failure, Failure)
    assert explain(failure).summary == "The answer of app.launchdarkly.com is too large: more than 8 MB."
    assert sum(unpacked) == body.MOST_BYTES + 1


def _counted(unpack: Callable[[bytes, int], bytes], sizes: list[int]) -> Callable[[bytes, int], bytes]:
    def counted(raw: bytes, most: int) -> bytes:
        piece = unpack(raw, most)
        sizes.append(len(piece))
        return piece

    return counted


async def test_a_write_with_too_large_an_answer_may_have_happened() -> None:
    failure = await encoded(bytes(body.MOST_BYTES + 1), "").segment.connect("s", "a", "d")
    assert isinstance(failure, Failure)
    assert failure.outcome_unknown


class Dripping(httpx.AsyncByteStream):
    """A body that never ends, a byte at a time."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0)  # noqa: TID251 - gives the loop a turn, takes no time


async def test_an_answer_that_never_ends_is_given_up() -> None:
    async def opened(_: Service) -> httpx.AsyncClient:
        return new_client(httpx.MockTransport(lambda _: httpx.Response(200, stream=Dripping())))

    runtime = Runtime(ServicesClock(FakeClock(auto=True)), lambda: 0.0, answer_s=0.005)
    services = HttpServices(BaseUrls(), runtime, opened)
    read = await services.launchdarkly(LAUNCHDARKLY_TOKEN).caller()
    written = await services.segment(SEGMENT_TOKEN, Region.US).connect("s", "a", "d")
    assert isinstance(read, Failure)
    assert isinstance(written, Failure)
    assert read.kind is written.kind is FailureKind.TIMEOUT
    assert written.outcome_unknown
