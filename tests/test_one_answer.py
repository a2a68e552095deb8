"""One answer: every fact, measure and place of the atlas through every door, in both languages.

A door is what a reader looks at: report, Word document, static site, panel, place page, comparison, ranking, figures
over time, map, figure, KML, the command line, JSON, what assistants are told, the library. Each is read here as it is
written, and must say what the others say, in their order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import lxml.etree
import lxml.html
import pytest
from thorough import sample

import geo
from geo.analysis import compare
from geo.analysis.compare import Ranking, coloured, ranking, rankings
from geo.analysis.figures import computed, reported, shown
from geo.analysis.place_sheet import PlaceSheet, place_sheet
from geo.analysis.policy import policy_tree, walk
from geo.analysis.series import charts
from geo.analysis.values import (
    amount_apart,
    amount_text,
    citation,
    figure_words,
    measure_scale,
    range_text,
    scope_text,
    when_text,
    why_text,
)
from geo.api import tools
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.atlas.view import View
from geo.base.messages import LANGUAGES, text
from geo.base.name_order import name_order
from geo.cli import show
from geo.cli.main import main
from geo.export import export
from geo.export.metadata import credit
from geo.render.figure import legend
from geo.render.map.state import colouring
from geo.render.report import parts, places
from geo.render.report import policy as policy_parts
from geo.render.report.context import Context
from geo.render.site.context import whole_view
from geo.render.site.measures import measure_page
from geo.render.site.places import place_page
from geo.render.word import places as word_places
from geo.render.word.runs import Line
from geo.web.pages import compare as compare_page
from geo.web.pages import policy as policy_page
from geo.web.pages import rank as rank_page
from geo.web.pages.blocks import panel, series
from geo.web.pages.blocks import place as place_blocks
from geo.web.parts.text import source_details

#: What is said of a figure: value, date, scope.
Said = tuple[str, str, str]
Figures = dict[tuple[str, str], list[Said]]


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def everything(atlas: Atlas, language: str) -> View:
    """A view of all places, city and districts too."""
    return atlas.select(kinds=atlas.allowed["kind"], language=language)


@pytest.fixture(scope="module")
def sheets(atlas: Atlas) -> dict[str, PlaceSheet]:
    return {str(place_id): place_sheet(atlas, str(place_id)) for place_id in atlas.places.index}


@pytest.fixture(scope="module")
def printed(atlas: Atlas, language: str, sheets: dict[str, PlaceSheet]) -> dict[str, list[str]]:
    """What `geo show` prints of every place."""
    return {
        place_id: [line.removeprefix(" * ").strip() for line in show._lines(atlas, sheet, language)]
        for place_id, sheet in sheets.items()
    }


@pytest.fixture(scope="module")
def balloons(everything: View, language: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The balloons of the KML file by place."""
    path = tmp_path_factory.mktemp("kml") / "all.kml"
    export(everything, path, language=language)
    space = {"k": "http://www.opengis.net/kml/2.2"}
    found = {}
    for mark in lxml.etree.parse(path).iterfind(".//k:Placemark", space):
        layer, _, place_id = mark.get("id").partition(".")
        if layer not in ("labels", "institution"):
            found[place_id] = read(mark.find("k:description", space).text)
    return found


def read(html: str) -> Any:
    return lxml.html.fromstring(f"<main>{html}</main>")


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def labels(atlas: Atlas, language: str) -> dict[str, str]:
    """Label → measure."""
    found = {str(row[f"label_{language}"]): measure_id for measure_id, row in atlas.rows("measures").items()}
    assert len(found) == len(atlas.rows("measures")), "two measures have one label"
    return found


def split(value: str, about: str, mark: str) -> Said:
    date, _, scope = about.partition(mark)
    return value, date, scope


# ---------------------------------------------------------------------------------------------------------------------
# What documents report, door by door


def expected_figures(atlas: Atlas, language: str) -> Figures:
    found: Figures = {}
    for place_id, own in reported(atlas).items():
        for one in own:
            said = figure_words(atlas, one, language), when_text(one, language), scope_text(atlas, one.scope, language)
            found.setdefault((place_id, one.measure_id), []).append(said)
    return found


def in_tables(section: str, place_id: str) -> Figures:
    """Return what the tables of a report, or of a page of the site, say of a place."""
    found: Figures = {}
    for body in read(section).xpath(".//table[contains(@class, 'rp-facts')]/tbody"):
        measure = re.search(r"(?:#m-|measures/)(\w+)", body.xpath(".//th/a/@href")[0])
        assert measure
        rows = [[words(cell) for cell in row.xpath("./td")] for row in body.xpath("./tr")]
        found[place_id, measure[1]] = [(row[0], row[1], row[2]) for row in rows]
    return found


def in_report(ctx: Context) -> Figures:
    ids = map(str, ctx.view.places.index)
    return {key: said for one in ids for key, said in in_tables(places.place_section(ctx, 1, one), one).items()}


def in_site(atlas: Atlas, language: str) -> Figures:
    pages = ((one, place_page(atlas, language, one).body) for one in atlas)
    return {key: said for one, page in pages for key, said in in_tables(str(page), one).items()}


def in_word(atlas: Atlas, sheets: Mapping[str, PlaceSheet], language: str) -> Figures:
    known, found, measure_id = labels(atlas, language), Figures(), ""
    for place_id, sheet in sheets.items():
        for label, *said in word_places._figures(atlas, sheet, language):
            measure_id = known[plain(label[0])] if label else measure_id
            value, when, scope = (plain(cell[0]) for cell in said[:3])
            found.setdefault((place_id, measure_id), []).append((value, when, scope))
    return found


def plain(line: Line) -> str:
    """Return a line of the Word document without its looks and notes."""
    return "".join(run if isinstance(run, str) else run.text for run in line)


def in_panel(atlas: Atlas, sheets: Mapping[str, PlaceSheet], language: str) -> Figures:
    known, found = labels(atlas, language), {}
    for place_id, sheet in sheets.items():
        for group in read(panel.figures(atlas, sheet, language)).xpath(".//dl[@class='geo-measure']"):
            said = [
                split(words(one.xpath("./strong")[0]), words(one.xpath("./span")[0]), " · ")
                for one in group.xpath(".//div[contains(@class, 'geo-fact ') or @class='geo-fact']")
            ]
            found[place_id, known[words(group.xpath("./dt")[0])]] = said
    return found


def on_page(atlas: Atlas, sheets: Mapping[str, PlaceSheet], language: str) -> Figures:
    known: dict[str, str] = labels(atlas, language)
    found: Figures = {}
    for place_id, sheet in sheets.items():
        for row in read(place_blocks.figures(atlas, sheet, language)).xpath(".//tr[td]"):
            head, cells = row.xpath("./th")[0], row.xpath("./td")
            (label,) = head.xpath(".//summary | ./span")
            said = words(cells[0].xpath("./strong | ./span")[0]), words(cells[1]), words(cells[2])
            found.setdefault((place_id, known[words(label)]), []).append(said)
    return found


#: What stands between a name and what is said of it, and a printed figure with its date and scope.
_COLON = {"zh": "：", "en": ": "}
_PRINTED = {
    "zh": r"(?P<value>[^（]*)（(?P<when>[^；]*)；(?P<scope>.*?)）(?:（[^）]*）)? \[[ABC]\] ",
    "en": r"(?P<value>[^(]*) \((?P<when>[^;]*); (?P<scope>.*?)\)(?: \([^)]*\))? \[[ABC]\] ",
}


def in_print(atlas: Atlas, printed: Mapping[str, list[str]], language: str) -> Figures:
    found: Figures = {}
    known = labels(atlas, language)
    for place_id, lines in printed.items():
        for line in lines:
            label, _, rest = line.partition(_COLON[language])
            if match := re.match(_PRINTED[language], rest):
                found.setdefault((place_id, known[label]), []).append((match["value"], match["when"], match["scope"]))
    return found


#: A figure of a balloon with its date and scope, in the marks of each language.
_IN_BRACKETS = {
    "zh": r"(?P<value>[^（]*)（(?P<when>[^；]*)；(?P<scope>.*)）",
    "en": r"(?P<value>[^(]*) \((?P<when>[^;]*); (?P<scope>.*)\)",
}


def in_kml(atlas: Atlas, balloons: Mapping[str, Any], language: str) -> Figures:
    known, found = labels(atlas, language), {}
    for place_id, balloon in balloons.items():
        for row in balloon.xpath(".//tr"):
            label, value, source = (words(cell) for cell in row.xpath("./td"))
            if re.match(r"\[[ABC]\] ", source):
                match = re.fullmatch(_IN_BRACKETS[language], value)
                assert match, value
                said = match["value"], match["when"], match["scope"]
                found.setdefault((place_id, known[label]), []).append(said)
    return found


def test_every_fact_has_one_wording_and_one_order(
    atlas: Atlas,
    language: str,
    everything: View,
    sheets: dict[str, PlaceSheet],
    printed: dict[str, list[str]],
    balloons: dict[str, Any],
) -> None:
    doors = {
        "report": in_report(Context(everything)),
        "Word": in_word(atlas, sheets, language),
        "static site": in_site(atlas, language),
        "panel": in_panel(atlas, sheets, language),
        "place page": on_page(atlas, sheets, language),
        "command line": in_print(atlas, printed, language),
        "KML": in_kml(atlas, balloons, language),
    }
    expected = expected_figures(atlas, language)
    assert sum(map(len, expected.values())) == len(atlas.table("facts"))
    for door, found in doors.items():
        assert set(found) == set(expected), door
        differ = {key: (found[key], said) for key, said in expected.items() if found[key] != said}
        assert differ == {}, door


def test_the_command_line_prints_the_words_beneath_what_rests_on_them(
    atlas: Atlas, language: str, sheets: dict[str, PlaceSheet], printed: dict[str, list[str]]
) -> None:
    facts = {(row["place_id"], row["measure_id"], row["quote"]) for _, row in atlas.table("facts").iterrows()}
    seen = set()
    for place_id, sheet in sheets.items():
        lines, last = printed[place_id], 0
        for one in (one for group in sheet.reported for one in group.figures):
            said = figure_words(atlas, one, language)
            label = atlas.rows("measures")[one.measure_id][f"label_{language}"]
            told = when_text(one, language) + text("list.semicolon", language).rstrip()
            start = f"{label}{_COLON[language]}{said}{text('show.about', language, told=told)[:-1]}"
            last = next(at for at in range(last, len(lines)) if lines[at].startswith(start))
            beneath = lines[last + 1 : last + 4]
            assert not one.quote or any(one.quote in line for line in beneath), (place_id, one.measure_id)
            assert one.quote or any(getattr(one, f"quote_note_{language}") in line for line in beneath)
            seen.add((place_id, one.measure_id, one.quote or None))
            last += 1
        for source_id in sheet.source_ids:
            row = atlas.rows("sources")[source_id]
            assert any(row["read_at"] in line and row["read_on"] in line for line in lines), source_id
        for item in (concern.item for concern in sheet.policy):
            quotes = [words for row in (item.row, *item.outcomes) if isinstance(words := row.get("quote"), str)]
            assert [words for words in quotes if not any(words in line for line in lines)] == []
    assert len(seen) == len(
        {(place, measure, words if isinstance(words, str) else None) for place, measure, words in facts}
    )


def test_assistants_are_told_the_headline_of_every_measure_in_those_words(atlas: Atlas, language: str) -> None:
    expected = expected_figures(atlas, language)
    told = {}
    for place_id in atlas:
        answer = tools.place(atlas, place_id, language)
        for one in answer["figures"]:
            told[place_id, one["measure_id"]] = one["said"], one["when"], one["scope"]
        shown = {one["measure_id"]: (one["said"], one["why"] or "") for one in answer["computed"]}
        assert shown == {key[1]: said for key, said in computed_words(atlas, language).items() if key[0] == place_id}
    assert told == {key: said[0] for key, said in expected.items()}


def test_the_library_and_json_give_facts_in_that_order(atlas: Atlas, capsys: pytest.CaptureFixture[str]) -> None:
    for place_id in atlas.places.index:
        wanted = [(one.measure_id, one.value, one.source_id) for one in reported(atlas).get(str(place_id), ())]
        facts = atlas.facts(str(place_id))[["measure_id", "value", "source_id"]]
        assert list(facts.itertuples(index=False, name=None)) == wanted
    assert main(["show", "maqiao", "--format", "json", "--layers", str(atlas.folder)]) == 0
    told = json.loads(capsys.readouterr().out)
    wanted = [(one.measure_id, one.value, one.source_id) for one in reported(atlas)["maqiao"]]
    assert [(row["measure_id"], row["value"], row["source_id"]) for row in told["facts"]] == wanted
    assert main(["show", "maqiao", "--layers", str(atlas.folder)]) == 0
    assert capsys.readouterr().out == "\n".join([*show._lines(atlas, place_sheet(atlas, "maqiao"), "zh"), ""])


def test_figures_over_time_are_worded_alike(atlas: Atlas, language: str) -> None:
    known = expected_figures(atlas, language)
    count = 0
    for place_id in atlas.places.index:
        for chart in charts(atlas, str(place_id)):
            table = read(series._table(atlas, chart, "", language))
            values = [words(one) for one in table.xpath(".//tr/td/strong")]
            points = [(own.measure_id, point) for own in chart.series for point in own.points]
            for value, (measure_id, _) in zip(values, points, strict=False):
                assert value in {said for said, _, _ in known[str(place_id), measure_id]}
                count += 1
    assert count > 50


# ---------------------------------------------------------------------------------------------------------------------
# What this map computed


def computed_words(atlas: Atlas, language: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Value, and why it may not be compared."""
    return {
        (place_id, one.measure_id): (
            figure_words(atlas, one, language),
            why_text(atlas, compare.own_reasons(atlas, one), language),
        )
        for place_id, own in computed(atlas).items()
        for one in own
    }


def test_every_computed_figure_has_one_wording(
    atlas: Atlas,
    language: str,
    everything: View,
    sheets: dict[str, PlaceSheet],
    printed: dict[str, list[str]],
    balloons: dict[str, Any],
) -> None:
    ctx, known = Context(everything), labels(atlas, language)
    expected = computed_words(atlas, language)
    doors: dict[str, dict[tuple[str, str], tuple[str, str]]] = {name: {} for name in ("report", "panel", "page", "KML")}
    for place_id, sheet in sheets.items():
        for one in read(places.place_section(ctx, 1, place_id)).xpath(".//dl[@class='rp-derived']/div"):
            measure_id = one.xpath("./dt/a/@href")[0].removeprefix("#m-")
            why = "".join(words(part) for part in one.xpath("./dd//span[contains(@class, 'rp-why-not')]"))
            doors["report"][place_id, measure_id] = words(one.xpath("./dd[1]/span[1]")[0]), why
        for row in read(panel.computed(atlas, sheet, language)).xpath(".//tr"):
            cell = row.xpath("./td")[0]
            why = "".join(words(part) for part in cell.xpath("./span[@class='geo-why-not']"))
            doors["panel"][place_id, known[words(row.xpath("./th")[0])]] = " ".join(cell.text.split()), why
        for row in read(place_blocks.computed(atlas, sheet, language)).xpath(".//tr[td]"):
            value = row.xpath("./td")[0]
            why = "".join(words(part) for part in value.xpath("./span[@class='geo-why-not']"))
            doors["page"][place_id, known[words(row.xpath("./th")[0])]] = words(value.xpath("./strong")[0]), why
        for row in balloons[place_id].xpath(".//tr"):
            label, value, source = (words(cell) for cell in row.xpath("./td"))
            if not re.match(r"\[[ABC]\] ", source):
                number, _, why = value.partition(" (" if language == "en" else "（")
                doors["KML"][place_id, known[label]] = number, why[:-1]
    for door, found in doors.items():
        differ = {key: (found.get(key), said) for key, said in expected.items() if found.get(key) != said}
        assert differ == {}, door
        assert len(found) == len(expected), door
    for (place_id, measure_id), (value, why) in expected.items():
        label = atlas.rows("measures")[measure_id][f"label_{language}"]
        own = [
            line
            for line in printed[place_id]
            if line.startswith(f"{label}{_COLON[language]}{value}")
            and line.endswith(why + ("）" if language == "zh" else ")") * bool(why))
        ]
        assert own, (place_id, measure_id)


# ---------------------------------------------------------------------------------------------------------------------
# Order, position and colour


def levels(atlas: Atlas) -> dict[str, tuple[str, ...]]:
    return {"layout": tuple(atlas.layout.index), "district": tuple(atlas.districts.index)}


def ranked_table(html: str, place_at: int, value_at: int, look: str) -> list[tuple[str, str, str, str]]:
    """Return position, place, value and reason of every row of a ranking."""
    rows = []
    for row in read(html).xpath(".//tbody/tr[td]"):
        cells = row.xpath("./th | ./td")
        (href,) = cells[place_at].xpath(".//a/@href")
        place_id = re.search(r"(?:place=|#p-|places/)(\w+)", href)
        assert place_id
        why = "".join(words(part) for part in cells[place_at].xpath(f".//span[@class='{look}']"))
        value = cells[value_at].xpath("./strong") or [cells[value_at]]
        rows.append((words(cells[0]), place_id[1], words(value[0]), why))
    return rows


def expected_rows(atlas: Atlas, found: Ranking, language: str) -> list[tuple[str, str, str, str]]:
    return [
        (
            str(found.positions.get(one.place_id, "–")),
            one.place_id,
            figure_words(atlas, one.figure, language),
            why_text(atlas, one.reasons, language),
        )
        for one in found.cells
        if one.figure
    ]


def test_every_measure_ranks_alike_at_every_door(atlas: Atlas, language: str) -> None:
    for measure_id in atlas.allowed["measure"]:
        for level, place_ids in levels(atlas).items():
            found = ranking(atlas, measure_id, place_ids)
            wanted = expected_rows(atlas, found, language)
            selection = Selection(measure=measure_id, language=language, places=place_ids)
            page = ranked_table(rank_page.ranking_table(atlas, selection, found), 1, 2, "geo-why-not")
            assert page == wanted, (measure_id, "rank page")
            view = atlas.select(selection)
            told = rankings(view)
            assert [one.cells for one in told if one.level == level] == [found.cells], measure_id
            ctx = Context(view)
            report = [
                row
                for one in told
                if one.level == level
                for row in ranked_table(parts.ranked(ctx, one), 1, 3, "rp-below")
            ]
            assert report == wanted, (measure_id, "report")
            ordered = tools.rank(atlas, measure_id, language, level)
            assistants = [
                (str(one.get("rank", "–")), one["place_id"], one["said"], one["why"] or "")
                for one in (*ordered["order"], *ordered["not_compared"])
            ]
            ranks = [one for one in wanted if one[0] != "–"], [one for one in wanted if one[0] == "–"]
            assert assistants == [one for some in ranks for one in some[: tools._MOST]], (measure_id, "assistants")


def test_the_static_site_ranks_every_measure_in_that_order(atlas: Atlas, language: str) -> None:
    for measure_id in atlas.allowed["measure"]:
        page = ranked_table(str(measure_page(atlas, language, measure_id).body), 1, 3, "rp-below")
        told = rankings(whole_view(atlas, language, measure_id))
        assert page == [row for one in told for row in expected_rows(atlas, one, language)], measure_id


def test_the_library_ranks_in_that_order(atlas: Atlas) -> None:
    rows = atlas.rows("measures")
    for measure_id in sample(rows, 20, kind=lambda one: (rows[one]["topic"], rows[one]["origin"])):
        found = ranking(atlas, measure_id, atlas.layout.index)
        library = geo.rank(atlas, measure_id, places=atlas.layout.index)
        assert list(library.index) == [*(one.place_id for one in found.cells), *found.missing]
        assert library["rank"].dropna().astype(int).to_dict() == found.positions


def test_a_map_colours_what_is_ranked_and_says_the_rest_in_the_same_words(atlas: Atlas, language: str) -> None:
    for measure_id in atlas.allowed["measure"]:
        view = atlas.select(Selection(measure=measure_id, language=language))
        told, found = colouring(atlas, view), coloured(view)
        assert told is not None
        assert found is not None
        assert set(told["values"]) == set(found.positions), measure_id
        assert set(told["apart"]) == {one.place_id for one in found.cells} - set(found.positions)
        # From a lower class to a higher one no value falls.
        classes = sorted((told["values"][one], value) for one, value in found.comparable.items())
        assert [value for _, value in classes] == sorted(value for _, value in classes)
        scale = measure_scale(atlas, measure_id, language)
        for number, one in enumerate(told["list"]):
            inside = [value for k, value in classes if k == number]
            assert one["label"] == range_text(min(inside), max(inside), scale)
        for one in found.cells:
            assert one.figure is not None
            said = told["texts"][one.place_id]
            assert said.startswith(figure_words(atlas, one.figure, language))
            assert when_text(one.figure, language) in said
            assert said.endswith(why_text(atlas, one.reasons, language) or "")
        # The figure to print has the same classes under the same heading.
        if found.cells:
            heading, *swatches = [one.words for one in legend._measure(view, found, None)]
            assert swatches[: len(told["list"])] == [one["label"] for one in told["list"]], measure_id
            assert heading.startswith(told["title"])


def test_every_comparison_words_and_greys_alike(atlas: Atlas, language: str) -> None:
    for place_ids in levels(atlas).values():
        for at in range(0, len(place_ids), compare.MOST_PLACES):
            chosen = list(place_ids[at : at + compare.MOST_PLACES])
            rows = compare.align(atlas, chosen)
            html = compare_page._aligned(atlas, Selection(language=language), chosen, rows, "x")
            lines = [line.xpath("./td") for line in read(html).xpath(".//tr[td]")]
            by_topic = sorted(
                rows, key=lambda row: topic_order(rows, atlas)[atlas.rows("measures")[row.measure_id]["topic"]]
            )
            for row, cells in zip(by_topic, lines, strict=True):
                for one, cell in zip(row.cells, cells, strict=True):
                    why = "".join(words(part) for part in cell.xpath(".//span[@class='geo-why-not']"))
                    assert why == why_text(atlas, one.reasons, language)
                    if one.figure:
                        assert words(cell.xpath("./strong")[0]) == figure_words(atlas, one.figure, language)
                        assert words(cell.xpath("./span[@class='geo-meta']")[0]).startswith(
                            when_text(one.figure, language)
                        )


@cache
def _order(topics: tuple[str, ...]) -> dict[str, int]:
    return {topic: number for number, topic in enumerate(dict.fromkeys(topics))}


def topic_order(rows: list[compare.MeasureRow], atlas: Atlas) -> dict[str, int]:
    """Return the topics in the order in which rows come to them."""
    return _order(tuple(str(atlas.rows("measures")[row.measure_id]["topic"]) for row in rows))


# ---------------------------------------------------------------------------------------------------------------------
# Sources, policy, places


def test_every_source_is_cited_alike(atlas: Atlas, language: str, everything: View) -> None:
    ctx = Context(everything)
    ctx.cite(list(atlas.rows("sources")))
    listed = read(parts.sources(ctx)).xpath(".//ol/li")
    for (source_id, source), item in zip(atlas.rows("sources").items(), listed, strict=True):
        said = citation(source, language)
        assert words(item.xpath("./span")[1]) == " ".join(said.split()), source_id
        assert words(read(source_details(source, language)).xpath(".//div/p")[0]) == " ".join(said.split())
        assert credit(source, language).startswith(said)
        drawn = "".join(
            line.strip() for line in legend.source_lines(source, language, 250, 6, readable=True)
        ).removesuffix("…")
        assert f"[{source['grade']}] {said}".replace(" ", "").startswith(drawn.replace(" ", ""))


def test_every_policy_item_has_one_figure(atlas: Atlas, language: str, everything: View) -> None:
    report = {item.get("id"): words(item) for item in read(policy_parts.policy(Context(everything))).xpath("./div")}
    seen = 0
    for item in walk(policy_tree(atlas)):
        amount = amount_text(atlas, item.row, language)
        if amount and item.kind != "part":
            page = read(policy_page._line(atlas, item, {}, language))
            # Where its sentence has the number, it is not said again beside it.
            apart = amount_apart(atlas, item.row, language)
            assert [words(one) for one in page.xpath(".//strong")] == ([amount] if apart else [])
            if item.places:
                assert amount in report[f"i-{item.policy_id}"]
                seen += 1
    assert seen


def test_every_place_has_one_area_accuracy_and_list_of_institutions(
    atlas: Atlas, language: str, everything: View, sheets: dict[str, PlaceSheet], printed: dict[str, list[str]]
) -> None:
    ctx = Context(everything)
    table = read(parts.overview(ctx)).xpath(".//tbody/tr")
    for (place_id, sheet), row in zip(sheets.items(), table, strict=True):
        for said in about_area(atlas, sheet, language):
            doors = {
                "panel": words(read(panel.area(atlas, sheet, language))),
                "report": words(row),
                "command line": "\n".join(printed[place_id]),
                "comparison": words(read(compare_page._size(atlas, sheet, None, language))),
            }
            assert [door for door, told in doors.items() if said not in told] == [], (place_id, said)
        accuracy = text("map.accuracy", language, metres=f"{sheet.boundary.accuracy_m:,.0f}")
        assert accuracy in words(read(panel.boundary(atlas, sheet, language)))
        assert accuracy in words(row)
        assert any(accuracy in line for line in printed[place_id])
        residents(atlas, language, sheet, ctx, printed[place_id])


def about_area(atlas: Atlas, sheet: PlaceSheet, language: str) -> Iterator[str]:
    """Yield drawn and official area, why the drawn one says nothing, and the ratio."""
    boundary = sheet.boundary
    assert (boundary.drawn is None) == (boundary.method == "schematic")
    if boundary.drawn is not None and boundary.drawn.figure is not None:
        yield figure_words(atlas, boundary.drawn.figure, language)
        yield why_text(atlas, boundary.drawn.reasons, language)
    if boundary.official:
        yield figure_words(atlas, boundary.official, language)
        if boundary.ratio is not None:
            yield f"{100 * boundary.ratio:.1f}".removesuffix(".0") + "%"


def residents(atlas: Atlas, language: str, sheet: PlaceSheet, ctx: Context, printed: list[str]) -> None:
    """Check that one rule says which institutions a place has, and in which order, at every door."""
    wanted = list(atlas.institutions_in([sheet.place_id]).index)
    assert [one.row["institution_id"] for one in sheet.residents] == wanted
    rows = atlas.institutions.loc[wanted].to_dict("records")
    names = [str(row[f"name_{language}"]) for row in sorted(rows, key=lambda row: name_order(row, language))]
    listed = read(panel.institutions(atlas, sheet, Selection(language=language))).xpath(".//li/b")
    assert [one.text_content() for one in listed] == names
    cells = read(place_blocks.institutions(atlas, sheet, Selection(language=language))).xpath(".//tr[td]/th/strong")
    assert [one.text_content() for one in cells] == names
    section = read(places.place_section(ctx, 1, sheet.place_id))
    assert [one.text_content() for one in section.xpath(".//a[starts-with(@href, '#n-')]")] == names
    assert [name for name in names if not any(line.startswith(f"{name}{_COLON[language]}") for line in printed)] == []


def test_a_measure_nobody_has_is_no_error_anywhere(atlas: Atlas) -> None:
    for measure_id in atlas.allowed["measure"]:
        assert set(shown(atlas, measure_id)) == set(atlas.values(measure_id).dropna(subset=["value"]).index)
