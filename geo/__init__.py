"""The map of a city's industry layout: sourced layers, attribute tables, and the tools that use them."""

from geo.atlas import Atlas, View
from geo.errors import CRSError, DataError, GeoError, MissingDependencyError, OutputError, UsageError
from geo.selection import Selection

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
