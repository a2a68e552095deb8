"""One answer in files and endpoints: their words are those of `geo.analysis.values`, their values the facts.

Every fact, computed figure and source of the atlas is looked up in the workbook, the GeoPackage, GeoJSON and DXF of all
places, and in what programs are answered over HTTP. Nothing is read by the code that wrote it.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import ezdxf
import pytest
from ezdxf.lldxf.encoding import decode_dxf_unicode
from python_calamine import CalamineWorkbook
from test_one_answer import everything, expected_figures, language, levels
from thorough import sample

from geo.analysis.compare import ranking
from geo.analysis.figures import reported
from geo.analysis.values import (
    citation,
    figure_text,
    figure_words,
    quote_text,
    scope_text,
    told_text,
    when_text,
    why_text,
)
from geo.api.asking import Ask
from geo.api.door import answer
from geo.atlas.atlas import Atlas
from geo.atlas.view import View
from geo.base.messages import LANGUAGES, text
from geo.contract.carried import COMPANIONS
from geo.contract.schema import table
from geo.contract.typed import python_rows
from geo.export import export
from geo.export.metadata import credit
from geo.export.value_words import value_words

__all__ = ["everything", "language"]

Row = Mapping[str, Any]

#: What identifies a fact.
KEY = ("place_id", "measure_id", "as_of", "source_id", "scope")
#: XDATA of one entity may have so many bytes.
MOST_XDATA = 16_383


@pytest.fixture(scope="module")
def folder(everything: View, language: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of all places whose words are in one language."""
    made = tmp_path_factory.mktemp("files")
    for name in ("all.xlsx", "all.dxf"):
        export(everything, made / name, language=language)
    return made


@pytest.fixture(scope="module")
def package(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GeoPackage of all places."""
    path = tmp_path_factory.mktemp("files") / "all.gpkg"
    export(atlas.select(kinds=atlas.allowed["kind"]), path)
    return path


@pytest.fixture(scope="module")
def geojson(package: Path, atlas: Atlas) -> dict[str, Any]:
    """A feature collection of all places."""
    path = package.with_name("all.geojson")
    export(atlas.select(kinds=atlas.allowed["kind"]), path)
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def sheets(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of every sheet of the workbook, an empty cell as None."""
    book = CalamineWorkbook.from_path(folder / "all.xlsx")
    return {name: list(by_head(book.get_sheet_by_name(name).to_python())) for name in book.sheet_names}


def by_head(rows: list[list[Any]]) -> Iterator[dict[str, Any]]:
    head, *body = rows
    for row in body:
        yield {name: None if cell == "" else cell for name, cell in zip(map(str, head), row, strict=True)}


def tables(path: Path, *names: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of tables of a GeoPackage."""
    with sqlite3.connect(path) as database:
        database.row_factory = sqlite3.Row
        return {name: [dict(row) for row in database.execute(f'SELECT * FROM "{name}"')] for name in names}


def asked(atlas: Atlas, path: str, **query: str) -> Any:
    """Return what an address answers: JSON, or the rows of a CSV."""
    reply = answer(atlas, Ask(path, tuple(query.items())))
    assert reply.status == 200, reply.body
    return records(reply.body.decode("utf-8-sig")) if path.endswith(".csv") else json.loads(reply.body)


def properties(atlas: Atlas, collection: str) -> list[dict[str, Any]]:
    """Return the properties of all features of a collection, page after page."""
    found: list[dict[str, Any]] = []
    while True:
        page = asked(atlas, f"/ogc/collections/{collection}/items", limit="1000", offset=str(len(found)))
        found += [one["properties"] for one in page["features"]]
        if len(found) == page["numberMatched"]:
            return found


def records(written: str) -> list[dict[str, Any]]:
    """Return the rows of a CSV, an empty cell as None."""
    rows = csv.DictReader(io.StringIO(written, newline=""))
    return [{name: cell or None for name, cell in row.items()} for row in rows]


def plain(cell: Any) -> Any:
    """Return a cell as files write it: dates and truth as text, numbers as floats."""
    if isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, str) and cell in ("true", "false"):
        return float(cell == "true")
    if isinstance(cell, int | float):
        return float(cell)
    if cell is None:
        return None
    try:
        return float(str(cell))
    except ValueError:
        return str(cell)


def same(rows: Iterable[Row], atlas: Atlas, name: str, key: tuple[str, ...]) -> None:
    """Assert that rows are those of a published table, every column of it and nothing added, left out or doubled."""
    wanted = {tuple(row[one] for one in key): row for row in python_rows(atlas.table(name))}
    found = {tuple(str(row[one]) for one in key): row for row in rows}
    assert found.keys() == wanted.keys()
    differ = [
        (one, column, found[one][column], cell)
        for one, row in wanted.items()
        for column, cell in row.items()
        if plain(found[one][column]) != plain(cell)
    ]
    assert differ == []


# ---------------------------------------------------------------------------------------------------------------------
# Values: raw tables hold the facts


def test_tables_of_files_hold_the_facts_and_what_was_computed(
    atlas: Atlas, package: Path, geojson: dict[str, Any], sheets: dict[str, list[dict[str, Any]]]
) -> None:
    own = tables(package, "facts", "derived")
    for rows in (sheets["facts"], own["facts"], geojson["facts"]):
        assert len(rows) == len(atlas.table("facts"))
        same(rows, atlas, "facts", KEY)
    for rows in (sheets["derived"], own["derived"]):
        same(rows, atlas, "derived", ("place_id", "measure_id"))


def test_layers_carry_the_headline_of_every_measure(
    atlas: Atlas, package: Path, geojson: dict[str, Any], sheets: dict[str, list[dict[str, Any]]]
) -> None:
    kinds = list(dict.fromkeys(atlas.places["kind"]))
    wanted = carried(atlas)
    doors = {
        "XLSX": [row for kind in kinds for row in sheets[kind]],
        "GeoPackage": [row for rows in tables(package, *kinds).values() for row in rows],
        "GeoJSON": [one["properties"] for one in geojson["features"]],
        "OGC API": properties(atlas, "places"),
    }
    for door, rows in doors.items():
        assert {row["place_id"] for row in rows} == set(wanted), door
        for row in rows:
            own = wanted[row["place_id"]]
            differ = {name: (row.get(name), cell) for name, cell in own.items() if plain(row.get(name)) != plain(cell)}
            assert differ == {}, (door, row["place_id"])


def carried(atlas: Atlas) -> dict[str, dict[str, Any]]:
    """Return what the layers say of the measures of each place: nothing where there is no headline."""
    measures = [one for one in atlas.rows("measures") if f"{one}_as_of" in atlas.place_table.names()]
    columns = {name + ending for name in measures for ending in ("", *COMPANIONS)}
    found: dict[str, dict[str, Any]] = {str(one): dict.fromkeys(columns) for one in atlas.places.index}
    for place_id, figures in reported(atlas).items():
        for one in figures:
            if one.headline and one.measure_id in measures:
                own = (one.value, one.as_of, one.qualifier, one.grade)
                found[place_id] |= dict(zip([one.measure_id + end for end in ("", *COMPANIONS)], own, strict=True))
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Words


def test_the_workbook_words_every_figure_and_cites_its_source(
    atlas: Atlas, language: str, sheets: dict[str, list[dict[str, Any]]]
) -> None:
    wanted = [
        {
            "place": atlas.name(place_id, language),
            "measure": atlas.rows("measures")[one.measure_id][f"label_{language}"],
            "figure": figure_words(atlas, one, language),
            "date": when_text(one, language),
            "scope": scope_text(atlas, one.scope, language),
            "grade": one.grade,
            "conflict": text("value.conflict", language) if one.conflict else None,
            "source": credit(atlas.rows("sources")[one.source_id], language),
        }
        for place_id in atlas
        for one in reported(atlas).get(place_id, ())
    ]
    assert sheets["figures"] == wanted
    assert len(wanted) == sum(map(len, expected_figures(atlas, language).values()))
    cited = 0
    for name in ("facts", "derived", "institution", "policy", "sources", *dict.fromkeys(atlas.places["kind"])):
        for row in sheets[name]:
            # What was computed rests on the boundary.
            source = row["source_id"] if "source_id" in row else atlas.places.at[row["place_id"], "boundary_source_id"]
            assert row["source"].startswith(citation(atlas.rows("sources")[source], language)), (name, row)
            cited += 1
    assert cited > 1000


def test_a_drawing_says_the_headline_of_every_measure(atlas: Atlas, language: str, folder: Path) -> None:
    """As numbers what the layers carry, with date, qualifier and grade; in words what they do not."""
    document = ezdxf.readfile(folder / "all.dxf")
    app, known, carries = str(atlas.meta["atlas_id"]), carried(atlas), 0
    labels = {}
    for entity in document.modelspace():
        if not entity.has_xdata(app):
            continue
        pairs = [decoded(tag.value) for tag in entity.get_xdata(app)]
        own = dict(zip(pairs[::2], pairs[1::2], strict=True))
        assert sum(len(str(cell).encode("gbk", "replace")) + 4 for cell in pairs) < MOST_XDATA
        if "institution_id" in own:
            continue
        place_id = own["place_id"]
        if entity.dxftype() == "MTEXT":
            labels[place_id] = entity.plain_text()
        for one in (one for one in reported(atlas).get(place_id, ()) if one.headline):
            assert own[one.measure_id] == one.value
            if one.measure_id in known[place_id]:
                beside = [own[one.measure_id + ending] for ending in COMPANIONS]
                assert beside == [one.as_of, one.qualifier, one.grade]
            else:
                said = own[f"{one.measure_id}_said"]
                assert said == f"{told_text(atlas, one, language)} [{one.grade}]", (place_id, one.measure_id)
                carries += 1
    assert carries > 100
    assert labels == {str(one): str(atlas.places.at[one, f"short_{language}"]) for one in atlas.places.index}


def decoded(cell: Any) -> Any:
    """Return a value of XDATA with the characters that the code page of the drawing lacks."""
    return decode_dxf_unicode(cell) if isinstance(cell, str) else cell


def test_a_drawing_cites_the_sources_of_its_boundaries(atlas: Atlas, language: str, folder: Path) -> None:
    document = ezdxf.readfile(folder / "all.dxf")
    [sheet] = [one for one in document.layouts if one.name not in ("Model", "Layout1")]
    written = {squeezed(entity.plain_text()) for entity in sheet.query("MTEXT")}
    cited = {
        squeezed(f"[{row['grade']}] {citation(row, language)}")
        for row in (atlas.rows("sources")[one] for one in dict.fromkeys(atlas.places["boundary_source_id"]))
    }
    shown = [one for one in written if one.startswith(("[A]", "[B]", "[C]"))]
    assert shown
    assert [one for one in shown if one not in cited] == []


def squeezed(words: str) -> str:
    return "".join(words.split()).replace("©", "(c)")


def test_programs_are_told_every_fact_in_those_words(atlas: Atlas) -> None:
    figures = {
        ".".join(str(getattr(one, name)) for name in KEY): one for own in reported(atlas).values() for one in own
    }
    doors = {
        "OGC API": {row["fact_id"]: row for row in properties(atlas, "facts")},
        "JSON": by_fact(asked(atlas, "/data/facts.json")["facts"]),
        "CSV": by_fact(asked(atlas, "/data/facts.csv")),
    }
    for door, rows in doors.items():
        assert rows.keys() == figures.keys(), door
        for fact_id, row in rows.items():
            one = figures[fact_id]
            source = atlas.rows("sources")[one.source_id]
            assert [plain(row[name]) for name in ("value", "qualifier", "as_of", "grade", "headline", "conflict")] == [
                plain(getattr(one, name)) for name in ("value", "qualifier", "as_of", "grade", "headline", "conflict")
            ], (door, fact_id)
            for tongue in LANGUAGES:
                notes = {"quote": one.quote, f"quote_note_{tongue}": getattr(one, f"quote_note_{tongue}")}
                told = {
                    "figure": figure_words(atlas, one, tongue),
                    "when": when_text(one, tongue),
                    "scope": scope_text(atlas, one.scope, tongue),
                    "source": citation(source, tongue),
                    "quote": quote_text(notes, tongue) or None,
                    "name": atlas.name(one.place_id, tongue),
                }
                assert {name: row[f"{name}_{tongue}"] for name in told} == told, (door, fact_id)


def by_fact(rows: Iterable[Row]) -> dict[str, Row]:
    return {".".join(str(row[name]) for name in KEY): row for row in rows}


def test_programs_are_told_of_a_measure_what_the_rank_page_says(atlas: Atlas) -> None:
    """Position, words and reasons of the figure of each place; of a place without one that it is unknown."""
    seen = 0
    for measure_id in atlas.rows("measures"):
        found = [ranking(atlas, measure_id, place_ids) for place_ids in levels(atlas).values()]
        cells = {one.place_id: one for level in found for one in level.cells}
        positions = {place_id: position for level in found for place_id, position in level.positions.items()}
        rows = {row["place_id"]: row for row in asked(atlas, f"/data/{measure_id}.csv")}
        assert cells.keys() <= rows.keys()
        for place_id, row in rows.items():
            one = cells.get(place_id)
            for tongue in LANGUAGES:
                told = row[f"figure_{tongue}"], row[f"when_{tongue}"], row[f"why_{tongue}"] or ""
                if one and one.figure:
                    figure = one.figure
                    why = why_text(atlas, one.reasons, tongue)
                    assert told == (figure_words(atlas, figure, tongue), when_text(figure, tongue), why), place_id
                    assert (row["rank"] or None) == (str(positions[place_id]) if place_id in positions else None)
                    seen += 1
                elif row["value"] is None:
                    assert told[0] == text("unknown", tongue)
    assert seen > 1000


def test_endpoints_of_a_place_hold_its_facts(atlas: Atlas) -> None:
    for place_id in sample(atlas, 12, kind=lambda one: atlas.place_rows[one]["kind"]):
        wanted = [row for row in python_rows(atlas.table("facts")) if row["place_id"] == place_id]
        told = asked(atlas, f"/data/places/{place_id}.json")["facts"]
        assert len(told) == len(wanted)
        found = by_fact(told)
        for fact_id, row in by_fact(wanted).items():
            assert {name: found[fact_id][name] for name in row} == row, fact_id


def test_forms_of_a_gis_use_the_words_for_qualifiers(atlas: Atlas, language: str) -> None:
    """What QGIS shows for ``over`` is what stands beside a figure; only "exact", which no figure says, is added."""
    words = value_words(atlas, table("facts").column("qualifier"), language)
    for qualifier, word in words.items():
        said = figure_text(7, qualifier, "", language)
        assert qualifier == "exact" or word.split("（")[0].split(" (")[0] in said, qualifier
