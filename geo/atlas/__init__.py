"""The published data set in memory: `Atlas`, the `Selection` of a user, and the `View` it shows."""

from geo.atlas.atlas import Atlas, View
from geo.atlas.selection import Selection
from geo.atlas.view import atlas_of

__all__ = ["Atlas", "Selection", "View", "atlas_of"]
