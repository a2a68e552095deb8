"""CSV: one table of places that Excel opens, or a folder of all tables."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import shapely

from geo.atlas.atlas import Atlas
from geo.export import export
from geo.export.contents import Contents
from geo.export.csvfile import cell_text, cell_texts, layer_columns, layer_rows, layer_texts


def test_csv(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), tmp_path / "a.csv")
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfplace_id,")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert [row["place_id"] for row in rows] == ["belt_a", "node_a", "park_b"]
    for row in rows:
        ours = tiny.places.loc[row["place_id"]]
        assert row["name_zh"] == ours["name_zh"]
        assert row["area_km2"] == ("" if ours["method"] == "schematic" else str(ours["area_km2"]))
        shape = shapely.from_wkt(row["wkt"])
        assert shape.equals(ours["geometry"])
        assert shape.contains(shapely.Point(float(row["lon"]), float(row["lat"])))
    readme = (tmp_path / "a.csv.README.txt").read_text(encoding="utf-8")
    for part in (
        "2024-06-30",
        "测试",
        "Borders for reference only",
        "ODbL-1.0",
        "node_a: official_bounds, ±100 m",
        "plan",
    ):
        assert part in readme


def test_a_column_has_the_texts_of_its_cells(tiny: Atlas) -> None:
    layer = Contents(tiny.select()).places
    texts = layer_texts(layer)
    assert list(texts) == layer_columns(layer)
    rows = [[cell_text(cell) for cell in row] for row in layer_rows(layer)]
    assert [list(row) for row in zip(*texts.values(), strict=True)] == rows
    assert cell_texts(pd.Series(["=1", None, "=1", "a"], dtype="str")) == ["'=1", "", "'=1", "a"]


def test_csv_folder_holds_every_table(tiny: Atlas, tmp_path: Path) -> None:
    export(tiny.select(), f"{tmp_path}/out/", "csv")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"facts.csv", "sources.csv", "clusters.csv", "measures.csv", "policy.csv", "derived.csv"} <= names
    rows = list(csv.reader((tmp_path / "out" / "facts.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 6
