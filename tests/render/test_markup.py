"""Words become HTML escaped; what is missing is missing, whatever stands for it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.base.messages import text
from geo.render.markup import tag
from geo.render.values import cell, citation, date_text, figure_text, present


@pytest.mark.parametrize("value", [None, math.nan, np.float64("nan"), pd.NA, ""])
def test_what_is_missing(value: Any) -> None:
    assert not present(value)
    assert cell({"a": value}, "a") == cell({}, "a") == ""
    assert figure_text(value, "exact", "km²", "zh") == text("unknown", "zh")
    assert date_text(value, "zh") == date_text("unknown", "zh") == text("web.panel.unknown_date", "zh")


@pytest.mark.parametrize("value", [0, 0.0, False, "0", " "])
def test_what_is_there_though_it_looks_empty(value: Any) -> None:
    assert present(value)
    assert cell({"a": value}, "a") == str(value)


@pytest.mark.parametrize(
    ("value", "qualifier", "unit", "topic", "zh", "en"),
    [
        (140.0, "exact", "km²", "area", "140 km²", "140 km²"),
        (0, "over", "–", "firms", "超过 0", "more than 0"),
        (12, "under", "10,000 m²", "area", "不到 12 × 10,000 m²", "under 12 × 10,000 m²"),
        (1988, "exact", "年", "date", "1988 年", "1988"),
    ],
)
def test_figures(value: float, qualifier: str, unit: str, topic: str, zh: str, en: str) -> None:
    assert [figure_text(value, qualifier, unit, lang, topic=topic) for lang in ("zh", "en")] == [zh, en]


def test_attributes_are_escaped_and_named_as_in_html() -> None:
    assert tag("i", class_='"><b>', data_x="1", aria_label="a&b") == (
        '<i class="&quot;&gt;&lt;b&gt;" data-x="1" aria-label="a&amp;b"></i>'
    )


def test_a_source_in_one_line() -> None:
    source = {"title": "规划", "title_en": "Plan", "publisher": "某局", "number": "1 号", "published": "2020-01"}
    assert citation(source, "zh") == "某局，《规划》，1 号，2020-01"
    assert citation(source, "en") == "某局, “Plan” (规划), 1 号, 2020-01"
    assert citation(source | {"title_en": math.nan, "number": None}, "en") == "某局, “规划”, 2020-01"
