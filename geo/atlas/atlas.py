"""`Atlas`: the published data set in memory, and `View`: the part of it that a `Selection` shows."""

from __future__ import annotations

import difflib
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.atlas.layers import default_layers, read_layers
from geo.atlas.selection import FILTERS, Selection
from geo.base.fold import fold
from geo.contract.schema import BASEMAP_TABLES, tables
from geo.contract.typed import plain_row, plain_rows, typed_frame
from geo.errors import UsageError

__all__ = ["Atlas", "View", "default_layers"]

_CONTEXT_ROLES = ("city", "district")
_QUALIFIER_OF_DERIVED = "exact"


@dataclass(frozen=True)
class View:
    """What a selection shows: the same rows for map, table, chart, report and export."""

    atlas: Atlas
    selection: Selection
    places: gpd.GeoDataFrame
    institutions: gpd.GeoDataFrame

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


class Atlas:
    """The published data set: layers as GeoDataFrames, tables as DataFrames, all with the types of the contract.

    Use `Atlas.load`. Everything is read once and must not be changed in place.
    """

    def __init__(self, folder: Path, package: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
        self.folder = folder
        self._package = package
        #: As they were verified: what a later build puts in their place is never mixed in.
        self._files = files
        self.meta: Mapping[str, Any] = package["atlas"]
        self._tables: dict[str, pd.DataFrame] = {}
        self._rows: dict[str, dict[str, dict[str, Any]]] = {}

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
            If the folder, a file, or a file's hash is not as ``datapackage.json`` says; every such file is named.

        Notes
        -----
        Reads and hashes all files, 1.4 MB: some 7 ms. Tables and layers are parsed when first asked for, from what was
        verified.
        """
        folder = Path(layers_dir) if layers_dir is not None else default_layers()
        return cls(folder, *read_layers(folder))

    def file(self, path: str) -> bytes | None:
        """Return a published file by its path below the folder, such as "LICENSE"; None if there is none."""
        return self._files.get(path)

    @property
    def digest(self) -> str:
        """Return one hash over all published files: changes when, and only when, the data change."""
        joined = "".join(f"{r['path']} {r['hash']}\n" for r in self._package["resources"])
        return hashlib.sha256(joined.encode()).hexdigest()[:16]

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of ``layers/tables`` with the types of the contract; raise `UsageError` for another name."""
        if name not in self._tables:
            content = self.file(f"tables/{name}.csv")
            if content is None:
                known = sorted(path[7:-4] for path in self._files if path.startswith("tables/"))
                raise UsageError(f"no table {name!r}; tables are {', '.join(known)}")
            frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8")
            self._tables[name] = typed_frame(tables()[name], frame.to_dict("records"))
        return self._tables[name]

    def rows(self, name: str) -> Mapping[str, dict[str, Any]]:
        """Return the rows of a table with a key of one column by that key, as plain values (missing: None).

        In ``sort_order`` where the table has one, else as in the file.
        """
        if name not in self._rows:
            frame = self.table(name)
            (key,) = tables()[name].key
            if "sort_order" in frame:
                frame = frame.sort_values("sort_order", kind="stable")
            self._rows[name] = {str(row[key]): row for row in plain_rows(frame)}
        return self._rows[name]

    @cached_property
    def place_rows(self) -> Mapping[str, dict[str, Any]]:
        """The attributes of every place by place_id as plain values, without geometry."""
        return {str(row["place_id"]): row for row in plain_rows(pd.DataFrame(self.places.drop(columns="geometry")))}

    def choices(self, table: str, language: str) -> dict[str, str]:
        """Return id → name of a table such as "clusters", in its order."""
        return {key: str(row[f"name_{language}"]) for key, row in self.rows(table).items()}

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """All places, city and districts included: index place_id, columns of ``place_layer``, EPSG:4326."""
        kinds = self.table("kinds").sort_values("sort_order")["kind"]
        frames = [self._layer(f"{kind}.geojson", "place_layer") for kind in kinds]
        joined = pd.concat([frame for frame in frames if len(frame)])
        return gpd.GeoDataFrame(joined, crs="EPSG:4326").set_index("place_id", drop=False).rename_axis(None)

    @cached_property
    def institutions(self) -> gpd.GeoDataFrame:
        """All institutions: index institution_id, geometry None where the place is unknown, EPSG:4326."""
        frame = self._layer("institution.geojson", "institutions")
        return frame.set_index("institution_id", drop=False).rename_axis(None)

    def basemap(self, layer_id: str) -> gpd.GeoDataFrame:
        """Return a basemap layer, such as "districts", as a GeoDataFrame in EPSG:4326.

        Raises
        ------
        UsageError
            If the atlas has no such layer; the message names those it has.
        """
        roles = self.table("basemap").set_index("layer_id")["role"]
        if layer_id not in roles.index:
            raise UsageError(f"no basemap layer {layer_id!r}; layers are {', '.join(roles.index)}")
        return self._layer(f"basemap/{layer_id}.geojson", BASEMAP_TABLES[roles[layer_id]])

    def _layer(self, path: str, table: str) -> gpd.GeoDataFrame:
        features = json.loads(self._files[path])["features"]
        frame = typed_frame(tables()[table], [feature["properties"] for feature in features])
        geometry = [shapely.geometry.shape(f["geometry"]) if f["geometry"] else None for f in features]
        return gpd.GeoDataFrame(frame, geometry=geometry, crs="EPSG:4326")

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """Role of every kind."""
        kinds = self.table("kinds")
        return dict(zip(kinds["kind"], kinds["role"], strict=True))

    @cached_property
    def layout(self) -> gpd.GeoDataFrame:
        """The places of the layout: all but city and districts."""
        return self.places[~self.places["kind"].map(self.roles).isin(_CONTEXT_ROLES)]

    @cached_property
    def districts(self) -> gpd.GeoDataFrame:
        """The districts among the places."""
        return self.places[self.places["kind"].map(self.roles) == "district"]

    @cached_property
    def allowed(self) -> Mapping[str, tuple[str, ...]]:
        """Allowed values by query name, for `Selection.from_query`, the command line and the pages."""
        return {
            "kind": tuple(self.table("kinds").sort_values("sort_order")["kind"]),
            "cluster": tuple(self.table("clusters").sort_values("sort_order")["cluster_id"]),
            "district": tuple(self.districts.index),
            "edition": tuple(self.table("editions").sort_values(["month", "edition_id"])["edition_id"]),
            "status": tuple(sorted(set(self.layout["status"]))),
            "measure": tuple(self.table("measures").sort_values("sort_order")["measure_id"]),
            "place": tuple(self.places.index),
        }

    def name(self, place_id: str, language: str, *, short: bool = False) -> str:
        """Return the name of a place in a language, the map label if `short`."""
        return str(self.places.at[self.find(place_id), f"{'short' if short else 'name'}_{language}"])

    def find(self, wanted: str) -> str:
        """Return the place_id for an id, name, short name or alias, in any case, width or dash.

        Raises
        ------
        UsageError
            If nothing or more than one place answers to it; the message names the nearest or the candidates.
        """
        if wanted in self.places.index:
            return wanted
        key = fold(wanted)
        hits = sorted({place_id for place_id, names in self._names.items() if key in names}) if key else []
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise UsageError(f"{wanted!r} may be {', '.join(hits)}: give the place_id")
        pool = {name: place_id for place_id, names in self._names.items() for name in names}
        near = [pool[name] for name in difflib.get_close_matches(key, list(pool), n=3, cutoff=0.6)]
        near += [place_id for name, place_id in pool.items() if key and key in name]
        hint = f"did you mean {', '.join(list(dict.fromkeys(near))[:5])}?" if near else "`geo places` lists them"
        raise UsageError(f"no place {wanted!r}: {hint}")

    @cached_property
    def _names(self) -> Mapping[str, set[str]]:
        """Folded names by which each place answers."""
        aliases = self.table("places").set_index("place_id")["aliases"]
        named = {}
        for row in self.places.itertuples():
            alias = aliases.get(row.place_id)
            words = [row.place_id, row.name_zh, row.name_en, row.short_zh, row.short_en]
            words += alias.split(";") if isinstance(alias, str) else []
            named[row.place_id] = {fold(word) for word in words}
        return named

    def facts(self, place_id: str) -> pd.DataFrame:
        """Return the facts about one place with their measure, unit, scope and source, headline ones first.

        Returns
        -------
        DataFrame
            The columns of ``facts``, ``label_*``, ``unit``, ``unit_*``, ``scope_*``, and those of ``sources``
            prefixed ``source_``; ordered by measure, headline first, then newest first.
        """
        facts = self.table("facts")
        own = facts[facts["place_id"] == self.find(place_id)]
        scopes = self.table("scopes").rename(
            columns={"scope_id": "scope", "name_zh": "scope_zh", "name_en": "scope_en"}
        )
        sources = self.table("sources").set_index("source_id").add_prefix("source_").reset_index()
        joined = (
            own.merge(self._labels, on="measure_id")
            .merge(scopes, on="scope", how="left")
            .merge(sources, on="source_id")
        )
        order = ["sort_order", "measure_id", "headline", "as_of"]
        return joined.sort_values(order, ascending=[True, True, False, False], kind="stable", ignore_index=True)

    @cached_property
    def _labels(self) -> pd.DataFrame:
        """Of every measure its label, unit, unit's symbol and order."""
        measures = self.table("measures")[["measure_id", "label_zh", "label_en", "unit", "sort_order"]]
        units = self.table("units")[["unit_id", "symbol_zh", "symbol_en"]]
        return measures.merge(units.set_axis(["unit", "unit_zh", "unit_en"], axis=1), on="unit")

    def profile(self, place_id: str) -> dict[str, Any]:
        """Return all that is known about one place as plain values, for JSON and text.

        Returns
        -------
        dict
            ``place`` (columns of ``place_layer``), ``clusters``, ``districts`` (with ``share``), ``children``,
            ``facts``, ``derived``, ``policy``, ``institutions``, ``sources``: lists of rows, unknown as None.
        """
        place_id = self.find(place_id)
        place = self.places.loc[place_id].drop("geometry")
        facts = self.facts(place_id)
        clusters = self._rows_of(place_id, "place_clusters").merge(
            self.table("clusters")[["cluster_id", "name_zh", "name_en", "colour"]], on="cluster_id"
        )
        names = self.places[["name_zh", "name_en"]].reset_index(names="district_id")
        districts = self._rows_of(place_id, "place_districts").merge(names, on="district_id")
        derived = self._rows_of(place_id, "derived").merge(self._labels, on="measure_id")
        policy = self._rows_of(place_id, "policy_places")[["policy_id"]].merge(self.table("policy"), on="policy_id")
        institutions = pd.DataFrame(self.institutions_in([place_id]).drop(columns="geometry"))
        used = {
            place["source_id"],
            place["boundary_source_id"],
            *(source for frame in (facts, clusters, policy, institutions) for source in frame["source_id"]),
        }
        sources = self.table("sources")
        children = pd.DataFrame(self.places.drop(columns="geometry"))
        frames = {
            "clusters": clusters,
            "districts": districts.sort_values("share", ascending=False),
            "children": children[children["parent_id"] == place_id][["place_id", "kind", "name_zh", "name_en"]],
            "facts": facts,
            "derived": derived.sort_values(["sort_order", "measure_id"]),
            "policy": policy,
            "institutions": institutions,
            "sources": sources[sources["source_id"].isin(used)],
        }
        return {"place": plain_row(place.to_dict()), **{key: plain_rows(frame) for key, frame in frames.items()}}

    def _rows_of(self, place_id: str, table: str) -> pd.DataFrame:
        frame = self.table(table)
        return frame[frame["place_id"] == place_id]

    def values(self, measure_id: str) -> pd.DataFrame:
        """Return the value to show of one measure for every place that has one.

        Parameters
        ----------
        measure_id : str
            A reported measure (its headline facts) or a derived one.

        Returns
        -------
        DataFrame
            Index place_id; value (float64, unit of the measure), qualifier, as_of, scope, source_id, detail.
            Places without a value have no row: unknown is not zero. A ratio of facts has qualifier, date, scope and
            source of its numerator; `detail` shows both parts.

        Raises
        ------
        UsageError
            If there is no such measure.
        """
        measures = self.table("measures").set_index("measure_id")
        if measure_id not in measures.index:
            raise UsageError(f"no measure {measure_id!r}; measures are {', '.join(measures.index)}")
        columns = ["value", "qualifier", "as_of", "scope", "source_id", "detail"]
        if measures.at[measure_id, "origin"] == "reported":
            facts = self.table("facts")
            chosen = facts[(facts["measure_id"] == measure_id) & facts["headline"]].assign(detail=None)
            return chosen.set_index("place_id")[columns]
        derived = self.table("derived")
        chosen = derived[(derived["measure_id"] == measure_id) & derived["value"].notna()].set_index("place_id")
        numerator = measures.at[measure_id, "numerator"]
        if isinstance(numerator, str):  # a ratio of facts is as sure, as old and as wide as what it counts
            return chosen.join(self.values(numerator).drop(columns=["value", "detail"]))[columns]
        places = self.places.loc[chosen.index]
        return chosen.assign(
            qualifier=_QUALIFIER_OF_DERIVED,
            as_of=self.meta["data_date"],
            scope=places["scope"],
            source_id=places["boundary_source_id"],
        )[columns]

    def select(self, selection: Selection | None = None) -> View:
        """Return the places and institutions that a selection shows.

        Parameters
        ----------
        selection : Selection, optional
            By default the whole layout.

        Raises
        ------
        UsageError
            If a filter names a value that the atlas does not have; every one is listed with what is allowed.
        """
        selection = selection or Selection()
        self._check(selection)
        places = self.places
        in_kind = places["kind"].isin(selection.kinds) if selection.kinds else places.index.isin(self.layout.index)
        keep = pd.Series(in_kind, index=places.index)
        for column, wanted in (("clusters", selection.clusters), ("district_ids", selection.districts)):
            if wanted:
                keep &= places[column].fillna("").map(lambda cell, w=wanted: not set(w).isdisjoint(cell.split(";")))
        if selection.editions:
            months = self.table("editions").set_index("edition_id")["month"]
            latest = months[list(selection.editions)].max()
            keep &= places["since_edition"].map(months).fillna("") <= latest
        if selection.statuses:
            keep &= places["status"].isin(selection.statuses)
        if selection.text:
            key = fold(selection.text)
            keep &= pd.Series({pid: any(key in name for name in names) for pid, names in self._names.items()})
        chosen = places[keep]
        institutions = self.institutions_in(chosen.index) if selection.is_filtered() else self.institutions
        return View(self, selection, chosen, institutions)

    def institutions_in(self, place_ids: Iterable[str]) -> gpd.GeoDataFrame:
        """Return the institutions that lie in one of the places or districts or are named as part of one."""
        wanted, found = set(place_ids), self.institutions
        inside = found["inside_ids"].fillna("").map(lambda ids: not wanted.isdisjoint(ids.split(";"))).astype(bool)
        return found[inside | found["place_id"].isin(wanted) | found["district_id"].isin(wanted)]

    def _check(self, selection: Selection) -> None:
        problems = []
        for field, name in FILTERS.items():
            for value in getattr(selection, field):
                if value not in self.allowed[name]:
                    near = difflib.get_close_matches(value, self.allowed[name], n=1)
                    hint = f"did you mean {near[0]}? " if near else ""
                    problems.append(f"{name} {value!r}: {hint}allowed are {', '.join(self.allowed[name])}")
        if problems:
            raise UsageError("\n".join(["the selection names what is not there", *problems]))
