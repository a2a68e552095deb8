from __future__ import annotations

from geo.atlas.atlas import Atlas
from geo.contract.schema import tables
from geo.export.data_dictionary import HEAD, dictionary_rows, markdown


def test_every_column_and_measure_has_a_row(tiny: Atlas) -> None:
    rows = [dict(zip(HEAD, row, strict=True)) for row in dictionary_rows(tiny)]
    listed = {(row["table"], row["column"]) for row in rows}
    assert {(table.name, column.name) for table in tables().values() for column in table.columns} <= listed
    assert {("measure", measure_id) for measure_id in tiny.table("measures")["measure_id"]} <= listed
    assert all(row["definition_zh"] and row["definition_en"] and row["type"] for row in rows)
    [method] = [row for row in rows if (row["table"], row["column"]) == ("place_layer", "method")]
    assert method["allowed"] == "official_bounds|digitised|schematic"


def test_page_has_every_table_and_only_an_atlas_brings_measures(tiny: Atlas) -> None:
    page = markdown()
    for name, table in tables().items():
        assert f"\n## {name}\n" in page
        assert all(f"`{column.name}`" in page for column in table.columns)
    assert "\n## measure\n" not in page
    assert "| `firms_per_km2` |" in markdown(tiny)


def test_cells_cannot_break_the_grid(tiny: Atlas) -> None:
    heads = {line.count("|") for line in markdown(tiny).replace("\\|", "").splitlines() if line.startswith("|")}
    assert heads == {7, 9}
