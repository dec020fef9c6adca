"""The reads of Segment's Public API with one token (docs/segment.md). `counts.py` and `writes.py` have the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from wizard.api.call import path
from wizard.api.errors import unusable
from wizard.api.lenient import Remote, is_unusable_as, parse_each, parse_each_in_turn
from wizard.api.reach import reach
from wizard.api.segment import models
from wizard.api.segment.catalog import METADATA_ID, SLUG, names_the_destination
from wizard.api.segment.counts import SegmentCounts
from wizard.api.segment.wire import PAGE, V1, V1ALPHA, Listed
from wizard.api.segment.writes import SegmentWrites
from wizard.domain.facts import Reach
from wizard.domain.failure import KNOWN_NOWHERE, Failure, FailureKind
from wizard.domain.services import segment as model
from wizard.domain.services.mapping import ACTION_SLUG, FALLBACK_CATALOG_ENTRY
from wizard.domain.services.segment import Region

M = TypeVar("M", bound=Remote)
T = TypeVar("T")


class SegmentClient(SegmentCounts, SegmentWrites):
    """The real `wizard.flow.outside.segment.Segment`."""

    async def reach(self) -> Reach | Failure:
        """Call an endpoint with the token or a made-up one: a refusal, too, shows that the service is there.

        A wrong region may refuse with a web page, so the other region is asked before a proxy is blamed. See
        docs/segment.md#public-api-tokens and docs/segment.md#regions.
        """
        here = await self._reach(self._wire.region)
        if not isinstance(here, Failure) or not _is_refusal(here):
            return here
        for region in self._other_regions():
            there = await self._reach(region)
            if not isinstance(there, Failure):
                return there
        return here

    async def _reach(self, region: Region) -> Reach | Failure:
        call = self._wire.call("GET", "/", V1, region=region)
        return await reach(
            self._wire.transport, replace(call, headers={"Authorization": "Bearer none", **call.headers})
        )

    def _other_regions(self) -> tuple[Region, ...]:
        """Return the other regions, which may know a token that this one refuses; none if the host is fixed."""
        return () if self._wire.fixed else tuple(region for region in Region if region is not self._wire.region)

    async def workspace(self) -> model.Workspace | Failure:
        """Read the workspace and settle its region: the other region may know a token that this one refuses.

        See docs/segment.md#regions.
        """
        here = await self._workspace(self._wire.region)
        if not isinstance(here, Failure) or not _is_refusal(here) or not self._other_regions():
            return here
        refusals = [here]
        for region in self._other_regions():
            there = await self._workspace(region)
            if not isinstance(there, Failure):
                self._wire.region = region
                return replace(there, refused_at=_what_each_answered(refusals))
            refusals.append(there)
        return _known_nowhere(refusals)

    async def _workspace(self, region: Region) -> model.Workspace | Failure:
        call = self._wire.call("GET", "/", V1, region=region)
        return await self._one(call, "workspace", models.WorkspaceAnswer, lambda found: found.to_domain(region))

    async def spaces(self) -> tuple[model.Space, ...] | Failure:
        return await self._all("/spaces", V1ALPHA, "spaces", models.SpaceItem, models.SpaceItem.to_domain)

    async def sources(self) -> tuple[model.Source, ...] | Failure:
        return await self._all("/sources", V1, "sources", models.SourceItem, models.SourceItem.to_domain)

    async def catalog(self) -> model.CatalogEntry | Failure:
        """Read the catalog entry by ID, else by slug; fall back to the known values (docs/segment.md#catalog-entry)."""
        call = self._wire.call("GET", path("/catalog/destinations/{}", METADATA_ID), V1)
        found = await self._one(call, "destinationMetadata", models.CatalogItem, _entry)
        if isinstance(found, Failure) and found.status == 404:
            found = await self._catalog_by_slug()
        if isinstance(found, Failure) and not found.is_closed:
            return found
        return found if isinstance(found, model.CatalogEntry) else FALLBACK_CATALOG_ENTRY

    async def _catalog_by_slug(self) -> model.CatalogEntry | Failure | None:
        listed = await self._wire.listed("/catalog/destinations", V1, "destinationsCatalog")
        if isinstance(listed, Failure):
            return listed
        return next((_entry(item) for item in parse_each(models.CatalogItem, listed.items) if item.slug == SLUG), None)

    async def destinations(self) -> tuple[model.Destination, ...] | Failure:
        listed = await self._wire.listed("/destinations", V1, "destinations")
        if isinstance(listed, Failure):
            return listed
        if is_unusable_as(models.DestinationItem, listed.items):
            return _without_ids(listed)
        items = parse_each(models.DestinationItem, listed.items)
        return _once(item.to_domain() for item in items if _is_of_this_type(item))

    async def destination(self, destination_id: str) -> model.Destination | Failure:
        call = self._wire.call("GET", path("/destinations/{}", destination_id), V1)
        return await self._one(call, "destination", models.DestinationItem, models.DestinationItem.to_domain)

    async def subscriptions(self, destination_id: str) -> tuple[model.Subscription, ...] | Failure:
        where = path("/destinations/{}/subscriptions", destination_id)
        return await self._all(
            where, V1ALPHA, "subscriptions", models.SubscriptionItem, lambda item: item.to_domain(destination_id)
        )

    async def subscription(self, destination_id: str, subscription_id: str) -> model.Subscription | Failure:
        call = self._wire.call(
            "GET", path("/destinations/{}/subscriptions/{}", destination_id, subscription_id), V1ALPHA
        )
        return await self._one(
            call, "subscription", models.SubscriptionItem, lambda item: item.to_domain(destination_id)
        )

    async def audiences(
        self, space_id: str, first: Callable[[tuple[model.Audience, ...]], None] = lambda _: None
    ) -> tuple[model.Audience, ...] | Failure:
        def tell(page: list[Any]) -> None:
            first(_once(item.to_domain(space_id) for item in parse_each(models.AudienceItem, page)))

        where = path("/spaces/{}/audiences", space_id)
        listed = await self._wire.listed(where, V1ALPHA, "audiences", is_enough_in_part=True, first_page=tell)
        return await _seen(listed, models.AudienceItem, lambda item: item.to_domain(space_id))

    async def some_audiences(self, space_id: str) -> tuple[tuple[model.Audience, ...], int] | Failure:
        """Return the first page, and how many audiences are beyond it: at least 1 if there's a next page."""
        call = self._wire.call("GET", path("/spaces/{}/audiences", space_id), V1ALPHA, query=(PAGE,))
        page = await self._wire.page(call, "audiences")
        if isinstance(page, Failure):
            return page
        seen = await _seen(page, models.AudienceItem, lambda item: item.to_domain(space_id))
        beyond = max((page.total or 0) - len(page.items), int(page.has_next))
        return seen if isinstance(seen, Failure) else (seen, beyond)

    async def audience_of_key(self, space_id: str, key: str) -> model.Audience | Failure | None:
        """Return the audience with exactly this key, or None. The search finds keys that begin with `key`.

        One that isn't on the first page of several is a `Failure`: it may be on another, since the list has no order.
        See docs/segment.md#audience-calls.
        """
        query = (("search.type", "KEY"), ("search.query", key), PAGE)
        call = self._wire.call("GET", path("/spaces/{}/audiences", space_id), V1ALPHA, query=query)
        page = await self._wire.page(call, "audiences")
        if isinstance(page, Failure):
            return page
        seen = (item.to_domain(space_id) for item in parse_each(models.AudienceItem, page.items))
        found = next((audience for audience in seen if audience.key == key), None)
        return unusable(call, "the search for a key doesn't end") if found is None and page.has_next else found

    async def audience(self, space_id: str, audience_id: str) -> model.Audience | Failure:
        call = self._wire.call("GET", path("/spaces/{}/audiences/{}", space_id, audience_id), V1)
        found = await self._one(call, "audience", models.AudienceItem, lambda item: item.to_domain(space_id))
        return found if isinstance(found, Failure) else replace(found, id=audience_id)

    async def start_preview(self, audience: model.Audience, identifiers: tuple[str, ...]) -> model.Preview | Failure:
        """Begin to count members (docs/segment.md#audience-previews).

        Nothing in the space changes. But each preview counts against a monthly limit, so it's never sent twice.
        """
        body = {
            "definition": {"query": audience.definition},
            "audienceType": audience.kind,
            "options": {"filterByExternalIds": list(identifiers)},
        }
        where = path("/spaces/{}/audiences/previews", audience.space_id)
        call = self._wire.call("POST", where, V1ALPHA, body=body)
        return await self._one(call, "audiencePreview", models.PreviewItem, models.PreviewItem.to_domain)

    async def preview(self, space_id: str, preview_id: str) -> model.Preview | Failure:
        call = self._wire.call("GET", path("/spaces/{}/audiences/previews/{}", space_id, preview_id), V1ALPHA)
        return await self._one(call, "audiencePreview", models.PreviewItem, models.PreviewItem.to_domain)

    async def connections(self, space_id: str, audience_id: str) -> model.Connections | Failure:
        where = path("/spaces/{}/audiences/{}/destination-connections", space_id, audience_id)
        listed = await self._wire.listed(where, V1ALPHA, "connections")
        if isinstance(listed, Failure):
            return listed
        if is_unusable_as(models.ConnectionItem, listed.items):
            return _without_ids(listed)
        return model.Connections(
            _once(c.to_domain() for c in parse_each(models.ConnectionItem, listed.items)), listed.total
        )

    async def activations(self, space_id: str, audience_id: str) -> tuple[model.Activation, ...] | Failure:
        where = path("/spaces/{}/audiences/{}/activations", space_id, audience_id)
        return await self._all(where, V1ALPHA, "activations", models.ActivationItem, models.ActivationItem.to_domain)

    async def activation(self, space_id: str, audience_id: str, activation_id: str) -> model.Activation | Failure:
        where = path("/spaces/{}/audiences/{}/activations/{}", space_id, audience_id, activation_id)
        call = self._wire.call("GET", where, V1ALPHA)
        return await self._one(call, "activation", models.ActivationItem, models.ActivationItem.to_domain)

    async def attach_by_api(self, space_id: str, audience_kind: str) -> bool | Failure:
        where = path("/spaces/{}/audienceType/{}/supported-destinations", space_id, audience_kind)
        call = self._wire.call("GET", where, V1ALPHA, query=(("slug", SLUG),))
        data = await self._wire.data(call)
        if isinstance(data, Failure):
            return data
        found = data.get("destinations")
        return (
            names_the_destination(found)
            if isinstance(found, dict | list)
            else unusable(call, "the answer has no destinations")
        )

    async def audiences_under_v1(self, space_id: str) -> int | Failure:
        """Return how many audiences the first page has under the media type v1; only v1alpha is documented."""
        data = await self._wire.data(self._wire.call("GET", path("/spaces/{}/audiences", space_id), V1))
        return data if isinstance(data, Failure) else len(list(parse_each(models.AudienceItem, data.get("audiences"))))

    async def _all(
        self, where: str, media: str, key: str, item: type[M], seen: Callable[[M], T]
    ) -> tuple[T, ...] | Failure:
        return await _seen(await self._wire.listed(where, media, key), item, seen)


REFUSED = {400, 401, 403, 404, 422}
"""How a region may answer a token that it doesn't know: which one of these isn't documented."""
REDIRECTS = {301, 302, 303, 307, 308}


def _is_refusal(failure: Failure) -> bool:
    """Return whether the region may not know the token; such a region may also send a web page or a redirect."""
    return failure.status in REFUSED | REDIRECTS


def _known_nowhere(refusals: list[Failure]) -> Failure:
    """Return the refusal of a token that no region accepts, with what each host answered.

    If all hosts answered with a page or a redirect, most likely a proxy answered, so the first refusal stays as it is.
    """
    pages = [refusal.kind is FailureKind.NOT_THE_SERVICE for refusal in refusals]
    if all(pages):
        return refusals[0]
    said = f"{_what_each_answered(refusals)}." + (" A web page or a redirect may be a proxy's." if any(pages) else "")
    if all(map(_is_refusal, refusals)):
        return replace(refusals[0], kind=FailureKind.UNAUTHORIZED, code=KNOWN_NOWHERE, message=said)
    return replace(refusals[-1], code=KNOWN_NOWHERE, message=said)


def _what_each_answered(refusals: list[Failure]) -> str:
    return " and ".join(f"{one.host} answered {_what_it_answered(one)}" for one in refusals)


def _what_it_answered(refusal: Failure) -> str:
    if refusal.status is None:
        return "nothing"
    if refusal.status in REDIRECTS:
        return f"{refusal.status} with a redirect"
    page = refusal.kind is FailureKind.NOT_THE_SERVICE
    return f"{refusal.status} with a web page" if page else str(refusal.status)


async def _seen(listed: Listed | Failure, item: type[M], seen: Callable[[M], T]) -> tuple[T, ...] | Failure:
    if isinstance(listed, Failure):
        return listed
    if is_unusable_as(item, listed.items):
        return _without_ids(listed)
    return _once([seen(found) async for found in parse_each_in_turn(item, listed.items)])


def _is_of_this_type(item: models.DestinationItem) -> bool:
    """Return whether this is a LaunchDarkly destination: by type, else by a setting that few other types have."""
    if item.metadata.id or item.metadata.slug:
        return item.metadata.id == METADATA_ID or item.metadata.slug == SLUG
    return bool(item.settings.client_side_id)


def _without_ids(listed: Listed) -> Failure:
    assert listed.call is not None  # noqa: S101 - every list that was read has its call
    return unusable(listed.call, "no item of the list has an ID")


def _once(items: Iterable[T]) -> tuple[T, ...]:
    """Keep each id once: a list that changes while it is paged can show an item twice."""
    return tuple({getattr(item, "id"): item for item in items}.values())  # noqa: B009


def _entry(item: models.CatalogItem) -> model.CatalogEntry | None:
    return item.to_domain(ACTION_SLUG)
