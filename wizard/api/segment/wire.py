"""The conventions of Segment's Public API: media types, the `data` envelope, dot-form paging.

See docs/segment.md#calling-the-api.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import SecretStr

from wizard.api.call import Call, Query
from wizard.api.errors import not_from_the_service, unusable
from wizard.api.lenient import parse_one
from wizard.api.segment.limits import limit_of
from wizard.api.segment.models import MASK, Paging
from wizard.api.transport import Transport
from wizard.domain.credentials import SEGMENT_TOKEN
from wizard.domain.failure import Failure, Service
from wizard.domain.services.segment import Region

HOSTS = {region: f"https://{region.host}" for region in Region}
V1 = "application/vnd.segment.v1+json"
V1BETA = "application/vnd.segment.v1beta+json"
V1ALPHA = "application/vnd.segment.v1alpha+json"
PAGE = ("pagination.count", "200")
MOST_PAGES = 100  # a longer list is taken for endless; its time says nothing, as the service may ask us to wait
_COUNTS_WHAT_IS_HIDDEN = "connections"  # the total of this list counts hidden items too, which has its own finding


@dataclass(frozen=True, slots=True)
class Listed:
    """The items of every page, with the rest of the first page's body and the call that it answered."""

    items: list[Any]
    first: dict[str, Any]
    call: Call | None = None

    @property
    def total(self) -> int | None:
        return _paging(self.first).total

    @property
    def has_next(self) -> bool:
        """Return whether the first page names another one."""
        return _paging(self.first).names_next


@dataclass(slots=True)
class _Read:
    """The part of a list that has been read."""

    items: list[Any]
    last: dict[str, Any]  # the last page's body
    pages: int = 1
    is_endless: bool = False  # it named more pages after MOST_PAGES, or after a repeated page


class Wire:
    """One token on its workspace's region.

    `region` is corrected when another region knows the token. A given `base_url` fixes the host.
    """

    def __init__(self, transport: Transport, token: SecretStr | None, region: Region, base_url: str | None) -> None:
        self.transport = transport
        self.region = region
        self.fixed = base_url is not None
        self._token = token
        self._base_url = base_url
        self._left_open: set[str] = set()  # keys of lists that the user was told may be incomplete

    def call(
        self,
        method: str,
        where: str,
        media: str,
        *,
        query: Query = (),
        body: Mapping[str, Any] | None = None,
        secrets: tuple[str, ...] = (),
        region: Region | None = None,
    ) -> Call:
        headers = {"Accept": media} | ({"Content-Type": media} if body is not None else {})
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
            secrets = (self._token.get_secret_value(), *secrets)
        base_url = self._base_url or HOSTS[region or self.region]
        limit = limit_of(method, where)
        return Call(Service.SEGMENT, method, base_url, where, query, headers, body, secrets, SEGMENT_TOKEN, limit=limit)

    async def data(self, call: Call) -> dict[str, Any] | Failure:
        """Return the contents of the envelope; a body without one isn't this service's."""
        answer = await self.transport.ask(call)
        if isinstance(answer, Failure):
            return answer
        data = answer.body.get("data")
        if call.method == "DELETE" and data is None:
            return {}
        return data if isinstance(data, dict) else not_from_the_service(call)

    async def _page(self, call: Call, key: str) -> dict[str, Any] | Failure:
        """Read one page. A page without a list is a `Failure`: an empty list would mean that there are no items."""
        data = await self.data(call)
        if isinstance(data, Failure) or isinstance(data.get(key), list) or _is_empty(data, key):
            return data
        lists = [value for value in data.values() if isinstance(value, list)]
        return {**data, key: lists[0]} if len(lists) == 1 else unusable(call, f"the answer has no list of {key}")

    async def page(self, call: Call, key: str) -> Listed | Failure:
        """Read a list's first page alone."""
        data = await self._page(call, key)
        return data if isinstance(data, Failure) else Listed(_list(data, key), data, call)

    async def listed(
        self,
        where: str,
        media: str,
        key: str,
        query: Query = (),
        *,
        is_enough_in_part: bool = False,
        first_page: Callable[[list[Any]], None] = lambda _: None,
    ) -> Listed | Failure:
        """Read a list to its end, page by page, because a cursor leads only to the next page.

        `first_page` receives the items of the first page while the others are read.

        A list that doesn't end is a `Failure`. With `is_enough_in_part`, it's a notice and the part that was read.
        """
        call = self.call("GET", where, media, query=(*query, PAGE))
        first = await self._page(call, key)
        if isinstance(first, Failure):
            return first
        if _paging(first).next:
            first_page(_list(first, key))
        read = await self._read_on(call, key, first)
        if isinstance(read, Failure):
            return read
        listed = Listed(read.items, first, call)
        short = _why_short(read, listed, key)
        if not short:
            self._say_what_is_left_open(listed, read.last, key)
        elif is_enough_in_part:
            goes_on = f"The wizard goes on with the {len(read.items):,} {key} that it read."
            self.transport.note(f"Segment's list of {key} {short}. {goes_on}")
        else:
            return unusable(call, f"the list of {key} {short}")
        return listed

    async def _read_on(self, call: Call, key: str, first: dict[str, Any]) -> _Read | Failure:
        """Follow the cursors from the first page. A repeated page adds nothing, and ends the reading."""
        read, pages, cursors = _Read(list(_list(first, key)), first), [_list(first, key)], set[str]()
        repeats = False
        while (cursor := _paging(read.last).next) and cursor not in cursors:
            if repeats or read.pages == MOST_PAGES:
                read.is_endless = True
                break
            cursors.add(cursor)
            page = await self._page(replace(call, query=(*call.query, ("pagination.cursor", cursor))), key)
            if isinstance(page, Failure):
                return page
            read.last, read.pages, latest = page, read.pages + 1, _list(page, key)
            repeats = bool(latest) and latest in pages
            if not repeats:
                pages.append(latest)
                read.items += latest
        return read

    def _say_what_is_left_open(self, listed: Listed, last: dict[str, Any], key: str) -> None:
        """Tell the user, once for each list, that the list may have more items than it shows."""
        shown, total = len(listed.items), listed.total
        if key in self._left_open or key == _COUNTS_WHAT_IS_HIDDEN:
            return
        if total is not None and total > shown:
            said = f"shows {shown:,} of {total:,}. The token may not see the others."
        elif total is None and len(_list(last, key)) >= int(PAGE[1]):
            said = f"ended after {shown:,}, a full page, and doesn't say whether there are more."
        else:
            return
        self._left_open.add(key)
        self.transport.note(f"Segment's list of {key} {said}")


def _why_short(read: _Read, listed: Listed, key: str) -> str:
    """Return why the list isn't complete, as the end of a sentence; empty when it's complete."""
    if read.is_endless:
        return f"didn't end within {read.pages} pages"
    if _paging(read.last).names_next and not _paging(read.last).next:
        return f"ended after {len(read.items):,}, and names its next page in a form that the wizard doesn't know"
    if _is_cut_off(listed, read.last, key):
        return f"ended after {len(read.items):,} of {listed.total or 0:,}"
    return ""


def _is_cut_off(listed: Listed, last: dict[str, Any], key: str) -> bool:
    """Return whether the total says that items are missing after a full last page, or after a cursor that leads back.

    A total alone proves nothing: it also counts items that are hidden from the token (docs/segment.md#connections).
    """
    is_full = len(_list(last, key)) >= int(PAGE[1])
    goes_on = is_full or bool(_paging(last).next)
    return goes_on and listed.total is not None and listed.total > len(listed.items)


def _is_empty(data: dict[str, Any], key: str) -> bool:
    """Return whether a page without a list is empty: its list is null, or its total is 0."""
    return (key in data and data[key] is None) or (key not in data and _paging(data).total == 0)


def refuse_masked(value: object) -> None:
    """Raise ValueError for a masked value: written back, the mask would replace the real one.

    See docs/segment.md#secret-settings.
    """
    if isinstance(value, str) and MASK in value:
        raise ValueError("a masked value must not be written back")
    if isinstance(value, Mapping):
        for item in value.values():
            refuse_masked(item)
    elif isinstance(value, list | tuple):
        for item in value:
            refuse_masked(item)


def _paging(data: dict[str, Any]) -> Paging:
    return parse_one(Paging, data.get("pagination")) or Paging.model_validate({})


def _list(data: dict[str, Any], key: str) -> list[Any]:
    found = data.get(key)
    return list(found) if isinstance(found, list) else []
