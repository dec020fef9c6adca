"""`audience-wizard sandbox`: serve a scenario and print its addresses and test tokens (docs/reference.md#commands)."""

from __future__ import annotations

import json
import sys

from wizard.sandbox.scenarios import SCENARIOS, UnknownScenario
from wizard.sandbox.serve import Served, ServerNotInstalled, serve

OK, USAGE, INTERRUPTED = 0, 2, 130


def list_scenarios() -> int:
    width = max(map(len, SCENARIOS))
    for name, scenario in SCENARIOS.items():
        print(f"{name:{width}}  {scenario.title}")
    return OK


def serve_scenario(scenario: str, speed: float, *, as_json: bool) -> int:
    """Serve until interrupted; return the exit code."""
    try:
        serve(scenario, speed, on_ready=_print_json if as_json else _print_text)
    except (UnknownScenario, ServerNotInstalled) as error:
        print(f"audience-wizard: {error.args[0]}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    return OK


def _print_json(served: Served) -> None:
    print(json.dumps(served.as_json()), flush=True)


def _print_text(served: Served) -> None:
    print(f"Scenario {served.scenario}, {served.speed:g} times as fast as life. Ctrl+C ends it.")
    print()
    print(f"  LaunchDarkly               {served.launchdarkly_url}")
    print(f"  LaunchDarkly, client side  {served.launchdarkly_client_url}")
    print(f"  Twilio Segment             {served.segment_url}")
    print()
    print("In another terminal (test tokens, good for nothing else):")
    print()
    for line in served.exports():
        print(f"  {line}")
    print("  audience-wizard --no-keyring", flush=True)
