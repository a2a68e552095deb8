from __future__ import annotations

import io

import numpy as np
from matplotlib.image import imread

from geo.render.figure.marks import Sheet
from geo.render.figure.png import png_bytes


def test_every_mark_is_where_it_belongs_in_its_colour(made_sheet: Sheet) -> None:
    made = png_bytes(made_sheet, title="图", dpi=72)
    assert made == png_bytes(made_sheet, title="图", dpi=72)
    dots = np.round(imread(io.BytesIO(made), format="png")[..., :3] * 255).astype(int)
    assert dots.shape == (100, 200, 3)

    def at(x: int, y: int) -> tuple[int, ...]:
        return tuple(dots[y, x])

    assert at(20, 40) == (255, 0, 0)
    assert at(50, 50) == (255, 255, 255)  # a hole
    assert np.allclose(at(190, 30), (128, 128, 255), atol=2)
    assert at(150, 50) == (255, 255, 255)
    assert {at(x, 90) for x in range(2, 90)} >= {(0, 255, 0), (255, 0, 0)}  # dashes, and what is between them
    letters = dots[10:24, 60:140]
    assert (letters == 255).all(axis=2).sum() > 20  # the halo
    assert (letters.sum(axis=2) < 150).sum() > 10
