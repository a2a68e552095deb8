"""The map of a city's industry layout: sourced layers, attribute tables, and the tools that use them.

>>> import geo
>>> atlas = geo.Atlas.load()
>>> view = atlas.select(kinds=["belt"])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.analysis.diff import diff
    from geo.analysis.site_choice.choice_frame import choose
    from geo.analysis.user_data.geocoded_frame import geocode
    from geo.analysis.user_data.joined_frame import join
    from geo.atlas import Atlas, Selection, View
    from geo.errors import CRSError, DataError, GeoError, MissingDependencyError, OutputError, UsageError
    from geo.library import compare, rank, save

    __version__: str

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
    "__version__",
    "choose",
    "compare",
    "diff",
    "geocode",
    "join",
    "rank",
    "save",
]

_ROOMS = {
    "geo.atlas": ("Atlas", "Selection", "View"),
    "geo.analysis.site_choice.choice_frame": ("choose",),
    "geo.analysis.diff": ("diff",),
    "geo.analysis.user_data.geocoded_frame": ("geocode",),
    "geo.analysis.user_data.joined_frame": ("join",),
    "geo.library": ("compare", "rank", "save"),
    "geo.errors": ("CRSError", "DataError", "GeoError", "MissingDependencyError", "OutputError", "UsageError"),
}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: ``geo --help`` shall not wait for geopandas."""
    if name == "__version__":
        from geo.base.about import version

        return globals().setdefault(name, version())
    for module, names in _ROOMS.items():
        if name in names:
            found = import_module(module)
            if module == "geo.atlas":
                found.View.to_html = staticmethod(_view_html)
            return globals().setdefault(name, getattr(found, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _view_html(view: View) -> str:
    from geo.render.notebook import view_html

    return view_html(view)


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
