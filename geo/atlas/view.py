"""`View`: the part of an `Atlas` that a `Selection` shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import geopandas as gpd
import pandas as pd

from geo.atlas.selection import Selection

if TYPE_CHECKING:
    from geo.atlas.atlas import Atlas

__all__ = ["View"]


@dataclass(frozen=True)
class View:
    """What a selection shows: the same rows for map, table, chart, report and export."""

    atlas: Atlas
    selection: Selection
    places: gpd.GeoDataFrame
    institutions: gpd.GeoDataFrame

    #: Makes the HTML by which a view shows itself in a notebook; `geo` sets it, since rooms that draw stand above.
    to_html: ClassVar[Callable[[View], str] | None] = None

    def _repr_html_(self) -> str | None:
        make = type(self).to_html
        return make(self) if make else None

    @cached_property
    def facts(self) -> pd.DataFrame:
        """The facts about the places shown."""
        facts = self.atlas.table("facts")
        return facts[facts["place_id"].isin(self.places.index)]

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The sources of everything shown: places, boundaries, clusters, facts, institutions, editions."""
        atlas, shown = self.atlas, self.places.index
        clusters = atlas.table("place_clusters")
        editions = atlas.table("editions")
        used = {
            *self.places["source_id"],
            *self.places["boundary_source_id"],
            *self.facts["source_id"],
            *self.institutions["source_id"],
            *clusters.loc[clusters["place_id"].isin(shown), "source_id"],
            *editions.loc[editions["edition_id"].isin(self.places["since_edition"]), "source_id"],
            *atlas.table("basemap")["source_id"],
        }
        sources = atlas.table("sources")
        return sources[sources["source_id"].isin(used)]
