"""Read a response's body up to a limit on its unpacked size, so that no answer can fill the memory."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable
from typing import cast

import httpx

MOST_BYTES = 8 * 2**20  # parsed, this much JSON takes about ten times as much memory
ENCODINGS = "gzip, deflate"  # the encodings that we ask for, and the only ones that we unpack
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_ABOUT_THE_BODY = (b"content-encoding", b"content-length", b"transfer-encoding")


class TooLarge(httpx.DecodingError):
    """The body is larger than the wizard reads."""


async def read_body(response: httpx.Response, most: int = MOST_BYTES) -> httpx.Response:
    """Return the response with its body read and unpacked.

    Raises TooLarge, httpx.DecodingError for a body that can't be unpacked, and the connection's own errors.
    """
    try:
        body = b"".join([piece async for piece in _pieces(response, most)])
    finally:
        await response.aclose()
    headers = [(name, value) for name, value in response.headers.raw if name.lower() not in _ABOUT_THE_BODY]
    return httpx.Response(response.status_code, headers=headers, content=body, request=response.request)


async def _pieces(response: httpx.Response, most: int) -> AsyncIterator[bytes]:
    unpack = _unpacker(response.headers.get("content-encoding", ""))
    async for raw in cast(httpx.AsyncByteStream, response.stream):  # `aiter_raw` refuses a body that was already read
        piece = unpack(raw, most + 1)
        most -= len(piece)
        if most < 0:
            raise TooLarge("the answer is too large")
        yield piece


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """Return a function that unpacks a piece of the body into at most the given number of bytes."""
    if encoding.strip().lower() in {"", "identity"}:
        return lambda raw, _: raw
    if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        raise httpx.DecodingError("its encoding is unknown")
    decoder = zlib.decompressobj(_GZIP_OR_ZLIB)

    def unpack(raw: bytes, most: int) -> bytes:
        try:
            return decoder.decompress(raw, most)
        except zlib.error as error:
            raise httpx.DecodingError("it can't be unpacked") from error

    return unpack
