"""The words beside a measure in the lists; the list itself is tested with the pages that show it."""

from __future__ import annotations

from geo.analysis.coverage import Coverage
from geo.web.parts.measure_choice import counted


def test_only_levels_that_can_be_compared_are_told() -> None:
    assert counted(Coverage("m", 19, 1, 20), "en") == "19 places, 1 district"
    assert counted(Coverage("m", 0, 8, 9), "zh") == "8 个区"
    assert counted(Coverage("m", 0, 0, 4), "en") == "0 places"
