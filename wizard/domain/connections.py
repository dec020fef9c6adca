"""An audience's connection to a destination, and whether it's off: Connect to destination in Segment's app."""

from __future__ import annotations

from wizard.domain.services.segment import Connection, Connections, Destination


def connections_in(seen: object) -> tuple[Connection, ...]:
    """Return the connections that were read; none also if they couldn't be read."""
    return seen.items if isinstance(seen, Connections) else ()


def connection_to(destination: Destination | None, seen: object) -> Connection | None:
    """Return the connection to this destination; None also if connections couldn't be read."""
    there = connections_in(seen) if destination else ()
    return next((one for one in there if destination and one.destination_id == destination.id), None)


def is_paused(connection: Connection, destination: Destination | None) -> bool:
    """Return whether the connection itself is off.

    While the destination is off, Segment may show its connections as off too, which says nothing about their switches.
    """
    is_off = destination is not None and destination.enabled is False
    return connection.enabled is False and not is_off
