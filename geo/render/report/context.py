"""State shared by the sections of a report: the view, look-ups by id, texts, addresses, numbered citations.

The static site is made of the same sections, with other addresses and a higher heading level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

import pandas as pd

from geo.analysis.figures import Figure
from geo.analysis.place_sheet import PlaceSheet, place_sheet
from geo.analysis.values import cell, figure_words
from geo.atlas.atlas import View
from geo.base.messages import text
from geo.base.name_order import name_order
from geo.contract.typed import python_rows
from geo.render.markup import Markup, join, tag

__all__ = ["Context", "Row"]

Row = Mapping[str, Any]

#: Subject of a section → prefix of its element id.
_ANCHORS = {"place": "p", "measure": "m", "policy": "i", "institution": "n"}


class Context:
    """One report while it is being made.

    Parameters
    ----------
    view : View
        The view that the report shows.
    """

    #: Heading level of a place.
    level = 3

    def __init__(self, view: View) -> None:
        self.view = view
        self.atlas = view.atlas
        self.language = view.selection.language
        self.other = "en" if self.language == "zh" else "zh"
        self.comma = text("list.comma", self.language)
        #: source_id → number, in the order of first citation.
        self.citations: dict[str, int] = {}
        #: Measures that occur in the report.
        self.measures_shown: set[str] = set()
        self.records = cache(self._records)
        self.rows = self.atlas.rows
        self.places = self.atlas.place_rows

    @cached_property
    def institutions(self) -> Sequence[Row]:
        """The selected institutions, in the order of their names."""
        rows = python_rows(pd.DataFrame(self.view.institutions.drop(columns="geometry")).reset_index())
        return sorted(rows, key=lambda row: name_order(row, self.language))

    def href(self, about: str, key: str) -> str:
        """Return the address of the section on a place, measure, policy item or institution."""
        return f"#{_ANCHORS[about]}-{key}"

    def on_map(self, place_id: str) -> str:
        """Return the address that shows a place on the map."""
        return "#map"

    def figure_id(self, place_id: str, measure_id: str) -> str:
        """Return the element id of the figures of a measure for a place."""
        return f"f-{place_id}-{measure_id}"

    def figure_link(self, one: Figure) -> Markup:
        """Return a figure in words, as a link to its row if the report has one, which states quote or formula."""
        words = self.figure(one)
        if one.place_id not in self.view:
            return join([words])
        return tag("a", words, href=f"#{self.figure_id(one.place_id, one.measure_id)}", class_="rp-quiet-link")

    def heading(self, below: int, *content: str) -> Markup:
        """Return the heading of a place (`below` = 0) or of a part of it (1)."""
        return tag(f"h{self.level + below}", *content)

    def _records(self, table: str) -> Sequence[Row]:
        """Return the rows of a table, sorted by ``sort_order`` if it has that column."""
        frame = self.atlas.table(table)
        if "sort_order" in frame:
            frame = frame.sort_values("sort_order", kind="stable")
        return python_rows(frame)

    def sheet(self, place_id: str) -> PlaceSheet:
        """Return the place sheet of a place."""
        return place_sheet(self.atlas, place_id)

    def say(self, message: str, **values: object) -> str:
        """Return a message whose id begins with ``report.``."""
        return text(f"report.{message}", self.language, **values)

    def text(self, message: str, **values: object) -> str:
        """Return a message by its full id."""
        return text(message, self.language, **values)

    def local(self, row: Any, stem: str) -> str:
        """Return the cell of a bilingual column in the language of the report, "" if empty."""
        return cell(row, f"{stem}_{self.language}")

    def note(self, record: Any) -> str:
        """Return the note of a record of a place sheet."""
        return str(record.note_zh if self.language == "zh" else record.note_en)

    def listed(self, items: Iterable[str]) -> Markup:
        """Join text and HTML with the comma of the language."""
        return join(items, self.comma)

    def name(self, place_id: str, *, short: bool = False) -> Markup:
        """Return a place's name as HTML."""
        return tag("bdi", self.local(self.places[place_id], "short" if short else "name"))

    def place_link(self, place_id: str) -> Markup:
        """Return a place's name as HTML, as a link if the report has a section on the place."""
        inside = place_id in self.view
        return tag("a", self.name(place_id), href=self.href("place", place_id)) if inside else self.name(place_id)

    def unlisted(self, place_id: str) -> Markup:
        """Return a place's name for a list of places without data."""
        return self.place_link(place_id)

    def cite(self, source_ids: str | Iterable[str]) -> Markup:
        """Return the numbers of sources as HTML, and register the sources for the list."""
        wanted = [source_ids] if isinstance(source_ids, str) else list(dict.fromkeys(source_ids))
        marks = []
        for source_id in wanted:
            number = self.citations.setdefault(source_id, len(self.citations) + 1)
            marks.append(tag("a", f"[{number}]", href=self.source_href(number)))
        return tag("sup", *marks, class_="rp-cite") if marks else Markup()

    def source_href(self, number: int) -> str:
        """Return the address of a source by its number in the list."""
        return f"#s-{number}"

    def measure_link(self, measure_id: str) -> Markup:
        """Return a measure's label as HTML, as a link to its definition."""
        self.measures_shown.add(measure_id)
        label = self.local(self.rows("measures")[measure_id], "label")
        return tag("a", label, href=self.href("measure", measure_id), class_="rp-quiet-link")

    def figure(self, one: Figure) -> str:
        """Return a figure with qualifier and unit in words."""
        return figure_words(self.atlas, one, self.language)

    def cells(self, columns: Sequence[str], contents: Sequence[str]) -> list[Markup]:
        """Return the cells of a row, each labelled with its column for narrow screens, which stack the cells."""
        return [
            tag("td", tag("div", content) if content else "", data_label=name)
            for name, content in zip(columns, contents, strict=True)
        ]

    def table(self, head: Iterable[str], body: Iterable[str], **attributes: str) -> Markup:
        """Return a table; `body` are its rows."""
        cells = [tag("th", title, scope="col") for title in head]
        return tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *body), **attributes)
