from __future__ import annotations

import pickle

import pandas as pd
import pytest

from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection


def test_the_selection_of_a_view_selects_that_view(tiny: Atlas) -> None:
    for selection in (
        Selection(),
        Selection(texts=("乙园", "NODE")),
        Selection(
            kinds=("node",), measure="firms", place="park_b", language="en", basemap="osm", view=(10.0, 50.0, 9.0)
        ),
        Selection(places=("park_b", "west")),
        Selection(texts=("nothing",)),
    ):
        view = tiny.select(selection)
        again = view.atlas.select(view.selection)
        assert list(again.places.index) == list(view.places.index)
        assert list(again.institutions.index) == list(view.institutions.index)
        read, problems = Selection.from_query(view.selection.to_query(), tiny.allowed)
        assert (list(tiny.select(read).places.index), problems) == (list(view.places.index), [])


def test_the_focus_changes_no_row(tiny: Atlas) -> None:
    view = tiny.select(kinds="node")
    focused = tiny.select(view.selection.replace(measure="firms", place="park_b"))
    assert focused.places.equals(view.places)
    assert focused.institutions.equals(view.institutions)


def test_view_holds_facts_institutions_and_sources_of_what_is_shown(tiny: Atlas) -> None:
    view = tiny.select(Selection(kinds=("node",)))
    assert set(view.facts["place_id"]) == {"node_a"}
    assert set(view.sources["source_id"]) == {"plan", "press", "blog"}
    assert list(view.institutions.index) == ["lab_x"]
    assert len(tiny.select().institutions) == 2
    park = tiny.select(Selection(texts=("park_b",)))
    assert len(park.institutions) == 0
    assert set(park.sources["source_id"]) == {"plan"}


def test_two_views_are_equal_where_data_and_selection_are(tiny: Atlas) -> None:
    again = Atlas.load(tiny.folder)
    view = tiny.select(kinds="node")
    assert view == again.select(kinds="node")
    assert hash(view) == hash(again.select(kinds="node"))
    assert view != tiny.select(kinds="park")
    assert view != tiny.select(kinds="node", language="en")
    assert view != view.selection
    assert len({view, again.select(kinds="node"), tiny.select()}) == 2


def test_a_view_of_other_data_is_another(tiny: Atlas, atlas: Atlas) -> None:
    assert tiny.select() != atlas.select()


def test_a_view_is_its_places(tiny: Atlas) -> None:
    view = tiny.select(places=["park_b", "node_a"])
    assert len(view) == 2
    assert list(view) == list(view.places.index) == ["node_a", "park_b"]
    assert "park_b" in view
    assert "乙园" in view
    for other in ("belt_a", "S", 1, ["park_b"]):
        assert other not in view
    empty = tiny.select(text="nothing at all")
    assert (len(empty), bool(empty)) == (0, True)


def test_its_repr_is_short_and_says_what_is_shown(atlas: Atlas) -> None:
    view = atlas.select(kinds=["node", "belt"], text="张江", language="en")
    said = repr(view)
    assert said.startswith(
        f"<View of {atlas.meta['title_en']}: {len(view)} places, {len(view.institutions)} institutions"
    )
    assert "kind=node,belt q=张江" in said
    assert said.endswith(f"{atlas.digest}>")
    assert "the whole layout" in repr(atlas.select())
    assert len(repr(atlas.select(texts=[f"text {n}" * 20 for n in range(20)]))) < 300


def test_what_a_caller_does_to_its_frames_stays_with_the_caller(tiny: Atlas) -> None:
    view = tiny.select(kinds="node")
    for name in ("places", "institutions", "facts", "sources"):
        kept = getattr(view, name).copy()
        frame = getattr(view, name)
        frame.loc[frame.index[0], "source_id"] = "changed"
        frame["more"] = 1
        frame.index.name = "changed"
        pd.testing.assert_frame_equal(pd.DataFrame(getattr(view, name)), pd.DataFrame(kept))


def test_a_view_cannot_be_told_something_else(tiny: Atlas) -> None:
    view = tiny.select()
    for name in ("atlas", "selection", "places", "institutions", "facts", "sources"):
        with pytest.raises(AttributeError):
            setattr(view, name, None)


def test_a_view_can_be_sent_to_another_process(tiny: Atlas) -> None:
    view = tiny.select(kinds="node")
    sent = pickle.loads(pickle.dumps(view))
    assert sent == view
    assert list(sent) == list(view)
