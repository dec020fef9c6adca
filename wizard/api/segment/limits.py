"""How often one operation of Segment's API may be called; unlisted operations have the default limit.

See docs/segment.md#rate-limits.
"""

from __future__ import annotations

import re

from wizard.api.call import Limit

_ONE = "[^/]+"
_AUDIENCES = f"/spaces/{_ONE}/audiences"
_SUBSCRIPTIONS = f"/destinations/{_ONE}/subscriptions"
_CONNECTIONS = f"{_AUDIENCES}/{_ONE}/destination-connections"
_ACTIVATIONS = f"{_AUDIENCES}/{_ONE}/activations"
_PER_MINUTE = (
    ("POST", _SUBSCRIPTIONS, 5),
    ("PATCH", f"{_SUBSCRIPTIONS}/{_ONE}", 5),
    ("DELETE", f"{_SUBSCRIPTIONS}/{_ONE}", 5),
    ("GET", _AUDIENCES, 60),
    ("POST", f"{_AUDIENCES}/previews", 5),
    ("GET", f"{_AUDIENCES}/previews/{_ONE}", 100),
    ("GET", f"{_AUDIENCES}/{_ONE}", 100),
    ("GET", _CONNECTIONS, 50),
    ("POST", _CONNECTIONS, 50),
    ("GET", f"{_ACTIVATIONS}(?:/{_ONE})?", 60),
    ("POST", f"{_CONNECTIONS}/{_ONE}/activations", 50),
    ("PATCH", f"{_ACTIVATIONS}/{_ONE}", 50),
    ("DELETE", f"{_ACTIVATIONS}/{_ONE}", 50),
    ("GET", f"/spaces/{_ONE}/audienceType/{_ONE}/supported-destinations", 60),
)
_LIMITS = tuple(
    (method, re.compile(path), Limit(f"{method} {path}", per_minute)) for method, path, per_minute in _PER_MINUTE
)


def limit_of(method: str, path: str) -> Limit | None:
    return next((limit for verb, where, limit in _LIMITS if verb == method and where.fullmatch(path)), None)
