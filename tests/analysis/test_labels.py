"""One text per column and measure: tooltip and dictionary never differ."""

from __future__ import annotations

import re

import pytest

from geo.analysis.labels import (
    detail_text,
    dictionary,
    district_heading,
    district_words,
    level_heading,
    measure_text,
    measure_texts,
)
from geo.atlas.atlas import Atlas
from geo.base.messages import LANGUAGES, text
from geo.contract.schema import tables


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_explained_in_the_language(atlas: Atlas, language: str) -> None:
    entries = dictionary(atlas, language)
    expected = [(name, column.name) for name, table in tables().items() for column in table.columns]
    assert [(entry.table, entry.column) for entry in entries if "<" not in entry.column] == expected
    carried = ["<measure_id>", "<measure_id>_as_of", "<measure_id>_qualifier", "<measure_id>_grade"]
    assert [entry.column for entry in entries if "<" in entry.column] == carried
    assert all(entry.label and entry.definition for entry in entries)
    columns = [column for table in tables().values() for column in table.columns]
    assert [entry.label for entry in entries if "<" not in entry.column] == [
        getattr(column, f"label_{language}") for column in columns
    ]
    definitions = {(column.table, column.name): getattr(column, f"definition_{language}") for column in columns}
    told = {(entry.table, entry.column): entry.definition for entry in entries if entry.table != "place_layer"}
    assert told.items() <= definitions.items()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tooltip_of_a_measure_is_the_text_of_its_column(atlas: Atlas, language: str) -> None:
    texts = measure_texts(atlas, language)
    assert set(texts) == set(atlas.table("measures")["measure_id"])
    columns = {entry.column: entry.definition for entry in dictionary(atlas, language) if entry.table == "place_layer"}
    shared = set(columns) & set(texts)
    assert {"area_km2", "stations_inside", "centre_km"} <= shared
    assert all(columns[name] == texts[name] for name in shared)


def test_the_contract_defines_a_column_as_the_measure_of_that_name(atlas: Atlas) -> None:
    """So that files, which carry the contract's words, and pages, which carry the measure's, say the same."""
    measures = atlas.table("measures").set_index("measure_id")
    shared = [column for column in tables()["place_layer"].columns if column.name in measures.index]
    assert len(shared) >= 8
    for column in shared:
        assert column.definition_zh == measures.at[column.name, "definition_zh"]
        assert column.definition_en == measures.at[column.name, "definition_en"]


def test_text_is_definition_then_caveat() -> None:
    row = {"definition_zh": "定义", "caveat_zh": "提醒", "definition_en": "Definition", "caveat_en": float("nan")}
    assert measure_text(row, "zh") == "定义。提醒"
    assert measure_text(row, "en") == "Definition"


def test_details_speak_of_measures_by_label(atlas: Atlas) -> None:
    label = atlas.table("measures").set_index("measure_id").at["area_official_km2", "label_en"]
    assert detail_text(atlas, "area_official_km2 94", "en") == f"{label} 94 km²"
    assert detail_text(atlas, "243 (2022) / 3.09 (2022)", "en") == "243 (2022) / 3.09 (2022)"
    assert detail_text(atlas, "", "en") == ""


def test_details_name_stations_in_the_language(atlas: Atlas) -> None:
    stations = atlas.basemap("metro_stations").dropna(subset=["name_en"]).iloc[:2]
    chinese, english = "、".join(stations["name_zh"]), ", ".join(stations["name_en"])
    assert detail_text(atlas, chinese, "en") == english
    assert detail_text(atlas, chinese, "zh") == chinese
    # One that the basemap does not know keeps its own name.
    assert detail_text(atlas, chinese + "、不在图上站", "en") == english + ", 不在图上站"


def test_long_details_are_cut_on_request_and_say_by_how_much(atlas: Atlas) -> None:
    names = "、".join(f"站{number}" for number in range(11))
    assert detail_text(atlas, names, "zh") == names
    assert detail_text(atlas, names, "zh", most=11) == names
    cut = text("detail.more", "zh", names="站0、站1", count=9)
    assert detail_text(atlas, names, "zh", most=2) == cut


def test_every_station_of_the_details_has_an_english_name(atlas: Atlas) -> None:
    derived = atlas.table("derived")
    said = derived.loc[derived["measure_id"].isin(["stations_inside", "stations_1km", "nearest_station_m"]), "detail"]
    assert len(said.dropna()) > 20
    assert not [one for one in said.dropna() if re.search(r"[\u4e00-\u9fff]", detail_text(atlas, one, "en"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_districts_have_the_words_of_the_message_or_the_citys_own(
    tiny: Atlas, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """The tiny city calls its two districts so; another may call them wards."""
    kinds = {kind: dict(row) for kind, row in tiny.rows("kinds").items()}
    (districts,) = (row for row in kinds.values() if row["role"] == "district")
    monkeypatch.setattr(tiny, "rows", {"kinds": kinds}.__getitem__)
    for own in ("", text("compare.level.district", language).title()):
        districts[f"name_{language}"] = own
        assert district_heading(tiny, "web.panel.districts", language) == text("web.panel.districts", language)
        assert level_heading(tiny, "district", language) == text("rank.of.district", language)
    districts[f"name_{language}"] = "Ward"
    assert district_words(tiny, language) == "Ward"
    assert district_heading(tiny, "web.panel.districts", language) == "Ward"
    assert level_heading(tiny, "district", language) == "Ward"
    assert level_heading(tiny, "layout", language) == text("rank.of.layout", language)
