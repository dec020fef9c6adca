"""A journal that keeps nothing."""

from __future__ import annotations

from wizard.flow.profile.journal import Write


class NoJournal:
    def intend(self, write: Write) -> None: ...

    def made(self, write: Write, resource_id: str) -> None: ...

    def refused(self, write: Write) -> None: ...
