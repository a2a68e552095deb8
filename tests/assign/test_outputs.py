"""Every format holds every row; nothing half-written is ever left."""

import csv
import os
import subprocess
import sys

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from geo.assign.outputs import ENDINGS, writing
from geo.assign.workbook import Sheet
from geo.base.formulas import unguard_formula
from geo.errors import OutputError, UsageError

BATCH = pa.RecordBatch.from_pydict(
    {
        "代码": pa.array(["0012", "=1+1", '含,"引号"\n换行', None]),
        "n": pa.array([1, None, -3, 2**60]),
        "x": pa.array([0.1, None, -2.5e-7, 3.0]),
        "ids": pa.array([["a", "b"], [], None, ["c"]], pa.list_(pa.string())),
        "d": pa.array(["u", "v", "u", None]).dictionary_encode(),
        "b": pa.array([b"\x01\xff", None, b"", b"a"]),
        "s": pa.array([{"k": "值"}, None, {"k": None}, {"k": "1"}]),
        "ok": pa.array([True, False, None, True]),
    }
)


def save(path, batches=(BATCH, BATCH), **options):
    with writing(path, batches[0].schema, **options) as write:
        for batch in batches:
            write(batch)
    return path


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".feather"])
def test_arrow_formats_keep_values_and_types(tmp_path, ending):
    path = save(tmp_path / f"out{ending}")
    table = pq.read_table(path) if ending == ".parquet" else pa.ipc.open_file(path).read_all()
    assert table.to_pylist() == BATCH.to_pylist() * 2
    assert table.schema.field("ids").type == pa.list_(pa.string())


@pytest.mark.parametrize("changed", [False, True])
def test_dictionaries_where_the_schema_says_text_are_text_in_the_file(tmp_path, changed):
    """Written as they are, which costs a third; who reads the file gets the types that the schema has."""
    r = np.random.default_rng(1)
    words = pa.array(["甲", "乙", "丙"]).dictionary_encode()
    others = pa.DictionaryArray.from_arrays(pa.array([3, 2, 1], pa.int32()), ["丁", "戊", "甲", "乙"])
    columns = {
        "word": words.take(pa.array(r.integers(0, 3, 500), mask=r.random(500) < 0.1)),
        "list": pa.ListArray.from_arrays(np.arange(0, 502), words.take(pa.array(r.integers(0, 3, 501)))).slice(1),
        "kept": words.take(pa.array(r.integers(0, 3, 500))),
    }
    types = {"word": pa.string(), "list": pa.list_(pa.string()), "kept": columns["kept"].type}
    schema = pa.schema(types, metadata={"about": "it"})
    with writing(tmp_path / "out.parquet", schema) as write:
        assert write.dictionaries
        for start in (0, 200):
            cut = [column.slice(start, 300 if start else 200) for column in columns.values()]
            if changed and start:
                cut[0] = others.take(cut[0].indices)
            write(pa.RecordBatch.from_arrays(cut, names=list(columns)))
    table = pq.read_table(tmp_path / "out.parquet")
    expected = {name: column.to_pylist() for name, column in columns.items()}
    if changed:
        expected["word"][200:] = others.take(columns["word"].indices[200:]).to_pylist()
    assert table.to_pydict() == expected
    assert table.schema.types == list(types.values())
    assert table.schema.metadata == {b"about": b"it"}
    group = pq.ParquetFile(tmp_path / "out.parquet").metadata.row_group(0)
    assert all("RLE_DICTIONARY" in group.column(n).encodings for n in range(3))
    assert group.num_rows == 500
    assert group.column(0).total_uncompressed_size < 500  # nothing was written out
    with writing(tmp_path / "out.csv", schema) as write:
        assert not write.dictionaries


@pytest.mark.parametrize(("ending", "delimiter"), [(".csv", ","), (".TSV", "\t")])
def test_text_formats_are_for_excel_and_keep_every_cell(tmp_path, ending, delimiter):
    path = save(tmp_path / f"输出{ending}", (BATCH,))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    options = {"parse_options": pcsv.ParseOptions(delimiter=delimiter, newlines_in_values=True)}
    names = BATCH.schema.names
    convert = pcsv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    table = pcsv.read_csv(path, convert_options=convert, **options).to_pydict()
    assert table["代码"] == [cell and cell.replace("=1", "'=1") for cell in BATCH["代码"].to_pylist()]
    assert table["n"] == ["1", None, "-3", str(2**60)]
    assert [v and float(v) for v in table["x"]] == [0.1, None, -2.5e-7, 3.0]
    assert table["ids"] == ["a;b", "", None, "c"]
    assert table["d"] == ["u", "v", "u", None]
    assert table["b"] == ["01ff", None, "", "61"]
    assert table["s"] == ['{"k": "值"}', None, '{"k": null}', '{"k": "1"}']


def test_a_worksheet_keeps_codes_as_text_and_runs_no_formula(tmp_path):
    sheet = openpyxl.load_workbook(save(tmp_path / "out.xlsx", (BATCH,))).active
    cells = list(sheet.values)
    assert cells[0] == tuple(BATCH.schema.names)
    assert cells[1] == ("0012", 1, 0.1, "a;b", "u", "01ff", '{"k": "值"}', True)
    assert cells[2][:2] == ("=1+1", None)
    assert sheet["A3"].data_type == "s"
    assert cells[4][1] == str(2**60)


def test_too_many_rows_for_a_worksheet(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.assign.workbook._SHEET_ROWS", 5)
    with pytest.raises(OutputError, match="a worksheet holds 5 rows and this table has more"):
        save(tmp_path / "out.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_cell_too_long_for_a_worksheet(tmp_path):
    with pytest.raises(OutputError, match="row 1, column a has 40000 characters and a worksheet cell holds 32767"):
        save(tmp_path / "out.xlsx", (pa.RecordBatch.from_pydict({"a": ["x" * 40_000]}),))


@pytest.mark.parametrize("ending", sorted(set(ENDINGS) - {".feather"}))
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_on_the_way_leaves_nothing(tmp_path, ending, error):
    path = tmp_path / f"out{ending}"
    batch = BATCH
    for name in ("lon_wgs84", "lat_wgs84"):
        batch = batch.append_column(name, pa.array([0.0] * len(batch)))
    with pytest.raises(error), writing(path, batch.schema) as write:  # noqa: PT012
        write(batch)
        assert not path.exists()
        raise error
    assert not list(tmp_path.iterdir())


def test_an_old_output_survives_unless_replaced_whole(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(OutputError, match="is there already: give --overwrite"):
        save(path)
    with pytest.raises(ValueError, match="stop"), writing(path, BATCH.schema, overwrite=True) as write:  # noqa: PT012
        write(BATCH)
        raise ValueError("stop")
    assert path.read_text() == "old"
    assert save(path, overwrite=True).read_text("utf-8-sig").startswith('"代码"')


def test_leftovers_of_a_killed_run_are_removed_and_those_of_a_live_one_are_not(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, live = (tmp_path / f".out.csv.{pid}.part" for pid in (gone.pid, os.getppid()))
    other = tmp_path / f".other.csv.{gone.pid}.part"
    for path in (dead, live, other):
        path.touch()
    save(tmp_path / "out.csv")
    assert (dead.exists(), live.exists(), other.exists()) == (False, True, True)


def test_a_place_that_cannot_be_written(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*: there is no such folder"):
        save(tmp_path / "none" / "out.parquet")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write"):
        save(tmp_path / "file" / "out.csv")
    with pytest.raises(UsageError, match=r"out\.docx: the ending of the output decides its format: \.csv, \.tsv"):
        save(tmp_path / "out.docx")


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".arrow", ".xlsx"])
def test_a_full_disk(tmp_path, ending):
    code = (
        "import resource, sys, signal, pathlib, numpy as np, pyarrow as pa\n"
        "from geo.assign.outputs import writing\n"
        "from geo.errors import OutputError\n"
        "batch = pa.RecordBatch.from_pydict({'x': np.random.default_rng(0).random(20_000)})\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n"
        "    with writing(pathlib.Path(sys.argv[1]), batch.schema) as write:\n"
        "        for _ in range(30): write(batch)\n"
        "except OutputError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / f"out{ending}"], capture_output=True, text=True)
    assert "the disk is full; nothing there has changed and nothing half-written is left" in done.stdout, done.stderr
    assert not list(tmp_path.iterdir())


HOSTILE = ["=1+1", "-12.5", "+8.6e1", "+86 21", "@x", "-a", "'=x", "\t=1", "plain", None, "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize(("ending", "delimiter"), [(".csv", ","), (".tsv", "\t")])
def test_a_text_file_holds_no_formula_unless_asked(tmp_path, ending, delimiter):
    batch = pa.RecordBatch.from_pydict(
        {"=head": HOSTILE, "n": [-1.5] * len(HOSTILE), "list": [["=a", "b"]] * len(HOSTILE)}
    )
    with writing(tmp_path / f"safe{ending}", batch.schema) as write:
        write(batch)
    rows = read_text(tmp_path / f"safe{ending}", delimiter)
    assert rows[0] == ["'=head", "n", "list"]
    assert [row[0] or None for row in rows[1:]] == [
        cell and (cell if cell in ("-12.5", "+8.6e1", "plain") else f"'{cell}") for cell in HOSTILE
    ]
    assert {tuple(row[1:]) for row in rows[1:]} == {("-1.5", "'=a;b")}
    assert write.guarded == 7 + len(HOSTILE)
    assert [unguard_formula(row[0]) or None for row in rows[1:]] == HOSTILE
    with writing(tmp_path / f"raw{ending}", batch.schema, raw_text=True) as write:
        write(batch)
    rows = read_text(tmp_path / f"raw{ending}", delimiter)
    assert (rows[0][0], [row[0] or None for row in rows[1:]], write.guarded) == ("=head", HOSTILE, 0)


def read_text(path, delimiter):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_views_of_text_are_text(tmp_path, ending):
    views = {"t": pa.array(["甲", None], pa.string_view()), "b": pa.array([b"\xff", None], pa.binary_view())}
    path = save(tmp_path / f"out{ending}", (pa.RecordBatch.from_pydict(views),))
    if ending == ".csv":
        assert read_text(path, ",") == [["t", "b"], ["甲", "ff"], ["", ""]]
    else:
        assert list(openpyxl.load_workbook(path).active.values)[:2] == [("t", "b"), ("甲", "ff")]


def test_a_type_that_a_format_cannot_hold(tmp_path):
    spans = pa.RecordBatch.from_pydict({"i": pa.array([pa.MonthDayNano([1, 2, 3])])})
    with pytest.raises(OutputError, match=r"cannot be written: Unhandled type .*write \.arrow"):
        save(tmp_path / "out.parquet", (spans,))
    assert not list(tmp_path.iterdir())


def test_a_workbook_prints_so_that_it_can_be_read_with_its_head_on_every_page(tmp_path):

    wide = pa.table({f"c{number}": [number] for number in range(30)})
    with writing(tmp_path / "a.xlsx", wide.schema) as write:
        for batch in wide.to_batches():
            write(batch)
        write.add_sheet(Sheet("counts", [["name", "rows"], ["a", 1]]))
    first, second = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    for sheet, across, pages in ((first, "landscape", 2), (second, "portrait", 1)):
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (pages, 0)  # one wide is usual
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation or "portrait", int(sheet.page_setup.paperSize)) == (across, 9)
