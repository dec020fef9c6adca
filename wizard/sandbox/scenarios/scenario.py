"""What a scenario is: a name, a sentence, and a world with the values that a person would type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from wizard.sandbox.scenarios.acme import Acme
from wizard.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person pastes into the wizard."""

    launchdarkly_access_token: str = field(repr=False)
    launchdarkly_client_side_id: str
    segment_public_api_token: str = field(repr=False)
    client_side_id_is_the_story: bool = False  # the person pastes this one instead of choosing from the list


@dataclass(frozen=True, slots=True)
class Prepared:
    """A world, ready to be served."""

    world: World
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named world in which at most one thing is wrong; `build` takes the moment that it starts at."""

    name: str
    title: str
    build: Callable[[datetime], Prepared]


def prepared(company: Acme, *, token: str | None = None, client_side_id: str | None = None) -> Prepared:
    """The company's world with its own credentials, or with the wrong one that the scenario is about."""
    credentials = Credentials(
        launchdarkly_access_token=token or company.token.secret,
        launchdarkly_client_side_id=client_side_id or company.production.id,
        segment_public_api_token=company.public_token.secret,
        client_side_id_is_the_story=client_side_id is not None,
    )
    return Prepared(company.world, credentials)
