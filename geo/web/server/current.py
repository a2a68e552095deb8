"""The atlas shared by the server and all pages; loaded again when its layers were rebuilt."""

from __future__ import annotations

import threading
from pathlib import Path

from geo.atlas.altered import check_whole
from geo.atlas.atlas import Atlas
from geo.atlas.layers import default_layers
from geo.base.told import told
from geo.errors import DataError
from geo.render.map.data import MapData

__all__ = ["current_atlas", "current_mapdata"]

_lock = threading.Lock()
_held: dict[Path, tuple[int, Atlas, MapData]] = {}


def _current() -> tuple[int, Atlas, MapData]:
    folder = default_layers()
    try:
        modified = (folder / "datapackage.json").stat().st_mtime_ns
    except OSError:
        raise told(DataError, "wrong.layers", folder=folder) from None
    with _lock:
        held = _held.get(folder)
        if held is None or held[0] != modified:
            atlas = Atlas.load(folder)
            check_whole(atlas)
            held = _held[folder] = (modified, atlas, MapData(atlas))
    return held


def current_atlas() -> Atlas:
    """Return the atlas in ``$GEO_LAYERS``, or in the default folder.

    Raises
    ------
    DataError
        If there are no layers, or they are damaged.
    """
    return _current()[1]


def current_mapdata() -> MapData:
    """Return the map data of the current atlas; raises as `current_atlas`."""
    return _current()[2]
