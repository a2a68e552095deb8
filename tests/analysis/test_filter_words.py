from __future__ import annotations

from geo.analysis.filter_words import filter_words, shown_words
from geo.analysis.values import measure_heading
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text


def test_every_filter_is_told_in_words(tiny: Atlas) -> None:
    edition = next(iter(tiny.rows("editions")))
    chosen = Selection(
        kinds=("node", "park"),
        clusters=("robots",),
        districts=("east",),
        editions=(edition,),
        statuses=("planned",),
        places=("node_a",),
        texts=("a", "b"),
        measure="firms",
    )
    assert filter_words(tiny, chosen, "en") == [
        ("Kind of place", "node, park"),
        ("Industry cluster", "Robots"),
        ("District", "East"),
        ("Layout of", f"{edition} {tiny.rows('editions')[edition]['title_en']}"),
        ("Status", "Planned"),
        ("Only these places", tiny.name("node_a", "en")),
        ("Name contains", "“a”, “b”"),
    ]
    assert filter_words(tiny, chosen, "zh")[2] == ("所在区", "东区")
    assert filter_words(tiny, Selection(measure="firms", place="node_a"), "zh") == []


def test_a_report_says_also_that_nothing_was_filtered_and_what_is_in_focus(tiny: Atlas) -> None:
    assert shown_words(tiny, Selection(), "en") == [
        ("Filters", "The whole layout, no filter (without the city and its districts)")
    ]
    assert shown_words(tiny, Selection(kinds=("node",), measure="firms"), "en") == [
        ("Kind of place", "node"),
        (text("web.filter.measure", "en"), measure_heading(tiny, "firms", "en")),
    ]
