"""Positions of areas by their rows."""

import numpy as np

from geo.analysis.user_data.area_counts import counted_areas, counts_table


class Compared(int):
    """A number that counts how often it is compared with others."""

    times = 0

    def __eq__(self, other):
        Compared.times += 1
        return int(self) == other

    __hash__ = int.__hash__


def test_equal_counts_share_the_better_position():
    found = counted_areas("place", {"a": 1, "b": 3, "c": 3, "d": 0}, {"b": "乙"}, None, "zh")
    assert [(one.area_id, one.name, one.rows, one.position) for one in found] == [
        ("b", "乙", 3, 1),
        ("c", "c", 3, 1),
        ("a", "a", 1, 3),
        ("d", "d", 0, 4),
    ]


def test_positions_are_those_counted_the_long_way_and_cost_no_search_each():
    """With a million parcels a search for each never ended."""
    counts = np.random.default_rng(6).integers(0, 500, 3000).tolist()
    areas = {f"p{n}": Compared(count) for n, count in enumerate(counts)}
    for one in counted_areas("place", areas, {}, None, "en"):
        assert one.position == 1 + sum(other > int(one.rows) for other in counts)
    assert Compared.times < 10 * len(areas)


def test_the_table_ends_with_the_rows_in_no_area():
    made = counts_table({"place": {"a": 2, "b": 5}}, {}, {"outside": 7, "set_aside": 1}, None, "en")
    assert made["area_id"].to_pylist() == ["b", "a", None, None]
    assert made["rows"].to_pylist() == [5, 2, 7, 1]
    assert made["position"].to_pylist() == [1, 2, None, None]
