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
    pastes_client_side_id: bool = False  # instead of choosing an environment
    good_launchdarkly_token: str = field(default="", repr=False)  # to paste instead of a bad first one
    good_segment_token: str = field(default="", repr=False)
    launchdarkly_admin_token: str = field(default="", repr=False)  # makes, renews and deletes service tokens


@dataclass(frozen=True, slots=True)
class Prepared:
    """A world, ready to be served."""

    world: World
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named world in which at most one thing is wrong; `build` takes the moment at which the world starts."""

    name: str
    title: str
    build: Callable[[datetime], Prepared]
    audience: str = ""  # the saved audience's key, if it isn't the first audience of the first space
    environments: tuple[tuple[str, str], ...] = ()  # those of the profile: each one's key, and its space's slug
    makes_token: bool = False  # whether the wizard makes the service token, because nobody has one
    server_side: bool | None = None  # whether server-side SDKs use the segment, if the scenario is about that


def prepared(
    company: Acme,
    *,
    token: str | None = None,
    client_side_id: str | None = None,
    good_token: str = "",
    good_segment_token: str = "",
) -> Prepared:
    """Return the company's world with its own credentials, or with the wrong ones that the scenario is about.

    The good tokens are those with which a person recovers from a wrong one.
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
