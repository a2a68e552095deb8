"""Delimited text: delimiter, header, rows; nothing lost."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from geo.base.messages import text
from geo.errors import DataError, UsageError
from geo.tables import Limits, TableReader, open_table, row_numbers, textfile


def opened(text: str | bytes, name: str = "in.csv", **options: Any) -> TableReader:
    raw = text.encode() if isinstance(text, str) else text
    return open_table(io.BytesIO(raw), name=name, **options)


def rows_of(table: TableReader) -> list[dict[str, Any]]:
    return [row for batch in table.batches() for row in batch.to_pylist()]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends(delimiter: str, end: str) -> None:
    lines = [["名称", "备注"], ["甲", "a b"], ["乙", "x/y"]]
    with opened(end.join(delimiter.join(line) for line in lines) + end) as table:
        assert table.report.delimiter == delimiter
        assert rows_of(table) == [{"名称": "甲", "备注": "a b"}, {"名称": "乙", "备注": "x/y"}]


def test_excels_own_files() -> None:
    with opened("名称\t经度\r\n甲\t121.5\r\n".encode("utf-16"), "book.txt") as table:
        assert (table.report.encoding, table.report.delimiter) == ("utf-16-le", "\t")
    with opened("sep=;\r\n名称;经度\r\n甲;121,5\r\n".encode("utf-8-sig")) as table:
        assert table.report.delimiter == ";"
        assert rows_of(table) == [{"名称": "甲", "经度": "121,5"}]


def test_codes_stay_text_and_empty_cells_are_null() -> None:
    with opened("code,n\n007,1.50\n,2\n") as table:
        assert rows_of(table) == [{"code": "007", "n": "1.50"}, {"code": None, "n": "2"}]
        assert [c.type for c in table.report.columns] == ["code", "number"]


def test_rows_that_do_not_fit_are_kept_with_number_and_text() -> None:
    text = 'name,lon,lat\na,121,31\nb,121\n"c\nd",121,31\ne,1,2,3\n\nf,121,31\n'
    with opened(text) as table:
        batches = list(table.batches())
        notes = [note for batch in batches for note in table.points(batch).notes().to_pylist()]
        numbers = [int(n) for batch in batches for n in row_numbers(batch)]
    assert numbers == [1, 2, 3, 4, 5]
    assert [n for n, note in zip(numbers, notes, strict=True) if note] == [2, 4]
    assert [note for note in notes if note] == ["malformed: b,121", "malformed: e,1,2,3"]
    assert table.report.rows == 5 == table.report.placed + table.report.set_aside
    assert table.report.reasons == {"malformed": 2}
    assert table.report.examples["malformed"][0] == (2, "b,121")


def test_row_numbers_go_on_over_many_batches() -> None:
    lines = [f"r{i},121,31" if i % 100 else "short" for i in range(1, 4001)]
    limits = Limits(row_bytes=4096)
    with opened("name,lon,lat\n" + "\n".join(lines) + "\n", limits=limits) as table:
        pairs = [
            (int(n), row["name"])
            for batch in table.batches()
            for n, row in zip(row_numbers(batch), batch.to_pylist(), strict=True)
        ]
    assert pairs == [(n, f"r{n}" if n % 100 else None) for n in range(1, 4001)]


@pytest.mark.parametrize("seed", range(12))
def test_every_row_stands_in_its_place_whether_it_fits_or_not(seed: int) -> None:
    rng, lines, wanted = np.random.default_rng(seed), [], []
    share = [0.02, 0.2, 0.35][seed % 3]
    for number in range(int(rng.choice([200, 900]))):
        fits, breaks = rng.random() >= share, rng.random() < 0.3
        name = f'"r{number}\ny"' if breaks else f"r{number}"
        lines.append(f"{name},121,31" if fits else f"{name},1,2,3")
        wanted.append(f"r{number}" if fits else None)
        lines += [""] * int(rng.random() < 0.05)
    limits = Limits(row_bytes=int(rng.choice([256, 4096, 1 << 20])))
    with opened("name,lon,lat\n" + "\n".join(lines) + "\n", limits=limits) as table:
        found, notes, numbers = [], [], []
        for batch in table.batches():
            found += [name and name.split("\n")[0] for name in batch.column("name").to_pylist()]
            notes += table.points(batch).notes().to_pylist()
            numbers += row_numbers(batch).tolist()
    assert found == wanted
    assert numbers == list(range(1, len(wanted) + 1))
    assert [bool(note) for note in notes] == [name is None for name in wanted]


def test_a_spread_sample_takes_every_nth_row_of_the_whole_table() -> None:
    count, small = 60_000, Limits(row_bytes=1 << 16)
    with opened("id,x\n" + "".join(f"{n},{n % 7}\n" for n in range(count)), limits=small) as table:
        assert len(list(table.batches())) > 5
        ids = np.array([int(n) for n in table.sample(1000, spread=True)["id"].to_pylist()])
        first = table.sample(1000)["id"].to_pylist()
    assert first == [str(n) for n in range(1000)]
    assert len(ids) == 1000
    step = int(np.gcd.reduce(ids))
    assert count / 2000 / 2 < step <= count / 1000
    assert (ids[0], ids[-1] >= count - 2 * step) == (0, True)


def test_titles_above_and_line_breaks_in_the_header() -> None:
    with opened('某市名单,,\n\n名称,"经度\n(度)",纬度\n甲,121.4,31.2\n') as table:
        assert table.report.header_row == 2
        assert table.schema.names == ["名称", "经度\n(度)", "纬度"]
        assert rows_of(table) == [{"名称": "甲", "经度\n(度)": "121.4", "纬度": "31.2"}]
        assert "1 row above the header" in " ".join(table.report.lines("en"))


def test_no_header() -> None:
    with opened("a,121.4712,31.2312\nb,121.5,31.2\n") as table:
        assert (table.report.header_row, table.schema.names[0]) == (0, "column_1")
        assert text("tables.note.no_header", "en") in table.report.lines("en")
        assert len(rows_of(table)) == 2
    with opened("甲,乙\n丙,丁\n") as table:
        assert table.report.header_rule == "convention"
        assert "第一行当作表头" in " ".join(table.report.lines("zh"))
    with opened("甲,乙\n丙,丁\n", header=0) as table:
        assert len(rows_of(table)) == 2


def test_names_are_made_unique_and_said() -> None:
    with opened("名称,名称,,名称_2\na,b,c,d\n") as table:
        assert table.schema.names == ["名称", "名称_3", "column_3", "名称_2"]
        assert [c.original for c in table.report.columns] == ["名称", "名称", "", "名称_2"]
        assert "'名称' → '名称_3'" in " ".join(table.report.lines("en"))


def test_one_empty_field_more_in_every_row() -> None:
    with opened("a,b\nx,y,\nz,w,\n") as table:
        assert rows_of(table)[1] == {"a": "z", "b": "w", "column_3": None}


def test_header_that_does_not_fit_is_refused() -> None:
    with pytest.raises(DataError, match=r"the header \(row 1\) has 2 fields but most rows have 3"):
        opened("a,b\nx,y,z\nz,w,v\n")


def test_rows_of_which_most_do_not_fit_are_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """45 kB of gzip held 1.6 million of them, and each cost 25 µs."""
    monkeypatch.setattr(textfile, "_MOST_BAD", 1000)
    few = "a,b\n" + "x,y\n" * 600
    with opened(few + "x,y,z\n" * 1000) as table:
        assert len(rows_of(table)) == 1600
    with opened(few + "x,y\n" * 600 + "x,y,z\n" * 1100) as table:
        assert len(rows_of(table)) == 2300
    with pytest.raises(DataError, match="more than 1,000 rows do not have the 2 fields of the header") as told:
        opened(few + "x,y,z\n" * 1001)
    assert "1,000 行以上的字段数与表头（2 个）不符" in told.value.translations["zh"]


def test_quotes() -> None:
    with opened('a,b\n5" pipe,2\nx,"y""z,\n"\n') as table:
        assert rows_of(table) == [{"a": '5" pipe', "b": "2"}, {"a": "x", "b": 'y"z,\n'}]
    body = 'a,b\nq,"never closed\n' + "x,y\n" * 100
    with pytest.raises(DataError, match="a quote mark before 'x,y' is opened and not closed"):
        opened(body)
    with opened(body, quote="") as table:
        assert len(rows_of(table)) == 101


def test_options_that_cannot_be() -> None:
    with pytest.raises(UsageError, match="delimiter=',,'"):
        opened("a,b\n", delimiter=",,")
    with pytest.raises(UsageError, match="header=9"):
        opened("a,b\n1,2\n", header=9)
    with pytest.raises(UsageError, match="sheet does not apply to csv"):
        opened("a,b\n1,2\n", sheet="S")


def test_limits() -> None:
    with pytest.raises(DataError, match="3 columns, more than the 2 allowed"):
        opened("a,b,c\nx,y,z\n", limits=Limits(columns=2))
    with (
        opened("a,b\nx,y\nz,w\n", limits=Limits(rows=1)) as table,
        pytest.raises(DataError, match="more than the 1 rows"),
    ):
        list(table.batches())
    with pytest.raises(DataError, match="a cell of 50 bytes in column 'b'"):
        opened("a,b\nx," + "y" * 50 + "\n", limits=Limits(cell_bytes=40))
    with pytest.raises(DataError, match="a row is longer than"):
        opened("a,b\nx,y\n" + "z" * 20_000 + ",w\n", limits=Limits(row_bytes=10_000))
    with pytest.raises(DataError, match="first line is longer than"):
        opened("z" * 900_000, limits=Limits(row_bytes=300_000))


def test_a_header_alone_has_no_rows() -> None:
    with opened("name,lon,lat\n") as table:
        assert rows_of(table) == []
        assert table.report.complete


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_nothing_in_it(raw: bytes) -> None:
    with pytest.raises(DataError, match=r"the file is empty|no rows"):
        opened(raw)
