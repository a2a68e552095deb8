"""By what an institution belongs to a place: documents first, its point only where they are silent."""

from __future__ import annotations

from typing import Any

import pytest

from geo.atlas.belonging import belonging

PLACES = {
    "belt": {"parent_id": None, "district_ids": ("east", "west")},
    "node": {"parent_id": "belt", "district_ids": ("east",)},
    "tower": {"parent_id": "node", "district_ids": ("east",)},
    "park": {"parent_id": None, "district_ids": ("west",)},
    "east": {"parent_id": None, "district_ids": ()},
    "west": {"parent_id": None, "district_ids": ()},
}
DISTRICTS = {"east": "东区", "west": "西区"}


def held(**row: Any) -> dict[str, str]:
    empty: dict[str, Any] = {"place_id": None, "address": None, "district_id": None, "inside_ids": ()}
    return belonging(empty | row, PLACES, DISTRICTS)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({}, {}),
        ({"place_id": "tower"}, {"tower": "stated", "node": "within", "belt": "within", "east": "place"}),
        # of two districts the place says nothing; the point then does
        ({"place_id": "belt"}, {"belt": "stated"}),
        ({"place_id": "belt", "district_id": "west"}, {"belt": "stated", "west": "point"}),
        # what a document says stands, whatever the point says beside it
        ({"place_id": "node", "inside_ids": ("node", "park")},
         {"node": "stated", "belt": "within", "park": "point", "east": "place"}),
        ({"inside_ids": ("tower",), "district_id": "east"},
         {"tower": "point", "node": "point", "belt": "point", "east": "point"}),
        # the address beats the point and the place
        ({"address": "某市 东区某路 1 号", "district_id": "west"}, {"east": "address"}),
        ({"address": "西区某路", "place_id": "node"}, {"node": "stated", "belt": "within", "west": "address"}),
        # an address that names two districts, or none, decides nothing
        ({"address": "东区西区交界", "district_id": "west"}, {"west": "point"}),
        ({"address": "某路 1 号"}, {}),
    ],
)  # fmt: skip
def test_by_what_it_belongs(row: dict[str, Any], wanted: dict[str, str]) -> None:
    assert held(**row) == wanted
