"""The map of a city's industry layout: sourced layers, attribute tables, and the tools that use them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.atlas import Atlas, Selection, View
    from geo.errors import CRSError, DataError, GeoError, MissingDependencyError, OutputError, UsageError

__all__ = [
    "Atlas",
    "CRSError",
    "DataError",
    "GeoError",
    "MissingDependencyError",
    "OutputError",
    "Selection",
    "UsageError",
    "View",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: ``geo --help`` shall not wait for geopandas."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "atlas" if name in ("Atlas", "Selection", "View") else "errors"
    return globals().setdefault(name, getattr(import_module(f"{__name__}.{module}"), name))


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
