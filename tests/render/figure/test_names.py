from __future__ import annotations

from typing import Any

import pytest

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.render.figure import sheet
from geo.render.figure.marks import INK, Words
from geo.render.figure.names import lies_on
from geo.render.figure.plate import Plate


@pytest.fixture(scope="module", params=["zh", "en"])
def plates(request: pytest.FixtureRequest, atlas: Atlas) -> list[Plate]:
    """Inset and map of the figure of the whole layout, A3."""
    made: list[Plate] = []

    class Kept(Plate):
        def whole(self, *args: Any, **options: Any) -> None:
            super().whole(*args, **options)
            made.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet, "Plate", Kept)
        sheet.drawn_sheet(atlas.select(Selection(language=request.param)), paper="a3")
    return made


def test_nearly_every_place_is_named_at_a3(atlas: Atlas, plates: list[Plate]) -> None:
    named = set().union(*(plate.named for plate in plates))
    assert len(named) >= 0.95 * len(atlas.layout)


def test_no_name_stands_on_another_place(plates: list[Plate]) -> None:
    for plate in plates:
        for other in plate.drawn:
            shape = plate.square(other) if other in plate.small else plate.frame.drawn(plate.scene.shapes[other])
            for key, spot in plate.named.items():
                if key != other and not lies_on(plate, key, other):
                    assert not spot.box.intersects(shape), (key, other)


def test_the_weight_of_a_name_tells_its_kind_and_the_ground_is_quiet(plates: list[Plate]) -> None:
    inset, whole = plates
    assert inset.frame.scale < whole.frame.scale
    language = whole.language
    told = {one.text: one for one in whole.sheet.marks if isinstance(one, Words)}
    name = {key: whole.view.atlas.name(key, language, short=True) for key in whole.drawn}
    belt, node, park = (told[name[key]] for key in ("xuhui_minhang_belt", "lingang", "jinshan_alibaba_computing"))
    assert belt.size > node.size > park.size
    assert (belt.bold, node.bold, park.bold) == (True, True, False)
    assert (node.colour, park.colour) == (INK, INK)
    for one in whole.scene.named:
        if one.name[language] in told and one.role in ("sea", "neighbour"):
            quiet = told[one.name[language]]
            assert not quiet.bold
            assert quiet.colour != INK
            assert quiet.size <= park.size
    assert {one.name[language] for one in whole.scene.named if one.role == "sea"} <= set(told)
