"""Damaged and random input for every reader, the URL, the search and the datums: only our own errors, in bounded time.

Five seconds in all by default, an hour with `make fuzz`; see `fuzzing`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import numpy as np
import pyarrow as pa
import pytest
from fuzzing import (
    SECONDS,
    Edit,
    case,
    damaged,
    edits,
    json_damaged,
    odd,
    packed,
    reproducible,
    run,
    sound_extract,
    sound_seeds,
    sound_tables,
    structure_damaged,
    unpacked,
)
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from geo import crs
from geo.analysis.search import Index
from geo.assign.join import Joiner
from geo.atlas.altered import check_whole
from geo.atlas.atlas import Atlas
from geo.atlas.selection import FILTERS, Selection
from geo.build import build
from geo.contract.datapackage import digest_of
from geo.errors import GeoError, UsageError
from geo.osm.derive import derive
from geo.tables import Limits, open_table
from geo.tables.values import parse_numbers
from geo.web.parts.text import escape_markdown
from geo.web.server.search_route import found

LIMITS = Limits(unpacked_bytes=20 << 20, cells=200_000, vertices=10_000, zip_entries=50, row_bytes=1 << 20)
BOX = (9.9, 49.9, 10.5, 50.3)


# --- tables ---------------------------------------------------------------------------------------------------------


def told(error: GeoError) -> None:
    assert str(error).strip()


def read_table(path: Path, name: str) -> None:
    """Read all that there is to read; only our errors may leave."""
    try:
        with open_table(path, name=name, limits=LIMITS, bbox=BOX, metric_crs="EPSG:32632") as table:
            rows = 0
            for batch in table.batches():
                rows += batch.num_rows
                if table.coordinates is not None:
                    points = table.points(batch)
                    assert len(points.lon) == batch.num_rows
                    assert (np.isnan(points.lon) == points.set_aside).all()
                    points.notes("zh")
            assert table.report.rows == rows
            table.report.to_dict()
            table.report.lines("zh")
    except GeoError as error:
        told(error)


def table_files(name: str, changes: list[Edit], inside: int) -> None:
    raw = sound_tables()[name]
    if inside % 2 and name.endswith((".xlsx", ".zip")):
        # Damage that the sums of the zip do not give away.
        entries = unpacked(raw)
        chosen = sorted(entries)[inside % len(entries)]
        raw = packed({**entries, chosen: damaged(entries[chosen], changes)})
    elif inside % 2 and name in ("a.geojson", "utf8.csv"):
        raw = structure_damaged(name, raw, [(place, inside * len(content)) for place, _, content in changes])
    else:
        raw = damaged(raw, changes)
    with reproducible(raw, case("tables") / name) as path:
        read_table(path, name)


def table_bytes(head: bytes, tail: bytes, name: str) -> None:
    with reproducible(head + tail, case("bytes") / name) as path:
        read_table(path, name)


HEADS = [
    b"",
    b"PAR1",
    b"PK\x03\x04",
    b"SQLite format 3\0",
    b'{"type":',
    b"[",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"sep=;\n",
    b"a,b\n",
]

ENDINGS = ["a.csv", "a", "a.geojson", "a.xlsx"]


def numbers(cells: list[str | None], decimal: str) -> None:
    values, codes = parse_numbers(pa.array(cells, pa.string()), decimal)
    assert (np.isnan(values) == (codes >= 32)).all()


# --- seeds and extracts ---------------------------------------------------------------------------------------------


def is_odd(changes: list[Any]) -> bool:
    return len(changes[0]) == 2


def seed_files(name: str, changes: list[Edit] | list[tuple[int, int]]) -> None:
    seeds = case("seeds") / "seeds"
    shutil.rmtree(seeds, ignore_errors=True)
    for path, raw in sound_seeds().items():
        (seeds / path).parent.mkdir(parents=True, exist_ok=True)
        (seeds / path).write_bytes(raw)
    layers = case("seeds") / "layers"
    raw = sound_seeds()[name]
    with reproducible(
        structure_damaged(name, raw, changes) if is_odd(changes) else damaged(raw, changes), seeds / name
    ):
        try:
            build(seeds, layers)
        except GeoError as error:
            told(error)
            return
        Atlas.load(layers).select()


def here(module: str, job: dict[str, Any], folder: Path, *_: Any, **__: Any) -> dict[str, Any]:
    """Do in this process, faster, what is done in a child."""
    return dict(import_module(module).work(job, folder))


def extracts(changes: list[Edit] | list[tuple[int, int]]) -> None:
    raw = sound_extract()
    raw = structure_damaged("small.osm", raw, changes) if is_odd(changes) else damaged(raw, changes)
    with reproducible(raw, case("extract") / "small.osm") as path, pytest.MonkeyPatch.context() as patch:
        patch.setattr("geo.osm.extract.run", here)
        try:
            derive(path, city="小城", code_tag="ref")
        except GeoError as error:
            told(error)


def packages(changes: list[Edit] | list[tuple[int, int]], atlas: Atlas) -> None:
    layers = case("layers") / "layers"
    if not layers.exists():
        shutil.copytree(atlas.folder, layers)
    raw = (atlas.folder / "datapackage.json").read_bytes()
    if is_odd(changes):
        package = json.loads(json_damaged(raw, changes))
        raw = json.dumps(package | {"hash": digest_of(package)}).encode()  # as one who makes layers can
    else:
        raw = damaged(raw, changes)
    with reproducible(raw, layers / "datapackage.json"):
        try:
            check_whole(Atlas.load(layers))
        except GeoError as error:
            told(error)


def altered_layers(name: str, changes: list[Edit] | list[tuple[int, int]], atlas: Atlas) -> None:
    """Damage a table or layer and make its hash fit again, as one who alters layers can."""
    layers = case("altered") / "layers"
    if not layers.exists():
        shutil.copytree(atlas.folder, layers)
    raw = (atlas.folder / name).read_bytes()
    raw = structure_damaged(name, raw, changes) if is_odd(changes) else damaged(raw, changes)
    package = json.loads((atlas.folder / "datapackage.json").read_bytes())
    for resource in package["resources"]:
        if resource["path"] == name:
            resource["hash"] = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    package["hash"] = digest_of(package)
    (layers / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with reproducible(raw, layers / name) as path:
        try:
            check_whole(Atlas.load(layers))
        except GeoError as error:
            told(error)
        finally:
            path.write_bytes((atlas.folder / name).read_bytes())


ALTERED = [
    *(f"tables/{name}.csv" for name in ("sources", "kinds", "places", "facts", "measures", "clusters", "basemap")),
    *("city.geojson", "belt.geojson", "institution.geojson", "basemap/quarters.geojson"),
]


# --- the URL, the search, words ---------------------------------------------------------------------------------------

ANY = st.text(st.characters(codec=None), max_size=30)
NAMES = [*FILTERS.values(), "q", "measure", "place", "lang", "basemap", "at"]
LIKELY = [
    "zh",
    "en",
    "belt_a",
    "park_b",
    "node",
    "park",
    "chips",
    "2020-01",
    "planned",
    "firms",
    "bundled",
    "50.1,10.1,9",
]
VALUES = (
    ANY | st.lists(st.sampled_from(LIKELY) | ANY, max_size=4).map(",".join) | st.lists(st.floats(), max_size=4).map(str)
)


def urls(query: dict[str, str | list[str]], atlas: Atlas) -> None:
    for allowed in (None, atlas.allowed):
        selection, problems = Selection.from_query(query, allowed)
        assert all(problem.name in NAMES for problem in problems)
        again = selection.to_query()
        same, none = Selection.from_query(again, allowed)
        assert (same.to_query(), none) == (again, [])
        Selection.from_query(parse_qs(urlencode(again, doseq=True, errors="replace")), allowed)
    selection, _ = Selection.from_query(query, atlas.allowed)
    view = atlas.select(selection)
    assert set(view.places.index) <= set(atlas.places.index)
    try:
        atlas.select(Selection.from_query(query)[0])
    except UsageError as error:
        told(error)


def searches(text: str, atlas: Atlas, index: Index) -> None:
    hits = index.search(text)
    assert len(hits) <= 12
    assert [hit.score for hit in hits] == sorted(hit.score for hit in hits)
    for language in ("zh", "en"):
        assert len(found(atlas, text, language)) <= 12
    escape_markdown(text)


# --- datums ---------------------------------------------------------------------------------------------------------

FLOATS = npst.arrays(
    np.float64,
    npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5),
    elements=st.floats() | st.floats(-180, 180) | st.floats(3, 54) | st.floats(73, 136),
)


def datums(lon: np.ndarray, lat: np.ndarray) -> None:
    """Any shape and any number goes in; what is in the box comes back to better than 1e-9 degrees."""
    try:
        shape = np.broadcast_shapes(lon.shape, lat.shape)
    except ValueError:
        return
    wide, high = np.broadcast_arrays(lon, lat)
    inside = crs.in_china_box(wide, high)
    ways = (
        (crs.wgs84_to_gcj02, crs.gcj02_to_wgs84),
        (crs.wgs84_to_bd09, crs.bd09_to_wgs84),
    )
    for there, back in ways:
        x, y = there(lon, lat)
        assert np.shape(x) == np.shape(y) == shape
        assert np.array_equal(np.asarray(x)[~inside], wide[~inside], equal_nan=True)
        a, b = back(x, y)
        assert np.shape(a) == shape
        assert (np.abs(np.asarray(a)[inside] - wide[inside]) < 1e-9).all()
        assert (np.abs(np.asarray(b)[inside] - high[inside]) < 1e-9).all()
        back(lon, lat)
    for step in (crs.gcj02_to_bd09, crs.bd09_to_gcj02):
        assert np.shape(step(lon, lat)[0]) == shape
    crs.geodesic_distance_m(10.0, 50.0, 10.1, 50.1)


def points(lon: list[float], lat: list[float], joiner: Joiner) -> None:
    size = min(len(lon), len(lat))
    x, y = np.array(lon[:size], float), np.array(lat[:size], float)
    aside = ~(np.isfinite(x) & np.isfinite(y))
    columns, tally = joiner.columns(
        np.where(aside, np.nan, x), np.where(aside, np.nan, y), aside, pa.nulls(size, pa.string())
    )
    tally.check()
    assert all(len(column) == size for column in columns)


WORDS = st.text(st.characters(codec="utf-8") | st.sampled_from("0123456789.,°′″'\"NSEW+-eE 东经度分秒"), max_size=20)
either = edits | st.lists(odd, min_size=1, max_size=3)
#: Target → its share of the time, what it tests, and what it is given.
TARGETS: dict[str, tuple[int, Callable[..., None], dict[str, st.SearchStrategy[Any]]]] = {
    "tables": (
        5,
        table_files,
        {
            "name": st.deferred(lambda: st.sampled_from(sorted(sound_tables()))),
            "changes": edits,
            "inside": st.integers(0, 99),
        },
    ),
    "bytes": (
        1,
        table_bytes,
        {"head": st.sampled_from(HEADS), "tail": st.binary(max_size=300), "name": st.sampled_from(ENDINGS)},
    ),
    "numbers": (1, numbers, {"cells": st.lists(st.none() | WORDS, max_size=8), "decimal": st.sampled_from(".,")}),
    "seeds": (5, seed_files, {"name": st.deferred(lambda: st.sampled_from(sorted(sound_seeds()))), "changes": either}),
    "extract": (3, extracts, {"changes": either}),
    "layers": (1, packages, {"changes": either}),
    "altered": (3, altered_layers, {"name": st.sampled_from(ALTERED), "changes": either}),
    "url": (2, urls, {"query": st.dictionaries(st.sampled_from(NAMES) | ANY, VALUES, max_size=8)}),
    "search": (1, searches, {"text": ANY | st.sampled_from(LIKELY) | st.from_regex("[a-z]{1,80}", fullmatch=True)}),
    "datums": (2, datums, {"lon": FLOATS, "lat": FLOATS}),
    "points": (
        1,
        points,
        {
            "lon": st.lists(st.floats() | st.floats(9.9, 10.5), max_size=9),
            "lat": st.lists(st.floats() | st.floats(49.9, 50.3), max_size=9),
        },
    ),
}


@pytest.fixture(scope="module")
def given_things(tiny: Atlas) -> dict[str, st.SearchStrategy[Any]]:
    return {"atlas": st.just(tiny), "index": st.just(Index(tiny)), "joiner": st.just(Joiner.from_atlas(tiny, "all"))}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_only_our_errors_leave(target: str, given_things: dict[str, st.SearchStrategy[Any]]) -> None:
    share, body, strategies = TARGETS[target]
    wanted = signature(body).parameters
    more = {name: strategy for name, strategy in given_things.items() if name in wanted}
    whole = sum(share for share, _, _ in TARGETS.values())
    print(f"{target}: {run(body, SECONDS * share / whole, **strategies, **more)} cases")
