"""The whole simulated world: LaunchDarkly's accounts and Segment's workspaces at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from wizard.sandbox.behaviors import Behavior
from wizard.sandbox.state.account import Account
from wizard.sandbox.state.segment_workspace import Workspace


@dataclass(slots=True)
class World:
    """The state of both services. All times in a scenario are relative to `started_at`."""

    started_at: datetime
    accounts: list[Account] = field(default_factory=list)
    workspaces: list[Workspace] = field(default_factory=list)
    faults: str = ""
    """The name of the faults between client and services: "", "slow", "flaky" or "outage"."""
    mute: dict[str, str] = field(default_factory=dict)
    """What a service ("launchdarkly", "segment") answers to every call; taken out, it answers again."""
    behaviors: set[Behavior] = field(default_factory=set)

    def accounts_in(self, instance: str) -> list[Account]:
        return [account for account in self.accounts if account.instance == instance]

    def knows_client_side_id(self, instance: str, client_side_id: str) -> bool:
        return any(account.environment_with_id(client_side_id) for account in self.accounts_in(instance))
