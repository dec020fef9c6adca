"""Whether a host is this machine. Only requests to this machine may go without TLS, and they never use a proxy."""

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
