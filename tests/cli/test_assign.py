"""``geo assign`` from file to file: every row once, everything said, nothing half-written."""

import csv
import io
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from bench.serving import PATIENCE_S
from geo.assign import lookup
from geo.assign.join import Joiner
from geo.cli.main import main
from geo.crs.datums import from_wgs84
from geo.errors import UsageError

HEADER = "名称,代码,经度,纬度,district_id"
ROWS = [
    '甲,0012,10.12,50.1,"x,1"',
    "乙,0013,10.3,50.15,",
    "丙,0014,10.05,50.19,",
    "丁,0015,10.45,50.1,",
    "戊,0016,,50.1,",
    "己,0017,n/a,50.1,",
    "庚,0018,10.2,50.02,",
]
EXPECTED = {
    "甲": ("west", "belt_a;node_a", "matched"),
    "乙": ("east", "park_b", "matched"),
    "丙": ("west", "", "matched"),
    "丁": ("", "", "outside"),
    "戊": ("", "", "set_aside"),
    "己": ("", "", "set_aside"),
    "庚": ("east", "", "matched"),
}
ADDED = [
    *("lon_wgs84", "lat_wgs84", "district_id", "district", "township_id", "township", "place_ids", "places"),
    *("join_status", "join_note", "located_by", "accuracy_m"),
]


@pytest.fixture(autouse=True)
def layers(tiny, parsed_once, monkeypatch):
    monkeypatch.setenv("GEO_LAYERS", str(tiny.folder))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "企业.csv"
    path.write_bytes("\r\n".join([HEADER, *ROWS, ""]).encode("gbk"))
    return path


def read_csv(path):
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def test_csv_to_csv_with_every_column_and_every_row(tmp_path, table, capsys):
    output, report, aside = (tmp_path / name for name in ("out.csv", "report.json", "aside.csv"))
    options = ["--datum", "wgs84", "--report", str(report), "--set-aside", str(aside), "--language", "en"]
    assert main(["assign", str(table), "-o", str(output), *options]) == 0
    rows = read_csv(output)
    assert list(rows[0]) == ["名称", "代码", "经度", "纬度", "district_id_input", *ADDED]
    assert {r["名称"]: (r["district_id"], r["place_ids"], r["join_status"]) for r in rows} == EXPECTED
    assert [r["代码"] for r in rows] == [f"00{n}" for n in range(12, 19)]
    assert rows[0]["district_id_input"] == "x,1"
    assert (float(rows[0]["lon_wgs84"]), rows[4]["lon_wgs84"], rows[3]["join_note"]) == (10.12, "", "")
    assert "several districts: east, west" in rows[6]["join_note"]
    said = capsys.readouterr().err
    assert "rows 7 = matched 4 + outside 1 + set aside 2" in said
    assert "gb18030" in said
    assert "of these, 1 row on a border" in said
    content = json.loads(report.read_text("utf-8"))
    assert content["join"]["districts"] == {"east": 2, "west": 3}
    assert content["join"]["rows"] == sum(content["join"][s] for s in ("matched", "outside", "set_aside")) == 7
    assert content["datum"] == {"used": "wgs84", "decided_by": "option", "evidence": None}
    assert content["reading"]["set_aside"] == 2
    assert len(read_csv(aside)) == 2


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_datum_changes_where_points_are(tmp_path, monkeypatch, datum):
    monkeypatch.setattr("geo.crs.datums.CHINA_BOX", (5.0, 45.0, 15.0, 55.0))
    lon, lat = from_wgs84([10.12, 10.2001], [50.1, 50.02], datum)
    path = tmp_path / "in.csv"
    path.write_text("lon,lat\n" + "".join(f"{x:.9f},{y:.9f}\n" for x, y in zip(lon, lat, strict=True)))
    assert main(["assign", str(path), "-o", str(tmp_path / "o.parquet"), "--datum", datum]) == 0
    out = pq.read_table(tmp_path / "o.parquet")
    np.testing.assert_allclose(out["lon_wgs84"], [10.12, 10.2001], atol=1e-8)
    assert out["district_id"].to_pylist() == ["west", "east"]
    main(["assign", str(path), "-o", str(tmp_path / "w.parquet"), "--datum", "wgs84"])
    assert abs(pq.read_table(tmp_path / "w.parquet")["lon_wgs84"][0].as_py() - 10.12) > 0.001


def test_areas_decide_which_columns_are_filled(tmp_path, table):
    for areas, filled in (("districts", {"district_id"}), ("layout", {"place_ids"}), ("townships", set())):
        output = tmp_path / f"{areas}.parquet"
        assert main(["assign", str(table), "-o", str(output), "--datum", "wgs84", "--areas", areas]) == 0
        out = pq.read_table(output)
        assert {n for n in ("district_id", "township_id", "place_ids") if out[n].null_count < len(out)} == filled
        assert out["join_status"].to_pylist().count("set_aside") == 2


def test_an_undecided_datum_is_asked_for_with_the_evidence(tmp_path, table, capsys):
    assert main(["assign", str(table), "-o", str(tmp_path / "out.csv"), "--language", "en"]) == 2
    said = capsys.readouterr().err
    assert "give --datum wgs84, gcj02 or bd09" in said
    assert "undecided:" in said
    assert "请用 --datum wgs84、gcj02 或 bd09 指明" in said
    assert "不作判定：" in said
    assert not (tmp_path / "out.csv").exists()


def test_rows_without_an_address_do_not_disturb_the_weighing(tmp_path, capsys):
    path = tmp_path / "in.csv"
    path.write_text("lon,lat,地址\n10.12,50.1,小城西区一路\n10.3,50.1,\n10.05,50.1,\n", encoding="utf-8")
    assert main(["assign", str(path), "-o", str(tmp_path / "out.csv"), "--language", "en"]) == 2
    assert "give --datum wgs84, gcj02 or bd09" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["in.csv", "-o", "out.docx"], "the ending of the output decides its format"),
        (["none.csv", "-o", "out.csv"], "none.csv"),
        (["in.csv", "-o", "none/out.csv"], "cannot write none/out.csv: there is no such folder"),
        (["in.csv", "-o", "old.csv"], "old.csv is there already: give --overwrite"),
        (["in.csv", "-o", "in.csv", "--overwrite"], "is the input itself"),
        (["*.csv", "-o", "out.csv"], "need --scheduler ADDR"),
        (["*.csv", "-o", "out", "--scheduler", "local", "--set-aside", "a.csv"], "--set-aside is for one file"),
        (["*.csv", "-o", "out", "--scheduler", "local", "--table", "firms"], "--table is for one file"),
        (["*.csv", "-o", "out", "--scheduler", "local", "--raw-text"], "--raw-text is for one file"),
        (["in.csv", "-o", "out.csv", "--lon", "经", "--lat", "纬度"], "经"),
        (["cut.parquet", "-o", "out.csv"], "cut.parquet"),
        (
            ["in.csv", "-o", "out.csv", "--report", "none/r.json"],
            "none/r.json cannot be written: there is no such folder",
        ),
    ],
)
def test_errors_are_one_clear_text_and_leave_no_output(tmp_path, table, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    table.rename("in.csv")
    (tmp_path / "old.csv").write_text("old")
    main(["assign", "in.csv", "-o", "whole.parquet", "--datum", "wgs84"])
    whole = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    capsys.readouterr()
    assert main(["assign", *words, "--datum", "wgs84"]) == 2
    assert said in capsys.readouterr().err
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_an_interrupted_run_leaves_nothing(tmp_path, table, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Joiner, "columns", interrupted)
    assert main(["assign", str(table), "-o", str(tmp_path / "out.parquet"), "--datum", "wgs84"]) == 130
    assert [p.name for p in tmp_path.iterdir()] == [table.name]
    assert "nothing half-written is left" in capsys.readouterr().err


SLOW = """
import sys, time
from geo.assign import lookup
from geo.assign.join import Joiner
from geo.cli.main import main
fast = Joiner.columns
def slow(self, *values, **options):
    print("joining", flush=True)
    time.sleep(float(sys.argv[1]))
    return fast(self, *values, **options)
Joiner.columns = slow
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_signal_in_the_middle_and_then_again(tmp_path, table, number, code):
    words = ["assign", str(table), "-o", str(tmp_path / "out.csv"), "--datum", "wgs84"]
    command = [sys.executable, "-c", SLOW, str(2 * PATIENCE_S), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        assert list(tmp_path.glob(".out.csv.*.part"))
        os.kill(process.pid, number)
        assert process.wait(PATIENCE_S) == code
    assert not (tmp_path / "out.csv").exists()
    assert bool(list(tmp_path.glob(".*.part"))) == (number == signal.SIGKILL)
    assert main(words) == 0
    assert len(read_csv(tmp_path / "out.csv")) == len(ROWS)
    assert not list(tmp_path.glob(".*"))


def test_a_cluster_gives_the_same_as_one_machine(tmp_path, table, monkeypatch, capsys):
    """The cluster itself is tested in test_cluster.py; here its work is done in this process."""
    from geo.assign import cluster

    lon, lat = np.random.default_rng(0).uniform([9.9, 49.9], [10.5, 50.3], (500, 2)).T
    lon[::9] = np.nan
    for part in range(2):
        rows = {"id": np.arange(250) + 250 * part, "lng": lon[part::2], "lat": lat[part::2]}
        pq.write_table(pa.table(rows), tmp_path / f"{part}.parquet")

    def here(client, job, waiting, where, progress, total):
        job.setup(client)
        monkeypatch.setattr(cluster.distributed, "get_worker", lambda: client)
        for part in waiting:
            cluster._run_part(part, job.name, *where)

    class Nothing:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

    monkeypatch.setattr(cluster, "_run", here)
    monkeypatch.setattr(cluster, "_client", lambda scheduler: Nothing())
    words = ["--datum", "wgs84", "--report", str(tmp_path / "r.json"), "--language", "en", "--overwrite"]
    source, output = str(tmp_path / "*.parquet"), str(tmp_path / "out")
    assert main(["assign", source, "-o", output, "--scheduler", "tcp://127.0.0.1:1", *words]) == 0
    assert "rows 500 = " in capsys.readouterr().err
    joined = pa.concat_tables(pq.read_table(p) for p in sorted((tmp_path / "out").glob("*.parquet")))
    single = []
    for part in range(2):
        main(["assign", str(tmp_path / f"{part}.parquet"), "-o", str(tmp_path / f"one{part}.parquet"), *words])
        single.append(pq.read_table(tmp_path / f"one{part}.parquet"))
    assert joined.drop(["lng"]).equals(pa.concat_tables(single).drop(["lng"]))
    assert json.loads((tmp_path / "r.json").read_text())["join"]["rows"] == 250
    west = shapely.intersects_xy(shapely.box(10, 50, 10.2, 50.2), joined["lng"], joined["lat"])
    assert [d == "west" for d in joined["district_id"].to_pylist()] == west.tolist()


def test_an_unknown_area_set_is_refused(tiny):
    with pytest.raises(UsageError, match="areas 'parks' is not known; use one of all, layout, districts, townships"):
        Joiner.from_atlas(tiny, "parks")


def test_many_rows_are_looked_up_by_the_compiled_kernel_from_the_first(tmp_path, monkeypatch):
    """No batch is large enough by itself: that the file says how many rows will come is what decides."""
    rows, seen = 280_000, []
    lon, lat = np.random.default_rng(0).uniform((10.0, 50.0), (10.5, 50.2), (rows, 2)).T
    pq.write_table(pa.table({"lon": lon, "lat": lat}), tmp_path / "in.parquet")
    monkeypatch.setattr(lookup, "_COMPILE_FROM", rows // 4)
    run_kernel = lookup._run_kernel
    monkeypatch.setattr(
        lookup, "_run_kernel", lambda index, x, *more: seen.append(len(x)) or run_kernel(index, x, *more)
    )
    out = tmp_path / "out.parquet"
    assert main(["assign", str(tmp_path / "in.parquet"), "-o", str(out), "--datum", "wgs84"]) == 0
    assert max(seen) < rows // 4
    assert sum(seen) == rows == pq.ParquetFile(out).metadata.num_rows


def test_a_parquet_file_that_holds_its_texts_once_gives_the_same_rows_as_an_arrow_file(tmp_path):
    """Its dictionaries go through as they are, one for each row group, and are text again for who reads the result."""
    r, rows = np.random.default_rng(3), 150_000
    words = [np.array([f"{part}{number}" for number in range(500)])[r.integers(0, 500, rows // 2)] for part in "ab"]
    columns = {"lon": r.uniform(9.9, 10.6, rows), "lat": r.uniform(49.9, 50.3, rows)}
    columns |= {"word": pa.array(np.concatenate(words), mask=r.random(rows) < 0.1)}
    columns["区"] = pa.array(["西区", "东区"]).take(pa.array(r.integers(0, 2, rows)))
    pq.write_table(pa.table(columns), tmp_path / "in.parquet", row_group_size=rows // 2)
    read = []
    for ending in ("parquet", "arrow"):
        out = tmp_path / f"out.{ending}"
        assert main(["assign", str(tmp_path / "in.parquet"), "-o", str(out), "--datum", "wgs84"]) == 0
        read.append(pq.read_table(out) if ending == "parquet" else pa.ipc.open_file(out).read_all())
    group = pq.ParquetFile(tmp_path / "out.parquet").metadata.row_group(0)
    chunk = next(c for c in map(group.column, range(group.num_columns)) if c.path_in_schema == "word")
    assert "RLE_DICTIONARY" in chunk.encodings
    assert chunk.total_uncompressed_size < 3 * group.num_rows  # it was not given up half-way
    assert read[0].drop_columns("geometry").to_pydict() == read[1].to_pydict()
    assert [str(field.type) for field in read[0]][:4] == ["double", "double", "string", "string"]


@pytest.mark.parametrize("chosen", [None, "system"])
def test_memory_is_taken_by_jemalloc_unless_another_way_was_chosen(tmp_path, table, monkeypatch, chosen):
    if "jemalloc" not in pa.supported_memory_backends():
        pytest.skip("this Arrow has no jemalloc")
    before = pa.default_memory_pool()
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    if chosen:
        monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", chosen)
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        assert main(["assign", str(table), "-o", str(tmp_path / "out.parquet"), "--datum", "wgs84"]) == 0
        assert pa.default_memory_pool().backend_name == (chosen or "jemalloc")
    finally:
        pa.set_memory_pool(before)
