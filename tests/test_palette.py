"""The palette, computed: told apart by colour-blind readers, and in grey.

Colour blindness by the matrices of Machado, Oliveira and Fernandes (2009, doi:10.1109/TVCG.2009.113) at full severity,
on linear sRGB; distance as CIE 1976 ΔE in CIELAB under D65; grey by its lightness L*.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, pairwise

import numpy as np
import pytest

from geo.analysis.classes import CATEGORIES, OTHER, POINT_RAMP, RAMP
from geo.atlas.atlas import Atlas
from geo.render.chart.marks import COLOURS
from geo.render.figure.own import POINT_ON_CLASSES

SIGHT = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)

#: Well above what is just seen side by side (2.3); of small dots far apart on a map.
APART = 20.0
#: Steps of lightness that stay apart on a grey print.
GREY_STEP = 5.0


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(colour: str, sight: str = "usual") -> np.ndarray:
    seen = np.clip(np.array(SIGHT[sight]) @ linear(colour), 0, 1)
    x, y, z = (_TO_XYZ @ seen) / _TO_XYZ.sum(axis=1)
    fx, fy, fz = (np.cbrt(v) if v > (6 / 29) ** 3 else v / (3 * (6 / 29) ** 2) + 4 / 29 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def palettes(atlas: Atlas) -> Mapping[str, dict[str, str]]:
    kinds = atlas.table("kinds").query("role not in ('city', 'district')")  # those two are context, drawn in grey
    clusters = atlas.table("clusters")
    return {
        "kinds": dict(zip(kinds["kind"], kinds["colour"], strict=True)),
        "clusters": dict(zip(clusters["cluster_id"], clusters["colour"], strict=True)),
    }


def test_the_measure_of_this_test_itself() -> None:
    assert lab("#ffffff") == pytest.approx([100, 0, 0], abs=0.01)
    assert lab("#ff0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert np.linalg.norm(lab("#ff0000", "deuteranopia") - lab("#a17800", "deuteranopia")) < APART


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("name", ["kinds", "clusters"])
def test_every_two_are_told_apart(atlas: Atlas, name: str, sight: str) -> None:
    colours = palettes(atlas)[name]
    close = [
        (one, other)
        for one, other in combinations(colours, 2)
        if np.linalg.norm(lab(colours[one], sight) - lab(colours[other], sight)) < APART
    ]
    assert close == []


@pytest.mark.parametrize("name", ["kinds", "clusters"])
def test_every_two_differ_in_grey(atlas: Atlas, name: str) -> None:
    greys = sorted(lab(colour)[0] for colour in palettes(atlas)[name].values())
    assert len(greys) > 4
    assert min(after - before for before, after in pairwise(greys)) >= GREY_STEP


@pytest.mark.parametrize("sight", SIGHT)
def test_classes_of_a_measure_only_grow_darker(sight: str) -> None:
    for ramp in (RAMP, POINT_RAMP):
        steps = [lab(colour, sight)[0] for colour in ramp]
        assert all(before - after > 2 * GREY_STEP for before, after in pairwise(steps))


@pytest.mark.parametrize("sight", SIGHT)
def test_categories_of_points_are_told_apart(sight: str) -> None:
    near = min(np.linalg.norm(lab(a, sight) - lab(b, sight)) for a, b in combinations((*CATEGORIES, OTHER), 2))
    assert near > APART


@pytest.mark.parametrize("sight", SIGHT)
def test_lines_of_a_chart_are_told_apart_and_have_a_shape_of_their_own_besides(sight: str) -> None:
    near = min(np.linalg.norm(lab(a, sight) - lab(b, sight)) for a, b in combinations(COLOURS[:4], 2))
    assert near > 0.75 * APART


@pytest.mark.parametrize("sight", SIGHT)
def test_points_of_ones_own_are_apart_from_what_they_lie_on(sight: str) -> None:
    for colour in RAMP:
        assert np.linalg.norm(lab(POINT_ON_CLASSES, sight) - lab(colour, sight)) > APART
