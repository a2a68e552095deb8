"""What the fuzz targets share: sound files to damage, ways to damage them, and a loop that ends by the clock.

`GEO_FUZZ_SECONDS` is the time of all targets together (5 by default; `make fuzz` gives an hour). The input of the case
that is running lies in the folder of `case`, so that it is there even when a native reader takes the process with it.
"""

from __future__ import annotations

import base64
import copy
import csv
import io
import json
import os
import random
import re
import signal
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import osm_extract
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
import tiny_city
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
SUITE_S = 5.0
SECONDS = float(os.environ.get("GEO_FUZZ_SECONDS", SUITE_S))
EXAMPLES = 10
#: No single case may take longer, however busy the machine.
LONGEST_S = 30

Edit = tuple[int, str, bytes]

_TOKENS = [
    *(
        b"\0",
        b"\xff" * 4,
        b"\xff\xff\xff\x7f",
        b"\x80",
        b'"',
        b"'",
        b",",
        b"\n",
        b"\r",
        b";",
        b"\t",
        b"{",
        b"}",
        b"[",
        b"]",
    ),
    *(b"-", b"1e999", b"nan", b"Infinity", b"99999999999999999999", b"null", b"true", b"\xed\xa0\x80", b"\xef\xbb\xbf"),
    *(
        b"&a;",
        b"<!DOCTYPE",
        b"<x>",
        b"=1",
        b"/../",
        b"''",
        b'""',
        b"{}",
        b"[]",
        b'"type"',
        b'"coordinates"',
        b"Polygon",
    ),
]
_KINDS = ("replace", "insert", "delete", "double", "cut", "flip")

edits = st.lists(
    st.tuples(st.integers(0, 2**32), st.sampled_from(_KINDS), st.binary(max_size=6) | st.sampled_from(_TOKENS)),
    min_size=1,
    max_size=6,
)


def damaged(raw: bytes, made: list[Edit]) -> bytes:
    """Return a file with some places replaced, inserted, left out, doubled, cut off or flipped."""
    data = bytearray(raw)
    for place, kind, content in made:
        at = place % (len(data) + 1)
        size = 1 + place % 97
        match kind:
            case "replace":
                data[at : at + len(content)] = content
            case "insert":
                data[at:at] = content
            case "delete":
                del data[at : at + size]
            case "double":
                data[at:at] = data[at : at + size]
            case "cut":
                del data[len(data) - size :]
            case "flip" if at < len(data):
                data[at] ^= 1 << place % 8
    return bytes(data)


#: What may stand where something else is expected: in JSON, in TOML (as far as it goes), in a cell.
ODD: list[Any] = [
    *(
        None,
        True,
        "",
        "x",
        "unknown",
        0,
        -1,
        1e308,
        float("nan"),
        float("inf"),
        10**40,
        [],
        {},
        [[]],
        [[[]]],
        {"type": "Point"},
    ),
    *(
        [1],
        [1, 2],
        ["a", "b"],
        [[1, 2], [3, 4]],
        [None, None],
        {"a": 1},
        "\ud800",
        "é" * 300,
        "2020-13",
        "../x",
        "#GGGGGG",
    ),
    *(
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
        {"type": "GeometryCollection", "geometries": [None]},
    ),
]
odd = st.tuples(st.integers(0, 2**32), st.sampled_from(range(len(ODD))))


def json_damaged(raw: bytes, places: list[tuple[int, int]]) -> bytes:
    """Return JSON with some of its values replaced by odd ones."""
    data = json.loads(raw)
    for place, which in places:
        slots = list(_slots(data))
        if not slots:
            break
        holder, key = slots[place % len(slots)]
        holder[key] = copy.deepcopy(ODD[which % len(ODD)])
    return json.dumps(data, ensure_ascii=True).encode()


def _slots(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(value, dict | list):
            yield from _slots(value)


def csv_damaged(raw: bytes, places: list[tuple[int, int]]) -> bytes:
    """Return a CSV with some cells (now and then of the header) replaced by odd ones."""
    rows = list(csv.reader(io.StringIO(raw.decode(), newline="")))
    for place, which in places:
        row = rows[place % len(rows)]
        row[place // len(rows) % len(row)] = str(ODD[which % len(ODD)]).encode("utf-8", "replace").decode()
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def toml_damaged(raw: bytes, places: list[tuple[int, int]]) -> bytes:
    """Return a TOML file with some right-hand sides replaced."""
    lines = raw.decode().splitlines()
    for place, which in places:
        at = place % len(lines)
        if " = " in lines[at]:
            word = json.dumps(ODD[which % len(ODD)], ensure_ascii=False).encode("utf-8", "replace").decode()
            lines[at] = f"{lines[at].partition(' = ')[0]} = {word.replace('NaN', 'nan').replace('Infinity', 'inf')}"
    return "\n".join(lines).encode()


def xml_damaged(raw: bytes, places: list[tuple[int, int]]) -> bytes:
    """Return XML with the values of some attributes replaced."""
    parts = re.split(r'(?<==)("[^"]*"|\'[^\']*\')', raw.decode())
    for place, which in places:
        at = 1 + 2 * (place % (len(parts) // 2))
        parts[at] = quoteattr(str(ODD[which % len(ODD)]).encode("utf-8", "replace").decode())
    return "".join(parts).encode()


def structure_damaged(name: str, raw: bytes, places: list[tuple[int, int]]) -> bytes:
    """Return a file that is still sound JSON, CSV, TOML or XML, with values that nobody expects."""
    by_ending = {".geojson": json_damaged, ".json": json_damaged, ".csv": csv_damaged, ".toml": toml_damaged}
    by_ending[".osm"] = xml_damaged
    return by_ending[Path(name).suffix](raw, places)


# --- sound files ----------------------------------------------------------------------------------------------------


@cache
def sound_tables() -> dict[str, bytes]:
    """Return a small file of every format, the same on every run."""
    rows = 12
    columns = {"名称": [f"甲{n}" for n in range(rows)], "code": [f"00{n}" for n in range(rows)]}
    lon, lat = [10.1 + n / 100 for n in range(rows)], [50.1] * rows
    frame = gpd.GeoDataFrame({**columns, "x": lon}, geometry=shapely.points(lon, lat), crs=4326)
    areas = frame.set_geometry(frame.buffer(0.001).values).set_crs(4326, allow_override=True)
    made: dict[str, bytes] = {}
    text = "名称,经度,纬度,备注\n" + "".join(f'甲{n},{lon[n]},{lat[n]},"a, ""b""\n"\n' for n in range(rows))
    made["utf8.csv"], made["gb.csv"], made["utf16.csv"] = (text.encode(code) for code in ("utf-8", "gb18030", "utf-16"))
    made["odd.tsv"] = "sep=;\n坐标;编号\n".encode() + b"".join(b'"10\xc2\xb06\'1""E,50.1";=1+1\n' for _ in range(rows))
    made["wkt.csv"] = ("wkt|n\n" + "".join(f"{shape.wkt}|1\n" for shape in areas.geometry)).encode()
    out = io.BytesIO()
    table = {
        **columns,
        "lon": lon,
        "lat": lat,
        "list": [["a", "b"]] * rows,
        "wkb": shapely.to_wkb(areas.geometry.values),
    }
    pq.write_table(pa.table(table), out, compression="none")
    made["plain.parquet"] = out.getvalue()
    out = io.BytesIO()
    areas.to_parquet(out)
    made["geo.parquet"] = out.getvalue()
    out = io.BytesIO()
    gpd.pd.DataFrame({**columns, "lon": lon, "lat": lat}).to_excel(out, index=False)
    made["book.xlsx"] = out.getvalue()
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-01-01T00:00:00.000Z"})
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a.gpkg", "a.geojson", "a.shp"):
                areas.to_file(Path(folder) / name, encoding="utf-8")
            made |= {name: (Path(folder) / name).read_bytes() for name in ("a.gpkg", "a.geojson")}
            parts = {path.name: path.read_bytes() for path in sorted(Path(folder).glob("a.[sdpc]*"))}
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    made["shape.zip"] = packed(parts)
    return made


def packed(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def unpacked(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def sound_seeds() -> dict[str, bytes]:
    """Return every file of the tiny city's seeds by its path."""
    with tempfile.TemporaryDirectory() as folder:
        seeds = tiny_city.write(Path(folder) / "seeds")
        return {str(path.relative_to(seeds)): path.read_bytes() for path in sorted(seeds.rglob("*")) if path.is_file()}


@cache
def sound_extract() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return osm_extract.write(Path(folder) / "small.osm").read_bytes()


# --- the loop -------------------------------------------------------------------------------------------------------


def case(target: str) -> Path:
    """Return the folder that holds the input of the running case of a target."""
    folder = ROOT / ".hypothesis" / "fuzz" / target
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def reproducible(raw: bytes, path: Path) -> Iterator[Path]:
    """Write an input where it survives a crash; on any error add how to make it again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    try:
        with _ends():
            yield path
    except BaseException as error:
        packed_input = base64.b64encode(zlib.compress(raw, 9)).decode()
        error.add_note(f"the input, {len(raw)} bytes, is {path.relative_to(ROOT)}, or as Python:")
        error.add_note(f"open({path.name!r}, 'wb').write(zlib.decompress(base64.b64decode({packed_input!r})))")
        raise


@contextmanager
def _ends() -> Iterator[None]:
    """Fail a case that does not end."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"took more than {LONGEST_S} s of processor time")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run(body: Callable[..., None], seconds: float, **strategies: st.SearchStrategy[Any]) -> int:
    """Run a property on new examples until the time is over; return how many.

    Hypothesis prints the example that failed; its seed is in the error too.
    """
    # The suite tries the same cases each time, as many as its minute allows: it shall not fail for what nobody changed.
    # Who runs it longer wants new ones, and the smallest that fails.
    longer = SECONDS > SUITE_S
    phases = [Phase.generate, Phase.shrink] if longer else [Phase.generate]
    how = settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=phases, suppress_health_check=list(HealthCheck)
    )
    count, number, began = 0, random.SystemRandom().randrange(2**32) if longer else 0, time.monotonic()
    while not count or time.monotonic() < began + seconds:
        try:
            seed(number)(how(given(**strategies)(body)))()
        except BaseException as error:
            error.add_note(f"seed {number}, {EXAMPLES} examples")
            raise
        count += EXAMPLES
        number += 1
    return count
