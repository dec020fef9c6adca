"""A scenario: a name, a title, and a world with the values that a person would paste."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from wizard.sandbox.scenarios.acme import Acme
from wizard.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials that a person pastes into the wizard."""

    launchdarkly_access_token: str = field(repr=False)
    launchdarkly_client_side_id: str
    segment_public_api_token: str = field(repr=False)
    pastes_client_side_id: bool = False  # instead of choosing an environment from the list
    good_launchdarkly_token: str = field(default="", repr=False)  # to paste instead, where the first one is bad
    good_segment_token: str = field(default="", repr=False)
    launchdarkly_admin_token: str = field(default="", repr=False)  # that makes, renews and deletes service tokens


@dataclass(frozen=True, slots=True)
class Prepared:
    """A world, ready to be served."""

    world: World
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named world in which at most one thing is wrong; `build` takes the moment when it starts."""

    name: str
    title: str
    build: Callable[[datetime], Prepared]
    audience: str = ""  # key of the audience that the profile saved, if it isn't the first of the first space
    environments: tuple[tuple[str, str], ...] = ()  # that the profile has: key of each, and slug of its space
    makes_token: bool = False  # nobody has a service token, so the wizard makes one
    server_side: bool | None = None  # whether server-side SDKs use the segment, where the scenario is about them


def prepared(
    company: Acme,
    *,
    token: str | None = None,
    client_side_id: str | None = None,
    good_token: str = "",
    good_segment_token: str = "",
) -> Prepared:
    """Return the company's world with its own credentials, or with the wrong one that the scenario is about.

    The good tokens are those with which a person recovers from the wrong one.
    """
    credentials = Credentials(
        launchdarkly_access_token=company.token.secret if token is None else token,
        launchdarkly_client_side_id=client_side_id or company.production.id,
        segment_public_api_token=company.public_token.secret,
        pastes_client_side_id=client_side_id is not None,
        good_launchdarkly_token=good_token,
        good_segment_token=good_segment_token,
        launchdarkly_admin_token=_admins(company),
    )
    return Prepared(company.world, credentials)


def _admins(company: Acme) -> str:
    """Return the personal token of the account's first admin."""
    own = (one.secret for one in company.account.tokens if not one.service and one.role == "admin")
    return next(own, "")
