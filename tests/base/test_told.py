"""Errors told in every language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import geo
from geo.base.messages import catalogue, text
from geo.base.told import both, together, told
from geo.errors import CRSError, DataError, GeoError, MissingDependencyError, OutputError, UsageError


def test_an_error_speaks_every_language() -> None:
    error = told(DataError, "refused.is.pdf", name="a.pdf")
    assert type(error) is DataError
    assert str(error) == error.translations["en"] == "a.pdf: this is a PDF; copy the table into a workbook first"
    assert error.translations["zh"] == "a.pdf：这是 PDF；请先把表复制到工作簿里"
    assert type(told(CRSError, "refused.crs", crs="'x'")) is CRSError


def test_problems_go_along() -> None:
    error = told(DataError, "refused.zip_refused", ["one", "two"], name="a.zip")
    assert error.problems == ("one", "two")
    assert str(error) == error.translations["en"] == "a.zip: the zip is refused\n  one\n  two"
    said_zh = text("refused.zip_refused", "zh", name="a.zip")
    assert error.translations["zh"] == f"{said_zh}\n  one\n  two"
    twice = told(DataError, "refused.zip_refused", [both("tables.zip.twice", entry="b")], name="a.zip")
    assert twice.problems == ("'b' is there twice",)
    assert twice.translations["zh"] == f"{said_zh}\n  “b”有两个"


def test_several_errors_are_one_of_a_line_each() -> None:
    error = together(CRSError, [told(UsageError, "refused.lon_lat"), UsageError("only in English")])
    assert type(error) is CRSError
    assert str(error) == error.translations["en"] == "lon and lat go together: give both\nonly in English"
    assert error.translations["zh"] == "经度列与纬度列须一起给\nonly in English"


def test_no_such_message() -> None:
    with pytest.raises(UsageError, match="no message 'nothing'"):
        told(DataError, "nothing")


def test_what_a_page_refuses_is_in_both_languages() -> None:
    fields = dict.fromkeys(("name", "given", "why", "known", "most", "size", "held", "format"), "x")
    for message_id in ("refused.unsound", "refused.no_sheet", "refused.size", "refused.empty"):
        said = {language: text(message_id, language, **fields) for language in ("zh", "en")}
        assert said["zh"] != said["en"]
    assert sum(message_id.startswith("refused.") for message_id in catalogue()) > 70


def test_an_error_within_an_error_is_told_in_each_language() -> None:
    inner = told(CRSError, "refused.crs", crs="'x'")
    error = told(CRSError, "refused.crs_code", why=inner, fitting="EPSG:4490")
    assert str(error) == "the CRS 'x' is not known; give an EPSG code such as EPSG:4490"
    assert error.translations["zh"] == "没有坐标参考系 'x'；请给一个 EPSG 代码，如 EPSG:4490"


def test_a_field_may_have_its_own_words_in_each_language() -> None:
    error = told(DataError, "refused.points", name="a.csv", question=both("refused.lon_lat"))
    assert str(error) == "a.csv: lon and lat go together: give both"
    assert error.translations["zh"] == f"a.csv：{text('refused.lon_lat', 'zh')}"


def test_every_error_of_the_project_is_made_in_every_language() -> None:
    """By `told`; by hand only in the module that it builds on."""
    kinds = {kind.__name__ for kind in (GeoError, UsageError, DataError, CRSError, OutputError, MissingDependencyError)}
    made = {
        path.relative_to(Path(geo.__file__).parent).as_posix()
        for path in Path(geo.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in kinds
    }
    assert made == {"base/messages.py"}


def test_an_error_is_told_in_a_language() -> None:
    error = told(DataError, "refused.empty", name="a.csv")
    assert error.in_language("zh") == "a.csv：文件是空的；请检查导出的一步"
    assert error.in_language("en") == str(error)
    refused = told(DataError, "refused.zip_refused", ["'../a' points outside the zip"], name="a.zip")
    for language in ("zh", "en"):  # why it is refused stands on the page, in whichever language
        assert refused.in_language(language).endswith("\n  '../a' points outside the zip")
    assert UsageError("something odd").in_language("zh") == "something odd"
