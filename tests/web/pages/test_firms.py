"""The page of firms through AppTest: it lists what is asked for; each opens a panel that says how it is known."""

from __future__ import annotations

import csv
import io

import pytest
from page_driver import Shown, target

from geo.analysis.firms import LISTS, NEAR, Wanted, chosen_firms, chosen_services, firms
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.web.pages import firms as page

#: By sound; by letter.
_IN_ORDER = {
    "zh": ["ABB", "阿里云", "百度", "复旦大学", "华为", "上海交通大学", "智元机器人"],
    "en": ["ABB", "Alibaba Cloud", "Baidu", "Cambricon", "Huawei"],
}


def listed(shown: Shown) -> list[str]:
    return [target(link)[1]["institution"] for link in shown.all("table.geo-firms-table th a")]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, Wanted()),
        ({"place": "zhangjiang"}, Wanted(places=("zhangjiang",))),
        ({"cluster": "robots_hardware", "type": "company,lab"}, Wanted(("company", "lab"), (), ("robots_hardware",))),
        ({"district": "district_310104", "name": "西岸"}, Wanted(districts=("district_310104",), texts=("西岸",))),
    ],
)
def test_the_list_is_what_the_link_asks_for(atlas: Atlas, query: dict[str, str], wanted: Wanted) -> None:
    shown = Shown("firms", {"lang": "en", **query})
    found = [one.institution_id for one in chosen_firms(atlas, wanted)]
    assert sorted(listed(shown)) == sorted(found)
    assert found
    rows = list(csv.reader(io.StringIO(page._csv(atlas, wanted, "institutions").decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows[1:]] == found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_stands_in_the_order_of_its_language(atlas: Atlas, lang: str) -> None:
    shown = [link.text_content() for link in Shown("firms", {"lang": lang}).all("table.geo-firms-table th a")]
    ranks = [next(at for at, name in enumerate(shown) if name.startswith(one)) for one in _IN_ORDER[lang]]
    assert ranks == sorted(ranks)
    assert len(shown) == len(atlas.institutions)


def test_the_register_has_two_lists_that_are_not_added_up(atlas: Atlas) -> None:
    shown = Shown("firms", {"table": "services", "lang": "zh"})
    assert len(shown.all("table.geo-services-table tbody tr")) == len(chosen_services(atlas, Wanted()))
    counts = {name: len(chosen_services(atlas, Wanted(lists=(name,)))) for name in LISTS}
    said = shown.text("section.geo-answer")
    assert text("firms.answer.services", "zh", **counts) in said
    assert str(sum(counts.values())) not in said
    one = Shown("firms", {"table": "services", "list": "filed"})
    assert len(one.all("table.geo-services-table tbody tr")) == counts["filed"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_panel_says_all_that_is_known(atlas: Atlas, lang: str) -> None:
    by_id = {one.institution_id: one for one in firms(atlas)}
    for key in ("agibot", next(key for key, one in by_id.items() if NEAR in one.belongs.values())):
        one = by_id[key]
        shown = Shown("firms", {"institution": key, "lang": lang}).text("section.geo-firm")
        row = one.row
        for said in (row[f"name_{lang}"], row["address"], row[f"note_{lang}"], *(r["filing_no"] for r in one.services)):
            assert (said or "") in shown
        for place, by in one.belongs.items():
            assert atlas.name(place, lang, short=True) in shown
            assert text(f"place.institutions.{by}", lang) in shown
        assert atlas.rows("sources")[row["source_id"]]["title"] in shown


def test_who_may_lie_outside_is_not_counted(atlas: Atlas) -> None:
    here = [one.belongs["zhangjiang"] for one in chosen_firms(atlas, Wanted(places=("zhangjiang",)))]
    said = Shown("firms", {"place": "zhangjiang", "lang": "en"}).text("section.geo-answer")
    assert f": {sum(by != NEAR for by in here)} institutions" in said
    assert text("firms.answer.near", "en", count=here.count(NEAR)) in said


def test_links_of_the_page_keep_what_is_asked_for(atlas: Atlas) -> None:
    shown = Shown("firms", {"lang": "en", "type": "company", "cluster": "robots_hardware"})
    for link in (*shown.all("table.geo-firms-table th a"), *shown.all("ul.geo-counts a")):
        name, query = target(link)
        assert (name, query["type"], query["lang"]) == ("firms", "company", "en")
    places = {target(link)[1].get("place") for link in shown.all("ul.geo-counts a")}
    assert places & set(atlas.layout.index)
    assert places & set(atlas.districts.index)


def test_nonsense_in_the_link_is_named(atlas: Atlas) -> None:
    shown = Shown("firms", {"type": "<b>x", "institution": "nobody", "lang": "en"})
    said = shown.text("div.geo-warning")
    assert "type=<b>x" in said
    assert "institution=nobody" in said
    assert len(listed(shown)) == len(atlas.institutions)


def test_a_place_leads_to_its_firms(atlas: Atlas) -> None:
    links = [
        target(one) for one in Shown("place", {"place": "zhangjiang", "lang": "en"}).all("section#geo-institutions a")
    ]
    opened = {query["institution"] for name, query in links if name == "firms" and "institution" in query}
    assert opened == set(atlas.institutions_in(["zhangjiang"]).index)
    assert {query.get("place") for name, query in links if name == "firms"} == {"zhangjiang"}


def test_nothing_that_fits_is_said() -> None:
    shown = Shown("firms", {"name": "no such firm", "lang": "en"})
    assert text("firms.none", "en") in shown.text()
    assert not listed(shown)
