"""The page of promises through AppTest: due date, verdict, figure, reason, both sources; on paper and as CSV."""

from __future__ import annotations

import csv
import io

import pytest
from page_driver import Shown, target

from geo.analysis.promises import promise_rows, promises, status_counts
from geo.atlas.atlas import Atlas
from geo.base.messages import text
from geo.web.pages import promises as page
from geo.web.pages.blocks.promises import counts_text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_promise_stands_in_the_table(atlas: Atlas, lang: str) -> None:
    shown = Shown("promises", {"lang": lang})
    assert counts_text(status_counts(promises(atlas)), lang) in shown.text("section.geo-answer")
    rows = [row for row in shown.all("table.geo-promises-table tbody tr") if row.get("class") != "geo-group"]
    wanted = promise_rows(atlas, promises(atlas))
    assert len(rows) == len(wanted)
    for row, one in zip(rows, wanted, strict=True):
        said = row.text_content()
        for part in (
            one[f"text_{lang}"],
            one[f"came_text_{lang}"],
            one[f"why_{lang}"],
            one["due"] if one["kind"] == "target" else "",
        ):
            assert (part or "") in said
        assert text(f"policy.status.{one['status']}", lang) in said
        assert (one["quote"] or "") in said
        assert target(row.xpath(".//a")[0])[1]["item"] == one["policy_id"]


def test_numbers_of_sources_lead_to_the_list(atlas: Atlas) -> None:
    shown = Shown("promises", {"lang": "en"})
    listed = [one.text_content() for one in shown.all("details.geo-references li")]
    for row, one in zip(
        [row for row in shown.all("table.geo-promises-table tbody tr") if row.get("class") != "geo-group"],
        promise_rows(atlas, promises(atlas)),
        strict=True,
    ):
        numbers = [int(mark.text_content()[1:-1]) for mark in row.xpath(".//*[@class='geo-ref']")]
        sources = [one["source_en"], *([one["came_source_en"]] if one["came_source_en"] else [])]
        for number, source in zip(numbers, sources, strict=True):
            assert listed[number - 1].startswith(source)


def test_status_and_place_of_the_link_choose(atlas: Atlas) -> None:
    shown = Shown("promises", {"lang": "en", "verdict": "met,missed", "place": "shanghai"})
    found = promises(atlas, ("met", "missed"), ("shanghai",))
    rows = [row for row in shown.all("table.geo-promises-table tbody tr") if row.get("class") != "geo-group"]
    assert len(rows) == sum(len(group.items) for group in found) > 0
    lines = list(
        csv.reader(io.StringIO(page._csv(atlas, ("met", "missed"), "shanghai").decode("utf-8-sig"), newline=""))
    )
    assert len(lines) == len(rows) + 1
    assert "verdict=kept" in Shown("promises", {"lang": "en", "verdict": "kept"}).text("div.geo-warning")


def test_it_prints_on_the_wide_side_of_a4() -> None:
    assert any("size: A4 landscape" in block.value for block in Shown("promises", {}).app.html)


def test_the_policy_page_opens_with_the_outcome(atlas: Atlas) -> None:
    first = Shown("policy", {"lang": "zh"}).all("section.geo-section p")[0]
    assert counts_text(status_counts(promises(atlas)), "zh") in first.text_content()
    assert target(first.xpath(".//a")[0])[0] == "promises"
