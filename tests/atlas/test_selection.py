from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest

from geo.atlas.atlas import Atlas
from geo.atlas.selection import FILTERS, QueryProblem, Selection
from geo.errors import UsageError

FULL = Selection(
    kinds=("belt", "node"), clusters=("chips",), districts=("east",), editions=("2020-01",), statuses=("planned",),
    places=("node_a", "park_b"), texts=("张江 & co",),
    measure="firms", place="node_a", language="en", basemap="osm", view=(121.5, 31.25, 11.0),
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
    assert Selection(texts=("x",)).is_filtered()


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
    assert (selection.texts, problems) == (("长" * 200,), [])


@pytest.mark.parametrize("texts", [("a",), ("a,b",), ("a,b", "c"), ("张江", "a & b=c", "|")])
def test_each_text_is_a_parameter_of_its_own(texts: tuple[str, ...]) -> None:
    query = Selection(texts=texts).to_query()
    assert Selection.from_query(query) == (Selection(texts=texts), [])
    sent = urlencode(query, doseq=True)
    assert sent.count("q=") == len(texts)
    assert Selection.from_query(parse_qs(sent)) == (Selection(texts=texts), [])


def test_a_link_of_the_first_version_holds_one_text_commas_and_all() -> None:
    assert Selection(texts=("a,b",)).to_query() == {"q": "a,b"}
    assert Selection.from_query({"q": "a,b"})[0].texts == ("a,b",)


def test_texts_beyond_the_limit_are_named_and_left_out() -> None:
    selection, problems = Selection.from_query({"q": [f"t{n}" for n in range(25)]})
    assert selection.texts == tuple(f"t{n}" for n in range(20))
    assert problems == [QueryProblem("q", "t20", ("20 × q",))]


def test_without_its_filters_a_selection_keeps_what_is_in_focus() -> None:
    bare = FULL.unfiltered()
    assert not bare.is_filtered()
    kept = ("measure", "place", "language", "basemap", "view")
    assert all(getattr(bare, name) == getattr(FULL, name) for name in kept)
    assert bare == Selection(**{name: getattr(FULL, name) for name in kept})


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


def test_a_name_in_a_link_stands_for_its_id(tiny: Atlas) -> None:
    query = {
        "kind": "belt,park",
        "place": "乙园",
        "status": "规划",
        "measure": "AREA_KM2",
        "district": "east,nowhere",
    }
    selection, problems = Selection.from_query(query, tiny.allowed, tiny.called)
    assert (selection.place, selection.statuses, selection.measure) == ("park_b", ("planned",), "area_km2")
    assert (selection.kinds, selection.districts) == (("belt", "park"), ("east",))
    assert [(one.name, one.value) for one in problems] == [("district", "nowhere")]
    strict, problems = Selection.from_query(query, tiny.allowed)
    assert (strict.place, len(problems)) == ("", 4)


def test_other_parameters_are_left_alone() -> None:
    assert Selection.from_query({"utm_source": "mail", "page": "2"}) == (Selection(), [])


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(UsageError, match=r"kinds is 'belt': give a tuple, such as \('belt',\)"):
        Selection(kinds="belt")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="texts is 'belt': give a tuple"):
        Selection(texts="belt")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="language is 'fr': allowed are zh, en"):
        Selection(language="fr")
