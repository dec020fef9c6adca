"""A client of LaunchDarkly's REST API with one token (docs/launchdarkly.md#what-the-wizard-reads)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from wizard.api.call import Call, path
from wizard.api.errors import Answer, unusable
from wizard.api.launchdarkly.evidence import EvidenceReads
from wizard.api.launchdarkly.flags import FlagCalls
from wizard.api.launchdarkly.models.places import ContextKindItem, EnvironmentItem, ProjectItem, StoreItem
from wizard.api.launchdarkly.models.segments import Membership, SegmentItem
from wizard.api.launchdarkly.models.tokens import AccountAnswer, CallerAnswer, MemberAnswer, RoleAnswer, TokenAnswer
from wizard.api.launchdarkly.paging import REFUSED_AS_WRITTEN
from wizard.api.launchdarkly.wire import BETA, Wire
from wizard.api.lenient import is_unusable_as, parse_each, parse_each_in_turn, parse_one
from wizard.api.reach import reach
from wizard.domain.facts import Reach
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services import launchdarkly as model
from wizard.domain.services.launchdarkly import UNNAMED, Instance
from wizard.domain.services.naming import SYNCED_KEY_PREFIX

COMMERCIAL = "https://app.launchdarkly.com"
OTHER_INSTANCES = {
    Instance.EU: "https://app.eu.launchdarkly.com",
    Instance.FEDERAL: "https://app.launchdarkly.us",
}
ONLY_SYNCED = "external exists true"
MOST_OPENED = 20  # segments opened at each reading of the list; the next reading opens more
_NO_SUCH_ENDPOINT = {404, 501}
_FILTERS = (
    ONLY_SYNCED,
    "unbounded equals true",
    "",
)  # from narrow to wide: when one is refused, the next is tried (docs/launchdarkly.md#listing-segments)


class LaunchDarklyClient(EvidenceReads, FlagCalls):
    """The real `wizard.flow.outside.launchdarkly.LaunchDarkly`."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self._fillers: dict[tuple[str, str, str], str] = {}  # of opened segments, by project, environment and key
        self._filters: tuple[str, ...] = _FILTERS  # those that weren't refused yet, so that no poll repeats a refusal

    async def reach(self) -> Reach | Failure:
        """Call an endpoint that accepts any `Authorization` (docs/launchdarkly.md#calls-that-need-no-permission).

        Where a host or a gateway doesn't have that endpoint, the endpoint that every setup needs decides.
        """
        reached = await self._reach("/api/v2/public-ip-list")
        if isinstance(reached, Failure) and reached.status in _NO_SUCH_ENDPOINT:
            again = await self._reach("/api/v2/caller-identity")
            return reached if isinstance(again, Failure) else again
        return reached

    async def _reach(self, where: str) -> Reach | Failure:
        call = self._wire.get(where)
        if self._wire.token is None:
            call = replace(call, headers={**call.headers, "Authorization": "none"})
        return await reach(self._wire.transport, call)

    async def caller(self) -> model.Caller | Failure:
        return await self._wire.fetch_one(
            self._wire.get("/api/v2/caller-identity"), CallerAnswer, CallerAnswer.to_domain
        )

    async def instance(self) -> Instance | Failure:
        """Return the other instance, EU or federal, that knows the token; asked only from the commercial instance.

        This sends the token to the other two hosts (docs/launchdarkly.md#instances-and-hosts).
        """
        call = self._wire.get("/api/v2/caller-identity")
        if self._wire.base_url != COMMERCIAL:
            return _not_asked(call)
        asked = [self._wire.transport.ask(replace(call, base_url=url)) for url in OTHER_INSTANCES.values()]
        answers = await asyncio.gather(*asked)
        for instance, answer in zip(OTHER_INSTANCES, answers, strict=True):
            if isinstance(answer, Answer):
                return instance
        return next(answer for answer in answers if isinstance(answer, Failure))

    async def account_name(self) -> str | Failure:
        """Read the account's name.

        The specification doesn't list this endpoint (docs/launchdarkly.md#account-name).
        """
        return await self._wire.fetch_one(
            self._wire.get("/api/v2/account"), AccountAnswer, lambda seen: seen.organization
        )

    async def token(self, token_id: str) -> model.Token | Failure:
        call = self._wire.get(path("/api/v2/tokens/{}", token_id))
        return await self._wire.fetch_one(call, TokenAnswer, TokenAnswer.to_domain)

    async def role(self, role_id: str) -> model.CustomRole | Failure:
        call = self._wire.get(path("/api/v2/roles/{}", role_id))
        return await self._wire.fetch_one(call, RoleAnswer, lambda role: role.to_domain(role_id))

    async def member(self) -> model.Member | Failure:
        call = self._wire.get("/api/v2/members/me", (("expand", "roleAttributes"),))
        return await self._wire.fetch_one(call, MemberAnswer, MemberAnswer.to_domain)

    async def projects(
        self, first: Callable[[tuple[model.Project, ...]], None] = lambda _: None
    ) -> tuple[model.Project, ...] | Failure:
        def tell(page: list[Any]) -> None:
            first(tuple(item.to_domain() for item in parse_each(ProjectItem, page)))

        call = self._wire.get("/api/v2/projects", (("expand", "environments"),))
        found = await self._wire.lists.all_items(call, tell)
        if isinstance(found, Failure):
            return found
        if is_unusable_as(ProjectItem, found):
            return unusable(self._wire.get("/api/v2/projects"), "no project of the list has a key")
        items = {project.key: project async for project in parse_each_in_turn(ProjectItem, found)}
        whole = await asyncio.gather(*(self._with_environments(item) for item in items.values()))
        failed = next((project for project in whole if isinstance(project, Failure)), None)
        return failed or tuple(project for project in whole if isinstance(project, model.Project))

    async def project(self, key: str) -> model.Project | Failure:
        call = self._wire.get(path("/api/v2/projects/{}", key), (("expand", "environments"),))
        found = await self._wire.fetch_one(call, ProjectItem, lambda item: item)
        return found if isinstance(found, Failure) else await self._with_environments(found)

    async def context_kinds(self, project: str) -> tuple[model.ContextKind, ...] | Failure:
        where = path("/api/v2/projects/{}/context-kinds", project)
        found = await self._wire.lists.one_page(self._wire.get(where, (("expand", "environmentObservations"),)))
        if isinstance(found, Failure) and found.status in REFUSED_AS_WRITTEN:
            found = await self._wire.lists.one_page(self._wire.get(where))
        if isinstance(found, Failure):
            return found
        return tuple(kind.to_domain() for kind in parse_each(ContextKindItem, found))

    async def stores(self) -> tuple[model.PersistentStore, ...] | Failure:
        """Read every big-segment store of the account, a beta resource (docs/launchdarkly.md#persistent-stores)."""
        call = self._wire.get("/api/v2/integration-capabilities/big-segment-store", version=BETA)
        found = await self._wire.lists.one_page(call)
        if isinstance(found, Failure):
            return found
        return tuple(store.to_domain() for store in parse_each(StoreItem, found))

    async def synced_segments(
        self, project: str, environment: str, *, every: bool = False
    ) -> tuple[model.LaunchDarklySegment, ...] | Failure:
        """Read synced segments, newest first, with the narrowest filter that the service accepts.

        With `every`, open all segments whose listing hides what fills them, and fail if one can't be opened.
        See docs/launchdarkly.md#listing-segments.
        """
        where = path("/api/v2/segments/{}/{}", project, environment)
        found = await self._segments_by_filter(where)
        if isinstance(found, Failure):
            return found
        if is_unusable_as(SegmentItem, found):
            return unusable(self._wire.get(where), "no segment of the list has a key")
        items = {segment.key: segment.to_domain() for segment in parse_each(SegmentItem, found)}
        unclear = [segment for segment in items.values() if self._hides_its_filler(segment)]
        new = [one for one in unclear if (project, environment, one.key) not in self._fillers]
        for segment in new if every else new[:MOST_OPENED]:
            filler = await self._filler(project, environment, segment.key)
            if every and isinstance(filler, Failure) and filler.kind is not FailureKind.NOT_FOUND:
                return filler
        whole = (self._with_its_filler(project, environment, segment) for segment in items.values())
        return tuple(segment for segment in whole if segment.external)

    def _hides_its_filler(self, segment: model.LaunchDarklySegment) -> bool:
        """Return whether a segment must be opened to see what fills it, because the list may leave that out.

        A big segment from a list filtered for synced segments is trusted to be synced. See
        docs/launchdarkly.md#listing-segments.
        """
        is_filtered = self._filters[0] == ONLY_SYNCED
        return not segment.external and segment.unbounded is not is_filtered

    async def _filler(self, project: str, environment: str, key: str) -> str | Failure:
        """Open a segment once and return what fills it."""
        where = (project, environment, key)
        if where not in self._fillers:
            alone = await self.segment(project, environment, key)
            if isinstance(alone, Failure):
                return alone
            self._fillers[where] = alone.external
        return self._fillers[where]

    def _with_its_filler(
        self, project: str, environment: str, segment: model.LaunchDarklySegment
    ) -> model.LaunchDarklySegment:
        """Return a segment with what fills it. If the opened segment doesn't show that either, its key decides."""
        if segment.external:
            return segment
        if not self._hides_its_filler(segment):
            return replace(segment, external=UNNAMED if segment.unbounded else "")
        by_key = UNNAMED if segment.key.casefold().startswith(SYNCED_KEY_PREFIX) else ""
        return replace(segment, external=self._fillers.get((project, environment, segment.key)) or by_key)

    async def _segments_by_filter(self, where: str) -> list[Any] | Failure:
        """Return the list with the narrowest accepted filter. If all are refused, the filter wasn't the problem."""
        filters = self._filters  # environments are read in parallel, and another reading may widen the filters
        found = await self._segments(where, filters[0])
        for number, wider in enumerate(filters[1:], 1):
            if not isinstance(found, Failure) or found.status not in REFUSED_AS_WRITTEN:
                return found
            found = await self._segments(where, wider)
            if not isinstance(found, Failure):
                self._filters = filters[number:]
        return found

    async def _segments(self, where: str, narrow: str) -> list[Any] | Failure:
        narrowed = (("filter", narrow),) if narrow else ()
        return await self._wire.lists.all_items(self._wire.get(where, (*narrowed, ("sort", "-creationDate"))))

    async def segments_named(
        self, project: str, environment: str, name: str
    ) -> tuple[model.LaunchDarklySegment, ...] | Failure:
        """Return the segments named exactly `name`, without those that hide what fills them even when opened.

        The service also matches keys and descriptions, and parts of them, so the answer is filtered here. A big segment
        that doesn't show what fills it is opened. See docs/launchdarkly.md#listing-segments.
        """
        where = path("/api/v2/segments/{}/{}", project, environment)
        narrowed = (("filter", f"query equals {json.dumps(name)}"),)
        found = await self._wire.lists.all_items(self._wire.get(where, narrowed))
        if isinstance(found, Failure):
            return found
        segments = (item.to_domain() for item in parse_each(SegmentItem, found))
        return await self._with_known_fillers(project, environment, (one for one in segments if one.name == name))

    async def _with_known_fillers(
        self, project: str, environment: str, segments: Iterable[model.LaunchDarklySegment]
    ) -> tuple[model.LaunchDarklySegment, ...]:
        """Return segments with what fills them, without those that can't be opened."""
        known: list[model.LaunchDarklySegment] = []
        for segment in segments:
            is_clear = segment.external or not segment.unbounded
            filler = segment.external if is_clear else await self._filler(project, environment, segment.key)
            if not isinstance(filler, Failure):
                known.append(replace(segment, external=filler))
        return tuple(known)

    async def fillers_listed(self, project: str, environment: str) -> tuple[int, int] | Failure:
        """Return how many segments the newest page of the unfiltered list has, and how many of them show a filler."""
        where = path("/api/v2/segments/{}/{}", project, environment)
        call = self._wire.get(where, (("limit", "50"), ("sort", "-creationDate")))
        found = await self._wire.lists.one_page(call)
        if isinstance(found, Failure):
            return found
        segments = [item.to_domain() for item in parse_each(SegmentItem, found)]
        return len(segments), sum(bool(segment.external) for segment in segments)

    async def segment(self, project: str, environment: str, key: str) -> model.LaunchDarklySegment | Failure:
        call = self._wire.get(path("/api/v2/segments/{}/{}/{}", project, environment, key))
        return await self._wire.fetch_one(call, SegmentItem, SegmentItem.to_domain)

    async def is_member(self, project: str, environment: str, segment: str, context_key: str) -> bool | Failure:
        """Read whether a context is a member of a segment.

        The big segment's own endpoint answers first; where it has no answer, the context is evaluated. See
        docs/launchdarkly.md#membership.
        """
        where = path("/api/v2/segments/{}/{}/{}", project, environment, segment)
        call = self._wire.get(where + path("/contexts/{}", context_key))
        answer = await self._wire.transport.ask(call)
        if isinstance(answer, Answer):
            membership = parse_one(Membership, answer.body)
            if membership is not None and membership.included is not None:
                return membership.included and not membership.excluded
            answer = unusable(call, "the answer doesn't say whether the context is included")
        if answer.kind not in {FailureKind.NOT_FOUND, FailureKind.INVALID, FailureKind.NOT_THE_SERVICE}:
            return answer
        evaluated = await self._evaluates(project, environment, segment, context_key)
        return answer if evaluated is None else evaluated

    async def _evaluates(self, project: str, environment: str, segment: str, context_key: str) -> bool | None:
        """Return the evaluation's answer for `segment`; None when it has none."""
        where = path("/api/v2/segments/{}/{}/{}", project, environment, segment)
        found = await self._wire.fetch_one(self._wire.get(where), SegmentItem, SegmentItem.to_domain)
        if isinstance(found, Failure):
            return None
        kind = found.context_kind or "user"
        verdict = await self.evaluated_member(project, environment, segment, kind, context_key)
        return None if isinstance(verdict, Failure) else verdict

    async def _with_environments(self, item: ProjectItem) -> model.Project | Failure:
        """Return a project with all its environments; the project itself lists only their first page.

        See docs/launchdarkly.md#projects-and-environments.
        """
        project = item.to_domain()
        if item.environments is not None and item.environments.whole:
            return project
        where = path("/api/v2/projects/{}/environments", item.key)
        found = await self._wire.lists.all_items(self._wire.get(where))
        if isinstance(found, Failure):
            return project if found.is_closed else found
        items = {environment.key: environment.to_domain() for environment in parse_each(EnvironmentItem, found)}
        return replace(project, environments=tuple(items.values()))


def _not_asked(call: Call) -> Failure:
    return Failure(
        call.service,
        FailureKind.NOT_FOUND,
        call.host,
        call.method,
        call.path,
        message="this isn't LaunchDarkly's commercial host, so the wizard didn't ask the other instances",
        scheme=call.scheme,
    )
