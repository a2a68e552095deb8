"""`View`: the part of an `Atlas` that a `Selection` shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import geopandas as gpd
import pandas as pd

from geo.atlas.selection import Selection
from geo.base.told import told
from geo.errors import UsageError

if TYPE_CHECKING:
    from geo.atlas.atlas import Atlas

__all__ = ["View", "atlas_of"]


class View:
    """The places and institutions of a selection: the same rows for map, table, chart, report and export.

    `Atlas.select` makes all views. Its frames are copies: changing one changes neither view nor atlas. Two views are
    equal if data set and selection are. ``len(view)`` and iteration refer to its places, by id; ``wanted in view``
    takes an id, name, short name or alias, as ``atlas[wanted]`` does.

    Parameters
    ----------
    atlas : Atlas
    selection : Selection
    places, institutions : GeoDataFrame
        The selected rows, in the order of the atlas.

    Examples
    --------
    >>> import geo
    >>> view = geo.Atlas.load().select(kinds=["belt"])
    >>> list(view) == list(view.places.index), set(view.places["kind"])
    (True, {'belt'})
    """

    #: Pickled under its public name, so that unpickling also imports the function that draws it.
    __module__ = "geo"

    #: Function that makes the HTML of a view in a notebook; set by `geo`, because drawing belongs to a higher room.
    to_html: ClassVar[Callable[[View], str] | None] = None

    def __init__(
        self, atlas: Atlas, selection: Selection, places: gpd.GeoDataFrame, institutions: gpd.GeoDataFrame
    ) -> None:
        self._atlas, self._selection = atlas, selection
        self._places, self._institutions = places, institutions

    @property
    def atlas(self) -> Atlas:
        """The data set that the view is a part of."""
        return self._atlas

    @property
    def selection(self) -> Selection:
        """The selection; ``view.atlas.select(view.selection)`` equals this view."""
        return self._selection

    @property
    def places(self) -> gpd.GeoDataFrame:
        """The selected places, as `Atlas.places`."""
        return self._places.copy(deep=False)

    @property
    def institutions(self) -> gpd.GeoDataFrame:
        """The selected institutions, as `Atlas.institutions`."""
        return self._institutions.copy(deep=False)

    @property
    def facts(self) -> pd.DataFrame:
        """The facts of the selected places: rows of the table ``facts``."""
        facts = self._atlas.table("facts")
        return facts[facts["place_id"].isin(self._places.index)]

    @property
    def sources(self) -> pd.DataFrame:
        """The sources of everything in the view: places, boundaries, clusters, facts, institutions, editions."""
        sources = self._atlas.table("sources")
        return sources[sources["source_id"].isin(self._source_ids)]

    @cached_property
    def _source_ids(self) -> set[str]:
        atlas, shown = self._atlas, self._places.index
        clusters = atlas.table("place_clusters")
        editions = atlas.table("editions")
        return {
            *self._places["source_id"],
            *self._places["boundary_source_id"],
            *self.facts["source_id"],
            *self._institutions["source_id"],
            *clusters.loc[clusters["place_id"].isin(shown), "source_id"],
            *editions.loc[editions["edition_id"].isin(self._places["since_edition"]), "source_id"],
            *atlas.table("basemap")["source_id"],
        }

    def _repr_html_(self) -> str | None:
        make = type(self).to_html
        return make(self) if make else None

    def __len__(self) -> int:
        return len(self._places)

    def __bool__(self) -> bool:
        """Return True, even for a view without places."""
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(map(str, self._places.index))

    def __contains__(self, wanted: object) -> bool:
        return wanted in self._atlas and self._atlas.find(str(wanted)) in self._places.index

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, View):
            return NotImplemented
        return (self._selection, self._atlas) == (other._selection, other._atlas)

    def __hash__(self) -> int:
        return hash((self._selection, self._atlas))

    def __repr__(self) -> str:
        lang = self._selection.language
        query = " ".join(f"{name}={value}" for name, value in self._selection.to_query().items())
        counts = f"{len(self._places)} places, {len(self._institutions)} institutions"
        told = f"{self._atlas.meta[f'title_{lang}']}: {counts}; {query or 'the whole layout'}"
        return f"<View of {told[:_LONGEST]}; {self._atlas.digest}>"


_LONGEST = 200


def atlas_of(given: Atlas | View) -> tuple[Atlas, tuple[str, ...] | None]:
    """Return an atlas and None, or the atlas of a view and the ids of its places.

    Raises
    ------
    UsageError
        If it is neither.
    """
    from geo.atlas.atlas import Atlas

    if isinstance(given, View):
        return given.atlas, tuple(given)
    if not isinstance(given, Atlas):
        raise told(UsageError, "wrong.not_an_atlas", given=type(given).__name__)
    return given, None
