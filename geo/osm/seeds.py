"""Write a derived basemap as seeds that `geo build` accepts; rows and files that exist already are kept."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.files import beside, put_files, remove, sweep, unwritable
from geo.base.geojson import feature_collection
from geo.base.told import both, told
from geo.contract.schema import ADDRESS_TABLES, BASEMAP_TABLES, Table, tables
from geo.contract.typed import csv_bytes
from geo.errors import DataError, UsageError
from geo.osm.basemap import Basemap, BasemapLayer, DistrictSource
from geo.osm.derive import LAYERS
from geo.osm.resketch import atlas_without, sketch_there, tables_without, taking_over
from geo.seeds.read import SEED_TABLES, Row, expected_columns

__all__ = ["file_names", "seed_files", "write_seeds"]

#: Role → (drawing order, names, default colour) of its row in basemap.csv; only defaults, which a planner may edit.
_LOOKS = {
    "district": ("20", "区", "Districts", "#6B7280"),
    "water": ("30", "水面", "Water", "#A8CBE6"),
    "coast": ("40", "海岸线", "Coastline", "#5B8DB8"),
    "road": ("50", "主要道路", "Main roads", "#C08A3E"),
    "rail": ("60", "轨道交通线", "Metro lines", "#7A7A7A"),
    "station": ("70", "轨道交通站", "Metro stations", "#333333"),
}
_SOURCE = "osm"
#: Id of the source of districts that come from a separate file.
_DISTRICTS = "districts"
#: Table → the columns that describe the source of a row's geometry.
_OF_SOURCE = {"basemap": ("accuracy_m", "source_id", "note_zh", "note_en"), "places": ("source_id",)}
_UNKNOWN = "unknown"
_SCOPE = "whole"
#: OpenStreetMap states no accuracy; well-mapped areas, digitised from imagery and GPS, are within some ten metres.
_OSM_ACCURACY_M = 30
_CHOOSE = """Geometry (*.geojson) and tables (*.csv): choose a licence and write it here and in atlas.toml.
几何数据（*.geojson）和属性表（*.csv）：请选定许可，写在这里和 atlas.toml。
"""
_LICENCE = """Geometry (*.geojson): Open Database License 1.0 (ODbL-1.0), © OpenStreetMap contributors,
https://www.openstreetmap.org/copyright. Tables (*.csv): choose a licence and write it here and in atlas.toml.

几何数据（*.geojson）：ODbL 1.0，© OpenStreetMap 贡献者。属性表（*.csv）：请选定许可，写在这里和 atlas.toml。
"""


def file_names() -> tuple[str, ...]:
    """Return the paths below the seeds folder that `write_seeds` may write."""
    geometry = (*(f"basemap/{layer}" for layer in LAYERS), *(f"addresses/{layer}" for layer in ADDRESS_TABLES))
    return (
        *(f"{name}.csv" for name in SEED_TABLES),
        *(f"{name}.geojson" for name in geometry),
        "atlas.toml",
        "LICENSE",
    )


def write_seeds(basemap: Basemap, folder: str | Path, *, day: date, replace: bool = False) -> list[str]:
    """Write the seeds of a city: basemap files and rows, places of city and districts, and empty tables to fill.

    Parameters
    ----------
    basemap : Basemap
        As `geo.osm.derive.derive` returns it.
    folder : str or Path
        The seeds folder; created if missing. Existing rows and files are kept; only missing ones are added.
    day : date
        Date of the extract.
    replace : bool
        Replace existing basemap files. Their rows are kept; if the source of the files changes, the columns that
        describe the source are updated, and `basemap.notes` lists what else to check.

    Returns
    -------
    list of str
        Paths of the files written, relative to `folder`.

    Raises
    ------
    UsageError
        If a basemap file exists and `replace` is False.
    OutputError
        If the folder cannot be written; nothing in it has changed then.
    """
    folder = Path(folder)
    drawn = [f"basemap/{layer.layer_id}" for layer in basemap.layers] + [
        f"addresses/{name}" for name in basemap.addresses
    ]
    present = [name for name in drawn if (folder / f"{name}.geojson").exists()]
    if present and not replace:
        raise told(UsageError, "wrong.seeds_taken", folder=folder, names=", ".join(sorted(present)))
    files = seed_files(basemap, folder, day)
    sweep(folder)
    staging = beside(folder)
    try:
        for name, content in files.items():
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).write_bytes(content)
        if folder.exists():
            # A new folder is moved into place as a whole. The kinds come last: a city whose kind exists is taken to be
            # complete, so a run that was interrupted can be repeated.
            tops = {name: name.split("/")[0] for name in files}
            names = {name if (folder / top).is_dir() else top for name, top in tops.items()}
            order = sorted(names, key=lambda name: (name == "kinds.csv", name))
            fresh = [folder / name for name in order if not (folder / name).exists()]
            put_files([(staging / name, folder / name) for name in order], fresh=fresh)
        else:
            staging.rename(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        remove(staging)
    return list(files)


def seed_files(basemap: Basemap, folder: Path, day: date) -> dict[str, bytes]:
    """Return the files to write: path below `folder` → content; tables merged, basemap files, missing files."""
    existing = there = {name: _existing(folder, name) for name in SEED_TABLES}
    was = sketch_there(folder, existing)
    if was is not None:
        basemap = taking_over(basemap, was)
        existing = tables_without(existing, _rows(was, {}, day), _rows(basemap, {}, day))
    kinds = {row["role"]: row["kind"] for row in reversed(existing["kinds"] or [])}
    new = _rows(basemap, kinds, day)
    if "city" in kinds and not any(row["place_id"] == "city" for row in there["places"] or []):
        del new["places"][0]  # a city that has a kind already has its place too
    files: dict[str, bytes] = {}
    moved = False
    for name in SEED_TABLES:
        rows, key = existing[name], tables()[name].key
        ours = {tuple(row[column] for column in key): row for row in new.get(name, [])}
        theirs = {tuple(row[column] for column in key): row for row in rows or []}
        kept = {at: _followed(name, row, ours.get(at, row)) for at, row in theirs.items()}
        moved = moved or kept != theirs
        if rows is None or kept != theirs or ours.keys() - theirs.keys() or rows != there[name]:
            merged = ours | kept
            files[f"{name}.csv"] = csv_bytes(tables()[name].names("seeds"), [merged[at] for at in sorted(merged)])
    for layer in basemap.layers:
        table = tables()[BASEMAP_TABLES[layer.role]]
        files[f"basemap/{layer.layer_id}.geojson"] = _geojson(layer.layer_id, table, layer.features)
    for name, features in basemap.addresses.items():
        sourced = [(properties | {"source_id": _SOURCE}, geometry) for properties, geometry in features]
        files[f"addresses/{name}.geojson"] = _geojson(name, tables()[ADDRESS_TABLES[name]], sourced)
    settings, licence = folder / "atlas.toml", folder / "LICENSE"
    if was is not None:
        text = settings.read_text(encoding="utf-8")
        files["atlas.toml"] = atlas_without(text, _atlas_toml(was, day), _atlas_toml(basemap, day)).encode()
    elif not settings.exists():
        files["atlas.toml"] = _atlas_toml(basemap, day).encode()
    if not licence.exists() or (was is not None and licence.read_text(encoding="utf-8") == _CHOOSE):
        files["LICENSE"] = _licence(basemap.given).encode()
    if moved:
        basemap.notes.append(both("basemap.note.districts_source"))
    for row in existing["sources"] or []:
        if basemap.given is not None and row["source_id"] == _DISTRICTS and row["title"] != basemap.given.title:
            titles = {"given": row["title"], "title": basemap.given.title}
            basemap.notes.append(both("basemap.note.districts_title", **titles))
    return files


def _followed(name: str, row: Row, new: Row) -> Row:
    """Return an existing row; its source columns are replaced if they still name the other of our two sources."""
    if name not in _OF_SOURCE or {row["source_id"], new["source_id"]} != {_SOURCE, _DISTRICTS}:
        return row
    return row | {column: new[column] for column in _OF_SOURCE[name]}


def _existing(folder: Path, name: str) -> list[Row] | None:
    """Return the rows of an existing table, None if there is no such file."""
    path = folder / f"{name}.csv"
    if not path.exists():
        return None
    columns = tables()[name].names("seeds")
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header, rows = tuple(reader.fieldnames or ()), list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise told(DataError, "wrong.seeds_unread", path=path, why=error) from error
    if header != expected_columns(tables()[name], header) or any(None in row or None in row.values() for row in rows):
        raise told(DataError, "wrong.seeds_columns", path=path, columns=",".join(columns))
    return [dict.fromkeys(columns, "") | row for row in rows]


def _rows(basemap: Basemap, kinds: Mapping[str, str], day: date) -> dict[str, list[Row]]:
    """Return the rows that a basemap adds to each table."""
    given = basemap.given
    by_zh = "OSM 行政界线" if given is None else given.borders_zh
    by_en = "borders of OpenStreetMap" if given is None else given.borders_en
    rows: dict[str, list[Row]] = {
        "sources": [
            _row(
                "sources",
                source_id=_SOURCE,
                title="OpenStreetMap",
                title_en="OpenStreetMap",
                publisher="OpenStreetMap contributors",
                published=day.isoformat(),
                kind="dataset",
                grade="B",
                licence="ODbL-1.0",
                url="https://www.openstreetmap.org/copyright",
            )
        ],
        "scopes": [_row("scopes", scope_id=_SCOPE, name_zh="整体", name_en="Whole")],
        "kinds": [
            _row(
                "kinds",
                kind=role,
                role=role,
                sort_order=order,
                name_zh=zh,
                name_en=en,
                colour=colour,
                definition_zh=f"{zh}（{by_zh}，仅供参考）",
                definition_en=f"{en} ({by_en}, for reference only)",
            )
            for role, order, zh, en, colour in (
                ("city", "1", "市", "City", "#5F6670"),
                ("district", "2", "区", "District", "#8A93A0"),
            )
            if role not in kinds
        ],
    }
    if given is not None:
        rows["sources"].append(_districts_source(given))
        if given.schematic:
            del rows["sources"][0]  # nothing comes from OpenStreetMap yet
    source = _SOURCE if given is None else _DISTRICTS
    rows["places"] = [_place("city", kinds.get("city", "city"), source, *_city_names(basemap))] + [
        _place(
            properties["place_id"],
            kinds.get("district", "district"),
            source,
            properties["name_zh"],
            properties["name_en"] or properties["name_zh"],
        )
        for properties, _ in basemap.features("district")
    ]
    rows["basemap"] = [_basemap_row(basemap, layer) for layer in basemap.layers]
    return rows


def _row(table: str, **cells: str) -> Row:
    return dict.fromkeys(tables()[table].names("seeds"), "") | cells


def _city_names(basemap: Basemap) -> tuple[str, str]:
    zh = basemap.city_zh or "未命名城市"
    return zh, basemap.city_en or basemap.city_zh or "Unnamed city"


def _districts_source(given: DistrictSource) -> Row:
    return _row(
        "sources",
        source_id=_DISTRICTS,
        title=given.title,
        title_en=given.title_en,
        publisher=given.publisher or _UNKNOWN,
        published=_UNKNOWN,
        kind="dataset",
        grade="C",
        licence=given.licence or _UNKNOWN,
        note_zh=given.note_zh,
        note_en=given.note_en,
    )


def _place(place_id: str, kind: str, source: str, name_zh: str, name_en: str) -> Row:
    return _row(
        "places",
        place_id=place_id,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        short_zh=name_zh,
        short_en=name_en,
        status="context",
        source_id=source,
    )


def _basemap_row(basemap: Basemap, layer: BasemapLayer) -> Row:
    order, zh, en, colour = _LOOKS[layer.role]
    accuracy_m = round(_OSM_ACCURACY_M + basemap.tolerance_m)
    if layer.role == "station":
        accuracy_m = max(int(properties["accuracy_m"]) for properties, _ in layer.features)
    source, note_zh, note_en = _SOURCE, "由 OSM 派生", "Derived from OSM"
    if layer.role == "district" and basemap.given is not None:
        accuracy_m, source = round(basemap.given.accuracy_m + basemap.tolerance_m), _DISTRICTS
        note_zh, note_en = basemap.given.drawn_zh, basemap.given.drawn_en
    if basemap.tolerance_m:
        note_zh += f"，概括 {basemap.tolerance_m:g} 米"
        note_en += f", generalised to {basemap.tolerance_m:g} m"
    return _row(
        "basemap",
        layer_id=layer.layer_id,
        role=layer.role,
        sort_order=order,
        name_zh=zh,
        name_en=en,
        colour=colour,
        accuracy_m=str(accuracy_m),
        source_id=source,
        note_zh=note_zh,
        note_en=note_en,
    )


def _geojson(name: str, table: Table, features: list[tuple[dict[str, str], BaseGeometry]]) -> bytes:
    columns = table.names("seeds")
    rows = [
        (next(iter(properties.values())), {column: properties[column] or None for column in columns}, geometry)
        for properties, geometry in features
    ]
    return feature_collection(rows, {"name": name})


def _licence(given: DistrictSource | None) -> str:
    if given is None:
        return _LICENCE
    if given.schematic:
        return _CHOOSE
    licence = given.licence or _UNKNOWN
    return f"basemap/districts.geojson: {given.title}, {given.publisher or _UNKNOWN}, {licence}\n\n{_LICENCE}"


def _atlas_toml(basemap: Basemap, day: date) -> str:
    zh, en = _city_names(basemap)
    given = basemap.given
    credit = "" if given is None else f"{given.publisher or given.title} ({given.licence or _UNKNOWN}); "
    values = {
        "atlas_id": "atlas",
        "title_zh": f"{zh}产业布局图",
        "title_en": f"Map of industry in {en}",
        "languages": ["zh", "en"],
        **({"country": basemap.country} if basemap.country else {}),
        "city_place_id": "city",
        "bbox": list(basemap.bbox),
        "metric_crs": basemap.metric_crs,
        "context_scope": _SCOPE,
        "default_edition": "",
        "data_date": day.isoformat(),
        "version": "1",
        "border_notice_zh": "行政界线仅供参考",
        "border_notice_en": "Administrative borders for reference only",
        "approval_number": "",
        "attribution_zh": f"{credit}© OpenStreetMap 贡献者（ODbL 1.0）",
        "attribution_en": f"{credit}© OpenStreetMap contributors (ODbL 1.0)",
        "geometry_licence": "ODbL-1.0" if given is None else _UNKNOWN,
        "tables_licence": "unknown",
    }
    if given is not None and given.schematic:
        values |= {"context_method": "schematic"}
        values |= {"attribution_zh": f"{zh}：示意", "attribution_en": f"{en}: schematic"}
    point: dict[str, object] = {"name_zh": "市中心", "name_en": "Centre"}
    if basemap.centre is None:
        point = {
            "name_zh": "区界内一点（请改为市中心）",
            "name_en": "A point within the districts (replace by the centre)",
        }
    lon, lat = basemap.centre or _inner_point(basemap)
    point |= {"lon": round(lon, 4), "lat": round(lat, 4)}
    # JSON strings, numbers and lists are valid TOML.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    lines += ["", "[reference_point]", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in point.items())]
    return "\n".join(["# Edit every line; what each means: docs/another-city.md", *lines, ""])


def _inner_point(basemap: Basemap) -> tuple[float, float]:
    point = shapely.union_all([polygon for _, polygon in basemap.features("district")]).representative_point()
    return point.x, point.y
