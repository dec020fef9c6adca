"""Transports that answer in rounds, so that a test can count the round trips that a command waits for."""

from __future__ import annotations

import asyncio

import httpx

QUIET = 200  # turns of the loop without another request, after which no more will come in this round


class Rounds:
    """Holds the requests of all its transports until no more come, then lets all be answered: one round trip."""

    def __init__(self) -> None:
        self._waiting = 0
        self._next = asyncio.Event()
        self._round: asyncio.Task[None] | None = None
        self.asked: list[int] = []
        """The number of requests in each round."""

    def held(self, inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return _Held(self, inner)

    async def wait(self) -> None:
        self._waiting += 1
        if self._round is None:
            self._round = asyncio.create_task(self._answer())
        await self._next.wait()

    async def _answer(self) -> None:
        asked = 0
        while asked != self._waiting:
            asked = self._waiting
            for _ in range(QUIET):
                await asyncio.sleep(0)  # noqa: TID251 - gives the loop a turn, takes no time
        self.asked.append(asked)
        begun, self._next, self._round, self._waiting = self._next, asyncio.Event(), None, 0
        begun.set()


class _Held(httpx.AsyncBaseTransport):
    def __init__(self, rounds: Rounds, inner: httpx.AsyncBaseTransport) -> None:
        self._rounds, self._inner = rounds, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._rounds.wait()
        return await self._inner.handle_async_request(request)
