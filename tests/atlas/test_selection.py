from __future__ import annotations

import pytest

from geo.atlas.selection import FILTERS, QueryProblem, Selection
from geo.errors import UsageError

FULL = Selection(
    kinds=("belt", "node"), clusters=("chips",), districts=("east",), editions=("2020-01",), statuses=("planned",),
    text="张江 & co", measure="firms", place="node_a", language="en", basemap="osm", view=(121.5, 31.25, 11.0),
)  # fmt: skip


def test_query_round_trip() -> None:
    query = FULL.to_query()
    assert query["kind"] == "belt,node"
    assert query["at"] == "31.25000,121.50000,11"
    assert Selection.from_query(query) == (FULL, [])


def test_default_is_an_empty_query() -> None:
    assert Selection().to_query() == {}
    assert Selection.from_query({}) == (Selection(), [])
    assert not Selection(place="x", measure="y").is_filtered()
    assert Selection(text="x").is_filtered()


def test_every_field_has_its_name_in_the_query() -> None:
    assert len(FULL.to_query()) == len(Selection.__dataclass_fields__)
    assert set(FILTERS) < set(Selection.__dataclass_fields__)


def test_repeated_parameters_are_joined() -> None:
    selection, problems = Selection.from_query({"kind": ["belt", "node,belt"]})
    assert selection.kinds == ("belt", "node")
    assert problems == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"kind": "castle"}, QueryProblem("kind", "castle", ("belt",))),
        ({"lang": "fr"}, QueryProblem("lang", "fr", ("zh", "en"))),
        ({"at": "here"}, QueryProblem("at", "here", ("lat,lon,zoom",))),
        ({"at": "95,10,3"}, QueryProblem("at", "95,10,3", ("lat,lon,zoom",))),
        ({"at": "nan,10,3"}, QueryProblem("at", "nan,10,3", ("lat,lon,zoom",))),
        ({"kind": "x" * 1000}, QueryProblem("kind", "x" * 80, ("belt",))),
    ],
)
def test_nonsense_is_named_and_ignored(query: dict[str, str], problem: QueryProblem) -> None:
    assert Selection.from_query(query, {"kind": ["belt"]}) == (Selection(), [problem])


def test_a_text_is_cut_to_what_a_name_may_be_long() -> None:
    selection, problems = Selection.from_query({"q": "长" * 201})
    assert (selection.text, problems) == ("长" * 200, [])


@pytest.mark.parametrize(
    ("at", "view"),
    [
        ("90,180,24", (180.0, 90.0, 24.0)),
        ("-90,-180,0", (-180.0, -90.0, 0.0)),
        ("90.1,0,1", None),
        ("0,180.1,1", None),
        ("0,0,24.1", None),
        ("0,0,-0.1", None),
        ("nan,0,1", None),
        ("0,0", None),
    ],
)
def test_where_the_map_may_stand(at: str, view: tuple[float, float, float] | None) -> None:
    selection, problems = Selection.from_query({"at": at})
    assert selection.view == view
    assert [problem.name for problem in problems] == ([] if view else ["at"])


def test_other_parameters_are_left_alone() -> None:
    assert Selection.from_query({"utm_source": "mail", "page": "2"}) == (Selection(), [])


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(UsageError, match=r"kinds is 'belt': give a tuple"):
        Selection(kinds="belt")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="language is 'fr': allowed are zh, en"):
        Selection(language="fr")
