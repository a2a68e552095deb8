"""Every string as cell and column name of a user's table through `geo assign`, into every output and the terminal."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hostile_strings import CELLS
from openpyxl.utils.escape import unescape

from geo.base.formulas import has_formula_start, unguard_formula
from geo.cli.main import main
from geo.tables import open_table

NAMES = [
    CELLS["control"],
    CELLS["nul"],
    *(text for name, text in CELLS.items() if name not in ("long", "control", "nul")),
]
#: The last row has a negative longitude as text: a number, which no CSV may mark.
POINTS = ["10.15"] * len(CELLS) + ["-170.5"]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a Parquet file, which holds any text exactly: every string is a name, and a cell of two columns."""
    cells = [*CELLS.values(), "-170.5"]
    columns: dict[str, Any] = dict.fromkeys(NAMES, ["plain"] * len(cells)) | {NAMES[0]: cells, NAMES[-1]: cells}
    path = tmp_path_factory.mktemp("join") / "in.parquet"
    pq.write_table(pa.table({**columns, "lon": POINTS, "lat": ["50.1"] * len(POINTS)}), path)
    return path


def joined(table: Path, out: Path, city: Path, *options: str) -> Path:
    given = ["assign", str(table), "-o", str(out), "--datum", "wgs84", "--lon", "lon", "--lat", "lat"]
    assert main([*given, "--layers", str(city), *options]) == 0
    return out


def text_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_exact_formats(table: Path, city: Path, tmp_path: Path, ending: str) -> None:
    path = joined(table, tmp_path / f"out{ending}", city)
    back = pq.read_table(path) if ending == ".parquet" else pa.ipc.open_file(path).read_all()
    assert back.column_names[: len(NAMES)] == NAMES
    assert back.column(0).to_pylist() == [*CELLS.values(), "-170.5"]


@pytest.mark.parametrize("ending", [".csv", ".tsv"])
def test_text_formats_run_nothing_and_come_back(table: Path, city: Path, tmp_path: Path, ending: str) -> None:
    head, *rows = text_rows(joined(table, tmp_path / f"out{ending}", city))
    assert not [cell for row in (head, *rows) for cell in row if has_formula_start(cell) and cell[0] != "'"]
    assert [unguard_formula(cell) for cell in head[: len(NAMES)]] == NAMES
    assert [unguard_formula(row[0]) for row in rows] == [*CELLS.values(), "-170.5"]
    assert rows[-1][0] == rows[-1][len(NAMES)] == "-170.5"
    raw_head, *raw = text_rows(joined(table, tmp_path / f"raw{ending}", city, "--raw-text"))
    assert (raw_head[: len(NAMES)], [row[0] for row in raw]) == (NAMES, [*CELLS.values(), "-170.5"])


def test_our_own_reader_keeps_every_row_of_such_a_file(table: Path, city: Path, tmp_path: Path) -> None:
    """What is marked stays marked: the reader changes no cell; NUL, which is no text, is the one thing it refuses."""
    kept = [number for number, text in enumerate([*CELLS.values(), ""]) if "\0" not in text]
    without = (
        pq.read_table(table).take(pa.array(kept)).select(["lon", "lat", NAMES[0]]).rename_columns(["lon", "lat", "n"])
    )
    pq.write_table(without, tmp_path / "in.parquet")
    path = joined(tmp_path / "in.parquet", tmp_path / "out.csv", city)
    with open_table(path) as again:
        cells = [cell for batch in again.batches() for cell in batch.column("n").to_pylist()]
    assert [unguard_formula(cell) for cell in cells] == without.column("n").to_pylist()


def test_workbook(table: Path, city: Path, tmp_path: Path) -> None:
    """A worksheet holds 32,767 characters a cell: the long one is refused, and nothing is left."""
    given = ["assign", str(table), "-o", str(tmp_path / "out.xlsx"), "--datum", "wgs84", "--layers", str(city)]
    assert main(given) == 2
    assert not list(tmp_path.iterdir())
    short = pq.read_table(table).filter(
        pa.compute.less(pa.compute.utf8_length(pa.chunked_array([[*CELLS.values(), ""]])), 32_767)
    )
    pq.write_table(short, tmp_path / "short.parquet")
    sheet = openpyxl.load_workbook(joined(tmp_path / "short.parquet", tmp_path / "out.xlsx", city)).active
    head, *rows = list(sheet.iter_rows())
    wanted = [text for text in [*CELLS.values(), "-170.5"] if len(text) < 32_767]
    assert [seen(cell) for cell in head[: len(NAMES)]] == [told(name) for name in NAMES]
    assert [seen(row[0]) for row in rows] == [told(text) for text in wanted]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}


def seen(cell: Any) -> str:
    return unescape(str(cell.value)).replace("\r\n", "\n").replace("\r", "\n")


def told(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_report_and_terminal(table: Path, city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is said of a table steers no terminal; the report holds the names as they are."""
    joined(table, tmp_path / "out.csv", city, "--report", str(tmp_path / "report.json"))
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "␛[31m" in said
    assert not {character for character in said if character < " "} - {"\n", "\t"}
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    _, *rows = text_rows(tmp_path / "out.csv")
    assert report["guarded_texts"] == sum(cell != unguard_formula(cell) for row in rows for cell in row) > 10
    assert (
        main(["assign", str(table), "-o", str(tmp_path / "x.csv"), "--lon", "\x1b]0;owned\x07", "--layers", str(city)])
        == 2
    )
    assert "\x1b" not in capsys.readouterr().err
