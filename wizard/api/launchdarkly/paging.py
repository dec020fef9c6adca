"""LaunchDarkly's lists, read to their end: the first page gives the total, the others are read at once.

See docs/launchdarkly.md#paging.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from wizard.api.call import Call, host_of
from wizard.api.errors import Answer, unusable
from wizard.clock import Clock
from wizard.domain.model import Failure

PAGE = 100  # the specification names no maximum; on a 400 the service's default is used
MOST_PAGES = 500
LONGEST_S = 60.0  # a list whose pages are asked for one by one

Ask = Callable[[Call], Awaitable[Answer | Failure]]


class Lists:
    """The lists of one client; remembers a refused page size, so that a poll doesn't repeat it."""

    def __init__(self, ask: Ask, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._takes_a_limit = True

    async def all_items(self, call: Call) -> list[Any] | Failure:
        """Return the raw items of every page, or a `Failure` when one is missing.

        Half a list can't be told from a whole one, so no part of it is returned.
        """
        first = await self._first(call)
        if isinstance(first, Failure):
            return first
        items = _items(first)
        total = first.body.get("totalCount")
        if isinstance(total, int):
            rest = await _by_offset(self._page, call, size=len(items), total=total)
        else:
            rest = await self._by_link(call, first)
        return rest if isinstance(rest, Failure) else items + rest

    async def _first(self, call: Call) -> Answer | Failure:
        if not self._takes_a_limit:
            return await self._page(call)
        first = await self._page(_part(call, limit=PAGE))
        if not isinstance(first, Failure) or first.status != 400:
            return first
        first = await self._page(call)
        self._takes_a_limit = isinstance(first, Failure)  # if this fails too, the page size wasn't the problem
        return first

    async def _by_link(self, call: Call, first: Answer) -> list[Any] | Failure:
        items: list[Any] = []
        followed: set[str] = set()
        answer, until = first, self._clock.monotonic() + LONGEST_S
        while (href := _next(answer)) and href not in followed and _items(answer):
            if not _is_of_this_list(call, href):
                return unusable(call, "the next page of the list is at another address")
            if len(followed) == MOST_PAGES or self._clock.monotonic() > until:
                return unusable(call, f"the list didn't end within {len(followed) + 1} pages")
            followed.add(href)
            following = await self._page(_follow(call, href))
            if isinstance(following, Failure):
                return following
            answer = following
            items += _items(answer)
        return items

    async def _page(self, call: Call) -> Answer | Failure:
        """Read one page. A body without a list is a `Failure`: an empty list would say that everything was deleted."""
        answer = await self._ask(call)
        is_a_page = isinstance(answer, Failure) or isinstance(answer.body.get("items"), list)
        return answer if is_a_page else unusable(call, "the answer has no list")


async def _by_offset(ask: Ask, call: Call, size: int, total: int) -> list[Any] | Failure:
    """Read the pages after the first; `size` is what the service returned, which may be less than the limit sent."""
    if size == 0:
        return []
    if total > size * MOST_PAGES:
        return unusable(call, f"the list says that it has {total:,} items, which are too many to read")
    offsets = range(size, total, size)
    pages = await asyncio.gather(*(ask(_part(call, limit=size, offset=offset)) for offset in offsets))
    items: list[Any] = []
    for answer in pages:
        if isinstance(answer, Failure):
            return answer
        items += _items(answer)
    return items


def _items(answer: Answer) -> list[Any]:
    items = answer.body.get("items")
    return items if isinstance(items, list) else []


def _part(call: Call, *, limit: int, offset: int = 0) -> Call:
    where = (("offset", str(offset)),) if offset else ()
    return replace(call, query=(*call.query, ("limit", str(limit)), *where))


def _next(answer: Answer) -> str:
    links = answer.body.get("_links")
    link = links.get("next") if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else None
    return href if isinstance(href, str) else ""


def _is_of_this_list(call: Call, href: str) -> bool:
    """Return whether an address is a page of the same list: the token goes nowhere else."""
    try:
        link = urlsplit(href)
        return host_of(href) in {"", call.host} and unquote(link.path) == unquote(call.path)
    except ValueError:
        return False


def _follow(call: Call, href: str) -> Call:
    link = urlsplit(href)
    return replace(call, path=link.path, query=tuple(parse_qsl(link.query, keep_blank_values=True)))
