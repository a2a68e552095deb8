"""Text normalisation for comparison."""

from __future__ import annotations

import unicodedata

__all__ = ["fold"]

#: Normalising takes quadratic time where many marks are stacked on a letter; no name is longer than this.
_LOOKED_AT = 1000


def fold(text: str) -> str:
    """Return the first 1,000 characters for comparison: compatibility form, no case, no spaces, dashes alike."""
    folded = unicodedata.normalize("NFKC", text[:_LOOKED_AT]).casefold()
    return "".join("-" if c in "‐‑‒–—―−" else c for c in folded if not c.isspace())
