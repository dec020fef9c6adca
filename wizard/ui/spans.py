"""Durations as the screen says them: like every other face."""

from __future__ import annotations

from wizard.spans import elapsed

__all__ = ["elapsed"]
