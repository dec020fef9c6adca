"""Segments and their members as LaunchDarkly answers them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from wizard.api.lenient import Id, Key, Millis, Name, Remote, parse_each
from wizard.domain.services import launchdarkly as model

_PATH_IN_THE_APP = re.compile(r"/(?!/)[\w\-.~%/?=&]{1,400}", re.ASCII)


class UnboundedMetadata(Remote):
    included_count: int | None = Field(default=None, validation_alias="includedCount")


class FlagRef(Remote):
    key: Id


def _flag_keys(raw: object) -> tuple[str, ...] | None:
    return tuple(flag.key for flag in parse_each(FlagRef, raw)) if isinstance(raw, list) else None


def _page(raw: object) -> str:
    """Return the path of an object's page in the app from its links; empty if the link names a host."""
    site = raw.get("site") if isinstance(raw, dict) else None
    href = site.get("href") if isinstance(site, dict) else None
    return href if isinstance(href, str) and _PATH_IN_THE_APP.fullmatch(href) else ""


class SegmentItem(Remote):
    """A segment (docs/launchdarkly.md#one-segment)."""

    key: Id
    name: Name = ""
    external: Key = Field(default="", validation_alias="_external")
    unbounded: bool = False
    context_kind: Key = Field(default="", validation_alias="unboundedContextKind")
    created_at: Millis = Field(default=None, validation_alias="creationDate")
    modified_at: Millis = Field(default=None, validation_alias="lastModifiedDate")
    members: UnboundedMetadata = Field(default=UnboundedMetadata(), validation_alias="_unboundedMetadata")
    generation: int = 1
    deleted: bool = False
    flags: Annotated[tuple[str, ...] | None, BeforeValidator(_flag_keys)] = Field(
        default=None, validation_alias="_flags"
    )
    page: Annotated[str, BeforeValidator(_page)] = Field(default="", validation_alias="_links")

    def to_domain(self) -> model.LaunchDarklySegment:
        return model.LaunchDarklySegment(
            key=self.key,
            name=self.name or self.key,
            external=self.external,
            unbounded=self.unbounded,
            context_kind=self.context_kind,
            created_at=self.created_at,
            modified_at=self.modified_at,
            included_count=self.members.included_count,
            generation=self.generation,
            deleted=self.deleted,
            flags=self.flags,
            page=self.page,
        )


class Membership(Remote):
    """Whether a context is a member of a big segment (docs/launchdarkly.md#membership)."""

    included: bool | None = None
    excluded: bool | None = None


class Evaluation(Remote):
    """One segment's result when a context is evaluated (docs/launchdarkly.md#membership)."""

    key: Id
    is_member: bool | None = Field(default=None, validation_alias="isMember")
