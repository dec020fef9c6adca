"""The proxies that variables name: which of them a URL goes through, and what is wrong with a variable.

httpx would read the same variables, but a mistake in one makes it raise an exception that repeats the password.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from wizard.loopback import is_loopback

WRONG_VARIABLE = "proxy_variable"  # a failure's code (wizard.domain.explanations.network)
_SCHEMES = ("http", "https", "socks5", "socks5h")


class ProxyTrouble(httpx.ProxyError):
    """A proxy that can't be used; the text names its variable and holds no password."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Proxy:
    """One proxy; `shown` names it without its login."""

    url: str = field(repr=False)
    shown: str


class Proxies:
    """The proxies that the variables name. Without these variables, macOS and Windows settings count.

    This machine itself is never reached through a proxy, which would see the token of a request without TLS.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._is_set = any(self._variable(scheme)[1] for scheme in ("http", "https", "all"))

    def of(self, url: str) -> Proxy | None:
        """Return an address's proxy; None for a direct connection. Raises ProxyTrouble for an unusable variable."""
        parts = urlsplit(url)
        if is_loopback(parts.hostname or ""):
            return None
        for scheme in (parts.scheme, "all"):
            name, value = self._variable(scheme)
            if value:
                return None if self._is_excepted(parts) else _checked(name, value)
        return self._of_the_system(parts)

    def _variable(self, scheme: str) -> tuple[str, str]:
        """Return the variable's name and value; the lower-case name wins, as in other programs."""
        names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
        name = next((name for name in names if self._environ.get(name, "").strip()), names[0])
        return name, self._environ.get(name, "").strip()

    def _of_the_system(self, parts: SplitResult) -> Proxy | None:
        if self._is_set or sys.platform not in {"darwin", "win32"} or proxy_bypass(parts.hostname or ""):
            return None
        value = getproxies().get(parts.scheme, "")
        return _checked("This machine's proxy setting", value) if value and not self._is_excepted(parts) else None

    def _is_excepted(self, parts: SplitResult) -> bool:
        name, value = self._variable("no")
        entries = (entry.strip() for entry in value.split(","))
        return any(_fits(name, entry, parts) for entry in entries if entry)


def _checked(name: str, value: str) -> Proxy:
    url = value if "://" in value else f"http://{value}"
    if wrong := _what_is_wrong(url):
        raise ProxyTrouble(WRONG_VARIABLE, f"{name} {wrong}")
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return Proxy(url, f"{name} ({host}{port})")


def _what_is_wrong(url: str) -> str:
    """Return what is wrong with a proxy's URL, without any part of its login; empty when nothing is."""
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in _SCHEMES:
        return f"begins with another scheme than {', '.join(_SCHEMES)}"
    login = rest.rpartition("@")[0]
    if special := next((one for one in "#?/@" if one in login), ""):
        return f"has a {special} in its user name or password, which must be written as %{ord(special):02X}"
    if any(not character.isprintable() or character.isspace() for character in url):
        return "has a space or a control character"
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        return "isn't an address of the form http://host:port: its host or port can't be read"
    return "" if host and port != 0 else "has no host" if not host else "names the port 0"


def _fits(name: str, entry: str, parts: SplitResult) -> bool:
    """Return whether an entry of NO_PROXY names the address: a host with its subdomains, an IP address or a range."""
    host = (parts.hostname or "").lower()
    wanted = entry.lower().rpartition("://")[2]
    if wanted == "*":
        return True
    if wanted.startswith("["):
        wanted, closed, port = wanted[1:].partition("]")
        if not closed:
            raise ProxyTrouble(WRONG_VARIABLE, f"{name} has an entry without its closing bracket")
        port = port.removeprefix(":")
    elif wanted.count(":") > 1:
        port = ""
    else:
        wanted, _, port = wanted.partition(":")
    if port and port != str(parts.port or {"http": 80, "https": 443}.get(parts.scheme)):
        return False
    return _is_in_range(host, wanted) or host == wanted.lstrip(".") or host.endswith("." + wanted.lstrip(".*"))


def _is_in_range(host: str, wanted: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False
