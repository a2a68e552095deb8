"""Available memory, from Linux' ``/proc``."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["memory_room", "told_bytes"]

_LEAST = 4 << 30


def memory_room() -> int | None:
    """Return the bytes that reading a file may use: 4 GiB, or half of the free memory if more; None if unknown."""
    try:
        return max(_LEAST, told_bytes("meminfo", "MemAvailable") // 2)
    except (OSError, ValueError):
        return None


def told_bytes(file: str, key: str) -> int:
    """Return a number of bytes from a file in ``/proc``.

    Raises
    ------
    OSError, ValueError
        If there is no such file, or no such line in it.
    """
    found = re.search(
        rf"^{key}:\s+(\d+) kB$", Path("/proc", file).read_text(encoding="ascii", errors="replace"), re.MULTILINE
    )
    if found is None:
        raise ValueError(key)
    return int(found[1]) << 10
