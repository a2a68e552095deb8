"""The method page through AppTest: everything explained, made from the data."""

from __future__ import annotations

import pytest
from page_driver import Shown, target

from geo.analysis.labels import measure_texts
from geo.analysis.unknowns import unknowns
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.contract.schema import tables
from geo.web.pages import method as page
from geo.web.pages.blocks import method


@pytest.fixture(scope="module", params=["zh", "en"])
def shown(request: pytest.FixtureRequest) -> tuple[Shown, str]:
    return Shown("method", {"lang": request.param}), request.param


def section(shown: Shown, name: str) -> str:
    (found,) = shown.tree.xpath(f"//section[./h2[@id='method-{name}']]")
    return " ".join(found.text_content().split())


def test_contents_lead_to_every_section(shown: tuple[Shown, str]) -> None:
    found, lang = shown
    links = [link.get("href") for link in found.all("ul.geo-toc a")]
    assert links == [f"#method-{name}" for name in page._SECTIONS]
    assert [heading.get("id") for heading in found.tree.xpath("//section/h2")] == [link[1:] for link in links]
    assert text("method.title", lang) in found.text("div.geo-method-page")


def test_typology_is_that_of_the_tables(shown: tuple[Shown, str], atlas: Atlas) -> None:
    found, lang = shown
    for name, table in (("kinds", "kinds"), ("clusters", "clusters")):
        told = section(found, name)
        for row in atlas.table(table).to_dict("records"):
            assert row[f"name_{lang}"] in told
            assert " ".join(row[f"definition_{lang}"].split()) in told
    marks = section(found, "marks")
    for how in ("official_bounds", "digitised", "schematic"):
        assert text(f"method.method.{how}", lang) in marks
    for grade in "abc":
        assert text(f"web.cite.grade.{grade}", lang) in marks
    for scope in atlas.table("scopes")[f"name_{lang}"]:
        assert " ".join(scope.split()) in marks


def test_every_rule_has_a_title_and_its_text(shown: tuple[Shown, str]) -> None:
    found, lang = shown
    titles = [heading.text_content() for heading in found.tree.xpath("//section[./h2[@id='method-rules']]//h3")]
    told = section(found, "rules")
    for name in method._RULES:
        assert text(f"method.rule.{name}", lang) in titles
        assert " ".join(text(f"method.rule.{name}.text", lang).split()) in told
    assert titles[len(method._RULES) :] == [text(f"method.rule.{name}", lang) for name in ("compare", "series")]


def test_every_measure_has_its_one_text_under_its_id(shown: tuple[Shown, str], atlas: Atlas) -> None:
    found, lang = shown
    rows = found.tree.xpath("//section[./h2[@id='method-measures']]//tbody/tr")
    told = {row.xpath(".//code")[0].text_content(): row.xpath("./td")[1].text_content() for row in rows}
    assert told == measure_texts(atlas, lang)


def test_every_boundary_has_method_accuracy_and_source(shown: tuple[Shown, str], atlas: Atlas) -> None:
    found, lang = shown
    rows = found.tree.xpath("//section[./h2[@id='method-boundaries']]//tbody/tr")
    assert [target(row.xpath("./th/a")[0])[1]["place"] for row in rows] == list(atlas.layout.index)
    sources = atlas.table("sources").set_index("source_id")["title"]
    for row, place in zip(rows, atlas.layout.itertuples(), strict=True):
        told = row.text_content()
        assert text(f"web.method.short.{place.method}", lang) in told
        assert f"{place.accuracy_m:,}" in told
        assert sources[place.boundary_source_id] in told


def test_unknowns_are_counted_and_listed(shown: tuple[Shown, str], atlas: Atlas) -> None:
    found, lang = shown
    rows = found.tree.xpath("//section[./h2[@id='method-unknown']]//div[@class='geo-scroll']/table/tbody/tr")
    told = {row.xpath("./th")[0].text_content(): row for row in rows}
    for one in unknowns(atlas):
        row = told[text(f"method.unknown.{one.id}", lang)]
        assert text("method.unknown.of", lang, count=one.count, total=one.total) in row.text_content()
        if one.id in ("area_official", "no_facts"):
            assert [target(link)[1]["place"] for link in row.xpath(".//a")] == list(one.ids)


def test_dictionary_sources_licences(shown: tuple[Shown, str], atlas: Atlas) -> None:
    found, lang = shown
    names = [code.text_content() for code in found.tree.xpath("//section[./h2[@id='method-dictionary']]//th/code")]
    assert [name for name in names if "<" not in name] == [
        column.name for table in tables().values() for column in table.columns
    ]
    cite = section(found, "cite")
    for part in (atlas.meta["geometry_licence"], atlas.meta["tables_licence"], atlas.meta[f"attribution_{lang}"]):
        assert part in cite
    listed = found.tree.xpath("//section[./h2[@id='method-sources']]//li")
    assert len(listed) == len(atlas.table("sources"))
