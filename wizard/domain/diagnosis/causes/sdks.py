"""Causes in a server-side SDK, which needs a persistent store, the right prefix, and a version with big segments."""

from __future__ import annotations

import re

from wizard.domain.checks.launchdarkly import launchdarkly_app
from wizard.domain.diagnosis.cause import (
    CHECK_AGAIN,
    DEVELOPERS,
    Cause,
    Proof,
    Request,
    answer,
    confirms,
    excludes,
    no_answer,
    suggests,
)
from wizard.domain.diagnosis.evidence.evidence import Evidence
from wizard.domain.diagnosis.question import Choice, Question
from wizard.domain.services import links
from wizard.domain.services.launchdarkly import Sdk

_LEAST = {  # docs/launchdarkly.md#using-a-segment-in-flags
    "cpp": (3, 11),
    "dotnet": (6, 2),
    "go": (5, 5),
    "java": (5, 7),
    "node": (6, 2),
    "php": (6, 4),
    "python": (7, 3),
    "ruby": (6, 3),
}
_CANNOT = ("rust", "haskell", "edge", "cloudflare", "vercel", "akamai", "fastly", "lua", "erlang")
_LEAST_IN_WORDS = "C++ 3.11, .NET 6.2, Go 5.5, Java 5.7, Node 6.2, PHP 6.4, Python 7.3 or Ruby 6.3"

# --- questions ----------------------------------------------------------------------------------------------------

SDK = Question(
    "sdk",
    "Which SDK evaluates the flag where it's wrong?",
    "Server-side SDKs need a persistent store for synced segments. Some SDKs can't use synced segments at all.",
    (
        Choice("server", f"A server-side SDK, at least {_LEAST_IN_WORDS}"),
        Choice("old", "An older server-side SDK"),
        Choice("edge", "A Rust, Haskell or edge SDK"),
        Choice("relay", "Any SDK behind a Relay Proxy"),
        Choice("client", "A client-side or mobile SDK"),
    ),
    lambda evidence: _is_unclear(evidence),
)
STORE = Question(
    "store",
    "Which persistent store does your app or Relay Proxy read, and with which prefix?",
    "Server-side SDKs look up members there. The wizard can't see your app's configuration.",
    (
        Choice("right", "The store for {place}, with the prefix {client_side_id}"),
        Choice("prefix", "The store for {place}, with another prefix or none"),
        Choice("none", "None, or I never configured big segments in my app"),
    ),
    lambda evidence: evidence.given.get("sdk") not in {"client", "old", "edge"},
)


def _only_clients(evidence: Evidence) -> Proof | None:
    """Exclude causes on a server when the user named a client-side or mobile SDK."""
    if evidence.given.get("sdk") == "client":
        return excludes("A client-side or mobile SDK evaluates the flag, as you said.")
    return None


# --- the SDK ------------------------------------------------------------------------------------------------------


def _language(sdk: Sdk) -> str:
    return sdk.name.casefold().partition("-")[0]


def _cannot(sdk: Sdk) -> bool:
    return any(name in sdk.name.casefold() for name in _CANNOT)


def _version(sdk: Sdk) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", sdk.version)[:2])


def _is_old(sdk: Sdk) -> bool:
    least, version = _LEAST.get(_language(sdk)), _version(sdk)
    return least is not None and bool(version) and version < least and not sdk.relay_version


def _is_unclear(evidence: Evidence) -> bool:
    """Return whether the SDK is unclear: LaunchDarkly saw none, or some that can read the segment and some not."""
    seen = evidence.server_sdks
    return not seen or len({_cannot(one) or _is_old(one) for one in seen}) > 1


def _shown(sdk: Sdk) -> str:
    return f"{sdk.name} {sdk.version}".strip()


def _cannot_read(evidence: Evidence) -> Proof | None:
    seen = evidence.server_sdks
    if not seen:
        return None
    unable = [one for one in seen if _cannot(one)]
    if len(unable) == len(seen):
        return confirms(f"LaunchDarkly saw {_shown(unable[0])} in this environment, and no other server-side SDK.")
    if unable:
        return suggests(f"LaunchDarkly saw {_shown(unable[0])} in this environment.")
    return excludes(f"LaunchDarkly saw only SDKs that can use synced segments: {_shown(seen[0])}.")


CANNOT_READ = Cause(
    "sdk-unsupported",
    "The SDK can't use synced segments",
    (
        _only_clients,
        _cannot_read,
        answer("sdk", "A Rust, Haskell or edge SDK evaluates the flag, as you said.", "edge"),
        no_answer("sdk", "The SDK can use synced segments, as you said.", "server", "old", "relay"),
    ),
    "This SDK can't use synced segments. Rust, Haskell and edge SDKs treat nobody as a member.",
    "{request}.",
    CHECK_AGAIN,
    (links.BIG_SEGMENTS_DOCS,),
    request=Request(DEVELOPERS, "evaluate the flag with a client-side SDK, or with another server-side SDK"),
)


def _is_too_old(evidence: Evidence) -> Proof | None:
    seen = evidence.server_sdks
    if not seen:
        return None
    old = [one for one in seen if _is_old(one)]
    if not old:
        return excludes(f"LaunchDarkly saw no old server-side SDK: {', '.join(_shown(one) for one in seen[:3])}.")
    least = ".".join(map(str, _LEAST[_language(old[0])]))
    said = f"LaunchDarkly saw {_shown(old[0])}, and synced segments need at least {least}"
    return confirms(f"{said}.") if len(old) == len(seen) else suggests(f"{said}.")


TOO_OLD = Cause(
    "sdk-too-old",
    "The SDK is too old",
    (
        _only_clients,
        _is_too_old,
        answer("sdk", "The server-side SDK is older, as you said.", "old"),
        no_answer("sdk", "The SDK's version isn't the problem, as you said.", "server", "edge", "relay"),
    ),
    "The server-side SDK is too old for synced segments. It treats nobody as a member, without an error.",
    "{request}.",
    CHECK_AGAIN,
    (links.BIG_SEGMENTS_DOCS,),
    request=Request(DEVELOPERS, f"upgrade the server-side SDK to at least {_LEAST_IN_WORDS}"),
)

# --- the store ----------------------------------------------------------------------------------------------------


def _is_server(evidence: Evidence) -> bool:
    """Return whether an SDK that reads LaunchDarkly's own store evaluates the flag, not one behind a Relay Proxy."""
    said = evidence.given.get("sdk")
    seen = evidence.server_sdks
    return said == "server" or (said is None and bool(seen) and not any(one.relay_version for one in seen or ()))


def _no_store(evidence: Evidence) -> Proof | None:
    if evidence.stores is None:
        return None
    if evidence.stores:
        return excludes(f"The environment has the persistent store {evidence.stores[0].name}.")
    said = "The environment has no persistent store in LaunchDarkly."
    return (confirms if _is_server(evidence) else suggests)(said, evidence.finding(launchdarkly_app.STORE))


NO_STORE = Cause(
    "no-store",
    "The environment has no persistent store",
    (
        _only_clients,
        _no_store,
        answer("store", "Your app doesn't read a persistent store, as you said.", "none"),
        no_answer("store", "Your app reads a persistent store, as you said.", "right", "prefix"),
    ),
    "{no_store}. Without a store, server-side SDKs treat nobody as a member.",
    "{add_store} Then {request}.",
    CHECK_AGAIN,
    (links.BIG_SEGMENTS_DOCS, links.REDIS_DOCS, links.DYNAMODB_DOCS),
    ("client_side_id",),
    request=Request(
        DEVELOPERS,
        "configure big segments in the SDK or Relay Proxy, with the persistent store of {place} and the prefix "
        "{client_side_id}",
    ),
)
NOT_CONFIGURED = Cause(
    "store-not-configured",
    "The app doesn't read the store",
    (
        _only_clients,
        lambda evidence: (
            excludes("The environment has no persistent store to read.") if evidence.stores == () else None
        ),
        answer("store", "Your app doesn't read a persistent store, as you said.", "none"),
        no_answer("store", "Your app reads the persistent store, as you said.", "right", "prefix"),
    ),
    "{place} has a persistent store, but your app isn't configured to read it.",
    "{request}.",
    CHECK_AGAIN,
    (links.BIG_SEGMENTS_DOCS,),
    ("client_side_id",),
    request=Request(
        DEVELOPERS,
        "add the persistent store of {place} to the configuration of the SDK or Relay Proxy, with the prefix "
        "{client_side_id}",
    ),
)


def _sick(evidence: Evidence) -> Proof | None:
    stores = evidence.stores
    if not stores:
        return None
    sick = [(one, one.trouble) for one in stores if one.trouble]
    if not sick:
        return excludes(f"The persistent store {stores[0].name} is healthy.")
    store, trouble = sick[0]
    errors = f" It reports: {store.errors[0]}." if store.errors else ""
    return (confirms if len(sick) == len(stores) else suggests)(f"The persistent store {store.name} {trouble}.{errors}")


STORE_SICK = Cause(
    "store-stale",
    "The persistent store isn't healthy",
    (_only_clients, _sick),
    "{sick_store}, so server-side SDKs see outdated members, or none at all.",
    "In LaunchDarkly, go to Integrations, {repair_store}.",
    "Check again. The store is healthy when LaunchDarkly reports a recent sync.",
    (links.REDIS_DOCS, links.DYNAMODB_DOCS),
)
WRONG_PREFIX = Cause(
    "wrong-prefix",
    "The app reads the store with another prefix",
    (
        _only_clients,
        answer("store", "Your app reads the store with another prefix, as you said.", "prefix"),
        no_answer(
            "store", "Your app reads the store with the right prefix, or no store, as you said.", "right", "none"
        ),
    ),
    "Your SDK or Relay Proxy reads the store with a different prefix than LaunchDarkly writes with.",
    "{request}.",
    CHECK_AGAIN,
    (links.BIG_SEGMENTS_DOCS,),
    ("client_side_id",),
    request=Request(
        DEVELOPERS,
        "set the prefix of the persistent store to {client_side_id} in the configuration of the SDK or Relay Proxy",
    ),
)

ON_THE_SERVER = (CANNOT_READ, TOO_OLD, STORE_SICK, NO_STORE, NOT_CONFIGURED, WRONG_PREFIX)
