"""The API clients; the only package that speaks HTTP."""

from __future__ import annotations

import sys
from typing import Any

# Where click is installed, httpx loads its own command line, with rich and pygments: a tenth of a second for nothing.
_modules: dict[str, Any] = sys.modules
_modules.setdefault("httpx._main", None)
