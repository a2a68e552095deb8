"""Text folded for comparison."""

from __future__ import annotations

import unicodedata

__all__ = ["fold"]


def fold(text: str) -> str:
    """Return text for comparison: compatibility form, no case, no spaces, dashes alike."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join("-" if c in "‐‑‒–—―−" else c for c in folded if not c.isspace())
