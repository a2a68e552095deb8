"""A figure in words: qualifier, unit, date, age, source, and why it is not compared."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.analysis import values
from geo.analysis.compare import Cell, Reason
from geo.analysis.figures import Figure
from geo.analysis.units import scale_of
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.errors import UsageError


@pytest.mark.parametrize("value", [None, math.nan, np.float64("nan"), pd.NA, ""])
def test_what_is_missing(value: Any) -> None:
    assert not values.present(value)
    assert values.cell({"a": value}, "a") == values.cell({}, "a") == ""
    assert values.figure_text(value, "exact", "km²", "zh") == text("unknown", "zh")
    assert values.date_text(value, "zh") == values.date_text("unknown", "zh") == "时点不详"
    assert values.accuracy_text(value, "zh") == ""


@pytest.mark.parametrize("value", [0, 0.0, False, "0", " "])
def test_what_is_there_though_it_looks_empty(value: Any) -> None:
    assert values.present(value)
    assert values.cell({"a": value}, "a") == str(value)


@pytest.mark.parametrize(
    ("qualifier", "zh", "en"),
    [
        ("exact", "500 家", "500 firms"),
        ("about", "约 500 家", "about 500 firms"),
        ("nearly", "近 500 家", "nearly 500 firms"),
        ("over", "500 家以上", "over 500 firms"),
        ("under", "不足 500 家", "under 500 firms"),
    ],
)
def test_every_qualifier_has_its_words(qualifier: str, zh: str, en: str) -> None:
    assert values.figure_text(500, qualifier, "家", "zh") == zh
    assert values.figure_text(500, qualifier, "firms", "en") == en
    assert values.short_figure(500, qualifier, scale_of("家", "zh")).endswith("500")


def test_a_qualifier_that_nobody_knows_is_no_exact_figure() -> None:
    with pytest.raises(UsageError, match=r"no message 'value\.roughly'"):
        values.figure_text(500, "roughly", "家", "zh")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (25, "%", "25%以上"),
        (12, "EFLOPS", "12 EFLOPS 以上"),
        (500, "", "500 以上"),
        (38, "亿元/平方公里", "38 亿元/平方公里以上"),
    ],
)
def test_over_in_chinese_is_set_as_a_printer_would(value: float, unit: str, shown: str) -> None:
    assert values.figure_text(value, "over", unit, "zh") == shown


def test_years_are_years() -> None:
    assert values.figure_text(1988, "exact", "年", "zh", topic="date") == "1988 年"
    assert values.figure_text(1988, "about", "year", "en", topic="date") == "about 1988"


def test_measures_of_the_atlas_have_their_unit(atlas: Atlas) -> None:
    assert values.measured(atlas, "approved_year", 1988.0, "exact", "en") == "1988"
    assert values.measured(atlas, "institutions_inside", 1.0, "exact", "en") == "1 institution"
    assert values.measured(atlas, "institutions_inside", 2.0, "exact", "zh") == "2 家"
    assert values.measured(atlas, "districts_count", 1.0, "exact", "en") == "1"
    assert values.measured(atlas, "floor_area", 6.1, "over", "en") == "over 61,000 m²"
    assert values.measured(atlas, "area_official_km2", 94.0, "about", "zh") == "约 94 平方公里"
    assert values.measure_heading(atlas, "ai_output", "en").endswith("(CNY billion)")


def test_an_old_headline_says_how_old_it_is() -> None:
    assert values.date_text("2018-08", "zh", 8) == "2018-08，8 年前"
    assert values.date_text("2018-08", "en", 8) == "2018-08, 8 years ago"
    assert values.date_text("2018-08", "en") == "2018-08"
    assert values.when_text(Figure("p", "m", 1.0, grade=""), "en") == text("value.computed", "en")
    assert values.when_text(Figure("p", "m", 1.0, as_of="2020", grade="A", age=6), "zh") == "2020，6 年前"


def test_accuracies_and_distances() -> None:
    assert [values.accuracy_text(2500, lang) for lang in ("zh", "en")] == ["±2,500 米", "±2,500 m"]
    assert [values.distance_text(640.4, lang) for lang in ("zh", "en")] == ["640 米", "640 m"]
    assert [values.distance_text(12_345.0, lang) for lang in ("zh", "en")] == ["12.3 公里", "12.3 km"]
    assert [values.distance_text(metres, "en") for metres in (949.4, 960, 5000)] == ["949 m", "1 km", "5 km"]


def test_what_stands_beside_a_figure() -> None:
    figure = Figure("p", "m", 1.0, "exact", "2024", "whole", "s", "A")
    assert values.remark_texts(figure, "zh") == []
    noted = replace(figure, locator="第三页", quote="共有1家", note_zh="注", note_en="note")
    assert values.remark_texts(noted, "zh") == ["第三页", "原话：“共有1家”", "注"]
    assert values.remark_texts(noted, "en") == ["第三页", "In its words: “共有1家”", "note"]
    assert values.remark_texts(replace(noted, locator="1家"), "zh") == ["原话：“共有1家”", "注"]


def test_a_source_in_one_line() -> None:
    source = {"title": "规划", "title_en": "Plan", "publisher": "某局", "number": "1 号", "published": "2020-01"}
    assert values.citation(source, "zh") == "某局，《规划》，1 号，2020-01"
    assert values.citation(source, "en") == "某局, “Plan” (规划), 1 号, 2020-01"
    assert values.citation(source | {"title_en": math.nan, "number": None}, "en") == "某局, “规划”, 2020-01"
    inside = source | {"title": "发布《意见》", "title_en": "A “plan” is out"}
    assert values.citation(inside, "zh") == "某局，《发布《意见》》，1 号，2020-01"
    assert values.citation(inside, "en") == "某局, “A ‘plan’ is out” (发布《意见》), 1 号, 2020-01"
    outlet = values.citation(source | {"publisher": text("cite.no_outlet", "zh")}, "en")
    assert outlet.startswith(text("cite.no_outlet", "en"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_has_words(atlas: Atlas, lang: str) -> None:
    found = [
        Reason("level", ("district",)),
        Reason("scope", ("core_park",)),
        Reason("grade", ("C",)),
        Reason("schematic"),
        Reason("undated"),
        Reason("date", ("2018", "2019")),
        Reason("definition", ("ai_firms", "ai_key_firms", "ai_core_firms", "resident_firms")),
    ]
    words = values.why_text(atlas, found, lang)
    assert values.scope_text(atlas, "core_park", lang) in words
    assert atlas.table("scopes").set_index("scope_id").at["core_park", f"name_{lang}"] in words
    assert {"zh": "2018—2019", "en": "2018–2019"}[lang] in words
    assert words.count("…") == 1
    assert "{" not in words
    assert values.why_text(atlas, (), lang) == ""


def test_a_cell_in_one_line(atlas: Atlas) -> None:
    one = Figure("maqiao", "ai_firms", 300.0, "under", "2020", grade="B")
    assert values.cell_text(atlas, Cell("maqiao", "layout", one), "zh") == "不足 300 家（2020）"
    marked = values.cell_text(atlas, Cell("maqiao", "layout", one, reasons=(Reason("undated"),)), "en")
    assert marked == f"under 300 firms (2020); {text('compare.reason.undated', 'en')}"
    assert values.cell_text(atlas, Cell("maqiao", "layout"), "en") == text("value.none", "en")


def test_the_amount_of_a_policy_item() -> None:
    class Units:
        def rows(self, name: str) -> dict[str, dict[str, str]]:
            return {"firms": {"symbol_zh": "家", "symbol_en": "firms"}}

    row = {"value": 5.0, "unit": "firms", "qualifier": None}
    assert values.amount_text(Units(), row, "zh") == "5 家"  # type: ignore[arg-type]
    assert values.amount_text(Units(), row | {"unit": None, "qualifier": "over"}, "en") == "over 5"  # type: ignore[arg-type]
    assert values.amount_text(Units(), row | {"value": None}, "en") == ""  # type: ignore[arg-type]


def test_an_amount_stands_apart_only_where_its_sentence_has_not_the_number(atlas: Atlas) -> None:
    unit = next(key for key, row in atlas.rows("units").items() if row["symbol_en"] == "firms")
    row = {"value": 1149.0, "unit": unit, "qualifier": "exact", "text_en": "1,149 key firms at the end of 2020"}
    assert values.amount_apart(atlas, row, "en") == ""
    for other in ("Key firms at the end of 2020", "11,149 key firms", "1,149.5 firms", ""):
        assert values.amount_apart(atlas, {**row, "text_en": other}, "en") == "1,149 firms"
    assert values.amount_apart(atlas, {**row, "text_en": "In all 1,149, others say 1,116"}, "en") == ""
    assert values.amount_apart(atlas, {**row, "value": None}, "en") == ""
