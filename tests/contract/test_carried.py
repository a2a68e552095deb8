from __future__ import annotations

import json

from geo.atlas.atlas import Atlas
from geo.contract.carried import any_measure, carried_columns, place_table
from geo.contract.schema import table


def test_a_measure_takes_four_described_columns() -> None:
    measure = {**any_measure(), "measure_id": "firms", "unit": "count", "label_en": "Firms", "caveat_en": "Careful"}
    value, as_of, qualifier, grade = carried_columns(measure)
    assert [one.name for one in (value, as_of, qualifier, grade)] == [
        "firms", "firms_as_of", "firms_qualifier", "firms_grade",
    ]  # fmt: skip
    assert (value.type, value.unit, value.required) == ("number", "count", False)
    assert "Careful" in value.definition_en
    assert "never zero" in value.definition_en
    assert as_of.type == "period"
    assert qualifier.allowed == table("facts").column("qualifier").allowed
    assert grade.allowed == ("A", "B", "C")
    assert grade.label_en == "Firms: Grade"


def test_only_reported_measures_that_are_there_add_columns() -> None:
    def row(name: str, origin: str = "reported") -> dict[str, str]:
        return any_measure() | {"measure_id": name, "origin": origin}

    found = place_table([row("firms"), row("area_km2", "derived"), row("staff")], {"firms", "area_km2"})
    assert found.names()[: len(table("place_layer").names())] == table("place_layer").names()
    assert found.names()[len(table("place_layer").names()) :][0] == "firms"
    assert len(found.names()) == len(table("place_layer").names()) + 4


def test_the_data_package_describes_every_property_of_the_layers(atlas: Atlas) -> None:
    package = json.loads((atlas.folder / "datapackage.json").read_text(encoding="utf-8"))
    schemas = {r["path"]: r["schema"] for r in package["resources"] if r["path"].endswith(".geojson") and "schema" in r}
    assert set(schemas) == {f"{kind}.geojson" for kind in atlas.roles}
    for path, schema in schemas.items():
        fields = json.loads(atlas.file(schema) or b"")["fields"]
        told = [field["name"] for field in fields]
        for feature in json.loads(atlas.file(path) or b"")["features"]:
            assert list(feature["properties"]) == told
    described = {field["name"]: field for field in fields}
    assert described["ai_firms_qualifier"]["constraints"]["enum"] == ["exact", "about", "over", "nearly", "under"]
    assert described["ai_firms"]["unit"] == "firms"
