"""Web pages that systems for offices call .xls: their tables are read, merged cells and all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geo.errors import DataError, UsageError
from geo.tables import Limits, open_table

STYLE = "<head><style>td{mso-number-format:'\\@'} table{}</style><script>var a = '<table><tr><td>no'</script></head>"
LIST = (
    "<table border=1><tr><td colspan=4>企业名单<br>二〇二六</td></tr><TR><TH>名称<TH>代码<TH>经度<TH>纬度</TR>"
    "<tr><td rowspan=2>甲&amp;乙<td>007<td>121.40<td>&nbsp;31.2</tr><tr><td>008<td>121.41<td>31.2</tr></table>"
)


def rows(path: Path, **options: object) -> list[dict[str, object]]:
    with open_table(path, **options) as table:  # type: ignore[arg-type]
        return [row for batch in table.batches() for row in batch.to_pylist()]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_a_page_that_is_called_a_workbook(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(f"<html xmlns:x='urn:schemas-microsoft-com:office:excel'>{STYLE}{LIST}</html>".encode(encoding))
    assert rows(path) == [
        {"名称": "甲&乙", "代码": "007", "经度": "121.40", "纬度": "31.2"},
        {"名称": "甲&乙", "代码": "008", "经度": "121.41", "纬度": "31.2"},
    ]
    with open_table(path) as table:
        assert (table.report.format, table.report.header_row) == ("html", 2)
        assert "扩展名是 .xls，内容却是 html" in " ".join(table.report.lines("zh"))
        assert table.report.encoding in ("utf-8", "gb18030", "utf-16-le")
        assert "1 个空格属于上下合并的单元格，已填上其中的内容" in table.report.lines("zh")


def test_of_several_tables_the_one_with_coordinates_is_taken(tmp_path: Path) -> None:
    path, menu = tmp_path / "a.html", "<table><tr><td>首页<td>关于</tr><tr><td>帮助<td>退出</tr></table>"
    path.write_text(f"<table><tr><td>{menu}</td></tr><tr><td>{LIST}</td></tr></table>", encoding="utf-8")
    assert [row["代码"] for row in rows(path)] == ["007", "008"]
    assert rows(path, sheet="2", header=0)[0] == {"column_1": "首页", "column_2": "关于"}
    path.write_text(LIST + LIST, encoding="utf-8")
    with pytest.raises(UsageError, match="several sheets could be meant: '1', '2'"):
        rows(path)
    with pytest.raises(UsageError, match="no sheet '9'"):
        rows(path, sheet="9")


def test_a_cell_merged_over_rows_is_of_each_in_its_own_table(tmp_path: Path) -> None:
    path, inner = tmp_path / "a.html", "<table><tr><td rowspan=3>x<td>1</tr><tr><td>2</tr><tr><td>3</tr></table>"
    body = f"<tr><td rowspan=2 colspan=2>{inner}徐汇<td>121.4<td>31.2</tr><tr><td>121.5<td>31.2</tr>"
    last = "<tr><td>闵行<td rowspan=9>莘庄<td>121.4<td>31.1</tr>"
    path.write_text(f"<table><tr><th>区<th>街镇<th>经度<th>纬度</tr>{body}{last}</table>", encoding="utf-8")
    districts = [(row["区"], row["街镇"]) for row in rows(path, sheet="1")]
    assert districts == [("徐汇", None), ("徐汇", None), ("闵行", "莘庄")]
    assert [row["column_1"] for row in rows(path, sheet="2", header=0)] == ["x", "x", "x"]


def test_a_page_without_a_table_and_a_span_without_end(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text("<!DOCTYPE html><html><body>登录超时</body></html>", encoding="utf-8")
    with pytest.raises(DataError, match="a web page or XML without a table"):
        rows(path)
    path.write_text("<table>" + "<tr><td colspan=99999>a</td></tr>" * 100 + "</table>", encoding="utf-8")
    with pytest.raises(DataError, match="more than the 50000 cells"):
        rows(path, limits=replace(Limits(), cells=50_000))


def test_text_that_is_called_a_workbook_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes("名称\t经度\t纬度\n甲\t121.4\t31.2\n".encode("gb18030"))
    assert rows(path) == [{"名称": "甲", "经度": "121.4", "纬度": "31.2"}]
    with open_table(path) as table:
        assert "the name ends in .xls but the content is csv" in " ".join(table.report.lines("en"))
