"""The API clients; the only package that speaks HTTP."""

from __future__ import annotations

import sys
from typing import Any

# Where click is installed, httpx would import its own command line with rich and pygments, which takes 0.1 s.
_modules: dict[str, Any] = sys.modules
_modules.setdefault("httpx._main", None)
