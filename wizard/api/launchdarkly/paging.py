"""LaunchDarkly's lists, read to their end: the first page gives the total, the others are read in parallel.

See docs/launchdarkly.md#paging.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from wizard.api.call import Call
from wizard.api.errors import Answer, unusable
from wizard.domain.failure import Failure

LIMITS = (100, 50, None)  # page sizes to try in turn, as the specification names no maximum; None: the service's own
LEAST_PAGE = 20  # no list has a smaller page size of its own, so a page with fewer items is the last
MOST_AT_ONCE = 500  # pages of a list whose total says how many there are
MOST_IN_TURN = 200  # pages of a list that is read page by page; a longer list is taken for endless
REFUSED_AS_WRITTEN = {400, 422}  # LaunchDarkly's possible answers to a parameter that it doesn't accept

Ask = Callable[[Call], Awaitable[Answer | Failure]]
FirstPage = Callable[[list[Any]], None]


def _unheard(_: list[Any]) -> None:
    """Ignore the first page."""


class Lists:
    """The lists of one client. Remembers the page size that each list accepts, so that no poll repeats a refusal."""

    def __init__(self, ask: Ask, note: Callable[[str], None] = lambda _: None) -> None:
        self._ask = ask
        self._note = note
        self._left_open: set[str] = set()  # paths of lists that the user was told are incomplete
        self._limits: dict[str, int | None] = {}  # by path, the page size that the list accepts

    async def all_items(self, call: Call, first_page: FirstPage = _unheard) -> list[Any] | Failure:
        """Return the raw items of every page, or a `Failure` when one is missing.

        `first_page` receives the items of the first page while the others are read.

        Half a list looks like a whole one, so no part of it is returned. The total is trusted first, then the link to
        the next page. Without either, the next offset is asked for until a page brings nothing new.
        """
        limit, first = await self._first(call)
        if isinstance(first, Failure):
            return first
        items = _items(first)
        total = _total(first)
        if total > len(items) if total is not None else _next(first) or len(items) >= LEAST_PAGE:
            first_page(items)
        if total is not None:
            rest = await self._by_total(call, limit, items, total)
        elif _next(first):
            rest = await self._by_link(call, first)
        else:
            rest = await self._page_by_page(call, limit, items)
        return rest if isinstance(rest, Failure) else items + rest

    async def one_page(self, call: Call) -> list[Any] | Failure:
        """Return the raw items of a list's first page."""
        answer = await self._page(call)
        return answer if isinstance(answer, Failure) else _items(answer)

    async def _first(self, call: Call) -> tuple[int | None, Answer | Failure]:
        """Return the page size that was asked for and the first page. A list may refuse a large page size."""
        known = self._limits.get(call.path, LIMITS[0])
        first: Answer | Failure | None = None
        for limit in LIMITS[LIMITS.index(known) :]:
            answer = await self._page(_part(call, limit))
            first = first or answer
            if not isinstance(answer, Failure):
                self._limits[call.path] = limit
                return limit, answer
            if answer.status not in REFUSED_AS_WRITTEN:
                return limit, answer
        assert first is not None  # noqa: S101 - there is at least one size
        return known, first  # the page size wasn't the problem

    async def _by_total(self, call: Call, limit: int | None, seen: list[Any], total: int) -> list[Any] | Failure:
        """Return the items after the first page, read in parallel, or one by one if the first or another page is short.

        A short first page doesn't show the page size. Most likely the token can't see the rest, and the next page is
        empty.
        """
        if len(seen) >= LEAST_PAGE:
            items = await _by_offset(self._page, call, limit, step=len(seen), total=total)
            if isinstance(items, Failure) or len(seen) + len(items) >= total:
                return items
        return await self._in_turn(call, limit, seen, total)

    async def _in_turn(self, call: Call, limit: int | None, seen: list[Any], total: int) -> list[Any] | Failure:
        """Return the items after `seen`, by offset, up to the total. A page with nothing new ends the list."""
        items: list[Any] = []
        offset = len(seen)
        for _ in range(MOST_IN_TURN):
            if offset >= total:
                return items
            page = await self.one_page(_part(call, limit, offset=offset)) if offset else []
            if isinstance(page, Failure):
                return page
            new = [item for item in page if item not in seen and item not in items]
            if not new:
                self._say_what_is_left_open(call, offset, total)
                return items
            items += new
            offset += len(page)
        return items if offset >= total else _endless(call, offset)

    def _say_what_is_left_open(self, call: Call, shown: int, total: int) -> None:
        """Tell the user, once for each list, that the list has fewer items than its total says."""
        if call.path not in self._left_open:
            self._left_open.add(call.path)
            where = f"LaunchDarkly's list {call.path}"
            self._note(f"{where} shows {shown:,} of {total:,}. The token may not see the others.")

    async def _page_by_page(self, call: Call, limit: int | None, seen: list[Any]) -> list[Any] | Failure:
        """Return the items after `seen`, by offset, while pages bring something new. A short page is the last one."""
        items: list[Any] = []
        page = seen
        for _ in range(MOST_IN_TURN):
            if len(page) < LEAST_PAGE:
                return items
            answer = await self._page(_part(call, limit, offset=len(seen) + len(items)))
            if isinstance(answer, Failure):
                return answer
            page = [item for item in _items(answer) if item not in seen and item not in items]
            items += page
        return items if len(page) < LEAST_PAGE else _endless(call, len(seen) + len(items))

    async def _by_link(self, call: Call, first: Answer) -> list[Any] | Failure:
        items: list[Any] = []
        followed: set[str] = set()
        answer = first
        while (href := _next(answer)) and href not in followed and _items(answer):
            if not _is_of_this_list(call, href):
                return unusable(call, "the next page of the list is at another address")
            if len(followed) == MOST_IN_TURN:
                return _endless(call, len(items))
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


def _endless(call: Call, shown: int) -> Failure:
    return unusable(call, f"the list didn't end within {shown:,} items")


async def _by_offset(ask: Ask, call: Call, limit: int | None, *, step: int, total: int) -> list[Any] | Failure:
    """Read the pages after the first. `step` is the first page's length, which may be less than `limit`."""
    if total > step * MOST_AT_ONCE:
        return unusable(call, f"the list says that it has {total:,} items, which are too many to read")
    pages = await asyncio.gather(*(ask(_part(call, limit, offset=offset)) for offset in range(step, total, step)))
    items: list[Any] = []
    for answer in pages:
        if isinstance(answer, Failure):
            return answer
        items += _items(answer)
    return items


def _total(answer: Answer) -> int | None:
    """Return the number of items in the whole list; None if the answer doesn't say, or can't be right."""
    total = answer.body.get("totalCount")
    if not isinstance(total, int) or isinstance(total, bool):
        return None
    return total if total >= len(_items(answer)) else None


def _items(answer: Answer) -> list[Any]:
    items = answer.body.get("items")
    return items if isinstance(items, list) else []


def _part(call: Call, limit: int | None, offset: int = 0) -> Call:
    size = (("limit", str(limit)),) if limit else ()
    where = (("offset", str(offset)),) if offset else ()
    return replace(call, query=(*call.query, *size, *where))


def _next(answer: Answer) -> str:
    links = answer.body.get("_links")
    link = links.get("next") if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else None
    return href if isinstance(href, str) else ""


def _is_of_this_list(call: Call, href: str) -> bool:
    """Return whether a URL is a page of the same list; the token is sent nowhere else."""
    try:
        link = urlsplit(href)
        is_here = not link.netloc or _place(href) == _place(call.base_url)
        return is_here and unquote(link.path).rstrip("/") == unquote(call.path).rstrip("/")
    except ValueError:
        return False


def _place(url: str) -> tuple[str | None, int | None]:
    """Return a URL's host in lower case and its port, by default the scheme's. Raises ValueError."""
    parts = urlsplit(url)
    return parts.hostname, parts.port or {"http": 80}.get(parts.scheme, 443)


def _follow(call: Call, href: str) -> Call:
    return replace(call, query=tuple(parse_qsl(urlsplit(href).query, keep_blank_values=True)))
