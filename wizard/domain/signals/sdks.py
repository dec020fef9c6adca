"""Which SDKs evaluate flags in an environment, as LaunchDarkly saw them in the last day.

See docs/launchdarkly.md#sdks-in-use and docs/launchdarkly.md#using-a-segment-in-flags.
"""

from __future__ import annotations

from wizard.domain.answers import Answers
from wizard.domain.facts import Facts
from wizard.domain.services.launchdarkly import Sdk


def is_server_side(sdk: Sdk) -> bool:
    """Return whether an SDK is server-side, by its kind or its name: which kinds LaunchDarkly sends isn't verified."""
    return "server" in sdk.kind.casefold() or "server" in sdk.name.casefold() or bool(sdk.relay_version)


def uses_server_side(facts: Facts, answers: Answers) -> bool | None:
    """Return whether server-side SDKs or a Relay Proxy use the segment, by the answer, else by what LaunchDarkly saw.

    None when nobody answered and LaunchDarkly saw no SDK in the last day, or doesn't say.
    """
    if answers.server_side is not None:
        return answers.server_side
    seen = facts.sdks_in_use
    return any(is_server_side(sdk) for sdk in seen) if isinstance(seen, tuple) and seen else None
