from __future__ import annotations

import argparse

import pytest

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.cli.selecting import add_language, add_selection, view_of
from geo.errors import UsageError


def options(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_selection(parser)
    add_language(parser)
    return parser.parse_args(given)


def test_every_option_is_in_the_selection(tiny: Atlas) -> None:
    given = "--kind node --cluster chips --district west --edition 2020-01 --status planned --only node_a --text 甲"
    view = view_of(tiny, options(*given.split(), "--language", "en"), measure="firms")
    assert view.selection == Selection(
        ("node",), ("chips",), ("west",), ("2020-01",), ("planned",), ("node_a",), ("甲",), "firms", language="en"
    )
    assert list(view.places.index) == []  # the document of 2020-01 names the belt, not its node
    view = view_of(tiny, options(*given.replace("--edition 2020-01 ", "").split()))
    assert list(view.places.index) == ["node_a"]


def test_several_texts_are_one_view_that_its_selection_selects(tiny: Atlas) -> None:
    view = view_of(tiny, options("--text", "乙园", "--text", "node"))
    assert list(view.places.index) == ["node_a", "park_b"]
    assert list(tiny.select(view.selection).places.index) == ["node_a", "park_b"]
    assert list(view.institutions.index) == list(tiny.institutions_in(["node_a", "park_b"]).index)


def test_an_unknown_id_names_its_nearest(tiny: Atlas) -> None:
    with pytest.raises(UsageError, match=r"no place 'park_a': did you mean park_b"):
        view_of(tiny, options("--only", "park_a"))
