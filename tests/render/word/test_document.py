"""The Word document as a program reads it: parts, styles, notes, tables, alternative text, fixed bytes."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import Any
from urllib.parse import unquote

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from geo.analysis.compare import align
from geo.analysis.filter_words import filter_words
from geo.analysis.place_sheet import place_sheet
from geo.analysis.values import citation, figure_words
from geo.atlas.atlas import Atlas
from geo.atlas.selection import Selection
from geo.errors import UsageError
from geo.render.word.document import word_document

PLACES = ("zhangjiang", "caohejing")
MEASURE = "area_official_km2"


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request: pytest.FixtureRequest, atlas: Atlas) -> tuple[str, bytes]:
    view = atlas.select(places=PLACES, language=request.param, measure=MEASURE)
    return request.param, word_document(view)


def part(content: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(name))


def words(node: Any) -> str:
    return "".join(one.text or "" for one in node.iter(qn("w:t")))


def test_every_source_is_one_footnote_and_every_reference_finds_it(made: tuple[str, bytes], atlas: Atlas) -> None:
    language, content = made
    notes = {
        note.get(qn("w:id")): words(note).strip()
        for note in part(content, "word/footnotes.xml")
        if note.get(qn("w:type")) is None
    }
    body = part(content, "word/document.xml")
    referred = [one.get(qn("w:id")) for one in body.iter(qn("w:footnoteReference"))]
    assert referred == list(notes)  # in the order of the text, so that Word counts as the fields do
    marks = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    assert marks == [f"_Source{number}" for number in range(1, len(notes) + 1)]
    asked = {mark for one in body.iter(qn("w:instrText")) for mark in re.findall(r"NOTEREF (\w+)", one.text)}
    assert asked
    assert asked <= set(marks)
    cited = {one.source_id for place in PLACES for group in place_sheet(atlas, place).reported for one in group.figures}
    for source_id in cited:
        told = unquote(citation(atlas.rows("sources")[source_id], language))
        assert any(note.startswith(told) for note in notes.values())
    assert len(set(notes.values())) == len(notes)


def test_every_figure_stands_in_a_native_table(made: tuple[str, bytes], atlas: Atlas) -> None:
    language, content = made
    tables = Document(io.BytesIO(content)).tables
    cells = {words(cell._tc) for table in tables for row in table.rows for cell in row.cells}
    for place in PLACES:
        for group in place_sheet(atlas, place).reported:
            for one in group.figures:
                assert figure_words(atlas, one, language) in cells
    aligned = next(table for table in tables if len(table.columns) == len(PLACES) + 1 and len(table.rows) > 20)
    assert len(aligned.rows) == len(align(atlas, PLACES)) + 1
    heads = [table._tbl.findall(qn("w:tr"))[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") for table in tables]
    assert all(head is not None for head in heads)


def test_headings_styles_and_fonts(made: tuple[str, bytes], atlas: Atlas) -> None:
    language, content = made
    document = Document(io.BytesIO(content))
    styles = [one.style.name for one in document.paragraphs]
    assert styles[0] == "Title"
    assert styles.count("Heading 1") >= 6
    assert styles.count("Heading 2") == len(PLACES)
    titles = [one.text for one in document.paragraphs if one.style.name == "Heading 2"]
    names = [atlas.name(place, language) for place in atlas.select(places=PLACES)]
    # The number of the section goes before, that of the source behind.
    assert [title.split(" ", 1)[1].rstrip("0123456789") for title in titles] == names
    for name, fonts in (("Normal", ("Times New Roman", "宋体")), ("Heading 1", ("Arial", "黑体"))):
        own = document.styles[name].element.rPr.rFonts
        assert (own.get(qn("w:ascii")), own.get(qn("w:eastAsia"))) == fonts
        assert not [key for key in own.attrib if key.endswith("Theme")]


def test_it_says_by_which_filters_it_is_made(made: tuple[str, bytes], atlas: Atlas) -> None:
    language, content = made
    told = words(part(content, "word/document.xml"))
    [(name, values)] = filter_words(atlas, Selection(places=PLACES), language)
    assert f"{name}  {values}" in told


def test_the_map_is_told_in_words_and_pages_are_numbered(made: tuple[str, bytes], atlas: Atlas) -> None:
    language, content = made
    body = part(content, "word/document.xml")
    [shown] = body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
    assert atlas.name("zhangjiang", language, short=True) in shown.get("descr")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        [footer] = [name for name in archive.namelist() if name.startswith("word/footer")]
    fields = [one.get(qn("w:instr")) for one in part(content, footer).iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    sizes = [(one.get(qn("w:w")), one.get(qn("w:h"))) for one in body.iter(qn("w:pgSz"))]
    upright, across = ("11906", "16838"), ("16838", "11906")
    assert sizes == [upright, across, upright]


def test_the_same_selection_gives_the_same_bytes_of_the_date_of_the_data(atlas: Atlas) -> None:
    view = atlas.select(places=["maqiao"])
    content = word_document(view)
    assert content == word_document(view)
    day = datetime.datetime.fromisoformat(str(atlas.meta["data_date"]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(day.year, day.month, day.day)}
    about = Document(io.BytesIO(content)).core_properties
    assert about.created.date() == about.modified.date() == day.date()


def test_what_xml_cannot_hold_is_shown_and_nothing_is_read_as_markup(atlas: Atlas) -> None:
    from geo.render.word.runs import bold
    from geo.render.word.writer import Writer

    writer = Writer("en", str)
    writer.paragraph(["bell\x07 <b>&amp;", bold("$[name]")])
    content = writer.content(title="a\x00b", author="<x>", keywords="", date="2026-01-02")
    assert "bell␇ <b>&amp;$[name]" in words(part(content, "word/document.xml"))


def test_a_selection_without_places_is_refused(atlas: Atlas) -> None:
    with pytest.raises(UsageError, match="widen it"):
        word_document(atlas.select(texts=["no such place"]))
