"""Whether an audience's connection is switched off: Connect to destination in Segment's app."""

from __future__ import annotations

from wizard.domain.services.segment import Connection, Destination


def is_paused(connection: Connection, destination: Destination | None) -> bool:
    """Return whether the connection itself is off.

    Of a destination that is off, Segment may show the connections as off too, so that says nothing about the switch.
    """
    is_off = destination is not None and destination.enabled is False
    return connection.enabled is False and not is_off
