"""Which measures are offered: counted a second way, by what a ranking puts in order."""

from __future__ import annotations

from geo.analysis import compare
from geo.analysis.coverage import Coverage, coverage, coverage_words, offered
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection


def test_what_is_counted_is_what_a_ranking_puts_in_order(atlas: Atlas) -> None:
    levels = {level: compare.candidates(atlas, Selection(), level) for level in ("layout", "district")}
    for one in coverage(atlas):
        sites, districts = (compare.ranking(atlas, one.measure_id, places) for places in levels.values())
        assert (one.sites, one.districts) == (len(sites.positions), len(districts.positions)), one
        assert one.figures == len(sites.cells) + len(districts.cells) > 1
        assert one.level == ("district" if len(districts.positions) > len(sites.positions) else "layout")


def test_the_widest_come_first_and_what_two_places_have_is_in_it(atlas: Atlas) -> None:
    found = coverage(atlas)
    assert [one.widest for one in found] == sorted((one.widest for one in found), reverse=True)
    facts = atlas.table("facts")
    heads = facts[facts["headline"] & facts["place_id"].isin([*atlas.layout.index, *atlas.districts.index])]
    counts = heads.groupby("measure_id").size()
    reported = {name for name, count in counts.items() if count > 1}
    assert reported == {
        one.measure_id for one in found if atlas.rows("measures")[one.measure_id]["origin"] == "reported"
    }


def test_thin_ones_are_offered_only_when_asked_for_or_chosen(atlas: Atlas) -> None:
    thin = [one for one in coverage(atlas) if one.thin]
    assert thin
    assert all(max(one.sites, one.districts) < 3 for one in thin)
    wide = offered(atlas)
    assert set(wide) == set(coverage(atlas)) - set(thin)
    assert set(offered(atlas, also=thin[-1].measure_id)) == {*wide, thin[-1]}
    assert offered(atlas, thin=True) == coverage(atlas)
    assert Coverage("m", 2, 2, 9).thin
    assert not Coverage("m", 0, 3, 3).thin


def test_only_levels_that_can_be_compared_are_told() -> None:
    assert coverage_words(Coverage("m", 19, 1, 20), "en") == "19 places, 1 district"
    assert coverage_words(Coverage("m", 0, 8, 9), "zh") == "8 个区"
    assert coverage_words(Coverage("m", 0, 0, 4), "en") == "0 places"
