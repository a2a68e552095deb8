"""Many tables of the published city, in every datum and CRS, under every name of column: right, or asked, never wrong.

`make thorough` makes three times as many (`tests/thorough.py`), ``GEO_DATUM_RUNS=20`` as many tables of each kind; what
was decided is printed (``pytest -s``).
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import product

import numpy as np
import pandas as pd
import pytest
from datum_runs import City, asked, in_frame
from thorough import THOROUGH, sample

import geo
from geo.crs.datums import from_wgs84, gcj02_to_wgs84
from geo.errors import UsageError

RUNS = int(os.environ.get("GEO_DATUM_RUNS", "1"))
DATUMS = ("wgs84", "gcj02", "bd09")
#: Names of columns of districts as portals, map services and offices use them, and none at all.
COLUMNS = ("所在区", "adname", "area", "地区", "区域名称", "dist", "X3")


@pytest.fixture(scope="module")
def city(atlas) -> City:
    return City.of(atlas)


def named(city: City, rows: dict, style: int = 0) -> list[str]:
    """Return districts as tables write them: in full, short, with the city before them, as a code."""
    full = [city.names[one] for one in rows["stated"]]
    if style == 1:
        return [name.removesuffix("区") if len(name) > 2 else name for name in full]
    if style == 2:
        return [f"上海市{name}" for name in full]
    return [city.codes[one] for one in rows["stated"]] if style == 3 else full


def points(city: City, rows: dict, frame: str) -> dict[str, list[str]]:
    x, y = in_frame(frame)(rows["lon"], rows["lat"])
    digits = 6 if frame in DATUMS else 2
    return {"x": [f"{a:.{digits}f}" for a in x], "y": [f"{b:.{digits}f}" for b in y]}


@pytest.mark.parametrize(("size", "n"), enumerate((100, 300, 1000)))
def test_degrees_with_a_column_of_districts(city: City, size: int, n: int) -> None:
    """In a sample every column meets every datum, each time with another number of rows."""
    found: Counter[str] = Counter()
    for run in range(RUNS):
        for at, column in enumerate(COLUMNS):
            for datum in DATUMS if THOROUGH else (DATUMS[(at + size + run) % 3],):
                rows = city.rows(n, seed=1000 * n + 10 * at + run + 100 * DATUMS.index(datum))
                address = [f"上海市{city.town_names[t]}某路{i}号" for i, t in enumerate(rows["town"])]
                table = {"名称": ["某公司"] * n, column: named(city, rows, (at + run) % 4), "地址": address}
                evidence, _ = city.weigh({**table, **points(city, rows, datum)})
                found["right" if evidence.datum == datum else "asked" if asked(evidence) else "wrong"] += 1
    print(f"{n} rows with address and district: {dict(found)}")
    assert found["wrong"] == 0
    assert found["right"] >= 0.95 * found.total()


@pytest.mark.parametrize("n", [100, 300])
def test_degrees_with_nothing_but_a_column_of_districts(city: City, n: int) -> None:
    found: Counter[str] = Counter()
    tables = [(run, at) for run in range(3 * RUNS) for at in range(len(COLUMNS))]
    for run, at in sample(tables, 8 * RUNS, kind=lambda table: COLUMNS[table[1]]):
        column, datum = COLUMNS[at], DATUMS[(run + at) % 3]
        rows = city.rows(n, seed=77 * n + 100 * at + run)
        evidence, _ = city.weigh({column: named(city, rows, run % 4), **points(city, rows, datum)})
        found["right" if evidence.datum == datum else "asked" if asked(evidence) else "wrong"] += 1
    print(f"{n} rows with district: {dict(found)}")
    assert found["wrong"] == 0
    assert found["right"] >= (0.95 if n > 100 else 0.9) * found.total()


FRAMES = (
    *("bd09mc", "EPSG:3857", "EPSG:3857+gcj02", "EPSG:3857+bd09", "EPSG:32651", "EPSG:32651+gcj02"),
    *("EPSG:4549", "EPSG:4549+gcj02", "EPSG:4549+bd09", "EPSG:4547", "EPSG:4548", "EPSG:4550", "EPSG:4528"),
    *("EPSG:2437", "EPSG:2416", "EPSG:2437+gcj02"),
)


@pytest.mark.parametrize(
    ("n", "frame"),
    [*product([300], FRAMES), *product([3000], sample(FRAMES, 4, lambda frame: (frame[:6], "+" in frame)))],
)
def test_metres(city: City, frame: str, n: int) -> None:
    """Where a row is said to be is what counts: within 20 m of where it is, or nothing is said."""
    found: Counter[str] = Counter()
    for run in range(max(RUNS // 2, 2 if THOROUGH else 1)):
        rows = city.rows(n, seed=31 * n + run)
        evidence, crs = city.weigh({"adname": named(city, rows), **points(city, rows, frame)})
        if evidence.datum is None:
            assert asked(evidence)
            found["asked"] += 1
            continue
        x, y = in_frame(frame)(rows["lon"], rows["lat"])
        lon, lat = there(x, y, crs, evidence.datum)
        metres = np.hypot((lon - rows["lon"]) * 0.86, lat - rows["lat"]).max() * 111_320
        found["right" if metres < 20 else "wrong"] += 1
    print(f"{n} rows of {frame} with district: {dict(found)}")
    assert found["wrong"] == 0
    if frame.startswith(("bd09mc", "EPSG:3857")):
        assert found["asked"] <= (0 if n > 300 else 1)


def there(x, y, crs: str, datum: str):
    from geo.crs.datums import to_wgs84
    from geo.tables.projections import to_degrees

    return to_wgs84(*to_degrees(np.asarray(x), np.asarray(y), crs), datum)


def test_metres_without_districts_are_asked(city: City) -> None:
    rows = city.rows(500, seed=3)
    for frame in ("bd09mc", "EPSG:3857", "EPSG:4549", "EPSG:2437"):
        evidence, _ = city.weigh({"名称": ["某"] * 500, **points(city, rows, frame)})
        assert asked(evidence), frame


@pytest.mark.parametrize("truth", DATUMS)
@pytest.mark.parametrize("label", ["wgs84_lon,wgs84_lat", "gd_lon,gd_lat", "百度经度,百度纬度"])
def test_a_label_is_believed_as_far_as_the_rows_agree(city: City, truth: str, label: str) -> None:
    said = {"w": "wgs84", "g": "gcj02", "百": "bd09"}[label[0]]
    for n in sample((20, 50, 100, 300, 1000), 3):
        for run in range(RUNS):
            rows = city.rows(n, seed=5 * n + run)
            lon, lat = points(city, rows, truth).values()
            first, second = label.split(",")
            evidence, _ = city.weigh({first: lon, second: lat, "adname": named(city, rows)})
            assert evidence.datum in (None, truth), (n, run)
            if said == truth and n >= 300:
                assert evidence.datum == truth


MIXED = product([("wgs84", "gcj02"), ("gcj02", "bd09"), ("bd09", "wgs84")], [0.5, 0.7, 0.8])


@pytest.mark.parametrize(("mixed", "share"), sample(MIXED, 4, lambda case: case[0]))
def test_a_mixture_is_not_decided(city: City, mixed: tuple[str, str], share: float) -> None:
    for run in range(RUNS):
        rows = city.rows(3000, seed=run)
        first = np.random.default_rng(run).random(3000) < share
        both = [from_wgs84(rows["lon"], rows["lat"], one) for one in mixed]
        lon, lat = (np.where(first, both[0][i], both[1][i]) for i in (0, 1))
        evidence, _ = city.weigh({"lon": lon, "lat": lat, "区": named(city, rows)})
        assert asked(evidence)


@pytest.mark.parametrize("mixed", [("wgs84", "gcj02"), ("bd09", "gcj02")])
def test_of_a_tenth_in_another_datum_each_row_that_speaks_for_it_is_named(city: City, mixed: tuple[str, str]) -> None:
    """Too few to keep the others from being decided; those that fit the other datum alone say so."""
    n = 3000
    rows = city.rows(n, seed=21, noise=0.01)
    first = np.random.default_rng(2).random(n) < 0.9
    both = [from_wgs84(rows["lon"], rows["lat"], one) for one in mixed]
    lon, lat = (np.where(first, both[0][i], both[1][i]) for i in (0, 1))
    frame = pd.DataFrame({"lon": lon, "lat": lat, "区": named(city, rows)})
    try:
        joined = geo.join(frame, datum="auto", atlas=city.atlas)
    except UsageError:
        return  # the question is put
    assert joined.attrs["report"]["datum"] == mixed[0]
    said = joined["join_note"].fillna("")
    other = {"gcj02": "GCJ-02", "wgs84": "WGS 84"}[mixed[1]]
    there = geo.join(frame, datum=mixed[1], atlas=city.atlas)
    speaks = (there["district"] == frame["区"]) & (joined["district"] != frame["区"])
    assert speaks.sum() >= 5
    assert said[speaks].str.contains(other).all()
    assert said[~speaks].str.contains(other).sum() == 0
    assert joined.attrs["report"]["rows"]["datums"][mixed[1]] == speaks.sum()


@pytest.mark.parametrize("datum", DATUMS)
def test_rows_of_two_decimals_that_land_beside_their_district_say_perhaps(city: City, datum: str) -> None:
    rows = city.rows(300, seed=12, noise=0.0)
    lon, lat = (np.round(part, 2) for part in from_wgs84(rows["lon"], rows["lat"], datum))
    frame = pd.DataFrame({"lon": lon, "lat": lat, "名称": ["某"] * 300})
    joined = geo.join(frame, datum=datum, atlas=city.atlas)
    true = [city.names[one] for one in rows["true"]]
    wrong = joined["district"].fillna("") != true
    assert 0 < wrong.sum() < 30
    notes = joined["join_note"].fillna("")
    assert all(
        name in note and "也可能在" in note for name, note in zip(np.array(true)[wrong], notes[wrong], strict=True)
    )
    assert joined["accuracy_m"].between(720, 745).all()
    assert joined.attrs["report"]["rows"]["coarse"] == 300


def test_points_converted_once_too_often_are_not_decided(city: City) -> None:
    for n in (300, 2000):
        for run in range(2 * RUNS):
            rows = city.rows(n, seed=run)
            lon, lat = gcj02_to_wgs84(rows["lon"], rows["lat"])
            evidence, _ = city.weigh({"lon": lon, "lat": lat, "区": named(city, rows)})
            assert asked(evidence)


def test_an_old_address_does_not_spoil_what_the_column_of_districts_says(city: City) -> None:
    """Every fifth row has the township it was in before, of the same district: it no longer lies there."""
    for datum in DATUMS:
        rows = city.rows(2000, seed=9, noise=0.01)
        rng = np.random.default_rng(1)
        town = rows["town"].copy()
        for row in np.flatnonzero(rng.random(2000) < 0.2):
            town[row] = rng.choice(np.flatnonzero(city.districts == rows["true"][row]))
        address = [f"上海市{city.names[d]}{city.town_names[t]}某路" for d, t in zip(rows["true"], town, strict=True)]
        evidence, _ = city.weigh({"地址": address, "dist": named(city, rows), **points(city, rows, datum)})
        assert evidence.datum == datum
        assert evidence.shares[evidence.best] > 0.97  # judged by the district, not by the township of before


def test_two_pairs_that_contradict_each_other_are_a_question(city: City) -> None:
    rows = city.rows(200, seed=4)
    lon, lat = points(city, rows, "gcj02").values()
    table = {"gd_lon": lon, "gd_lat": lat, "bd_lon": lon, "bd_lat": lat, "区": named(city, rows)}
    with pytest.raises(UsageError, match="one of them is wrong"):
        city.weigh(table)


def test_metres_of_a_known_datum_need_no_rows_to_tell_the_crs(city: City) -> None:
    from geo.tables import open_table

    rows = city.rows(30, seed=8)
    lines = [",".join(cells) for cells in zip(*points(city, rows, "EPSG:4549").values(), strict=True)]
    import io

    from geo.analysis.user_data.user_table import datum_evidence

    known = {"bbox": tuple(city.atlas.meta["bbox"]), "metric_crs": city.atlas.meta["metric_crs"]}
    with open_table(io.BytesIO("\n".join(["x,y", *lines]).encode()), name="a.csv", **known) as table:
        evidence = datum_evidence(table, city.atlas, "wgs84")
        assert (evidence.datum, evidence.reason, table.require_points().crs) == ("wgs84", "given", "EPSG:4549")
