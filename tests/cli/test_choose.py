"""``geo choose``: the same order as the library, as text, JSON and CSV; a table of one's own; clear errors."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import geo
from geo.atlas.atlas import Atlas
from geo.cli.main import main

pytestmark = pytest.mark.usefixtures("parsed_once")

ASKED = ["choose", "--where", "stations_1km >= 3", "--weight", "centre_km=-1"]


def test_json_and_csv_are_what_the_library_gives(atlas: Atlas, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    frame = geo.choose(atlas, ["stations_1km >= 3", "centre_km=-1"])
    assert main([*ASKED, "--format", "json"]) == 0
    rows = json.loads(capfdbinary.readouterr().out)
    kept = frame[frame["state"] != "fails"]
    assert [row["place_id"] for row in rows] == list(kept.index)
    assert {"place_id", "rank", "rank_low", "rank_high", "score", "unknown"} <= set(rows[0])
    for row in rows:
        assert (row["rank"] is None) == (row["state"] == "open") == ("stations_1km" in row["unknown"])
    assert main([*ASKED, "--format", "csv"]) == 0
    raw = capfdbinary.readouterr().out
    assert raw.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert [row["place_id"] for row in table] == list(frame.index)
    unknown = [row for row in table if row["state"] == "open"]
    assert unknown
    assert {row["stations_1km"] for row in unknown} == {""}  # never 0


def test_text_says_answer_reasons_and_what_is_not_known(atlas: Atlas, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED, "--language", "en", "--kind", "node", "--kind", "demo_park"]) == 0
    shown = capsys.readouterr().out
    frame = geo.choose(
        atlas, ["stations_1km >= 3", "centre_km=-1"], places=atlas.select(kinds=["node", "demo_park"]), language="en"
    )
    assert shown.splitlines()[0] == " ".join(frame.attrs["answer"])
    fits = frame[frame["state"] == "fits"]
    assert f"Fit ({len(fits)})" in shown
    assert f"Not known whether they fit ({(frame['state'] == 'open').sum()})" in shown
    assert f"  1 {fits['name'].iloc[0]} ({fits.index[0]})" in shown
    assert "unknown: Stations within 1 km" in shown
    assert "does not meet Stations within 1 km ≥ 3 stations" in shown
    assert "computed by this map from the boundary, drawn after" in shown


def test_own_points_are_read_with_their_datum(atlas: Atlas, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spots = atlas.layout.geometry.representative_point()
    table = tmp_path / "own.csv"
    lines = ["lon,lat", *(f"{x:.6f},{y:.6f}" for x, y in zip(spots.x, spots.y, strict=True))]
    table.write_text("\n".join(lines), encoding="utf-8")
    asked = ["choose", "--only", "zhangjiang", "--only", "jinqiao", "--weight", "points_inside=1", "--format", "json"]
    assert main([*asked, "--points", str(table), "--datum", "wgs84"]) == 0
    rows = {row["place_id"]: row["values"]["points_inside"]["value"] for row in json.loads(capsys.readouterr().out)}
    assert rows == {key: float(atlas.layout.geometry[key].covers(spots.round(6)).sum()) for key in rows}
    assert main(asked) == 2
    assert "give their table with --points" in capsys.readouterr().err


def test_mistakes_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["choose"]) == 2
    assert "no criterion is given" in capsys.readouterr().err
    assert main(["choose", "--weight", "centre_km=-1", "--datum", "gcj02"]) == 2
    assert "give it with --points" in capsys.readouterr().err
    assert main(["choose", "--where", "station_1km>=3", "--weight", "centre=-1"]) == 2
    said = capsys.readouterr().err
    assert "did you mean stations_1km" in said
    assert "did you mean centre_km" in said
