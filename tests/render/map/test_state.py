"""What a map is told of a view: ids, the colours of a measure with no data apart, the basemap."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import geo.render
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.errors import UsageError
from geo.render.map.basemaps import basemap, basemaps, tile_hosts
from geo.render.map.state import colouring, map_state


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.load()


def told(atlas: Atlas, **wanted: object) -> dict[str, object]:
    return map_state(atlas, atlas.select(Selection(**wanted)), {"layout": "/x"}, number=3, focus=False)  # type: ignore[arg-type]


def test_the_whole_layout(atlas: Atlas) -> None:
    state = told(atlas)
    assert state["visible"] == list(atlas.layout.index)
    assert state["institutions"] == "all"
    assert state["classes"] is None
    assert state["basemap"] is None
    assert state["seq"] == 3


def test_a_filter_names_the_institutions_too(atlas: Atlas) -> None:
    kind = atlas.layout["kind"].iloc[0]
    view = atlas.select(Selection(kinds=(kind,)))
    state = told(atlas, kinds=(kind,))
    assert state["visible"] == list(view.places.index)
    assert state["institutions"] == list(view.institutions.index)


def test_the_place_in_focus_is_shown_though_filtered_out(atlas: Atlas) -> None:
    kinds = list(dict.fromkeys(atlas.layout["kind"]))
    other = atlas.layout.index[atlas.layout["kind"] == kinds[1]][0]
    assert other in told(atlas, kinds=(kinds[0],), place=other)["visible"]  # type: ignore[operator]


def test_sites_and_districts_never_share_a_scale(atlas: Atlas) -> None:
    def on(index: object, measure: str) -> int:
        return int(atlas.values(measure).dropna(subset=["value"]).index.isin(index).sum())

    both = [m for m in atlas.allowed["measure"] if on(atlas.layout.index, m) > 1 and on(atlas.districts.index, m) > 1]
    measure = both[0]
    sites = colouring(atlas, atlas.select(Selection(measure=measure)))
    kind = next(kind for kind, role in atlas.roles.items() if role == "district")
    districts = colouring(atlas, atlas.select(Selection(measure=measure, kinds=(kind,))))
    assert sites is not None
    assert districts is not None
    assert set(sites["values"]) <= set(atlas.layout.index)
    assert set(districts["values"]) <= set(atlas.districts.index)
    assert sites["roles"] == ["corridor", "node", "site"]
    assert districts["roles"] == ["district"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_measure_that_only_districts_have_colours_them(atlas: Atlas, language: str) -> None:
    found = colouring(atlas, atlas.select(Selection(measure="ai_key_firms", language=language)))
    assert found is not None
    assert found["roles"] == ["district"]
    assert found["title"] == {"zh": "AI 重点企业数（家）", "en": "AI key firms"}[language]
    xuhui = {"zh": "81 家（2018-08，8 年前）", "en": "81 firms (2018-08, 8 years ago)"}
    assert found["texts"]["district_310104"] == xuhui[language]


def test_a_basemap_is_named_in_the_language() -> None:
    with (Path(geo.render.__file__).parents[1] / "data" / "basemaps.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = basemap(row["basemap_id"])
            assert (found.name("zh"), found.name("en")) == (row["name_zh"], row["name_en"])


def test_what_may_not_be_compared_and_what_is_not_known_have_no_colour(atlas: Atlas) -> None:
    measure = "area_official_km2"
    found = colouring(atlas, atlas.select(Selection(measure=measure, language="en")))
    known = set(atlas.values(measure).dropna(subset=["value"]).index) & set(atlas.layout.index)
    assert found is not None
    parts = [set(found[name]) for name in ("values", "apart", "missing")]
    assert set.union(*parts) == set(atlas.layout.index)
    assert sum(map(len, parts)) == len(atlas.layout), "the three overlap"
    assert parts[0] | parts[1] == known == set(found["texts"])
    assert all(parts), "the test needs one of each"
    # Why is said where one points.
    caohejing = found["texts"]["caohejing"]
    assert caohejing.startswith("13.3 km² (2018); another scope than the extent drawn: Approved area in")
    # A class that nobody is in has no colour in the legend.
    assert {found["values"][one] for one in parts[0]} == set(range(len(found["list"])))


def test_a_year_is_no_number_of_thousands(atlas: Atlas) -> None:
    found = colouring(atlas, atlas.select(Selection(measure="approved_year")))
    assert found is not None
    assert found["list"]
    assert not any("," in one["label"] for one in found["list"])


def test_districts_that_are_coloured_are_on_the_map(atlas: Atlas) -> None:
    state = told(atlas, measure="ai_key_firms")
    assert set(state["visible"]) == {*atlas.layout.index, *atlas.districts.index}  # type: ignore[call-overload]


def test_basemaps() -> None:
    first = next(iter(basemaps().values()))
    assert (first.url, first.host, first.datum) == ("", "", "wgs84")
    assert {row.datum for row in basemaps().values()} == {"wgs84", "gcj02"}
    for row in list(basemaps().values())[1:]:
        assert row.url.startswith("https://")
        assert row.host.lstrip("*.") in row.url
        assert row.host in tile_hosts()
        assert row.attribution
    with pytest.raises(UsageError, match="there are bundled"):
        basemap("mars")


def test_an_online_basemap_is_told_whole(atlas: Atlas) -> None:
    state = told(atlas, basemap="gaode", view=(121.5, 31.2, 11.0))
    assert state["basemap"]["datum"] == "gcj02"  # type: ignore[index]
    assert state["view"] == [31.2, 121.5, 11.0]
