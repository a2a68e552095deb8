"""What several doors say of a place in the same words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.analysis import place_words
from geo.analysis.figures import Figure
from geo.analysis.place_sheet import place_sheet
from geo.atlas.atlas import Atlas
from geo.base.messages import text


def test_shares_are_said_where_there_are_several_districts(atlas: Atlas) -> None:
    assert place_words.districts_text(atlas, place_sheet(atlas, "caohejing"), "zh") == "徐汇 74%、闵行 26%"
    assert place_words.districts_text(atlas, place_sheet(atlas, "maqiao"), "en") == "Minhang"
    assert place_words.districts_text(atlas, place_sheet(atlas, "district_310104"), "en") == ""


def test_the_ratio_or_why_there_is_none(tiny: Atlas) -> None:
    node, park = place_sheet(tiny, "node_a").boundary, place_sheet(tiny, "park_b").boundary
    assert place_words.ratio_text(node, "en") == "Drawn area: 99.9% of the official area"
    assert place_words.ratio_text(park, "en") == text("place.area.none", "en")
    stated = replace(park, official=Figure("park_b", "area_official_km2", 1.0, grade="A"))
    assert place_words.ratio_text(stated, "zh") == text("place.area.schematic", "zh")


def test_how_an_institution_was_placed(atlas: Atlas) -> None:
    by_id = {one.row["institution_id"]: one for one in place_sheet(atlas, "zhangjiang").residents}
    said = place_words.belonging_text(by_id["agibot"], "en")
    assert said == " · ".join([text("institution.placed.none", "en"), text("place.institutions.stated", "en")])
    assert place_words.location_text({"placed_by": "none", "accuracy_m": None}, "zh") == "未定位"
    assert place_words.state_text({"status": "operating", "as_of": "unknown"}, "zh") == "运营（时点不详）"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_unknown_has_words_and_names(atlas: Atlas, language: str) -> None:
    seen = set()
    for place_id in atlas.places.index:
        sheet = place_sheet(atlas, str(place_id))
        lines = place_words.unknown_texts(atlas, sheet, language)
        assert len(lines) == len(sheet.unknown)
        for one, line in zip(sheet.unknown, lines, strict=True):
            seen.add(one.id)
            assert line.startswith(text(f"place.unknown.{one.id}", language))
            if one.id.startswith("fact"):
                measure = one.ids[0].partition("/")[2]
                assert atlas.rows("measures")[measure][f"label_{language}"] in line
            if one.id == "vague":
                assert atlas.institutions.at[one.ids[0], f"name_{language}"] in line
    assert {"area_official", "schematic", "no_facts", "vague", "fact_date", "fact_conflict", "fact_weak"} <= seen
