"""Rules that the wizard added to flags: whether they still exist, and their removal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from wizard.domain.failure import Failure
from wizard.domain.flag_rule import matches_record, to_remove
from wizard.domain.services.flag import FlagRule
from wizard.flow.outside.launchdarkly import LaunchDarkly
from wizard.flow.outside.ports import Ports
from wizard.flow.profile.journal import Entry, Resource
from wizard.flow.profile.session import Session
from wizard.flow.reading.clients import launchdarkly_of
from wizard.flow.state import State


async def read_rules(client: LaunchDarkly, made: Iterable[Entry]) -> dict[str, FlagRule | Failure | None]:
    """Return each rule of the journal as it is now, by its ID; None when it's gone."""
    entries = [entry for entry in made if entry.kind is Resource.RULE]
    seen = await asyncio.gather(*(_rule(client, entry) for entry in entries))
    return {entry.resource_id: rule for entry, rule in zip(entries, seen, strict=True)}


async def _rule(client: LaunchDarkly, entry: Entry) -> FlagRule | Failure | None:
    within = entry.within
    flag = await client.flag(within["project"], within["environment"], within["flag"])
    if isinstance(flag, Failure):
        return None if flag.status == 404 else flag
    return next((rule for rule in flag.rules or () if rule.id == entry.resource_id), None)


async def confirm_rules(ports: Ports, state: State, session: Session) -> None:
    """Record as made each rule that a killed run was adding, if the flag has exactly that rule."""
    client = launchdarkly_of(ports, state)
    for entry in session.saved.unconfirmed:
        if entry.kind is Resource.RULE:
            within = entry.within
            flag = await client.flag(within["project"], within["environment"], within["flag"])
            rules = () if isinstance(flag, Failure) else flag.rules or ()
            if there := next((rule for rule in rules if matches_record(rule, entry.after or {})), None):
                session.confirmed(entry, there.id)


async def has_rule(client: LaunchDarkly, entry: Entry) -> bool | Failure:
    seen = await _rule(client, entry)
    return seen if isinstance(seen, Failure) else seen is not None


async def remove_rule(client: LaunchDarkly, entry: Entry) -> Failure | None:
    within = entry.within
    body = to_remove(within["environment"], entry.resource_id)
    answer = await client.change_rules(within["project"], within["flag"], body)
    return answer if isinstance(answer, Failure) else None
