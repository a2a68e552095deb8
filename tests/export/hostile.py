"""A view of hostile texts and numbers of every digit, and what a reader of its export must find."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geo.atlas.atlas import Atlas, View
from geo.contract.schema import table
from geo.contract.typed import python_value
from geo.export.safe_text import safe_text

NASTY = [
    "徐汇滨江—漕河泾—闵行紫竹",
    "\"double\" and 'single' `back`",
    "line one\nline two\r\nthree\rfour\ttab",
    "emoji 😀👨‍👩‍👧 𠮷",
    "长" * 10_000,
    "long " * 2_000,
    "<img src=x onerror=alert(1)></script><![CDATA[]]>&amp;",
    "{{ 7*7 }} {% raw %} ${x} %s %(y)s {0}",
    "=cmd|' /C calc'!A0",
    "+1-1",
    "-x",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=already quoted",
    "-5.25",
    "../../etc/passwd",
    "'; DROP TABLE places; --",
    "\\P{\\fArial;x}^I\\U+4E2D",
    "null\x00inside",
    "bell\x07 escape\x1b",
    "‮right to left‬ \u200b zero width",
    " outer spaces ",
    "NULL",
    "中" * 84 + "ab",
    "\ufeffbom",
]

#: Columns that hold what the format must keep, and one of them a number of many digits.
TEXTS = ("name_zh", "name_en", "note_zh")
NUMBERS = ("area_km2", "area_official_km2", "area_ratio", "perimeter_km", "centre_km", "nearest_station_m")

texts = st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40)
numbers = st.none() | st.floats(min_value=0, max_value=1e6, allow_nan=False, width=64)
examples = given(st.lists(st.tuples(texts, numbers), min_size=20, max_size=20))
few = settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def hostile(atlas: Atlas, drawn: Iterable[tuple[str, float | None]]) -> View:
    """Return a view of many places with hostile text, numbers of 17 digits, and places with every measure null."""
    rows = [(text, 0.1 + 0.2) for text in NASTY] + [("全空", None)] + list(drawn)
    base = atlas.layout.drop(columns="geometry")
    template = base.iloc[0].to_dict()
    records = []
    for number, (text, value) in enumerate(rows):
        record = {**template, **dict.fromkeys(TEXTS, text), "place_id": f"p{number:03}"}
        record |= {name: value for name in NUMBERS if name != "nearest_station_m"}
        record["nearest_station_m"] = None if value is None else int(value)
        records.append(record | {"kind": atlas.layout["kind"].iloc[number % 3]})
    frame = pd.DataFrame(records).astype(base.dtypes.to_dict())
    boxes = [
        shapely.box(10 + n * 1e-3 + 1e-7, 50.0123456, 10 + (n + 0.9) * 1e-3, 50.1).normalize() for n in range(len(rows))
    ]
    hole = [[(10.0002, 50.05), (10.0002, 50.06), (10.0004, 50.06), (10.0004, 50.05)]]
    boxes[0] = shapely.MultiPolygon([shapely.Polygon(boxes[0].exterior, hole), shapely.box(10.3, 50.0, 10.31, 50.01)])
    places = gpd.GeoDataFrame(frame, geometry=boxes, crs=4326).set_index("place_id")
    return View(Atlas.load(atlas.folder), atlas.select().selection, places, atlas.institutions)


def expected(view: View, clean: Any = safe_text) -> dict[str, dict[str, Any]]:
    """Return what a reader must find, by place_id."""
    names = table("place_layer").names()
    found = {}
    for row in view.places.reset_index()[list(names)].to_dict("records"):
        cells = {name: python_value(value) for name, value in row.items()}
        cells |= {name: ";".join(cells[name]) or None for name in ("clusters", "district_ids")}
        found[row["place_id"]] = {n: clean(v) if isinstance(v, str) else v for n, v in cells.items()}
    return found
