"""Version of this package."""

from __future__ import annotations

from importlib import metadata

from geo.errors import distribution

__all__ = ["version"]


def version() -> str:
    """Return the version of the installed package; "unknown" if it runs from a folder without being installed."""
    try:
        return metadata.version(distribution())
    except metadata.PackageNotFoundError:
        return "unknown"
