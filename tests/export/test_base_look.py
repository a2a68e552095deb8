from __future__ import annotations

from geo.contract.schema import BASEMAP_TABLES
from geo.export.base_look import BASE_LOOKS


def test_every_role_of_the_basemap_has_a_look() -> None:
    assert set(BASE_LOOKS) == set(BASEMAP_TABLES)


def test_no_name_stands_where_its_layer_is_not_shown() -> None:
    for look in BASE_LOOKS.values():
        assert bool(look.size_pt) == bool(look.labels_from)
        assert not look.shown_from or look.labels_from <= look.shown_from
