"""What a run was started with: command-line options over variables over defaults (`shared/cli.md`). No secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PROFILE = "default"
LAUNCHDARKLY_URL = "https://app.launchdarkly.com"
LAUNCHDARKLY_CLIENT_URL = "https://clientsdk.launchdarkly.com"


@dataclass(frozen=True, slots=True)
class Settings:
    environ: Mapping[str, str]
    profile: str = DEFAULT_PROFILE
    launchdarkly_url: str = LAUNCHDARKLY_URL
    launchdarkly_client_url: str = LAUNCHDARKLY_CLIENT_URL
    segment_url: str = ""  # empty: the vendor's host of the token's region
    use_keyring: bool = True
    sandbox: str = ""  # a scenario's name; empty: the real services
    speed: float = 60.0  # how fast the sandbox's time runs
    plain: bool = False
    log_file: Path | None = None

    @property
    def home(self) -> Path:
        """Where saved progress lives."""
        chosen = self.environ.get("AUDIENCE_WIZARD_HOME", "")
        if chosen:
            return Path(chosen).expanduser()
        from platformdirs import user_state_path

        return user_state_path("audience-wizard", appauthor=False)
