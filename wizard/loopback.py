"""Whether a host is this machine: only there may a request go without TLS, and never through a proxy."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
