from __future__ import annotations

from itertools import combinations

import numpy as np

from geo.export.dxf_labels import Names


def test_names_do_not_lie_on_one_another_and_stay_near() -> None:
    names, r = Names(25.0), np.random.default_rng(5)
    points = [(float(x), float(y)) for x, y in r.uniform(-100, 100, (60, 2))]
    found = [names.place(at, 12.0, 3.0) for at in points]
    for (ax, ay), (bx, by) in combinations(found, 2):
        assert abs(ax - bx) >= 12.0 or abs(ay - by) >= 3.0
    assert max(abs(x - px) for (x, _), (px, _) in zip(found, points, strict=True)) <= 5 * 12.0 * 0.6
    assert sum(one == at for one, at in zip(found, points, strict=True)) > len(points) / 2


def test_a_small_shape_is_not_covered_and_a_full_map_hides_nothing() -> None:
    names = Names(25.0)
    assert names.place((0.0, 0.0), 10.0, 2.0, beside=True) == (0.0, 2.7)
    full = Names(25.0)
    spots = [full.place((0.0, 0.0), 10.0, 2.0) for _ in range(60)]
    assert len(set(spots)) > 15
    assert spots[-1] == (0.0, 0.0)  # no room left: at its own point, not left out
