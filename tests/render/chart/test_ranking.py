"""The picture of a ranking: bars as long as the values, who may not be compared without one, who has none named."""

from __future__ import annotations

import pytest

from geo.analysis.compare import candidates, ranking
from geo.analysis.values import figure_words, why_text
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.errors import UsageError
from geo.render.chart.ranking import ranking_sheet
from geo.render.figure.marks import Area, Sheet, Words


def words(sheet: Sheet) -> list[str]:
    return [mark.text for mark in sheet.marks if isinstance(mark, Words)]


def bars(sheet: Sheet) -> list[float]:
    rings = [mark.rings[0] for mark in sheet.marks if isinstance(mark, Area)]
    return [max(x for x, _ in ring) - min(x for x, _ in ring) for ring in rings]


def test_bars_are_as_long_as_the_values_in_their_order(atlas: Atlas) -> None:
    found = ranking(atlas, "area_km2", candidates(atlas, Selection(), "layout"))
    sheet = ranking_sheet(atlas, Selection(measure="area_km2"), "layout", "en")
    drawn, values = bars(sheet), list(found.comparable.values())
    assert len(drawn) == len(values) > 10
    assert all(
        length == pytest.approx(max(0.5, drawn[0] * value / values[0]), abs=0.02)
        for length, value in zip(drawn, values, strict=True)
    )
    rising = ranking_sheet(atlas, Selection(measure="area_km2"), "layout", "en", ascending=True)
    assert bars(rising) == pytest.approx(sorted(drawn), abs=0.02)


def test_what_may_not_be_compared_has_its_reason_and_no_bar(atlas: Atlas) -> None:
    found = ranking(atlas, "ai_firms", candidates(atlas, Selection(), "layout"))
    marked = [one for one in found.cells if not one.comparable and one.figure]
    assert marked
    sheet = ranking_sheet(atlas, Selection(measure="ai_firms"), "layout", "en")
    said = words(sheet)
    assert len(bars(sheet)) == len(found.comparable)
    whole = " ".join(said)
    for one in marked:
        assert one.figure
        assert figure_words(atlas, one.figure, "en") in said
        assert why_text(atlas, one.reasons, "en") in whole
    assert text("rank.marked", "en", count=len(marked)) in said
    assert text("rank.missing", "en", count=len(found.missing)) in said
    # Each figure names its source by the number that it has in the list below.
    sources = list(dict.fromkeys(one.figure.source_id for one in found.cells if one.figure))
    assert all(any(line.endswith(f"[{number}]") for line in said) for number in range(1, len(sources) + 1))
    assert any(line.startswith(f"{len(sources)}. [") for line in said)


@pytest.mark.parametrize("measure", ["area_km2", "ai_firms"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_measure_counts_stands_below_the_title(atlas: Atlas, measure: str, language: str) -> None:
    said = words(ranking_sheet(atlas, Selection(measure=measure), "layout", language))
    definition = str(atlas.rows("measures")[measure][f"definition_{language}"])
    assert "".join(definition.split()) in "".join("".join(said[:8]).split())


def test_filters_are_said_and_followed(atlas: Atlas) -> None:
    few = Selection(measure="area_km2", places=("lingang", "zhangjiang"))
    said = words(ranking_sheet(atlas, few, "layout", "en"))
    assert "Lingang" in said[1]
    assert len(bars(ranking_sheet(atlas, few, "layout", "en"))) == 2


def test_years_have_no_bars(atlas: Atlas) -> None:
    years = [one for one, row in atlas.rows("measures").items() if row["topic"] == "date"]
    level = next((one, ranking(atlas, one, candidates(atlas, Selection(), "layout"))) for one in years)
    assert not bars(ranking_sheet(atlas, Selection(measure=level[0]), "layout", "zh"))


def test_an_unknown_measure_is_refused(atlas: Atlas) -> None:
    with pytest.raises(UsageError):
        ranking_sheet(atlas, Selection(measure="nothing"), "layout", "en")
