"""`audience-wizard sandbox`: serve a scenario and print its addresses and test tokens (docs/reference.md#commands)."""

from __future__ import annotations

import json
import signal
import sys

from wizard.sandbox.scenarios import SCENARIOS
from wizard.sandbox.serve import Served, serve


def list_scenarios(*, as_json: bool = False) -> None:
    if as_json:
        scenarios = [{"name": name, "title": scenario.title} for name, scenario in SCENARIOS.items()]
        print(json.dumps({"schema": 1, "scenarios": scenarios}))
        return
    width = max(map(len, SCENARIOS))
    for name, scenario in SCENARIOS.items():
        print(f"{name:{width}}  {scenario.title}")


def serve_scenario(scenario: str, speed: float, *, as_json: bool) -> None:
    """Serve until interrupted. Raises UnknownScenario, ServerNotInstalled, KeyboardInterrupt.

    A signal is the usual end of a server, so it raises SystemExit without a failure.
    """
    for name in ("SIGTERM", "SIGHUP"):
        stop = getattr(signal, name, None)  # Windows has no SIGHUP
        if stop and signal.getsignal(stop) is not signal.SIG_IGN:  # nohup ignores it
            signal.signal(stop, lambda *_: sys.exit(0))
    serve(scenario, speed, on_ready=_print_json if as_json else _print_text)


def _print_json(served: Served) -> None:
    print(json.dumps(served.as_json()), flush=True)


def _print_text(served: Served) -> None:
    print(f"Scenario {served.scenario}, {served.speed:g} times as fast as real time. Ctrl+C ends it.")
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
