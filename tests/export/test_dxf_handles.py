"""The table beside a drawing."""

from __future__ import annotations

from pathlib import Path

from clients import csv_rows

from geo.atlas.atlas import Atlas
from geo.export.contents import Contents
from geo.export.csvfile import layer_columns, layer_texts
from geo.export.dxf_handles import Handles


def test_a_row_has_the_cells_of_its_feature_in_the_columns_of_all_layers(tiny: Atlas, tmp_path: Path) -> None:
    contents, handles = Contents(tiny.select()), Handles()
    first_place, first_institution = handles.take(contents.places), handles.take(contents.institution)
    handles.note(first_place + 1, "2A", "MTEXT", 'label, "a"', "1", "label")
    handles.note(first_place + 1, "2B", "LINE", "a", "1", "leader")
    handles.note(first_institution, "", "", "institution", "", "not placed")
    handles.write(tmp_path / "handles.csv")
    label, leader, unplaced = csv_rows(tmp_path / "handles.csv")
    assert (label["handle"], label["layer"], leader["handle"], unplaced["role"]) == (
        "2A",
        'label, "a"',
        "2B",
        "not placed",
    )
    assert label["institution_id"] == ""
    for row, layer, at in (
        (label, contents.places, 1),
        (leader, contents.places, 1),
        (unplaced, contents.institution, 0),
    ):
        texts = layer_texts(layer)
        own = [name for name in layer_columns(layer) if name not in ("layer", "role")]
        assert {name: row[name] for name in own} == {name: texts[name][at] for name in own}
