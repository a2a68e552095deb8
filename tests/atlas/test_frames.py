from __future__ import annotations

import pandas as pd
import pytest

from geo.atlas.atlas import Atlas
from geo.errors import UsageError


def test_rows_by_id_in_their_order_as_plain_values(atlas: Atlas) -> None:
    measures = atlas.rows("measures")
    assert list(measures) == list(atlas.allowed["measure"])
    assert measures["area_km2"]["numerator"] is None
    assert {type(row["additive"]) for row in measures.values()} == {bool}
    assert type(measures["area_km2"]["sort_order"]) is int
    assert list(atlas.rows("sources")) == list(atlas.table("sources")["source_id"])
    assert atlas.rows("measures") is measures
    with pytest.raises(UsageError, match="no table 'heights'"):
        atlas.rows("heights")


def test_types_follow_the_contract(tiny: Atlas) -> None:
    assert tiny.places.crs.to_epsg() == 4326
    assert tiny.places["accuracy_m"].dtype == pd.Int64Dtype()
    assert tiny.table("facts")["headline"].dtype == "boolean"
    assert tiny.table("facts")["as_of"].dtype == "str"
    assert list(tiny.basemap("quarters")["name_zh"]) == ["东区", "西区"]


def test_names_outside_the_atlas_are_refused(tiny: Atlas) -> None:
    with pytest.raises(UsageError, match="no table 'fact': did you mean facts"):
        tiny.table("fact")
    with pytest.raises(UsageError, match="no basemap layer 'river': there are quarters"):
        tiny.basemap("river")
