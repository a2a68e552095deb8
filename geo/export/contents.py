"""The content of an export, the same for every format: a `View` as layers and attribute tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.atlas.atlas import View
from geo.base.messages import LANGUAGES, check_language, text
from geo.base.told import told
from geo.contract.schema import BASEMAP_TABLES, Column, Table, table
from geo.contract.typed import distinct, join_list, python_values
from geo.errors import UsageError
from geo.export.safe_text import safe_text

__all__ = ["INSTITUTION", "PLACES", "Contents", "Layer", "rows_of"]

#: Names of the layer of all places and of the layer of institutions.
PLACES = "places"
INSTITUTION = "institution"

#: Attribute tables in the order of writing → the column by which rows on the selected places are filtered ("" keeps
#: all).
_TABLES: dict[str, str] = {
    "facts": "place_id",
    "derived": "place_id",
    "place_clusters": "place_id",
    "place_districts": "place_id",
    "edition_places": "place_id",
    "searched": "place_id",
    "plans": "",
    "policy": "",
    "policy_places": "place_id",
    "policy_outcomes": "",
    "institution_clusters": "institution_id",
    "filed_services": "institution_id",
    "measures": "",
    "units": "",
    "scopes": "",
    "kinds": "",
    "clusters": "",
    "editions": "",
    "places": "",
}


def rows_of(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of a frame as plain Python values, without the geometry."""
    # As a plain DataFrame: a GeoDataFrame checks at each column whether it holds geometry.
    columns = {str(name): python_values(cells) for name, cells in pd.DataFrame(frame).items() if name != "geometry"}
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


@dataclass(frozen=True)
class Layer:
    """One layer: features of one table and one geometry type, WGS 84.

    Parameters
    ----------
    name : str
        ``places``, a kind, or ``institution``.
    table : Table
        The contract of the layer's columns.
    frame : GeoDataFrame
        Columns of `table` in order, then ``geometry``; index as in the atlas.
    geometry_type : str
        "MultiPolygon", "MultiLineString" or "Point".
    """

    name: str
    table: Table
    frame: gpd.GeoDataFrame
    geometry_type: str
    title_zh: str
    title_en: str
    definition_zh: str
    definition_en: str

    @property
    def key(self) -> str:
        """The column that identifies a feature."""
        return self.table.key[0]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the contract that the frame has, in order."""
        return tuple(column for column in self.table.columns if column.name in self.frame.columns)

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_zh if language == "zh" else self.title_en


class Contents:
    """Layers and tables of a view, with every text made safe for all writers.

    Parameters
    ----------
    view : View
        The selected places and institutions.
    language : str
        "zh" or "en": language of labels and layer titles; columns of both languages are always kept.

    Raises
    ------
    UsageError
        If the view has no place, or the language is unknown.
    """

    def __init__(self, view: View, language: str = "zh") -> None:
        check_language(language)
        # A view makes a new frame at each access; these two are only read, so one copy is enough.
        self._places, self._institutions = view.places, view.institutions
        if self._places.empty:
            raise told(UsageError, "wrong.empty_export")
        self.view = view
        self.language = language
        self.atlas = view.atlas
        self.meta: Mapping[str, Any] = view.atlas.meta
        self._about: dict[str, pd.DataFrame] = {}
        self._made: dict[str, pd.DataFrame] = {}
        self._texts: dict[tuple[str, ...], str] = {}

    def once(self, key: tuple[str, ...], make: Callable[[], str]) -> str:
        """Return a text that several formats need, such as a layer's style; made on the first request and kept."""
        if key not in self._texts:
            self._texts[key] = make()
        return self._texts[key]

    @cached_property
    def places(self) -> Layer:
        """All places as one layer."""
        kinds = self.atlas.table("kinds")
        definitions = ("、".join(kinds["name_zh"]), ", ".join(kinds["name_en"]))
        contract = self.atlas.place_table
        frame = _prepared(self._places, contract)
        return Layer(PLACES, contract, frame, "MultiPolygon", *_titles(PLACES), *definitions)

    @cached_property
    def kinds(self) -> tuple[Layer, ...]:
        """The places as one layer per kind, in legend order; kinds without a place are left out."""
        layers = []
        for kind in self.atlas.table("kinds").sort_values("sort_order").to_dict("records"):
            frame = self.places.frame[self.places.frame["kind"] == kind["kind"]]
            if len(frame):
                words = (kind[name] for name in ("name_zh", "name_en", "definition_zh", "definition_en"))
                layers.append(Layer(kind["kind"], self.places.table, frame, "MultiPolygon", *words))
        return tuple(layers)

    @cached_property
    def institution(self) -> Layer:
        """The layer of institutions; it may be empty."""
        frame = _prepared(self._institutions, table("institutions"))
        titles, definitions = _titles(INSTITUTION), _titles(f"{INSTITUTION}.definition")
        return Layer(INSTITUTION, table("institutions"), frame, "Point", *titles, *definitions)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """One layer per kind, then the institutions."""
        return (*self.kinds, *([self.institution] if len(self.institution.frame) else []))

    @cached_property
    def basemap(self) -> tuple[Layer, ...]:
        """The basemap layers in their order; lines and polygons as multi-geometries."""
        layers = []
        for layer_id, row in self.atlas.rows("basemap").items():
            contract = table(BASEMAP_TABLES[row["role"]])
            frame = _prepared(self.atlas.basemap(layer_id), contract)
            kinds = set(frame.geom_type)
            kind = next((name for name in ("Polygon", "LineString") if kinds & {name, f"Multi{name}"}), "")
            words = (row[name] for name in ("name_zh", "name_en", "note_zh", "note_en"))
            layers.append(
                Layer(layer_id, contract, frame, f"Multi{kind}" if kind else "Point", *(w or "" for w in words))
            )
        return tuple(layers)

    def named_above(self, layer: Layer) -> frozenset[str]:
        """Return the place_ids of a basemap layer's features that are already labelled as selected places."""
        return frozenset(layer.frame["place_id"]) & self._shown if "place_id" in layer.frame else frozenset()

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The attribute tables: rows on the selected places, whole reference tables, and the sources cited in them."""
        return {name: self.attributes(name) for name in (*_TABLES, "sources")}

    def attributes(self, name: str) -> pd.DataFrame:
        """Return one attribute table, without making the others."""
        if name not in self._made:
            self._made[name] = _safe(self._sources if name == "sources" else self._about_shown(name), table(name))
        return self._made[name]

    @property
    def _sources(self) -> pd.DataFrame:
        used = {source for name in _TABLES for source in self._cited(name)}
        places = self._places
        used |= set(places["source_id"].unique()) | set(places["boundary_source_id"].unique())
        used |= set(self._institutions["source_id"].unique()) | set(self.atlas.table("basemap")["source_id"])
        sources = self.atlas.table("sources")
        return sources[sources["source_id"].isin(used)]

    def _about_shown(self, name: str) -> pd.DataFrame:
        if name not in self._about:
            self._about[name] = self._rows_about_shown(name)
        return self._about[name]

    def _rows_about_shown(self, name: str) -> pd.DataFrame:
        frame = self.atlas.table(name)
        kept = self._kept(name, frame)
        # With loc: for a table without rows, frame[[]] would return one without columns.
        return frame if kept.all() else frame.loc[kept]

    def _cited(self, name: str) -> Any:
        """Return the ids of the sources cited by the rows of a table on the selected places; reads that column only."""
        frame = self.atlas.table(name)
        return frame["source_id"][self._kept(name, frame)].unique() if "source_id" in frame else ()

    def _kept(self, name: str, frame: pd.DataFrame) -> np.ndarray[Any, Any]:
        """Return which rows of a table concern the selected places."""
        column = _TABLES[name]
        if not column:
            return np.full(len(frame), True)
        shown: set[Any] = self._shown if column == "place_id" else set(self._institutions.index)
        whole = not self.view.selection.is_filtered()  # then services of unknown filers are kept too
        positions, keys = distinct(frame[column])
        kept: np.ndarray[Any, Any] = np.array([key in shown or (whole and key is None) for key in keys])[positions]
        return kept

    @cached_property
    def _shown(self) -> set[str]:
        # A set, because pandas' isin converts a long index to a list at every call; of an object array, because
        # iterating over an Arrow string index creates each string separately.
        return set(self._places.index.to_numpy(dtype=object))

    @cached_property
    def editions(self) -> tuple[str, ...]:
        """The editions in which the selected places first appear, oldest first."""
        shown = set(self._places["since_edition"].unique())
        return tuple(edition_id for edition_id in self.atlas.allowed["edition"] if edition_id in shown)


def _titles(name: str) -> tuple[str, str]:
    zh, en = (text(f"export.layer.{name}", language) for language in LANGUAGES)
    return zh, en


def _safe(frame: pd.DataFrame, contract: Table) -> pd.DataFrame:
    """Return a frame whose texts every writer can store (see `geo.export.safe_text`), with its lists joined."""
    lists = {column.name for column in contract.columns if column.type == "list"} & set(frame.columns)
    joined = {name: _joined(frame[name]) for name in lists}
    frame = frame.assign(**joined) if joined else frame
    changed: dict[str, pd.Series[Any]] = {}
    for name, column in frame.items():
        if name == "geometry" or not pd.api.types.is_string_dtype(column.dtype):
            continue
        # Arrow strings cannot hold a lone surrogate, so only NUL must be looked for; object columns are checked cell by
        # cell.
        if column.dtype == object or _may_hold_nul(column):
            safe = [safe_text(value) if isinstance(value, str) else value for value in column]
            changed[str(name)] = pd.Series(safe, index=frame.index, dtype=column.dtype)
    return frame.assign(**changed) if changed else frame


def _joined(column: pd.Series[Any]) -> pd.Series[str]:
    """Return lists as the texts written in files; each distinct list is joined once."""
    positions, values = pd.factorize(column.to_numpy())
    texts = pd.Series([join_list(items) or None for items in values], dtype="str")
    return texts.take(positions).set_axis(column.index)


def _may_hold_nul(column: pd.Series[str]) -> bool:
    """Return whether a column may contain NUL; may be true for a NUL outside the visible rows of an Arrow buffer."""
    if getattr(column.dtype, "storage", "") != "pyarrow":
        return bool(column.str.contains("\x00", regex=False, na=False).any())
    cells: Any = column.array
    buffers = (chunk.buffers()[-1] for chunk in cells.__arrow_array__().chunks)
    return not all(np.frombuffer(buffer, np.uint8).all() for buffer in buffers if buffer is not None)


def _prepared(frame: gpd.GeoDataFrame, contract: Table) -> gpd.GeoDataFrame:
    """Return the frame with columns in contract order; multi-polygons with counter-clockwise outer rings."""
    # Column by column: dropping the geometry and resetting the index would each copy all columns.
    columns: dict[Any, Any] = {name: column.array for name, column in pd.DataFrame(frame).items()}
    columns |= {frame.index.name: frame.index.array}
    kept = {name: columns[name] for name in contract.names() if name in columns}
    safe = _safe(pd.DataFrame(kept, index=frame.index.rename(None)), contract)
    return gpd.GeoDataFrame(safe, geometry=_promoted(frame.geometry.to_numpy()), crs="EPSG:4326")


def _promoted(shapes: Any) -> Any:
    """Return polygons and lines as multi-geometries, outer rings counter-clockwise; points and None unchanged."""
    promoted = np.array(shapes, dtype=object)
    kinds = shapely.get_type_id(promoted)
    single = kinds == shapely.GeometryType.POLYGON
    promoted[single] = shapely.multipolygons(promoted[single][:, None])
    lines = kinds == shapely.GeometryType.LINESTRING
    promoted[lines] = shapely.multilinestrings(promoted[lines][:, None])
    for at in np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION):
        parts = shapely.get_parts(promoted[at])
        promoted[at] = shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
    return shapely.orient_polygons(promoted, exterior_cw=False)
