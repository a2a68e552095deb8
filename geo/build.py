"""Build ``layers/`` from ``seeds/``: checked, derived, byte for byte reproducible, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from geo.analysis.diff import Published, diff
from geo.analysis.diff_words import diff_atom, diff_json
from geo.base.files import beside, remove, replace_folder, sweep, unwritable
from geo.base.geojson import feature_collection
from geo.base.paths import Paths
from geo.base.told import told
from geo.base.watched import Watched
from geo.contract.carried import place_table
from geo.contract.datapackage import describe, schema_bytes
from geo.contract.notices import notice
from geo.contract.schema import ADDRESS_TABLES, Table
from geo.contract.schema import table as schema_table
from geo.contract.typed import csv_bytes, join_list
from geo.crs.geodesy import geodesic_length_km
from geo.errors import DataError, OutputError
from geo.seeds.derived import Derived, number_text
from geo.seeds.geometry import Drawn, official_area, read_geometry
from geo.seeds.read import SEED_TABLES, Row, Seeds, read_seeds

__all__ = ["BuildReport", "build", "render_layers"]

_PACKAGE = "datapackage.json"
#: The columns of every layer of places.
_SCHEMA = "place_layer.schema.json"


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: the folder, the number of files and of those that changed."""

    layers: Path
    files: int
    changed: tuple[str, ...]


def build(seeds_dir: str | Path, layers_dir: str | Path, *, check: bool = False) -> BuildReport:
    """Build the published layers, or check that they are what the seeds give.

    Parameters
    ----------
    seeds_dir, layers_dir : str or Path
        Folders; `layers_dir` is replaced as a whole.
    check : bool
        Write nothing; raise if any file differs.

    Returns
    -------
    BuildReport

    Raises
    ------
    DataError
        With every problem of the seeds, or, with `check`, every file that differs. Nothing is written.
    OutputError
        If `layers_dir` cannot be written or holds files that no build wrote.

    Notes
    -----
    Some 2 s for a city with 70 places and a thousand facts.
    """
    layers = Path(layers_dir)
    if not check:
        Paths([seeds_dir], [layers]).check()
        sweep(layers.resolve())
    files = render_layers(seeds_dir)
    changed = tuple(sorted(_differences(layers, files)))
    if check:
        if changed:
            raise told(DataError, "wrong.build_check", changed, count=len(changed), layers=layers, seeds=seeds_dir)
    elif changed:
        # A link to the layers stays a link: what it points at is replaced.
        _publish(layers.resolve(), files)
    return BuildReport(layers, len(files), changed)


def render_layers(seeds_dir: str | Path) -> dict[str, bytes]:
    """Return every published file by its path below ``layers/``; raise `DataError` with all problems of the seeds."""
    with tqdm(total=4, desc="geo build", disable=None, leave=False) as progress:
        watched = Watched(seeds_dir)
        seeds = read_seeds(seeds_dir)
        progress.update()
        drawn = read_geometry(seeds)
        problems = [*seeds.problems, *drawn.problems]
        if problems:
            raise told(DataError, "wrong.build_seeds", problems, count=len(problems), seeds=seeds_dir)
        progress.update()
        derived = Derived(seeds, drawn)
        progress.update()
        files = _render(seeds, drawn, derived)
        files |= _changes(seeds, files)
        watched.check()
        files[_SCHEMA] = schema_bytes(_contract(seeds, derived))
        layers = {f"{row['kind']}.geojson": _SCHEMA for row in seeds.rows["kinds"]}
        files[_PACKAGE] = describe(seeds.meta, seeds.rows["sources"], files, layers)
        progress.update()
    return files


def _render(seeds: Seeds, drawn: Drawn, derived: Derived) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    members = {
        "title": f"{seeds.meta['title_zh']} · {seeds.meta['title_en']}",
        "version": seeds.meta["version"],
        "data_date": seeds.meta["data_date"],
        "licence": seeds.meta["geometry_licence"],
        "attribution": _attribution(seeds.meta),
    }
    contract = _contract(seeds, derived)
    for kind in seeds.rows["kinds"]:
        features = [
            (
                place["place_id"],
                _place_properties(seeds, drawn, derived, place, contract),
                derived.polygons[place["place_id"]],
            )
            for place in seeds.rows["places"]
            if place["kind"] == kind["kind"]
        ]
        files[f"{kind['kind']}.geojson"] = feature_collection(features, {"name": kind["kind"], **members})
    files["institution.geojson"] = feature_collection(
        [
            (row["institution_id"], _typed("institutions", row), derived.points.get(row["institution_id"]))
            for row in derived.institutions(seeds.rows["institutions"])
        ],
        {"name": "institution", **members},
    )
    for row in seeds.rows["basemap"]:
        layer = row["layer_id"]
        features = [
            (next(iter(properties.values())), {k: v or None for k, v in properties.items()}, geometry)
            for properties, geometry in drawn.basemap.get(layer, [])
        ]
        files[f"basemap/{layer}.geojson"] = feature_collection(features, {"name": layer, **members})
    files |= _addresses(drawn, members)
    built: dict[str, list[dict[str, str]]] = {name: list(seeds.rows[name]) for name in SEED_TABLES}
    built["facts"] = derived.facts
    built["institutions"] = derived.institutions(seeds.rows["institutions"])
    built["derived"] = derived.rows(seeds.rows["measures"])
    built["place_districts"] = [
        {"place_id": place_id, "district_id": district_id, "share": number_text(share)}
        for place_id, shares in derived.shares.items()
        for district_id, share in shares
    ]
    for name, rows in built.items():
        files[f"tables/{name}.csv"] = csv_bytes(schema_table(name).names(), rows)
    licence = seeds.folder / "LICENSE"
    if licence.is_file():
        files["LICENSE"] = licence.read_text(encoding="utf-8").encode()
    return files


def _addresses(drawn: Drawn, members: Mapping[str, str]) -> dict[str, bytes]:
    """Return the layers that addresses are looked up in, each road with its length."""
    files: dict[str, bytes] = {}
    for layer, table in ADDRESS_TABLES.items():
        if layer not in drawn.addresses:
            continue
        features = []
        for row, geometry in drawn.addresses[layer]:
            length = {"length_m": str(round(1000 * geodesic_length_km(geometry)))}
            properties = _typed(table, {**row, **(length if layer == "roads" else {})})
            features.append((next(iter(properties.values())), properties, geometry))
        files[f"addresses/{layer}.geojson"] = feature_collection(features, {"name": layer, **members})
    return files


def _changes(seeds: Seeds, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what changed since the release that is kept in ``seeds/releases/``, as JSON and as a feed."""
    kept = [path for path in sorted((seeds.folder / "releases").glob("*")) if path.is_dir()]
    if not kept:
        return {}
    new = Published(seeds.meta, files.get)
    found = diff(Published.of(kept[-1]), new)
    told = json.dumps(diff_json(found, whole=False), ensure_ascii=False, separators=(",", ":"))
    return {"changes.json": f"{told}\n".encode(), "changes.atom": diff_atom(found, new.titles())}


def _attribution(meta: Mapping[str, Any]) -> str:
    return " · ".join((meta["attribution_zh"], meta["attribution_en"], notice(meta, "zh"), notice(meta, "en")))


def _contract(seeds: Seeds, derived: Derived) -> Table:
    """Return the contract of the layers of places, with the measures that they carry."""
    measures = sorted(seeds.rows["measures"], key=lambda row: int(row["sort_order"]))
    return place_table(measures, derived.carried.measures)


def _place_properties(seeds: Seeds, drawn: Drawn, derived: Derived, place: Row, contract: Table) -> dict[str, Any]:
    place_id = place["place_id"]
    boundary = drawn.properties[place_id]
    values = {name: value for name, (value, _) in derived.measures[place_id].items()}
    stated = official_area(seeds, boundary)
    clusters = [row["cluster_id"] for row in seeds.rows["place_clusters"] if row["place_id"] == place_id]
    districts = [district_id for district_id, _ in derived.shares.get(place_id, [])]
    bounds = [
        f"{arrow} {boundary[f'bound_{side}']}"
        for arrow, side in zip("↑→↓←", ("north", "east", "south", "west"), strict=True)
        if boundary[f"bound_{side}"]
    ]
    row: dict[str, Any] = {column: place.get(column) for column in contract.names()}
    row |= {name: values[name] for name in values if name in row}
    row |= {
        "clusters": join_list(clusters),
        "district_ids": join_list(districts),
        "method": boundary["method"],
        "accuracy_m": int(boundary["accuracy_m"]),
        "scope": boundary["scope"],
        "bounds_stated": " · ".join(bounds),
        "area_official_drawn_km2": stated[0] if stated else None,
        "nearest_station": derived.measures[place_id].get("nearest_station_m", (None, ""))[1],
        "label_lon": derived.labels[place_id][0],
        "label_lat": derived.labels[place_id][1],
        "boundary_source_id": boundary["source_id"],
        **derived.unmeasured(place_id),
        "boundary_note_zh": boundary["note_zh"],
        "boundary_note_en": boundary["note_en"],
        "attribution": _attribution(seeds.meta),
        **derived.carried.of(place_id),
    }
    return {name: None if value == "" else value for name, value in row.items()}


def _typed(table: str, row: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of text with JSON numbers and nulls, as GeoJSON properties."""
    convert: dict[str, Callable[[str], Any]] = {"integer": int, "number": float, "boolean": lambda text: text == "true"}
    return {
        column.name: convert.get(column.type, str)(row[column.name]) if row[column.name] != "" else None
        for column in schema_table(table).columns
    }


def _published(layers: Path) -> set[str]:
    """Return the paths that an earlier build wrote into a folder, by its own ``datapackage.json``."""
    try:
        package = json.loads((layers / _PACKAGE).read_text(encoding="utf-8"))
        return {_PACKAGE, *(resource["path"] for resource in package["resources"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _present(layers: Path) -> set[str]:
    return {path.relative_to(layers).as_posix() for path in layers.rglob("*") if path.is_file()}


def _differences(layers: Path, files: Mapping[str, bytes]) -> list[str]:
    present = _present(layers) if layers.is_dir() else set()
    differing = [path for path in files if path not in present or not _holds(layers / path, files[path])]
    return differing + sorted(present - files.keys())


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:  # what cannot be read is to be written again
        return False


def _publish(layers: Path, files: Mapping[str, bytes]) -> None:
    if layers.exists():
        if not layers.is_dir():
            raise told(OutputError, "wrong.build_file", layers=layers)
        strangers = _present(layers) - _published(layers) - files.keys()
        if strangers:
            names = ", ".join(sorted(strangers)[:5])
            raise told(OutputError, "wrong.build_strangers", layers=layers, names=names)
    staging = beside(layers)
    try:
        for path, content in files.items():
            target = staging / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        replace_folder(staging, layers)
    except OSError as error:
        raise unwritable(layers, error) from error
    finally:
        remove(staging)
