"""`Atlas`: the published data set in memory."""

from __future__ import annotations

import difflib
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.atlas.layers import default_layers, read_layers
from geo.atlas.selection import FILTERS, Selection
from geo.atlas.view import View
from geo.base.fold import fold
from geo.base.messages import LANGUAGES
from geo.base.nearest import unknown
from geo.contract.schema import BASEMAP_TABLES, tables
from geo.contract.typed import plain_rows, typed_frame
from geo.errors import UsageError

__all__ = ["Atlas", "View", "default_layers"]

#: What a filter takes: one id, or several.
Ids = str | Iterable[str]

_SINGULAR = {**FILTERS, "places": "place"}

_CONTEXT_ROLES = ("city", "district")
_QUALIFIER_OF_DERIVED = "exact"


def _as_tuple(given: Ids) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


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
            "only": tuple(self.places.index),
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
            prefixed ``source_``; ordered by measure, then headline first, those in conflict, the newest first; an
            unknown date is last, a better source before a weaker one.
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
        joined = joined.assign(undated=joined["as_of"] == "unknown")
        down = {"headline", "conflict", "as_of"}
        order = ["sort_order", "measure_id", "headline", "conflict", "undated", "as_of", "source_grade", "source_id"]
        joined = joined.sort_values(order, ascending=[name not in down for name in order], ignore_index=True)
        return joined.drop(columns="undated")

    @cached_property
    def _labels(self) -> pd.DataFrame:
        """Of every measure its label, unit, unit's symbol and order."""
        measures = self.table("measures")[["measure_id", "label_zh", "label_en", "unit", "sort_order"]]
        units = self.table("units")[["unit_id", "symbol_zh", "symbol_en"]]
        return measures.merge(units.set_axis(["unit", "unit_zh", "unit_en"], axis=1), on="unit")

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
        """Return the places and institutions that a selection shows, in the order of the atlas.

        Every view is made here, and ``view.atlas.select(view.selection)`` is the same view.

        Parameters
        ----------
        selection : Selection, optional
            By default the whole layout. Give it, or the keywords.
        kinds, clusters, districts, editions, statuses, places : str or iterable of str
            Ids; several of one filter mean any of them, filters are joined by and. Without `kinds` and `places` the
            city and the districts are left out.
        texts, text : str or iterable of str, str
            Parts of a name, alias or id; a place is in when one of them fits.
        measure, place : str
            Ids in focus; they filter nothing.
        language : str
            "zh" (default) or "en".

        Raises
        ------
        UsageError
            If both ways are used, or ids are named that the atlas does not have: each is listed, with the nearest.

        Examples
        --------
        >>> view = Atlas.load().select(kinds="belt", clusters=["robots_hardware"])
        >>> len(view.places), view.selection.kinds
        (1, ('belt',))
        """
        filters = (kinds, clusters, districts, editions, statuses, places, texts)
        if selection is None:
            kinds, clusters, districts, editions, statuses, places, texts = map(_as_tuple, filters)
            texts = (*texts, text)
            selection = Selection(
                kinds, clusters, districts, editions, statuses, places, texts, measure, place, language or LANGUAGES[0]
            )
        elif any((*filters, text, measure, place, language)):
            raise UsageError("a selection and keywords are given: give one, or selection.replace(kinds=…)")
        self._check(selection)
        chosen = self.places[self._shown(selection)]
        institutions = self.institutions_in(chosen.index) if selection.is_filtered() else self.institutions
        return View(self, selection, chosen, institutions)

    def _shown(self, selection: Selection) -> pd.Series[bool]:
        """Return for every place whether it passes the filters."""
        places = self.places
        keep = pd.Series(True, index=places.index)
        if selection.kinds:
            keep &= places["kind"].isin(selection.kinds)
        elif not selection.places:
            keep &= places.index.isin(self.layout.index)
        if selection.places:
            keep &= places.index.isin(selection.places)
        for column, wanted in (("clusters", selection.clusters), ("district_ids", selection.districts)):
            if wanted:
                keep &= places[column].fillna("").map(lambda cell, w=wanted: not set(w).isdisjoint(cell.split(";")))
        if selection.editions:
            months = self.table("editions").set_index("edition_id")["month"]
            latest = months[list(selection.editions)].max()
            keep &= places["since_edition"].map(months).fillna("") <= latest
        if selection.statuses:
            keep &= places["status"].isin(selection.statuses)
        if selection.texts:
            keys = [fold(text) for text in selection.texts]
            names = self._names.items()
            keep &= pd.Series({i: any(key in name for key in keys for name in known) for i, known in names})
        return keep

    def institutions_in(self, place_ids: Iterable[str]) -> gpd.GeoDataFrame:
        """Return the institutions that lie in one of the places or districts or are named as part of one."""
        wanted, found = set(place_ids), self.institutions
        inside = found["inside_ids"].fillna("").map(lambda ids: not wanted.isdisjoint(ids.split(";"))).astype(bool)
        return found[inside | found["place_id"].isin(wanted) | found["district_id"].isin(wanted)]

    def _check(self, selection: Selection) -> None:
        """Refuse ids that are none of the atlas, all at once."""
        named = [(field, getattr(selection, field)) for field in FILTERS]
        named += [(field, (value,)) for field in ("measure", "place") if (value := getattr(selection, field))]
        problems = [
            unknown(_SINGULAR.get(field, field), value, self._ids[field])
            for field, values in named
            for value in values
            if value not in self._ids[field]
        ]
        if problems:
            raise UsageError("\n".join(problems))

    @cached_property
    def _ids(self) -> Mapping[str, tuple[str, ...]]:
        """Allowed ids by field of `Selection`."""
        return {
            field: self.allowed[name] for field, name in {**FILTERS, "measure": "measure", "place": "place"}.items()
        }
