"""What this package says of itself."""

from __future__ import annotations

from importlib import metadata

from geo.errors import distribution

__all__ = ["version"]


def version() -> str:
    """Return the version of the installed package, "unknown" where it runs from a folder without being installed."""
    try:
        return metadata.version(distribution())
    except metadata.PackageNotFoundError:
        return "unknown"
