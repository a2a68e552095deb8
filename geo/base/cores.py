"""How many processors this process may use."""

from __future__ import annotations

import os
from collections.abc import Callable

__all__ = ["cores"]


def cores() -> int:
    """Return the number of processors this process may use, at least 1."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity else os.cpu_count() or 1
