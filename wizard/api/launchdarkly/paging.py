"""LaunchDarkly's lists to their end: the first page tells the total, then the rest at once.

See docs/launchdarkly.md#paging.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from wizard.api.call import Call, host_of
from wizard.api.errors import Answer, unusable
from wizard.domain.model import Failure

PAGE = 100  # fewer requests; the specification names no maximum, so a 400 falls back to the default
MOST_PAGES = 500

Ask = Callable[[Call], Awaitable[Answer | Failure]]


class Lists:
    """One client's lists. A page size that was refused once is not asked for again: a poll would ask in vain."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._takes_a_limit = True

    async def all_items(self, call: Call) -> list[Any] | Failure:
        """The raw items of every page; a `Failure` when one is missing, because half a list looks like a whole one."""
        first = await self._first(call)
        if isinstance(first, Failure):
            return first
        items = _items(first)
        total = first.body.get("totalCount")
        if isinstance(total, int):
            rest = await _by_offset(self._page, call, size=len(items), total=total)
        else:
            rest = await _by_link(self._page, call, first)
        return rest if isinstance(rest, Failure) else items + rest

    async def _first(self, call: Call) -> Answer | Failure:
        if not self._takes_a_limit:
            return await self._page(call)
        first = await self._page(_part(call, limit=PAGE))
        if not isinstance(first, Failure) or first.status != 400:
            return first
        first = await self._page(call)
        self._takes_a_limit = isinstance(first, Failure)  # then it was something else that was refused
        return first

    async def _page(self, call: Call) -> Answer | Failure:
        """One page. An answer without a list is no answer: taken for an empty list it would say that all is gone."""
        answer = await self._ask(call)
        is_a_page = isinstance(answer, Failure) or isinstance(answer.body.get("items"), list)
        return answer if is_a_page else unusable(call, "the answer has no list")


async def _by_offset(ask: Ask, call: Call, size: int, total: int) -> list[Any] | Failure:
    """The pages after the first; `size` is what the service really gave, which may be less than was asked for."""
    if size == 0:
        return []
    offsets = range(size, min(total, size * MOST_PAGES), size)
    pages = await asyncio.gather(*(ask(_part(call, limit=size, offset=offset)) for offset in offsets))
    items: list[Any] = []
    for answer in pages:
        if isinstance(answer, Failure):
            return answer
        items += _items(answer)
    return items


async def _by_link(ask: Ask, call: Call, first: Answer) -> list[Any] | Failure:
    items: list[Any] = []
    followed: set[str] = set()
    answer = first
    while (href := _next(call, answer)) and href not in followed and len(followed) < MOST_PAGES and _items(answer):
        followed.add(href)
        following = await ask(_follow(call, href))
        if isinstance(following, Failure):
            return following
        answer = following
        items += _items(answer)
    return items


def _items(answer: Answer) -> list[Any]:
    items = answer.body.get("items")
    return items if isinstance(items, list) else []


def _part(call: Call, *, limit: int, offset: int = 0) -> Call:
    where = (("offset", str(offset)),) if offset else ()
    return replace(call, query=(*call.query, ("limit", str(limit)), *where))


def _next(call: Call, answer: Answer) -> str:
    """The next page's address, only if it stays on this host: the token goes nowhere else."""
    links = answer.body.get("_links")
    link = links.get("next") if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else None
    if not isinstance(href, str) or not href:
        return ""
    elsewhere = host_of(href) not in {"", call.host}
    return "" if elsewhere or not urlsplit(href).path.startswith("/") else href


def _follow(call: Call, href: str) -> Call:
    link = urlsplit(href)
    return replace(call, path=link.path, query=tuple(parse_qsl(link.query, keep_blank_values=True)))
