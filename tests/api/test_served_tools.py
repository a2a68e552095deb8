"""The tools with their atlas: eight of them, the picture with what it shows and its sources, wrong filters told."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from geo.api.served_tools import served_tools
from geo.api.tools import TOOLS
from geo.atlas.atlas import Atlas
from geo.errors import UsageError


def test_they_are_eight_and_ask_their_atlas(atlas: Atlas, tiny: Atlas) -> None:
    assert set(served_tools(atlas)) == {*TOOLS, "map_picture"}
    assert len(served_tools(atlas)) == 8
    assert served_tools(tiny)["place"].answer(place="park_b", language="en")["status"] == "known"
    with pytest.raises(UsageError):
        served_tools(atlas)["place"].answer(place="park_b", language="en")


def test_a_picture_is_of_the_places_asked_for(tiny: Atlas) -> None:
    draw = served_tools(tiny)["map_picture"]
    found = draw.answer(only="park_b", language="en")
    assert found["places"] == ["park_b"]
    assert found["sources"]
    width, height = Image.open(io.BytesIO(found["png"])).size
    assert width > height > 800
    with pytest.raises(UsageError, match="park_b"):
        draw.answer(only="park_x", language="en")
