"""A run's settings: command-line options over variables over defaults. No secrets.

See docs/reference.md#commands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wizard.command_line.build import CHOSEN_LATER
from wizard.command_line.commands import DEFAULT_SCENARIO
from wizard.home import home_of
from wizard.loopback import is_loopback

if TYPE_CHECKING:
    import argparse

DEFAULT_PROFILE = "default"
LAUNCHDARKLY_VARIABLE = "AUDIENCE_WIZARD_LAUNCHDARKLY_URL"
LAUNCHDARKLY_CLIENT_VARIABLE = "AUDIENCE_WIZARD_LAUNCHDARKLY_CLIENT_URL"
SEGMENT_VARIABLE = "AUDIENCE_WIZARD_SEGMENT_URL"
LAUNCHDARKLY_URL = "https://app.launchdarkly.com"
LAUNCHDARKLY_CLIENT_URL = "https://clientsdk.launchdarkly.com"
_ADDRESSES = {  # by the name of the setting: its variable, and the usual address
    "launchdarkly_url": (LAUNCHDARKLY_VARIABLE, LAUNCHDARKLY_URL),
    "launchdarkly_client_url": (LAUNCHDARKLY_CLIENT_VARIABLE, LAUNCHDARKLY_CLIENT_URL),
    "segment_url": (SEGMENT_VARIABLE, ""),
}
SPEED = 60.0
PROFILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class WrongSetting(Exception):
    """An option or variable that can't be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    environ: Mapping[str, str]
    profile: str = DEFAULT_PROFILE
    target: str = ""  # the profile's environment that the wizard opens; for a command, see `Options.target`
    launchdarkly_url: str = LAUNCHDARKLY_URL
    launchdarkly_client_url: str = LAUNCHDARKLY_CLIENT_URL
    segment_url: str = ""  # empty: the vendor's host for the token's region
    wrong_addresses: Mapping[str, str] = field(default_factory=dict)  # by variable, what is wrong with it
    use_keyring: bool = True
    sandbox: str = ""  # a scenario's name; empty: the real services
    chooses_scenario: bool = False  # whether the wizard offers the scenarios first
    speed: float = SPEED  # how many times as fast as real time the sandbox runs
    plain: bool = False
    notify: bool = True  # whether the bell, the title and desktop notices are on
    colored: bool = False  # whether the commands may use color on a terminal
    log_file: Path | None = None
    typed: str = ""  # typed options that every later command needs too, such as ` --no-keyring`

    @property
    def home(self) -> Path | None:
        """The folder of saved progress; None if the user has no home folder."""
        return home_of(self.environ)

    @property
    def of_setup(self) -> str:
        """Return the options with which another command uses the same setup, such as ` --profile staging`."""
        profile = "" if self.profile == DEFAULT_PROFILE else f" --profile {self.profile}"
        target = f" --target {self.target}" if self.target else ""
        return f"{profile}{target} --sandbox {self.sandbox}" if self.sandbox else f"{profile}{self.typed}{target}"


def read_settings(given: argparse.Namespace, environ: Mapping[str, str]) -> Settings:
    """Combine options, variables and defaults. Raises WrongSetting."""

    def pick(option: object, variable: str, fallback: str = "") -> str:
        return str(option or environ.get(f"AUDIENCE_WIZARD_{variable}") or fallback)

    addresses, wrong_addresses = _addresses(given, environ)
    log_file = pick(given.log_file, "LOG")
    speed = given.speed if given.speed is not None else SPEED
    if not speed > 0:
        raise WrongSetting("--speed: give a number above 0.")
    chooses = given.sandbox == CHOSEN_LATER
    return Settings(
        environ=environ,
        profile=_profile(
            "--profile" if given.profile else "AUDIENCE_WIZARD_PROFILE", pick(given.profile, "PROFILE", DEFAULT_PROFILE)
        ),
        target="" if given.command else given.target or "",
        launchdarkly_url=addresses["launchdarkly_url"],
        launchdarkly_client_url=addresses["launchdarkly_client_url"],
        segment_url=addresses["segment_url"],
        wrong_addresses=wrong_addresses,
        use_keyring=not given.no_keyring and environ.get("AUDIENCE_WIZARD_KEYRING", "").lower() != "off",
        sandbox=DEFAULT_SCENARIO if chooses else given.sandbox or "",
        chooses_scenario=chooses,
        speed=speed,
        plain=bool(given.plain) or environ.get("ACCESSIBLE", "") not in ("", "0"),
        notify=wants_notices(environ),
        colored=takes_color(environ),
        log_file=Path(log_file) if log_file else None,
        typed=_typed(given),
    )


def _addresses(given: argparse.Namespace, environ: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the services' addresses, and what is wrong with variables. Raises WrongSetting for a wrong option."""
    addresses, wrong = {}, {}
    for name, (variable, usual) in _ADDRESSES.items():
        option, named = getattr(given, name), environ.get(variable, "").strip()
        if option and (mistake := _wrong_in_address(option)):
            raise WrongSetting(f"{_option(name)} {mistake}.")
        if named and not option and (mistake := _wrong_in_address(named)):
            wrong[variable] = f"{variable} {mistake}"
            named = ""
        addresses[name] = option or named or usual
    return addresses, wrong


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _typed(given: argparse.Namespace) -> str:
    """Return the typed options without which another command would use other services or other tokens."""
    named = (f" {_option(name)} {quote(url)}" for name in _ADDRESSES if (url := getattr(given, name)))
    return "".join((" --no-keyring" if given.no_keyring else "", *named))


def wants_notices(environ: Mapping[str, str]) -> bool:
    """Return whether the bell, the terminal's title and desktop notices are on."""
    return environ.get("AUDIENCE_WIZARD_NOTIFY", "").lower() not in {"off", "0", "no"}


def takes_color(environ: Mapping[str, str]) -> bool:
    """Return whether to send colors to a terminal: `NO_COLOR` isn't set, and the terminal supports them."""
    knows = environ.get("TERM", "") not in {"", "dumb"} or "WT_SESSION" in environ
    return "NO_COLOR" not in environ and knows


def _profile(given_by: str, name: str) -> str:
    """Return a valid profile name. It names a folder, so it must not lead elsewhere. Raises WrongSetting."""
    if name == DEFAULT_PROFILE:
        return name
    from wizard.domain.credentials import holds_a_token  # the first frame can't wait for it

    if holds_a_token(name):
        raise WrongSetting(f"{given_by}: this looks like a token. Never pass a token as an argument.")
    if not PROFILE_NAME.fullmatch(name):
        raise WrongSetting(f"{given_by}: use letters, digits, dots, dashes and underscores, and no dot at the start.")
    return name


def _wrong_in_address(url: str) -> str:
    """Return what is wrong with a service's URL, without repeating it; empty when nothing is.

    A user name or password would end up in logs. Without TLS, anyone on the way could read the token.
    """
    if not url.lower().startswith(("https://", "http://")):
        return "doesn't begin with https://"
    if not url.isprintable() or " " in url:
        return "has a space or a control character"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "isn't an address: its host or port can't be read"
    if "@" in parts.netloc:
        return "holds a user name or password, which the wizard doesn't send"
    if not host:
        return "has no host"
    if "?" in url or "#" in url:
        return "has a ? or #, but may only have a host and a path"
    if parts.scheme == "http" and not is_loopback(host):
        return "begins with http://, which the wizard only accepts for this machine (127.0.0.1)"
    return ""
