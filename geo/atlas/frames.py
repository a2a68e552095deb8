"""The published tables and layers as frames, parsed on first use; `Atlas` returns copies of them."""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.atlas.altered import check_meta_references, check_references, check_rows, features_of, geometries_of, refused
from geo.atlas.belonging import belonging
from geo.base.fold import fold
from geo.base.nearest import no_such
from geo.contract.carried import place_table
from geo.contract.schema import ADDRESS_TABLES, BASEMAP_TABLES, Table, tables
from geo.contract.typed import python_rows, typed_frame

__all__ = ["CONTEXT_ROLES", "Frames", "by_key"]

#: Roles of kinds that do not belong to the layout.
CONTEXT_ROLES = ("city", "district")


class Frames:
    """Published files as frames with the dtypes of the contract. The frames are shared: do not modify them.

    Parameters
    ----------
    files : mapping of str to bytes
        Path below the layers folder → verified content.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._tables: dict[str, pd.DataFrame] = {}
        self._rows: dict[str, Mapping[str, Mapping[str, Any]]] = {}

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of ``layers/tables``; raise `UsageError` if there is none of that name."""
        if name not in self._tables:
            content = self._files.get(f"tables/{name}.csv")
            if content is None:
                known = sorted(path[7:-4] for path in self._files if path.startswith("tables/"))
                raise no_such("table", name, known)
            rows = _records(f"tables/{name}.csv", content)
            check_rows(f"tables/{name}.csv", tables()[name], rows)
            self._tables[name] = typed_frame(tables()[name], rows)
        return self._tables[name]

    def rows(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the rows of a table by its single key column, in its order."""
        if name not in self._rows:
            frame = self.table(name)
            if "sort_order" in frame:
                frame = frame.sort_values("sort_order", kind="stable")
            (key,) = tables()[name].key
            self._rows[name] = by_key(frame, key)
        return self._rows[name]

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """All places by place_id."""
        kinds = self.table("kinds").sort_values("sort_order")["kind"]
        # Typed together: to type the hundred columns of each layer, and then to join them, takes four times as long.
        joined = self._layers([f"{kind}.geojson" for kind in kinds], self.place_table)
        # The copy consolidates the columns, which halves the cost of each copy that is returned.
        return joined.set_index("place_id").copy()

    @cached_property
    def place_table(self) -> Table:
        """The contract of the place layers: their own columns, then those of the carried measures."""
        kinds = self.table("kinds")["kind"]
        features = (features_of(f"{kind}.geojson", self._content(f"{kind}.geojson")) for kind in kinds)
        first: dict[str, Any] = next((one[0]["properties"] for one in features if one), {})
        return place_table(self.rows("measures").values(), first)

    @cached_property
    def place_rows(self) -> Mapping[str, Mapping[str, Any]]:
        """The attributes of every place by place_id."""
        return by_key(pd.DataFrame(self.places.drop(columns="geometry")).reset_index(), "place_id")

    @cached_property
    def institutions(self) -> gpd.GeoDataFrame:
        """All institutions by institution_id."""
        return self._layer("institution.geojson", tables()["institutions"]).set_index("institution_id")

    @cached_property
    def holders(self) -> tuple[Mapping[str, str], ...]:
        """For every institution the places and districts that it belongs to, each with the reason: see `belonging`."""
        names = {place_id: fold(self.place_rows[place_id]["name_zh"]) for place_id in self.districts.index}
        columns = self.institutions[["place_id", "address", "district_id", "inside_ids"]]
        return tuple(MappingProxyType(belonging(row, self.place_rows, names)) for row in columns.to_dict("records"))

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """Role of every kind."""
        kinds = self.table("kinds")
        return MappingProxyType(dict(zip(kinds["kind"], kinds["role"], strict=True)))

    @cached_property
    def layout(self) -> gpd.GeoDataFrame:
        """The places except city and districts."""
        return self.places[~self.places["kind"].map(self.roles).isin(CONTEXT_ROLES)]

    @cached_property
    def districts(self) -> gpd.GeoDataFrame:
        """The districts among the places."""
        return self.places[self.places["kind"].map(self.roles) == "district"]

    def basemap(self, layer_id: str) -> gpd.GeoDataFrame:
        """Return a basemap layer, parsed anew; raise `UsageError` if there is none of that id."""
        return self._layer(f"basemap/{layer_id}.geojson", self._basemap_table(layer_id))

    def _basemap_table(self, layer_id: str) -> Table:
        layers = self.rows("basemap")
        if layer_id not in layers:
            raise no_such("basemap_layer", layer_id, layers)
        return tables()[BASEMAP_TABLES[layers[layer_id]["role"]]]

    def addresses(self, layer: str) -> gpd.GeoDataFrame:
        """Return an address layer, "roads" or "house_numbers", parsed anew; empty if there is none."""
        path = f"addresses/{layer}.geojson"
        if path not in self._files:
            columns = [*tables()[ADDRESS_TABLES[layer]].names(), "geometry"]
            return gpd.GeoDataFrame({name: [] for name in columns}, geometry="geometry", crs="EPSG:4326")
        return self._layer(path, tables()[ADDRESS_TABLES[layer]])

    def check(self, meta: Mapping[str, Any]) -> None:
        """Read all tables and layers; raise `DataError` if they, or `meta`, refer to something missing."""
        names = [path[7:-4] for path in self._files if path.startswith("tables/") and path[7:-4] in tables()]
        rows = {f"tables/{name}.csv": (tables()[name], self.table(name)) for name in names}
        keys = {name: set(self.table(name)[tables()[name].key[0]]) for name in names if len(tables()[name].key) == 1}
        keys["places"] = set(self.places.index)
        for name in self.rows("basemap"):
            rows[f"basemap/{name}.geojson"] = (self._basemap_table(name), self.basemap(name))
        rows["institution.geojson"] = (tables()["institutions"], self.institutions.reset_index())
        for path, (table, frame) in rows.items():
            check_references(path, table, python_rows(pd.DataFrame(frame)), keys)
        check_references("*.geojson", self.place_table, python_rows(pd.DataFrame(self.places.reset_index())), keys)
        check_meta_references(meta, keys)

    def _content(self, path: str) -> bytes:
        if path not in self._files:
            raise refused(path, [f"{path}: is missing"])
        return self._files[path]

    def _layer(self, path: str, table: Table) -> gpd.GeoDataFrame:
        return self._layers([path], table)

    def _layers(self, paths: Iterable[str], table: Table) -> gpd.GeoDataFrame:
        """Return layers of one table as one, in order."""
        rows: list[Mapping[str, Any]] = []
        geometry: list[Any] = []
        for path in paths:
            features = features_of(path, self._content(path))
            own = [feature["properties"] for feature in features]
            check_rows(path, table, own)
            rows += own
            geometry += geometries_of(path, features)
        return gpd.GeoDataFrame(typed_frame(table, rows), geometry=geometry, crs="EPSG:4326")


def _records(path: str, content: bytes) -> list[dict[Hashable, str]]:
    try:
        frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8")
    except ValueError as error:  # including errors of the parser and of the encoding
        raise refused(path, [f"{path}: is no CSV in UTF-8 ({str(error).strip()[:120]})"]) from None
    return frame.to_dict("records")


def by_key(frame: pd.DataFrame, key: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of a frame by one of its columns, as read-only plain values."""
    return MappingProxyType({str(row[key]): MappingProxyType(row) for row in python_rows(frame)})
