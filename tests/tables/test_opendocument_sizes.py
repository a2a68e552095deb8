"""OpenDocument sheets: read as .xlsx is; what says that it is there often is counted first."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from geo.errors import DataError
from geo.tables import Limits, open_table

_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
_HEAD = (
    f'<office:document-content xmlns:office="{_NAMES}:office:1.0" xmlns:table="{_NAMES}:table:1.0" '
    f'xmlns:text="{_NAMES}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
)
_FOOT = "</office:spreadsheet></office:body></office:document-content>"
LIMITS = Limits(cells=100_000, unpacked_bytes=4 << 20)
#: As LibreOffice ends every sheet: empty to the last row and column.
REST = '<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/>'


def cell(value: str | float, more: str = "") -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string" {more}><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}" {more}/>'


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


ROWS = row(cell("名称"), cell("经度"), cell("纬度")) + row(cell("甲"), cell(121.5), cell(31.25))


def ods(path: Path, rows: str, kind: str = "spreadsheet", head: str = "", **more: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", f'{head}{_HEAD}<table:table table:name="甲表">{rows}</table:table>{_FOOT}')
        archive.writestr("META-INF/manifest.xml", more.get("manifest", "<manifest/>"))
    return path


def refused(path: Path, match: str) -> None:
    with pytest.raises(DataError, match=match):
        open_table(path, limits=LIMITS)


def test_a_sheet_is_read_and_its_empty_rest_counts_for_nothing(tmp_path: Path) -> None:
    with open_table(ods(tmp_path / "a.ods", f"{ROWS}{REST}</table:table-row>"), limits=LIMITS) as table:
        assert next(table.batches()).to_pylist() == [{"名称": "甲", "经度": 121.5, "纬度": 31.25}]
        assert (table.report.format, table.report.sheet) == ("ods", "甲表")


@pytest.mark.parametrize(
    "more",
    [
        row(cell(1.0, 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1048000"'),
        row(more='table:number-rows-repeated="900000"') + row(cell(1.0)),
        row('<table:table-cell table:number-columns-repeated="900000"/>', cell(1.0)),
        row('<table:table-cell table:number-columns-repeated="900000"><text:p>a</text:p></table:table-cell>'),
    ],
)
def test_what_is_repeated_is_counted(tmp_path: Path, more: str) -> None:
    refused(
        ods(tmp_path / "a.ods", ROWS + more), "rows times columns come to more than the 100000 cells|unpacks to more"
    )


def test_texts_that_are_repeated_are_counted(tmp_path: Path) -> None:
    long = cell("a" * 10_000, 'table:number-columns-repeated="1000"')
    refused(ods(tmp_path / "a.ods", ROWS + row(long)), r"unpacks to more than the 4\.0 MiB allowed")


def test_entities_passwords_documents_and_damage_are_refused(tmp_path: Path) -> None:
    refused(ods(tmp_path / "a.ods", ROWS, head='<!DOCTYPE a [<!ENTITY e "lol">]>'), "declares XML entities")
    manifest = "<manifest><encryption-data/></manifest>"
    refused(ods(tmp_path / "b.ods", ROWS, manifest=manifest), "has a password")
    refused(ods(tmp_path / "c.odt", ROWS, "text"), "an OpenDocument file but no spreadsheet")
    refused(ods(tmp_path / "d.ods", ROWS + "<open>"), "not a sound workbook")
