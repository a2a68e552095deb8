"""The map page through AppTest: what it tells map, widgets and URL, in both languages and on another city."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from markupsafe import escape
from streamlit.testing.v1 import AppTest

from bench.serving import PATIENCE_S
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.base.messages import text
from geo.web.parts import state

MAIN = str(Path(__file__).parents[3] / "geo" / "web" / "main.py")


def opened(**query: str | list[str]) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=PATIENCE_S)
    for name, value in query.items():
        app.query_params[name] = value
    return ran(app)


def ran(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def told(app: AppTest) -> dict[str, Any]:
    """Return the state that the map of the page was told."""
    states = [json.loads(part.proto.json_args)["state"] for part in app.get("component_instance")]
    assert len(states) == 1
    found: dict[str, Any] = states[0]
    return found


def shown(app: AppTest) -> str:
    return "".join(block.value for block in app.html)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_run(atlas: Atlas, language: str) -> None:
    app = opened(lang=language)
    assert told(app)["visible"] == list(atlas.layout.index)
    assert escape(atlas.meta[f"title_{language}"]) in shown(app)
    assert text("web.panel.overview", language) in shown(app)
    assert len(app.dataframe[0].value) == len(atlas.layout)
    (paper,) = [block.value for block in app.html if "geo-paper" in block.value]
    assert paper.count("<tr>") == len(atlas.layout) + 1
    assert all(escape(name) in paper for name in atlas.layout[f"name_{language}"])


def test_the_table_for_print_writes_figures_in_words(atlas: Atlas) -> None:
    app = opened(measure="opened_year", lang="en")
    (paper,) = [lxml.html.fromstring(block.value) for block in app.html if "geo-paper" in block.value]
    heads = [head.text_content() for head in paper.xpath(".//thead//th")]
    assert heads[:3] == [text(f"web.table.{name}", "en") for name in ("name", "figure", "kind")]
    words = [row.xpath("./*")[1].text_content() for row in paper.xpath(".//tbody//tr")]
    years = {str(int(year)) for year in app.dataframe[0].value["value"].dropna()}
    assert years
    assert all(any(year in said for said in words) for year in years)
    assert not any(re.search(r"\d,\d{3}\.\d\d", said) for said in words)


def test_a_label_of_another_language_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    changed: list[Selection] = []
    held = {"w_edition": text("web.filter.edition.all", "zh"), "w_kind": ["nowhere"], "selection": Selection()}
    monkeypatch.setattr(state.st, "session_state", held)
    monkeypatch.setattr(state, "update", lambda **values: changed.append(Selection().replace(**values)))
    state.from_widget("editions")
    state.from_widget("kinds")
    assert changed == []
    held["w_kind"] = ["belt"]
    state.from_widget("kinds")
    assert changed == [Selection(kinds=("belt",))]


def test_a_pill_filters_map_table_and_url(atlas: Atlas) -> None:
    app = opened()
    cluster = atlas.allowed["cluster"][1]
    app.get("button_group")[1].set_value([cluster])
    ran(app)
    expected = atlas.select(Selection(clusters=(cluster,)))
    assert told(app)["visible"] == list(expected.places.index)
    assert told(app)["institutions"] == list(expected.institutions.index)
    assert len(app.dataframe[0].value) == len(expected.places)
    assert app.query_params["cluster"] == cluster
    app.button("reset").click()
    ran(app)
    assert told(app)["visible"] == list(atlas.layout.index)
    assert "cluster" not in app.query_params


def test_the_url_sets_the_widgets(atlas: Atlas) -> None:
    edition, status = atlas.allowed["edition"][0], atlas.allowed["status"][0]
    app = opened(edition=edition, status=status, q="a", basemap="gaode", measure=atlas.allowed["measure"][0])
    assert app.selectbox(state.WIDGETS["editions"]).value == edition
    assert app.text_input(state.WIDGETS["texts"]).value == "a"
    assert app.selectbox(state.WIDGETS["basemap"]).value == "gaode"
    assert told(app)["basemap"]["datum"] == "gcj02"
    assert "gcj02" in told(app)["urls"]["layout"]
    assert "GCJ-02" in shown(app)


def test_several_texts_and_chosen_places_come_and_go_with_the_url(atlas: Atlas) -> None:
    app = opened(q=["maqiao", "jinqiao"], lang="en")
    assert told(app)["visible"] == list(atlas.select(texts=["maqiao", "jinqiao"]).places.index)
    field = app.text_input(state.WIDGETS["texts"])
    assert field.value == "maqiao | jinqiao"
    field.set_value("maqiao｜ neo_bay |")
    assert told(ran(app))["visible"] == list(atlas.select(texts=["maqiao", "neo_bay"]).places.index)
    assert app.query_params["q"] == ["maqiao", "neo_bay"]
    app = opened(only="maqiao,jinqiao")
    assert sorted(told(app)["visible"]) == ["jinqiao", "maqiao"]
    (chosen,) = [pills for pills in app.get("button_group") if pills.key == state.WIDGETS["places"]]
    assert chosen.value == ["maqiao", "jinqiao"]
    app.button("reset").click()
    assert told(ran(app))["visible"] == list(atlas.layout.index)
    assert not {"q", "only"} & set(app.query_params)


def test_nonsense_in_the_url_is_named_once(atlas: Atlas) -> None:
    app = opened(kind="castle,<b>", lang="xx")
    assert "kind=castle" in shown(app)
    assert "&lt;b&gt;" in shown(app)
    assert "lang=xx" in shown(app)
    assert told(app)["visible"] == list(atlas.layout.index)
    assert "castle" not in shown(ran(app))


def test_a_place_shows_every_fact_with_its_source(atlas: Atlas) -> None:
    counts = atlas.table("facts")["place_id"].value_counts()
    place = counts[counts.index.isin(atlas.layout.index)].index[0]
    app = opened(place=place)
    page = shown(app)
    assert page.count('class="geo-fact') == counts[place] + page.count('class="geo-facts')
    for source in atlas.facts(place)["source_title"]:
        assert source in page
    row = atlas.places.loc[place]
    assert text(f"map.method.{row['method']}", "zh") in page
    assert f"±{int(row['accuracy_m']):,}" in page
    assert told(app)["selected"] == place
    app.button("close_panel").click()
    assert told(ran(app))["selected"] == ""


def test_a_place_without_facts_says_so_and_shows_no_zero(atlas: Atlas) -> None:
    facts = set(atlas.table("facts")["place_id"])
    bare = [place for place in atlas.places.index if place not in facts]
    app = opened(place=bare[0]) if bare else None
    if app is not None:
        assert text("web.panel.no_facts", "zh") in shown(app)


def test_nothing_passes_the_filter(atlas: Atlas) -> None:
    app = opened(q="no such place at all")
    assert told(app)["visible"] == []
    assert text("web.none", "zh") in shown(app)
    assert not app.dataframe


def test_another_city_needs_no_code(tiny: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEO_LAYERS", str(tiny.folder))
    app = opened(lang="en")
    assert escape(tiny.meta["title_en"]) in shown(app)
    assert told(app)["visible"] == list(tiny.layout.index)
    for place in tiny.places.index:
        assert told(opened(place=place))["selected"] == place


def test_missing_layers_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEO_LAYERS", str(tmp_path / "none"))
    app = opened()
    assert [box.value for box in app.error] == [text("web.layers.missing", lang) for lang in ("zh", "en")]
    assert "geo build" in app.code[0].value


def test_an_institution_has_a_panel(atlas: Atlas) -> None:
    app = opened(institution="agibot", place="zhangjiang", lang="en")
    shown = " ".join(block.value for block in app.html)
    assert 'id="geo-firm"' in shown
    assert str(atlas.institutions.at["agibot", "name_en"]) in shown
    assert 'id="geo-place"' not in shown
    assert "institution=nobody" in " ".join(block.value for block in opened(institution="nobody", lang="en").html)


def test_a_measure_of_districts_brings_their_rows(atlas: Atlas) -> None:
    app = opened(measure="ai_key_firms", lang="en")
    (table,) = app.dataframe
    names = list(table.value["name"])
    assert set(atlas.districts["name_en"]) <= set(names)
    assert len(names) == len(atlas.layout) + len(atlas.districts)
    assert text("web.shown.districts", "en", count=len(atlas.districts)) in " ".join(one.value for one in app.html)
