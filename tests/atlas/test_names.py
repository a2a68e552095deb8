from __future__ import annotations

import pytest

from geo.atlas.atlas import Atlas
from geo.atlas.names import ids_called, names_of_places
from geo.base.fold import fold
from geo.errors import UsageError


def test_find_is_forgiving_in_spelling_and_strict_in_result(tiny: Atlas) -> None:
    for wanted in ("park_b", "PARK B", "Ｐａｒｋ　Ｂ", "乙园", "老乙"):
        assert tiny.find(wanted) == "park_b"
    with pytest.raises(UsageError, match=r"no place 'prk b': did you mean park_b\?"):
        tiny.find("prk b")
    with pytest.raises(UsageError, match="'S' may be belt_a, east"):
        tiny.find("S")
    with pytest.raises(UsageError, match="`geo places` lists them"):
        tiny.find("")
    for odd in (0, ["park_b"]):
        with pytest.raises(UsageError, match=r"by its id or name, not by .*; several: atlas.select\(places="):
            tiny[odd]  # type: ignore[index]


def test_a_name_of_two_means_none(tiny: Atlas) -> None:
    frames = tiny._frames
    names = names_of_places(frames)
    called = ids_called(frames, names)
    assert set(called) == {"kind", "cluster", "measure", "status", "district", "place"}
    assert "s" not in called["place"]  # the short name of a belt and of a district
    for name, place_id in called["place"].items():
        assert [one for one, known in names.items() if name in known] == [place_id]
    assert set(called["district"].values()) == set(tiny.districts.index)
    assert called["measure"][fold(tiny.measures.loc["area_km2", "label_en"])] == "area_km2"
    assert called["status"][fold("规划")] == called["status"]["planned"] == "planned"
