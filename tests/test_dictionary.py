"""One text per column and measure: tooltip and dictionary never differ."""

from __future__ import annotations

import pytest

from geo.atlas import Atlas
from geo.dictionary import dictionary, measure_text, measure_texts
from geo.messages import LANGUAGES
from geo.schema import tables


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_explained_in_the_language(atlas: Atlas, language: str) -> None:
    entries = dictionary(atlas, language)
    expected = [(name, column.name) for name, table in tables().items() for column in table.columns]
    assert [(entry.table, entry.column) for entry in entries] == expected
    assert all(entry.label and entry.definition for entry in entries)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tooltip_of_a_measure_is_the_text_of_its_column(atlas: Atlas, language: str) -> None:
    texts = measure_texts(atlas, language)
    assert set(texts) == set(atlas.table("measures")["measure_id"])
    columns = {entry.column: entry.definition for entry in dictionary(atlas, language) if entry.table == "place_layer"}
    shared = set(columns) & set(texts)
    assert {"area_km2", "area_official_km2", "stations_inside", "centre_km"} <= shared
    assert all(columns[name] == texts[name] for name in shared)


def test_the_contract_defines_a_column_as_the_measure_of_that_name(atlas: Atlas) -> None:
    """So that files, which carry the contract's words, and pages, which carry the measure's, say the same."""
    measures = atlas.table("measures").set_index("measure_id")
    shared = [column for column in tables()["place_layer"].columns if column.name in measures.index]
    assert len(shared) >= 9
    for column in shared:
        assert column.definition_zh == measures.at[column.name, "definition_zh"]
        assert column.definition_en == measures.at[column.name, "definition_en"]


def test_text_is_definition_then_caveat() -> None:
    row = {"definition_zh": "定义", "caveat_zh": "提醒", "definition_en": "Definition", "caveat_en": float("nan")}
    assert measure_text(row, "zh") == "定义。提醒"
    assert measure_text(row, "en") == "Definition"
