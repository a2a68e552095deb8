"""A tiny second city as seeds: two square districts, a belt with a node, a site; no metro, no river."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geo.contract.schema import table
from geo.seeds.read import SEED_TABLES

META = """
atlas_id = "tiny"
title_zh = "小城"
title_en = "Tiny city"
languages = ["zh", "en"]
city_place_id = "tiny"
bbox = [9.9, 49.9, 10.5, 50.3]
metric_crs = "EPSG:32632"
context_scope = "whole"
default_edition = "2020-01"
data_date = "2024-06-30"
version = "1"
border_notice_zh = "边界仅供参考"
border_notice_en = "Borders for reference only"
attribution_zh = "测试"
attribution_en = "Test"
geometry_licence = "ODbL-1.0"
tables_licence = "CC-BY-4.0"

[reference_point]
name_zh = "中心"
name_en = "Centre"
lon = 10.1
lat = 50.1
"""

ROWS: dict[str, list[dict[str, str]]] = {
    "sources": [
        {
            "source_id": source_id,
            "title": f"Document {source_id}",
            "publisher": "Tiny council",
            "published": "2024-01-15",
            "kind": "plan",
            "grade": grade,
            "licence": "facts-only",
        }
        for source_id, grade in (("blog", "C"), ("plan", "A"), ("press", "B"))
    ],
    "editions": [
        {"edition_id": "2020-01", "month": "2020-01", "kind": "layout", "title_zh": "规划", "title_en": "Plan"},
        {"edition_id": "2022-05", "month": "2022-05", "kind": "layout", "title_zh": "修订", "title_en": "Revision"},
    ],
    "edition_places": [{"edition_id": "2020-01", "place_id": "belt_a", "source_id": "plan"}],
    "kinds": [
        {
            "kind": kind,
            "role": role,
            "sort_order": str(order),
            "name_zh": kind,
            "name_en": kind,
            "colour": f"#12345{order}",
        }
        for order, (kind, role) in enumerate(
            [("belt", "corridor"), ("city", "city"), ("district", "district"), ("node", "node"), ("park", "site")]
        )
    ],
    "places": [
        {"place_id": "belt_a", "kind": "belt", "name_zh": "甲带", "name_en": "Belt A", "district_ids": "east;west"},
        {"place_id": "east", "kind": "district", "name_zh": "东区", "name_en": "East"},
        {"place_id": "node_a", "kind": "node", "parent_id": "belt_a", "name_zh": "甲点", "name_en": "Node A"},
        {"place_id": "park_b", "kind": "park", "name_zh": "乙园", "name_en": "Park B", "aliases": "老乙;Old B"},
        {"place_id": "tiny", "kind": "city", "name_zh": "小城", "name_en": "Tiny city"},
        {"place_id": "west", "kind": "district", "name_zh": "西区", "name_en": "West"},
    ],
    "clusters": [
        {"cluster_id": "chips", "sort_order": "1", "name_zh": "芯片", "name_en": "Chips", "colour": "#AA0000"},
        {"cluster_id": "robots", "sort_order": "2", "name_zh": "机器人", "name_en": "Robots", "colour": "#00AA00"},
    ],
    "place_clusters": [
        {"place_id": "belt_a", "cluster_id": "chips"},
        {"place_id": "node_a", "cluster_id": "chips"},
        {"place_id": "node_a", "cluster_id": "robots"},
        {"place_id": "park_b", "cluster_id": "robots"},
    ],
    "units": [
        {"unit_id": unit_id, "symbol_zh": symbol, "symbol_en": symbol}
        for unit_id, symbol in (("count", "个"), ("km", "km"), ("km2", "km²"), ("per_km2", "/km²"), ("ratio", "×"))
    ],
    "measures": [
        {
            "measure_id": measure_id,
            "topic": topic,
            "sort_order": "1",
            "label_zh": measure_id,
            "label_en": measure_id,
            "unit": unit,
            "origin": origin,
            "additive": "false",
            "numerator": "firms" if measure_id == "firms_per_km2" else "",
            "denominator": "area_official_km2" if measure_id == "firms_per_km2" else "",
        }
        for measure_id, topic, unit, origin in (
            ("area_km2", "area", "km2", "derived"),
            ("area_official_km2", "area", "km2", "reported"),
            ("area_ratio", "area", "ratio", "derived"),
            ("firms", "firms", "count", "reported"),
            ("firms_per_km2", "firms", "per_km2", "derived"),
            ("perimeter_km", "area", "km", "derived"),
        )
    ],
    "scopes": [
        {"scope_id": "core", "name_zh": "核心", "name_en": "Core"},
        {"scope_id": "whole", "name_zh": "全部", "name_en": "Whole"},
    ],
    "facts": [
        {
            **{"place_id": place, "measure_id": measure, "as_of": as_of, "source_id": source, "value": value},
            "scope": scope,
        }
        for place, measure, as_of, source, value, scope in (
            ("node_a", "area_official_km2", "2020", "plan", "7.97", "whole"),
            ("node_a", "area_official_km2", "2021", "press", "12.5", "core"),
            ("node_a", "firms", "2019", "plan", "100", "whole"),
            ("node_a", "firms", "2021", "plan", "140", "whole"),
            ("node_a", "firms", "2023", "blog", "900", "whole"),
        )
    ],
    "policy": [
        {
            **{"policy_id": "target_1", "plan_id": "plan_2020", "part": "1", "kind": "target"},
            **{"text_zh": "目标", "text_en": "Target"},
        },
    ],
    "plans": [
        {"plan_id": "plan_2020", "sort_order": "1", "name_zh": "规划", "name_en": "Plan", "issued": "2020-01"},
    ],
    "policy_places": [{"policy_id": "target_1", "place_id": "belt_a"}],
    "policy_outcomes": [
        {
            **{"policy_id": "target_1", "as_of": "2021", "source_id": "plan", "text_zh": "结果", "text_en": "Outcome"},
            **{"status": "met", "why_zh": "园区已建成", "why_en": "The park was built", "decides": "true"},
        }
    ],
    "searched": [
        {"place_id": "tiny", "topic": "firms", "searched_on": "2024-06-01", "where_zh": "网页", "where_en": "Web pages"}
        | {"asked_zh": "全市的企业数", "asked_en": "Firms of the whole city"}
    ],
    "institutions": [
        {
            "institution_id": "lab_x",
            "name_zh": "某实验室",
            "name_en": "Lab X",
            "kind": "lab",
            "status": "operating",
            "lon": "10.12",
            "lat": "50.1",
            "accuracy_m": "200",
            "placed_by": "crossing",
            "place_id": "node_a",
        },
        {
            "institution_id": "lab_y",
            "name_zh": "未定位",
            "name_en": "Lab Y",
            "kind": "lab",
            "status": "unknown",
            "placed_by": "none",
        },
    ],
    "institution_clusters": [],
    "filed_services": [
        {"filing_no": "Tiny-1", "name": "问答", "filer": "某实验室", "list": "filed", "filed_on": "2024-02-01"}
    ],
    "former_names": [],
    "releases": [],
    "basemap": [
        {
            "layer_id": "quarters",
            "role": "district",
            "sort_order": "1",
            "name_zh": "区",
            "name_en": "Districts",
            "colour": "#CCCCCC",
            "accuracy_m": "20",
        }
    ],
}

_DEFAULTS = {
    "short_zh": "简",
    "short_en": "S",
    "definition_zh": "定义",
    "definition_en": "Definition",
    "qualifier": "exact",
    "source_id": "plan",
    "as_of": "2023",
}
#: Tests change these numbers as they like: no words bind them.
_WITHOUT_WORDS = {"quote_note_zh": "虚构", "quote_note_en": "Fictional"}
_LAYOUT = {"since_edition": "2020-01", "status": "planned"}


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(*features: tuple[dict[str, Any], dict[str, Any]]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": p, "geometry": g} for p, g in features],
        },
        ensure_ascii=False,
    )


def boundary(place_id: str, **changes: Any) -> dict[str, Any]:
    properties: dict[str, Any] = dict.fromkeys(table("boundaries").names())
    properties |= {
        "place_id": place_id,
        "method": "schematic",
        "recipe": "polygon",
        "accuracy_m": 100,
        "source_id": "plan",
        "scope": "whole",
    }
    return properties | changes


def write(folder: Path) -> Path:
    """Write the tiny city's seeds into a folder and return it."""
    (folder / "boundaries").mkdir(parents=True)
    (folder / "basemap").mkdir()
    (folder / "atlas.toml").write_text(META, encoding="utf-8")
    for name in SEED_TABLES:
        columns = table(name).names("seeds")
        rows = [row | _place_defaults(row) if name == "places" else row for row in ROWS[name]]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            for row in rows:
                writer.writerow({c: row.get(c, _default(name, c)) for c in columns})
    (folder / "basemap" / "quarters.geojson").write_text(
        collection(
            ({"place_id": "east", "name_zh": "东区"}, square(10.2, 50.0, 10.4, 50.2)),
            ({"place_id": "west", "name_zh": "西区"}, square(10.0, 50.0, 10.2, 50.2)),
        ),
        encoding="utf-8",
    )
    geometries = {
        "belt_a": (
            boundary("belt_a", recipe="corridor", width_m=6000, accuracy_m=500),
            {"type": "LineString", "coordinates": [[10.06, 50.1], [10.34, 50.1]]},
        ),
        "node_a": (
            boundary("node_a", method="official_bounds", bound_north="North Road"),
            square(10.1, 50.09, 10.15, 50.11),
        ),
        "park_b": (boundary("park_b", recipe="disc", area_km2=1.0), {"type": "Point", "coordinates": [10.3, 50.15]}),
    }
    for place_id, feature in geometries.items():
        (folder / "boundaries" / f"{place_id}.geojson").write_text(collection(feature), encoding="utf-8")
    return folder


def add(seeds: Path, name: str, rows: Iterable[dict[str, str]]) -> None:
    """Add rows to a table of written seeds, or change those with their key; the rest of a row as in `write`."""
    path, key = seeds / f"{name}.csv", table(name).key
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, given = list(reader.fieldnames or []), list(reader)
    by_key = {tuple(row[column] for column in key): row for row in given}
    for row in rows:
        made = {c: _default(name, c) for c in columns}
        of_key = tuple((made | row)[column] for column in key)
        by_key[of_key] = by_key.get(of_key, made) | row
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(by_key[of_key] for of_key in sorted(by_key))


def _default(name: str, column: str) -> str:
    if column in _WITHOUT_WORDS:
        return _WITHOUT_WORDS[column]
    return _DEFAULTS.get(column, "") if table(name).column(column).required else ""


def _place_defaults(row: dict[str, str]) -> dict[str, str]:
    return {"status": "context"} if row["kind"] in ("city", "district") else _LAYOUT
