"""`Atlas`: the published data set in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.atlas.filters import checked, institutions_in, shown
from geo.atlas.frames import Frames
from geo.atlas.joined import facts_of, values_of
from geo.atlas.layers import default_layers, read_layers
from geo.atlas.names import ids_called, measure_named, names_of_places, place_named, places_called
from geo.atlas.place import Place
from geo.atlas.selection import FILTERS, Selection, as_tuple
from geo.atlas.view import View
from geo.base.kept import kept
from geo.base.messages import LANGUAGES
from geo.base.nearest import no_such
from geo.base.told import told
from geo.contract.schema import ADDRESS_TABLES, Table
from geo.errors import UsageError

__all__ = ["Atlas", "Place", "View", "default_layers"]

#: Value of a filter: one id, or several.
Ids = str | Iterable[str]


def _frozen(value: Any) -> Any:
    """Return JSON as read-only mappings and tuples."""
    if isinstance(value, Mapping):
        return MappingProxyType({name: _frozen(one) for name, one in value.items()})
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class Atlas:
    """The published data set: layers as GeoDataFrames, tables as DataFrames, all with the types of the contract.

    Use `Atlas.load`. An atlas is immutable: its frames are copies that share memory until they are written to, its
    mappings are read-only. Two atlases are equal if their data are. ``len(atlas)`` and ``for place_id in atlas``
    refer to all places, including city and districts; ``atlas[wanted]`` is one `Place`, by id, name, short name or
    alias, and ``wanted in atlas`` says whether there is exactly one of that name.

    Attributes
    ----------
    folder : Path
        Folder it was read from.
    meta : mapping
        Contents of ``atlas.toml``: ``title_zh``, ``title_en``, ``bbox``, ``metric_crs``, ``data_date`` and others.

    Examples
    --------
    >>> atlas = Atlas.load()
    >>> first = next(iter(atlas))
    >>> len(atlas) == len(atlas.places), first in atlas, atlas[first].kind
    (True, True, 'city')
    """

    def __init__(self, folder: Path, package: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
        self.folder = folder
        self._package = package
        #: Content as verified, so that files of a later build are never mixed in.
        self._files = files
        self._frames = Frames(files)
        self.meta: Mapping[str, Any] = _frozen(package["atlas"])

    @classmethod
    def load(cls, layers_dir: str | Path | None = None) -> Atlas:
        """Load the published layers.

        Parameters
        ----------
        layers_dir : str or Path, optional
            Folder with ``datapackage.json``; by default ``$GEO_LAYERS``, else the checkout's ``layers/``, else the
            layers inside the installed package.

        Raises
        ------
        DataError
            If the folder, a file or a file's hash is not as ``datapackage.json`` states; the message names every such
            file.

        Notes
        -----
        Reads and hashes all files, 2.2 MB: some 10 ms. Tables and layers are parsed on first use, from the verified
        content.
        """
        folder = Path(layers_dir) if layers_dir is not None else default_layers()
        return cls(folder, *read_layers(folder))

    def file(self, path: str) -> bytes | None:
        """Return a published file by its path below the folder, such as "LICENSE"; None if there is none."""
        return self._files.get(path)

    @property
    def package(self) -> Mapping[str, Any]:
        """Contents of ``datapackage.json``, read-only."""
        return MappingProxyType(self._package)

    @cached_property
    def digest(self) -> str:
        """A hash of all published files; it changes if and only if the data change."""
        joined = "".join(f"{r['path']} {r['hash']}\n" for r in self._package["resources"])
        return hashlib.sha256(joined.encode()).hexdigest()[:16]

    def __getitem__(self, wanted: str) -> Place:
        """Return a place by its id, name, short name or alias: see `find`."""
        place_id = self.find(wanted)
        return Place(self, self.place_rows[place_id], self._frames.places.geometry[place_id])

    def __len__(self) -> int:
        return len(self.place_rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self.place_rows)

    def __contains__(self, wanted: object) -> bool:
        return isinstance(wanted, str) and len(places_called(self._names, wanted)) == 1

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Atlas) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[type[Atlas], tuple[Path, Mapping[str, Any], Mapping[str, bytes]]]:
        return type(self), (self.folder, self._package, self._files)

    def __repr__(self) -> str:
        layout, institutions, facts = (
            len(frame) for frame in (self._frames.layout, self._frames.institutions, self._frames.table("facts"))
        )
        counts = f"{len(self)} places, {layout} of them of the layout, {institutions} institutions, {facts} facts"
        title = f"{self.meta['title_zh']} · {self.meta['title_en']}, {self.meta['data_date']}"
        return f"<Atlas {title}: {counts}; {self.digest}>"

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of ``layers/tables`` with the dtypes of the contract; raise `UsageError` for other names."""
        return self._frames.table(name).copy(deep=False)

    def rows(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the rows of a table by its single key column, as plain values (missing: None).

        Ordered by ``sort_order`` if the table has that column, otherwise as in the file.
        """
        return self._frames.rows(name)

    @property
    def place_rows(self) -> Mapping[str, Mapping[str, Any]]:
        """The attributes of every place by place_id as plain values, without geometry."""
        return self._frames.place_rows

    def choices(self, table: str, language: str) -> dict[str, str]:
        """Return id → name of a table such as "clusters", in its order."""
        return {key: str(row[f"name_{language}"]) for key, row in self.rows(table).items()}

    @property
    def place_table(self) -> Table:
        """The columns of `places`: those of ``place_layer``, then four for each carried measure."""
        return self._frames.place_table

    @property
    def places(self) -> gpd.GeoDataFrame:
        """All places including city and districts: index place_id, columns of `place_table`, EPSG:4326."""
        return self._frames.places.copy(deep=False)

    @property
    def institutions(self) -> gpd.GeoDataFrame:
        """All institutions: index institution_id, geometry None where the position is unknown, EPSG:4326."""
        return self._frames.institutions.copy(deep=False)

    @property
    def measures(self) -> pd.DataFrame:
        """All measures: index measure_id, columns of the table ``measures``, in its order."""
        return self._frames.table("measures").sort_values("sort_order", kind="stable").set_index("measure_id")

    def basemap(self, layer_id: str) -> gpd.GeoDataFrame:
        """Return a basemap layer, such as "districts", as a GeoDataFrame with the columns of its table, EPSG:4326.

        Raises
        ------
        UsageError
            If the atlas has no such layer; the message names the nearest.
        """
        return self._frames.basemap(layer_id)

    def addresses(self, layer: str) -> gpd.GeoDataFrame:
        """Return an address layer as a GeoDataFrame with the columns of its table, EPSG:4326.

        Parameters
        ----------
        layer : {"roads", "house_numbers"}
            Lines of roads by district, or points of house numbers; empty if the atlas has none.

        Raises
        ------
        UsageError
            If there is no such layer.
        """
        if layer not in ADDRESS_TABLES:
            raise no_such("address_layer", layer, ADDRESS_TABLES)
        return self._frames.addresses(layer)

    @property
    def roles(self) -> Mapping[str, str]:
        """Kind → its role."""
        return self._frames.roles

    @property
    def layout(self) -> gpd.GeoDataFrame:
        """The places of the layout: all except city and districts."""
        return self._frames.layout.copy(deep=False)

    @cached_property
    def layout_ids(self) -> tuple[str, ...]:
        """The ids of the places of the layout, in their order."""
        return tuple(map(str, self._frames.layout.index))

    @property
    def districts(self) -> gpd.GeoDataFrame:
        """The districts among the places."""
        return self._frames.districts.copy(deep=False)

    @cached_property
    def allowed(self) -> Mapping[str, tuple[str, ...]]:
        """Query name → allowed values, for `Selection.from_query`, the command line and the pages."""
        frames = self._frames
        editions = frames.table("editions").sort_values(["month", "edition_id"])
        return MappingProxyType(
            {
                "kind": tuple(frames.rows("kinds")),
                "cluster": tuple(frames.rows("clusters")),
                "district": tuple(frames.districts.index),
                "edition": tuple(editions["edition_id"]),
                "status": tuple(sorted(set(frames.layout["status"]))),
                "only": tuple(self),
                "measure": tuple(frames.rows("measures")),
                "place": tuple(self),
            }
        )

    def name(self, place_id: str, language: str, *, short: bool = False) -> str:
        """Return the name of a place in a language; with `short` its map label."""
        return str(self.place_rows[self.find(place_id)][f"{'short' if short else 'name'}_{language}"])

    def find(self, wanted: str) -> str:
        """Return the place_id for an id, name, short name or alias; case, width and dashes are ignored.

        Raises
        ------
        UsageError
            If no place, or more than one, matches; the message names the nearest or the candidates.
        """
        return place_named(self._names, wanted)

    @cached_property
    def _names(self) -> Mapping[str, frozenset[str]]:
        return names_of_places(self._frames)

    @cached_property
    def called(self) -> Mapping[str, Mapping[str, str]]:
        """Query name → name, as `geo.base.fold.fold` gives it → id; names that two share are left out."""
        return MappingProxyType(ids_called(self._frames, self._names))

    def find_measure(self, wanted: str) -> str:
        """Return the measure_id for an id or a label in either language; case, width and dashes are ignored.

        Raises
        ------
        UsageError
            If there is no such measure; the message names the nearest by id or label.
        """
        return measure_named(self.rows("measures"), self.called["measure"], wanted)

    def facts(self, place_id: str) -> pd.DataFrame:
        """Return the facts of a place with measure, unit, scope and source, headlines first.

        Returns
        -------
        DataFrame
            One row per fact. Columns of ``facts``, ``label_*``, ``unit``, ``unit_*``, ``scope_*``, and those of
            ``sources`` with the prefix ``source_``. Ordered by measure, then headlines first, conflicting ones, newest
            first (unknown dates last), better sources first.
        """
        return self._facts(self.find(place_id)).copy()

    @kept(100)
    def _facts(self, place_id: str) -> pd.DataFrame:
        return facts_of(self._frames, place_id)

    def values(self, measure_id: str) -> pd.DataFrame:
        """Return the headline value of a measure for every place that has one.

        Parameters
        ----------
        measure_id : str
            Id or label of a reported measure (its headline facts) or of a derived one.

        Returns
        -------
        DataFrame
            Index place_id; value (float64, unit of the measure), qualifier, as_of, scope, source_id, detail. Places
            without a value have no row: unknown is not zero. A ratio of facts has the qualifier, date, scope and source
            of its numerator; `detail` shows both parts.

        Raises
        ------
        UsageError
            If there is no such measure; the message names the nearest id or label.
        """
        return self._values(self.find_measure(measure_id)).copy()

    @kept(500)
    def _values(self, measure_id: str) -> pd.DataFrame:
        return values_of(self._frames, measure_id, self.meta["data_date"])

    def select(
        self,
        selection: Selection | None = None,
        *,
        kinds: Ids = (),
        clusters: Ids = (),
        districts: Ids = (),
        editions: Ids = (),
        statuses: Ids = (),
        places: Ids = (),
        texts: Ids = (),
        text: str = "",
        measure: str = "",
        place: str = "",
        language: str = "",
    ) -> View:
        """Return the view of a selection: its places and institutions, in the order of the atlas.

        All views are made here, and ``view.atlas.select(view.selection)`` equals the view.

        Parameters
        ----------
        selection : Selection, optional
            By default the whole layout. Give either this or keywords.
        kinds, clusters, districts, editions, statuses, places : str or iterable of str
            Ids, or names in either language. Values of one filter are joined by or, filters by and. Without `kinds`
            and `places`, city and districts are left out. The selection of the view holds ids.
        texts, text : str or iterable of str, str
            Parts of a name, alias or id; a place is selected if one of them matches.
        measure, place : str
            Ids or names in focus; they do not filter.
        language : str
            "zh" (default) or "en".

        Raises
        ------
        UsageError
            If both ways are used, or an unknown value is given: the message lists each with the nearest.

        Examples
        --------
        >>> view = Atlas.load().select(kinds="belt", clusters=["robots_hardware"])
        >>> len(view.places), view.selection.kinds
        (1, ('belt',))
        """
        filters = (kinds, clusters, districts, editions, statuses, places, texts)
        if selection is None:
            kinds, clusters, districts, editions, statuses, places, texts = map(as_tuple, filters)
            texts = (*texts, text)
            selection = Selection(
                kinds, clusters, districts, editions, statuses, places, texts, measure, place, language or LANGUAGES[0]
            )
        elif any((*filters, text, measure, place, language)):
            raise told(UsageError, "wrong.selection_twice")
        selection = checked(selection, self.allowed, self.called)
        chosen, held = self._chosen(*(getattr(selection, name) for name in (*FILTERS, "texts")))
        return View(self, selection, chosen, held)

    @kept(20)
    def _chosen(self, *filters: tuple[str, ...]) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        """Return the places and institutions that pass the filters; a view returns copies of them."""
        selection = Selection().replace(**dict(zip((*FILTERS, "texts"), filters, strict=True)))
        chosen = self._frames.places[shown(self._frames, self._names, selection)]
        whole = not selection.is_filtered()
        return chosen, self._frames.institutions if whole else institutions_in(self._frames, chosen.index)

    @property
    def belonging(self) -> tuple[Mapping[str, str], ...]:
        """For every institution, in order: place_id → reason why it belongs there, see `geo.atlas.belonging`."""
        return self._frames.holders

    def institutions_in(self, place_ids: Iterable[str]) -> gpd.GeoDataFrame:
        """Return the institutions that belong to one of the places or districts, by documents or by position."""
        return institutions_in(self._frames, place_ids)
